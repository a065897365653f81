//! Operands: names and literals, brackets, and what follows them.

use super::expression::{Reader, refuse_if};
use super::kinds::{Field, Kind};

impl Reader<'_> {
    /// An operand with its attributes, calls and subscripts.
    pub(super) fn primary(&mut self) -> Option<()> {
        let mark = self.tree.mark();
        self.atom()?;
        loop {
            match self.peek() {
                Some(Kind::DOT) => {
                    self.take();
                    self.expect(Kind::IDENTIFIER)?;
                    self.close(Kind::ATTRIBUTE, mark, &[(0, Field::OBJECT), (2, Field::ATTRIBUTE_NAME)]);
                }
                Some(Kind::OPEN) => {
                    self.arguments()?;
                    self.close(Kind::CALL, mark, &[(0, Field::FUNCTION), (1, Field::CALL_ARGUMENTS)]);
                }
                Some(Kind::OPEN_SQUARE) => {
                    self.take();
                    self.indices()?;
                    self.close(Kind::SUBSCRIPT, mark, &[(0, Field::VALUE)]);
                }
                _ => return Some(()),
            }
        }
    }

    pub(super) fn arguments(&mut self) -> Option<()> {
        let mark = self.tree.mark();
        self.take();
        while !self.take_if(Kind::CLOSE) && !self.ends() {
            self.argument()?;
            if self.peek() != Some(Kind::CLOSE) && !self.ends() {
                self.expect(Kind::COMMA)?;
            }
        }
        self.close(Kind::ARGUMENTS, mark, &[]);
        Some(())
    }

    pub(super) fn argument(&mut self) -> Option<()> {
        let mark = self.tree.mark();
        match (self.peek()?, self.after_next()) {
            (Kind::IDENTIFIER, Some(Kind::ASSIGN)) => {
                self.take();
                self.take();
                self.expression()?;
                self.close(Kind::KEYWORD_ARGUMENT, mark, &[(0, Field::NAME), (2, Field::VALUE)]);
            }
            (Kind::TIMES, _) => {
                self.take();
                self.expression()?;
                refuse_if(self.ending.is_open)?;
                self.close(Kind::LIST_SPLAT, mark, &[]);
            }
            (Kind::POWER, _) => {
                self.take();
                self.expression()?;
                refuse_if(self.ending.is_open)?;
                self.close(Kind::DICTIONARY_SPLAT, mark, &[]);
            }
            _ => self.expression()?,
        }
        Some(())
    }

    pub(super) fn indices(&mut self) -> Option<()> {
        loop {
            self.index()?;
            if self.ends() {
                return Some(());
            }
            self.tree.name(Field::INDEX);
            if self.take_if(Kind::CLOSE_SQUARE) {
                return Some(());
            }
            self.expect(Kind::COMMA)?;
            refuse_if(self.ending.is_open)?;
            if self.take_if(Kind::CLOSE_SQUARE) {
                return Some(());
            }
        }
    }

    pub(super) fn index(&mut self) -> Option<()> {
        let mark = self.tree.mark();
        if self.peek() != Some(Kind::COLON) {
            self.expression()?;
        }
        let mut is_slice = false;
        for _ in 0..2 {
            if self.take_if(Kind::COLON) {
                is_slice = true;
                if !matches!(self.peek(), Some(Kind::COLON | Kind::COMMA | Kind::CLOSE_SQUARE)) {
                    self.expression()?;
                }
            }
        }
        if is_slice {
            self.close(Kind::SLICE, mark, &[]);
        }
        Some(())
    }

    pub(super) fn atom(&mut self) -> Option<()> {
        match self.peek()? {
            Kind::IDENTIFIER | Kind::INTEGER | Kind::FLOAT | Kind::TRUE | Kind::FALSE | Kind::NONE | Kind::ELLIPSIS => {
                self.take();
                Some(())
            }
            Kind::STRING => {
                self.strings();
                Some(())
            }
            Kind::OPEN => self.bracketed(Kind::CLOSE, Kind::PARENTHESIZED, Kind::TUPLE),
            Kind::OPEN_SQUARE => self.bracketed(Kind::CLOSE_SQUARE, Kind::LIST, Kind::LIST),
            Kind::OPEN_CURLY => self.curly(),
            _ => None,
        }
    }

    /// What stands between brackets: nothing, one expression, or several.
    pub(super) fn bracketed(&mut self, closing: Kind, one: Kind, several: Kind) -> Option<()> {
        let mark = self.tree.mark();
        self.take();
        let mut kind = several;
        if !self.take_if(closing) && !self.ends() {
            self.expression()?;
            if self.peek() == Some(closing) {
                kind = one;
            }
            self.elements(closing)?;
        }
        self.close(kind, mark, &[]);
        Some(())
    }

    /// The rest after the first element.
    pub(super) fn elements(&mut self, closing: Kind) -> Option<()> {
        while !self.take_if(closing) && !self.ends() {
            self.expect(Kind::COMMA)?;
            if self.take_if(closing) || self.ends() {
                return Some(());
            }
            self.expression()?;
        }
        Some(())
    }

    pub(super) fn curly(&mut self) -> Option<()> {
        let mark = self.tree.mark();
        self.take();
        let mut kind = Kind::DICTIONARY;
        if !self.take_if(Kind::CLOSE_CURLY) && !self.ends() {
            if self.pair()? {
                self.pairs()?;
            } else {
                kind = Kind::SET;
                self.elements(Kind::CLOSE_CURLY)?;
            }
        }
        self.close(kind, mark, &[]);
        Some(())
    }

    /// The rest after the first element.
    pub(super) fn pairs(&mut self) -> Option<()> {
        while !self.take_if(Kind::CLOSE_CURLY) && !self.ends() {
            self.expect(Kind::COMMA)?;
            if self.take_if(Kind::CLOSE_CURLY) || self.ends() {
                break;
            }
            self.pair()?.then_some(())?;
        }
        Some(())
    }

    /// An element of a dictionary; false for one of a set.
    pub(super) fn pair(&mut self) -> Option<bool> {
        let mark = self.tree.mark();
        if self.take_if(Kind::POWER) {
            self.expression()?;
            refuse_if(self.ending.stops && self.is_at_end())?;
            self.close(Kind::DICTIONARY_SPLAT, mark, &[]);
            return Some(true);
        }
        self.expression()?;
        if self.peek() != Some(Kind::COLON) {
            return Some(false);
        }
        self.take();
        if self.ends() {
            return Some(true);
        }
        self.expression()?;
        self.close(Kind::PAIR, mark, &[(0, Field::KEY), (2, Field::VALUE)]);
        Some(true)
    }
}
