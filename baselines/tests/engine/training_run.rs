//! What a training run does besides its steps: validation, reductions, dropout, recomputed activations, resuming.

use std::cell::Cell;
use std::path::Path;

use baselines::adapter::LoraOptions;
use baselines::model::{Config, Parameters, Precision, Qwen2, load};
use baselines::train::{
    Activations, AdamWOptions, Batch, CheckpointOptions, ClipAt, Decay, Event, Example, Feed, HeldOut, Keep, LowRank,
    NextToken, NoObserver, Objective, Observer, Outcome, Reduction, Regularization, RunOptions, Schedule, Size,
    SummedLoss, run, run_validated,
};
use baselines::{Error, Result};
use bench::{Seed, TrainingStep};
use tch::{Device, Tensor};

use crate::golden;

fn base(name: &str) -> (Config, Parameters) {
    load(&golden::folder(name), Precision::F32, Device::Cpu).unwrap()
}

fn full() -> NextToken {
    let (config, parameters) = base("tied-kv1");
    NextToken::new(Qwen2::new(&config, &parameters), parameters)
}

/// A LoRA whose B is not zero, so that every factor has a gradient.
fn lora() -> LowRank {
    let (config, parameters) = base("tied-kv1");
    let adapter = LoraOptions { rank: 4, alpha: 8.0, ..LoraOptions::default() }.init(&config, Seed(3), Device::Cpu);
    for (index, (_, tensor)) in adapter.parameters().iter().enumerate() {
        let wave = Tensor::arange(i64::try_from(tensor.numel()).unwrap(), (tch::Kind::Float, Device::Cpu));
        let _ = tensor.shallow_clone().g_add_(&((wave * (1.0 + index as f64)).sin() * 0.05).view_as(tensor));
    }
    LowRank::new(Qwen2::new(&config, &parameters), adapter).unwrap()
}

fn examples(count: usize, shift: usize) -> Vec<Example> {
    let ids = |start: usize, length: usize| {
        (0..length).map(|at| u32::try_from((start * 31 + at * 17) % 251 + 1).unwrap()).collect()
    };
    let example =
        |at: usize| Example { prefix: ids(at + shift, 2 + at * 5 % 9), target: ids(at + shift + 7, 1 + at % 4) };
    (0..count).map(example).collect()
}

fn gradients(objective: &impl Objective) -> Vec<Tensor> {
    objective.parameters().iter().map(|(_, tensor)| tensor.grad()).filter(Tensor::defined).collect()
}

fn assert_near(found: &[Tensor], expected: &[Tensor], tolerance: f64) {
    assert!(!found.is_empty() && found.len() == expected.len());
    for (found, expected) in found.iter().zip(expected) {
        let scale = f64::try_from(expected.abs().max()).unwrap();
        let difference = f64::try_from((found - expected).abs().max()).unwrap();
        assert!(difference <= tolerance * scale, "{difference:e} of {scale:e}");
    }
}

/// M216: computing a layer again gives the gradients of keeping everything, with dropout, padding and weights.
#[test]
fn recomputed_activations_have_the_same_gradients() {
    let batch = Batch::weighted_examples(&examples(5, 0)).unwrap();
    let both = [Activations::Kept, Activations::Recomputed];
    let [kept, recomputed] = both.map(|activations| {
        let regularization = Regularization { label_smoothing: 0.1, neftune_alpha: 5.0 };
        let objective = lora().with_dropout(0.3).with_activations(activations).with_regularization(regularization);
        let loss = objective.accumulate(&batch, 0.25, Seed(9)).unwrap();
        (loss, gradients(&objective))
    });
    assert!((kept.0 - recomputed.0).abs() <= 1e-6 * kept.0);
    assert_near(&recomputed.1, &kept.1, 1e-5);
    let [kept, recomputed] = both.map(|activations| {
        let noisy = Regularization { neftune_alpha: 5.0, ..Regularization::default() };
        let objective = full().with_activations(activations).with_regularization(noisy);
        objective.accumulate(&batch, 0.25, Seed(9)).unwrap();
        gradients(&objective)
    });
    assert_near(&recomputed, &kept, 1e-5);
    let sure = full();
    sure.accumulate(&batch, 0.25, Seed(9)).unwrap();
    assert_ne!(gradients(&sure), kept, "M125: noise changes what is learnt");
}

/// M54: dropout follows from its seed alone, is off in validation, and keeps the expected gradient.
#[test]
fn dropout_follows_from_its_seed() {
    let batch = Batch::examples(&examples(4, 0)).unwrap();
    let loss = |seed| lora().with_dropout(0.5).accumulate(&batch, 1.0, Seed(seed)).unwrap();
    assert_eq!(loss(1).to_bits(), loss(1).to_bits());
    assert_ne!(loss(1).to_bits(), loss(2).to_bits());
    let validated = |objective: LowRank| f64::try_from(objective.loss(&batch).unwrap().nll).unwrap();
    assert_eq!(validated(lora().with_dropout(0.5)).to_bits(), validated(lora()).to_bits());
}

/// M114, M115: what a step minimises is what its reduction says, however it is divided into batches.
#[test]
fn reductions_divide_by_what_they_name() {
    let rows = examples(6, 0);
    let step = |reduction, parts: &[&[Example]]| {
        let objective = full();
        let schedule = Schedule { peak: 0.0, warmup_steps: 0, steps: 1, decay: Decay::Constant };
        let options = RunOptions { reduction, clip: 0.0, ..RunOptions::new(schedule) };
        let batch = |rows: &&[Example]| {
            if reduction == Reduction::Examples { Batch::weighted_examples(rows) } else { Batch::examples(rows) }
        };
        let outcome = run(&objective, &|_| parts.iter().map(batch).collect(), &options, &mut NoObserver).unwrap();
        (outcome, gradients(&objective))
    };
    let alone = |row: &Example, factor: f64| {
        let objective = full();
        objective.accumulate(&Batch::examples(std::slice::from_ref(row)).unwrap(), factor, Seed(0)).unwrap();
        gradients(&objective)
    };
    let sum = |factor: &dyn Fn(&Example) -> f64| {
        let parts: Vec<Vec<Tensor>> = rows.iter().map(|row| alone(row, factor(row))).collect();
        (0..parts[0].len()).map(|at| parts.iter().map(|part| &part[at]).sum::<Tensor>()).collect::<Vec<_>>()
    };
    let tokens: usize = rows.iter().map(|row| row.target.len()).sum();
    let divided: [&[&[Example]]; 2] = [&[&rows], &[&rows[..1], &rows[1..4], &rows[4..]]];
    for parts in divided {
        let (outcome, found) = step(Reduction::Tokens, parts);
        assert_near(&found, &sum(&|_| 1.0 / tokens as f64), 2e-5);
        assert_eq!((outcome.presented.examples, outcome.presented.tokens), (6, tokens as u64));
        assert_near(&step(Reduction::Sum(16.0), parts).1, &sum(&|_| 1.0 / 16.0), 2e-5);
        assert_near(&step(Reduction::Examples, parts).1, &sum(&|row| 1.0 / row.target.len() as f64 / 6.0), 2e-5);
    }
}

/// M66: clipping after every micro-batch bounds what has been accumulated, so later batches weigh more.
#[test]
fn micro_steps_are_clipped_one_by_one() {
    let rows = examples(6, 0);
    let norm = |clip_at, clip| {
        let objective = full();
        let schedule = Schedule { peak: 0.0, warmup_steps: 0, steps: 1, decay: Decay::Constant };
        let options = RunOptions { clip, clip_at, ..RunOptions::new(schedule) };
        let batches = |_| rows.chunks(2).map(Batch::examples).collect();
        let outcome = run(&objective, &batches, &options, &mut NoObserver).unwrap();
        (outcome.curve[0].norm.unwrap(), outcome.clipped, gradients(&objective))
    };
    let (free, clipped, _) = norm(ClipAt::Step, 1e9);
    let small = free / 10.0;
    let (at_the_end, _, whole) = norm(ClipAt::Step, small);
    let (micro, micro_clipped, pieces) = norm(ClipAt::MicroStep, small);
    assert_eq!((clipped, micro_clipped), (0, 1));
    assert!((at_the_end - free).abs() < 1e-6 * free && micro < free);
    let length = |all: &[Tensor]| {
        all.iter().map(|g| f64::try_from(g.square().sum(tch::Kind::Double)).unwrap()).sum::<f64>().sqrt()
    };
    assert!((length(&whole) - small).abs() < 1e-4 * small && (length(&pieces) - small).abs() < 1e-4 * small);
}

/// A run over the same batches in every test: dropout, validation, best parameters, a checkpoint every three steps.
struct Run<'a> {
    folder: &'a Path,
    /// The call of the data, counted over all steps, that fails: what a kill looks like from inside.
    fails_at: Option<u64>,
    keep: Keep,
}

#[derive(Default)]
struct Events(Vec<Event>);

impl Observer for Events {
    fn event(&mut self, event: &Event) {
        self.0.push(event.clone());
    }
}

impl Run<'_> {
    fn go(&self, objective: &impl Objective<Batch = Batch>) -> Result<(Outcome, Events)> {
        let schedule = Schedule { peak: 2e-2, warmup_steps: 2, steps: 14, decay: Decay::Cosine };
        let path = self.folder.join("checkpoint.safetensors");
        let checkpoint = CheckpointOptions { path, every: 3, identity: "x".to_owned() };
        let options = RunOptions {
            adamw: AdamWOptions { weight_decay: 0.1, ..AdamWOptions::default() },
            seed: Seed(4),
            checkpoint: Some(checkpoint),
            ..RunOptions::new(schedule)
        };
        let held_out = [Batch::examples(&examples(5, 100))?];
        let batches = |step: u64| {
            if self.fails_at == Some(step) {
                return Err(Error::option("kill", step, "the power fails"));
            }
            let rows = examples(6, usize::try_from(step).unwrap() % 3);
            rows.chunks(4).map(Batch::examples).collect()
        };
        let held_out = Some(HeldOut { batches: &held_out, every: 2, keep: self.keep });
        let mut events = Events::default();
        run_validated(objective, &Feed { batches: &batches, held_out }, &options, &mut events)
            .map(|outcome| (outcome, events))
    }
}

fn values(objective: &LowRank) -> Vec<Vec<f32>> {
    objective.parameters().iter().map(|(_, tensor)| Vec::try_from(tensor.detach().flatten(0, -1)).unwrap()).collect()
}

fn dropped_out() -> LowRank {
    lora().with_dropout(0.2)
}

fn broken_off(folder: &Path, fails_at: Option<u64>) -> Run<'_> {
    Run { folder, fails_at, keep: Keep::Best }
}

/// Whatever the step at which a run is broken off, and however often: parameters, curve and best are the same bits.
#[test]
fn interruptions_leave_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let whole = dropped_out();
    let (expected, _) = broken_off(folder.path(), None).go(&whole).unwrap();
    assert_eq!(expected.curve.len(), 15, "one row before the first step");
    for fails_at in [[1, 13], [2, 3], [4, 8], [7, 7], [11, 12], [6, 9]] {
        let folder = tempfile::tempdir().unwrap();
        for step in fails_at {
            assert!(broken_off(folder.path(), Some(step)).go(&dropped_out()).is_err());
        }
        let resumed = dropped_out();
        let (found, events) = broken_off(folder.path(), None).go(&resumed).unwrap();
        assert_eq!((&found.curve, found.best, found.presented), (&expected.curve, expected.best, expected.presented));
        assert_eq!(values(&resumed), values(&whole), "{fails_at:?}");
        let taken_up = events.0.iter().any(|event| matches!(event, Event::Resumed { .. }));
        assert_eq!(taken_up, fails_at[1] >= 3);
    }
}

#[test]
fn the_best_parameters_are_kept_and_curves_say_when() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let ends = [Keep::Best, Keep::Last];
    let [best, last] = [0, 1].map(|at| {
        let objective = dropped_out();
        let run = Run { keep: ends[at], ..broken_off(folders[at].path(), None) };
        let (outcome, _) = run.go(&objective).unwrap();
        let batch = Batch::examples(&examples(5, 100)).unwrap();
        let loss = tch::no_grad(|| objective.loss(&batch)).unwrap();
        (f64::try_from(&loss.nll).unwrap() / loss.tokens as f64, outcome)
    });
    let rows: Vec<TrainingStep> = bench::table::read_table(&folders[0].path().join("curve.parquet")).unwrap();
    assert_eq!(rows, best.1.curve);
    let measured: Vec<f64> = rows.iter().filter(|row| row.step > 0).filter_map(|row| row.validation).collect();
    assert_eq!(measured.len(), 7);
    let lowest = measured.iter().copied().fold(f64::INFINITY, f64::min);
    assert!((best.0 - lowest).abs() < 1e-6 && (best.1.best.unwrap().loss - lowest).abs() < 1e-12);
    assert!((last.0 - measured[6]).abs() < 1e-6);
    assert_eq!(best_of(folders[0].path()), [format!("best-{}.safetensors", best.1.best.unwrap().step)]);
    assert!(best_of(folders[1].path()).is_empty());
}

/// The names of the files of best parameters in `folder`.
fn best_of(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut best: Vec<String> = names.filter(|name| name.starts_with("best-")).collect();
    best.sort();
    best
}

/// Losses that are never as low as before.
struct Worse(LowRank);

impl Objective for Worse {
    type Batch = Batch;
    fn parameters(&self) -> &Parameters {
        self.0.parameters()
    }
    fn loss(&self, batch: &Batch) -> Result<SummedLoss> {
        let loss = self.0.loss(batch)?;
        Ok(SummedLoss { nll: loss.nll * 1e3, ..loss })
    }
    fn size(&self, batch: &Batch) -> Size {
        batch.size()
    }
    fn describe(&self, batch: &Batch) -> serde_json::Value {
        batch.describe()
    }
}

/// Where a device does not repeat its bits, a run that is taken up may not come to the best parameters it had before: those
/// that its state names are still there.
#[test]
fn best_parameters_stay_until_a_state_names_others() {
    let folder = tempfile::tempdir().unwrap();
    // Saved after step 3, measured after steps 2 and 4.
    assert!(broken_off(folder.path(), Some(4)).go(&dropped_out()).is_err());
    assert_eq!(best_of(folder.path()), ["best-2.safetensors", "best-4.safetensors"]);
    let resumed = Worse(dropped_out());
    let (found, _) = broken_off(folder.path(), None).go(&resumed).unwrap();
    assert_eq!(found.best.map(|best| best.step), Some(2));
    assert_eq!(best_of(folder.path()), ["best-2.safetensors"]);
    let batch = Batch::examples(&examples(5, 100)).unwrap();
    let loss = tch::no_grad(|| resumed.0.loss(&batch)).unwrap();
    let loss = f64::try_from(&loss.nll).unwrap() / loss.tokens as f64;
    assert!((loss - found.best.unwrap().loss).abs() < 1e-6);
}

/// M233: a loss that is no number ends the run and leaves the batch.
#[test]
fn a_broken_batch_is_left_for_inspection() {
    let folder = tempfile::tempdir().unwrap();
    let schedule = Schedule { peak: 1e-3, warmup_steps: 0, steps: 9, decay: Decay::Constant };
    let path = folder.path().join("checkpoint.safetensors");
    let checkpoint = Some(CheckpointOptions { path, every: 1, identity: String::new() });
    let options = RunOptions { checkpoint, ..RunOptions::new(schedule) };
    let objective = full();
    let poisoned = Cell::new(false);
    let batches = |step| {
        if step == 2 && !poisoned.replace(true) {
            let tensor = objective.parameters().get("model.norm.weight").unwrap().detach();
            let _ = tensor.narrow(0, 0, 1).fill_(f64::NAN);
        }
        Ok(vec![Batch::examples(&examples(2, 5))?])
    };
    let message = run(&objective, &batches, &options, &mut NoObserver).unwrap_err().to_string();
    assert!(message.starts_with("loss is NaN at step 2; the batches that led to it are in "), "{message}");
    let text = std::fs::read(folder.path().join("failed-step-2.json")).unwrap();
    let record: serde_json::Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(record["batches"][0]["targets"].as_array().unwrap().len(), 3);
    assert_eq!(record["batches"][0]["shape"], serde_json::json!([2, 9]));
}

/// M116: a model in bf16 is trained through its copy in 32 bits, and resumes with it.
#[test]
fn narrow_models_resume_with_their_master_weights() {
    let narrow = || {
        let (config, parameters) = load(&golden::folder("tied-kv4"), Precision::BF16, Device::Cpu).unwrap();
        NextToken::new(Qwen2::new(&config, &parameters), parameters)
    };
    let schedule = Schedule { peak: 1e-4, warmup_steps: 0, steps: 4, decay: Decay::Constant };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    let checkpoint = Some(CheckpointOptions { path, every: 2, identity: String::new() });
    let batches = |_| Ok(vec![Batch::examples(&examples(3, 1))?]);
    let whole = narrow();
    run(&whole, &batches, &RunOptions::new(schedule), &mut NoObserver).unwrap();
    let halves = RunOptions { checkpoint, ..RunOptions::new(schedule) };
    let broken = |step| if step == 3 { Err(Error::option("kill", step, "the power fails")) } else { batches(step) };
    assert!(run(&narrow(), &broken, &halves, &mut NoObserver).is_err());
    let resumed = narrow();
    run(&resumed, &batches, &halves, &mut NoObserver).unwrap();
    assert!(whole.parameters().iter().eq(resumed.parameters().iter()));
}
