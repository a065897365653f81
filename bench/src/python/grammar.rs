//! The pinned grammar: concrete trees.

/// The version of the grammar, as results state it (S25, S115).
pub const GRAMMAR_VERSION: &str = "tree-sitter-python 0.21.0";

/// A tree-sitter parser of the pinned grammar; one per thread.
pub struct Parser(tree_sitter::Parser);

impl Parser {
    /// A parser ready for use.
    ///
    /// # Panics
    /// Never: the grammar and the runtime are pinned to versions that fit each other.
    pub fn new() -> Self {
        let mut parser = tree_sitter::Parser::new();
        parser.set_language(&tree_sitter_python::language()).expect("because grammar and runtime are pinned together");
        Self(parser)
    }

    /// The concrete tree of `text`. Every text has one; what does not fit the grammar becomes error nodes.
    ///
    /// ```
    /// let tree = bench::python::Parser::new().parse("assert 1 == 2\n");
    /// assert_eq!(tree.root_node().to_sexp(), "(module (assert_statement (comparison_operator (integer) (integer))))");
    /// ```
    ///
    /// # Panics
    /// Never: parsing fails only without a language or past a time limit; a language is set and no limit is.
    pub fn parse(&mut self, text: &str) -> tree_sitter::Tree {
        self.0.parse(text, None).expect("because a language is set and no time limit is")
    }
}

impl Default for Parser {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Parser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Parser")
    }
}
