//! A piece of a file, read once: its assertions with all places relative to the piece.
//!
//! A file that is read as a whole is one chunk, and that reading is the definition of what a version holds. A method is
//! read behind a first line that names its class, so that it is parsed as what it is; that line does not count.

use std::sync::Arc;

use bench::AssertionKind;
use ruff_python_ast::Stmt;
use ruff_text_size::Ranged;

use super::digest::{Digest, Segment, Stream};
use super::inline::{self, Found};
use super::lines::{PythonLines, breaks_differ};
use super::scope::{Definition, Scope, Sort, scopes};
use crate::definitions::Names;
use crate::pieces::Piece;
use crate::syntax::{LineIndex, Module, SiteNode, Trace, class_lines, function_lines};

/// Bytes of in-line prefixes and targets of one version, beyond which no further assertion is read. Our choice: real
/// ones have a hundredth, but calls chained to calls unfold to their number times their length.
pub(super) const MAX_TEXT_BYTES: usize = 1 << 24;

/// What was read of a piece of text.
pub(super) struct Chunk {
    /// The assertions, in walk order.
    pub(super) items: Vec<Item>,
    /// Functions and classes, by their first line; none if there are no assertions.
    pub(super) definitions: Vec<Definition>,
    /// Its line breaks.
    pub(super) breaks: u32,
    /// The text.
    pub(super) text: Segment,
    /// Whether Python's lines are the parser's, so that the piece can stand behind others (Q2).
    pub(super) is_plain: bool,
    /// What the module consists of.
    pub(super) shape: Shape,
    /// Bytes of in-line prefixes and targets.
    pub(super) text_bytes: usize,
    /// Nodes not looked at because of [`MAX_TEXT_BYTES`].
    pub(super) dropped: u64,
    /// What it defines and imports.
    pub(super) names: Names,
}

/// What the statements of a chunk are, as far as putting classes together needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One class with no assertion before its body.
    Class,
    /// Anything else.
    Other,
}

/// An assertion. Lines count from 1, everything else from 0, in bytes.
pub(super) struct Item {
    /// How many nodes stand above it in the module (R9).
    pub(super) level: u32,
    pub(super) kind: AssertionKind,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) target_line: u32,
    pub(super) target_column: u32,
    /// Where the text before the in-line prefix ends.
    pub(super) prefix_end: u32,
    /// Place of the test function in the definitions.
    pub(super) function: Option<usize>,
    /// Place of the class.
    pub(super) class: Option<usize>,
    pub(super) in_line: Box<str>,
    pub(super) target: Arc<str>,
    pub(super) multiline: bool,
    /// From the chunk's start through the in-line prefix, the kind and the target (R98).
    pub(super) key: Segment,
    /// Of function, kind and in-line prefix (R104).
    pub(super) identity: Digest,
    /// Of the target.
    pub(super) answer: Digest,
}

impl Piece for Chunk {
    type Context = ();

    fn read(text: &str, head: usize, (): &()) -> Option<Self> {
        let module = Module::parse(text)?;
        let trace = Trace::of(&module);
        let lines = LineIndex::new(text);
        let head_end = u32::try_from(head).ok()?;
        let names = Names::of(&module, &lines, head_end);
        let source = Source { text, head, head_lines: lines.line(head_end) - 1, lines };
        let mut items: Vec<Item> = Vec::new();
        let (mut text_bytes, mut dropped) = (0, 0);
        for met in &trace.sites {
            if text_bytes > MAX_TEXT_BYTES {
                dropped += 1;
            } else if let Some(found) = inline::find(met.node, text) {
                text_bytes += found.in_line.len() + found.candidate.target.len();
                items.push(source.item(met.level, found));
            }
        }
        let mut definitions = Vec::new();
        if !items.is_empty() {
            definitions = source.definitions(&trace);
            source.place(&mut items, &mut definitions);
        }
        Some(Self {
            breaks: source.lines.count() - 1 - source.head_lines,
            text: source.digest(&mut items),
            is_plain: !breaks_differ(text),
            shape: shape(&module.tree().body, &trace),
            items,
            definitions,
            text_bytes,
            dropped,
            names,
        })
    }

    fn is_class(&self) -> bool {
        self.shape == Shape::Class
    }

    fn weight(&self) -> usize {
        let names: usize = self.definitions.iter().map(|definition| definition.name.len()).sum();
        let definitions = self.definitions.len() * size_of::<Definition>();
        size_of::<Self>()
            + self.items.len() * size_of::<Item>()
            + self.text_bytes
            + definitions
            + names
            + self.names.heap()
    }
}

/// A chunk's text while it is read.
struct Source<'a> {
    text: &'a str,
    /// Bytes in front that do not count, and their lines.
    head: usize,
    head_lines: u32,
    lines: LineIndex,
}

impl Source<'_> {
    fn definitions(&self, trace: &Trace<'_>) -> Vec<Definition> {
        let functions = trace.functions.iter().map(|def| Definition {
            name: def.name.as_str().into(),
            lines: function_lines(def, self.text, &self.lines),
            sort: Sort::Function,
        });
        let classes = trace.classes.iter().map(|def| Definition {
            name: def.name.as_str().into(),
            lines: class_lines(def, self.text, &self.lines),
            sort: Sort::Class,
        });
        functions.chain(classes).collect()
    }

    /// The assertion `found`; what depends on its surroundings is yet to come.
    fn item(&self, level: u32, found: Found) -> Item {
        let Found { candidate, in_line } = found;
        let answer = {
            let mut stream = Stream::default();
            stream.exact(&candidate.target);
            stream.finish()
        };
        Item {
            level,
            kind: candidate.kind,
            line: self.lines.line(candidate.start),
            column: self.lines.column(candidate.start),
            target_line: self.lines.line(candidate.cut),
            target_column: self.lines.column(candidate.cut),
            prefix_end: 0,
            function: None,
            class: None,
            in_line: in_line.into(),
            target: candidate.target.into(),
            multiline: candidate.multiline,
            key: answer,
            identity: 0,
            answer: answer.after(0),
        }
    }

    /// Finds the scope and the end of the prefix of every assertion, and makes lines relative.
    fn place(&self, items: &mut [Item], definitions: &mut [Definition]) {
        let mut by_line: Vec<&mut Item> = items.iter_mut().collect();
        by_line.sort_by_key(|item| item.line);
        let lines: Vec<u32> = by_line.iter().map(|item| item.line).collect();
        let mut python = PythonLines::new(self.text, &self.lines);
        for (item, scope) in by_line.into_iter().zip(scopes(definitions, lines.into_iter())) {
            let end = python.offset(item.line, item.column).max(self.head) - self.head;
            item.prefix_end = u32::try_from(end).unwrap_or(u32::MAX);
            item.line -= self.head_lines;
            item.target_line -= self.head_lines;
            item.identify(scope);
        }
    }

    /// Sets the keys of `items`; returns the digest of the whole text.
    fn digest(&self, items: &mut [Item]) -> Segment {
        let text = &self.text[self.head..];
        let mut by_end: Vec<&mut Item> = items.iter_mut().collect();
        by_end.sort_by_key(|item| item.prefix_end);
        let (mut stream, mut at) = (Stream::default(), 0);
        for item in by_end {
            let end = item.prefix_end as usize;
            stream.words(&text[at..end]);
            at = end;
            item.key = item.key_behind(stream.clone());
        }
        stream.words(&text[at..]);
        stream.finish()
    }
}

impl Item {
    fn identify(&mut self, scope: Scope) {
        let Scope { test, class, path: mut stream } = scope;
        (self.function, self.class) = (test, class);
        stream.mark(self.kind as u8);
        stream.words(&self.in_line);
        self.identity = stream.finish().after(0);
    }

    fn key_behind(&self, mut before: Stream) -> Segment {
        before.words(&self.in_line);
        before.mark(self.kind as u8);
        before.words(&self.target);
        before.finish()
    }
}

fn shape(body: &[Stmt], trace: &Trace<'_>) -> Shape {
    let [Stmt::ClassDef(class)] = body else { return Shape::Other };
    let Some(first) = class.body.first().map(Ranged::start) else { return Shape::Other };
    let start = |node: SiteNode<'_>| match node {
        SiteNode::Assert(node) => node.range.start(),
        SiteNode::Call(node) => node.range().start(),
    };
    let in_head = trace.sites.iter().any(|met| start(met.node) < first);
    if in_head { Shape::Other } else { Shape::Class }
}
