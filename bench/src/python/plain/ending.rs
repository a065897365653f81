//! How a text ends: as a statement, with brackets left open, or with more closed than were opened.

use super::kinds::Kind;
use super::token::Token;

/// The parser goes back no further than a number of steps, which as many open brackets do not reach.
const MOST_OPEN: usize = 2;

/// How a text ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending {
    /// The tokens from here on close brackets that nothing opened.
    pub(super) closers_from: usize,
    /// Whether brackets are left open.
    pub(super) is_open: bool,
    /// Whether the parser stops before the statement ends, as it does where brackets do not match.
    pub(super) stops: bool,
    /// Whether it stops behind a name that it does not take for an operand yet, because it could be assigned to.
    pub(super) is_bare: bool,
}

impl Ending {
    /// That of a text; `None` if what the parser does there is not known.
    pub(super) fn of(tokens: &[Token]) -> Option<Self> {
        let mut depth = 0;
        let mut closers_from = tokens.len();
        for (at, token) in tokens.iter().enumerate() {
            match token.kind {
                Kind::OPEN | Kind::OPEN_SQUARE | Kind::OPEN_CURLY => depth += 1,
                Kind::CLOSE if depth == 0 => closers_from = closers_from.min(at),
                Kind::CLOSE | Kind::CLOSE_SQUARE | Kind::CLOSE_CURLY if depth > 0 => depth -= 1,
                Kind::CLOSE_SQUARE | Kind::CLOSE_CURLY => return None,
                _ => {}
            }
        }
        let (kept, closers) = tokens.split_at(closers_from);
        let is_open = depth > 0;
        let has_more = closers.iter().any(|token| token.kind != Kind::CLOSE);
        if has_more || (is_open && (depth > MOST_OPEN || is_unsure(kept))) {
            return None;
        }
        let stops = is_open || !closers.is_empty();
        Some(Self { closers_from, is_open, stops, is_bare: stops && is_bare(kept) })
    }
}

/// The kinds of the last tokens, the last one first.
fn last(tokens: &[Token]) -> [Option<Kind>; 3] {
    [1, 2, 3].map(|back| tokens.len().checked_sub(back).map(|at| tokens[at].kind))
}

/// Whether the last token is a name that need not be an operand.
fn is_bare(tokens: &[Token]) -> bool {
    match last(tokens) {
        [Some(Kind::IDENTIFIER), Some(Kind::WORD_NOT), before] => before != Some(Kind::WORD_IS),
        [Some(Kind::IDENTIFIER), before, _] => matches!(
            before,
            None | Some(
                Kind::COMMA
                    | Kind::OPEN
                    | Kind::OPEN_SQUARE
                    | Kind::OPEN_CURLY
                    | Kind::COLON
                    | Kind::ASSIGN
                    | Kind::WORD_AND
                    | Kind::WORD_OR
                    | Kind::WORD_ELSE
            )
        ),
        _ => false,
    }
}

/// Whether the parser may go several ways where brackets are left open: it takes words for names, and brackets around
/// nothing, unless they make a call, could be assigned to.
fn is_unsure(tokens: &[Token]) -> bool {
    let is_word = |token: &Token| {
        matches!(token.kind, Kind::WORD_NOT | Kind::WORD_AND | Kind::WORD_OR | Kind::WORD_IF | Kind::WORD_ELSE)
    };
    let is_empty = |at: usize| {
        let pair = (tokens[at].kind, tokens.get(at + 1).map(|next| next.kind));
        let before = at.checked_sub(1).map(|before| tokens[before].kind);
        matches!(pair, (Kind::OPEN, Some(Kind::CLOSE)) | (Kind::OPEN_SQUARE, Some(Kind::CLOSE_SQUARE)))
            && !matches!(before, Some(Kind::IDENTIFIER | Kind::CLOSE | Kind::CLOSE_SQUARE | Kind::CLOSE_CURLY))
    };
    tokens.iter().any(|token| is_word(token) || token.is_soft) || (0..tokens.len()).any(is_empty)
}
