//! Reading along tree-sitter's S-expression of a tree with errors.
//!
//! Two things are printed that no cursor shows: tokens that recovery made up although they are hidden (the end of a
//! line, say), and whether an error without children is a single unexpected character.

use tree_sitter::{Language, Tree};

use super::form::Head;

/// Up to this depth the printer, which recurs about six times a level, fits any stack.
const SHALLOW: usize = 400;

/// Bytes of stack a level of a deeper tree may take; the printer needs about one thousand.
const STACK_A_LEVEL: usize = 4096;

/// A place in the S-expression of a whole tree.
pub(super) struct Reader {
    text: String,
    at: usize,
    language: Language,
}

impl Reader {
    /// The S-expression of `tree`, which is `depth` visible nodes deep.
    pub(super) fn new(tree: &Tree, depth: usize, language: Language) -> Self {
        let print = || tree.root_node().to_sexp();
        let text = if depth <= SHALLOW {
            print()
        } else {
            std::thread::scope(|scope| {
                let builder = std::thread::Builder::new().stack_size((depth + SHALLOW) * STACK_A_LEVEL);
                let printing = builder.spawn_scoped(scope, print).expect("because a thread can be started");
                printing.join().expect("because printing does not panic")
            })
        };
        Self { text, at: 0, language }
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Passes a hidden token that recovery made up, if one comes next; its field and head.
    pub(super) fn hidden(&mut self) -> Option<(u16, Head)> {
        let group = self.rest().strip_prefix(' ')?;
        let (field, group) = split_field(group);
        let name = group.strip_prefix("(MISSING ")?;
        let name = &name[..name.find(')')?];
        let kind = self.hidden_kind(name)?;
        let field = field.and_then(|name| self.language.field_id_for_name(name)).map_or(0, u16::from);
        self.at += self.rest().find(')').expect("because the name ends there") + 1;
        Some((field, Head::Missing(kind)))
    }

    fn hidden_kind(&self, name: &str) -> Option<u16> {
        let kinds = 0..u16::try_from(self.language.node_kind_count()).unwrap_or(u16::MAX);
        let named = |kind: &u16| self.language.node_kind_for_id(*kind) == Some(name);
        kinds.filter(|kind| !self.language.node_kind_is_visible(*kind)).find(named)
    }

    /// Passes the opening of a visible node: its field, bracket and name.
    pub(super) fn open(&mut self) -> Option<Head> {
        let rest = self.rest();
        let group = split_field(rest.strip_prefix(' ').unwrap_or(rest)).1;
        let (passed, head) = if let Some(shown) = group.strip_prefix("(UNEXPECTED ") {
            let (length, c) = shown_char(shown);
            (&shown[length..], Some(Head::Unexpected(c)))
        } else if let Some(quoted) = group.strip_prefix("(MISSING \"") {
            (&quoted[quoted.find("\")").map_or(0, |end| end + 1)..], None)
        } else {
            let name = group.strip_prefix("(MISSING ").unwrap_or(group.get(1..).unwrap_or_default());
            (&name[name.find([' ', ')']).unwrap_or(0)..], None)
        };
        self.at = self.text.len() - passed.len();
        head
    }

    /// Passes a closing bracket.
    pub(super) fn close(&mut self) {
        debug_assert!(self.rest().starts_with(')'), "{} at {}", self.text, self.at);
        self.at += 1;
    }
}

/// `field: (…` as field and group.
fn split_field(group: &str) -> (Option<&str>, &str) {
    match group.find([':', '(']) {
        Some(at) if group[at..].starts_with(": ") => (Some(&group[..at]), &group[at + 2..]),
        _ => (None, group),
    }
}

/// The length of a character as printed, and its code: quoted if ASCII, as a number otherwise.
fn shown_char(shown: &str) -> (usize, u32) {
    let bytes = shown.as_bytes();
    if bytes.first() != Some(&b'\'') {
        let length = shown.find(')').unwrap_or(0);
        return (length, shown[..length].parse().unwrap_or(u32::MAX >> 8));
    }
    match (bytes.get(1), bytes.get(2)) {
        (Some(&c), Some(b'\'')) => (3, u32::from(c)),
        (_, Some(b'n')) => (4, 10),
        (_, Some(b't')) => (4, 9),
        (_, Some(b'r')) => (4, 13),
        _ => (4, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_read_as_printed() {
        for (shown, read) in [
            ("'a')", (3, 97)),
            ("''')", (3, 39)),
            ("'\\')", (3, 92)),
            ("')')", (3, 41)),
            ("'\\n')", (4, 10)),
            ("'\\0')", (4, 0)),
            ("233)", (3, 233)),
        ] {
            assert_eq!(shown_char(shown), read, "{shown}");
        }
    }
}
