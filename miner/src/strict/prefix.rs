//! What a model reads before a target: the repaired sections and the source up to the cut (R151; Q1–Q10, Q27).

use std::ops::Range;

use bench::paper;

use super::assertion::StrictAssertion;
use super::outline::{Definition, Members, Outline};
use crate::syntax::LineRange;

/// The lines of a file, and what stands on them.
pub(super) struct PrefixSource<'a> {
    text: &'a str,
    /// First byte of every line.
    starts: Vec<usize>,
    outline: &'a Outline,
}

/// Lines of one prefix.
struct Piece {
    /// 0-based lines before the assertion.
    lines: Range<usize>,
    /// When it is given up if the prefix is too long: in order of rank (Q27).
    rank: usize,
}

/// Rank of what is never given up: the headers of all definitions around (Q9).
const ALWAYS: usize = usize::MAX;

impl<'a> PrefixSource<'a> {
    /// The source `text`, whose line ends are LF, with the outline made of it.
    pub(super) fn new(text: &'a str, outline: &'a Outline) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self { text, starts: std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect(), outline }
    }

    /// The source from the first character of the assertion's first line to the target: the end of every prefix.
    pub(super) fn tail(&self, assertion: &StrictAssertion) -> &'a str {
        &self.text[self.starts[assertion.line as usize - 1]..assertion.cut as usize]
    }

    /// The structured prefix: sections in the order of the file with an empty line where something was skipped, then
    /// the [tail](Self::tail), which is never shortened.
    pub(super) fn structured(&self, assertion: &StrictAssertion) -> String {
        let at = assertion.line as usize - 1;
        let pieces = self.pieces(assertion);
        let tail = self.tail(assertion);
        let room = paper::MAX_PREFIX_LINES.saturating_sub(1 + tail.bytes().filter(|byte| *byte == b'\n').count());
        let mut chosen = union(&pieces, 0);
        if lines(&chosen, at) > room {
            // Giving up a piece never adds lines, so the fewest that must go are found by halving.
            let mut given_up = 0..pieces.len();
            while !given_up.is_empty() {
                let middle = usize::midpoint(given_up.start, given_up.end);
                if lines(&union(&pieces, middle), at) > room {
                    given_up.start = middle + 1;
                } else {
                    given_up.end = middle;
                }
            }
            chosen = union(&pieces, given_up.start);
        }
        self.join(&chosen, at, tail)
    }

    fn join(&self, ranges: &[Range<usize>], at: usize, tail: &str) -> String {
        let mut out = String::new();
        for range in ranges {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&self.text[self.starts[range.start]..self.starts[range.end]]);
        }
        if ranges.last().is_some_and(|range| range.end < at) {
            out.push('\n');
        }
        out.push_str(tail);
        out
    }

    /// All pieces by first line. Helpers are given up first, then members of the class, settings of the module, the
    /// body and imports; earlier ones first in each (Q27).
    fn pieces(&self, assertion: &StrictAssertion) -> Vec<Piece> {
        let line = assertion.line;
        let (function, class) = self.outline.innermost(assertion.place);
        let mut others = Others { line, ranges: Vec::new() };
        others.helpers(self.outline, function, class.map(|(_, members)| members));
        if let Some((_, members)) = class {
            others.before(&members.section);
        }
        others.before(&self.outline.settings);
        others.body(function);
        others.before(&self.outline.imports);
        let headers = self.outline.chain(assertion.place).filter_map(|around| clip(around.header, line));
        let ranked = others.ranges.into_iter().enumerate().map(|(rank, lines)| Piece { lines, rank });
        let mut pieces: Vec<Piece> = headers.map(|lines| Piece { lines, rank: ALWAYS }).chain(ranked).collect();
        pieces.sort_by_key(|piece| piece.lines.start);
        pieces
    }
}

/// The ranges of one prefix as they are collected.
struct Others {
    /// The assertion's line, from 1.
    line: u32,
    ranges: Vec<Range<usize>>,
}

impl Others {
    /// What `ranges` have before the assertion's line (Q5, Q6).
    fn before(&mut self, ranges: &[LineRange]) {
        let ranges = &ranges[..ranges.partition_point(|range| range.first < self.line)];
        self.ranges.extend(last(ranges).filter_map(|range| clip(range, self.line)));
    }

    /// Helpers that end before the assertion, and earlier versions of the test itself (R62).
    fn helpers(&mut self, outline: &Outline, function: Option<&Definition>, class: Option<&Members>) {
        let mut helpers: Vec<LineRange> = self.ended(&outline.helpers).collect();
        if let Some(members) = class {
            helpers.extend(self.ended(&members.helpers));
            let versions = function.and_then(|function| members.tests.get(&function.name));
            helpers.extend(versions.into_iter().flat_map(|versions| self.ended(versions)));
            helpers.sort_by_key(|helper| helper.first);
        }
        self.ranges.extend(helpers.into_iter().filter_map(|helper| clip(helper, self.line)));
    }

    fn ended<'a>(&self, ranges: &'a [LineRange]) -> impl Iterator<Item = LineRange> + use<'a> {
        last(&ranges[..ranges.partition_point(|range| range.last < self.line)])
    }

    /// From the function's header to the line before the assertion, line by line; without a function the lines before
    /// the assertion (R63).
    fn body(&mut self, function: Option<&Definition>) {
        let end = self.line as usize - 1;
        let start = match function {
            Some(function) => function.header.first as usize - 1,
            None => end.saturating_sub(paper::LINES_WITHOUT_FUNCTION),
        };
        let start = start.max(end.saturating_sub(paper::MAX_PREFIX_LINES));
        self.ranges.extend((start..end).map(|line| line..line + 1));
    }
}

/// The last of some ascending ranges: earlier ones have as many lines behind them as a prefix has.
fn last(ranges: &[LineRange]) -> impl Iterator<Item = LineRange> + use<'_> {
    let mut lines = 0;
    let before = ranges.iter().rposition(|range| {
        let full = lines > paper::MAX_PREFIX_LINES;
        lines += (range.last - range.first + 1) as usize;
        full
    });
    ranges[before.map_or(0, |at| at + 1)..].iter().copied()
}

/// The 0-based lines of `range` that stand before line `line`.
fn clip(range: LineRange, line: u32) -> Option<Range<usize>> {
    let clipped = range.first as usize - 1..(range.last.min(line - 1)) as usize;
    (!clipped.is_empty()).then_some(clipped)
}

/// Lines that ascending `ranges` take before line `at`, the empty ones for what was skipped included.
fn lines(ranges: &[Range<usize>], at: usize) -> usize {
    let gaps = ranges.len().saturating_sub(1) + usize::from(ranges.last().is_some_and(|range| range.end < at));
    ranges.iter().map(Range::len).sum::<usize>() + gaps
}

/// The lines of all `pieces` but the first `given_up` by rank, as ascending ranges that neither overlap nor touch.
fn union(pieces: &[Piece], given_up: usize) -> Vec<Range<usize>> {
    let mut merged: Vec<Range<usize>> = Vec::new();
    for Piece { lines, .. } in pieces.iter().filter(|piece| piece.rank >= given_up) {
        match merged.last_mut() {
            Some(last) if lines.start <= last.end => last.end = last.end.max(lines.end),
            _ => merged.push(lines.clone()),
        }
    }
    merged
}
