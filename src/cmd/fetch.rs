//! `fetch`: mirrors of repositories, several at a time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use bench::{RepoId, RepoList, RepoSpec};
use indicatif::ProgressBar;
use miner::{CloneLimits, Event, Existing, FetchOptions, Fetched, Mirrors, Observer, Retry, mirror_path};

use crate::cli::FetchArgs;
use crate::discover::read_candidates;
use crate::exit::Answer;
use crate::settings;
use crate::ui::{Ui, printable};

/// Time before the second try.
const FIRST_WAIT: Duration = Duration::from_secs(2);

/// Fetches every repository of `args`; [`Answer::No`] if some failed.
pub(crate) fn run(args: &FetchArgs, ui: &mut Ui) -> Result<Answer> {
    let list = list(args)?;
    settings::refuse_equal_stems(&list)?;
    let orphan = "git, started by a fetch that was killed, still writes to the folder; waiting for its end";
    let mirrors = Mirrors::open(&args.out, &|| ui.note(orphan))?;
    let options = FetchOptions {
        existing: if args.update { Existing::Update } else { Existing::Keep },
        limits: CloneLimits { time: Duration::from_secs(args.max_seconds), bytes: args.max_mib << 20 },
        retry: Retry { attempts: args.attempts, wait: FIRST_WAIT },
    };
    let bar = ui.bar("fetch", list.repos.len() as u64, "repositories");
    let progress = Progress { ui, bar: &bar, clones: Mutex::default() };
    let fetch = |spec: &RepoSpec| {
        let result = mirrors.fetch(spec, &options, &progress);
        progress.finish(&spec.name);
        result
    };
    let results = in_parallel(&list.repos, usize::from(args.jobs), &fetch);
    bar.finish_and_clear();
    Ok(report(args, &list, &results, ui))
}

fn list(args: &FetchArgs) -> Result<RepoList> {
    if let Some(path) = &args.repos {
        return Ok(RepoList::read(path)?);
    }
    let candidates = args.candidates.as_deref().map(read_candidates).transpose()?.unwrap_or_default();
    let entry = |candidate: crate::discover::Candidate| {
        let source = candidate.source();
        RepoSpec::new(candidate.name, source)
    };
    Ok(RepoList { repos: candidates.into_iter().map(entry).collect() })
}

/// The results of `work` on every one of `items`, in their order, `jobs` at a time.
fn in_parallel<T: Sync, R: Send>(items: &[T], jobs: usize, work: &(dyn Fn(&T) -> R + Sync)) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return done };
            done.push((at, work(item)));
        }
    };
    let mut all: Vec<(usize, R)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs.min(items.len())).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("because workers do not panic")).collect()
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, result)| result).collect()
}

/// Prints a line a repository.
fn report(args: &FetchArgs, list: &RepoList, results: &[miner::Result<Fetched>], ui: &Ui) -> Answer {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (spec, result) in list.repos.iter().zip(results) {
        let (word, rest) = match result {
            Ok(Fetched::Local) => (Fetched::Local.name(), spec.source.clone()),
            Ok(done) => (done.name(), mirror_path(&args.out, &spec.name).display().to_string()),
            Err(error) => {
                ui.fault(&format!("{}: {error}", spec.name));
                ("failed", error.to_string().replace(['\n', '\t'], " "))
            }
        };
        *counts.entry(word).or_default() += 1;
        ui.data(&printable(&format!("{}\t{word}\t{rest}", spec.name)));
    }
    let shown: Vec<String> = counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
    ui.note(&shown.join(", "));
    if counts.contains_key("failed") { Answer::No } else { Answer::Done }
}

/// A bar over the repositories and one for each clone that arrives.
struct Progress<'a> {
    ui: &'a Ui,
    bar: &'a ProgressBar,
    clones: Mutex<BTreeMap<RepoId, ProgressBar>>,
}

impl Progress<'_> {
    fn finish(&self, repo: &RepoId) {
        if let Some(clone) = self.clones.lock().unwrap_or_else(PoisonError::into_inner).remove(repo) {
            clone.finish_and_clear();
        }
        self.bar.inc(1);
    }
}

impl Observer for Progress<'_> {
    fn hear(&self, repo: &RepoId, event: Event) {
        match event {
            Event::Cloning { received, total } if total > 0 => {
                let mut clones = self.clones.lock().unwrap_or_else(PoisonError::into_inner);
                let bar = clones.entry(repo.clone()).or_insert_with(|| self.ui.bar(repo.name(), total, "objects"));
                bar.set_length(total);
                bar.set_position(received);
            }
            Event::Waiting { seconds, attempt } => {
                self.ui.note(&format!("{repo}: try {attempt} failed; again in {seconds} s"));
            }
            _ => {}
        }
    }
}
