//! What CPython refuses beyond the grammar: nesting, found before anything recursive sees the text, and two forms of
//! tokens.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_parser::Mode;
use ruff_python_parser::lexer::lex;
use ruff_text_size::Ranged;

/// Open brackets at once (`MAXLEVEL` of CPython's tokenizer).
const MAX_BRACKETS: usize = 200;
/// Indentation levels beneath the module (`MAXINDENT` of CPython's tokenizer, less the module's own).
const MAX_INDENTS: usize = 99;
/// Depth of an expression: CPython 3.12 turns at most 2,991 nested nodes into objects.
const MAX_CHAIN: usize = 2_991;
/// Digits of a decimal integer (`sys.int_info.default_max_str_digits`).
const MAX_DIGITS: usize = 4_300;
/// Texts below this size cannot hold [`MAX_CHAIN`] operators, nor [`MAX_BRACKETS`] pairs, nor that much indentation.
const ALWAYS_FINE: usize = 2 * MAX_BRACKETS;

/// Whether `text` stays within the nesting that CPython 3.12 parses.
///
/// Brackets and indentation are counted exactly. The depth of expressions is bounded from above: each operator,
/// attribute, call and subscript of one comma-separated piece counts as one level. Beyond the limit the reference
/// fails with an error; such text yields nothing (R8).
pub(crate) fn within_limits(text: &str) -> bool {
    if text.len() < ALWAYS_FINE {
        return true;
    }
    let mut depth = Depth::default();
    let mut lexer = lex(text, Mode::Module);
    loop {
        match lexer.next_token() {
            TokenKind::EndOfFile => return true,
            kind => depth.take(kind),
        }
        if depth.indents > MAX_INDENTS || depth.open.len() > MAX_BRACKETS || depth.total > MAX_CHAIN {
            return false;
        }
    }
}

/// Whether valid-looking `tokens` of `text` hold what CPython refuses while it builds the tree: a decimal integer with
/// too many digits, or a parenthesised target before `:=`.
pub(crate) fn refused_by_cpython(text: &str, tokens: &Tokens) -> bool {
    let mut before = TokenKind::Newline;
    tokens.iter().any(|token| {
        let kind = token.kind();
        let parenthesised_target = before == TokenKind::Rpar && kind == TokenKind::ColonEqual;
        before = kind;
        parenthesised_target || (kind == TokenKind::Int && too_many_digits(&text[token.range()]))
    })
}

fn too_many_digits(integer: &str) -> bool {
    let digits = || integer.bytes().filter(u8::is_ascii_digit).count();
    integer.len() > MAX_DIGITS && !integer.starts_with('0') && digits() > MAX_DIGITS
}

/// Running counts over a token stream.
#[derive(Default)]
struct Depth {
    indents: usize,
    /// Levels of the current piece of the innermost bracket.
    piece: Piece,
    /// The pieces around it, outermost first.
    open: Vec<Piece>,
    /// Levels of all of these.
    total: usize,
}

/// What stands between two commas of one bracket.
#[derive(Default, Clone, Copy)]
struct Piece {
    levels: usize,
    /// Of these, the ones that a comma does not end, because it may separate the parameters of a lambda.
    lambdas: usize,
}

impl Depth {
    fn take(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::Indent => self.indents += 1,
            TokenKind::Dedent => self.indents = self.indents.saturating_sub(1),
            TokenKind::Newline => self.reset(),
            TokenKind::Comma => self.comma(),
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => self.open(),
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => self.close(),
            _ if deepens(kind) => self.deepen(kind),
            _ => {}
        }
    }

    fn deepen(&mut self, kind: TokenKind) {
        self.piece.levels += 1;
        self.piece.lambdas += usize::from(kind == TokenKind::Lambda);
        self.total += 1;
    }

    fn comma(&mut self) {
        self.total -= self.piece.levels - self.piece.lambdas;
        self.piece.levels = self.piece.lambdas;
    }

    fn open(&mut self) {
        self.open.push(std::mem::take(&mut self.piece));
    }

    fn close(&mut self) {
        self.total -= self.piece.levels;
        self.piece = self.open.pop().unwrap_or_default();
        self.deepen(TokenKind::Rpar);
    }

    fn reset(&mut self) {
        (self.piece, self.total) = (Piece::default(), 0);
        self.open.clear();
    }
}

/// Whether a token can put an operand one level deeper. Comparisons, `and` and `or` join any number at one level.
fn deepens(kind: TokenKind) -> bool {
    kind.is_arithmetic()
        || kind.is_bitwise_or_shift()
        || matches!(kind, TokenKind::Tilde | TokenKind::Not | TokenKind::Lambda | TokenKind::Else | TokenKind::Await)
        || matches!(kind, TokenKind::Dot | TokenKind::Percent | TokenKind::ColonEqual | TokenKind::Async)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_cpython() {
        let brackets = |n: usize| format!("{}a{}\n", "(".repeat(n), ")".repeat(n));
        assert!(within_limits(&brackets(200)) && !within_limits(&brackets(201)));
        let chain = |n: usize| format!("a{}\n", " + a".repeat(n));
        assert!(within_limits(&chain(2_991)) && !within_limits(&chain(2_992)));
        let indents = |n: usize| {
            let lines = (0..=n).map(|i| " ".repeat(i) + if i < n { "if a:\n" } else { "a\n" });
            lines.collect::<String>()
        };
        assert!(within_limits(&indents(99)) && !within_limits(&indents(100)));
        assert!(within_limits(&format!("x = [{}]\n", "-1, ".repeat(50_000))));
        assert!(!within_limits(&format!("x = {}1\n", "lambda a, b: ".repeat(50_000))));
    }
}
