//! The text before the cut: the structured prefix of the static track (R59–R66).

use std::ops::Range;

use bench::{paper, pytext};

use crate::syntax::{Class, Function, LineRange, Outline};

/// Methods that belong to the class section, and never to the helpers (R61, R62).
const FIXTURE_METHODS: [&str; 8] =
    ["setUp", "setUpClass", "tearDown", "tearDownClass", "setup_method", "teardown_method", "setup", "teardown"];

/// A file as prefixes see it: its outline and its Python lines.
pub(crate) struct PrefixSource<'a> {
    outline: &'a Outline,
    /// Python lines (R3): after a form feed these are not the parser lines that the outline counts (Q2).
    lines: Vec<&'a str>,
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
        Self { outline, lines: pytext::lines(text).collect() }
    }

    /// The definitions around line `line`.
    pub(crate) fn enclosing(&self, line: u32) -> Enclosing<'a> {
        Enclosing {
            function: innermost(&self.outline.functions, |function| function.lines, line),
            class: innermost(&self.outline.classes, |class| class.lines, line),
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
    fn sections(&self, line: u32, around: Enclosing<'_>) -> Vec<Range<usize>> {
        let mut ranges = self.outline.header.clone();
        if let Some(class) = around.class {
            class_section(class, &mut ranges);
        }
        self.helper_section(line, around, &mut ranges);
        ranges.extend(body_section(line, around.function));
        let clamp = |range: LineRange| (range.first as usize - 1).min(self.lines.len())..(range.last as usize).min(self.lines.len());
        merge(ranges.into_iter().map(clamp).filter(|range| !range.is_empty()).collect())
    }

    /// R62: functions and methods that end before the assertion and are no tests.
    fn helper_section(&self, line: u32, around: Enclosing<'_>, ranges: &mut Vec<LineRange>) {
        let before = |function: &&Function| function.lines.last < line;
        let is_test = |function: &Function| function.name.starts_with("test_");
        let functions = self.outline.top_functions.iter().filter(before).filter(|function| !is_test(function));
        let methods = around.class.into_iter().flat_map(|class| &class.methods).filter(before).filter(|method| {
            let same_name = around.function.is_some_and(|function| function.name == method.name);
            !is_fixture(&method.name) && (!is_test(method) || same_name)
        });
        ranges.extend(functions.chain(methods).map(|function| function.lines));
    }
}

/// R61: the `class` line, the fixture methods and the assignments, wherever they stand (Q5).
fn class_section(class: &Class, ranges: &mut Vec<LineRange>) {
    ranges.push(LineRange { first: class.lines.first, last: class.lines.first });
    ranges.extend(class.methods.iter().filter(|method| is_fixture(&method.name)).map(|method| method.lines));
    ranges.extend(&class.assignments);
}

/// R63: from the function's head, decorators included, to the line before the assertion.
fn body_section(line: u32, function: Option<&Function>) -> Option<LineRange> {
    let reach = u32::try_from(paper::LINES_WITHOUT_FUNCTION).unwrap_or(u32::MAX);
    let first = function.map_or_else(|| line.saturating_sub(reach).max(1), |function| function.head);
    (first < line).then(|| LineRange { first, last: line - 1 })
}

fn is_fixture(name: &str) -> bool {
    FIXTURE_METHODS.contains(&name)
}

/// Of all definitions that hold `line` the one that starts last; the first of equals in walk order (R59).
fn innermost<T>(definitions: &[T], lines: impl Fn(&T) -> LineRange, line: u32) -> Option<&T> {
    let holding = definitions.iter().filter(|definition| (lines(definition).first..=lines(definition).last).contains(&line));
    holding.reduce(|best, next| if lines(next).first > lines(best).first { next } else { best })
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
