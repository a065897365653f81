//! Python text as trees: the pinned grammar of tree-sitter for concrete ones, ruff's parser for abstract ones.
//!
//! This module is the only one that names `tree-sitter-python` and `ruff_python_parser`, so that tasks and scores come
//! from one reading of Python. Every text has a [concrete tree](Parser), whatever it holds; node kinds are those of
//! version 0.21.0 of the grammar. [`Syntax`] is the same as a flat list that any depth is safe to walk. An
//! [`AbstractTree`] has only what CPython 3.12 accepts (R8, S100).

mod abstract_tree;
mod form;
mod grammar;
mod limits;
mod plain;
mod printed;
mod syntax;

pub use abstract_tree::{AbstractTree, MAX_DEPTH, undecorated};
pub use form::{Form, Forms};
pub use grammar::{GRAMMAR_VERSION, Parser};
pub use syntax::{Place, Point, Syntax, SyntaxNode};
