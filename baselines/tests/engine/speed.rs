//! The speed of training beside PyTorch with PEFT, on the same examples of a real release: run by hand. Processor time is
//! compared, because the clock means nothing on a busy machine.
//!
//! ```text
//! RELEASE=… MODEL=… PYTHON=… [EXAMPLES=32] cargo test --release --workspace --test engine speed -- --ignored --nocapture
//! ```

use std::path::{Path, PathBuf};

use baselines::LanguageModel;
use baselines::adapter::LoraOptions;
use baselines::examples::{BatchLimits, Example, Examples, Format, LongTargets, SourceOptions, micro_batches};
use baselines::model::Precision;
use baselines::train::{Activations, Batch, LowRank, NoObserver, RunOptions, Schedule, run};
use bench::{Release, Seed, Split};
use tch::Device;

use crate::golden::python;

/// Examples of the step that is timed, unless the environment says otherwise.
const EXAMPLES: usize = 32;
const MAX_LEN: usize = 2048;
pub(crate) const THREADS: i32 = 2;
/// Runs of which the best counts.
const RUNS: usize = 2;

#[expect(clippy::disallowed_methods, reason = "what is timed is known to the caller alone")]
pub(crate) fn folder(variable: &str) -> PathBuf {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} names a folder")).into()
}

#[expect(clippy::disallowed_methods, reason = "how long one can wait is known to the caller alone")]
pub(crate) fn count() -> usize {
    std::env::var("EXAMPLES").map_or(EXAMPLES, |count| count.parse().expect("EXAMPLES is a number"))
}

/// Seconds of processor time of this process so far.
pub(crate) fn work() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    // Clock ticks, of which Linux shows a hundred a second to every program.
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

/// Examples from all over the release, in an order that says nothing of their length.
pub(crate) fn examples(release: &Path, model: &LanguageModel) -> Vec<Example> {
    let options = SourceOptions {
        splits: vec![Split::Train],
        anchors: false,
        allow_contaminated: false,
        filter: true,
        format: Format::Natural,
        max_len: MAX_LEN,
        long_targets: LongTargets::Kept,
    };
    let scratch = tempfile::tempdir().unwrap();
    let all = Examples::read(&Release::open(release).unwrap(), &options, &model.tokenizer, scratch.path()).unwrap();
    let pick = |at: usize| u32::try_from((at * 7919 + 13) % all.len()).unwrap();
    (0..count()).map(|at| all.example(pick(at)).unwrap()).collect()
}

/// Seconds of processor time of one step, with this treatment of activations.
fn ours(folder: &Path, examples: &[Example], activations: Activations) -> f64 {
    let model = LanguageModel::open(folder, Device::Cpu, Precision::F32).unwrap();
    let adapter = LoraOptions::default().init(model.config(), Seed(0), Device::Cpu);
    let (model, ..) = model.into_parts();
    let objective = LowRank::new(model, adapter).unwrap().with_activations(activations);
    let lengths: Vec<usize> = examples.iter().map(Example::len).collect();
    let batch = |rows: &Vec<usize>| Batch::examples(&rows.iter().map(|&row| examples[row].clone()).collect::<Vec<_>>());
    let limits = BatchLimits { rows: 16, tokens: 8192 };
    let schedule = Schedule { peak: 1e-4, warmup_steps: 0, steps: 1, decay: baselines::train::Decay::Constant };
    let options = RunOptions::new(schedule);
    // Warm up on the first example.
    run(&objective, &|_| Ok(vec![Batch::examples(&examples[..1])?]), &options, &mut NoObserver).unwrap();
    let begun = work();
    let batches = |_| micro_batches(&lengths, limits).iter().map(batch).collect();
    run(&objective, &batches, &options, &mut NoObserver).unwrap();
    work() - begun
}

/// Seconds that `script`, a Python program beside the golden files, prints for `value`, which it reads as a file. Its
/// arguments are `before`, `folder`, that file, the threads, and `after`.
pub(crate) fn seconds(
    script: &str,
    before: &[&str],
    folder: &Path,
    value: &impl serde::Serialize,
    after: &[&str],
) -> f64 {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(script);
    let temporary = tempfile::tempdir().unwrap();
    let path = temporary.path().join("examples.json");
    std::fs::write(&path, serde_json::to_string(value).unwrap()).unwrap();
    let mut command = std::process::Command::new(python());
    command.arg(script).args(before).args([folder, &path]).arg(THREADS.to_string()).args(after);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().parse().unwrap()
}

/// The least of what `time` says: machines have other things to do.
pub(crate) fn best(time: impl Fn() -> f64) -> f64 {
    (0..RUNS).map(|_| time()).fold(f64::INFINITY, f64::min)
}

/// What the Python programs read of examples.
pub(crate) fn pairs(examples: &[Example]) -> Vec<(&Vec<u32>, &Vec<u32>)> {
    examples.iter().map(|example| (&example.prefix, &example.target)).collect()
}

#[test]
#[ignore = "needs RELEASE, MODEL, PYTHON with peft, and minutes"]
fn training_is_faster_than_eager_peft() {
    tch::set_num_threads(THREADS);
    let (release, base) = (folder("RELEASE"), folder("MODEL"));
    let examples = examples(&release, &LanguageModel::open(&base, Device::Cpu, Precision::F32).unwrap());
    let tokens: usize = examples.iter().map(Example::len).sum();
    let theirs = |rows: &str| seconds("time_training.py", &[], &base, &pairs(&examples), &[rows]);
    let kept = best(|| ours(&base, &examples, Activations::Kept));
    let single = best(|| theirs("1"));
    let four = best(|| theirs("4"));
    let recomputed = best(|| ours(&base, &examples, Activations::Recomputed));
    let rate = |seconds: f64| tokens as f64 / seconds;
    eprintln!(
        "{tokens} tokens in {} examples; tokens a second of processor time: ours {:.0}, recomputed {:.0}; PEFT, rows of 1 {:.0}, of 4 {:.0}",
        examples.len(),
        rate(kept),
        rate(recomputed),
        rate(single),
        rate(four)
    );
    assert!(kept * 1.5 <= single.min(four));
}
