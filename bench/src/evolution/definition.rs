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
