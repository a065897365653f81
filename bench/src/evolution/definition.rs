//! What a text defines and imports: all that dependency-resolved context needs to know of it (M104–M109).

use crate::closed::closed_set;

closed_set! {
    /// What a statement defines.
    pub enum DefinitionKind as "definition kind" {
        /// A top-level function.
        Function = "function",
        /// A top-level class.
        Class = "class",
        /// A method of a top-level class.
        Method = "method",
        /// A top-level assignment; one row a plain name it assigns to.
        Assignment = "assignment",
        /// `import a.b, c as d`, at any depth.
        Import = "import",
        /// `from a import b as c`, at any depth.
        ImportFrom = "import_from",
    }
}

/// A definition or import statement in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The number of the text.
    pub blob: u32,
    /// What it is.
    pub kind: DefinitionKind,
    /// The defined name; empty for imports.
    pub name: String,
    /// The class of a method.
    pub parent: Option<String>,
    /// Line of the node, from 1, parser lines (R4).
    pub line: u32,
    /// Where its source begins in the text, in bytes; decorators stand before it (M108).
    pub start: u32,
    /// Where its source ends in the text, in bytes.
    pub end: u32,
    /// Whether it stands directly in the module, outside of any block.
    pub top_level: bool,
    /// What is imported, if it is an import.
    pub import: Option<Import>,
}

/// A definition as the table holds it, its place counted from the definition before it in the same text: most rows of two
/// versions of a text are then equal, wherever they stand, and compress to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionStep {
    /// See [`Definition::blob`].
    pub blob: u32,
    /// See [`Definition::kind`].
    pub kind: DefinitionKind,
    /// See [`Definition::name`].
    pub name: String,
    /// See [`Definition::parent`].
    pub parent: Option<String>,
    /// Lines from the definition before; the line itself in the first of a text.
    pub lines: u32,
    /// Bytes from where the definition before begins; from the start of the text in its first.
    pub gap: u32,
    /// Bytes of its source.
    pub length: u32,
    /// See [`Definition::top_level`].
    pub top_level: bool,
    /// See [`Definition::import`].
    pub import: Option<Import>,
}

/// Where the last definition stands, going through those of texts, each text's in source order.
#[derive(Debug, Clone, Default)]
pub struct DefinitionPlace {
    blob: u32,
    line: u32,
    start: u32,
}

impl DefinitionPlace {
    /// `definition`, the next one, as a step from here; one that does not stand behind the last counts as if it stood
    /// there.
    pub fn step(&mut self, definition: Definition) -> DefinitionStep {
        let Definition { blob, kind, name, parent, line, start, end, top_level, import } = definition;
        self.enter(blob);
        let (lines, gap) = (line.saturating_sub(self.line), start.saturating_sub(self.start));
        (self.line, self.start) = (self.line + lines, self.start + gap);
        DefinitionStep { blob, kind, name, parent, lines, gap, length: end.saturating_sub(start), top_level, import }
    }

    /// The definition one `step` from here; none if its text would have 2^32 bytes or lines.
    pub fn definition(&mut self, step: DefinitionStep) -> Option<Definition> {
        let DefinitionStep { blob, kind, name, parent, lines, gap, length, top_level, import } = step;
        self.enter(blob);
        self.line = self.line.checked_add(lines)?;
        self.start = self.start.checked_add(gap)?;
        let end = self.start.checked_add(length)?;
        Some(Definition { blob, kind, name, parent, line: self.line, start: self.start, end, top_level, import })
    }

    fn enter(&mut self, blob: u32) {
        if self.blob != blob {
            *self = Self { blob, line: 0, start: 0 };
        }
    }
}

/// What an import statement names (M105, M107).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The module after `from`; none for `import a` and for `from . import a`.
    pub module: Option<String>,
    /// The names that are imported, without their aliases; dotted after a plain `import`.
    pub names: Vec<String>,
    /// Leading dots.
    pub level: u32,
}
