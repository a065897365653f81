//! What a test imports and which of it it uses (M103–M105).

mod function;
mod prefix;

use std::collections::BTreeSet;

use super::import::Import;

pub(super) use function::read_function;
pub(super) use prefix::read_prefix;

/// Imports in source order, and the names in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading<'a> {
    pub(super) imports: Vec<Import>,
    pub(super) uses: Uses<'a>,
}

/// Which names are in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Uses<'a> {
    /// Those that occur in code.
    Names(Names),
    /// Those that occur anywhere in this text, inside of words too (M105).
    Text(&'a str),
}

/// Names in code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// Plain names and attributes.
    single: BTreeSet<String>,
    /// Attributes, each with the dotted names before it.
    attributes: BTreeSet<(String, String)>,
}

impl Names {
    /// Notes `name`, which stands after `before` and a dot if there is something before it.
    fn push(&mut self, before: Option<&str>, name: &str) {
        if let Some(before) = before {
            self.attributes.insert((before.to_owned(), name.to_owned()));
        }
        self.single.insert(name.to_owned());
    }
}

impl Uses<'_> {
    /// Whether `name` is in use; a dotted one, whether its last part is read from the others.
    pub(super) fn has(&self, name: &str) -> bool {
        match (self, name.rsplit_once('.')) {
            (Self::Names(names), None) => names.single.contains(name),
            (Self::Names(names), Some((before, last))) => {
                names.attributes.contains(&(before.to_owned(), last.to_owned()))
            }
            (Self::Text(text), _) => text.contains(name),
        }
    }

    /// The attributes that are read from `base`, a dotted name.
    pub(super) fn attributes_of(&self, base: &str) -> Vec<&str> {
        match self {
            Self::Names(names) => {
                names.attributes.iter().filter(|(before, _)| before == base).map(|(_, name)| name.as_str()).collect()
            }
            Self::Text(_) => Vec::new(),
        }
    }
}
