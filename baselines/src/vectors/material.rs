//! What a recipe reads of a repository: the texts, each once, and which of them make up each vector.

use std::collections::HashMap;
use std::sync::Arc;

use bench::{
    CommitId, History, KeptCommit, Release, RepoId, RepoPath, RepoView, Role, ShardTable, Track, VectorKind, pytext,
};

use crate::encoder::Recipe;
use crate::error::{Error, Result};

/// The content of a text, by which it is known: its BLAKE3 hash.
pub(super) type TextKey = [u8; 32];

/// A repository as it is stored.
pub(super) enum Source {
    /// One tree.
    Snapshot(RepoView),
    /// Many trees.
    History(Arc<History>),
    /// The production diffs of the kept commits, oldest first.
    Diffs(Vec<(CommitId, String)>),
}

/// The texts of a repository and what is made of them.
#[derive(Default)]
pub(super) struct Material<'a> {
    /// Distinct texts, in the order in which they were first met.
    pub(super) texts: Vec<Text<'a>>,
    /// A vector each, oldest first.
    pub(super) commits: Vec<(CommitId, Parts<'a>)>,
}

/// A text.
pub(super) struct Text<'a> {
    pub(super) key: TextKey,
    pub(super) content: &'a str,
    pub(super) lines: usize,
}

/// What a vector is made of.
pub(super) enum Parts<'a> {
    /// Files: the path and the number of the text of each.
    Tree(Vec<(&'a RepoPath, usize)>),
    /// The number of the text of a diff.
    Diff(usize),
}

impl Source {
    /// What `recipe` reads of `repo`.
    ///
    /// # Errors
    /// If the release lacks it, or it cannot be read.
    pub(super) fn open(release: &Release, repo: &RepoId, recipe: Recipe) -> Result<Self> {
        let track = release.manifest().contents.track;
        match (recipe.kind(), track) {
            (VectorKind::StaticG1, _) | (VectorKind::RepoStateG2, Track::Static) => {
                Ok(Self::Snapshot(release.snapshot(repo)?))
            }
            (VectorKind::RepoStateG2, Track::Evolution) => Ok(Self::History(release.history(repo)?)),
            (VectorKind::DiffG2, Track::Evolution) => {
                let mut diffs = Vec::new();
                for batch in release.rows::<KeptCommit>(repo, ShardTable::Commits)? {
                    diffs.extend(batch?.into_iter().map(|kept| (kept.commit, kept.diff)));
                }
                Ok(Self::Diffs(diffs))
            }
            (VectorKind::DiffG2, Track::Static) => {
                let reason = "snapshots have no diffs; give a release of the track evolution".to_owned();
                Err(Error::Embedding { subject: format!("the diffs of {repo}"), reason })
            }
        }
    }

    /// The texts that `recipe` reads, and which make up each vector.
    ///
    /// # Errors
    /// If a text that a tree names is missing.
    pub(super) fn material(&self, recipe: Recipe) -> Result<Material<'_>> {
        let mut gathering = Gathering::default();
        match self {
            Self::Snapshot(view) => {
                let files = view.files.iter().map(|file| (&file.path, file.role, file.text.as_str()));
                gathering.tree(&view.commit, recipe, files);
            }
            Self::History(history) => gathering.history(history, recipe)?,
            Self::Diffs(diffs) => {
                for (commit, diff) in diffs {
                    let text = gathering.text(diff);
                    gathering.material.commits.push((commit.clone(), Parts::Diff(text)));
                }
            }
        }
        Ok(gathering.material)
    }
}

/// A material that grows.
#[derive(Default)]
struct Gathering<'a> {
    material: Material<'a>,
    /// Where each text is. Looked up only, so its order cannot show.
    known: HashMap<TextKey, usize>,
    /// What is known of the texts of a history by their number, so that each is hashed once.
    numbered: HashMap<u32, usize>,
}

impl<'a> Gathering<'a> {
    fn history(&mut self, history: &'a History, recipe: Recipe) -> Result<()> {
        for place in history.commits() {
            let tree = history.tree(&place.commit).expect("because the commit is one of the history");
            let mut files = Vec::new();
            for file in tree {
                let Some(text) = history.text(file.blob) else {
                    let reason = format!("text {} of {} at {} is missing", file.blob, file.path, place.commit);
                    return Err(Error::Embedding { subject: history.repo().to_string(), reason });
                };
                if recipe.reads(file.path, file.role, text.len()) && files.len() < recipe.max_files() {
                    let text = match self.numbered.get(&file.blob) {
                        Some(&known) => known,
                        None => self.text(text),
                    };
                    self.numbered.insert(file.blob, text);
                    files.push((file.path, text));
                }
            }
            self.material.commits.push((place.commit.clone(), Parts::Tree(files)));
        }
        Ok(())
    }

    fn tree(&mut self, commit: &CommitId, recipe: Recipe, files: impl Iterator<Item = (&'a RepoPath, Role, &'a str)>) {
        let read = files.filter(|(path, role, text)| recipe.reads(path, *role, text.len()));
        let files = read.take(recipe.max_files()).map(|(path, _, text)| (path, self.text(text))).collect();
        self.material.commits.push((commit.clone(), Parts::Tree(files)));
    }

    /// The number of `text`, which is added if it is new.
    fn text(&mut self, text: &'a str) -> usize {
        let key = *blake3::hash(text.as_bytes()).as_bytes();
        *self.known.entry(key).or_insert_with(|| {
            self.material.texts.push(Text { key, content: text, lines: pytext::lines(text).count() });
            self.material.texts.len() - 1
        })
    }
}
