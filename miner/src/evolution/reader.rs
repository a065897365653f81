//! From the text of a version to the version, reading only what no version before had.

use super::chunk::{Chunk, MAX_TEXT_BYTES};
use super::version::Version;
use crate::pieces::{PieceReader, Placed};

/// Reads versions of test files, best the versions of one file in a row; each result depends on its text alone.
#[derive(Default)]
pub struct VersionReader {
    pieces: PieceReader<Chunk>,
}

impl VersionReader {
    /// A reader that remembers nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One of `count` readers that together remember as much as one alone.
    pub(crate) fn one_of(count: usize) -> Self {
        Self { pieces: PieceReader::one_of(count) }
    }

    /// The version written as `text`, or none if Python 3.12 does not parse it (R8, R97).
    ///
    /// ```
    /// let version = miner::evolution::VersionReader::new().read("def test_a():\n    assert (f(1)) == 12\n").unwrap();
    /// let cut = version.cut(0);
    /// assert_eq!((cut.in_line, cut.target, cut.function), ("assert f(1) == ", "12", "test_a"));
    /// ```
    pub fn read(&mut self, text: &str) -> Option<Version> {
        self.read_file("", text)
    }

    /// The same of a version of `file`.
    pub(crate) fn read_file(&mut self, file: &str, text: &str) -> Option<Version> {
        match self.pieces(file, text) {
            Some(pieces) => Some(Version::new(pieces)),
            None => Version::read(text),
        }
    }

    /// The chunks of `text`; none if it must be read as a whole, or cannot be read.
    fn pieces(&mut self, file: &str, text: &str) -> Option<Vec<Placed<Chunk>>> {
        let pieces = self.pieces.read(file, text, &())?;
        let (plain, bytes) = pieces.iter().fold((true, 0), |(plain, bytes), Placed { piece, .. }| {
            (plain && piece.is_plain && piece.dropped == 0, bytes + piece.text_bytes)
        });
        (plain && bytes <= MAX_TEXT_BYTES).then_some(pieces)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pieces::samples::{edited, edits, sources};

    #[test]
    fn pieces_are_used() {
        let mut reader = VersionReader::new();
        let texts = sources();
        let in_pieces = texts.iter().filter(|text| reader.pieces("", text).is_some()).count();
        assert!(in_pieces * 10 > texts.len() * 7, "{in_pieces} of {}", texts.len());
        let class = texts.iter().find(|text| text.contains("TestC")).unwrap();
        assert!(reader.pieces("", class).unwrap().len() > 50);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

        /// However files are put together and changed, pieces give what the whole gives.
        #[test]
        fn pieces_are_the_whole(
            chosen in prop::collection::vec(prop::sample::select(sources()), 1..4),
            edits in edits(),
        ) {
            let mut reader = VersionReader::new();
            for text in edited(&chosen.concat(), &edits) {
                prop_assert_eq!(reader.read(&text), Version::read(&text), "{}", text);
            }
        }
    }
}
