//! `experiment` from outside: what it leaves, what it does not repeat, what it refuses.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use super::{CORPUS, TRAINING, contents, done, refused, repopeft};

/// Two runs of a LoRA, a full fine-tuning that two methods read, and three methods without training.
const METHODS: &str = "pretrained,rag,slora,fft,fft-rag,plora";

fn experiment(out: &str, more: &str) -> String {
    format!(
        "experiment --release release --model base --out {out} --splits cr_val --encoder hashed --device cpu --threads 2 \
         --train-config experiment.toml --budget examples=9 {more}"
    )
}

fn prepared() -> &'static Path {
    let root = CORPUS.path();
    fs::write(root.join("experiment.toml"), TRAINING.replace("[lora]\ndropout = 0.2\n", "")).expect("written");
    root
}

/// The table of results, a list of cells a row.
fn results(root: &Path, out: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(root.join(out).join("results.tsv")).expect("read");
    text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

#[test]
fn methods_are_trained_alike_answered_scored_and_reported() {
    let root = prepared();
    let shown = done(root, &experiment("run", &format!("--methods {METHODS}")));
    assert!(shown.contains("open ") && root.join("run/report/leaderboard.html").exists(), "{shown}");
    let rows = results(root, "run");
    let column = |name: &str| rows[0].iter().position(|title| title == name).expect("a column");
    let (method, examples, steps) = (column("method"), column("examples"), column("steps"));
    let seen: BTreeSet<&str> = rows[1..].iter().map(|row| row[method].as_str()).collect();
    assert_eq!(seen, METHODS.split(',').collect());
    for row in &rows[1..] {
        let trained = !["pretrained", "rag"].contains(&row[method].as_str());
        assert_eq!(row[examples], if trained { "9" } else { "" }, "{row:?}");
        assert_eq!(!row[steps].is_empty(), trained, "{row:?}");
    }
    let artifacts = fs::read_dir(root.join("run/seed-0/artifacts")).expect("a folder").count();
    assert_eq!(artifacts, 3, "what two methods read is trained once");
    // Nothing is done again; a second seed comes beside the first.
    let before = contents(&root.join("run"));
    done(root, &experiment("run", &format!("--methods {METHODS}")));
    assert!(contents(&root.join("run")) == before);
    done(root, &experiment("run", "--methods pretrained,slora --seeds 0,1"));
    let page = fs::read_to_string(root.join("run/report/leaderboard.md")).expect("read");
    assert!(page.contains("Single LoRA (training.seed = 1)"), "{page}");
    let seeds: BTreeSet<String> = results(root, "run")[1..].iter().map(|row| row[1].clone()).collect();
    assert_eq!(seeds, ["", "0", "1"].map(str::to_owned).into());
}

/// kill -9 at any moment leaves the bytes of an undisturbed experiment.
#[test]
fn kills_leave_no_trace_in_experiments() {
    let root = prepared();
    let run = |out: &str| experiment(out, "--methods rag,slora");
    done(root, &run("whole"));
    for moment in [300, 700, 1100, 1500, 1900] {
        let mut child =
            repopeft(root, &run("killed")).stderr(Stdio::null()).stdout(Stdio::null()).spawn().expect("runs");
        std::thread::sleep(Duration::from_millis(moment));
        child.kill().expect("killed");
        child.wait().expect("ended");
    }
    done(root, &run("killed"));
    let texts = |out: &str| {
        let files = contents(&root.join(out)).into_iter();
        files.filter(|(path, _)| !path.starts_with("report")).collect::<Vec<_>>()
    };
    assert!(texts("whole") == texts("killed"));
}

#[test]
fn mistakes_are_found_before_anything_is_computed() {
    let root = prepared();
    fs::write(root.join("strange.jsonl"), "{\"task\": \"0123456789abcdef0123456789abcdef\", \"x\": 1}\n")
        .expect("written");
    for (more, reason) in [
        ("--methods pretrained,slorra", "did you mean `slora`"),
        ("--methods pretrained,rag,pretrained", "--methods names pretrained twice"),
        ("--methods pretrained --seeds 1,1", "--seeds names 1 twice"),
        ("--methods pretrained --budget hours=1", "write epochs=N"),
        ("--methods pretrained --predict-config absent.toml", "cannot read absent.toml"),
        ("--methods rag-g1 --profile fair", "leave one of them out"),
        ("--methods pretrained,fft --audit fft", "fft knows no repository"),
        ("--methods pretrained,plora --audit plora", "no adapters for CR-test"),
        ("--methods pretrained --slices absent.jsonl", "absent.jsonl"),
        ("--methods pretrained --slices strange.jsonl", "names 1 tasks that the release does not have"),
    ] {
        let arguments = experiment("nowhere", more);
        let arguments =
            if more.contains("--budget") { arguments.replacen("--budget examples=9 ", "", 1) } else { arguments };
        let message = refused(root, &arguments);
        assert!(message.contains(reason), "{more}: {message}");
    }
    let other = experiment("nowhere", "--methods pretrained").replace("--model base", "--model probe");
    assert!(refused(root, &other).contains("config.json"));
    let without = experiment("nowhere", "--methods icl").replace("--encoder hashed ", "");
    assert!(refused(root, &without).contains("give --encoder hashed"));
    assert!(!root.join("nowhere").exists());
}
