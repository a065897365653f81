//! An adapter that `adapt` writes answers as the network does.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bench::{CommitId, Release, Split, TaskId};
use serde_json::Value;

use super::corpus::{COMMON, CORPUS, done, refused, subject};

/// The text of every answer in a file of predictions.
fn texts(path: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().skip(1).map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.map(|row| (row["task"].as_str().unwrap().to_owned(), row["completion"].as_str().unwrap().to_owned())).collect()
}

/// Puts the adapter in `folder` into the artifact `slora`, which then answers with it.
fn install(root: &Path, folder: &str) {
    let path = root.join("slora/artifact.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for file in ["adapter_config.json", "adapter_model.safetensors"] {
        let to = root.join("slora/adapter").join(file);
        fs::copy(root.join(folder).join(file), &to).unwrap();
        manifest["files"][format!("adapter/{file}")] = bench::file::hash(&to).unwrap().into();
    }
    fs::write(path, manifest.to_string()).unwrap();
}

/// The tasks of `repo` at `commit`.
fn tasks(release: &Release, repo: &bench::RepoId, commit: &CommitId) -> Vec<TaskId> {
    let tasks = release.tasks(Split::CrossRepoTest).unwrap().into_iter();
    tasks
        .filter(|task| (&task.assertion.repo, &task.assertion.commit) == (repo, commit))
        .map(|task| task.assertion.id)
        .collect()
}

/// The very texts of `predict METHOD`, task by task, with the adapter of the task's commit as a folder of PEFT.
#[test]
fn exported_adapters_answer_as_their_networks() {
    let root = CORPUS.path();
    let (known, clone, commits) = subject();
    let release = Release::open(&root.join("evolution")).unwrap();
    done(
        root,
        "train slora --release evolution --model base --device cpu --budget steps=1 --config network.toml --out slora",
    );
    let predict = |method: &str, more: &str, out: &str| {
        done(
            root,
            &format!(
                "predict {method} --release evolution --model base --splits cr_test --device cpu{more} --out {out}"
            ),
        );
        texts(&root.join(out))
    };
    let alone = predict("pretrained", "", "pretrained.jsonl");
    let mut heeded = false;
    let commit = commits.iter().rev().find(|commit| !tasks(&release, &known.repo, commit).is_empty()).unwrap();
    for (method, more) in [
        ("static", ""),
        ("text2lora", ""),
        ("text2lora-shared", ""),
        ("paw", ""),
        ("static-layers", ""),
        ("residual", ""),
        ("evo", ",diffs.safetensors"),
        ("residual-evo", ""),
    ] {
        let adapter = format!("adapter-{method}");
        let told = done(
            root,
            &format!("adapt --method {method} --checkpoint {method} {COMMON} --rev {commit} --out {adapter} {clone}"),
        );
        assert!(told.contains("time: encoder") && told.ends_with(&format!("{adapter}\n")), "{told}");
        install(root, &adapter);
        let expected = predict(
            method,
            &format!(" --artifact {method} --vectors state.safetensors{more}"),
            &format!("{method}.jsonl"),
        );
        let found = predict("slora", " --artifact slora", &format!("{method}-exported.jsonl"));
        for task in tasks(&release, &known.repo, commit) {
            assert_eq!(found[task.as_str()], expected[task.as_str()], "{method} {task}");
            heeded |= found[task.as_str()] != alone[task.as_str()];
        }
    }
    assert!(heeded, "adapters change answers");
}

/// M25: networks refuse encoders, bases and methods other than their own, and say what would mend it.
#[test]
fn what_does_not_fit_is_refused() {
    let root = CORPUS.path();
    let (_, clone, _) = subject();
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/baselines/tests/golden/qwen2/tied-kv1");
    let adapt = format!("adapt --method static --checkpoint static {COMMON} --out refused {clone}");
    for (from, to, reason) in [
        ("--fit-on evolution", "--fit-on release", "the network was trained on vectors by hashed"),
        ("--fit-on evolution", "--fit-on evolution --encoder-seed 7", "--fit-on names the release"),
        (" --fit-on evolution", "", "needs --fit-on RELEASE"),
        ("--fit-on evolution", "--fit-on evolution --encoder-precision f32", "`hashed` has none"),
        ("--checkpoint static", "--checkpoint evo", "it is of evo, not of static"),
        ("--checkpoint static", "--checkpoint evo/network.safetensors", "it is of evo, not of static"),
        ("--checkpoint static", "--checkpoint state.safetensors", "its description is broken"),
        ("--model base", &format!("--model {golden}"), "it was trained on another base model"),
        ("--out refused", "--out evolution", "holds something else than an adapter"),
        ("--out refused", "--out refused --state s", "keeps no state"),
        (&clone, "evolution", "is not a git repository"),
        ("--out refused", "--out refused --rev nothing", "names no commit"),
        ("--method static", "--method evo", "it is of static, not of evo"),
    ] {
        let message = refused(root, &adapt.replace(from, to));
        assert!(message.contains(reason), "{to}: {message}");
        assert!(!root.join("refused").exists());
    }
    let bare = adapt.replace("--checkpoint static", "--checkpoint static/network.safetensors");
    done(root, &bare.replace("--out refused", "--out of-file"));
    done(root, &adapt.replace("--out refused", "--out of-artifact"));
    let weights = |folder: &str| super::corpus::weights(root.join(folder));
    assert!(weights("of-file") == weights("of-artifact"));
}
