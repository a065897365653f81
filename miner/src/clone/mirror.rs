//! The folder of mirrors: bare clones with full history, one a repository, named after it.
//!
//! A mirror is whole: it is made under another name and renamed when git is done. One process at a time writes to a
//! folder, which it locks, so that whatever bears another name there is left over and removed. The git programs that it
//! starts hold a lock of their own, for they outlive a process that is killed until they next say how far they are.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use bench::file::{claim, claim_folder, remove_folder};
use bench::{RepoId, RepoSpec};

use super::program::{Call, CloneLimits};
use super::{REFS, library, scheme, whole};
use crate::error::{Error, Result};
use crate::observer::{Event, Observer};

/// What ends the name of a mirror.
const SUFFIX: &str = ".git";
/// What ends the name of one that is being made.
const PARTIAL: &str = ".git.partial";
/// The file that the running git programs hold.
const LOCK: &str = ".lock";
/// How long those of a killed process are waited for: longer than they wait for a silent remote.
const ORPHAN_WAIT: Duration = Duration::from_secs(90);
/// How often they are looked for.
const ORPHAN_LOOK: Duration = Duration::from_millis(50);
/// Words of git that no second try changes.
const FINAL: [&str; 13] = [
    "not allowed",
    "not found",
    "does not exist",
    "not exported",
    "access denied",
    "Permission denied",
    "Authentication failed",
    "could not read Username",
    "could not read Password",
    "error: 401",
    "error: 403",
    "fsck error",
    "was not found; install git",
];
/// Time between two tries at most.
const MAX_WAIT: Duration = Duration::from_mins(1);
/// Where the mirror of `repo` stands in `folder`: `owner__name.git`.
pub fn mirror_path(folder: &Path, repo: &RepoId) -> PathBuf {
    folder.join(format!("{}{SUFFIX}", repo.file_stem()))
}

/// The repository whose mirror has the name `file_name`, cut at the first `__`: owners on the large hosts hold none, a
/// name may.
///
/// ```
/// assert_eq!(miner::mirrored_repo("a-b__c__d.git").unwrap().as_str(), "a-b/c__d");
/// assert!(miner::mirrored_repo("a__b.git.partial").is_none());
/// ```
pub fn mirrored_repo(file_name: &str) -> Option<RepoId> {
    let (owner, name) = file_name.strip_suffix(SUFFIX)?.split_once("__")?;
    RepoId::new(format!("{owner}/{name}")).ok()
}

/// What becomes of a mirror that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays as it is.
    Keep,
    /// New commits are added; branches and tags follow the remote.
    Update,
}

/// How often a remote is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Tries in all, at least one.
    pub attempts: u32,
    /// Time before the second try; doubled for each further one, up to a minute.
    pub wait: Duration,
}

/// How mirrors are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchOptions {
    /// What becomes of those that exist.
    pub existing: Existing,
    /// What one try may take.
    pub limits: CloneLimits,
    /// How often a remote is tried.
    pub retry: Retry,
}

/// What was done for a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetched {
    /// A mirror was made.
    Cloned,
    /// One was there.
    Kept,
    /// One was there and now follows the remote again.
    Updated,
    /// The source is a folder of this machine, which needs no mirror.
    Local,
}

impl Fetched {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cloned => "cloned",
            Self::Kept => "kept",
            Self::Updated => "updated",
            Self::Local => "local",
        }
    }
}

/// A folder of mirrors that this process alone writes to.
#[derive(Debug)]
pub struct Mirrors {
    folder: PathBuf,
    /// The folder, locked for this process.
    _claim: File,
    /// Locked for this process and every git that it starts.
    lock: File,
}

impl Mirrors {
    /// The folder at `path`, made if it is not there; what an earlier process left unfinished is removed. Where git
    /// programs outlive a process that was killed, `on_wait` is called and their end is waited for, 90 seconds at most.
    ///
    /// # Errors
    /// If it cannot be written, or another process writes to it.
    pub fn open(path: &Path, on_wait: &dyn Fn()) -> Result<Self> {
        let claim = claim_folder(path)?;
        let lock = without_orphans(path, on_wait)?;
        let io = |source| Error::Io { action: "read", path: path.to_owned(), source };
        for entry in fs::read_dir(path).map_err(io)?.flatten() {
            if entry.file_name().to_string_lossy().ends_with(PARTIAL) {
                remove_folder(&entry.path())?;
            }
        }
        Ok(Self { folder: path.to_owned(), _claim: claim, lock })
    }

    /// Makes or updates the mirror of `spec`.
    ///
    /// # Errors
    /// If the scheme is not supported, the remote fails at every try, a limit is reached, or the remote does not hold
    /// the pinned commit. A mirror that was there is still there.
    pub fn fetch(&self, spec: &RepoSpec, options: &FetchOptions, observer: &dyn Observer) -> Result<Fetched> {
        if !bench::is_url(&spec.source) {
            return Ok(Fetched::Local);
        }
        let path = mirror_path(&self.folder, &spec.name);
        match (path.exists(), options.existing) {
            (true, Existing::Keep) => return Ok(Fetched::Kept),
            (true, Existing::Update) => {}
            (false, _) => {
                let partial = self.folder.join(format!("{}{PARTIAL}", spec.name.file_stem()));
                retry(spec, options, observer, |progress| {
                    let (claim, limits) = (&self.lock, options.limits);
                    whole(&Call { url: &spec.source, folder: &partial, claim, limits, progress }, &path)
                })?;
                return Ok(Fetched::Cloned);
            }
        }
        sweep(&path)?;
        retry(spec, options, observer, |progress| {
            let (claim, limits) = (&self.lock, options.limits);
            update(&Call { url: &spec.source, folder: &path, claim, limits, progress })
        })?;
        Ok(Fetched::Updated)
    }
}

/// The lock of the git programs that write to the folder at `path`, once none of them runs.
fn without_orphans(path: &Path, on_wait: &dyn Fn()) -> Result<File> {
    let start = Instant::now();
    let mut is_waiting = false;
    loop {
        if let Some(lock) = claim(&path.join(LOCK))? {
            return Ok(lock);
        }
        if start.elapsed() > ORPHAN_WAIT {
            return Err(Error::MirrorsBusy { path: path.to_owned() });
        }
        if !std::mem::replace(&mut is_waiting, true) {
            on_wait();
        }
        thread::sleep(ORPHAN_LOOK);
    }
}

/// Removes what an update of the mirror at `path` that was killed left: locks of references, and packs that were being
/// written. Nobody else writes to the mirror.
fn sweep(path: &Path) -> Result<()> {
    let packs = path.join("objects/pack");
    let is_left = |file: &Path| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let is_pack =
            file.parent() == Some(&packs) && ["tmp_", "pack_git2_"].iter().any(|begun| name.starts_with(begun));
        is_pack || name.ends_with(".lock")
    };
    let mut folders = vec![path.join("refs"), packs.clone()];
    let mut files = Vec::new();
    let io = |action| move |source| Error::Io { action, path: path.to_owned(), source };
    for entry in fs::read_dir(path).map_err(io("read"))? {
        files.push(entry.map_err(io("read"))?.path());
    }
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder { folders.push(entry.path()) } else { files.push(entry.path()) }
        }
    }
    for file in files.into_iter().filter(|file| is_left(file) && file.is_file()) {
        fs::remove_file(file).map_err(io("tidy"))?;
    }
    Ok(())
}

/// Does `work` until it succeeds, fails for good, or all tries are used up.
fn retry(
    spec: &RepoSpec,
    options: &FetchOptions,
    observer: &dyn Observer,
    work: impl Fn(&(dyn Fn(u64, u64) + Sync)) -> Result<()>,
) -> Result<()> {
    let progress = |received, total| observer.hear(&spec.name, Event::Cloning { received, total });
    let mut wait = options.retry.wait;
    for attempt in 1.. {
        match work(&progress) {
            Err(error) if attempt < options.retry.attempts && may_pass(&error) => {
                observer.hear(&spec.name, Event::Waiting { seconds: wait.as_secs(), attempt });
                thread::sleep(wait);
                wait = (wait * 2).min(MAX_WAIT);
            }
            done => return done,
        }
    }
    Ok(())
}

/// Whether another try could succeed.
fn may_pass(error: &Error) -> bool {
    matches!(error, Error::Clone { reason, .. } if !FINAL.iter().any(|words| reason.contains(words)))
}

/// Brings the mirror in `call.folder` up to date with its remote, the default branch included.
fn update(call: &Call<'_>) -> Result<()> {
    let head = match scheme(call.url) {
        Some("file") => library::update(call)?,
        _ => update_with_program(call)?,
    };
    library::set_head(call.folder, head.as_deref())?;
    call.measure()
}

/// Fetches with the `git` program; the remote's default branch.
fn update_with_program(call: &Call<'_>) -> Result<Option<String>> {
    let heads = call.run(&["ls-remote", "--symref", "--", call.url, "HEAD"])?;
    let git_dir = format!("--git-dir={}", call.folder.display());
    let mut arguments =
        vec![git_dir.as_str(), "fetch", "--prune", "--no-write-fetch-head", "--progress", "--", call.url];
    arguments.extend(REFS);
    call.run(&arguments)?;
    let head = heads.lines().find_map(|line| line.strip_prefix("ref: ")?.strip_suffix("\tHEAD"));
    Ok(head.map(str::to_owned))
}
