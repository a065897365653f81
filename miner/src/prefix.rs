//! The text before the cut: the structured prefix of the static track (R59–R66).

use std::collections::BTreeMap;
use std::ops::Range;

use bench::{paper, pytext};

use crate::syntax::{Class, Function, LineRange, Outline};

/// Methods that belong to the class section, and never to the helpers (R61, R62).
const FIXTURE_METHODS: [&str; 8] =
    ["setUp", "setUpClass", "tearDown", "tearDownClass", "setup_method", "teardown_method", "setup", "teardown"];

/// A file as prefixes see it: its outline, its Python lines, and who encloses which line.
///
/// Every list of ranges ascends, and holds of ranges that start on one line only their union. So a prefix, which keeps
/// no more than [`paper::MAX_PREFIX_LINES`] lines, is put together from as many ranges of each list at most, however many
/// definitions a file has.
pub(crate) struct PrefixSource<'a> {
    outline: &'a Outline,
    /// Python lines (R3): after a form feed these are not the parser lines that the outline counts (Q2).
    lines: Vec<&'a str>,
    /// The module section (R60).
    header: Vec<LineRange>,
    /// Top-level functions that are no tests.
    helpers: Vec<LineRange>,
    /// What the classes contribute, by their places in the outline.
    members: Vec<Members<'a>>,
    /// The innermost function of every parser line, by its place in the outline.
    functions: Vec<Option<usize>>,
    /// The same for classes.
    classes: Vec<Option<usize>>,
}

/// What a class contributes to the prefixes of its assertions.
struct Members<'a> {
    /// Wherever the assertion stands: the `class` line, the fixture methods and the assignments (R61, Q5).
    section: Vec<LineRange>,
    /// If they end before the assertion: methods that are neither fixtures nor tests (R62).
    helpers: Vec<LineRange>,
    /// If they end before the assertion and bear its function's name: tests (R62).
    tests: BTreeMap<&'a str, Vec<LineRange>>,
}

/// The innermost definitions around an assertion; independent of each other (R59).
#[derive(Clone, Copy)]
pub(crate) struct Enclosing<'a> {
    /// The function.
    pub(crate) function: Option<&'a Function>,
    /// The class.
    pub(crate) class: Option<&'a Class>,
    /// The place of the class in the outline.
    class_place: Option<usize>,
}

impl<'a> PrefixSource<'a> {
    /// The source `text` with the outline made of it.
    pub(crate) fn new(text: &'a str, outline: &'a Outline) -> Self {
        let helpers = outline.top_functions.iter().filter(|function| !is_test(&function.name));
        Self {
            outline,
            lines: pytext::lines(text).collect(),
            header: distinct(outline.header.iter().copied()),
            helpers: distinct(helpers.map(|function| function.lines)),
            members: outline.classes.iter().map(Members::of).collect(),
            functions: innermost(outline.functions.iter().map(|function| function.lines)),
            classes: innermost(outline.classes.iter().map(|class| class.lines)),
        }
    }

    /// The definitions around line `line`.
    pub(crate) fn enclosing(&self, line: u32) -> Enclosing<'a> {
        let at = |places: &[Option<usize>]| places.get(line as usize).copied().flatten();
        let class_place = at(&self.classes);
        Enclosing {
            function: at(&self.functions).map(|place| &self.outline.functions[place]),
            class: class_place.map(|place| &self.outline.classes[place]),
            class_place,
        }
    }

    /// The prefix of an assertion on line `line`, cut at `column` (R64–R66).
    ///
    /// `column` counts the bytes before the target on the target's own line, but cuts that many characters off the
    /// assertion's line (Q1, Q3).
    pub(crate) fn build(&self, line: u32, column: u32, around: Enclosing<'_>) -> String {
        let ranges = self.sections(line, around);
        let at = line as usize - 1;
        // Collected from the end, because only the last lines are kept (R66).
        let mut lines = vec![self.lines.get(at).map_or("", |text| pytext::first_chars(text, column as usize))];
        // The last line of the body section has index `at - 1`, so this blank line is nearly always there (Q4).
        if ranges.last().is_some_and(|range| range.end <= at) {
            lines.push("");
        }
        for (place, range) in ranges.into_iter().enumerate().rev() {
            let room = paper::MAX_PREFIX_LINES.saturating_sub(lines.len());
            if room == 0 {
                break;
            }
            lines.extend(self.lines[range].iter().rev().take(room));
            lines.extend((place > 0).then_some(""));
        }
        lines.truncate(paper::MAX_PREFIX_LINES);
        lines.reverse();
        lines.join("\n")
    }

    /// The collected lines as ascending ranges of 0-based indices with gaps between them.
    ///
    /// Of each kind of range only the last are taken: earlier ones have at least [`paper::MAX_PREFIX_LINES`] lines
    /// behind them, and the prefix keeps no more (R66).
    fn sections(&self, line: u32, around: Enclosing<'_>) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        ranges.extend(last(&self.header));
        ranges.extend(last(before(&self.helpers, line)));
        if let Some(place) = around.class_place {
            let members = &self.members[place];
            ranges.extend(last(&members.section));
            ranges.extend(last(before(&members.helpers, line)));
            let earlier = around.function.and_then(|function| members.tests.get(&*function.name));
            ranges.extend(earlier.into_iter().flat_map(|tests| last(before(tests, line))));
        }
        ranges.extend(body_section(line, around.function));
        let index = |line: u32| (line as usize).min(self.lines.len());
        let indices = ranges.into_iter().map(|range| index(range.first - 1)..index(range.last));
        merge(indices.filter(|range| !range.is_empty()).collect())
    }
}

impl<'a> Members<'a> {
    fn of(class: &'a Class) -> Self {
        let mut section = vec![LineRange { first: class.lines.first, last: class.lines.first }];
        section.extend(&class.assignments);
        let (mut helpers, mut tests) = (Vec::new(), BTreeMap::<_, Vec<_>>::new());
        for method in &class.methods {
            match &*method.name {
                name if is_fixture(name) => section.push(method.lines),
                name if is_test(name) => tests.entry(name).or_default().push(method.lines),
                _ => helpers.push(method.lines),
            }
        }
        section.sort_by_key(|range| range.first);
        Self { section: distinct(section.into_iter()), helpers, tests }
    }
}

/// Ascending `ranges`, those that start on one line put together.
fn distinct(ranges: impl Iterator<Item = LineRange>) -> Vec<LineRange> {
    let mut distinct: Vec<LineRange> = Vec::new();
    for range in ranges {
        match distinct.last_mut() {
            Some(last) if last.first == range.first => last.last = last.last.max(range.last),
            _ => distinct.push(range),
        }
    }
    distinct
}

/// The ranges of definitions beside each other that end before `line`.
fn before(ranges: &[LineRange], line: u32) -> &[LineRange] {
    &ranges[..ranges.partition_point(|range| range.last < line)]
}

/// The last of `ranges`, which start on lines of their own: as many as a prefix has lines.
fn last(ranges: &[LineRange]) -> &[LineRange] {
    &ranges[ranges.len().saturating_sub(paper::MAX_PREFIX_LINES)..]
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
