//! Exported adapters in the hands of Python (run by `make interop`): the library PEFT writes the same text with them, and an
//! implementation of the rules of its own computes the same numbers.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use baselines::adapter::{BranchInput, Sharing};
use baselines::encoder::{Encoder, HashedEncoder, Recipe, Weighting};
use baselines::hypernetwork::{AdapterShape, Architecture, Checkpoint, HeadOptions, Reads, StateOptions, StepInput};
use baselines::model::Config;
use bench::{Release, Seed, Split, VectorKind};
use miner::{Live, Options};
use serde_json::{Value, json};

use super::corpus::{COMMON, CORPUS, done, subject};

/// Numbers of a window's vector: the widths are the published ones.
const WIDTH: usize = 1024;

/// Runs a script of the golden files, which must be content.
fn python(script: &str, arguments: &[&Path]) {
    #[expect(clippy::disallowed_methods, reason = "where Python lies is known to the caller alone")]
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("baselines/tests/golden").join(script);
    let output = Command::new(python).arg(&script).args(arguments).output().expect("Python runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(!told.is_empty());
    // What was found is worth reading in the log of a run.
    drop(std::io::Write::write_all(&mut std::io::stderr(), told.as_bytes()));
}

/// The text that `predict` writes is that of `generate` with the exported adapter, on a model that knows nothing and on one that
/// was trained.
#[test]
#[ignore = "needs PYTHON with torch, transformers and peft"]
fn the_library_writes_the_text_of_predict() {
    let root = CORPUS.path();
    let (known, clone, commits) = subject();
    let trained = fs::read_to_string(root.join("base.toml")).unwrap().replace("steps = 4", "steps = 300");
    fs::write(root.join("trained.toml"), trained).unwrap();
    done(root, "pretrain --release release --out trained --config trained.toml --device cpu");
    let release = Release::open(&root.join("evolution")).unwrap();
    let tasks = release.tasks(Split::CrossRepoTest).unwrap();
    let of = |commit: &bench::CommitId| -> Vec<&bench::Task> {
        let is_there = |task: &&bench::Task| task.assertion.repo == known.repo && task.assertion.commit == *commit;
        tasks.iter().filter(is_there).collect()
    };
    let commit = commits.iter().max_by_key(|commit| of(commit).len()).unwrap();
    for base in ["base", "trained"] {
        for (method, config, more) in
            [("static", "head.toml", ""), ("evo", "evo.toml", ",diffs.safetensors"), ("residual", "network.toml", "")]
        {
            let (artifact, adapter) = (format!("{base}-{method}"), format!("{base}-{method}-adapter"));
            let vectors = format!("--vectors state.safetensors{more}");
            done(
                root,
                &format!(
                    "train {method} --release evolution --model {base} --device cpu --config {config} \
                     --budget steps=30 {vectors} --out {artifact}"
                ),
            );
            let common = COMMON.replace("--model base", &format!("--model {base}"));
            done(
                root,
                &format!(
                    "adapt --method {method} --checkpoint {artifact} {common} --rev {commit} --out {adapter} {clone}"
                ),
            );
            let out = format!("{artifact}.jsonl");
            done(
                root,
                &format!(
                    "predict {method} --release evolution --model {base} --artifact {artifact} {vectors} --splits cr_test \
                     --device cpu --precision f32 --out {out}"
                ),
            );
            let text = fs::read_to_string(root.join(out)).unwrap();
            let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            let header = lines.next().unwrap();
            let answers: BTreeMap<String, Value> =
                lines.map(|row| (row["task"].as_str().unwrap().to_owned(), row["completion"].clone())).collect();
            let tasks: Vec<Value> = of(commit)
                .into_iter()
                .map(|task| json!({ "prefix": task.assertion.prefix, "completion": answers[task.id().as_str()] }))
                .collect();
            assert!(tasks.len() >= 4, "there are tasks at this commit");
            let setting = |name: &str| -> u64 {
                let value = find(&header, name).unwrap_or_else(|| panic!("{name} is not in {header}"));
                value.as_str().unwrap().parse().unwrap()
            };
            let banned =
                ["fim_prefix", "fim_suffix", "fim_middle", "fim_pad", "file_sep", "repo_name", "im_start", "im_end"];
            let record = json!({
                "max_input_tokens": setting("decoding.max_input_tokens"),
                "max_new_tokens": setting("decoding.max_new_tokens"),
                "banned": banned.map(|name| format!("<|{name}|>")),
                "tasks": tasks,
            });
            let path = root.join("tasks.json");
            fs::write(&path, record.to_string()).unwrap();
            python("check_text.py", &[&root.join(base), &root.join(&adapter), &path]);
        }
    }
}

/// The value of the key `name`, wherever it stands.
fn find<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Object(fields) => fields.get(name).or_else(|| fields.values().find_map(|field| find(field, name))),
        Value::Array(items) => items.iter().find_map(|item| find(item, name)),
        _ => None,
    }
}

/// A, B of a static head of the published width and of a recurrent network, both with random weights, to 1e-6.
#[test]
#[ignore = "needs PYTHON with numpy and safetensors"]
fn the_rules_give_the_numbers_of_adapt() {
    let root = CORPUS.path();
    let (known, clone, _) = subject();
    let release = Release::open(&root.join("evolution")).unwrap();
    let encoder = HashedEncoder::fit_on(&release, WIDTH, Weighting::Spread, Seed(0)).unwrap();
    let shape = AdapterShape::new(&Config::read(&root.join("base")).unwrap(), 16, 32.0);
    let context = i64::try_from(2 * WIDTH).unwrap();
    let head = |context, hidden| HeadOptions {
        context,
        hidden,
        adapter: shape.clone(),
        input: BranchInput::Detached,
        sharing: Sharing::Shared,
    };
    let state = StateOptions { step_input: context, initial_input: context, hidden: 256 };
    let networks = [
        ("static", Architecture::Static { head: head(context, 512) }),
        ("evo", Architecture::Evo { state, step: StepInput::Diff, reads_before: false, head: head(256, 128) }),
    ];
    let material = root.join("material.json");
    fs::write(&material, windows(&root.join(&clone), &known.commit, &encoder).to_string()).unwrap();
    for (method, architecture) in networks {
        let path = root.join(format!("random-{method}.safetensors"));
        let cpu = baselines::device::select("cpu".parse().unwrap()).unwrap().device;
        let parameters = architecture.init(Seed(11), cpu);
        let network = architecture.build(&path, parameters).unwrap();
        let reads =
            Reads { kind: VectorKind::RepoStateG2, exclude_tests: false, encoder: Some(encoder.identity().clone()) };
        Checkpoint { architecture, reads, network }.save(&path).unwrap();
        let adapter = format!("random-{method}");
        let checkpoint = path.display();
        done(root, &format!("adapt --method {method} --checkpoint {checkpoint} {COMMON} --out {adapter} {clone}"));
        python(
            "check_adapt.py",
            &[&path, &root.join(adapter), &root.join(&clone), Path::new(known.commit.as_str()), &material],
        );
    }
}

/// What only the encoder can say of the repository: the windows of every Python file at `head` and at the first kept commit, and
/// of the diffs of the kept commits.
fn windows(clone: &Path, head: &bench::CommitId, encoder: &HashedEncoder) -> Value {
    let live = Live::open(clone, Options::new(clone.join("cache")), None).unwrap();
    let survey = live.survey(head, None).unwrap();
    let kept = survey.kept(None, &miner::NoObserver).unwrap().unwrap().commits;
    let encoded = |kind, text: &str| {
        let layout = Recipe::new(kind, false).unwrap().layout();
        encoder.encode(&[text], layout).unwrap().remove(0).windows
    };
    let mut blobs = BTreeMap::new();
    for commit in [head, &kept[0]] {
        for file in survey.tree(commit).unwrap().files {
            let id = miner::blob_id(file.text.as_bytes()).to_string();
            blobs.entry(id).or_insert_with(|| encoded(VectorKind::RepoStateG2, &file.text));
        }
    }
    let diffs = survey.diffs(None, &kept).unwrap();
    let diffs: Vec<_> = diffs.iter().map(|diff| encoded(VectorKind::DiffG2, diff)).collect();
    json!({ "blobs": blobs, "kept": kept, "diffs": diffs })
}
