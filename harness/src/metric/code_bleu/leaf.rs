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
    all: Vec<Leaf>,
    /// The leaf token of every node.
    of_node: Vec<u32>,
    names: Vec<Cow<'a, str>>,
}

impl<'a> Leaves<'a> {
    /// Those of `syntax`, the tree of `text`.
    pub(super) fn new(syntax: &'a Syntax, text: &'a str) -> Self {
        let mut found = Self { syntax, all: Vec::new(), of_node: vec![NONE; syntax.nodes().len()], names: Vec::new() };
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
            found.of_node[node] = count(found.all.len());
            found.all.push(Leaf { start: read.start, end: read.end, index: count(found.all.len()), name });
            node = syntax.after(node);
        }
        found.let_the_last_win();
        found
    }

    /// Only tokens without width can share a place, and they follow each other.
    fn let_the_last_win(&mut self) {
        for at in (1..self.all.len()).rev() {
            let later = self.all[at];
            let earlier = &mut self.all[at - 1];
            if (earlier.start, earlier.end) == (later.start, later.end) {
                *earlier = later;
            }
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
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
        if let Some(leaf) = self.all.get(self.of_node[node] as usize) {
            return Ok(*leaf);
        }
        let read = self.syntax.nodes()[node];
        let place = (read.start, read.end);
        let found = self.all.binary_search_by_key(&place, |leaf| (leaf.start, leaf.end));
        found.map(|at| self.all[at]).map_err(|_| Lost)
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
struct Rows<'a>(Vec<Row<'a>>);

/// A line, with the places of its characters unless they are its bytes.
struct Row<'a> {
    text: &'a str,
    starts: Option<Vec<usize>>,
}

impl<'a> Rows<'a> {
    fn new(text: &'a str) -> Self {
        Self(text.split('\n').map(Row::new).collect())
    }

    /// The text between two places whose byte columns are taken for characters, as the reference does (S63).
    fn between(&self, start: Point, end: Point) -> Cow<'a, str> {
        if start.row == end.row {
            return Cow::Borrowed(self.slice(start.row, start.column, end.column));
        }
        let mut joined = self.slice(start.row, start.column, usize::MAX).to_owned();
        self.0[start.row + 1..end.row].iter().for_each(|row| joined.push_str(row.text));
        joined.push_str(self.slice(end.row, 0, end.column));
        Cow::Owned(joined)
    }

    /// Characters `from..to` of a row, as far as there are any.
    fn slice(&self, row: usize, from: usize, to: usize) -> &'a str {
        let Some(row) = self.0.get(row) else {
            return "";
        };
        let end = row.byte(to);
        &row.text[row.byte(from).min(end)..end]
    }
}

impl<'a> Row<'a> {
    fn new(text: &'a str) -> Self {
        let starts = (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).collect());
        Self { text, starts }
    }

    /// Where the character at `column` begins, or the end of the row.
    fn byte(&self, column: usize) -> usize {
        match &self.starts {
            None => column.min(self.text.len()),
            Some(starts) => starts.get(column).copied().unwrap_or(self.text.len()),
        }
    }
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
