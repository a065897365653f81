//! Decides what an assertion needs, by looking at the text above it rather than at what was intended.

use bench::Need;

/// What answering needs: `above` is the file up to the cut, `changed` whether the asked convention had another value
/// before (none if no convention is asked for). None if nothing explains the answer.
pub(super) fn need(above: &str, answer: &str, changed: Option<bool>) -> Option<Need> {
    match (stands_in(above, answer), changed) {
        (true, _) => Some(Need::Prefix),
        (false, Some(true)) => Some(Need::History),
        (false, Some(false)) => Some(Need::Repository),
        (false, None) => None,
    }
}

/// Whether `answer` occurs in `text` as whole tokens: not as part of a longer name, number or literal.
pub(super) fn stands_in(text: &str, answer: &str) -> bool {
    let is_part = |edge: Option<char>, neighbour: Option<char>| match (edge, neighbour) {
        (Some('"'), Some(neighbour)) => neighbour == '"',
        (Some(edge), Some(neighbour)) => {
            continues(edge) && (continues(neighbour) || neighbour == '.' && edge.is_numeric())
        }
        _ => false,
    };
    text.match_indices(answer).any(|(at, found)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + found.len()..].chars().next());
        !is_part(answer.chars().next(), before) && !is_part(answer.chars().next_back(), after)
    })
}

fn continues(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_tokens_only() {
        for (text, answer, stands) in [
            ("x = 30\n", "30", true),
            ("x = 130", "30", false),
            ("x = 0.30", "30", false),
            ("x = 30.5", "30", false),
            ("f(\"ok\")", "\"ok\"", true),
            ("\"\"\"ok\"\"\"", "\"ok\"", false),
            ("NotFoundError", "NotFound", false),
            ("errors.NotFound(", "NotFound", true),
            ("a = -1", "-1", true),
            ("a = -12", "-1", false),
            ("self.given = 3", "self.given", true),
            ("given_birch", "given", false),
        ] {
            assert_eq!(stands_in(text, answer), stands, "{answer} in {text}");
        }
    }

    #[test]
    fn what_is_visible_needs_the_prefix_only() {
        assert_eq!(need("limit = 30\nassert f() == ", "30", Some(true)), Some(Need::Prefix));
        assert_eq!(need("assert f() == ", "30", Some(true)), Some(Need::History));
        assert_eq!(need("assert f() == ", "30", Some(false)), Some(Need::Repository));
        assert_eq!(need("assert f() == ", "30", None), None);
    }
}
