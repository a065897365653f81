//! Expressions, from the loosest operator to the tightest, with the grammar's precedences.

use super::ending::Ending;
use super::kinds::{Field, Kind};
use super::token::Token;
use super::tree::Tree;
use crate::python::form::Forms;

/// Deeper expressions are refused, so that reading needs little stack.
const MAX_DEPTH: usize = 64;

/// Binds tighter than every operator between two operands but the power.
const UNARY_LEVEL: u8 = 7;
const POWER_LEVEL: u8 = 8;

/// What operands are to a node of two of them.
const SIDES: &[(usize, Field)] = &[(0, Field::LEFT_SIDE), (2, Field::RIGHT_SIDE)];

/// Reads tokens into a tree; `None` means that what stands there is not plain.
pub(super) struct Reader<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) text: &'a [u8],
    pub(super) at: usize,
    depth: usize,
    pub(super) ending: Ending,
    /// Whether the text has ended inside brackets.
    pub(super) ended: bool,
    /// How many nodes end where the text does.
    pub(super) made_last: usize,
    pub(super) tree: &'a mut Tree,
    pub(super) forms: &'a mut Forms,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        tokens: &'a [Token],
        text: &'a str,
        ending: Ending,
        tree: &'a mut Tree,
        forms: &'a mut Forms,
    ) -> Self {
        Self { tokens, text: text.as_bytes(), at: 0, depth: 0, ending, ended: false, made_last: 0, tree, forms }
    }

    /// How many tokens there are.
    pub(super) fn count(&self) -> usize {
        self.tokens.len()
    }

    /// How many tokens are left.
    pub(super) fn left(&self) -> usize {
        self.tokens.len() - self.at
    }

    /// Whether the tokens end with `= literal`.
    pub(super) fn assigns_literal(&self) -> bool {
        let [.., before, last] = self.tokens else { return false };
        before.kind == Kind::ASSIGN && matches!(last.kind, Kind::STRING | Kind::INTEGER | Kind::FLOAT)
    }

    pub(super) fn peek(&self) -> Option<Kind> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    pub(super) fn after_next(&self) -> Option<Kind> {
        self.tokens.get(self.at + 1).map(|token| token.kind)
    }

    /// Adds the next token as a leaf.
    pub(super) fn take(&mut self) {
        let token = self.tokens[self.at];
        self.tree.leaf(token.kind, token.start, token.end);
        self.at += 1;
    }

    /// Adds the next token if it is of this kind.
    pub(super) fn take_if(&mut self, kind: Kind) -> bool {
        let found = self.peek() == Some(kind);
        if found {
            self.take();
        }
        found
    }

    pub(super) fn expect(&mut self, kind: Kind) -> Option<()> {
        self.take_if(kind).then_some(())
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.tokens.len()
    }

    /// Makes the nodes since `mark` one, `named` of them by their places; unless the parser would have left them apart.
    pub(super) fn close(&mut self, kind: Kind, mark: usize, named: &[(usize, Field)]) {
        if self.ended || (self.ending.is_bare && self.is_at_end()) {
            return;
        }
        if self.is_at_end() {
            self.made_last += match kind {
                Kind::STRING | Kind::CONCATENATED | Kind::ARGUMENTS => 0,
                Kind::CONDITIONAL => 2,
                _ => 1,
            };
        }
        named.iter().for_each(|&(at, field)| self.tree.name_at(mark + at, field));
        self.tree.close(kind, mark, self.forms);
    }

    /// Whether the text ends here, inside brackets.
    pub(super) fn ends(&mut self) -> bool {
        self.ended |= self.ending.is_open && self.is_at_end();
        self.ended
    }

    /// All tokens: expressions and commas. How many commas.
    pub(super) fn expressions(&mut self) -> Option<usize> {
        for commas in 0.. {
            self.expression()?;
            if self.is_at_end() {
                return Some(commas);
            }
            self.expect(Kind::COMMA)?;
            if self.is_at_end() {
                return Some(commas + 1);
            }
        }
        None
    }

    /// An expression of any kind.
    pub(super) fn expression(&mut self) -> Option<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mark = self.tree.mark();
        self.either()?;
        if self.take_if(Kind::WORD_IF) {
            self.either()?;
            self.expect(Kind::WORD_ELSE)?;
            self.expression()?;
            self.close(Kind::CONDITIONAL, mark, &[]);
        }
        self.depth -= 1;
        Some(())
    }

    pub(super) fn either(&mut self) -> Option<()> {
        self.boolean(Kind::WORD_OR, Self::both)
    }

    pub(super) fn both(&mut self) -> Option<()> {
        self.boolean(Kind::WORD_AND, Self::inverted)
    }

    pub(super) fn boolean(&mut self, word: Kind, operand: fn(&mut Self) -> Option<()>) -> Option<()> {
        let mark = self.tree.mark();
        operand(self)?;
        while self.peek() == Some(word) {
            self.take();
            operand(self)?;
            self.close(Kind::BOOLEAN, mark, SIDES);
        }
        Some(())
    }

    pub(super) fn inverted(&mut self) -> Option<()> {
        let mark = self.tree.mark();
        if !self.take_if(Kind::WORD_NOT) {
            return self.comparison();
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        self.inverted()?;
        self.depth -= 1;
        self.close(Kind::NOT, mark, &[(1, Field::ARGUMENT)]);
        Some(())
    }

    pub(super) fn comparison(&mut self) -> Option<()> {
        let mark = self.tree.mark();
        self.binary(0)?;
        let mut compares = false;
        while self.compares() {
            let operator = self.tree.kind_at(self.tree.mark() - 1);
            self.binary(0)?;
            // Words are renamed where the comparison is complete, which it is not then.
            refuse_if(self.ended && matches!(operator, Kind::NOT_IN | Kind::IS_NOT))?;
            compares = true;
        }
        if compares {
            self.close(Kind::COMPARISON, mark, &[]);
        }
        Some(())
    }

    /// Whether an operator of comparison follows; it is taken.
    pub(super) fn compares(&mut self) -> bool {
        match self.peek() {
            // The grammar renames each of two words to both.
            Some(Kind::WORD_NOT) if self.after_next() == Some(Kind::WORD_IN) => self.take_two_as(Kind::NOT_IN),
            Some(Kind::WORD_IS) if self.after_next() == Some(Kind::WORD_NOT) => self.take_two_as(Kind::IS_NOT),
            Some(
                Kind::LESS
                | Kind::LESS_EQUAL
                | Kind::EQUAL
                | Kind::NOT_EQUAL
                | Kind::GREATER_EQUAL
                | Kind::GREATER
                | Kind::WORD_IN
                | Kind::WORD_IS,
            ) => self.take(),
            _ => return false,
        }
        true
    }

    pub(super) fn take_two_as(&mut self, kind: Kind) {
        for token in &self.tokens[self.at..self.at + 2] {
            self.tree.leaf(kind, token.start, token.end);
        }
        self.at += 2;
    }

    /// Operands and the operators between them that bind at least as tightly as `least`.
    pub(super) fn binary(&mut self, least: u8) -> Option<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mark = self.tree.mark();
        self.unary()?;
        while let Some(level) = self.peek().and_then(level).filter(|&level| level >= least) {
            self.take();
            let right = self.tree.mark();
            self.binary(if level == POWER_LEVEL { level } else { level + 1 })?;
            if level == POWER_LEVEL
                && self.ending.stops
                && self.is_at_end()
                && matches!(self.tree.kind_at(right), Kind::BINARY | Kind::UNARY)
            {
                return None;
            }
            self.close(Kind::BINARY, mark, SIDES);
        }
        self.depth -= 1;
        Some(())
    }

    pub(super) fn unary(&mut self) -> Option<()> {
        if !matches!(self.peek(), Some(Kind::PLUS | Kind::MINUS | Kind::TILDE)) {
            return self.primary();
        }
        let mark = self.tree.mark();
        self.take();
        let operand = self.tree.mark();
        self.binary(UNARY_LEVEL)?;
        refuse_if(self.ending.stops && self.is_at_end() && self.tree.kind_at(operand) == Kind::UNARY)?;
        self.close(Kind::UNARY, mark, &[(1, Field::ARGUMENT)]);
        Some(())
    }
}

/// Refuses what is ambiguous.
pub(super) fn refuse_if(ambiguous: bool) -> Option<()> {
    (!ambiguous).then_some(())
}

/// How tightly an operator between two operands binds; `None` for other tokens.
fn level(kind: Kind) -> Option<u8> {
    Some(match kind {
        Kind::OR_BITS => 0,
        Kind::AND_BITS => 1,
        Kind::XOR => 2,
        Kind::LEFT | Kind::RIGHT => 3,
        Kind::PLUS | Kind::MINUS => 4,
        Kind::TIMES | Kind::DIVIDE | Kind::FLOOR | Kind::MODULO | Kind::AT => 5,
        Kind::POWER => POWER_LEVEL,
        _ => return None,
    })
}
