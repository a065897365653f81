//! Leaf tokens of a tree and their texts (S52–S54, S63).

use std::borrow::Cow;
use std::collections::HashMap;

use bench::python::{Point, Syntax};

use super::flow::Lost;

/// The number of a text among the texts of the leaves.
pub(super) type Name = u32;

/// Not a leaf token.
const NONE: u32 = u32::MAX;

/// A leaf token as the reference's table has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaf {
    start: Point,
    end: Point,
    /// Its number in tree order; of several at one place, that of the last (S54).
    pub(super) index: u32,
    pub(super) name: Name,
}

/// The leaf tokens of a text.
#[derive(Debug)]
pub(super) struct Leaves<'a> {
    syntax: &'a Syntax,
    tokens: Vec<Leaf>,
    /// The leaf token of every node.
    of_node: Vec<u32>,
    names: Vec<Cow<'a, str>>,
}

impl<'a> Leaves<'a> {
    /// Those of `syntax`, the tree of `text`.
    pub(super) fn new(syntax: &'a Syntax, text: &'a str) -> Self {
        let mut found =
            Self { syntax, tokens: Vec::new(), of_node: vec![NONE; syntax.nodes().len()], names: Vec::new() };
        let mut numbers: HashMap<Cow<'a, str>, Name> = HashMap::new();
        let rows = Rows::new(text);
        let mut node = 0;
        while let Some(read) = syntax.nodes().get(node) {
            if !is_token(syntax, node) {
                node += 1;
                continue;
            }
            let token = rows.between(read.start, read.end);
            let next = count(found.names.len());
            let name = *numbers.entry(token).or_insert_with_key(|token| {
                found.names.push(token.clone());
                next
            });
            found.of_node[node] = count(found.tokens.len());
            found.tokens.push(Leaf { start: read.start, end: read.end, index: count(found.tokens.len()), name });
            node = syntax.after(node);
        }
        found.let_the_last_win();
        found
    }

    /// Only tokens without width can share a place, and they follow each other.
    fn let_the_last_win(&mut self) {
        for at in (1..self.tokens.len()).rev() {
            let later = self.tokens[at];
            let earlier = &mut self.tokens[at - 1];
            if (earlier.start, earlier.end) == (later.start, later.end) {
                *earlier = later;
            }
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The different texts, in order of appearance.
    pub(super) fn names(&self) -> &[Cow<'a, str>] {
        &self.names
    }

    /// The leaf token of `node`.
    ///
    /// # Errors
    /// [`Lost`] for a piece of a string: the reference's table does not have it, unless a token without width is there.
    pub(super) fn of(&self, node: usize) -> Result<Leaf, Lost> {
        if let Some(leaf) = self.tokens.get(self.of_node[node] as usize) {
            return Ok(*leaf);
        }
        let read = self.syntax.nodes()[node];
        let place = (read.start, read.end);
        let found = self.tokens.binary_search_by_key(&place, |leaf| (leaf.start, leaf.end));
        found.map(|at| self.tokens[at]).map_err(|_| Lost)
    }

    /// Whether the text of `leaf`, the token of `node`, is its kind: an operator, a bracket, a keyword.
    pub(super) fn is_own_kind(&self, node: usize, leaf: Leaf) -> bool {
        self.names[leaf.name as usize] == self.syntax.nodes()[node].kind
    }

    /// The variables of the subtree of `node` (S55).
    pub(super) fn variables(&self, node: usize) -> Result<Vec<Leaf>, Lost> {
        let mut found = Vec::new();
        let mut at = node;
        while at < self.syntax.after(node) {
            if is_token(self.syntax, at) {
                let leaf = self.of(at)?;
                if !self.is_own_kind(at, leaf) {
                    found.push(leaf);
                }
                at = self.syntax.after(at);
            } else {
                at += 1;
            }
        }
        Ok(found)
    }
}

/// Whether the node is a leaf token (S52).
pub(super) fn is_token(syntax: &Syntax, node: usize) -> bool {
    let kind = syntax.nodes()[node].kind;
    (syntax.is_leaf(node) || kind == "string") && kind != "comment"
}

fn count(length: usize) -> u32 {
    u32::try_from(length).expect("because a text has fewer than 4 billion tokens")
}

/// The lines of a text.
struct Rows<'a>(Vec<&'a str>);

impl<'a> Rows<'a> {
    fn new(text: &'a str) -> Self {
        Self(text.split('\n').collect())
    }

    /// The text between two places whose byte columns are taken for characters, as the reference does (S63).
    fn between(&self, start: Point, end: Point) -> Cow<'a, str> {
        if start.row == end.row {
            return Cow::Borrowed(slice(self.row(start.row), start.column, end.column));
        }
        let mut joined = slice(self.row(start.row), start.column, usize::MAX).to_owned();
        self.0[start.row + 1..end.row].iter().for_each(|row| joined.push_str(row));
        joined.push_str(slice(self.row(end.row), 0, end.column));
        Cow::Owned(joined)
    }

    fn row(&self, row: usize) -> &'a str {
        self.0.get(row).copied().unwrap_or_default()
    }
}

/// Characters `from..to` of `row`, as far as there are any.
fn slice(row: &str, from: usize, to: usize) -> &str {
    if row.is_ascii() {
        let to = to.min(row.len());
        return &row[from.min(to)..to];
    }
    let byte = |column: usize| row.char_indices().nth(column).map_or(row.len(), |(at, _)| at);
    let from_byte = byte(from);
    &row[from_byte..byte(to).max(from_byte)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_in_bytes_index_characters() {
        let rows = Rows::new("\"é\", x, x\ny");
        let at = |row, column| Point { row, column };
        assert_eq!(rows.between(at(0, 6), at(0, 7)), ",");
        assert_eq!(rows.between(at(0, 9), at(0, 10)), "");
        assert_eq!(rows.between(at(0, 8), at(1, 1)), "xy");
    }
}
