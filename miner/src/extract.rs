//! From the text of one test file to its pairs (R46–R70), by either profile.

use std::collections::BTreeMap;

use bench::python::Parser;
use bench::{AssertionKind, Difficulty, Profile};

use crate::assertion::{self, Candidate};
use crate::filter::{self, SkipReason};
use crate::prefix::PrefixSource;
use crate::strict::{self, Closing};
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
    /// What the profile `strict` knows besides.
    pub details: Option<Details>,
}

/// What only the profile `strict` says about a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// The definitions around as Python writes a `__qualname__` (Q22).
    pub qualified: String,
    /// Line of the node the source is cut at, from 1.
    pub target_line: u32,
    /// How the target ends (Q13).
    pub closing: Closing,
}

/// What one file gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePairs {
    /// The pairs that passed the filters, in the order of the profile: `paper` walk order (R9), `strict` source order.
    pub pairs: Vec<Pair>,
    /// The pairs that did not, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// How the file's syntax was read.
    pub reader: Reader,
}

/// Bytes of the pairs of one repository at most, nearly all of them prefixes. Our choice: of 465 real
/// repositories the largest has 139 MiB, but a small file of assertions unfolds to six hundred times its size.
pub const MAX_PREFIX_BYTES: usize = 1 << 29;
/// What a pair takes beside its texts, in bytes, about.
const PAIR_BYTES: usize = 512;

/// Extracts pairs from the texts of one repository, on one thread.
pub struct Extractor {
    rules: Rules,
    budget: Budget,
}

/// How files are read: the profile, with what it needs.
enum Rules {
    Paper(Parser),
    Strict,
}

impl Default for Extractor {
    fn default() -> Self {
        Self::of(Profile::Paper)
    }
}

impl Extractor {
    /// An extractor by the profile `paper`.
    pub fn new() -> Self {
        Self::default()
    }

    /// An extractor by `profile`.
    pub fn of(profile: Profile) -> Self {
        let rules = match profile {
            Profile::Paper => Rules::Paper(Parser::new()),
            Profile::Strict => Rules::Strict,
        };
        Self { rules, budget: Budget(MAX_PREFIX_BYTES) }
    }

    /// The pairs of the test file `text`, or none if Python 3.12 does not parse it (R8).
    ///
    /// ```
    /// let file = miner::Extractor::new().file("def test_a():\n    assert f(1) == 12\n").unwrap();
    /// assert_eq!(file.pairs[0].prefix, "def test_a():\n\n    assert f(1) == ");
    /// assert_eq!(file.pairs[0].target, "12");
    /// ```
    pub fn file(&mut self, text: &str) -> Option<FilePairs> {
        match &mut self.rules {
            Rules::Paper(parser) => paper(text, parser, &mut self.budget),
            Rules::Strict => strict::extract::file(text, &mut self.budget),
        }
    }
}

/// Bytes of pairs still to be had.
pub(crate) struct Budget(usize);

impl Budget {
    /// Whether anything is left: asked before a prefix is put together, so that texts that unfold cost nothing once the
    /// budget is spent.
    pub(crate) fn check(&self) -> Result<(), SkipReason> {
        if self.0 > 0 { Ok(()) } else { Err(SkipReason::OverBudget) }
    }

    /// Takes a pair whose texts have `bytes`. The first that does not fit ends the budget.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), SkipReason> {
        self.0 = self.0.saturating_sub(bytes.saturating_add(PAIR_BYTES));
        self.check()
    }
}

/// The pairs by the profile `paper`, in walk order (R9).
fn paper(text: &str, parser: &mut Parser, budget: &mut Budget) -> Option<FilePairs> {
    let module = Module::parse(text)?;
    let lines = LineIndex::new(text);
    let (outline, reader) = Outline::read(&module, &lines, parser);
    let source = PrefixSource::new(text, &outline);
    let mut file = FilePairs { pairs: Vec::new(), skipped: BTreeMap::new(), reader };
    for candidate in outline.sites.iter().filter_map(|site| assertion::find(site, text)) {
        match pair(candidate, &source, &lines, budget) {
            Ok(pair) => file.pairs.push(pair),
            Err(reason) => *file.skipped.entry(reason).or_default() += 1,
        }
    }
    Some(file)
}

/// The pair of a candidate, or the first filter of R67 that refuses it. What the budget does not hold is not put together.
fn pair(
    candidate: Candidate,
    source: &PrefixSource<'_>,
    lines: &LineIndex,
    budget: &mut Budget,
) -> Result<Pair, SkipReason> {
    let Candidate { kind, start, cut, target, multiline } = candidate;
    filter::check_target(&target)?;
    let (line, target_column) = (lines.line(start), lines.column(cut));
    let around = source.enclosing(line);
    let function = around.function.ok_or(SkipReason::NoEnclosingFunction)?;
    let class = around.class.map_or("", |class| &class.name);
    budget.check()?;
    let prefix = source.build(line, target_column, around);
    filter::check_prefix(&prefix)?;
    budget.take(prefix.len() + target.len() + function.name.len() + class.len())?;
    Ok(Pair {
        line,
        column: lines.column(start),
        target_column,
        kind,
        function: function.name.clone(),
        class: class.to_owned(),
        difficulty: Difficulty::of(&target),
        multiline,
        prefix,
        target,
        details: None,
    })
}
