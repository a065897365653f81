//! Networks that walk a history: the state is taken up where the last call left it.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use baselines::adapt::{Binding, Place, Progress};
use baselines::device;
use baselines::encoder::Recipe;
use baselines::hypernetwork::{HistoryNetwork, StepInput};
use baselines::vectors::{SingleVectors, Vector};
use bench::{CommitId, RepoId, Track, VectorKind};
use indicatif::ProgressBar;
use miner::live::{Memory, Survey};
use miner::{Event, Observer};

use super::Subject;
use super::clock::{Clock, Phase};
use crate::ui::Ui;

/// Commits whose diffs are made at once.
const CHUNK: usize = 64;
/// How often the state is saved while a long history is read: a call that is killed loses at most this.
const SAVE_EVERY: Duration = Duration::from_secs(30);

/// How far a state has come.
pub(super) struct Walked {
    /// Kept commits in all.
    pub(super) kept: u64,
    /// Those of this call.
    pub(super) new: usize,
}

/// What the head reads at the newest commit.
pub(super) fn context(
    subject: &Subject<'_>,
    network: &HistoryNetwork,
    clock: &mut Clock,
    ui: &Ui,
) -> Result<(Vector, Walked)> {
    if subject.args.track == Some(Track::Static) {
        bail!("{} walks a history, which the static track has none of; leave --track out", subject.args.method);
    }
    let _alone = subject.args.state.as_deref().map(claim).transpose()?;
    let binding = Binding { network: subject.trained.hash.clone(), encoder: subject.encoder.identity().clone() };
    let open = |path: &Path| Progress::open(path, network, &binding, subject.device.device);
    let saved = subject.args.state.as_deref().map(open).transpose()?.flatten();
    let memory = saved.as_ref().and_then(|(_, place)| place.memory.clone()).map(remembered).transpose()?;
    let survey = clock.time(Phase::Reading, || subject.live.survey(subject.head, memory.as_ref()))?;
    let (saved, memory) = match saved {
        Some((_, place)) if place.rules != survey.rules() => {
            ui.note("the newest commit tells tests apart, or has diffs written, otherwise than the state knows: the whole history is read again");
            (None, None)
        }
        saved => (saved, memory),
    };
    let hearing = Hearing { bar: ui.bar("history", 0, "commits") };
    let found = clock.time(Phase::Reading, || survey.kept(memory, &hearing))?;
    hearing.bar.finish_and_clear();
    let place = saved.as_ref().map(|(_, place)| place);
    let beyond = place.map_or(0, |place| usize::try_from(place.beyond).unwrap_or(usize::MAX));
    let goes_on = found.as_ref().is_some_and(|found| match (place, beyond.checked_sub(1)) {
        (Some(place), Some(last)) => found.commits.get(last) == Some(&place.last),
        _ => true,
    });
    let Some(found) = found.filter(|_| goes_on) else {
        return Err(not_its_history(subject, place.map(|place| &place.root)));
    };
    let fresh = &found.commits[beyond..];
    let Some(first) = place.map(|place| &place.last).or(fresh.first()) else {
        bail!(
            "{} has no kept commit up to {}: none changes an assertion of a test file, so there is no state",
            subject.args.repo.display(),
            subject.head
        );
    };
    let mut walk = Walk {
        subject,
        network,
        survey: &survey,
        binding: &binding,
        trees: SingleVectors::new(subject.encoder, subject.recipe()?),
        diffs: SingleVectors::new(subject.encoder, Recipe::new(VectorKind::DiffG2, false)?),
        repo: RepoId::new("local/repository")?,
        saved: Instant::now(),
    };
    let (mut progress, mut place) = match saved {
        Some(saved) => saved,
        None => {
            let vector = walk.tree(first, clock)?;
            let begin = || Progress::begin(network, &vector, subject.device.device);
            let root = clock.time(Phase::Reading, || subject.live.root(subject.head))?;
            let rules = survey.rules().to_owned();
            let place = Place { root, rules, kept: 0, last: first.clone(), beyond: 0, memory: None };
            (clock.time(Phase::State, begin), place)
        }
    };
    walk.take_up(&mut progress, &mut place, fresh, clock, ui)?;
    place.memory = Some(serde_json::to_value(&found.memory).context("what is remembered has no JSON form")?);
    place.beyond = 0;
    walk.save(&progress, &place, clock)?;
    if subject.args.measure {
        clock.measure(Phase::State, || {
            progress.step_again();
            device::synchronize(subject.device.device);
        });
    }
    let context = progress.context(place.last == *subject.head);
    Ok((context, Walked { kept: place.kept, new: fresh.len() }))
}

/// Keeps other calls from the state at `path`.
fn claim(path: &Path) -> Result<File> {
    let mut name = path.file_name().context("--state names no file")?.to_owned();
    name.push(".lock");
    let lock = bench::file::claim(&path.with_file_name(name))?;
    lock.with_context(|| format!("another call is bringing {} up to date; wait for it", path.display()))
}

fn remembered(value: serde_json::Value) -> Result<Memory> {
    serde_json::from_value(value)
        .context("the state tells of its history in a form that is not known; delete it to start again")
}

/// Why a history does not go on from a state.
fn not_its_history(subject: &Subject<'_>, root: Option<&CommitId>) -> anyhow::Error {
    let state = subject.args.state.as_deref().unwrap_or(Path::new("")).display();
    let (repo, head) = (subject.args.repo.display(), subject.head);
    match (subject.live.root(subject.head), root) {
        (Ok(found), Some(root)) if found != *root => anyhow::anyhow!(
            "{state} is the state of another repository: its first commit is {root}, that of {repo} is {found}; give every repository its own --state"
        ),
        _ => anyhow::anyhow!(
            "the commit that {state} stands at is no first-parent ancestor of {head}: the history of {repo} was rewritten, or an older commit is asked for; delete the state to start again, or name another"
        ),
    }
}

/// A walk over kept commits.
struct Walk<'a> {
    subject: &'a Subject<'a>,
    network: &'a HistoryNetwork,
    survey: &'a Survey<'a>,
    binding: &'a Binding,
    trees: SingleVectors<'a>,
    diffs: SingleVectors<'a>,
    repo: RepoId,
    /// When the state was last saved.
    saved: Instant,
}

impl Walk<'_> {
    /// Takes up `fresh`, the kept commits after those of `place`.
    fn take_up(
        &mut self,
        progress: &mut Progress<'_>,
        place: &mut Place,
        fresh: &[CommitId],
        clock: &mut Clock,
        ui: &Ui,
    ) -> Result<()> {
        let bar = ui.bar("state", fresh.len() as u64, "commits");
        for chunk in fresh.chunks(CHUNK) {
            let before = (place.kept > 0).then(|| place.last.clone());
            let diffs = match self.network.step {
                StepInput::Diff | StepInput::Concat => {
                    clock.time(Phase::Reading, || self.survey.diffs(before.as_ref(), chunk))?
                }
                StepInput::RepoState => Vec::new(),
            };
            let mut diffs = diffs.into_iter();
            for commit in chunk {
                let diff = diffs.next().map(|diff| self.diff(commit, diff, clock)).transpose()?;
                let tree = match self.network.step {
                    StepInput::Diff => None,
                    StepInput::RepoState | StepInput::Concat => Some(self.tree(commit, clock)?),
                };
                clock.time(Phase::State, || -> Result<()> {
                    progress.step(diff.as_ref(), tree.as_ref())?;
                    device::synchronize(self.subject.device.device);
                    Ok(())
                })?;
                place.kept += 1;
                place.beyond += 1;
                place.last = commit.clone();
                bar.inc(1);
                if self.saved.elapsed() > SAVE_EVERY {
                    self.save(progress, place, clock)?;
                }
            }
        }
        bar.finish_and_clear();
        Ok(())
    }

    fn save(&mut self, progress: &Progress<'_>, place: &Place, clock: &mut Clock) -> Result<()> {
        if let Some(path) = &self.subject.args.state {
            clock.time(Phase::Writing, || progress.save(path, self.binding, place))?;
        }
        self.saved = Instant::now();
        Ok(())
    }

    fn tree(&mut self, commit: &CommitId, clock: &mut Clock) -> Result<Vector> {
        let view = clock.time(Phase::Reading, || self.survey.tree(commit))?;
        Ok(clock.time(Phase::Encoder, || self.trees.tree(view))?)
    }

    fn diff(&mut self, commit: &CommitId, diff: String, clock: &mut Clock) -> Result<Vector> {
        Ok(clock.time(Phase::Encoder, || self.diffs.diff(&self.repo, commit, diff))?)
    }
}

/// Draws the reading of a history.
struct Hearing {
    bar: ProgressBar,
}

impl Observer for Hearing {
    fn hear(&self, _repo: &RepoId, event: Event) {
        if let Event::Walking { done, total } = event {
            self.bar.set_length(total);
            self.bar.set_position(done);
        }
    }
}
