//! A piece of a test file of the evolution track, read once: its assertions with all places relative to the piece.
//!
//! A file that is read as a whole is one piece, and that reading is the definition of what a version holds.

use std::sync::Arc;

use bench::{AssertionKind, Difficulty, Track, pytext};
use ruff_python_ast::Stmt;

use super::assertion::StrictAssertion;
use super::bound::Bound;
use super::filter::check_target;
use super::find::{Findings, find};
use super::names::Names;
use super::outline::{Outline, Reading};
use crate::definitions;
use crate::filter::check_prefix;
use crate::pieces::Piece;
use crate::syntax::{LineIndex, Module};

/// What was read of a piece of text.
pub(super) struct StrictPiece {
    /// The assertions, in source order.
    pub(super) items: Vec<Item>,
    /// Its line breaks.
    pub(super) breaks: u32,
    /// What its statements bind the module's names to.
    pub(super) bound: Bound,
    /// What it defines and imports.
    pub(super) names: definitions::Names,
    is_class: bool,
}

/// An assertion. Lines count from 1, everything else from 0, in bytes.
pub(super) struct Item {
    pub(super) kind: AssertionKind,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) target_line: u32,
    pub(super) target_column: u32,
    /// Where the source is cut.
    pub(super) cut: u32,
    pub(super) target: Arc<str>,
    pub(super) multiline: bool,
    pub(super) difficulty: Difficulty,
    pub(super) around: Arc<Around>,
    /// Whether it passes the filters but for duplicates.
    pub(super) is_sound: bool,
    /// Of the qualified name of its function, its kind and its in-line prefix, blanks apart (R104).
    pub(super) identity: Digest,
    /// Of the target.
    pub(super) answer: Digest,
}

/// The definitions around assertions.
pub(super) struct Around {
    /// The innermost function.
    pub(super) function: Option<Box<str>>,
    /// The innermost class.
    pub(super) class: Option<Box<str>>,
    /// Of all their names: the same for definitions that hide one another.
    pub(super) scope: Digest,
    qualified: String,
}

/// Half of a BLAKE3 hash.
pub(super) type Digest = u128;

impl StrictPiece {
    /// The whole of `text`; none if Python 3.12 does not parse it.
    pub(super) fn whole(text: &str) -> Option<Self> {
        let module = Module::parse(text)?;
        Some(Source::new(text, 0, &module)?.read(Names::of_body(&module.tree().body)))
    }
}

impl Piece for StrictPiece {
    type Context = Bound;

    fn read(text: &str, head: usize, context: &Bound) -> Option<Self> {
        let module = Module::parse(text)?;
        let mut piece = Source::new(text, head, &module)?.read(context.names());
        piece.is_class = match &*module.tree().body {
            // What a class binds is seen by all of its pieces, and each alone cannot know it.
            [Stmt::ClassDef(class)] => !context.is_changed_by(&Names::of_body(&class.body)),
            _ => false,
        };
        Some(piece)
    }

    fn is_class(&self) -> bool {
        self.is_class
    }

    fn weight(&self) -> usize {
        let around = |around: &Around| size_of::<Around>() + around.qualified.len();
        let item = |item: &Item| size_of::<Item>() + item.target.len() + around(&item.around);
        size_of::<Self>() + self.items.iter().map(item).sum::<usize>() + self.names.heap()
    }
}

/// A piece's text while it is read.
struct Source<'a> {
    text: &'a str,
    module: &'a Module<'a>,
    lines: LineIndex,
    /// Bytes in front that do not count, and their lines.
    head: u32,
    head_lines: u32,
}

impl<'a> Source<'a> {
    fn new(text: &'a str, head: usize, module: &'a Module<'a>) -> Option<Self> {
        let head = u32::try_from(head).ok()?;
        let lines = LineIndex::new(text);
        Some(Self { text, module, head, head_lines: lines.line(head) - 1, lines })
    }

    /// What stands here if the module binds `names`.
    fn read(&self, names: Names<'_>) -> StrictPiece {
        let reading = Reading { module: self.module, lines: &self.lines };
        let Findings { outline, assertions, .. } = find(reading, names, Track::Evolution);
        let mut items: Vec<Item> = Vec::with_capacity(assertions.len());
        let mut last: Option<(Option<usize>, Arc<Around>)> = None;
        for assertion in assertions {
            let known = last.take().filter(|(place, _)| *place == assertion.place);
            let (place, around) =
                known.unwrap_or_else(|| (assertion.place, Arc::new(Around::of(&outline, assertion.place))));
            last = Some((place, Arc::clone(&around)));
            items.push(self.item(assertion, around));
        }
        StrictPiece {
            items,
            breaks: self.lines.count() - 1 - self.head_lines,
            bound: Bound::of(&Names::of_body(&self.module.tree().body)),
            names: definitions::Names::of(self.module, &self.lines, self.head),
            is_class: false,
        }
    }

    fn item(&self, assertion: StrictAssertion, around: Arc<Around>) -> Item {
        let StrictAssertion { kind, start, cut, line, column, target_line, target_column, target, .. } = assertion;
        let in_line = pytext::collapse(&self.text[start as usize..cut as usize]);
        let prefix = &self.text[..cut as usize];
        Item {
            kind,
            line: line - self.head_lines,
            column,
            target_line: target_line - self.head_lines,
            target_column,
            cut: cut - self.head,
            multiline: assertion.multiline,
            difficulty: assertion.difficulty,
            is_sound: check_target(&target).is_ok() && around.function.is_some() && check_prefix(prefix).is_ok(),
            identity: digest([&*around.qualified, kind.name(), &in_line]),
            answer: digest([&*target]),
            target: target.into(),
            around,
        }
    }
}

impl Around {
    fn of(outline: &Outline, place: Option<usize>) -> Self {
        let (function, class) = outline.innermost(place);
        Self {
            function: function.map(|function| function.name.as_str().into()),
            class: class.map(|(class, _)| class.name.as_str().into()),
            scope: digest(outline.chain(place).map(|definition| &*definition.name)),
            qualified: outline.qualified(place),
        }
    }
}

fn digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> Digest {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let mut half = [0; 16];
    half.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    Digest::from_le_bytes(half)
}
