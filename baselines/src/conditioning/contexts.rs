//! Files of vectors with the timelines of a release: what a network reads of a repository at a commit.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use bench::{CommitId, Release, RepoId, Seed, VectorKind};
use tch::{Kind, Tensor};

use super::control::{Control, Others};
use super::timeline::{ContextPolicy, Timeline};
use crate::encoder::EncoderIdentity;
use crate::error::{Error, Result};
use crate::vectors::{Vectors, Wanted};

/// The vectors and timelines of a release.
#[derive(Debug)]
pub struct ContextFiles {
    release: String,
    files: Vec<Vectors>,
    timelines: BTreeMap<RepoId, Timeline>,
}

impl ContextFiles {
    /// The vectors of `files`, which must be of `release`.
    ///
    /// # Errors
    /// If a file is no file of vectors, or is of another release, or two are of one kind and treat tests alike; or a
    /// timeline cannot be read.
    pub fn open(release: &Release, files: &[PathBuf]) -> Result<Self> {
        let mut opened: Vec<Vectors> = Vec::new();
        for path in files {
            let any = Vectors::open_any(path)?;
            let header = any.header().clone();
            let vectors = Vectors::open(path, &Wanted::kind(header.kind).of(release.id()))?;
            if let Some(other) = opened.iter().find(|other| {
                (other.header().kind, other.header().exclude_tests) == (header.kind, header.exclude_tests)
            }) {
                let reason = format!("{} holds vectors of the same kind; give one of them", other.path().display());
                return Err(Error::Vectors { path: path.clone(), reason });
            }
            opened.push(vectors);
        }
        let repos = &release.manifest().contents.repos;
        let timelines = repos.iter().map(|known| Ok((known.repo.clone(), Timeline::read(release, known)?)));
        Ok(Self { release: release.id().to_owned(), files: opened, timelines: timelines.collect::<Result<_>>()? })
    }

    /// The root hash of the release.
    pub fn release(&self) -> &str {
        &self.release
    }

    /// The vectors of `kind`, of which those of trees leave tests out or not, by `encoder` if one is named.
    ///
    /// # Errors
    /// [`Error::Option`] that says how to make them, if there are none; [`Error::Vectors`] if they are of another encoder.
    pub fn of(&self, kind: VectorKind, exclude_tests: bool, encoder: Option<&EncoderIdentity>) -> Result<&Vectors> {
        self.place(kind, exclude_tests, encoder).map(|at| &self.files[at])
    }

    fn place(&self, kind: VectorKind, exclude_tests: bool, encoder: Option<&EncoderIdentity>) -> Result<usize> {
        let fits = |vectors: &Vectors| {
            let header = vectors.header();
            header.kind == kind && (kind == VectorKind::DiffG2 || header.exclude_tests == exclude_tests)
        };
        let at = self.files.iter().position(fits).ok_or_else(|| {
            let tests = match kind {
                VectorKind::RepoStateG2 if exclude_tests => ", test files left out",
                VectorKind::RepoStateG2 => ", test files counted in",
                VectorKind::StaticG1 | VectorKind::DiffG2 => "",
            };
            let reason = format!("vectors of the kind {kind}{tests} are needed; `repopeft embed` makes them");
            Error::option("vectors", "missing", reason)
        })?;
        let mut wanted = Wanted::kind(kind).of(&self.release);
        if let Some(encoder) = encoder {
            wanted = wanted.by(encoder);
        }
        self.files[at].refuse_other_than(&wanted).map(|()| at)
    }

    /// The timeline of `repo`.
    ///
    /// # Errors
    /// If the release has no such repository.
    pub fn timeline(&self, repo: &RepoId) -> Result<&Timeline> {
        self.timelines.get(repo).ok_or_else(|| Error::option("repository", repo, "it is not in the release"))
    }

    /// All timelines, by repository.
    pub fn timelines(&self) -> impl Iterator<Item = &Timeline> {
        self.timelines.values()
    }
}

/// What a network reads of repositories.
#[derive(Debug)]
pub struct Contexts {
    files: Arc<ContextFiles>,
    /// The file that is read.
    at: usize,
    policy: ContextPolicy,
    control: Control,
    others: Others,
    /// The mean of the training repositories; made when it is first needed.
    mean: Option<Tensor>,
}

impl Contexts {
    /// Contexts out of the vectors of `files` that are as `kind`, `exclude_tests` and `encoder` say. `seed` decides what
    /// controls draw.
    ///
    /// # Errors
    /// As [`ContextFiles::of`].
    pub fn new(
        files: &Arc<ContextFiles>,
        (kind, exclude_tests, encoder): (VectorKind, bool, Option<&EncoderIdentity>),
        (policy, control): (ContextPolicy, Control),
        seed: Seed,
    ) -> Result<Self> {
        let repos = files.timelines().map(|timeline| (timeline.partition(), timeline.repo().clone()));
        let others = Others::new(repos, seed);
        let at = files.place(kind, exclude_tests, encoder)?;
        Ok(Self { files: Arc::clone(files), at, policy, control, others, mean: None })
    }

    /// The file that is read.
    pub fn vectors(&self) -> &Vectors {
        &self.files.files[self.at]
    }

    /// C.
    pub fn width(&self) -> usize {
        self.vectors().header().width()
    }

    /// The commit that is looked at for a task of `repo` at `commit`: tasks with equal ones share their context.
    ///
    /// # Errors
    /// If `commit` is no kept commit of `repo`.
    pub fn seen(&self, repo: &RepoId, commit: &CommitId) -> Result<&CommitId> {
        let timeline = self.files.timeline(repo)?;
        Ok(timeline.commit(timeline.seen(self.policy, timeline.place(commit)?)))
    }

    /// Another repository of the part of the benchmark that `repo` belongs to, always the same one; `repo` itself where
    /// there is no other.
    ///
    /// # Errors
    /// If the release has no such repository.
    pub fn another(&self, repo: &RepoId) -> Result<RepoId> {
        Ok(self.others.instead_of(repo, self.files.timeline(repo)?.partition(), 0))
    }

    /// The context of a task of `repo` at `commit`: [C] f32 on the CPU. Controls that draw do so by `turn`.
    ///
    /// # Errors
    /// If `commit` is no kept commit of `repo`, or has no vector.
    pub fn of(&mut self, repo: &RepoId, commit: &CommitId, turn: u64) -> Result<Tensor> {
        match self.control {
            Control::None => self.vectors().context(repo, self.seen(repo, commit)?),
            Control::Constant => self.mean(),
            Control::Random => Ok(self.others.code(repo, &self.vectors().context(repo, self.seen(repo, commit)?)?)),
            Control::Permuted => {
                let timeline = self.files.timeline(repo)?;
                let other = self.others.instead_of(repo, timeline.partition(), turn);
                let theirs = self.files.timeline(&other)?;
                // The same share of the history, so that nothing but the repository differs.
                let place = timeline.seen(self.policy, timeline.place(commit)?) * theirs.len() / timeline.len();
                self.vectors().context(&other, theirs.commit(place))
            }
        }
    }

    /// The contexts of the training repositories at their anchors, by name: [N, C].
    ///
    /// # Errors
    /// If one has no vector, or there is no training repository.
    pub fn training(&self) -> Result<Tensor> {
        let anchors = self.files.timelines().filter(|timeline| timeline.partition() == bench::Partition::Train);
        let rows: Vec<Tensor> = anchors
            .map(|timeline| self.vectors().context(timeline.repo(), timeline.commit(timeline.anchor())))
            .collect::<Result<_>>()?;
        if rows.is_empty() {
            return Err(Error::option("release", self.files.release(), "it has no training repository"));
        }
        Ok(Tensor::stack(&rows, 0))
    }

    fn mean(&mut self) -> Result<Tensor> {
        let mean = match self.mean.take() {
            Some(mean) => mean,
            None => self.training()?.mean_dim(0, false, Kind::Float),
        };
        self.mean = Some(mean.shallow_clone());
        Ok(mean)
    }
}
