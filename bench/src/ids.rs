//! Names of things: repositories, commits, paths and tasks, each of one checked form.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A repository as `owner/name`; its copies share the text, as there is one with every task.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepoId(Arc<str>);

impl RepoId {
    /// The id written as `text`.
    ///
    /// # Errors
    /// If `text` is not two parts of letters, digits, `.`, `_` and `-` joined by one slash, neither `.` nor `..`.
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        let fits = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
        };
        match text.split_once('/') {
            Some((owner, name)) if fits(owner) && fits(name) => Ok(Self(text.into())),
            _ => Err(Error::Identifier { what: "repository", text, rule: "write owner/name" }),
        }
    }

    /// The id as text, `owner/name`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the slash.
    pub fn owner(&self) -> &str {
        self.0.split_once('/').map_or("", |(owner, _)| owner)
    }

    /// The part after the slash.
    pub fn name(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, name)| name)
    }

    /// The stem of this repository's files: `owner__name` (R111).
    pub fn file_stem(&self) -> String {
        format!("{}__{}", self.owner(), self.name())
    }

    /// The key by which repositories are ordered in the tables of the evolution track: the published name of the file
    /// of its pairs (R111), so that `a/b-c` precedes `a/b`.
    pub fn table_order(&self) -> String {
        self.file_stem() + ".qna.parquet"
    }
}

/// A git commit as 40 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CommitId(Hex<40>);

impl CommitId {
    /// The id written as `text`.
    ///
    /// # Errors
    /// If `text` is not 40 lower-case hexadecimal digits.
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        match Hex::of(&text) {
            Some(digits) => Ok(Self(digits)),
            None => Err(Error::Identifier { what: "commit id", text, rule: "write 40 lower-case hexadecimal digits" }),
        }
    }

    /// What stands where tables of others do not say which commit it was: 40 zeros, which git uses for no commit.
    pub fn unknown() -> Self {
        Self(Hex([b'0'; 40]))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// A git blob as 40 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BlobId(Hex<40>);

impl BlobId {
    /// The id written as `text`.
    ///
    /// # Errors
    /// If `text` is not 40 lower-case hexadecimal digits.
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        match Hex::of(&text) {
            Some(digits) => Ok(Self(digits)),
            None => Err(Error::Identifier { what: "blob id", text, rule: "write 40 lower-case hexadecimal digits" }),
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// A file's path inside its repository: components joined by `/`, never absolute, never through `..`. Copies share the
/// text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepoPath(Arc<str>);

impl RepoPath {
    /// The path written as `text`.
    ///
    /// # Errors
    /// If `text` is empty, absolute, or has an empty, `.` or `..` component.
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        if text.split('/').any(|part| part.is_empty() || part == "." || part == "..") {
            return Err(Error::Identifier { what: "repository path", text, rule: "write relative/path/to/file" });
        }
        Ok(Self(text.into()))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last component.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// All components, the file name included (R7).
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }
}

/// A task's content address: 32 lower-case hexadecimal digits of a BLAKE3 hash.
///
/// It covers repository, commit, path, position, kind, prefix and target, so equal ids mean equal tasks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TaskId(Hex<32>);

impl TaskId {
    /// The id written as `text`.
    ///
    /// # Errors
    /// If `text` is not 32 lower-case hexadecimal digits.
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        match Hex::of(&text) {
            Some(digits) => Ok(Self(digits)),
            None => Err(Error::Identifier { what: "task id", text, rule: "write 32 lower-case hexadecimal digits" }),
        }
    }

    /// The id of the content `parts`, in this order.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let digits = hasher.finalize().to_hex();
        Self(Hex(*digits.as_bytes().first_chunk().expect("because a hash has twice as many digits")))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Lower-case hexadecimal digits in place, without an allocation of their own: there are millions of ids.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Hex<const DIGITS: usize>([u8; DIGITS]);

impl<const DIGITS: usize> Hex<DIGITS> {
    /// `text` if it is so many of these digits.
    fn of(text: &str) -> Option<Self> {
        let digits: [u8; DIGITS] = text.as_bytes().try_into().ok()?;
        digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).then_some(Self(digits))
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("because the digits are checked")
    }
}

impl<const DIGITS: usize> fmt::Debug for Hex<DIGITS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

macro_rules! text_newtype {
    ($($name:ident),+) => {$(
        impl TryFrom<String> for $name {
            type Error = Error;
            fn try_from(text: String) -> Result<Self> {
                Self::new(text)
            }
        }
        impl std::str::FromStr for $name {
            type Err = Error;
            fn from_str(text: &str) -> Result<Self> {
                Self::new(text)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.as_str().to_owned()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )+};
}
text_newtype!(RepoId, CommitId, BlobId, RepoPath, TaskId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_checked() {
        assert!(RepoId::new("a-b/c.d_e").is_ok());
        for bad in ["", "a", "a/", "/b", "a/b/c", "a/..", "a b/c", "a/b\n"] {
            assert!(RepoId::new(bad).is_err(), "{bad:?}");
        }
        assert!(RepoPath::new("tests/test_a.py").is_ok());
        for bad in ["", "/a", "a//b", "a/../b", "./a", "a/"] {
            assert!(RepoPath::new(bad).is_err(), "{bad:?}");
        }
        assert!(CommitId::new("4b825dc642cb6eb9a060e54bf8d69288fbee4904").is_ok());
        assert!(CommitId::new("4B825DC642CB6EB9A060E54BF8D69288FBEE4904").is_err());
    }

    #[test]
    fn task_ids_separate_their_parts() {
        assert_ne!(TaskId::of(&[b"ab", b"c"]), TaskId::of(&[b"a", b"bc"]));
        assert_eq!(TaskId::of(&[b"x"]).as_str().len(), 32);
    }
}
