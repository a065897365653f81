//! Training networks that make adapters: the gradients of a step, states that are carried, and interruptions.

use std::path::Path;
use std::rc::Rc;

use baselines::adapter::{BranchInput, RowAdapters, Sharing};
use baselines::hypernetwork::{
    AdapterShape, Architecture, HeadOptions, HistoryNetwork, Mode, ModulatorOptions, Network, ResidualOptions,
    SharedBasisOptions, StateOptions, StepInput,
};
use baselines::model::{Config, Input, Layout, Positions, Precision, Qwen2, load};
use baselines::train::{
    Batch, CheckpointOptions, Conditioned, Conditions, Decay, Example, Generated, Lane, Moment, NoObserver, Objective,
    Rows, RunOptions, Schedule, Start, run,
};
use baselines::{Error, Result};
use bench::Seed;
use tch::{Device, Kind, Tensor};

use crate::golden::folder;

const CONTEXT: i64 = 6;

fn base() -> (Config, Qwen2) {
    let (config, parameters) = load(&folder("tied-kv1"), Precision::F32, Device::Cpu).unwrap();
    let model = Qwen2::new(&config, &parameters);
    (config, model)
}

fn wave(shape: &[i64], phase: f64) -> Tensor {
    let count: i64 = shape.iter().product();
    (Tensor::arange(count, (Kind::Float, Device::Cpu)) * 1.3 + phase).sin().view(shape)
}

fn shape(config: &Config) -> AdapterShape {
    AdapterShape::new(config, 2, 4.0)
}

fn architectures(config: &Config) -> Vec<Architecture> {
    let head = |context| HeadOptions {
        context,
        hidden: 8,
        adapter: shape(config),
        input: BranchInput::Detached,
        sharing: Sharing::Shared,
    };
    vec![
        Architecture::Static { head: head(CONTEXT) },
        Architecture::Text2lora {
            modulator: ModulatorOptions {
                context: CONTEXT,
                head_in: 8,
                adapter: shape(config),
                sharing: Sharing::PerLayer,
            },
        },
        Architecture::SharedBasis {
            basis: SharedBasisOptions { context: CONTEXT, hidden: 8, bases: 3, adapter: shape(config) },
        },
        Architecture::Residual {
            residual: ResidualOptions { context: CONTEXT, components: 3, adapter: shape(config) },
        },
        Architecture::ResidualEvo {
            residual: ResidualOptions { context: CONTEXT, components: 3, adapter: shape(config) },
        },
        Architecture::Evo {
            state: StateOptions { step_input: CONTEXT, initial_input: CONTEXT, hidden: 5 },
            step: StepInput::Diff,
            reads_before: false,
            head: head(5),
        },
    ]
}

/// A network in which no tensor is zero.
fn network(architecture: &Architecture) -> Network {
    let mut architecture = architecture.clone();
    let statistics = architecture.read_against(|| Ok(wave(&[8, CONTEXT], 0.4))).unwrap();
    let mut parameters = architecture.init(Seed(1), Device::Cpu);
    for (index, (_, tensor)) in parameters.iter().enumerate() {
        let _ = tensor.shallow_clone().g_add_(&(wave(&tensor.size(), index as f64) * 0.1));
    }
    for (name, tensor) in statistics.into_tensors() {
        parameters.insert(name, tensor);
    }
    architecture.build(Path::new("test"), parameters).unwrap()
}

fn examples(count: usize, shift: usize) -> Vec<Example> {
    let ids = |start: usize, length: usize| -> Vec<u32> {
        (0..length).map(|at| u32::try_from((start * 31 + at * 17) % 251 + 1).unwrap()).collect()
    };
    let example =
        |at: usize| Example { prefix: ids(at + shift, 2 + at * 5 % 9), target: ids(at + shift + 7, 1 + at % 4) };
    (0..count).map(example).collect()
}

fn rows(count: usize, shift: usize, conditions: &[usize]) -> Vec<Rows> {
    let examples = examples(count, shift);
    let part = |part: std::ops::Range<usize>| Rows {
        batch: Batch::examples(&examples[part.clone()]).unwrap(),
        conditions: part.map(|row| conditions[row % conditions.len()]).collect(),
    };
    vec![part(0..count / 2), part(count / 2..count)]
}

fn moment(phase: f64, scored: bool) -> Moment {
    Moment { input: wave(&[CONTEXT], phase), cut: false, scored }
}

/// Two lanes of unequal length, three scored moments.
fn histories(start: [Start; 2]) -> Conditions {
    let [first, second] = start;
    Conditions::Histories(vec![
        Lane { number: 0, start: first, moments: vec![moment(0.1, true), moment(0.2, false), moment(0.3, true)] },
        Lane { number: 1, start: second, moments: vec![moment(0.4, true)] },
    ])
}

fn begun() -> [Start; 2] {
    [0.7, 0.8].map(|phase| Start::Initial(wave(&[CONTEXT], phase)))
}

fn conditions(architecture: &Architecture) -> Conditions {
    match architecture {
        Architecture::Evo { .. } | Architecture::ResidualEvo { .. } => histories(begun()),
        _ => Conditions::Vectors(wave(&[3, CONTEXT], 0.6)),
    }
}

/// What the head reads of [`histories`], written down as the rules say it.
fn contexts(network: &HistoryNetwork) -> Tensor {
    let state = &network.state;
    let input = |phase: f64| wave(&[1, CONTEXT], phase);
    let first = state.advance(&input(0.1), &state.initial(&input(0.7)));
    let second = state.advance(&input(0.2), &first);
    let third = state.advance(&input(0.3), &second);
    let other = state.advance(&input(0.4), &state.initial(&input(0.8)));
    state.context(&Tensor::cat(&[first, third, other], 0))
}

/// The gradients of a step with one graph for everything, a row at a time: what M215 replaces.
fn retained(model: &Qwen2, network: &Network, rows: &[Rows], factor: f64) -> Vec<Tensor> {
    network.parameters().set_requires_grad(true);
    let stack = match network {
        Network::OfVector(generator) => generator.generate(&wave(&[3, CONTEXT], 0.6), Mode::Inference),
        Network::OfHistory(network) => network.head.generate(&contexts(network), Mode::Inference),
    };
    let mut loss = Tensor::from(0.0_f32);
    for Rows { batch, conditions } in rows {
        let each: Vec<Rc<_>> = conditions.iter().map(|&condition| Rc::new(stack.adapter(condition))).collect();
        let adapters = RowAdapters::new(each.iter().map(Some));
        let input = Input {
            ids: &batch.ids,
            layout: Layout::Left(&batch.padding),
            positions: Positions::At(&batch.sources),
            adapters: Some(&adapters),
            noise: None,
        };
        let logits = model.forward(&input, None);
        loss += logits.cross_entropy_loss(&batch.targets, None::<Tensor>, tch::Reduction::Sum, -100, 0.0) * factor;
    }
    loss.backward();
    network.parameters().iter().map(|(_, tensor)| tensor.grad()).collect()
}

fn gradients(objective: &Generated) -> Vec<Tensor> {
    objective.parameters().iter().map(|(_, tensor)| tensor.grad()).collect()
}

fn assert_near(found: &[Tensor], expected: &[Tensor], what: &str) {
    assert!(!found.is_empty() && found.len() == expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.defined(), expected.defined(), "{what}");
        if expected.defined() {
            let scale = f64::try_from(expected.abs().max()).unwrap().max(1e-2);
            let difference = f64::try_from((found - expected).abs().max()).unwrap();
            assert!(difference <= 1e-5 * scale, "{what}: {difference:e} of {scale:e}");
        }
    }
}

/// M215: leaves for the rows and one pass through the network give the gradients of the retained graph.
#[test]
fn a_step_has_the_gradients_of_the_retained_graph() {
    let (config, model) = base();
    for architecture in architectures(&config) {
        if matches!(architecture, Architecture::Text2lora { .. }) {
            continue; // its units are dropped at random in training
        }
        let rows = || rows(6, 3, &[2, 0, 1, 2]);
        let expected = retained(&model, &network(&architecture), &rows(), 0.25);
        let objective = Generated::new(base().1, network(&architecture));
        let step = Conditioned { conditions: conditions(&architecture), rows: rows() };
        let loss = objective.accumulate(&step, 0.25, Seed(0)).unwrap();
        assert_near(&gradients(&objective), &expected, &format!("{architecture:?}"));
        let plain = f64::try_from(&objective.loss(&step).unwrap().nll).unwrap();
        assert!((plain - loss).abs() <= 1e-5 * loss, "{plain} instead of {loss}");
    }
}

/// M83: with the state before the commit, the first commit is read with the initial state.
#[test]
fn the_state_before_a_commit_is_read_where_asked() {
    let (config, model) = base();
    let Some(Architecture::Evo { state, step, head, .. }) = architectures(&config).pop() else { unreachable!() };
    let before = Architecture::Evo { state, step, reads_before: true, head };
    let Network::OfHistory(network) = network(&before) else { unreachable!() };
    let initial = network.state.initial(&wave(&[1, CONTEXT], 0.8));
    let expected = network.head.generate(&network.state.context(&initial), Mode::Inference).adapter(0);
    let rows = vec![Rows { batch: Batch::examples(&examples(2, 0)).unwrap(), conditions: vec![0, 0] }];
    let lane = Lane { number: 0, start: Start::Initial(wave(&[CONTEXT], 0.8)), moments: vec![moment(0.4, true)] };
    let batch = &rows[0].batch;
    let adapters = RowAdapters::same(&Rc::new(expected), 2);
    let input = Input {
        ids: &batch.ids,
        layout: Layout::Left(&batch.padding),
        positions: Positions::At(&batch.sources),
        adapters: Some(&adapters),
        noise: None,
    };
    let logits = tch::no_grad(|| model.forward(&input, None));
    let wanted = logits.cross_entropy_loss(&batch.targets, None::<Tensor>, tch::Reduction::Sum, -100, 0.0);
    let objective = Generated::new(model, Network::OfHistory(network));
    let step = Conditioned { conditions: Conditions::Histories(vec![lane]), rows };
    let found = tch::no_grad(|| objective.loss(&step)).unwrap().nll;
    let difference = f64::try_from((&found - &wanted).abs()).unwrap();
    assert!(difference <= 1e-4, "{difference}");
}

/// A state that is carried is the state of one walk, without gradients to what came before (M82).
#[test]
fn carried_states_go_on_where_the_step_before_ended() {
    let (config, _) = base();
    let evo = architectures(&config).pop().unwrap();
    let objective = Generated::new(base().1, network(&evo));
    let first = Conditioned { conditions: histories(begun()), rows: rows(4, 0, &[0, 1, 2]) };
    objective.accumulate(&first, 1.0, Seed(0)).unwrap();
    let Network::OfHistory(own) = objective.network() else { unreachable!() };
    let input = |phase: f64| wave(&[1, CONTEXT], phase);
    let expected = tch::no_grad(|| own.state.advance(&input(0.4), &own.state.initial(&input(0.8))));
    let carried = objective.carried();
    assert_eq!(carried.len(), 2);
    let found = carried.get("lane.00000001").unwrap();
    assert!(f64::try_from((found - expected).abs().max()).unwrap() < 1e-6);
    let fresh = Generated::new(base().1, network(&evo));
    let next = || Conditioned { conditions: histories([Start::Carried, Start::Carried]), rows: rows(4, 0, &[0, 1, 2]) };
    let message = fresh.accumulate(&next(), 1.0, Seed(0)).unwrap_err().to_string();
    assert!(message.contains("carries no state"), "{message}");
    fresh.carry(carried).unwrap();
    let [a, b] = [&objective, &fresh].map(|objective| objective.accumulate(&next(), 1.0, Seed(0)).unwrap());
    assert_eq!(a.to_bits(), b.to_bits());
}

#[test]
fn conditions_that_do_not_fit_the_network_are_refused() {
    let (config, _) = base();
    let of = |architecture: &Architecture, conditions| {
        let objective = Generated::new(base().1, network(architecture));
        let step = Conditioned { conditions, rows: rows(2, 0, &[0]) };
        objective.accumulate(&step, 1.0, Seed(0)).unwrap_err().to_string()
    };
    let all = architectures(&config);
    assert!(of(&all[0], histories(begun())).contains("reads vectors"));
    assert!(of(&all[4], Conditions::Vectors(wave(&[3, CONTEXT], 0.1))).contains("reads histories"));
    let objective = Generated::new(base().1, network(&all[0]));
    let step = Conditioned { conditions: Conditions::Vectors(wave(&[1, CONTEXT], 0.1)), rows: rows(2, 0, &[1]) };
    assert!(objective.accumulate(&step, 1.0, Seed(0)).is_err(), "there is no second condition");
}

/// Whatever is carried or dropped at random, a run that is broken off ends with the same bits.
#[test]
fn interruptions_leave_no_trace_in_networks() {
    let (config, _) = base();
    for architecture in architectures(&config) {
        let is_evo = matches!(architecture, Architecture::Evo { .. } | Architecture::ResidualEvo { .. });
        let go = |folder: &Path, fails_at: Option<u64>| -> Result<Vec<Vec<f32>>> {
            let objective = Generated::new(base().1, network(&architecture)).with_penalty(1e-3).with_dropout(0.2);
            let schedule = Schedule { peak: 1e-2, warmup_steps: 1, steps: 7, decay: Decay::Cosine };
            let path = folder.join("checkpoint.safetensors");
            let checkpoint = Some(CheckpointOptions { path, every: 2, identity: "x".to_owned() });
            let options = RunOptions { checkpoint, ..RunOptions::new(schedule) };
            let batches = |step: u64| {
                if fails_at == Some(step) {
                    return Err(Error::option("kill", step, "the power fails"));
                }
                let shift = usize::try_from(step).unwrap();
                let conditions = match (is_evo, step) {
                    (false, _) => Conditions::Vectors(wave(&[3, CONTEXT], step as f64)),
                    (true, 0 | 4) => histories(begun()),
                    (true, _) => histories([Start::Carried, Start::Carried]),
                };
                Ok(vec![Conditioned { conditions, rows: rows(4, shift, &[0, 1, 2]) }])
            };
            run(&objective, &batches, &options, &mut NoObserver)?;
            let values = |(_, tensor): (_, &Tensor)| Vec::try_from(tensor.detach().flatten(0, -1)).unwrap();
            Ok(objective.parameters().iter().map(values).collect())
        };
        let folder = tempfile::tempdir().unwrap();
        let expected = go(folder.path(), None).unwrap();
        for fails_at in [1, 3, 6] {
            let folder = tempfile::tempdir().unwrap();
            assert!(go(folder.path(), Some(fails_at)).is_err());
            assert!(go(folder.path(), None).unwrap() == expected, "{architecture:?}, broken off at {fails_at}");
        }
    }
}
