//! One version of a file: its assertions in walk order, and what it takes to tell them from those of another version.

use std::fmt;
use std::sync::Arc;

use bench::{AssertionKind, Definition};

use super::chunk::{Chunk, Item};
use super::digest::Digest;
use super::pairing::Mark;
use crate::definitions;
use crate::pieces::{Piece, Placed};

/// A version of a test file that Python 3.12 parses.
#[derive(Clone)]
pub struct Version {
    pieces: Vec<Placed<Chunk>>,
    /// The assertions in walk order (R9).
    walk: Vec<Place>,
    /// Their keys (R98), in the same order.
    keys: Vec<Digest>,
}

/// An assertion of a version, by piece and place in the piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    level: u32,
    piece: u32,
    item: u32,
    /// Line breaks before the piece.
    breaks: u32,
}

/// An assertion of the evolution track, cut into prefix and target (R92–R96).
///
/// Its full prefix is the text up to `prefix_end`, followed by `in_line`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut<'a> {
    /// The published type.
    pub kind: AssertionKind,
    /// Line of the assertion node, from 1 (R4).
    pub line: u32,
    /// Column of the assertion node, from 0, in bytes (R6).
    pub column: u32,
    /// Line of the node that starts the target, from 1.
    pub target_line: u32,
    /// Column of the node that starts the target, from 0, in bytes.
    pub target_column: u32,
    /// Bytes of the text before the in-line prefix (R95).
    pub prefix_end: u32,
    /// What stands between that and the target, put together from segments (R93).
    pub in_line: &'a str,
    /// Name of the test function, or empty (R96).
    pub function: &'a str,
    /// Name of the innermost class, or empty (R59).
    pub class: &'a str,
    /// What a model is asked for.
    pub target: &'a str,
    /// Whether the target held a line feed (R58).
    pub multiline: bool,
}

impl Version {
    /// The version written as `text`, or none if Python 3.12 does not parse it (R8, R97).
    ///
    /// It is read in one piece, which defines what [`super::VersionReader`] returns sooner.
    pub fn read(text: &str) -> Option<Self> {
        let piece = Arc::new(Chunk::read(text, 0, &())?);
        Some(Self::new(vec![Placed { piece, start: 0 }]))
    }

    /// The version that consists of `pieces`, in order.
    pub(super) fn new(pieces: Vec<Placed<Chunk>>) -> Self {
        let count = pieces.iter().map(|piece| piece.piece.items.len()).sum();
        let mut walk: Vec<(Place, Digest)> = Vec::with_capacity(count);
        let (mut before, mut breaks) = (0, 0);
        for (piece, number) in pieces.iter().zip(0..) {
            walk.extend(piece.piece.items.iter().zip(0..).map(|(entry, item)| {
                (Place { level: entry.level, piece: number, item, breaks }, entry.key.after(before))
            }));
            before = piece.piece.text.after(before);
            breaks += piece.piece.breaks;
        }
        // Breadth-first order goes level by level, and on each level in the order of the statements of the module.
        walk.sort_by_key(|(place, _)| place.level);
        let (walk, keys) = walk.into_iter().unzip();
        Self { pieces, walk, keys }
    }

    /// How many assertions there are.
    pub fn len(&self) -> usize {
        self.walk.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.walk.is_empty()
    }

    /// The assertion at place `at` of the walk.
    ///
    /// # Panics
    /// If there are no more than `at`.
    pub fn cut(&self, at: usize) -> Cut<'_> {
        let (place, piece, item) = self.item(at);
        let name = |definition: Option<usize>| definition.map_or("", |at| &*piece.piece.definitions[at].name);
        Cut {
            kind: item.kind,
            line: place.breaks + item.line,
            column: item.column,
            target_line: place.breaks + item.target_line,
            target_column: item.target_column,
            prefix_end: piece.start + item.prefix_end,
            in_line: &item.in_line,
            function: name(item.function),
            class: name(item.class),
            target: &item.target,
            multiline: item.multiline,
        }
    }

    /// All assertions, in walk order.
    pub fn cuts(&self) -> impl ExactSizeIterator<Item = Cut<'_>> {
        (0..self.len()).map(|at| self.cut(at))
    }

    /// Nodes, assertions perhaps, that were left out because calls chained to calls unfold to more text than is kept.
    pub fn dropped(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.piece.dropped).sum()
    }

    /// What the text, numbered `blob`, defines and imports, as [`crate::DefinitionReader`] finds it.
    pub(crate) fn definitions(&self, blob: u32) -> Vec<Definition> {
        definitions::join(blob, self.pieces.iter().map(|placed| (placed.start, &placed.piece.names)))
    }

    /// The target of the assertion at place `at` of the walk.
    pub(super) fn target(&self, at: usize) -> Arc<str> {
        Arc::clone(&self.item(at).2.target)
    }

    /// About how many bytes of memory it takes; versions share some of them.
    pub(super) fn weight(&self) -> usize {
        let pieces: usize = self.pieces.iter().map(|piece| size_of::<Placed<Chunk>>() + piece.piece.weight()).sum();
        pieces + self.walk.len() * (size_of::<Place>() + size_of::<Digest>())
    }

    /// The keys in walk order.
    pub(super) fn keys(&self) -> &[Digest] {
        &self.keys
    }

    /// What identifies the assertions, in walk order.
    pub(super) fn marks(&self) -> Vec<Mark> {
        let mark = |at| {
            let (place, _, item) = self.item(at);
            let (line, column) = (place.breaks + item.line, item.column);
            Mark { identity: item.identity, answer: item.answer, line, column }
        };
        (0..self.len()).map(mark).collect()
    }

    fn item(&self, at: usize) -> (Place, &Placed<Chunk>, &Item) {
        let place = self.walk[at];
        let piece = &self.pieces[place.piece as usize];
        (place, piece, &piece.piece.items[place.item as usize])
    }
}

/// Whether two versions hold the same assertions, wherever they were read from.
impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.keys == other.keys && self.marks() == other.marks() && self.cuts().eq(other.cuts())
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.cuts()).finish()
    }
}
