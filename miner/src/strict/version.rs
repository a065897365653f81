//! One version of a test file of the evolution track: its assertions in source order, and how it is read.

use std::fmt;
use std::sync::Arc;

use bench::{AssertionKind, Definition, Difficulty};

use super::bound::Bound;
use super::filter::Duplicates;
use super::piece::{Around, Item, StrictPiece};
use super::text;
use crate::definitions;
use crate::evolution::Mark;
use crate::pieces::{PieceReader, Placed};

/// A version of a test file that Python 3.12 parses.
pub(crate) struct StrictVersion {
    pieces: Vec<Placed<StrictPiece>>,
    /// Whether places are those of the text as it was given, without normalising it.
    is_verbatim: bool,
}

/// An assertion of a version, places counted in the whole text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StrictCut<'a> {
    pub(crate) kind: AssertionKind,
    /// Where it stands, and what identifies it and its target.
    pub(crate) mark: Mark,
    pub(crate) target_line: u32,
    pub(crate) target_column: u32,
    /// Bytes of the text before the target.
    pub(crate) prefix_end: u32,
    pub(crate) target: &'a Arc<str>,
    pub(crate) multiline: bool,
    pub(crate) difficulty: Difficulty,
    /// Plain names of the innermost function and class, or empty.
    pub(crate) function: &'a str,
    pub(crate) class: &'a str,
    /// Names the definitions around.
    scope: u128,
    /// Whether it passes the filters but for duplicates.
    is_sound: bool,
}

impl StrictVersion {
    /// The version written as `text`, or none if Python 3.12 does not parse it. A byte-order mark is dropped and line
    /// ends become LF, as in [`StrictFile::parse`](super::StrictFile::parse), whose assertions it holds.
    ///
    /// It is read in one piece, which defines what [`StrictReader`] returns sooner.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let normal = text::normalise(text);
        let piece = Arc::new(StrictPiece::whole(&normal)?);
        Some(Self { pieces: vec![Placed { piece, start: 0 }], is_verbatim: normal == text })
    }

    /// All assertions, in source order.
    pub(crate) fn cuts(&self) -> impl Iterator<Item = StrictCut<'_>> {
        let mut breaks = 0;
        self.pieces.iter().flat_map(move |placed| {
            let before = breaks;
            breaks += placed.piece.breaks;
            placed.piece.items.iter().map(move |item| StrictCut::new(item, placed.start, before))
        })
    }

    /// What the text, numbered `blob`, defines and imports, where places are those of the text.
    pub(crate) fn definitions(&self, blob: u32) -> Option<Vec<Definition>> {
        let pieces = self.pieces.iter().map(|placed| (placed.start, &placed.piece.names));
        self.is_verbatim.then(|| definitions::join(blob, pieces))
    }
}

impl<'a> StrictCut<'a> {
    fn new(item: &'a Item, start: u32, breaks: u32) -> Self {
        let Around { function, class, scope, .. } = &*item.around;
        let (line, column) = (breaks + item.line, item.column);
        Self {
            kind: item.kind,
            mark: Mark { identity: item.identity, answer: item.answer, line, column },
            target_line: breaks + item.target_line,
            target_column: item.target_column,
            prefix_end: start + item.cut,
            target: &item.target,
            multiline: item.multiline,
            difficulty: item.difficulty,
            function: function.as_deref().unwrap_or_default(),
            class: class.as_deref().unwrap_or_default(),
            scope: *scope,
            is_sound: item.is_sound,
        }
    }

    /// Whether it passes the filters (R67, C9, Q23, Q32); `seen` are the targets of this version that were asked before.
    pub(crate) fn passes(&self, seen: &mut Duplicates<'a, u128>) -> bool {
        self.is_sound && seen.check(self.scope, self.target).is_ok()
    }
}

/// Whether two versions hold the same assertions, wherever they were read from.
impl PartialEq for StrictVersion {
    fn eq(&self, other: &Self) -> bool {
        self.cuts().eq(other.cuts()) && self.definitions(0) == other.definitions(0)
    }
}

impl fmt::Debug for StrictVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.cuts()).finish()
    }
}

/// Reads versions of test files, best the versions of one file in a row; each result depends on its text alone.
#[derive(Default)]
pub(crate) struct StrictReader {
    pieces: PieceReader<StrictPiece>,
}

impl StrictReader {
    /// One of `count` readers that together remember as much as one alone.
    pub(crate) fn one_of(count: usize) -> Self {
        Self { pieces: PieceReader::one_of(count) }
    }

    /// The version `text` of `file`, or none if Python 3.12 does not parse it.
    pub(crate) fn read_file(&mut self, file: &str, text: &str) -> Option<StrictVersion> {
        match self.pieces(file, text) {
            Some(pieces) => Some(StrictVersion { pieces, is_verbatim: true }),
            None => StrictVersion::read(text),
        }
    }

    /// The pieces of `text`; none if it must be read as a whole, or cannot be read.
    ///
    /// What its pieces mean depends on what the module binds, which is known when all were read: they are read as in the
    /// version before, and once more if that was wrong.
    fn pieces(&mut self, file: &str, text: &str) -> Option<Vec<Placed<StrictPiece>>> {
        if text::normalise(text) != text {
            return None;
        }
        let guess = self.pieces.context(file);
        let pieces = self.pieces.read(file, text, &guess)?;
        let bound = Bound::all(pieces.iter().map(|placed| &placed.piece.bound))?;
        if bound == guess { Some(pieces) } else { self.pieces.read(file, text, &bound) }
    }
}

#[cfg(test)]
mod tests {
    use bench::Track;
    use proptest::prelude::*;

    use super::*;
    use crate::pieces::samples::{edited, edits, sources};
    use crate::strict::StrictFile;

    /// What decides what names mean, in front of and behind the samples.
    const BINDINGS: [&str; 8] = [
        "import pytest as pt\nfrom pytest import raises, approx as near\n",
        "try:\n    from pytest import raises\nexcept ImportError:\n    def raises(): ...\n",
        "from pytest import raises as pytest\nimport pytest as raises\n",
        "def test_f(case):\n    raises(ValueError)\n    pt.raises(KeyError)\n    assert x == near(1.25)\n",
        "def test_g():\n    from pytest import approx as raises\n    raises(12)\n",
        "class pt: pass\n",
        "import pytest as approx\ndef test_h(): assert f() == approx.approx(11)\n",
        "def test_g():\n    assert f() == 12\n    assert g() == 12\n",
    ];

    /// Classes large enough to come apart, which bind names themselves.
    fn classes() -> impl Iterator<Item = String> {
        let method = |name: &str| {
            let call = "        with raises(ValueError) as e: pt.raises(KeyError)\n        self.assertEqual(f(), 12)\n";
            format!("    @raises(TypeError)\n    def {name}(self):\n{}\n", call.repeat(20))
        };
        let heads = ["", "    from pytest import raises\n", "    def raises(x): ...\n", "    import pytest as pt\n"];
        heads
            .into_iter()
            .map(move |head| format!("class TestA:\n    x = 1\n{}{head}{}", method("test_a"), method("test_b")))
    }

    fn samples() -> Vec<String> {
        sources().into_iter().chain(BINDINGS.map(str::to_owned)).chain(classes()).chain(classes()).collect()
    }

    /// What the reading of whole files says of `text`, whose tasks pass the filters in turn.
    fn of_file(text: &str) -> Option<Vec<(u32, String, String, bool)>> {
        let file = StrictFile::parse(text, Track::Evolution)?;
        let mut seen = Duplicates::default();
        let row = |assertion| {
            let passes = file.check(assertion).and_then(|()| file.check_duplicate(assertion, &mut seen)).is_ok();
            let name = file.enclosing(assertion).function.unwrap_or_default().to_owned();
            (assertion.cut, name, assertion.target.clone(), passes)
        };
        Some(file.assertions().iter().map(row).collect())
    }

    fn of_version(version: &StrictVersion) -> Vec<(u32, String, String, bool)> {
        let mut seen = Duplicates::default();
        let mut rows = Vec::new();
        for cut in version.cuts() {
            rows.push((cut.prefix_end, cut.function.to_owned(), cut.target.to_string(), cut.passes(&mut seen)));
        }
        rows
    }

    #[test]
    fn pieces_are_used() {
        let mut reader = StrictReader::default();
        let texts = samples();
        let in_pieces = texts.iter().filter(|text| reader.pieces("", text).is_some()).count();
        assert!(in_pieces * 10 > texts.len() * 7, "{in_pieces} of {}", texts.len());
        let counts: Vec<usize> = classes().map(|text| reader.pieces("", &text).unwrap().len()).collect();
        assert_eq!(counts, [3, 1, 4, 1], "what a class binds to pytest's keeps it together");
        let bound = classes().map(|text| format!("{}{text}", BINDINGS[0]));
        let counts: Vec<usize> = bound.map(|text| reader.pieces("", &text).unwrap().len()).collect();
        assert_eq!(counts, [4, 2, 2, 2]);
    }

    #[test]
    fn bindings_behind_and_in_front_count() {
        let mut reader = StrictReader::default();
        let mut targets = |text: &str| {
            let version = reader.read_file("t.py", text).unwrap();
            version.cuts().map(|cut| cut.target.to_string()).collect::<Vec<_>>()
        };
        let test = BINDINGS[3];
        assert_eq!(targets(test), ["near(1.25)"]);
        assert_eq!(targets(&format!("{test}{}", BINDINGS[0])), ["ValueError)", "KeyError)", "1.25)"]);
        assert_eq!(targets(&format!("{}{test}", BINDINGS[1])), ["ValueError)", "near(1.25)"]);
        assert_eq!(targets(&format!("{}{test}", BINDINGS[5])), ["near(1.25)"]);
    }

    #[test]
    fn texts_are_normalised() {
        let text = "def test_a():\r\n    assert f() == (1,\r\n 2)\r\n";
        let version = StrictReader::default().read_file("", text).unwrap();
        assert_eq!(version.cuts().map(|cut| &**cut.target).collect::<Vec<_>>(), ["(1, 2)"]);
        assert!(
            version.definitions(0).is_none() && StrictReader::default().read_file("", "\u{feff}\u{feff}x").is_none()
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

        /// However files are put together and changed, pieces give what the whole gives.
        #[test]
        fn pieces_are_the_whole(
            chosen in prop::collection::vec(prop::sample::select(samples()), 1..5),
            edits in edits(),
        ) {
            let mut reader = StrictReader::default();
            for text in edited(&chosen.concat(), &edits) {
                let version = reader.read_file("", &text);
                prop_assert_eq!(&version, &StrictVersion::read(&text), "{}", text);
                prop_assert_eq!(version.as_ref().map(of_version), of_file(&text), "{}", text);
            }
        }
    }
}
