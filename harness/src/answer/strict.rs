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
//!    the call of the slot, or parentheses. It is neither required nor harmful.
//! 4. If the text has no such bracket, the answer ends before the first line break at depth 0 that follows a lexeme.
//! 5. A comparand also ends before the first `;` at depth 0, or `#` there that no line break ends.
//! 6. Commas at depth 0 part the answer into arguments, unless they part the parameters of a `lambda`. Those are kept
//!    that a target of this form holds (R49–R53); a target closes the call after them although more may follow in the
//!    source (Q13), so what follows is not judged. [`Slot::Comparand`] and [`Slot::Argument`] keep the first (after a
//!    comparand comes the message), [`Slot::Pair`] the first and a second one without a name, [`Slot::Arguments`] the
//!    first and all with a name.
//! 7. Blanks, line breaks, joining backslashes and comments are dropped. A target that spanned lines was collapsed to
//!    one (R58), comments included; so a `#` inside brackets that no line break ends is kept with what follows it, and
//!    such a target never becomes a stump that a wrong answer could match.
//! 8. In string literals every character counts; but if the answer spans lines, runs of white space in its literals
//!    become one blank, as they do in targets that span lines (R58). Line breaks before its first lexeme don't count:
//!    no target begins with one.
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
//! | `foo` | `foo, "message"` | comparand | right | right: rule 6 |
//! | `'a b'` | `'a, b'` | comparand | wrong | wrong |
//! | `f(a)` | `f(a, b)` | comparand | wrong | wrong |
//! | `"#fff"` | `"#000"` | comparand | right | wrong |
//! | `"a#b"` | `"a#c"` | comparand | right | wrong |
//! | `# only a comment` | *(empty)* | comparand | right | wrong: nothing was answered |
//! | `f(a, b) + 1` | `f(a, b) + 1; g()` | comparand | wrong | right: rule 5 |
//! | `{⏎}` | `{⏎}⏎g()` | comparand | wrong | right: rule 4 |
//! | `foo)` | `foo` | argument | wrong | right: rule 3 |
//! | `f(x, 1))` | `f(x, 1))⏎g()` | argument | right | right: rule 3 |
//! | `3)` | `3, places=2)` | argument | wrong | right: rule 6 |
//! | `E, match="m")` | `E, match = "m") as e:` | arguments | wrong | right: rule 3 |
//! | `E)` | `E, match="m")` | arguments | wrong | wrong: another assertion |
//! | `E)` | `E, f, 1)` | arguments | wrong | right: rule 6 |
//!
//! Known limits: a chained comparison (`0 < x <= 10`) has the target `x`, so the whole `x <= 10` is wrong; a collapsed
//! target with an inner comment can only be matched by the same collapsed text, one with a run of white space in a
//! literal only by an answer that spans lines as well.

use std::marker::PhantomData;
use std::ops::ControlFlow::{self, Break, Continue};

use bench::AssertionKind;
use bench::pytext::collapse;

use super::{Answer, Reference, Strict};
use crate::lexeme::{Kind, Lexeme, lexemes};

/// The place in an assertion that a completion fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    /// The right side of a bare assert: `assert left == ▯`.
    Comparand,
    /// One argument of an open call: `self.assertEqual(a, ▯`.
    Argument,
    /// The two arguments of `self.assertRaisesRegex(▯`.
    Pair,
    /// An argument of an open call with its named companions: `pytest.raises(▯`.
    Arguments,
}

impl Slot {
    /// The slot that tasks of `kind` leave open (R49–R53).
    pub const fn of(kind: AssertionKind) -> Self {
        match kind {
            AssertionKind::Assert => Self::Comparand,
            AssertionKind::AssertRaisesRegex => Self::Pair,
            AssertionKind::PytestRaises | AssertionKind::PytestApprox => Self::Arguments,
            _ => Self::Argument,
        }
    }

    /// Whether the `place`th argument belongs to the answer (rule 6).
    fn keeps(self, place: usize, argument: &[&str]) -> bool {
        let named = argument.get(1) == Some(&"=");
        match (place, self) {
            (_, _) if argument.is_empty() => false,
            (0, _) => true,
            (1, Self::Pair) => !named,
            (_, Self::Arguments) => named,
            (_, Self::Comparand | Self::Argument | Self::Pair) => false,
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
    /// Places in `kept` of the commas of rule 6.
    commas: Vec<usize>,
    /// How much was kept before the first line break at depth 0, and before the first one anywhere.
    line: Option<usize>,
    broken: Option<usize>,
    /// Whether rule 3 ended the answer.
    closed: bool,
}

impl<'a> Reader<'a> {
    fn new(slot: Slot) -> Self {
        let (kept, commas) = (Vec::new(), Vec::new());
        Self { slot, kept, depth: 0, lambdas: 0, commas, line: None, broken: None, closed: false }
    }

    /// Takes in one lexeme; breaks where nothing after it can matter.
    fn read(&mut self, lexeme: Lexeme<'a>) -> ControlFlow<()> {
        let outermost = self.depth == 0;
        let counts = lexeme.kind == Kind::Literal || !self.kept.is_empty();
        if counts && lexeme.text.contains(is_break) {
            self.broken.get_or_insert(self.kept.len());
        }
        match (lexeme.kind, lexeme.text) {
            (Kind::Blank | Kind::Comment, _) => return Continue(()),
            (Kind::LineBreak, _) => {
                if outermost && !self.kept.is_empty() {
                    self.line.get_or_insert(self.kept.len());
                }
                return Continue(());
            }
            (Kind::Open, _) => self.depth += 1,
            (Kind::Close, _) if outermost => {
                self.closed = true;
                return Break(());
            }
            (Kind::Close, _) => self.depth -= 1,
            (Kind::Operator, ";" | "#") if outermost && self.slot == Slot::Comparand => return Break(()),
            (Kind::Operator, ",") if outermost && self.lambdas == 0 => {
                self.commas.push(self.kept.len());
                if self.line.is_none() && matches!(self.slot, Slot::Comparand | Slot::Argument) {
                    return Break(());
                }
            }
            (Kind::Operator, ":") if outermost => self.lambdas = self.lambdas.saturating_sub(1),
            (Kind::Word, "lambda") if outermost => self.lambdas += 1,
            (Kind::Operator | Kind::Word | Kind::Literal, _) => {}
        }
        self.kept.push(lexeme.text);
        Continue(())
    }

    fn finish(mut self) -> String {
        if let (false, Some(end)) = (self.closed, self.line) {
            self.kept.truncate(end);
        }
        let end = self.kept.len();
        self.commas.retain(|&comma| comma < end);
        let mut lexemes: Vec<&str> = Vec::with_capacity(end);
        let mut from = 0;
        for (place, &to) in self.commas.iter().chain([&end]).enumerate() {
            let argument = &self.kept[from..to];
            from = (to + 1).min(end);
            if self.slot.keeps(place, argument) {
                lexemes.extend((place > 0).then_some(","));
                lexemes.extend(argument);
            }
        }
        let spans_lines = self.broken.is_some_and(|place| place < end);
        if spans_lines {
            return lexemes.into_iter().map(collapse).collect::<Vec<_>>().join(" ");
        }
        lexemes.join(" ")
    }
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r')
}
