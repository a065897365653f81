//! From examples to what a step of a network reads: which adapters it makes, and which row is read with which.

use std::collections::BTreeMap;
use std::sync::Arc;

use bench::{CommitId, Partition, RepoId, Seed, Task, VectorKind};
use tch::Tensor;

use super::network::NetworkSettings;
use super::settings::TrainingSettings;
use crate::conditioning::{ContextFiles, Contexts, Scored, Segment, Timeline, WalkPlan};
use crate::encoder::EncoderIdentity;
use crate::error::Result;
use crate::examples::{Example, Examples, Plan, micro_batches};
use crate::hypernetwork::{Reads, StepInput};
use crate::train::{Batch, ClipAt, Conditioned, Conditions, Lane, Moment, Reduction, Rows, Start};
use crate::vectors::Vectors;

/// Contexts that are watched for collapse (M232).
const WATCHED: usize = 16;
/// Commits of a history after which its adapter is watched. Our choice: what a step commonly walks.
const WATCHED_COMMITS: usize = 8;

/// What a network reads, taken from files of vectors.
pub(super) struct Reading<'a> {
    files: Arc<ContextFiles>,
    settings: &'a TrainingSettings,
    network: &'a NetworkSettings,
    encoder: EncoderIdentity,
    seed: Seed,
}

/// What is presented: drawn examples, or walked histories.
pub(super) enum Presentation {
    /// Examples, each with the vector of its repository.
    Drawn(Plan),
    /// Histories of the repositories of the examples, in their order.
    Walked(WalkPlan),
}

impl Presentation {
    /// What `settings` present of `examples`.
    ///
    /// # Errors
    /// If there is nothing to present, or a commit is none of the release.
    pub(super) fn draw(
        settings: &TrainingSettings,
        examples: &Examples,
        files: &ContextFiles,
        seed: Seed,
    ) -> Result<Self> {
        let budget = settings.budget;
        let tokens = |index: u32| examples.lengths(index).1 as u64;
        match settings.network.as_ref().and_then(NetworkSettings::walk) {
            None => {
                let (sampling, step_examples) = settings.drawn();
                let draw = (sampling, seed.derive("order"));
                Plan::draw(examples.groups(), tokens, budget, step_examples, draw).map(Self::Drawn)
            }
            Some(walk) => {
                let histories: Vec<Vec<Scored>> = examples
                    .groups()
                    .iter()
                    .zip(examples.repos())
                    .map(|(group, repo)| scored(group, repo, examples, files))
                    .collect::<Result<_>>()?;
                WalkPlan::draw(&histories, tokens, budget, walk, seed.derive("order")).map(Self::Walked)
            }
        }
    }

    /// Steps in all.
    pub(super) fn steps(&self) -> u64 {
        match self {
            Self::Drawn(plan) => plan.steps(),
            Self::Walked(plan) => plan.steps(),
        }
    }

    /// Examples presented in all.
    pub(super) fn examples(&self) -> u64 {
        match self {
            Self::Drawn(plan) => plan.examples(),
            Self::Walked(plan) => plan.examples(),
        }
    }

    /// The examples of `step`, counted from 0.
    pub(super) fn step(&self, step: u64) -> Vec<u32> {
        match self {
            Self::Drawn(plan) => plan.step(step).to_vec(),
            Self::Walked(plan) => plan
                .step(step)
                .iter()
                .flat_map(|segment| &segment.scored)
                .flat_map(|scored| scored.examples.clone())
                .collect(),
        }
    }
}

/// The commits of `repo` that examples of `group` are of, oldest first.
fn scored(group: &[u32], repo: &RepoId, examples: &Examples, files: &ContextFiles) -> Result<Vec<Scored>> {
    let timeline = files.timeline(repo)?;
    let mut places: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    for &index in group {
        places.entry(timeline.place(examples.place(index).1)?).or_default().push(index);
    }
    Ok(places.into_iter().map(|(place, examples)| Scored { place, examples }).collect())
}

impl<'a> Reading<'a> {
    /// What the network of `settings` reads out of `files`.
    ///
    /// # Errors
    /// If vectors are missing, or those of diffs are by another encoder.
    pub(super) fn new(files: ContextFiles, settings: &'a TrainingSettings, seed: Seed) -> Result<Self> {
        let network = settings.network.as_ref().expect("because settings of networks were checked");
        let vectors = files.of(network.vectors, network.exclude_tests, None)?;
        let encoder = vectors.header().encoder.clone();
        if network.reads_diffs() {
            files.of(VectorKind::DiffG2, true, Some(&encoder))?;
        }
        Ok(Self { files: Arc::new(files), settings, network, encoder, seed })
    }

    /// The files.
    pub(super) fn files(&self) -> &ContextFiles {
        &self.files
    }

    fn vectors(&self) -> Result<&Vectors> {
        self.files.of(self.network.vectors, self.network.exclude_tests, Some(&self.encoder))
    }

    /// What the network must be given whenever it is used.
    pub(super) fn reads(&self) -> Reads {
        let NetworkSettings { vectors: kind, exclude_tests, .. } = *self.network;
        Reads { kind, exclude_tests, encoder: Some(self.encoder.clone()) }
    }

    /// The width of the vectors.
    pub(super) fn width(&self) -> i64 {
        crate::model::size(2 * self.encoder.width)
    }

    /// The contexts of the training repositories: [N, C].
    pub(super) fn training(&self) -> Result<Tensor> {
        self.contexts()?.training()
    }

    /// The conditions of the first training repositories by name, at their anchors: what is watched for collapse (M232).
    ///
    /// # Errors
    /// If a vector cannot be read.
    pub(super) fn watched(&self) -> Result<Conditions> {
        let training = self.files.timelines().filter(|timeline| timeline.partition() == Partition::Train);
        let watched = training.take(WATCHED);
        if self.network.walk().is_none() {
            let mut contexts = self.contexts()?;
            let rows = watched.map(|timeline| contexts.of(timeline.repo(), timeline.commit(timeline.anchor()), 0));
            return Ok(Conditions::Vectors(Tensor::stack(&rows.collect::<Result<Vec<_>>>()?, 0)));
        }
        let lane = |(lane, timeline): (usize, &Timeline)| {
            let end = timeline.len().min(WATCHED_COMMITS);
            let scored = vec![Scored { place: end - 1, examples: Vec::new() }];
            self.lane(timeline.repo(), &Segment { lane, repo: lane, begin: 0, end, cuts: Vec::new(), scored })
        };
        Ok(Conditions::Histories(watched.enumerate().map(lane).collect::<Result<_>>()?))
    }

    /// Contexts as training tasks see them.
    fn contexts(&self) -> Result<Contexts> {
        let NetworkSettings { policy, control, vectors, exclude_tests, .. } = *self.network;
        Contexts::new(&self.files, (vectors, exclude_tests, Some(&self.encoder)), (policy, control), self.seed)
    }

    /// What `step` reads.
    ///
    /// # Errors
    /// If a vector or an example cannot be read.
    pub(super) fn step(&self, plan: &Presentation, examples: &Examples, step: u64) -> Result<Vec<Conditioned>> {
        match plan {
            Presentation::Drawn(plan) => {
                let read = plan.step(step).iter().map(|&index| Ok((examples.place(index), examples.example(index)?)));
                let made = self.drawn(&read.collect::<Result<Vec<_>>>()?, step)?;
                Ok(if self.settings.optimizer.clip_at == ClipAt::MicroStep { apart(made) } else { vec![made] })
            }
            Presentation::Walked(plan) => {
                let segments = plan.step(step);
                let mut rows = Vec::new();
                let mut condition = 0;
                let mut lanes = Vec::new();
                for segment in segments {
                    let repo = &examples.repos()[segment.repo];
                    for scored in &segment.scored {
                        for &index in &scored.examples {
                            rows.push((condition, examples.example(index)?));
                        }
                        condition += 1;
                    }
                    lanes.push(self.lane(repo, segment)?);
                }
                let rows = self.rows(&rows, self.settings.optimizer.reduction)?;
                Ok(vec![Conditioned { conditions: Conditions::Histories(lanes), rows }])
            }
        }
    }

    /// What is validated of `tasks`, a repository at a time. Controls draw as in the first step.
    ///
    /// # Errors
    /// If a vector cannot be read, or a text not tokenized.
    pub(super) fn held_out(&self, tasks: &[Task], examples: Vec<(usize, Example)>) -> Result<Vec<Conditioned>> {
        let mut repos: BTreeMap<&RepoId, Vec<(&CommitId, Example)>> = BTreeMap::new();
        for (at, example) in examples {
            let assertion = &tasks[at].assertion;
            repos.entry(&assertion.repo).or_default().push((&assertion.commit, example));
        }
        let mut made = Vec::new();
        for (repo, examples) in repos {
            if self.network.walk().is_none() {
                let read: Vec<_> = examples.into_iter().map(|(commit, example)| ((repo, commit), example)).collect();
                made.push(self.drawn(&read, 0)?);
                continue;
            }
            let timeline = self.files.timeline(repo)?;
            let mut places: BTreeMap<usize, Vec<Example>> = BTreeMap::new();
            for (commit, example) in examples {
                places.entry(timeline.place(commit)?).or_default().push(example);
            }
            let scored: Vec<Scored> = places.keys().map(|&place| Scored { place, examples: Vec::new() }).collect();
            let end = scored.last().map_or(0, |last| last.place + 1);
            let segment = Segment { lane: 0, repo: 0, begin: 0, end, cuts: Vec::new(), scored };
            let rows: Vec<(usize, Example)> = (0..)
                .zip(places.into_values())
                .flat_map(|(condition, examples)| examples.into_iter().map(move |example| (condition, example)))
                .collect();
            let conditions = Conditions::Histories(vec![self.lane(repo, &segment)?]);
            made.push(Conditioned { conditions, rows: self.rows(&rows, Reduction::Tokens)? });
        }
        Ok(made)
    }

    /// Examples with the vectors of their places; those that look at one commit share its adapter.
    fn drawn(&self, examples: &[((&RepoId, &CommitId), Example)], turn: u64) -> Result<Conditioned> {
        let mut contexts = self.contexts()?;
        let mut known: BTreeMap<(&RepoId, CommitId), usize> = BTreeMap::new();
        let (mut vectors, mut rows) = (Vec::new(), Vec::new());
        for ((repo, commit), example) in examples {
            let seen = (*repo, contexts.seen(repo, commit)?.clone());
            let condition = match known.get(&seen) {
                Some(&condition) => condition,
                None => {
                    vectors.push(contexts.of(repo, commit, turn)?);
                    known.insert(seen, vectors.len() - 1);
                    vectors.len() - 1
                }
            };
            rows.push((condition, example.clone()));
        }
        let rows = self.rows(&rows, self.settings.optimizer.reduction)?;
        Ok(Conditioned { conditions: Conditions::Vectors(Tensor::stack(&vectors, 0)), rows })
    }

    /// The commits of `segment`, a stretch of the history of `repo`.
    fn lane(&self, repo: &RepoId, segment: &Segment) -> Result<Lane> {
        let timeline = self.files.timeline(repo)?;
        let start = if segment.begin == 0 {
            Start::Initial(self.vectors()?.context(repo, timeline.commit(0))?)
        } else {
            Start::Carried
        };
        let moment = |place: usize| -> Result<Moment> {
            Ok(Moment {
                input: step_input(&self.files, self.network.step(), &self.reads(), (repo, timeline.commit(place)))?,
                cut: segment.cuts.binary_search(&place).is_ok(),
                scored: segment.scored.iter().any(|scored| scored.place == place),
            })
        };
        let moments = (segment.begin..segment.end).map(moment).collect::<Result<_>>()?;
        Ok(Lane { number: segment.lane, start, moments })
    }

    /// `examples` with the numbers of their conditions, in batches that fit the memory; rows of one adapter are neighbours.
    fn rows(&self, examples: &[(usize, Example)], reduction: Reduction) -> Result<Vec<Rows>> {
        let lengths: Vec<usize> = examples.iter().map(|(_, example)| example.len()).collect();
        let rows = |mut rows: Vec<usize>| {
            rows.sort_by_key(|&row| (examples[row].0, row));
            let read: Vec<Example> = rows.iter().map(|&row| examples[row].1.clone()).collect();
            let batch = match reduction {
                Reduction::Examples => Batch::weighted_examples(&read),
                Reduction::Tokens | Reduction::Sum(_) => Batch::examples(&read),
            };
            Ok(Rows { batch: batch?, conditions: rows.iter().map(|&row| examples[row].0).collect() })
        };
        micro_batches(&lengths, self.settings.batch).into_iter().map(rows).collect()
    }
}

/// What a commit adds to the state of its repository (M80): [C] f32 on the CPU.
///
/// # Errors
/// If a vector is missing or cannot be read.
pub(crate) fn step_input(
    files: &ContextFiles,
    step: Option<StepInput>,
    reads: &Reads,
    (repo, commit): (&RepoId, &CommitId),
) -> Result<Tensor> {
    let encoder = reads.encoder.as_ref();
    let diff = || files.of(VectorKind::DiffG2, true, encoder)?.context(repo, commit);
    let state = || files.of(reads.kind, reads.exclude_tests, encoder)?.context(repo, commit);
    Ok(match step.unwrap_or_default() {
        StepInput::Diff => diff()?,
        StepInput::RepoState => state()?,
        StepInput::Concat => Tensor::cat(&[diff()?, state()?], 0),
    })
}

/// A step as a sequence of batches that are clipped one by one (M66): each makes its adapters anew.
fn apart(step: Conditioned) -> Vec<Conditioned> {
    let Conditions::Vectors(vectors) = &step.conditions else { return vec![step] };
    let one = |rows: Rows| Conditioned { conditions: Conditions::Vectors(vectors.shallow_clone()), rows: vec![rows] };
    step.rows.into_iter().map(one).collect()
}
