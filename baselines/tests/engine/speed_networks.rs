//! The speed of training networks beside plain PyTorch, on the same examples of a real release: run by hand. Processor time
//! is compared, because the clock means nothing on a busy machine.
//!
//! ```text
//! RELEASE=… MODEL=… PYTHON=… [EXAMPLES=32] cargo test --release --workspace --test engine speed_networks -- --ignored --nocapture
//! ```

use std::cell::Cell;
use std::path::Path;

use baselines::LanguageModel;
use baselines::adapter::{BranchInput, Sharing};
use baselines::examples::{BatchLimits, Example, micro_batches};
use baselines::hypernetwork::{AdapterShape, Architecture, HeadOptions, Network, StateOptions, StepInput};
use baselines::model::Precision;
use baselines::train::{
    Batch, Conditioned, Conditions, Decay, Generated, Lane, Moment, NoObserver, Rows, RunOptions, Schedule, Start, run,
};
use bench::Seed;
use tch::{Device, Kind, Tensor};

use crate::speed::{THREADS, best, count, examples, folder, pairs, seconds, work};

/// Tasks of a repository, or of a commit, in a step.
const GROUP: usize = 4;
/// Numbers of a repository's vector, and of the state.
const CONTEXT: i64 = 2048;

fn network(kind: &str, shape: AdapterShape) -> Network {
    let head = HeadOptions {
        context: CONTEXT,
        hidden: 1024,
        adapter: shape,
        input: BranchInput::Exact,
        sharing: Sharing::Shared,
    };
    let state = StateOptions { step_input: CONTEXT, initial_input: CONTEXT, hidden: CONTEXT };
    let architecture = match kind {
        "static" => Architecture::Static { head },
        _ => Architecture::Evo { state, step: StepInput::Diff, reads_before: false, head },
    };
    let parameters = architecture.init(Seed(0), Device::Cpu);
    architecture.build(Path::new("test"), parameters).unwrap()
}

fn conditions(kind: &str, groups: usize) -> Conditions {
    let vectors = Tensor::randn([i64::try_from(groups).unwrap(), CONTEXT], (Kind::Float, Device::Cpu));
    if kind == "static" {
        return Conditions::Vectors(vectors);
    }
    let moment = |row: Tensor| Moment { input: row, cut: false, scored: true };
    let start = Start::Initial(Tensor::zeros([CONTEXT], (Kind::Float, Device::Cpu)));
    Conditions::Histories(vec![Lane { number: 0, start, moments: vectors.unbind(0).into_iter().map(moment).collect() }])
}

/// Micro-batches of `examples`, each with the group that it belongs to.
fn rows(examples: &[Example]) -> Vec<Rows> {
    let lengths: Vec<usize> = examples.iter().map(Example::len).collect();
    let of = |rows: Vec<usize>| Rows {
        batch: Batch::examples(&rows.iter().map(|&row| examples[row].clone()).collect::<Vec<_>>()).unwrap(),
        conditions: rows.iter().map(|row| row / GROUP).collect(),
    };
    micro_batches(&lengths, BatchLimits { rows: 16, tokens: 8192 }).into_iter().map(of).collect()
}

/// Seconds of processor time of the second step: the first warms up, and makes what the optimizer keeps.
fn ours(kind: &str, folder: &Path, examples: &[Example]) -> f64 {
    let model = LanguageModel::open(folder, Device::Cpu, Precision::F32).unwrap();
    let network = network(kind, AdapterShape::new(model.config(), 16, 32.0));
    let (model, ..) = model.into_parts();
    let objective = Generated::new(model, network);
    let options = RunOptions::new(Schedule { peak: 1e-4, warmup_steps: 0, steps: 2, decay: Decay::Constant });
    let begun = Cell::new(0.0);
    let step = |number: u64| {
        let examples = if number == 0 { &examples[..1] } else { examples };
        begun.set(work());
        let groups = examples.len().div_ceil(GROUP);
        Ok(vec![Conditioned { conditions: conditions(kind, groups), rows: rows(examples) }])
    };
    run(&objective, &step, &options, &mut NoObserver).unwrap();
    work() - begun.get()
}

#[test]
#[ignore = "needs RELEASE, MODEL, PYTHON with transformers, and minutes"]
fn networks_train_three_times_as_fast_as_in_plain_pytorch() {
    tch::set_num_threads(THREADS);
    let (release, base) = (folder("RELEASE"), folder("MODEL"));
    let examples = examples(&release, &LanguageModel::open(&base, Device::Cpu, Precision::F32).unwrap());
    let tokens: usize = examples.iter().map(Example::len).sum();
    let pairs = pairs(&examples);
    let groups: Vec<_> = pairs.chunks(GROUP).collect();
    let theirs = |kind: &str| seconds("time_networks.py", &[kind], &base, &groups, &[]);
    let mut ratios = Vec::new();
    for kind in ["static", "evo"] {
        let (ours, theirs) = (best(|| ours(kind, &base, &examples)), best(|| theirs(kind)));
        eprintln!(
            "{kind}: {} examples, {tokens} tokens: ours {ours:.2} s, plain PyTorch {theirs:.2} s of processor time: {:.2} times",
            count(),
            theirs / ours
        );
        ratios.push(theirs / ours);
    }
    assert!(ratios.iter().all(|ratio| *ratio >= 3.0));
}
