//! `train` and `predict --artifact` from outside: whole artifacts, kills, refusals.

#![cfg(feature = "torch")]

mod experiment;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use tempfile::TempDir;

mod networks;

fn repopeft(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repopeft"));
    command.args(arguments.split(' ')).current_dir(folder);
    command
}

fn done(folder: &Path, arguments: &str) -> String {
    let Output { status, stdout, stderr } = repopeft(folder, arguments).output().expect("the binary runs");
    assert!(status.success(), "{arguments}\n{}", String::from_utf8_lossy(&stderr));
    String::from_utf8_lossy(&stdout).into_owned()
}

/// The error of a run that must fail with code 2.
fn refused(folder: &Path, arguments: &str) -> String {
    let output = repopeft(folder, arguments).output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(2), "{arguments}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const BASE: &str = "vocab_size = 600\nhidden_size = 32\nlayers = 2\nheads = 2\nkv_heads = 1\nintermediate_size = 64\n\
                    context_tokens = 256\nbatch_rows = 2\nsteps = 4\nwarmup_steps = 1\n";
const TRAINING: &str = "step_examples = 4\n[lora]\ndropout = 0.2\n[optimizer]\nlearning_rate = 3e-3\n[validation]\n\
                        commits = 2\ntasks = 2\nmeasures = 5\n";
/// What every training of these tests is given.
const COMMON: &str = "--release release --model base --device cpu --threads 2";

/// A folder with a small release and a small model.
static CORPUS: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    done(root, "probe --out probe --train 3 --cr-val 1 --cr-test 1 --ood 1");
    done(root, "mine --repos probe/repos.toml --tracks static --out mining");
    done(root, "build --mining mining --out release");
    fs::write(root.join("base.toml"), BASE).expect("written");
    fs::write(root.join("training.toml"), TRAINING).expect("written");
    fs::write(root.join("full.toml"), TRAINING.replace("[lora]\ndropout = 0.2\n", "")).expect("written");
    done(root, "pretrain --release release --out base --config base.toml --device cpu --threads 2");
    folder
});

/// Every file below `folder` but the record of what training took, with its bytes.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_none_or(|name| name != "training.json") {
                files.push((path.strip_prefix(folder).expect("below").to_owned(), fs::read(&path).expect("read")));
            }
        }
    }
    files.sort();
    files
}

fn is_equal(a: &Path, b: &Path) -> bool {
    let (a, b) = (contents(a), contents(b));
    assert!(a.iter().map(|file| &file.0).eq(b.iter().map(|file| &file.0)), "the files of both are the same");
    a == b
}

/// kill -9 at any moment, as often as it comes, leaves the bytes of an undisturbed run.
#[test]
fn kills_leave_no_trace() {
    let root = CORPUS.path();
    for (method, config, steps) in
        [("slora", "training.toml", 60), ("plora", "training.toml", 12), ("fft", "full.toml", 40)]
    {
        let train = |out: &str| {
            format!("train {method} {COMMON} --out {out} --config {config} --budget steps={steps} --checkpoint-every 3")
        };
        let (whole, killed) = (format!("{method}-whole"), format!("{method}-killed"));
        done(root, &train(&whole));
        // Moments that are spread over a run, the start of the program included.
        let mut moment = 150;
        for _ in 0..12 {
            let mut child =
                repopeft(root, &train(&killed)).stderr(Stdio::null()).stdout(Stdio::null()).spawn().expect("runs");
            std::thread::sleep(Duration::from_millis(moment));
            child.kill().expect("killed");
            child.wait().expect("ended");
            moment = 150 + (moment * 7 + 331) % 1700;
            assert!(kept_states(&root.join(&killed)) <= 1, "{method}");
        }
        done(root, &train(&killed));
        assert!(is_equal(&root.join(&whole), &root.join(&killed)), "{method}");
        assert!(!root.join(&killed).join("state").exists());
    }
}

/// How many repositories have both an adapter and the state of the run that made it.
fn kept_states(artifact: &Path) -> usize {
    let Ok(adapters) = fs::read_dir(artifact.join("adapters")) else { return 0 };
    let finished = adapters.map(|entry| entry.expect("an entry")).filter(|entry| {
        entry.path().join("adapter_config.json").exists() && artifact.join("state").join(entry.file_name()).exists()
    });
    finished.count()
}

/// Equal artifacts are those of equal settings, up to what the model cannot read.
#[test]
fn a_finished_artifact_answers_for_its_own_settings_alone() {
    let root = CORPUS.path();
    let train = |max_len: u32| {
        let config = format!("{TRAINING}[data]\nmax_len = {max_len}\n");
        fs::write(root.join("length.toml"), config).expect("written");
        format!("train slora {COMMON} --out length --config length.toml --budget steps=2")
    };
    done(root, &train(64));
    let message = refused(root, &train(128));
    assert!(message.contains("an artifact of another training"), "{message}");
    fs::create_dir_all(root.join("length/state/left")).expect("made");
    done(root, &train(64));
    assert!(!root.join("length/state").exists(), "what a killed run left is removed");
    fs::remove_dir_all(root.join("length")).expect("removed");
    // The model reads 256 tokens.
    done(root, &train(300));
    let before = contents(&root.join("length"));
    done(root, &train(4096));
    assert_eq!(contents(&root.join("length")), before);
    let message = refused(root, &format!("{} --share-budget", train(4096)));
    assert!(message.contains("leave --share-budget out"), "{message}");
    fs::write(root.join("negative.toml"), "budget = { epochs = -3.0 }\n").expect("written");
    let message = refused(root, &format!("train slora {COMMON} --out nowhere --config negative.toml"));
    assert!(message.contains("`budget` is epochs=-3"), "{message}");
}

#[test]
fn artifacts_answer_and_refuse_what_they_are_not_for() {
    let root = CORPUS.path();
    let train = format!("train slora {COMMON} --out slora --config training.toml --budget examples=30 --seed 1");
    assert_eq!(done(root, &train), "slora\n");
    let before = contents(&root.join("slora"));
    done(root, &train);
    assert_eq!(contents(&root.join("slora")), before, "nothing is left to do");
    let message = refused(root, &train.replace("--seed 1", "--seed 2"));
    assert!(message.contains("an artifact of another training"), "{message}");
    let record: serde_json::Value =
        serde_json::from_slice(&fs::read(root.join("slora/training.json")).expect("read")).expect("JSON");
    assert_eq!((&record["presented"]["examples"], &record["presented"]["steps"]), (&30.into(), &8.into()));
    assert!(record["peak_bytes"].as_u64().is_some_and(|bytes| bytes > 1 << 20));

    let predict = |method: &str, more: &str| {
        format!(
            "predict {method} --release release --model base --out {method}.jsonl --splits cr_val --device cpu{more}"
        )
    };
    let answers = done(root, &predict("slora", " --artifact slora"));
    assert!(answers.ends_with("slora.jsonl\n"), "{answers}");
    let header = fs::read_to_string(root.join("slora.jsonl")).expect("read");
    assert!(header.contains(r#""training_budget":{"steps":8,"examples":30"#), "{header}");
    for (arguments, reason) in [
        (predict("slora", ""), "`repopeft train slora` makes the folder for --artifact"),
        (predict("rag", " --artifact slora"), "rag is not trained"),
        (predict("plora", " --artifact slora"), "it is of slora, not of plora"),
        (predict("slora", " --artifact release"), "it holds no artifact.json"),
        (predict("slora-g2", " --artifact slora"), "it was trained under fair, not paper-g2; give --profile fair"),
    ] {
        let message = refused(root, &arguments);
        assert!(message.contains(reason), "{message}");
    }
    done(root, "pretrain --release release --out other --config base.toml --device cpu --threads 2 --seed 9");
    let message = refused(root, &predict("slora", " --artifact slora").replace("--model base", "--model other"));
    assert!(message.contains("it was trained on another base model"), "{message}");
    let weights = root.join("slora/adapter/adapter_model.safetensors");
    let mut bytes = fs::read(&weights).expect("read");
    *bytes.last_mut().expect("bytes") ^= 1;
    fs::write(&weights, &bytes).expect("written");
    let message = refused(root, &predict("slora", " --artifact slora").replace("slora.jsonl", "again.jsonl"));
    assert!(message.contains("adapter_model.safetensors"), "{message}");
}

/// M119: where a repository has no task to validate on, a share of its examples is held out, if the settings say so.
#[test]
fn repositories_without_validation_tasks_lend_examples() {
    let root = CORPUS.path();
    // Training repositories have no task of this split.
    let foreign = TRAINING.replace("[validation]\n", "[validation]\nsplit = \"cr_val\"\n");
    for (out, percent) in [("lent", 20), ("whole-plora", 0)] {
        fs::write(root.join("lent.toml"), format!("{foreign}hold_out_percent = {percent}\n")).expect("written");
        done(root, &format!("train plora {COMMON} --out {out} --config lent.toml --budget steps=2"));
    }
    let counts = |out: &str| {
        let adapters = fs::read_dir(root.join(out).join("adapters")).expect("a folder");
        let mut counts: Vec<(u64, u64)> = adapters
            .map(|adapter| {
                let path = adapter.expect("an entry").path().join("training.json");
                let record: serde_json::Value = serde_json::from_slice(&fs::read(path).expect("read")).expect("JSON");
                let count = |name: &str| record[name].as_u64().expect("a count");
                (count("distinct_examples"), count("validation_tasks"))
            })
            .collect();
        counts.sort_unstable();
        counts
    };
    let whole = counts("whole-plora");
    assert!(!whole.is_empty() && whole.iter().all(|(trained, validated)| *trained > 1 && *validated == 0));
    let mut divided: Vec<(u64, u64)> =
        whole.iter().map(|(all, _)| (all - (all * 20).div_ceil(100), (all * 20).div_ceil(100))).collect();
    divided.sort_unstable();
    assert_eq!(counts("lent"), divided);
    fs::write(root.join("lent.toml"), format!("{foreign}hold_out_percent = 20\n")).expect("written");
    let message = refused(root, &format!("train slora {COMMON} --out nowhere --config lent.toml"));
    assert!(message.contains("hold_out_percent"), "{message}");
}

/// M56: a merged adapter answers as the one beside the model, up to rounding, and the card says which it was.
#[test]
fn adapters_can_be_merged_into_the_base_model() {
    let root = CORPUS.path();
    done(root, &format!("train slora {COMMON} --out to-merge --config training.toml --budget steps=8"));
    fs::write(root.join("merge.toml"), "[adaptation]\nmerge = true\n").expect("written");
    let answers = |out: &str, more: &str| {
        done(
            root,
            &format!(
                "predict slora --release release --model base --artifact to-merge --out {out} --splits cr_val{more}"
            ),
        );
        let text = fs::read_to_string(root.join(out)).expect("read");
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (beside, merged) = (answers("beside.jsonl", ""), answers("merged.jsonl", " --config merge.toml"));
    assert!(merged[0].contains("merged into the base model") && !beside[0].contains("merged into"), "{}", merged[0]);
    let equal = beside[1..].iter().zip(&merged[1..]).filter(|(a, b)| a == b).count();
    assert_eq!(beside.len(), merged.len());
    assert!(equal * 10 >= (beside.len() - 1) * 9, "{equal} of {} answers are equal", beside.len() - 1);
}

#[test]
fn outlooks_count_and_write_nothing() {
    let root = CORPUS.path();
    let text = done(root, &format!("train slora {COMMON} --out nowhere --budget examples=40 --dry-run"));
    let value =
        |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
    assert_eq!((value("examples presented"), value("steps")), ("40".to_owned(), "3".to_owned()), "{text}");
    assert!(!value("time at least").is_empty() && !root.join("nowhere").exists());
    for (arguments, reason) in [
        ("--budget hours=3", "write epochs=N, examples=N, tokens=N or steps=N"),
        ("--profile fairest", "fairest"),
        ("--config absent.toml", "cannot read absent.toml"),
    ] {
        let message = refused(root, &format!("train slora {COMMON} --out nowhere {arguments}"));
        assert!(message.contains(reason), "{message}");
    }
    let message = refused(root, &format!("train slra {COMMON} --out nowhere"));
    assert!(message.contains("did you mean `slora`"), "{message}");
}
