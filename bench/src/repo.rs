//! Repositories as they are listed, and their files as methods see them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::closed::closed_set;
use crate::criterion::Criterion;
use crate::error::{Error, Result};
use crate::file::write_atomic;
use crate::ids::{CommitId, RepoId, RepoPath};
use crate::split::Partition;
use crate::timestamp::Timestamp;

closed_set! {
    /// Why a repository is listed.
    pub enum Provenance as "provenance" {
        /// It is a known member of the published benchmark.
        Published = "published",
        /// It was chosen by this project, by the published criteria.
        Ours = "ours",
    }
}

/// One entry of `repos.toml`: a repository to mine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepoSpec {
    /// The repository.
    pub name: RepoId,
    /// A URL, or a path (relative ones count from the folder of the list).
    pub source: String,
    /// Commit, tag or branch to pin; the default branch's head if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rev: Option<String>,
    /// SPDX identifier of the licence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// The part the repository must go to; drawn by rule R81 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<Partition>,
    /// Why it is listed; absent in lists made by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
    /// Labels of a generated corpus, JSON lines (relative paths count from the folder of the list).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<PathBuf>,
    /// What was found when `rev` was pinned; absent if nobody opened the repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<RepoFacts>,
}

impl RepoSpec {
    /// An entry that says no more than where the repository is.
    pub fn new(name: RepoId, source: impl Into<String>) -> Self {
        let source = source.into();
        Self { name, source, rev: None, licence: None, partition: None, provenance: None, needs: None, facts: None }
    }

    /// Where others can have the repository: its URL without name, password, query and fragment; none for what is on
    /// this machine.
    pub fn address(&self) -> Option<String> {
        let (scheme, rest) = self.source.split_once("://")?;
        if !["http", "https", "ssh", "git"].contains(&scheme) {
            return None;
        }
        let rest = rest.split(['?', '#']).next()?;
        let (authority, path) = rest.split_once('/')?;
        let host = authority.rsplit('@').next()?;
        Some(format!("{scheme}://{host}/{path}"))
    }
}

/// What was found in a repository when it was pinned. Counts are those of the pinned commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepoFacts {
    /// The commit without a parent with which the first-parent history begins; copies share it.
    pub root: CommitId,
    /// The earliest committer date on the first-parent history.
    pub first_commit: Timestamp,
    /// The committer date of the pinned commit.
    pub pinned: Timestamp,
    /// The committer date of the branch's head, which tells whether the repository was still in use (R18).
    pub last_commit: Timestamp,
    /// Commits of the first-parent history.
    pub commits: u64,
    /// Files whose name ends in `.py`.
    pub python_files: u64,
    /// Test files (R38).
    pub test_files: u64,
    /// Tasks of the balanced selection of the static track (R71).
    pub tasks: u64,
    /// The file that shows the use of a test framework (R21, R34), if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<RepoPath>,
    /// Criteria that a published member does not meet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fails: Vec<Criterion>,
}

/// The file `repos.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepoList {
    /// The repositories, names distinct.
    #[serde(rename = "repo", default)]
    pub repos: Vec<RepoSpec>,
}

impl RepoList {
    /// The list in the TOML file at `path`, relative paths resolved against its folder.
    ///
    /// # Errors
    /// If the file cannot be read, is not such a list, is empty, or names a repository twice.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
        let mut list: Self = toml::from_str(&text).map_err(|e| Error::malformed(path, None, e.to_string()))?;
        if list.repos.is_empty() {
            return Err(Error::malformed(path, None, "lists no repository; add a [[repo]] with name and source"));
        }
        let mut names: Vec<&RepoId> = list.repos.iter().map(|spec| &spec.name).collect();
        names.sort();
        if let Some([name, _]) = names.array_windows().find(|[a, b]| a == b) {
            return Err(Error::malformed(path, None, format!("names {name} twice")));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        for spec in &mut list.repos {
            if !is_url(&spec.source) {
                spec.source = folder.join(&spec.source).to_string_lossy().into_owned();
            }
            spec.needs = spec.needs.take().map(|needs| folder.join(needs));
        }
        Ok(list)
    }

    /// Writes the list to the file at `path`, in its order, below the comment `heading`, a line each.
    ///
    /// # Errors
    /// If the file cannot be written.
    ///
    /// # Panics
    /// Never: every entry has a TOML form.
    pub fn write(&self, path: &Path, heading: &[String]) -> Result<()> {
        let mut text = String::new();
        for line in heading {
            text.push_str(&format!("# {line}").replace(char::is_control, " "));
            text.push('\n');
        }
        for spec in &self.repos {
            text.push_str("\n[[repo]]\n");
            text.push_str(&entry(spec).expect("because entries of a list have a TOML form"));
        }
        write_atomic(path, text.as_bytes())
    }
}

/// The repositories named in the file at `path`, one a line; empty lines and lines that start with `#` are skipped.
///
/// # Errors
/// If the file cannot be read or a line is no `owner/name`.
pub fn read_names(path: &Path) -> Result<BTreeSet<RepoId>> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
    let lines = (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(row, line)| line.parse().map_err(|e: Error| Error::malformed(path, Some(row), e.to_string()))).collect()
}

/// The lines of an entry; facts on one line.
fn entry(spec: &RepoSpec) -> std::result::Result<String, toml::ser::Error> {
    let mut text = toml::to_string(&RepoSpec { facts: None, ..spec.clone() })?;
    if let Some(facts) = &spec.facts {
        text.push_str(&format_args!("facts = {}\n", toml::Value::try_from(facts)?).to_string());
    }
    Ok(text)
}

/// Whether `source` is a URL (or the `host:path` form of ssh) rather than a path on this machine.
pub fn is_url(source: &str) -> bool {
    source.contains("://") || source.split_once(':').is_some_and(|(host, _)| host.contains('@') && !host.contains('/'))
}

closed_set! {
    /// What a file is to the benchmark (section 3).
    pub enum Role as "file role" {
        /// A test file: never shown as repository context.
        Test = "test",
        /// Everything else.
        Production = "production",
    }
}

/// A text file of one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The repository.
    pub repo: RepoId,
    /// The commit.
    pub commit: CommitId,
    /// The path in the tree.
    pub path: RepoPath,
    /// Test or production.
    pub role: Role,
    /// The text, decoded as the profile says.
    pub text: String,
}

/// All that a method may know of a repository at one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepoView {
    /// The repository.
    pub repo: RepoId,
    /// The commit.
    pub commit: CommitId,
    /// Its files, by path.
    pub files: Vec<SourceFile>,
}

impl RepoView {
    /// The production files, by path: what contexts are built from.
    pub fn production(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter().filter(|file| file.role == Role::Production)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pinned() -> RepoSpec {
        let moment = Timestamp::from_seconds(0);
        let commit = CommitId::new("4b825dc642cb6eb9a060e54bf8d69288fbee4904").unwrap();
        let facts = RepoFacts {
            root: commit.clone(),
            first_commit: moment,
            pinned: moment,
            last_commit: moment,
            commits: 1,
            python_files: 2,
            test_files: 3,
            tasks: 4,
            evidence: Some(RepoPath::new("a \"b\".toml").unwrap()),
            fails: vec![Criterion::LicenceMissing],
        };
        RepoSpec {
            rev: Some(commit.to_string()),
            partition: Some(Partition::Train),
            provenance: Some(Provenance::Published),
            facts: Some(facts),
            ..RepoSpec::new(RepoId::new("a/b").unwrap(), "https://example.org/a/b.git")
        }
    }

    #[test]
    fn addresses_tell_no_secrets() {
        let address = |source: &str| RepoSpec::new(RepoId::new("a/b").expect("an id"), source).address();
        let told = [
            ("https://github.com/a/b", Some("https://github.com/a/b")),
            ("https://me:secret@host.org/a/b.git?token=1#x", Some("https://host.org/a/b.git")),
            ("https://me:p@ss@host.org/a@b", Some("https://host.org/a@b")),
            ("ssh://git@host.org/a/b", Some("ssh://host.org/a/b")),
            ("file:///home/me/b", None),
            ("/home/me/b", None),
            ("git@host.org:a/b", None),
            ("https://host.org", None),
        ];
        for (source, expected) in told {
            assert_eq!(address(source).as_deref(), expected, "{source}");
        }
    }

    #[test]
    fn lists_are_read_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("repos.toml");
        let plain = RepoSpec::new(RepoId::new("a/c").unwrap(), "https://example.org/a/c.git");
        let list = RepoList { repos: vec![pinned(), plain] };
        list.write(&path, &["a line\nof heading".to_owned()]).unwrap();
        assert_eq!(RepoList::read(&path).unwrap(), list);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# a line of heading\n\n[[repo]]\nname = \"a/b\"\n"), "{text}");
        assert_eq!(text.lines().filter(|line| line.starts_with("facts = {")).count(), 1, "facts stand on one line");
        std::fs::write(&path, text.replace("tasks =", "task =")).unwrap();
        assert!(RepoList::read(&path).is_err(), "unknown facts are refused");
    }

    #[test]
    fn names_are_read_by_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("names.txt");
        std::fs::write(&path, "# known\n\n b/a \na/b\nb/a\n").unwrap();
        let names: Vec<String> = read_names(&path).unwrap().into_iter().map(String::from).collect();
        assert_eq!(names, ["a/b", "b/a"]);
        std::fs::write(&path, "a/b\nnobody\n").unwrap();
        assert!(read_names(&path).unwrap_err().to_string().contains("row 2"));
    }
}
