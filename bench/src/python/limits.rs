//! What CPython refuses beyond the grammar: nesting, found before anything recursive sees the text, and two forms of
//! tokens.

use memchr::memmem;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_parser::Mode;
use ruff_python_parser::lexer::lex;
use ruff_text_size::Ranged;

/// Open brackets at once (`MAXLEVEL` of CPython's tokenizer).
const MAX_BRACKETS: usize = 200;
/// Indentation levels beneath the module (`MAXINDENT` of CPython's tokenizer, less the module's own).
const MAX_INDENTS: usize = 99;
/// f-strings inside each other, less one (`MAXFSTRINGLEVEL` of CPython's tokenizer).
const MAX_F_STRINGS: usize = 149;
/// Levels of nesting that any stack holds.
const SHALLOW: usize = 500;
/// Levels of nesting beyond which a text is not parsed at all.
const MAX_LEVELS: usize = 100_000;
/// Lambdas that stand in each other's parameters; with more the stack of CPython's parser overflows.
pub(super) const MAX_HEADERS: usize = 746;
/// Of these, as many as ruff's parser may meet on any stack: it does not guard itself against them.
const SHALLOW_HEADERS: usize = 20;
/// Digits of a decimal integer (`sys.int_info.default_max_str_digits`).
const MAX_DIGITS: usize = 4_300;

/// How deep the tree of a text can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nesting {
    /// Any stack holds it.
    Shallow,
    /// At most this many levels.
    Deep(usize),
    /// More brackets or indentation than CPython's tokenizer takes, or more levels than anyone's parser.
    Refused,
}

/// The nesting of `text`.
///
/// Brackets and indentation are counted exactly. The depth of expressions is bounded from above: each operator,
/// attribute, call and subscript of one comma-separated piece counts as one level.
pub(super) fn nesting(text: &str) -> Nesting {
    let is_shallow = is_shallow_by_counts(text.as_bytes()) || is_shallow_at_a_glance(text);
    if is_shallow && memmem::find_iter(text.as_bytes(), "lambda").nth(SHALLOW_HEADERS).is_none() {
        return Nesting::Shallow;
    }
    by_lexer(text)
}

/// The nesting of `text`, token by token.
fn by_lexer(text: &str) -> Nesting {
    let mut depth = Depth::default();
    let (mut most, mut headers, mut elifs) = (0, 0, 0_usize);
    let mut lexer = lex(text, Mode::Module);
    loop {
        match lexer.next_token() {
            TokenKind::EndOfFile => break,
            kind => {
                depth.take(kind);
                elifs += usize::from(kind == TokenKind::Elif);
            }
        }
        most = most.max(depth.total);
        headers = headers.max(depth.headers);
        let too_many =
            depth.indents > MAX_INDENTS || depth.open.len() > MAX_BRACKETS || depth.f_strings > MAX_F_STRINGS;
        if too_many || most > MAX_LEVELS || headers > MAX_HEADERS {
            return Nesting::Refused;
        }
    }
    // Each `elif` stands inside the one before it, if they are of one statement.
    let most = most.max(elifs.min(MAX_LEVELS));
    if most > SHALLOW || headers > SHALLOW_HEADERS { Nesting::Deep(most) } else { Nesting::Shallow }
}

/// Bytes that are counted at a time.
const LANES: usize = 32;

/// As [`is_shallow_at_a_glance`], but more often wrong about what is shallow: bytes are counted by ranges and with no
/// regard to what stands more than one byte before them, so that a processor counts many at once.
#[expect(clippy::needless_bitwise_bool, reason = "branches would have bytes looked at one by one")]
fn is_shallow_by_counts(text: &[u8]) -> bool {
    let (mut levels, mut brackets) = (0, 0);
    let mut before = b' ';
    for piece in text.chunks(LANES) {
        // A letter that begins no keyword fills up the last piece.
        let (mut bytes, mut earlier) = ([b'x'; LANES], [b'x'; LANES]);
        bytes[..piece.len()].copy_from_slice(piece);
        earlier[0] = before;
        earlier[1..].copy_from_slice(&bytes[..LANES - 1]);
        let (mut deep, mut open, mut blank) = (0_u8, 0_u8, 0_u8);
        for (&byte, &earlier) in bytes.iter().zip(&earlier) {
            let lower = earlier | 0x20;
            let is_letter = lower.is_ascii_lowercase() | (earlier == b'_');
            let is_initial = (byte == b'a') | (byte == b'e') | (byte == b'l') | (byte == b'n');
            let is_sign = (b'%'..=b'/').contains(&byte) | (b':'..=b'@').contains(&byte) | (byte >= b'|');
            deep += u8::from(is_sign | (byte == b']') | (byte == b'^') | (is_initial & !is_letter));
            open += u8::from((byte == b'(') | (byte == b'[') | (byte == b'{'));
            blank += u8::from((byte == b' ') | (byte == b'\t') | (byte == b'\x0c'));
        }
        levels += usize::from(deep);
        brackets += usize::from(open);
        // More blanks in a row than there may be fill a piece.
        if usize::from(blank) == LANES || levels > SHALLOW || brackets >= MAX_F_STRINGS.min(MAX_BRACKETS) {
            return false;
        }
        before = bytes[LANES - 1];
    }
    true
}

/// Whether the bytes of `text`, wherever they stand, cannot make up tokens enough for more than [`Nesting::Shallow`].
/// Most pieces of real files end here, at a fraction of the cost of a lexer.
fn is_shallow_at_a_glance(text: &str) -> bool {
    let (mut levels, mut brackets, mut blanks, mut indents) = (0, 0, 0, 0);
    // A keyword may follow a number without a blank, but no name.
    let mut in_name = false;
    for byte in text.bytes() {
        let role = ROLES[byte as usize];
        levels += usize::from(role == Role::Deepens || (role == Role::Initial && !in_name));
        brackets += usize::from(role == Role::Opens);
        blanks = if role == Role::Blank { blanks + 1 } else { 0 };
        indents = indents.max(blanks);
        in_name = matches!(role, Role::Letter | Role::Initial) || (in_name && role == Role::Digit);
    }
    // An f-string inside another stands in a brace of it.
    levels <= SHALLOW && brackets < MAX_F_STRINGS.min(MAX_BRACKETS) && indents <= MAX_INDENTS
}

/// What a byte can be part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A token that can put an operand one level deeper.
    Deepens,
    /// The first letter of a keyword that can.
    Initial,
    Letter,
    Digit,
    Opens,
    Blank,
    Other,
}

const ROLES: [Role; 256] = {
    let mut roles = [Role::Other; 256];
    let mut byte = 0_u8;
    loop {
        roles[byte as usize] = Role::of(byte);
        if byte == u8::MAX {
            break roles;
        }
        byte += 1;
    }
};

impl Role {
    const fn of(byte: u8) -> Self {
        match byte {
            b'a' | b'e' | b'l' | b'n' => Self::Initial,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => Self::Letter,
            b'0'..=b'9' => Self::Digit,
            b'(' | b'[' | b'{' => Self::Opens,
            b' ' | b'\t' | b'\x0c' => Self::Blank,
            b'+'
            | b'-'
            | b'*'
            | b'/'
            | b'%'
            | b'@'
            | b'&'
            | b'|'
            | b'^'
            | b'<'
            | b'>'
            | b'~'
            | b'.'
            | b':'
            | b')'
            | b']'
            | b'}'
            | 0x80.. => Self::Deepens,
            _ => Self::Other,
        }
    }
}

/// Whether valid-looking `tokens` of `text` hold what CPython refuses while it builds the tree: a decimal integer with
/// too many digits, or a parenthesised target before `:=`.
pub(super) fn refused_by_cpython(text: &str, tokens: &Tokens) -> bool {
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
    f_strings: usize,
    /// Levels of the current piece of the innermost bracket.
    piece: Piece,
    /// The pieces around it, outermost first.
    open: Vec<Piece>,
    /// Levels of all of these.
    total: usize,
    /// Lambdas of all of these whose colon has not come.
    headers: usize,
}

/// What stands between two commas of one bracket.
#[derive(Default, Clone, Copy)]
struct Piece {
    levels: usize,
    /// Of these, the ones that a comma does not end, because it may separate the parameters of a lambda.
    lambdas: usize,
    /// Of these, the ones whose colon has not come.
    headers: usize,
}

impl Depth {
    fn take(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::Indent => self.indents += 1,
            TokenKind::Dedent => self.indents = self.indents.saturating_sub(1),
            TokenKind::FStringStart => self.f_strings += 1,
            TokenKind::FStringEnd => self.f_strings = self.f_strings.saturating_sub(1),
            TokenKind::Newline => self.reset(),
            TokenKind::Semi if self.open.is_empty() => self.reset(),
            TokenKind::Comma => self.comma(),
            TokenKind::Colon if self.piece.headers > 0 => {
                self.piece.headers -= 1;
                self.headers -= 1;
            }
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => self.open(),
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => self.close(),
            _ if deepens(kind) => self.deepen(kind),
            _ => {}
        }
    }

    fn deepen(&mut self, kind: TokenKind) {
        self.piece.levels += 1;
        let header = usize::from(kind == TokenKind::Lambda);
        self.piece.lambdas += header;
        self.piece.headers += header;
        self.headers += header;
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
        self.headers -= self.piece.headers;
        self.piece = self.open.pop().unwrap_or_default();
        self.deepen(TokenKind::Rpar);
    }

    fn reset(&mut self) {
        (self.piece, self.total, self.headers) = (Piece::default(), 0, 0);
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
    fn brackets_and_indentation_are_those_of_cpython() {
        let brackets = |n: usize| format!("{}a{}\n", "(".repeat(n), ")".repeat(n));
        assert_eq!([200, 201].map(|n| nesting(&brackets(n))), [Nesting::Shallow, Nesting::Refused]);
        let indents = |n: usize| {
            let lines = (0..=n).map(|i| " ".repeat(i) + if i < n { "if a:\n" } else { "a\n" });
            lines.collect::<String>()
        };
        assert_eq!([99, 100].map(|n| nesting(&indents(n))), [Nesting::Shallow, Nesting::Refused]);
    }

    #[test]
    fn glances_are_true() {
        let word = |word: &str, n: usize| format!("x = {}a\n", word.repeat(n));
        for text in [
            "not ",
            "lambda:",
            "a if b else ",
            "await ",
            "b if 0else ",
            "b if 0xbelse ",
            "-",
            "a.",
            "a:=",
            "(",
            "f(a)(",
            "a<<",
            "async ",
            "f'{",
        ] {
            for n in [1, 90, 148, 149, 150, 151, 180, 220, 240, 260, 490, 510] {
                let text = word(text, n);
                assert!(!is_shallow_at_a_glance(&text) || by_lexer(&text) == Nesting::Shallow, "{text}");
                assert!(!is_shallow_by_counts(text.as_bytes()) || is_shallow_at_a_glance(&text), "{text}");
            }
        }
        assert!(is_shallow_at_a_glance(&word("- ", 400)) && !is_shallow_at_a_glance(&word("- ", 600)));
        assert!(is_shallow_at_a_glance(&format!("if a:\n{}b\n", " ".repeat(99))));
        assert!(!is_shallow_at_a_glance(&format!("if a:\n{}b\n", " ".repeat(100))));
    }

    #[test]
    fn lambdas_in_parameters_are_counted() {
        let nested = |n: usize| nesting(&format!("x = {}1{}\n", "lambda x=".repeat(n), ":a".repeat(n)));
        assert_eq!([20, 746, 747].map(nested), [Nesting::Shallow, Nesting::Deep(746), Nesting::Refused]);
        assert_eq!(nested(21), Nesting::Deep(21));
        assert_eq!(nesting(&format!("x = [{}]\n", "lambda x=1: 0, ".repeat(1_000))), Nesting::Deep(1_000));
    }

    #[test]
    fn levels_count_what_can_nest() {
        assert_eq!(nesting(&format!("a{}\n", " + a".repeat(2_000))), Nesting::Deep(2_000));
        assert_eq!(nesting(&format!("x = [{}]\n", "-1, ".repeat(50_000))), Nesting::Shallow);
        assert_eq!(nesting(&format!("{}\n", "f();".repeat(200_000))), Nesting::Shallow);
        assert_eq!(nesting(&format!("x = {}1\n", "lambda a, b: ".repeat(50_000))), Nesting::Deep(50_000));
        assert_eq!(nesting(&format!("x = {}1\n", "-".repeat(1 << 20))), Nesting::Refused);
    }
}
