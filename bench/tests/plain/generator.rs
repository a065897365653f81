//! Random expressions and what is left of them when they are cut, closed too often, or altered.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

const NAMES: &[&str] = &[
    "a",
    "b",
    "x",
    "self",
    "result",
    "expected_value",
    "_",
    "A1",
    "ValueError",
    "a_name_that_is_longer_than_all_others",
    "match",
    "type",
    "print",
    "in_",
    "notx",
    "iff",
    "None1",
    "r",
    "u2",
];
const NUMBERS: &[&str] = &["0", "1", "42", "123456789012", "1.5", "007", "1e-5", "2.", ".5", "1.5E+10"];
const STRINGS: &[&str] = &[
    "\"a\"",
    "''",
    "\"\"",
    "'abc def'",
    "\"it's\"",
    "'\\n'",
    "\"a\\\\b\"",
    "'é'",
    "\"日本 x\"",
    "b'x'",
    "u\"y\"",
    "B\"z\\t\"",
    "'{x}'",
    "\"a, b)\"",
    "'('",
    "r'a'",
    "Rb\"a\"",
    "f'a b'",
];
const OPERATORS: &[&str] = &[
    "+",
    " - ",
    "*",
    "**",
    " / ",
    "//",
    "%",
    " @ ",
    "|",
    "&",
    "^",
    "<<",
    " >> ",
    "==",
    ">=",
    " != ",
    "<",
    ">",
    " in ",
    " not in ",
    " is ",
    " is not ",
    " and ",
    " or ",
    " and not ",
    " or not ",
    " if ",
    " == not ",
];
const ALTERATIONS: &[&str] = &[
    "(", "[", "{", ")", "]", "}", ",", ".", ":", "=", " not ", " and ", "*", "x", "1", "'", ";", "\\", "\n", " for ",
    "lambda: ", " ", "é",
];

/// A text.
pub(crate) fn text(rng: &mut ChaCha8Rng) -> String {
    let mut generator = Generator { rng, out: String::new() };
    let depth = generator.below(4);
    generator.statement(depth);
    let choice = generator.below(10);
    let at = generator.below(generator.out.len() + 1);
    let at = (0..=at).rev().find(|&at| generator.out.is_char_boundary(at)).unwrap_or(0);
    match choice {
        0..=2 => {}
        3 | 4 => generator.put(")"),
        5 => generator.put_one(&["]", "}", " )", "))", ")))", " ) )", ",)"]),
        6 | 7 => generator.out.truncate(at),
        8 => {
            let alteration = generator.one(ALTERATIONS);
            generator.out.insert_str(at, alteration);
            generator.maybe(2, |generator| generator.put(")"));
        }
        _ => generator.out.truncate(generator.out.find(',').unwrap_or(usize::MAX).min(generator.out.len())),
    }
    generator.out
}

struct Generator<'a> {
    rng: &'a mut ChaCha8Rng,
    out: String,
}

impl Generator<'_> {
    fn below(&mut self, bound: usize) -> usize {
        self.rng.next_u32() as usize % bound
    }

    fn one<'b>(&mut self, of: &[&'b str]) -> &'b str {
        of[self.below(of.len())]
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn put_one(&mut self, of: &[&str]) {
        let text = self.one(of);
        self.put(text);
    }

    /// Does something once in `times`.
    fn maybe(&mut self, times: usize, what: impl FnOnce(&mut Self)) {
        if self.below(times) == 0 {
            what(self);
        }
    }

    fn blank(&mut self) {
        self.maybe(6, |this| this.put(" "));
    }

    fn name(&mut self) {
        self.put_one(NAMES);
    }

    fn string(&mut self) {
        self.put_one(STRINGS);
        self.maybe(12, |this| this.put(" 'tail'"));
    }

    fn statement(&mut self, depth: usize) {
        if self.below(12) == 0 {
            return self.assignment();
        }
        self.expression(depth);
        while self.below(6) == 0 {
            self.put(", ");
            self.maybe(4, |this| {
                this.name();
                this.put("=");
            });
            self.expression(depth);
        }
        self.maybe(20, |this| this.put(","));
    }

    fn assignment(&mut self) {
        for _ in 0..self.below(3) {
            self.name();
            self.maybe(3, |this| {
                this.put(".");
                this.name();
            });
            self.put(", ");
        }
        self.name();
        self.put("=");
        self.blank();
        match self.below(3) {
            0 => self.put_one(NUMBERS),
            _ => self.string(),
        }
    }

    fn expression(&mut self, depth: usize) {
        self.maybe(10, |this| this.put("not "));
        self.operand(depth);
        for _ in 0..4 {
            if self.below(4) > 0 {
                break;
            }
            let operator = self.one(OPERATORS);
            self.put(operator);
            self.operand(depth);
            if operator == " if " {
                self.put(" else ");
                self.operand(depth);
            }
        }
    }

    fn operand(&mut self, depth: usize) {
        self.maybe(8, |this| this.put_one(&["-", "+", "~", "- "]));
        self.atom(depth);
        while self.below(5) < 2 {
            self.blank();
            match self.below(4) {
                0 | 1 => {
                    self.put(".");
                    self.name();
                }
                2 => self.list("(", depth.saturating_sub(1), ")", Self::argument),
                _ => {
                    self.put("[");
                    self.index(depth.saturating_sub(1));
                    self.put("]");
                }
            }
        }
    }

    fn atom(&mut self, depth: usize) {
        match self.below(if depth == 0 { 9 } else { 14 }) {
            0..=3 => self.name(),
            4 => self.put_one(NUMBERS),
            5 | 6 => self.string(),
            7 => self.put_one(&["None", "True", "False", "..."]),
            8 => self.put_one(&["()", "[]", "{}"]),
            9 => {
                self.put("(");
                self.expression(depth - 1);
                self.put(")");
            }
            10 => self.list("(", depth - 1, ")", Self::element),
            11 => self.list("[", depth - 1, "]", Self::element),
            12 => self.list("{", depth - 1, "}", Self::pair),
            _ => self.list("{1, ", depth - 1, "}", Self::element),
        }
    }

    fn list(&mut self, open: &str, depth: usize, close: &str, item: fn(&mut Self, usize)) {
        self.put(open);
        for at in 0..self.below(4) {
            if at > 0 {
                self.put(",");
                self.blank();
            }
            item(self, depth);
        }
        self.maybe(16, |this| this.put(", "));
        self.put(close);
    }

    fn element(&mut self, depth: usize) {
        self.maybe(10, |this| this.put("*"));
        self.expression(depth);
    }

    fn pair(&mut self, depth: usize) {
        if self.below(10) == 0 {
            self.put("**");
            return self.expression(depth);
        }
        self.expression(depth);
        self.put(":");
        self.blank();
        self.expression(depth);
    }

    fn argument(&mut self, depth: usize) {
        match self.below(8) {
            0 => self.put("*"),
            1 => self.put("**"),
            2 | 3 => {
                self.name();
                self.put("=");
                self.blank();
            }
            _ => {}
        }
        self.expression(depth);
    }

    fn index(&mut self, depth: usize) {
        if self.below(4) > 0 {
            return self.expression(depth);
        }
        self.maybe(2, |this| this.expression(depth));
        for _ in 0..=self.below(2) {
            self.put(":");
            self.maybe(2, |this| this.expression(depth));
        }
        self.maybe(8, |this| {
            this.put(", ");
            this.expression(depth);
        });
    }
}
