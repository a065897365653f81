//! The trees of plain expressions, without the grammar's parser.
//!
//! Most targets are made of names, numbers, one-line strings, operators, brackets, attributes, calls and subscripts, often
//! with one closing bracket too many, and answers that were cut leave brackets open. Their trees follow from the grammar's
//! rules and from how its parser recovers, and making them takes a fiftieth of the time. Whatever else a text holds, and
//! every place where the parser would have to search, is refused and left to it. `bench/tests/plain` holds both against
//! each other.

mod ending;
mod expression;
mod kinds;
mod operand;
mod string;
mod token;
mod tree;

use self::ending::Ending;
use self::expression::Reader;
use self::kinds::{Field, Kind};
use self::token::{Token, tokenise};
use self::tree::Tree;
use super::form::{Form, Forms};
use super::syntax::{Place, SyntaxNode};

/// Where a text breaks off, the parser goes through the operations that could end there, a list of expressions being one;
/// of more than these it may lose some.
const MOST_MADE: usize = 2;

/// Reads plain expressions, keeping its buffers.
#[derive(Debug, Default)]
pub(super) struct Plain {
    tokens: Vec<Token>,
    tree: Tree,
}

impl Plain {
    /// Appends the nodes and the forms of `text`; the depth of its tree. `None` if `text` is not plain; nothing is appended
    /// then.
    pub(super) fn read(
        &mut self,
        text: &str,
        forms: &mut Forms,
        nodes: &mut Vec<SyntaxNode>,
        listed: &mut Vec<Form>,
    ) -> Option<usize> {
        // Blanks around a text are no part of its root.
        if text.starts_with(' ') || text.ends_with(' ') {
            return None;
        }
        tokenise(text, &mut self.tokens)?;
        let ending = Ending::of(&self.tokens)?;
        let (tokens, closing) = self.tokens.split_at(ending.closers_from);
        self.tree.clear();
        if !tokens.is_empty() {
            statement(&mut Reader::new(tokens, text, ending, &mut self.tree, forms), ending)?;
        }
        closing.iter().for_each(|token| self.tree.leaf(Kind::CLOSE, token.start, token.end));
        if !closing.is_empty() || ending.is_open {
            self.tree.close(Kind::ERROR, 0, forms);
        }
        Some(self.tree.finish(forms, nodes, listed))
    }
}

/// What the parser makes of the tokens of a statement, or has made of them where it stops.
fn statement(reader: &mut Reader<'_>, ending: Ending) -> Option<()> {
    if !ending.is_open && reader.assigns_literal() {
        return assignment(reader);
    }
    let commas = reader.expressions()?;
    let is_lost = reader.made_last + commas.min(1) > MOST_MADE;
    if reader.ended != ending.is_open || (ending.stops && is_lost) {
        return None;
    }
    // Without anything inside, these could be assigned to.
    if ending.stops && reader.count() == 2 && matches!(reader.tree.kind_at(0), Kind::LIST | Kind::TUPLE) {
        return None;
    }
    if !ending.stops || (!ending.is_open && commas > 0 && !ending.is_bare) {
        reader.tree.close(Kind::STATEMENT, 0, reader.forms);
    }
    Some(())
}

/// `Error, match="text"` looks like an assignment to two names.
fn assignment(reader: &mut Reader<'_>) -> Option<()> {
    loop {
        reader.primary()?;
        let mark = reader.tree.mark() - 1;
        matches!(reader.tree.kind_at(mark), Kind::IDENTIFIER | Kind::ATTRIBUTE).then_some(())?;
        match reader.peek()? {
            Kind::COMMA => reader.take(),
            Kind::ASSIGN if reader.left() == 2 => break,
            _ => return None,
        }
    }
    if reader.tree.mark() > 1 {
        reader.tree.close(Kind::PATTERN_LIST, 0, reader.forms);
    }
    reader.take();
    reader.primary()?;
    for (at, field, place) in [(0, Field::LEFT_SIDE, Place::Left), (2, Field::RIGHT_SIDE, Place::Right)] {
        reader.tree.name_at(at, field);
        reader.tree.place_at(at, place);
    }
    reader.tree.close(Kind::ASSIGNMENT, 0, reader.forms);
    reader.tree.close(Kind::STATEMENT, 0, reader.forms);
    Some(())
}
