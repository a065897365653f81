//! The training loop against the reference implementation, and against itself: accumulated, interrupted, over-fitted.
//!
//! `../golden/make_qwen2.py` made the expected losses.

use std::cell::Cell;

use crate::golden;
use baselines::model::{Parameters, Precision, Qwen2, load};
use baselines::train::{
    AdamWOptions, Batch, CheckpointOptions, Decay, Event, Example, NextToken, NoObserver, Objective, Observer, Outcome,
    RunOptions, Schedule, Size, SummedLoss, run,
};
use baselines::{Error, Result};
use serde_json::Value;
use tch::{Device, Tensor};

#[derive(Default)]
struct Recorder(Vec<Event>);

impl Observer for Recorder {
    fn event(&mut self, event: &Event) {
        self.0.push(event.clone());
    }
}

impl Recorder {
    fn losses(&self) -> Vec<f64> {
        let loss = |event: &Event| if let Event::Step(step) = event { Some(step.loss) } else { None };
        self.0.iter().filter_map(loss).collect()
    }
}

fn objective() -> NextToken {
    let (config, parameters) = load(&golden::folder("tied-kv1"), Precision::F32, Device::Cpu).unwrap();
    NextToken::new(Qwen2::new(&config, &parameters), parameters)
}

fn options(steps: u64) -> RunOptions {
    RunOptions::new(Schedule { peak: 5e-3, warmup_steps: 2, steps, decay: Decay::Cosine })
}

fn example(value: &Value) -> Example {
    Example { prefix: golden::ids(&value["prefix"]), target: golden::ids(&value["target"]) }
}

/// The micro-batches of each step of the golden run.
fn golden_batches(training: &Value) -> Vec<Vec<Vec<Example>>> {
    let list = |value: &Value| value.as_array().unwrap().clone();
    let rows = |rows: &Value| list(rows).iter().map(example).collect();
    list(&training["batches"]).iter().map(|step| list(step).iter().map(rows).collect()).collect()
}

fn same(a: &Parameters, b: &Parameters) -> bool {
    a.iter().eq(b.iter())
}

#[test]
fn losses_norms_and_weights_equal_the_reference() {
    let training = golden::json("tied-kv1", "training.json");
    let number = |value: &Value| value.as_f64().unwrap();
    let count = |field: &str| training[field].as_u64().unwrap();
    let batches = golden_batches(&training);
    let schedule = Schedule {
        peak: number(&training["peak"]),
        warmup_steps: count("warmup"),
        steps: count("steps"),
        decay: Decay::Cosine,
    };
    let options = RunOptions {
        adamw: AdamWOptions { weight_decay: number(&training["weight_decay"]), ..AdamWOptions::default() },
        clip: number(&training["clip"]),
        ..RunOptions::new(schedule)
    };
    let objective = objective();
    let mut recorder = Recorder::default();
    let of = |step: u64| batches[usize::try_from(step).unwrap()].iter().map(|rows| Batch::examples(rows)).collect();
    run(&objective, &of, &options, &mut recorder).unwrap();
    for (index, event) in recorder.0.iter().enumerate() {
        let Event::Step(step) = event else { panic!("only steps are expected: {event:?}") };
        let near = |found: f64, field: &str, tolerance: f64| {
            let expected = number(&training[field][index]);
            assert!((found - expected).abs() <= tolerance * expected.abs(), "{field} {index}: {found}, {expected}");
        };
        near(step.loss, "losses", 2e-6);
        near(step.norm, "norms", 1e-5);
        near(step.lr, "rates", 1e-12);
    }
    assert_eq!(recorder.0.len(), 8);
    for (name, tensor) in objective.parameters().iter() {
        let expected = number(&training["final"][name]["norm"]);
        let found = f64::try_from(tensor.detach().to_kind(tch::Kind::Double).norm()).unwrap();
        assert!((found - expected).abs() <= 2e-5 * expected, "{name}: {found}, {expected}");
    }
}

#[test]
fn many_small_batches_are_one_large_batch() {
    let training = golden::json("tied-kv1", "training.json");
    let rows: Vec<Example> = golden_batches(&training).concat().concat();
    let gradients = |parts: &[&[Example]]| {
        let objective = objective();
        let options = RunOptions { clip: 0.0, ..options(1) };
        let batches = |_| parts.iter().map(|rows| Batch::examples(rows)).collect();
        let mut recorder = Recorder::default();
        run(&objective, &batches, &options, &mut recorder).unwrap();
        let gradients: Vec<Tensor> = objective.parameters().iter().map(|(_, tensor)| tensor.grad()).collect();
        (recorder.losses()[0], gradients)
    };
    let (large, expected) = gradients(&[&rows]);
    let parts: Vec<&[Example]> = rows.chunks(7).collect();
    let (small, found) = gradients(&parts);
    assert!((large - small).abs() < 1e-5 * large);
    for (found, expected) in found.iter().zip(&expected) {
        let scale = f64::try_from(expected.abs().max()).unwrap();
        let difference = f64::try_from((found - expected).abs().max()).unwrap();
        assert!(difference <= 1e-4 * scale, "{difference:e} of {scale:e}");
    }
}

/// Windows without padding take another attention kernel than padded rows; both must have the same gradient.
#[test]
fn padding_does_not_change_the_gradient() {
    let ids: Vec<u32> = (0..33).map(|index| index * 37 % 251 + 1).collect();
    let whole = Batch::windows(std::slice::from_ref(&ids));
    let left = 5;
    let padded = Batch {
        ids: Tensor::cat(&[Tensor::zeros([1, left], (tch::Kind::Int64, Device::Cpu)), whole.ids.shallow_clone()], 1),
        padding: vec![left],
        sources: &whole.sources + left,
        targets: whole.targets.shallow_clone(),
        weights: None,
    };
    let gradients = |batch: &Batch| {
        let objective = objective();
        objective.loss(batch).unwrap().nll.backward();
        objective.parameters().iter().map(|(_, tensor)| tensor.grad()).collect::<Vec<_>>()
    };
    for (found, expected) in gradients(&padded).iter().zip(&gradients(&whole)) {
        let scale = f64::try_from(expected.abs().max()).unwrap();
        let difference = f64::try_from((found - expected).abs().max()).unwrap();
        assert!(difference <= 1e-5 * scale, "{difference:e} of {scale:e}");
    }
}

#[test]
fn one_batch_can_be_over_fitted() {
    let rows = [
        Example { prefix: vec![5, 6, 7, 8], target: vec![9, 10, 11, 0] },
        Example { prefix: vec![8, 7], target: vec![12, 0] },
    ];
    let objective = objective();
    let options = RunOptions {
        schedule: Schedule { peak: 3e-3, warmup_steps: 5, steps: 80, decay: Decay::Linear },
        ..options(80)
    };
    let mut recorder = Recorder::default();
    let outcome = run(&objective, &|_| Ok(vec![Batch::examples(&rows)?]), &options, &mut recorder).unwrap();
    assert!(recorder.losses()[0] > 3.0, "{:?}", recorder.losses());
    assert!(outcome.last_loss.unwrap() < 0.02, "{outcome:?}");
    let decode = baselines::DecodeOptions::new(6, vec![0], Vec::new());
    let prompts: Vec<Vec<u32>> = rows.iter().map(|row| row.prefix.clone()).collect();
    let decoded = baselines::decode::greedy(&objective.model, &prompts, &decode).unwrap();
    let answers: Vec<&[u32]> = decoded.iter().map(|decoded| &decoded.ids[..]).collect();
    assert_eq!(answers, [&[9, 10, 11][..], &[12]]);
    assert!(decoded.iter().all(|decoded| decoded.stop == bench::Stop::Eos));
}

/// A run that is killed and started again ends with the very same bits, and repeats no step it has saved.
#[test]
fn resumed_equals_uninterrupted() {
    let training = golden::json("tied-kv1", "training.json");
    let batches = golden_batches(&training);
    let of = |step: u64| -> Result<Vec<Batch>> {
        batches[usize::try_from(step).unwrap()].iter().map(|rows| Batch::examples(rows)).collect()
    };
    let uninterrupted = objective();
    let mut whole = Recorder::default();
    let outcome = run(&uninterrupted, &of, &options(8), &mut whole).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    let checkpoint = CheckpointOptions { path: path.clone(), every: 2, identity: "a".to_owned() };
    let saved = RunOptions { checkpoint: Some(checkpoint.clone()), ..options(8) };
    let killed = |step| if step == 5 { Err(Error::option("kill", step, "the power fails")) } else { of(step) };
    assert!(run(&objective(), &killed, &saved, &mut NoObserver).is_err());

    let resumed = objective();
    let mut rest = Recorder::default();
    let same_end = |a: &Outcome, b: &Outcome| {
        assert_eq!((a.steps, a.last_loss, a.presented, &a.curve), (b.steps, b.last_loss, b.presented, &b.curve));
    };
    same_end(&run(&resumed, &of, &saved, &mut rest).unwrap(), &outcome);
    assert_eq!(rest.0[0], Event::Resumed { step: 4 });
    assert_eq!(rest.losses(), whole.losses()[4..]);
    assert!(same(uninterrupted.parameters(), resumed.parameters()));

    let again = objective();
    let mut nothing = Recorder::default();
    same_end(&run(&again, &of, &saved, &mut nothing).unwrap(), &outcome);
    assert_eq!(nothing.0, [Event::Resumed { step: 8 }], "nothing is left to do");
    assert!(same(uninterrupted.parameters(), again.parameters()));

    let other = CheckpointOptions { identity: "b".to_owned(), ..checkpoint.clone() };
    let other = RunOptions { checkpoint: Some(other), ..options(8) };
    let error = run(&objective(), &of, &other, &mut NoObserver).unwrap_err().to_string();
    assert!(error.contains("checkpoint.safetensors") && error.contains("other options or data"), "{error}");
    std::fs::write(&path, "half").unwrap();
    assert!(run(&objective(), &of, &saved, &mut NoObserver).is_err());
}

#[test]
fn a_loss_that_is_no_number_stops_the_run() {
    struct Broken(NextToken, Cell<u64>);
    impl Objective for Broken {
        type Batch = Batch;
        fn parameters(&self) -> &Parameters {
            self.0.parameters()
        }
        fn loss(&self, batch: &Batch) -> Result<SummedLoss> {
            let loss = self.0.loss(batch)?;
            self.1.set(self.1.get() + 1);
            let nll = if self.1.get() == 3 { loss.nll * f64::NAN } else { loss.nll };
            Ok(SummedLoss { nll, ..loss })
        }
        fn size(&self, batch: &Batch) -> Size {
            batch.size()
        }
        fn describe(&self, batch: &Batch) -> Value {
            batch.describe()
        }
    }
    let row = [Example { prefix: vec![1], target: vec![2] }];
    let broken = Broken(objective(), Cell::new(0));
    let error = run(&broken, &|_| Ok(vec![Batch::examples(&row)?]), &options(8), &mut NoObserver).unwrap_err();
    assert_eq!(error.to_string(), "loss is NaN at step 2");
    let error = run(&objective(), &|_| Ok(Vec::new()), &options(1), &mut NoObserver).unwrap_err();
    assert!(error.to_string().contains("step 0 has no target token"), "{error}");
}
