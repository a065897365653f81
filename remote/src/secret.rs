//! An API key: sent, never shown.

/// What stands in the place of a key.
const MASK: &str = "[key]";
/// Characters from which on a key is a secret: shorter ones are words such as `none` that servers on one's own machine
/// are given, and that an answer may well contain.
const MIN_SECRET: usize = 8;

/// A key that is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The key `text`, which must be printable ASCII to be sent.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The header that carries it.
    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// `text` with the key masked.
    pub(crate) fn mask(&self, text: &str) -> String {
        if self.0.is_empty() { text.to_owned() } else { text.replace(&self.0, MASK) }
    }

    /// Whether `text` gives the key away.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.0.len() >= MIN_SECRET && text.contains(&self.0)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret([key])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_masked_and_recognised() {
        let key = Secret::new("sk-0123456789");
        assert_eq!(key.mask("bad key sk-0123456789!"), "bad key [key]!");
        assert!(key.is_in("x sk-0123456789") && !key.is_in("sk-012345678"));
        assert!(!format!("{key:?}").contains("sk-"));
        assert!(!Secret::new("none").is_in("x is none"), "a word is no secret");
        assert_eq!(Secret::new("").mask("abc"), "abc");
    }
}
