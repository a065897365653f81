//! The target of a task as something that can stand in a text.

use super::token::tokens;
use crate::cap::is_trivial;
use crate::pytext::is_word;

/// Tokens of a target that are looked for; of longer ones the first so many.
pub(super) const MAX_TOKENS: usize = 64;

/// Words that occur in nearly every text.
const CONSTANTS: [&str; 3] = ["True", "False", "None"];

/// A target without the brackets that it closes but does not open: the call that the prefix opened ends with them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Answer {
    tokens: Vec<Box<str>>,
}

impl Answer {
    pub(super) fn of(target: &str) -> Self {
        let mut all: Vec<&str> = tokens(target).collect();
        let mut surplus = unopened(&all);
        while surplus > 0 && all.last().is_some_and(|last| closes(last)) {
            all.pop();
            surplus -= 1;
        }
        all.truncate(MAX_TOKENS);
        Self { tokens: all.into_iter().map(Into::into).collect() }
    }

    /// Its tokens; none if the target was nothing but brackets.
    pub(super) fn tokens(&self) -> impl ExactSizeIterator<Item = &str> {
        self.tokens.iter().map(AsRef::as_ref)
    }

    /// Whether these tokens stand in `text` in a row.
    pub(super) fn stands_in(&self, text: &str) -> bool {
        let Some(first) = self.tokens.first() else { return false };
        let word = first.chars().next().is_some_and(is_word);
        text.match_indices(first.as_ref()).any(|(at, _)| {
            let inside_word = word && text[..at].chars().next_back().is_some_and(is_word);
            !inside_word && self.begins(&text[at..])
        })
    }

    fn begins(&self, text: &str) -> bool {
        let mut found = tokens(text);
        self.tokens().all(|token| found.next() == Some(token))
    }
}

/// Brackets in `tokens` that close what is not open.
fn unopened(tokens: &[&str]) -> usize {
    let (mut open, mut surplus) = (0_usize, 0);
    for token in tokens {
        match *token {
            "(" | "[" | "{" => open += 1,
            token if closes(token) && open == 0 => surplus += 1,
            token if closes(token) => open -= 1,
            _ => {}
        }
    }
    surplus
}

fn closes(token: &str) -> bool {
    matches!(token, ")" | "]" | "}")
}

/// Whether `target` says nothing by standing somewhere: it is trivial (R118), or `True`, `False` or `None`, with or
/// without the brackets that it closes.
///
/// ```
/// use bench::leaks::is_commonplace;
/// assert!(is_commonplace("1)") && is_commonplace("True") && is_commonplace("None)") && is_commonplace("[]"));
/// assert!(!is_commonplace("total") && !is_commonplace("\"abc\""));
/// ```
pub fn is_commonplace(target: &str) -> bool {
    let answer = Answer::of(target);
    let bare = || answer.tokens().map(str::len).sum::<usize>() == 0;
    let constant = || matches!(&answer.tokens[..], [one] if CONSTANTS.contains(&one.as_ref()));
    is_trivial(target) || bare() || constant()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_stand_where_their_tokens_do() {
        let stands = |target: &str, text: &str| Answer::of(target).stands_in(text);
        assert!(stands("5)", "x = 5\n") && stands("5)", "f(5, 6)"), "without the bracket that closes the call");
        assert!(!stands("5)", "x = 15 or x5 or x5x or 51") && stands("5)", "5."), "whole tokens");
        assert!(!stands("15", "x = 155, a15, 1 5"));
        assert!(stands("[1, 2]", "x = [1,\n  2]") && !stands("[1, 2]", "[1, 2, 3]"));
        assert!(stands("f(x))", "y = f(x)") && !stands("f(x))", "y = f(xx)"));
        assert!(stands("é.x", "aé.x é.x") && !stands("é.x", "aé.x"));
        assert!(!stands(")", ")") && !stands("", "x"), "nothing stands nowhere");
        assert!(stands("\"a)\"", "'a)' \"a)\""));
    }

    #[test]
    fn long_answers_are_told_by_their_beginning() {
        let long = "x ".repeat(10_000);
        assert_eq!(Answer::of(&long).tokens().len(), MAX_TOKENS);
        assert!(Answer::of(&long).stands_in(&"x ".repeat(MAX_TOKENS)));
    }
}
