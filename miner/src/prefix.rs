//! The text before the cut: the structured prefix of the static track (R59–R66).

use std::ops::Range;

use bench::{paper, pytext};

use crate::syntax::{Class, Function, LineRange, Outline};

/// Methods that belong to the class section, and never to the helpers (R61, R62).
const FIXTURE_METHODS: [&str; 8] =
    ["setUp", "setUpClass", "tearDown", "tearDownClass", "setup_method", "teardown_method", "setup", "teardown"];

/// A file as prefixes see it: its outline, its Python lines, and who encloses which line.
pub(crate) struct PrefixSource<'a> {
    outline: &'a Outline,
    /// Python lines (R3): after a form feed these are not the parser lines that the outline counts (Q2).
    lines: Vec<&'a str>,
    /// Top-level functions that are no tests, ascending.
    helpers: Vec<LineRange>,
    /// The innermost function of every parser line, by its place in the outline.
    functions: Vec<Option<usize>>,
    /// The same for classes.
    classes: Vec<Option<usize>>,
}

/// The innermost definitions around an assertion; independent of each other (R59).
#[derive(Clone, Copy)]
pub(crate) struct Enclosing<'a> {
    /// The function.
    pub(crate) function: Option<&'a Function>,
    /// The class.
    pub(crate) class: Option<&'a Class>,
}

impl<'a> PrefixSource<'a> {
    /// The source `text` with the outline made of it.
    pub(crate) fn new(text: &'a str, outline: &'a Outline) -> Self {
        let helpers = outline.top_functions.iter().filter(|function| !is_test(&function.name));
        Self {
            outline,
            lines: pytext::lines(text).collect(),
            helpers: helpers.map(|function| function.lines).collect(),
            functions: innermost(outline.functions.iter().map(|function| function.lines)),
            classes: innermost(outline.classes.iter().map(|class| class.lines)),
        }
    }

    /// The definitions around line `line`.
    pub(crate) fn enclosing(&self, line: u32) -> Enclosing<'a> {
        let at = |places: &[Option<usize>]| places.get(line as usize).copied().flatten();
        Enclosing {
            function: at(&self.functions).map(|place| &self.outline.functions[place]),
            class: at(&self.classes).map(|place| &self.outline.classes[place]),
        }
    }

    /// The prefix of an assertion on line `line`, cut at `column` (R64–R66).
    ///
    /// `column` counts the bytes before the target on the target's own line, but cuts that many characters off the
    /// assertion's line (Q1, Q3).
    pub(crate) fn build(&self, line: u32, column: u32, around: Enclosing<'_>) -> String {
        let ranges = self.sections(line, around);
        let mut out: Vec<&str> = Vec::new();
        for range in &ranges {
            if !out.is_empty() {
                out.push("");
            }
            out.extend(&self.lines[range.clone()]);
        }
        let at = line as usize - 1;
        // The last line of the body section has index `at - 1`, so this blank line is nearly always there (Q4).
        if ranges.last().is_some_and(|range| range.end <= at) {
            out.push("");
        }
        out.push(self.lines.get(at).map_or("", |text| pytext::first_chars(text, column as usize)));
        out[out.len().saturating_sub(paper::MAX_PREFIX_LINES)..].join("\n")
    }

    /// The collected lines as ascending ranges of 0-based indices with gaps between them.
    ///
    /// Of each kind of range only the last are taken: earlier ones have at least [`paper::MAX_PREFIX_LINES`] lines
    /// behind them, and the prefix keeps no more (R66).
    fn sections(&self, line: u32, around: Enclosing<'_>) -> Vec<Range<usize>> {
        let helpers = self.helpers.partition_point(|helper| helper.last < line);
        let mut ranges: Vec<LineRange> = last(&self.outline.header).chain(last(&self.helpers[..helpers])).collect();
        if let Some(class) = around.class {
            class_section(class, &mut ranges);
            helper_methods(class, line, around.function, &mut ranges);
        }
        ranges.extend(body_section(line, around.function));
        let index = |line: u32| (line as usize).min(self.lines.len());
        let indices = ranges.into_iter().map(|range| index(range.first - 1)..index(range.last));
        merge(indices.filter(|range| !range.is_empty()).collect())
    }
}

/// R61: the `class` line, the fixture methods and the assignments, wherever they stand (Q5).
fn class_section(class: &Class, ranges: &mut Vec<LineRange>) {
    ranges.push(LineRange { first: class.lines.first, last: class.lines.first });
    ranges.extend(class.methods.iter().filter(|method| is_fixture(&method.name)).map(|method| method.lines));
    ranges.extend(last(&class.assignments));
}

/// R62: methods that end before the assertion and are no tests, or earlier versions of the test itself.
fn helper_methods(class: &Class, line: u32, function: Option<&Function>, ranges: &mut Vec<LineRange>) {
    let own_name = function.map(|function| &*function.name);
    let is_helper = |method: &&Function| {
        let other_test = is_test(&method.name) && own_name != Some(&*method.name);
        method.lines.last < line && !is_fixture(&method.name) && !other_test
    };
    let helpers = class.methods.iter().rev().filter(is_helper).take(paper::MAX_PREFIX_LINES);
    ranges.extend(helpers.map(|method| method.lines));
}

/// The last ranges of an ascending list: those that begin on the last lines, as many as a prefix has.
fn last(ranges: &[LineRange]) -> impl Iterator<Item = LineRange> {
    let (mut lines, mut behind) = (0, 0);
    let before = ranges.iter().rposition(|range| {
        lines += usize::from(range.first != behind);
        behind = range.first;
        lines > paper::MAX_PREFIX_LINES
    });
    ranges[before.map_or(0, |at| at + 1)..].iter().copied()
}

/// R63: from the function's head, decorators included, to the line before the assertion.
fn body_section(line: u32, function: Option<&Function>) -> Option<LineRange> {
    let reach = u32::try_from(paper::LINES_WITHOUT_FUNCTION).unwrap_or(u32::MAX);
    let first = function.map_or_else(|| line.saturating_sub(reach).max(1), |function| function.head);
    (first < line).then(|| LineRange { first, last: line - 1 })
}

/// Whether a method is a fixture by its name.
pub(crate) fn is_fixture(name: &str) -> bool {
    FIXTURE_METHODS.contains(&name)
}

fn is_test(name: &str) -> bool {
    name.starts_with("test_")
}

/// For every line the definition that holds it and starts last; of equals the first in walk order (R59).
fn innermost(definitions: impl Iterator<Item = LineRange>) -> Vec<Option<usize>> {
    let mut starts: Vec<(u32, Option<usize>)> = Vec::new();
    for (place, lines) in definitions.enumerate() {
        if starts.len() <= lines.last as usize {
            starts.resize(lines.last as usize + 1, (0, None));
        }
        for best in &mut starts[lines.first as usize..=lines.last as usize] {
            if lines.first > best.0 {
                *best = (lines.first, Some(place));
            }
        }
    }
    starts.into_iter().map(|(_, place)| place).collect()
}

/// The union of `ranges` as ascending ranges that neither overlap nor touch.
fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use crate::Extractor;

    fn prefix(text: &str) -> String {
        Extractor::new().file(text).unwrap().pairs.remove(0).prefix
    }

    #[test]
    fn long_sections_are_cut_by_lines() {
        let test = "def test_a():\n    assert x == 1\n";
        let header = "a = 1; b = 2\n".repeat(700);
        let expected = "a = 1; b = 2\n".repeat(597) + "def test_a():\n\n    assert x == ";
        assert_eq!(prefix(&(header + test)), expected);
        let helpers = (0..700).map(|i| format!("def f{i}(): pass\n\n")).collect::<Vec<_>>().concat();
        let found = prefix(&(helpers + test));
        assert_eq!(found.split('\n').count(), 600);
        // 599 lines before the cut: one of the test, 598 of helpers and the blanks that stand for what was skipped.
        assert!(found.starts_with("\ndef f402(): pass\n\ndef f403(): pass\n"), "{}", &found[..60]);
    }
}
