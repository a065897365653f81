//! One run of the loop over examples of a release: the only caller of [`run_validated`] for methods.

use std::path::Path;

use bench::{Seed, Task};

use super::settings::TrainingSettings;
use crate::error::{Error, Result};
use crate::examples::{Example, Examples, Plan, micro_batches};
use crate::tokenizer::Tokenizer;
use crate::train::{
    Batch, CheckpointOptions, Feed, HeldOut, Keep, Objective, Observer, Outcome, Reduction, RunOptions, run_validated,
};

/// The batches of each step.
type Batches<'a, O> = &'a dyn Fn(u64) -> Result<Vec<<O as Objective>::Batch>>;

/// What the runs of a training share.
pub(super) struct Session<'a> {
    pub(super) examples: &'a Examples,
    pub(super) settings: &'a TrainingSettings,
    pub(super) tokenizer: &'a Tokenizer,
    pub(super) checkpoint_every: u64,
    /// What must be equal for a run to be taken up.
    pub(super) identity: &'a str,
}

impl Session<'_> {
    /// What is presented of `groups`, which are all that is trained on.
    pub(super) fn plan(&self, groups: &[Vec<u32>], seed: Seed) -> Result<Plan> {
        self.plan_part(groups, (0, 1), seed)
    }

    /// What the run with this number, counted from 0, among so many presents of `groups`.
    pub(super) fn plan_part(&self, groups: &[Vec<u32>], (run, runs): (usize, usize), seed: Seed) -> Result<Plan> {
        let TrainingSettings { budget, share_budget, .. } = *self.settings;
        let budget = if share_budget { budget.part(run, runs) } else { budget };
        let (sampling, step_examples) = self.settings.drawn();
        let tokens = |index: u32| self.examples.lengths(index).1 as u64;
        Plan::draw(groups, tokens, budget, step_examples, (sampling, seed.derive("order")))
    }

    /// Trains `objective` on `plan`, its state being kept in the folder `state`, and validates it on `tasks`. Without
    /// any, the run ends with its last parameters.
    pub(super) fn run<O: Objective<Batch = Batch>>(
        &self,
        objective: &O,
        plan: &Plan,
        tasks: &[Task],
        at: (&Path, Seed),
        observer: &mut dyn Observer,
    ) -> Result<Outcome> {
        self.run_held_out(objective, plan, &self.examples_of(tasks)?, at, observer)
    }

    /// The same, validated on `held_out`.
    pub(super) fn run_held_out<O: Objective<Batch = Batch>>(
        &self,
        objective: &O,
        plan: &Plan,
        held_out: &[Example],
        (state, seed): (&Path, Seed),
        observer: &mut dyn Observer,
    ) -> Result<Outcome> {
        let held_out = self.batches(held_out, Reduction::Tokens)?;
        let batches = |step| self.batches(&self.read(plan.step(step))?, self.settings.optimizer.reduction);
        self.run_on(objective, (plan.steps(), &batches, &held_out), (state, seed), observer)
    }

    /// Trains `objective` for so many steps on these batches, its state being kept in the folder `state`, and validates
    /// it on the last ones. Without any, the run ends with its last parameters.
    pub(super) fn run_on<O: Objective>(
        &self,
        objective: &O,
        (steps, batches, held_out): (u64, Batches<'_, O>, &[O::Batch]),
        (state, seed): (&Path, Seed),
        observer: &mut dyn Observer,
    ) -> Result<Outcome> {
        std::fs::create_dir_all(state).map_err(|source| Error::io("create", state, source))?;
        let optimizer = &self.settings.optimizer;
        let options = RunOptions {
            schedule: optimizer.schedule(steps),
            adamw: optimizer.adamw(),
            reduction: optimizer.reduction,
            clip: optimizer.clip,
            clip_at: optimizer.clip_at,
            seed: seed.derive("dropout"),
            checkpoint: Some(CheckpointOptions {
                path: state.join("checkpoint.safetensors"),
                every: self.checkpoint_every,
                identity: self.identity.to_owned(),
            }),
        };
        let validation = &self.settings.validation;
        let every = validation.every(steps);
        let keep = if held_out.is_empty() { Keep::Last } else { validation.keep };
        let held_out = (!held_out.is_empty()).then_some(HeldOut { batches: held_out, every, keep });
        run_validated(objective, &Feed { batches, held_out }, &options, observer)
    }

    /// The examples with these indices.
    pub(super) fn read(&self, indices: &[u32]) -> Result<Vec<Example>> {
        indices.iter().map(|&index| self.examples.example(index)).collect()
    }

    /// The examples of `tasks`.
    pub(super) fn examples_of(&self, tasks: &[Task]) -> Result<Vec<Example>> {
        let examples = Examples::of_tasks(tasks, &self.settings.data, self.tokenizer)?;
        Ok(examples.into_iter().map(|(_, example)| example).collect())
    }

    fn batches(&self, examples: &[Example], reduction: Reduction) -> Result<Vec<Batch>> {
        let lengths: Vec<usize> = examples.iter().map(Example::len).collect();
        let batch = |rows: Vec<usize>| {
            let rows: Vec<Example> = rows.into_iter().map(|row| examples[row].clone()).collect();
            match reduction {
                Reduction::Examples => Batch::weighted_examples(&rows),
                Reduction::Tokens | Reduction::Sum(_) => Batch::examples(&rows),
            }
        };
        micro_batches(&lengths, self.settings.batch).into_iter().map(batch).collect()
    }
}
