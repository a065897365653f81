//! One test file under the profile `strict`, for both tracks.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bench::Track;

use super::assertion::StrictAssertion;
use super::filter::{self, Duplicates};
use super::find::{Findings, find};
use super::names::Names;
use super::outline::Reading;
use super::prefix::PrefixSource;
use super::text;
use crate::filter::{SkipReason, check_prefix};
use crate::syntax::{LineIndex, Module};

/// What a prefix is made of (R147, R151). Both kinds end with the source from the assertion's first line to the
/// target, so that prefix and target are a contiguous piece of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrefixKind {
    /// Module, class, helpers and test, as far as they stand before the assertion: the static track.
    Structured,
    /// The whole file before the target: the default of the evolution track.
    FullFile,
}

impl PrefixKind {
    /// The name in the column `prefix_kind`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Structured => "structured",
            Self::FullFile => "full_file",
        }
    }
}

/// A parsed test file and its assertions.
///
/// ```
/// use bench::Track;
/// use miner::{PrefixKind, StrictFile};
/// let file = StrictFile::parse("import os\n\n\ndef test_a():\n    assert f(\n        1\n    ) == 12\n", Track::Static).unwrap();
/// let [assertion] = file.assertions() else { panic!() };
/// assert_eq!(assertion.target, "12");
/// let prefix = file.prefix(assertion, PrefixKind::Structured);
/// assert_eq!(prefix, "import os\n\ndef test_a():\n    assert f(\n        1\n    ) == ");
/// ```
pub struct StrictFile {
    text: String,
    findings: Findings,
}

/// The definitions around an assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosing<'a> {
    /// Plain name of the innermost function.
    pub function: Option<&'a str>,
    /// Plain name of the innermost class.
    pub class: Option<&'a str>,
    /// All of them as Python writes a `__qualname__`: `TestA.test_b.<locals>.inner`; empty outside of definitions.
    pub qualified: String,
}

impl StrictFile {
    /// The file `text` as `track` sees it, or none if Python 3.12 does not parse it. A byte-order mark is dropped
    /// (Q19) and line ends become LF (R151); all offsets are of the text without them.
    pub fn parse(text: &str, track: Track) -> Option<Self> {
        let text = text::normalise(text).into_owned();
        let module = Module::parse(&text)?;
        let lines = LineIndex::new(&text);
        let names = Names::of_body(&module.tree().body);
        let findings = find(Reading { module: &module, lines: &lines }, names, track);
        drop(module);
        Some(Self { text, findings })
    }

    /// The text that offsets refer to.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All assertions in source order, before the filters.
    pub fn assertions(&self) -> &[StrictAssertion] {
        &self.findings.assertions
    }

    /// Assertions that are none under this profile, by reason (Q11, Q12, Q15, Q17).
    pub fn skipped(&self) -> &BTreeMap<SkipReason, u64> {
        &self.findings.skipped
    }

    /// The source from the assertion to its target: the in-line prefix of R104.
    pub fn inline(&self, assertion: &StrictAssertion) -> &str {
        &self.text[assertion.start as usize..assertion.cut as usize]
    }

    /// The definitions around `assertion`.
    pub fn enclosing(&self, assertion: &StrictAssertion) -> Enclosing<'_> {
        let outline = &self.findings.outline;
        let (function, class) = outline.innermost(assertion.place);
        Enclosing {
            function: function.map(|function| &*function.name),
            class: class.map(|(class, _)| &*class.name),
            qualified: outline.qualified(assertion.place),
        }
    }

    /// The filters of both tracks (R67, C9, Q32) but for duplicates.
    ///
    /// # Errors
    /// The first filter that refuses the assertion.
    pub fn check(&self, assertion: &StrictAssertion) -> Result<(), SkipReason> {
        filter::check_target(&assertion.target)?;
        if self.findings.outline.innermost(assertion.place).0.is_none() {
            return Err(SkipReason::NoEnclosingFunction);
        }
        check_prefix(&self.text[..assertion.cut as usize])
    }

    /// The filter of targets that another assertion of the same function has (C9, Q23), by qualified name.
    ///
    /// # Errors
    /// [`SkipReason::DuplicateTarget`] for all but the first assertion shown to `seen`, which must have seen this file
    /// only.
    pub fn check_duplicate<'a>(
        &self,
        assertion: &'a StrictAssertion,
        seen: &mut Duplicates<'a>,
    ) -> Result<(), SkipReason> {
        let scope = assertion.place.map(|place| self.findings.outline.definitions[place].scope);
        seen.check(scope, &assertion.target)
    }

    /// What a model reads before the target of `assertion` (R151).
    pub fn prefix(&self, assertion: &StrictAssertion, kind: PrefixKind) -> Cow<'_, str> {
        match kind {
            PrefixKind::FullFile => Cow::Borrowed(&self.text[..assertion.cut as usize]),
            PrefixKind::Structured => Cow::Owned(self.prefixes().structured(assertion)),
        }
    }

    /// The structured prefixes of many assertions.
    pub(super) fn prefixes(&self) -> PrefixSource<'_> {
        PrefixSource::new(&self.text, &self.findings.outline)
    }
}
