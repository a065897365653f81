//! Strings of one line, whose escapes are nodes of their own.

use super::expression::Reader;
use super::kinds::Kind;
use super::token::Token;

impl Reader<'_> {
    /// A string, or several in a row.
    pub(super) fn strings(&mut self) {
        let mark = self.tree.mark();
        let mut count = 0;
        while self.peek() == Some(Kind::STRING) {
            self.string();
            count += 1;
        }
        if count > 1 {
            self.close(Kind::CONCATENATED, mark, &[]);
        }
    }

    pub(super) fn string(&mut self) {
        let Token { start, end, .. } = self.tokens[self.at];
        self.at += 1;
        let is_quote = |&at: &u32| matches!(self.text[at as usize], b'"' | b'\'');
        let prefix = (start..end).take_while(|at| !is_quote(at)).zip(1..).last().map_or(0, |(_, length)| length);
        let (inside, closing) = (start + prefix + 1, end - 1);
        let mark = self.tree.mark();
        self.tree.leaf(Kind::STRING_START, start, inside);
        if inside < closing {
            self.string_content(inside, closing);
        }
        self.tree.leaf(Kind::STRING_END, closing, end);
        self.close(Kind::STRING, mark, &[]);
    }

    pub(super) fn string_content(&mut self, start: u32, end: u32) {
        let mark = self.tree.mark();
        let mut at = start;
        while at < end {
            let escapes = self.text[at as usize] == b'\\';
            if escapes {
                self.tree.leaf(Kind::ESCAPE, at, at + 2);
            }
            at += 1 + u32::from(escapes);
        }
        if self.tree.mark() == mark {
            self.tree.leaf(Kind::STRING_CONTENT, start, end);
        } else {
            self.tree.close_as(Kind::STRING_CONTENT, mark, (start, end), self.forms);
        }
    }
}
