//! The pinned grammar: concrete trees.

/// The version of the grammar, as results state it (S25, S115).
pub const GRAMMAR_VERSION: &str = "tree-sitter-python 0.21.0";

/// Bytes that the lexer is handed at a time where its work is counted.
const PIECE: usize = 16 << 10;
/// Pieces that the lexer may ask for however short the text is; 64 MiB.
const PIECES: usize = 4_096;
/// As many times may the lexer read the whole text besides.
const READINGS: usize = 64;
/// Bytes of a text that is parsed where work is counted, at most: a tree can take 450 times as much memory.
const LONGEST: usize = 1 << 20;

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

    /// As [`parse`](Self::parse), or none if the text has more than a mebibyte, or the lexer reads it much too often:
    /// before every comment of a block it looks through all those after it, so that a block of 100,000 takes minutes.
    /// What is counted is bytes, not time: whether a text has a tree does not depend on the machine.
    ///
    /// ```
    /// let mut parser = bench::python::Parser::new();
    /// assert!(parser.parse_soon("a = 1\n").is_some());
    /// assert!(parser.parse_soon(&format!("if a:\n{}    b\n", "    #\n".repeat(20_000))).is_none());
    /// ```
    ///
    /// # Panics
    /// Never, as [`parse`](Self::parse).
    pub fn parse_soon(&mut self, text: &str) -> Option<tree_sitter::Tree> {
        if text.len() > LONGEST {
            return None;
        }
        let mut pieces = PIECES + READINGS * text.len().div_ceil(PIECE);
        // A text that ends at once is done with at once.
        let mut read = |from: usize, _| {
            pieces = pieces.saturating_sub(1);
            if pieces == 0 { &[][..] } else { piece(text, from) }
        };
        let tree = self.0.parse_with(&mut read, None).expect("because a language is set and no time limit is");
        (pieces > 0).then_some(tree)
    }
}

/// The bytes of `text` at `from`, whole characters and no more than fit a piece.
fn piece(text: &str, from: usize) -> &[u8] {
    let mut end = text.len().min(from.saturating_add(PIECE));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.as_bytes().get(from..end).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use tree_sitter::{Range, Tree};

    use super::*;

    /// Every node of `tree`, parents first.
    fn nodes(tree: &Tree) -> Vec<(u16, Range, bool)> {
        let (mut cursor, mut nodes) = (tree.walk(), Vec::new());
        loop {
            let node = cursor.node();
            nodes.push((node.kind_id(), node.range(), node.is_missing()));
            if cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return nodes;
                }
            }
        }
    }

    #[test]
    fn pieces_make_the_same_tree() {
        let mut parser = Parser::new();
        let lines =
            "def f(é):\n    # ä\n    s = \"\"\"\n{x}\n\"\"\" + f'{a!r:>{b}}'\n\n    return [\n        1,\n    ] # €𝄞\n";
        for shift in 0..lines.len() {
            let text = format!("#{}\n{}", "x".repeat(shift), lines.repeat(2 * PIECE / lines.len()));
            let (whole, pieces) = (parser.parse(&text), parser.parse_soon(&text).expect("quick"));
            assert_eq!(nodes(&whole), nodes(&pieces));
        }
    }
}
