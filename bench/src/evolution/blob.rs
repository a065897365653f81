//! Texts of files, each stored once, and the trees made of them.

use crate::ids::{BlobId, RepoPath};
use crate::repo::Role;

/// The text of a file, stored once a repository however many paths and commits hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// The name of the text in the other tables of the repository: distinct numbers from 0, without gaps, in any order.
    ///
    /// Rows in which the versions of one path follow each other compress best.
    pub number: u32,
    /// The id of the bytes in git.
    pub id: BlobId,
    /// The text, decoded as the profile says.
    pub text: String,
}

/// A file that a kept commit has and the kept commit before it has not, or has otherwise.
///
/// The first kept commit lists its whole tree. Only Python files are listed, those of tests and of production.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// The kept commit.
    pub commit_index: u32,
    /// The path in the tree.
    pub path: RepoPath,
    /// Test or production.
    pub role: Role,
    /// The number of the new text; none if the file is gone.
    pub blob: Option<u32>,
}
