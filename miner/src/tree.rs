//! The files of one commit, read from the object store without a checkout.
//!
//! What is read is what a checkout would show to a program that walks the working tree: ordinary files, and symbolic
//! links with the content of the file they lead to. Submodules are empty folders there, so they do not exist here.

use std::collections::BTreeMap;

use bench::{CommitId, RepoPath};
use git2::{ErrorCode, FileMode, ObjectType, Oid};

use crate::error::Result;
use crate::repository::Repository;

/// Entries of a tree at most; no real repository comes near, but a few hostile objects can unfold to any number.
const MAX_ENTRIES: usize = 2_000_000;
/// Bytes of a path at most; longer ones no file system holds.
const MAX_PATH_BYTES: usize = 4096;
/// Bytes of all paths at most, a hundred times those of the largest real trees.
const MAX_PATHS_BYTES: usize = 1 << 28;
/// Bytes of a tree object at most: the size of a folder with more than half a million files.
const MAX_OBJECT_BYTES: usize = 32 << 20;
/// Links followed in a row, as in Linux.
const MAX_LINKS: usize = 40;
/// Bytes of a link's target at most, as in Linux.
const MAX_LINK_BYTES: usize = 4_096;

/// The files and links of one commit.
pub(crate) struct Tree<'a> {
    repository: &'a Repository,
    odb: git2::Odb<'a>,
    /// By path, bytewise (R45).
    entries: BTreeMap<RepoPath, Entry>,
    /// Entries whose path the benchmark cannot name.
    pub(crate) unusable: u64,
}

/// What a tree may still hold. Counted as entries are met: a few objects can name each other into any number of folders.
struct Room {
    entries: usize,
    path_bytes: usize,
}

impl Room {
    /// Takes the entry `name` of `folder` if there is room for it.
    fn take(&mut self, folder: &str, name: &[u8]) -> Option<()> {
        self.entries = self.entries.checked_sub(1)?;
        self.path_bytes = self.path_bytes.checked_sub(folder.len() + name.len())?;
        Some(())
    }
}

#[derive(Clone, Copy)]
struct Entry {
    id: Oid,
    is_link: bool,
}

impl<'a> Tree<'a> {
    /// The tree of `commit`.
    ///
    /// # Errors
    /// If an object is missing or damaged, or the tree is too large.
    pub(crate) fn read(repository: &'a Repository, commit: &CommitId) -> Result<Self> {
        let odb = repository.git.odb().map_err(|source| repository.damaged("the objects", source))?;
        let mut tree = Self { repository, odb, entries: BTreeMap::new(), unusable: 0 };
        let root = repository.tree_id(commit)?;
        let mut room = Room { entries: MAX_ENTRIES, path_bytes: MAX_PATHS_BYTES };
        // Folders wait as ids: unlike trees in memory they are no larger than the entries that name them.
        let mut pending = vec![(String::new(), root)];
        while let Some((folder, id)) = pending.pop() {
            for object in &tree.folder(&folder, id)? {
                room.take(&folder, object.name_bytes()).ok_or_else(|| repository.too_large(MAX_ENTRIES))?;
                let Some(path) = object
                    .name()
                    .ok()
                    .map(|name| format!("{folder}{name}"))
                    .filter(|path| path.len() <= MAX_PATH_BYTES)
                else {
                    tree.unusable += 1;
                    continue;
                };
                if object.kind() == Some(ObjectType::Tree) {
                    pending.push((path + "/", object.id()));
                } else {
                    tree.add(path, &object);
                }
            }
        }
        Ok(tree)
    }

    /// The entries of the folder at `path`.
    fn folder(&self, path: &str, id: Oid) -> Result<git2::Tree<'a>> {
        let damaged = |source| {
            let name = if path.is_empty() { "the root folder".to_owned() } else { format!("the folder {path}") };
            self.repository.damaged(name, source)
        };
        let (bytes, _) = self.odb.read_header(id).map_err(damaged)?;
        if bytes > MAX_OBJECT_BYTES {
            return Err(self.repository.too_large(MAX_ENTRIES));
        }
        self.repository.git.find_tree(id).map_err(damaged)
    }

    fn add(&mut self, path: String, object: &git2::TreeEntry<'_>) {
        if object.kind() != Some(ObjectType::Blob) {
            return;
        }
        let is_link = object.filemode() == i32::from(FileMode::Link);
        match RepoPath::new(path) {
            Ok(path) => drop(self.entries.insert(path, Entry { id: object.id(), is_link })),
            Err(_) => self.unusable += 1,
        }
    }

    /// All paths, bytewise.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &RepoPath> {
        self.entries.keys()
    }

    /// The paths of the files that are no links, bytewise.
    pub(crate) fn files(&self) -> impl Iterator<Item = &RepoPath> {
        self.entries.iter().filter(|(_, entry)| !entry.is_link).map(|(path, _)| path)
    }

    /// The paths of the links, bytewise.
    pub(crate) fn links(&self) -> impl Iterator<Item = &RepoPath> {
        self.entries.iter().filter(|(_, entry)| entry.is_link).map(|(path, _)| path)
    }

    /// Whether there is a file or a link at `path`.
    pub(crate) fn has(&self, path: &RepoPath) -> bool {
        self.entries.contains_key(path)
    }

    /// How many files and links there are.
    pub(crate) fn len(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The file that `path` leads to: itself, or the end of a chain of links inside this tree.
    ///
    /// # Errors
    /// If a link cannot be read.
    pub(crate) fn follow(&self, path: &RepoPath) -> Result<Option<RepoPath>> {
        let mut path = path.clone();
        for _ in 0..=MAX_LINKS {
            match self.entries.get(&path) {
                None => return Ok(None),
                Some(entry) if !entry.is_link => return Ok(Some(path)),
                Some(entry) => match self.link_target(&path, *entry)? {
                    Some(target) => path = target,
                    None => return Ok(None),
                },
            }
        }
        Ok(None)
    }

    fn link_target(&self, path: &RepoPath, entry: Entry) -> Result<Option<RepoPath>> {
        if self.size_of(path, entry.id)?.is_none_or(|size| size > MAX_LINK_BYTES) {
            return Ok(None);
        }
        let bytes = self.bytes_of(path, entry.id)?;
        Ok(std::str::from_utf8(&bytes).ok().and_then(|target| joined(path, target)))
    }

    /// The size of the file at `path` in bytes, without reading it; none if its object is absent, as in partial clones.
    ///
    /// # Errors
    /// If the object is damaged.
    pub(crate) fn size(&self, path: &RepoPath) -> Result<Option<usize>> {
        self.entries.get(path).map_or(Ok(None), |entry| self.size_of(path, entry.id))
    }

    /// The content of the file at `path`.
    ///
    /// # Errors
    /// If the object is missing or damaged.
    pub(crate) fn bytes(&self, path: &RepoPath) -> Result<Vec<u8>> {
        self.entries.get(path).map_or_else(|| Ok(Vec::new()), |entry| self.bytes_of(path, entry.id))
    }

    fn size_of(&self, path: &RepoPath, id: Oid) -> Result<Option<usize>> {
        match self.odb.read_header(id) {
            Ok((size, _)) => Ok(Some(size)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(source) => Err(self.repository.damaged(format!("the file {path}"), source)),
        }
    }

    fn bytes_of(&self, path: &RepoPath, id: Oid) -> Result<Vec<u8>> {
        let object = self.odb.read(id);
        let object = object.map_err(|source| self.repository.damaged(format!("the file {path}"), source))?;
        Ok(object.data().to_vec())
    }
}

/// The path that `target`, read from the link at `link`, names; none if it leaves the tree.
fn joined(link: &RepoPath, target: &str) -> Option<RepoPath> {
    if target.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = link.components().collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    RepoPath::new(parts.join("/")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stay_inside_the_tree() {
        let link = RepoPath::new("a/b/link.py").unwrap();
        let target = |text: &str| joined(&link, text).map(String::from);
        assert_eq!(target("../x.py").as_deref(), Some("a/x.py"));
        assert_eq!(target("./c/.//d.py").as_deref(), Some("a/b/c/d.py"));
        for outside in ["../../../x", "/etc/passwd", "../.."] {
            assert_eq!(target(outside), None, "{outside}");
        }
    }
}
