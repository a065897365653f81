//! The cleaning that never sees the target: an answer ends where its expression ends (M46).
//!
//! A completion continues a line that was cut in the middle of an assertion. What is cut off, and hence where the
//! answer ends, depends on the form of the assertion, which the model sees as well; it is the [`Slot`]. The rules,
//! which hold for completion and target alike:
//!
//! 1. The text is read as Python lexemes: words, numbers, operators, brackets, string literals with their prefixes,
//!    comments, blanks, line breaks. A `#` or a bracket inside a literal is part of the literal. Nothing is removed
//!    beforehand; a special token that decoding left in the text is text.
//! 2. *Depth* is the number of brackets opened in the text and not yet closed, of any kind.
//! 3. The answer ends before the first closing bracket at depth 0. It closes something that was opened before the cut:
//!    the call of the slot, or redundant parentheses. It is neither required nor harmful.
//! 4. [`Slot::Comparand`] also ends before the first of these at depth 0: a line break after the first lexeme, a `#`,
//!    a `;`, a comma (the message of the `assert`).
//! 5. [`Slot::Argument`] also ends before the first comma at depth 0 that does not part the parameters of a `lambda`:
//!    targets close the call after the argument although keywords may follow in the source (Q13), so what follows
//!    is not judged. [`Slot::Arguments`] keeps its commas, except a last one.
//! 6. Line breaks at depth 0 do not end an argument, whose call is still open, if the text closes that call (rule 3).
//!    If it does not, the answer ends before the first line break at depth 0 that follows a lexeme.
//! 7. Blanks, line breaks, joining backslashes and comments are dropped. Two exceptions keep broken targets from
//!    matching what they should not: a target that spanned lines was collapsed to one (R58), comments included, so a
//!    `#` that no line break ends is kept with what follows it (but rule 4 comes first).
//! 8. In string literals every character counts, but a run of white space that holds a line break is one blank (R58).
//! 9. The cleaned text is the remaining lexemes with one blank between them.
//!
//! Two answers match if their cleaned texts are equal and not empty. Quotes, number spelling and redundant brackets or
//! commas inside the expression are compared as written.
//!
//! | target | completion | slot | paper | strict |
//! | ------ | ---------- | ---- | ----- | ------ |
//! | `x` | `x == y and z` | comparand | right | wrong: another assertion |
//! | `x` | `not x` | comparand | wrong | wrong |
//! | `foo(x)` | `foo (x)` | comparand | wrong | right: spacing |
//! | `foo` | `foo, "message"` | comparand | right | right: rule 4 |
//! | `'a b'` | `'a, b'` | comparand | wrong | wrong |
//! | `f(a)` | `f(a, b)` | comparand | wrong | wrong |
//! | `"#fff"` | `"#000"` | comparand | right | wrong |
//! | `"a#b"` | `"a#c"` | comparand | right | wrong |
//! | `# only a comment` | *(empty)* | comparand | right | wrong: nothing was answered |
//! | `f(a, b) + 1` | `f(a, b) + 1; g()` | comparand | wrong | right: rule 4 |
//! | `{⏎}` | `{⏎}⏎g()` | comparand | wrong | right: rule 4 |
//! | `foo)` | `foo` | argument | wrong | right: rule 3 |
//! | `f(x, 1))` | `f(x, 1))⏎g()` | argument | right | right: rule 3 |
//! | `3)` | `3, places=2)` | argument | wrong | right: rule 5 |
//! | `E, match="m")` | `E, match = "m") as e:` | arguments | wrong | right: rule 3 |
//! | `E)` | `E, match="m")` | arguments | wrong | wrong: another assertion |
//!
//! Known limits: a chained comparison (`0 < x <= 10`) has the target `x`, so the whole `x <= 10` is wrong; a comparand in
//! parentheses that were opened before the cut must stand on one line; a collapsed target with an inner comment can
//! only be matched by the same collapsed text.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::ControlFlow::{self, Break, Continue};

use bench::AssertionKind;
use bench::pytext::is_space;

use super::{Answer, Reference, Strict};
use crate::lexeme::{Kind, Lexeme, lexemes};

/// The place in an assertion that a completion fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    /// The right side of a bare assert: `assert left == ▯`.
    Comparand,
    /// One argument of an open call: `self.assertEqual(a, ▯`.
    Argument,
    /// All arguments of an open call: `pytest.raises(▯`.
    Arguments,
}

impl Slot {
    /// The slot that tasks of `kind` leave open (R49–R53).
    pub const fn of(kind: AssertionKind) -> Self {
        match kind {
            AssertionKind::Assert => Self::Comparand,
            AssertionKind::PytestRaises | AssertionKind::PytestApprox | AssertionKind::AssertRaisesRegex => {
                Self::Arguments
            }
            _ => Self::Argument,
        }
    }
}

impl Answer<Strict> {
    /// `completion` up to the end of the expression that fills `slot`.
    ///
    /// ```
    /// use harness::{Answer, Slot, Strict};
    /// let clean = |text, slot| Answer::<Strict>::clean(text, slot).into_text();
    /// assert_eq!(clean("[1,\n  2]  # two\nassert y", Slot::Comparand), "[ 1 , 2 ]");
    /// assert_eq!(clean("x, \"message\"", Slot::Comparand), "x");
    /// assert_eq!(clean("'a, b', msg='m')", Slot::Argument), "'a, b'");
    /// assert_eq!(clean("E, match=r'\\('):\n    f()", Slot::Arguments), r"E , match = r'\('");
    /// ```
    pub fn clean(completion: &str, slot: Slot) -> Self {
        Self { text: expression(completion, slot), cleaning: PhantomData }
    }
}

impl Reference<Strict> {
    /// `target` cleaned by the same rules as a completion.
    pub fn clean(target: &str, slot: Slot) -> Self {
        Self { text: expression(target, slot), multiline: target.contains('\n'), cleaning: PhantomData }
    }
}

fn expression(text: &str, slot: Slot) -> String {
    let mut reader = Reader::new(slot);
    for lexeme in lexemes(text) {
        if reader.read(lexeme).is_break() {
            break;
        }
    }
    reader.finish()
}

/// Collects the lexemes of an answer until it ends.
struct Reader<'a> {
    slot: Slot,
    kept: Vec<&'a str>,
    depth: usize,
    /// `lambda`s at depth 0 whose parameters are being read.
    lambdas: usize,
    /// Whether rule 3 ended the answer.
    closed: bool,
    /// How much was kept before the first parting comma, and before the first line break, at depth 0.
    comma: Option<usize>,
    line: Option<usize>,
}

impl<'a> Reader<'a> {
    const fn new(slot: Slot) -> Self {
        Self { slot, kept: Vec::new(), depth: 0, lambdas: 0, closed: false, comma: None, line: None }
    }

    /// Takes in one lexeme; breaks where the answer ends.
    fn read(&mut self, lexeme: Lexeme<'a>) -> ControlFlow<()> {
        let outermost = self.depth == 0;
        let comparand = outermost && self.slot == Slot::Comparand;
        match lexeme.kind {
            Kind::Comment if comparand => return Break(()),
            Kind::Blank | Kind::Comment => return Continue(()),
            Kind::LineBreak => return self.line_break(),
            Kind::Open => self.depth += 1,
            Kind::Close if outermost => {
                self.closed = true;
                return Break(());
            }
            Kind::Close => self.depth -= 1,
            Kind::Operator if comparand && matches!(lexeme.text, ";" | "#") => return Break(()),
            Kind::Operator if outermost && lexeme.text == "," && self.lambdas == 0 => {
                if self.ends_at_comma() {
                    return Break(());
                }
            }
            Kind::Operator if outermost && lexeme.text == ":" => self.lambdas = self.lambdas.saturating_sub(1),
            Kind::Word if outermost && lexeme.text == "lambda" => self.lambdas += 1,
            Kind::Operator | Kind::Word | Kind::Literal => {}
        }
        self.kept.push(lexeme.text);
        Continue(())
    }

    fn line_break(&mut self) -> ControlFlow<()> {
        if self.depth == 0 && !self.kept.is_empty() {
            if self.slot == Slot::Comparand {
                return Break(());
            }
            self.line.get_or_insert(self.kept.len());
        }
        Continue(())
    }

    /// Notes a parting comma at depth 0; true if nothing after it can matter.
    fn ends_at_comma(&mut self) -> bool {
        match self.slot {
            Slot::Comparand => true,
            Slot::Argument => {
                self.comma.get_or_insert(self.kept.len());
                self.line.is_none()
            }
            Slot::Arguments => false,
        }
    }

    fn finish(mut self) -> String {
        let line = if self.closed { None } else { self.line };
        let end = [self.comma, line].into_iter().flatten().min();
        self.kept.truncate(end.unwrap_or(self.kept.len()));
        if self.depth == 0 && self.kept.last() == Some(&",") {
            self.kept.pop();
        }
        let mut out = String::new();
        for (place, text) in self.kept.iter().enumerate() {
            if place > 0 {
                out.push(' ');
            }
            out.push_str(&without_breaks(text));
        }
        out
    }
}

/// `literal` with every run of white space that holds a line break replaced by one blank (rule 8).
fn without_breaks(literal: &str) -> Cow<'_, str> {
    let is_break = |c: char| matches!(c, '\n' | '\r');
    if !literal.contains(is_break) {
        return Cow::Borrowed(literal);
    }
    let mut out = String::with_capacity(literal.len());
    let mut rest = literal;
    while let Some(at) = rest.find(is_space) {
        let (text, tail) = rest.split_at(at);
        let after = tail.trim_start_matches(is_space);
        let run = &tail[..tail.len() - after.len()];
        out.push_str(text);
        out.push_str(if run.contains(is_break) { " " } else { run });
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}
