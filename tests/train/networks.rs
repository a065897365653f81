//! Networks that make adapters, from outside: trained, killed, answering, and refusing what they were not trained on.

use std::fs;
use std::process::Stdio;
use std::sync::LazyLock;
use std::time::Duration;

use tempfile::TempDir;

use super::{BASE, done, is_equal, refused, repopeft};

const TRAINING: &str = "step_examples = 4\n[validation]\ncommits = 2\ntasks = 2\nmeasures = 3\n";
const COMMON: &str = "--release release --model base --device cpu --threads 2 --config network.toml";

/// A folder with a release of histories, vectors of both kinds, and a small model.
static CORPUS: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    done(root, "probe --out probe --train 4 --cr-val 1 --cr-test 1 --ood 1");
    done(root, "mine --repos probe/repos.toml --tracks evolution --out mining");
    done(root, "build --mining mining --out release --track evolution");
    fs::write(root.join("base.toml"), BASE).expect("written");
    fs::write(root.join("network.toml"), TRAINING).expect("written");
    fs::write(root.join("head.toml"), format!("{TRAINING}[network.architecture]\nhidden = 8\n")).expect("written");
    let evo = "[network.architecture]\nhidden = 8\nstate = 8\n[network.architecture.walk]\nlanes = 2\nreach = 3\n";
    fs::write(root.join("evo.toml"), format!("{TRAINING}{evo}")).expect("written");
    done(root, "pretrain --release release --out base --config base.toml --device cpu --threads 2");
    let embed = |kind: &str, width: &str, out: &str| {
        done(root, &format!("embed --release release --encoder hashed --kind {kind} --width {width} --out {out}"));
    };
    embed("repo_state_g2 --exclude-tests", "32", "state.safetensors");
    embed("diff_g2", "32", "diffs.safetensors");
    embed("repo_state_g2", "32", "with-tests.safetensors");
    embed("diff_g2", "64", "wide-diffs.safetensors");
    folder
});

fn train(method: &str, config: &str, vectors: &str, out: &str) -> String {
    let common = COMMON.replace("network.toml", config);
    format!("train {method} {common} --vectors {vectors} --out {out} --budget steps=8 --checkpoint-every 2")
}

/// Every network is trained and answers; a second run finds nothing to do.
#[test]
fn networks_are_trained_and_answer() {
    let root = CORPUS.path();
    for (method, config) in [
        ("static", "head.toml"),
        ("text2lora", "network.toml"),
        ("paw", "network.toml"),
        ("static-layers", "head.toml"),
        ("text2lora-shared", "network.toml"),
        ("residual", "network.toml"),
        ("static-permuted", "head.toml"),
        ("static-random", "head.toml"),
    ] {
        done(root, &train(method, config, "state.safetensors", method));
        done(root, &train(method, config, "state.safetensors", method));
        let predict = format!(
            "predict {method} --release release --model base --vectors state.safetensors --artifact {method} \
             --out {method}.jsonl --splits cr_test --device cpu"
        );
        assert!(done(root, &predict).ends_with(&format!("{method}.jsonl\n")), "{method}");
    }
    fs::write(root.join("walk.toml"), format!("{TRAINING}[network.architecture.walk]\nlanes = 3\n")).expect("written");
    done(root, &train("residual-evo", "walk.toml", "state.safetensors", "residual-evo"));
    let own = "--vectors state.safetensors --artifact residual-evo --out residual-evo.jsonl";
    done(root, &format!("predict residual-evo --release release --model base {own} --splits cr_test --device cpu"));
    for method in ["residual", "residual-evo"] {
        let text = fs::read_to_string(root.join(method).join("training.json")).expect("read");
        let record: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let number = |of: &str, key: &str| record[of][key].as_f64().expect("a number");
        let (share, loss) = (number("calibration", "share"), number("calibration", "loss"));
        assert!((0.0..=1.0).contains(&share), "{text}");
        assert!(loss <= number("best", "loss") + 1e-9 && loss <= number("calibration", "without"), "{text}");
    }
    done(root, &train("evo", "evo.toml", "state.safetensors,diffs.safetensors", "evo"));
    let both = "--vectors state.safetensors,diffs.safetensors --artifact evo --out evo.jsonl";
    done(root, &format!("predict evo --release release --model base {both} --splits cr_test,ir_test --device cpu"));
    let anchored = "--vectors state.safetensors --artifact static --out anchored.jsonl";
    done(
        root,
        &format!("predict static-anchor --release release --model base {anchored} --splits cr_test --device cpu"),
    );
    let header = |file: &str| fs::read_to_string(root.join(file)).expect("read").lines().next().map(str::to_owned);
    assert!(header("anchored.jsonl").is_some_and(|line| line.contains(r#""adaptation.policy":"anchor""#)));
    assert!(header("static.jsonl").is_some_and(|line| line.contains(r#""vectors":"repo_state_g2 by hashed"#)));
}

/// States that are carried from step to step survive kills: the bytes are those of an undisturbed run.
#[test]
fn kills_leave_no_trace_in_networks() {
    let root = CORPUS.path();
    for (method, config, vectors) in
        [("evo", "evo.toml", "state.safetensors,diffs.safetensors"), ("residual", "network.toml", "state.safetensors")]
    {
        let (whole, killed) = (format!("{method}-whole"), format!("{method}-killed"));
        done(root, &train(method, config, vectors, &whole));
        let mut moment = 200;
        for _ in 0..6 {
            let command = train(method, config, vectors, &killed);
            let mut child = repopeft(root, &command).stderr(Stdio::null()).stdout(Stdio::null()).spawn().expect("runs");
            std::thread::sleep(Duration::from_millis(moment));
            child.kill().expect("killed");
            child.wait().expect("ended");
            moment = 200 + (moment * 7 + 331) % 1500;
        }
        done(root, &train(method, config, vectors, &killed));
        assert!(is_equal(&root.join(&whole), &root.join(&killed)), "{method}");
    }
}

/// M25, M22: vectors of another kind, encoder or treatment of tests are refused, and so are settings that mean nothing.
#[test]
fn what_a_network_does_not_read_is_refused() {
    let root = CORPUS.path();
    fs::write(root.join("control.toml"), format!("{TRAINING}[network]\ncontrol = \"random\"\n")).expect("written");
    fs::write(root.join("policy.toml"), format!("{TRAINING}[network]\npolicy = \"anchor\"\n")).expect("written");
    for (method, config, vectors, reason) in [
        (
            "residual",
            "network.toml",
            "diffs.safetensors",
            "test files left out are needed; `repopeft embed` makes them",
        ),
        ("residual", "network.toml", "with-tests.safetensors", "test files left out are needed"),
        ("evo", "evo.toml", "state.safetensors", "vectors of the kind diff_g2 are needed"),
        ("evo", "evo.toml", "state.safetensors,wide-diffs.safetensors", "they are by the encoder hashed"),
        ("evo", "policy.toml", "state.safetensors,diffs.safetensors", "a state is that of its own commit"),
        ("residual", "control.toml", "state.safetensors", "network.control makes the method what it is"),
        ("slora", "network.toml", "state.safetensors", "slora reads no vectors"),
        ("residual", "network.toml", "state.safetensors,state.safetensors", "holds vectors of the same kind"),
    ] {
        let message = refused(root, &train(method, config, vectors, "refused"));
        assert!(message.contains(reason), "{method} {vectors}: {message}");
    }
    let bare = train("residual", "network.toml", "x", "refused").replace(" --vectors x", "");
    assert!(refused(root, &bare).contains("vectors of the kind repo_state_g2"));
}

/// Labels that are made for any commit agree with those that the corpus has for its head.
#[test]
fn labels_of_any_commit_agree_with_those_of_the_head() {
    let root = super::CORPUS.path();
    done(root, "probe --out probe --label release --labels needs.jsonl");
    let text = fs::read_to_string(root.join("needs.jsonl")).expect("read");
    let made: std::collections::BTreeMap<String, String> = text
        .lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let text = |key: &str| row[key].as_str().expect("text").to_owned();
            (text("task"), text("answer_stands_in"))
        })
        .collect();
    let release = bench::Release::open(&root.join("release")).expect("a release");
    let (mut labelled, mut all) = (0, 0);
    for split in release.splits().into_iter().filter(|split| bench::Split::EVALUATED.contains(split)) {
        for task in release.tasks(split).expect("tasks") {
            let expected = task.assertion.need.expect("because the head is labelled").name();
            all += 1;
            if let Some(found) = made.get(task.id().as_str()) {
                assert_eq!(found, expected, "{} of {}", task.assertion.line, task.assertion.path);
                labelled += 1;
            }
        }
    }
    assert!(labelled * 10 >= all * 9, "{labelled} of {all}");
    assert!(refused(root, "probe --out nothing --label release --labels x.jsonl").contains("no task of the release"));
}
