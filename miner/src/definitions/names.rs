//! What a piece of a text defines and imports, and how pieces make up a text.

use bench::{Definition, DefinitionKind};
use ruff_python_ast::Stmt;

use super::{Found, find};
use crate::pieces::Piece;
use crate::syntax::{LineIndex, Module};

/// The definitions and imports of a piece, places counted from its start.
pub(crate) struct Names {
    found: Vec<Found>,
    /// Parser line breaks (R4).
    breaks: u32,
    is_class: bool,
    /// Of a piece of a class behind its head: where the class ends, as far as the piece knows.
    class_end: Option<u32>,
}

impl Names {
    /// What stands in `text`, read as a module; none if Python 3.12 does not parse it.
    pub(crate) fn whole(text: &str) -> Option<Self> {
        Self::read(text, 0, &())
    }

    /// What stands in `module`, whose lines are `lines`; its first `head` bytes, the head of a class, do not count.
    pub(crate) fn of(module: &Module<'_>, lines: &LineIndex, head: u32) -> Self {
        let mut found = find::definitions(module, lines);
        let head_lines = lines.line(head) - 1;
        let mut class_end = None;
        if head > 0 && !found.is_empty() {
            // The class itself, which the piece with its real head has found.
            class_end = Some(found.remove(0).end.saturating_sub(head));
        }
        for one in &mut found {
            (one.line, one.start, one.end) = (one.line - head_lines, one.start - head, one.end - head);
        }
        let is_class = matches!(&*module.tree().body, [Stmt::ClassDef(_)]);
        Self { found, breaks: lines.count() - 1 - head_lines, is_class, class_end }
    }

    /// About how many bytes of memory it takes beside its own.
    pub(crate) fn heap(&self) -> usize {
        let texts = |found: &Found| {
            let import = found.import.as_ref();
            let names =
                import.map_or(0, |import| import.names.iter().map(|name| size_of::<String>() + name.len()).sum());
            found.name.len() + found.parent.as_ref().map_or(0, String::len) + names
        };
        self.found.iter().map(|found| size_of::<Found>() + texts(found)).sum()
    }
}

impl Piece for Names {
    type Context = ();

    fn read(text: &str, head: usize, (): &()) -> Option<Self> {
        let module = Module::parse(text)?;
        Some(Self::of(&module, &LineIndex::new(text), u32::try_from(head).ok()?))
    }

    fn is_class(&self) -> bool {
        self.is_class
    }

    fn weight(&self) -> usize {
        size_of::<Self>() + self.heap()
    }
}

/// The definitions of the text numbered `blob` that consists of `pieces`, each with its first byte.
pub(crate) fn join<'a>(blob: u32, pieces: impl IntoIterator<Item = (u32, &'a Names)>) -> Vec<Definition> {
    let mut definitions: Vec<Definition> = Vec::new();
    let mut breaks = 0;
    let mut class: Option<usize> = None;
    for (start, names) in pieces {
        // A class ends where its last piece says.
        if let (Some(end), Some(class)) = (names.class_end, class) {
            definitions[class].end = start + end;
        }
        for found in &names.found {
            if found.kind == DefinitionKind::Class {
                class = Some(definitions.len());
            }
            definitions.push(found.at(blob, start, breaks));
        }
        breaks += names.breaks;
    }
    definitions
}
