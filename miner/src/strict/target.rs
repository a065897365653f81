//! The text of a target: as written on one line, collapsed outside of strings otherwise (R58, Q18).

use ruff_python_ast::token::{Token, TokenKind, Tokens};
use ruff_text_size::{Ranged, TextRange};

/// A piece of a file on one line, equal to the piece as Python reads it.
///
/// Between two tokens one blank stands for any white space, line break, continuation or comment; a comment would
/// swallow what follows it. Strings, f-strings with all they hold included, stay as they are.
pub(super) fn collapse(text: &str, tokens: &Tokens, range: TextRange) -> String {
    let mut out = String::with_capacity(range.len().to_usize());
    let (mut end, mut strings) = (range.start(), 0_usize);
    for token in within(tokens, range) {
        let kind = token.kind();
        if strings == 0 && matches!(kind, TokenKind::Comment | TokenKind::NonLogicalNewline) {
            continue;
        }
        let gap = &text[TextRange::new(end, token.start().max(end))];
        if strings > 0 {
            out.push_str(gap);
        } else if !gap.is_empty() {
            out.push(' ');
        }
        out.push_str(&text[token.range()]);
        end = token.end();
        match kind {
            TokenKind::FStringStart | TokenKind::TStringStart => strings += 1,
            TokenKind::FStringEnd | TokenKind::TStringEnd => strings = strings.saturating_sub(1),
            _ => {}
        }
    }
    out
}

/// The tokens that lie inside `range`.
fn within(tokens: &Tokens, range: TextRange) -> impl Iterator<Item = &Token> {
    let first = tokens.partition_point(|token| token.start() < range.start());
    tokens[first..].iter().take_while(move |token| token.end() <= range.end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::Module;

    fn collapsed(text: &str) -> String {
        let module = Module::parse(text).unwrap();
        let range = module.tree().body[0].range();
        collapse(text, module.tokens(), range)
    }

    #[test]
    fn strings_keep_their_value() {
        assert_eq!(collapsed("f(\n    'a  b',\n\t1)\n"), "f( 'a  b', 1)");
        assert_eq!(collapsed("[1,\n '''a\n\n  b''']\n"), "[1, '''a\n\n  b''']");
        assert_eq!(collapsed("[f'{a  =}\\\n x', f'''{\n b}''',\n 2]\n"), "[f'{a  =}\\\n x', f'''{\n b}''', 2]");
    }

    #[test]
    fn continuations_and_comments_go() {
        assert_eq!(collapsed("a + \\\n  b\n"), "a + b");
        assert_eq!(collapsed("[  # one\n 1,  # two\n\n 2]\n"), "[ 1, 2]");
    }
}
