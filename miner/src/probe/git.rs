//! Writes commits into a bare repository: all objects in one pack, every id a function of the seed.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use git2::{Buf, Oid, Repository, RepositoryInitOptions, Signature, Time};

use super::error::{Error, Result};

const BRANCH: &str = "refs/heads/main";
const FILE: i32 = 0o100_644;
const FOLDER: i32 = 0o040_000;

/// Who commits what, and when.
#[derive(Debug)]
pub(super) struct Record<'a> {
    pub(super) author: &'static str,
    /// Seconds since 1970.
    pub(super) time: i64,
    pub(super) message: &'a str,
    pub(super) parents: &'a [Oid],
}

/// Objects on their way into a pack.
pub(super) struct Writer<'r> {
    repo: &'r Repository,
    blobs: BTreeMap<String, Oid>,
    commits: Vec<Oid>,
}

/// Makes the bare repository at `path`, lets `work` write commits and return the head and anything else.
///
/// # Errors
/// If git refuses, or `work` fails.
pub(super) fn create<T>(path: &Path, work: impl FnOnce(&mut Writer<'_>) -> Result<(Oid, T)>) -> Result<T> {
    let git = Error::git(path);
    let mut options = RepositoryInitOptions::new();
    options.bare(true).no_reinit(true).mkpath(true).external_template(false).initial_head("main");
    let repo = Repository::init_opts(path, &options).map_err(&git)?;
    let odb = repo.odb().map_err(&git)?;
    // Keeps objects in memory for as long as the database lives, so that none is written on its own.
    odb.add_new_mempack_backend(1000).map_err(&git)?;
    let mut writer = Writer { repo: &repo, blobs: BTreeMap::new(), commits: Vec::new() };
    let (head, value) = work(&mut writer)?;
    let pack = writer.pack().map_err(&git)?;
    let mut packs = odb.packwriter().map_err(&git)?;
    packs.write_all(&pack).map_err(|source| Error::io("write the pack of", path, source))?;
    packs.commit().map_err(&git)?;
    repo.reference(BRANCH, head, true, "generated").map_err(&git)?;
    Ok(value)
}

impl Writer<'_> {
    /// Commits `files` as `record` says.
    ///
    /// # Errors
    /// If git refuses.
    pub(super) fn commit(&mut self, files: &BTreeMap<String, String>, record: &Record<'_>) -> Result<Oid> {
        let path = self.repo.path().to_owned();
        self.try_commit(files, record).map_err(Error::git(&path))
    }

    fn try_commit(
        &mut self,
        files: &BTreeMap<String, String>,
        record: &Record<'_>,
    ) -> std::result::Result<Oid, git2::Error> {
        let entries: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let tree = self.tree(&entries)?;
        let tree = self.repo.find_tree(tree)?;
        let email = format!("{}@example.org", record.author.to_lowercase().replace(' ', "."));
        let signature = Signature::new(record.author, &email, &Time::new(record.time, 0))?;
        let parents =
            record.parents.iter().map(|&id| self.repo.find_commit(id)).collect::<std::result::Result<Vec<_>, _>>()?;
        let parents: Vec<_> = parents.iter().collect();
        let id = self.repo.commit(None, &signature, &signature, record.message, &tree, &parents)?;
        self.commits.push(id);
        Ok(id)
    }

    /// All objects as one pack. One thread, because several race for deltas and give other bytes every time.
    fn pack(&self) -> std::result::Result<Buf, git2::Error> {
        let mut builder = self.repo.packbuilder()?;
        builder.set_threads(1);
        for &commit in &self.commits {
            builder.insert_commit(commit)?;
        }
        let mut pack = Buf::new();
        builder.write_buf(&mut pack)?;
        Ok(pack)
    }

    /// The tree of `entries`, which are sorted by path.
    fn tree(&mut self, entries: &[(&str, &str)]) -> std::result::Result<Oid, git2::Error> {
        let mut folders: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
        let mut children = Vec::new();
        for &(path, text) in entries {
            match path.split_once('/') {
                Some((folder, rest)) => folders.entry(folder).or_default().push((rest, text)),
                None => children.push((path, self.blob(text)?, FILE)),
            }
        }
        for (folder, inner) in folders {
            children.push((folder, self.tree(&inner)?, FOLDER));
        }
        let mut builder = self.repo.treebuilder(None)?;
        for (name, id, mode) in children {
            builder.insert(name, id, mode)?;
        }
        builder.write()
    }

    fn blob(&mut self, text: &str) -> std::result::Result<Oid, git2::Error> {
        if let Some(&id) = self.blobs.get(text) {
            return Ok(id);
        }
        let id = self.repo.blob(text.as_bytes())?;
        self.blobs.insert(text.to_owned(), id);
        Ok(id)
    }
}
