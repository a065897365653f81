//! Python text as the reference saw it: what parses, and which nodes an `ast.walk` meets in which order (R8–R10).
//!
//! [`Outline`] is all that the rest of the crate knows of a file: the assertion sites in walk order and the line
//! ranges of definitions. [`Outline::read`] makes one. Two readers stand behind it: [`concrete`] maps the tree-sitter
//! tree onto the shape of CPython's abstract tree, [`abstract_tree`] walks the abstract tree of the parser that decides
//! validity. The latter steps in where the pinned grammar fails on valid text, or may have misread it; tests hold the
//! two against each other.

mod abstract_tree;
mod concrete;
mod definitions;
mod lines;
mod module;
mod outline;
mod read;

pub(crate) use abstract_tree::{SiteNode, Trace, argument_range, class_lines, function_lines};
pub(crate) use definitions::push_bodies;
pub(crate) use lines::LineIndex;
pub(crate) use module::Module;
pub use module::is_valid;
pub(crate) use outline::{Call, Callee, Class, Function, LineRange, Outline, Receiver, Site, Span};
pub use read::Reader;
#[cfg(test)]
pub(crate) use read::both;
