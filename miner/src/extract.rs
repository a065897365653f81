//! From the text of one test file to its pairs (R46–R70).

use std::collections::BTreeMap;

use bench::python::Parser;
use bench::{AssertionKind, Difficulty};

use crate::assertion::{self, Candidate};
use crate::filter::{self, SkipReason};
use crate::prefix::PrefixSource;
use crate::syntax::{LineIndex, Module, Outline, Reader};

/// An assertion of a file, cut into prefix and target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Line of the assertion node, from 1 (R4).
    pub line: u32,
    /// Column of the assertion node, from 0, in bytes (R6).
    pub column: u32,
    /// Column of the node the source is cut at, from 0, in bytes.
    pub target_column: u32,
    /// The published type.
    pub kind: AssertionKind,
    /// Name of the enclosing function (R59).
    pub function: String,
    /// Name of the enclosing class, or empty (R59).
    pub class: String,
    /// The tier of the target (R69).
    pub difficulty: Difficulty,
    /// Whether the target held a line feed (R58).
    pub multiline: bool,
    /// What a model reads (R60–R66).
    pub prefix: String,
    /// What a model is asked for.
    pub target: String,
}

/// What one file gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePairs {
    /// The pairs that passed the filters, in walk order (R9).
    pub pairs: Vec<Pair>,
    /// The pairs that did not, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// How the file's syntax was read.
    pub reader: Reader,
}

/// Bytes of the prefixes of one repository at most. Our choice: real repositories stay far below, but a small file of
/// assertions unfolds to six hundred times its size.
pub const MAX_PREFIX_BYTES: usize = 1 << 30;

/// Extracts pairs from the texts of one repository, on one thread.
pub struct Extractor {
    parser: Parser,
    /// Bytes of prefixes still to be had.
    budget: usize,
}

impl Default for Extractor {
    fn default() -> Self {
        Self { parser: Parser::new(), budget: MAX_PREFIX_BYTES }
    }
}

impl Extractor {
    /// An extractor ready for use.
    pub fn new() -> Self {
        Self::default()
    }

    /// The pairs of the test file `text`, or none if Python 3.12 does not parse it (R8).
    ///
    /// ```
    /// let file = miner::Extractor::new().file("def test_a():\n    assert f(1) == 12\n").unwrap();
    /// assert_eq!(file.pairs[0].prefix, "def test_a():\n\n    assert f(1) == ");
    /// assert_eq!(file.pairs[0].target, "12");
    /// ```
    pub fn file(&mut self, text: &str) -> Option<FilePairs> {
        let module = Module::parse(text)?;
        let lines = LineIndex::new(text);
        let (outline, reader) = Outline::read(&module, &lines, &mut self.parser);
        let source = PrefixSource::new(text, &outline);
        let mut file = FilePairs { pairs: Vec::new(), skipped: BTreeMap::new(), reader };
        for candidate in outline.sites.iter().filter_map(|site| assertion::find(site, text)) {
            match pair(candidate, &source, &lines).and_then(|pair| self.afford(pair)) {
                Ok(pair) => file.pairs.push(pair),
                Err(reason) => *file.skipped.entry(reason).or_default() += 1,
            }
        }
        Some(file)
    }

    fn afford(&mut self, pair: Pair) -> Result<Pair, SkipReason> {
        self.budget = self.budget.checked_sub(pair.prefix.len()).ok_or(SkipReason::OverBudget)?;
        Ok(pair)
    }
}

/// The pair of a candidate, or the first filter of R67 that refuses it.
fn pair(candidate: Candidate, source: &PrefixSource<'_>, lines: &LineIndex) -> Result<Pair, SkipReason> {
    let Candidate { kind, start, cut, target, multiline } = candidate;
    filter::check_target(&target)?;
    let (line, target_column) = (lines.line(start), lines.column(cut));
    let around = source.enclosing(line);
    let function = around.function.ok_or(SkipReason::NoEnclosingFunction)?;
    let prefix = source.build(line, target_column, around);
    filter::check_prefix(&prefix)?;
    Ok(Pair {
        line,
        column: lines.column(start),
        target_column,
        kind,
        function: function.name.clone(),
        class: around.class.map_or_else(String::new, |class| class.name.clone()),
        difficulty: Difficulty::of(&target),
        multiline,
        prefix,
        target,
    })
}
