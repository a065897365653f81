//! States that are kept: calls one after the other end where one call over everything does, whatever kills them.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use super::corpus::{COMMON, CORPUS, done, refused, repopeft, subject, weights};

fn adapt(method: &str, state: &str, out: &str, more: &str) -> String {
    let (_, clone, _) = subject();
    format!("adapt --method {method} --checkpoint {method} {COMMON} --state {state} --out {out}{more} {clone}")
}

#[test]
fn calls_one_after_the_other_make_the_bytes_of_one() {
    let root = CORPUS.path();
    let (_, _, commits) = subject();
    for method in ["evo", "residual-evo"] {
        let [whole, steps] = ["whole", "steps"].map(|name| format!("{method}-{name}"));
        done(root, &adapt(method, &format!("{whole}.state"), &whole, ""));
        let state = format!("{steps}.state");
        let mut taken = Vec::new();
        for commit in commits.iter().step_by(5) {
            let told = done(root, &adapt(method, &state, &steps, &format!(" --rev {commit}")));
            let line = told.lines().find_map(|line| line.strip_prefix("kept commits")).unwrap().trim().to_owned();
            taken.push(line);
        }
        assert_eq!(taken[..2], ["1, 1 of them new", "6, 5 of them new"], "{method}");
        done(root, &adapt(method, &state, &steps, ""));
        assert!(weights(root.join(&whole)) == weights(root.join(&steps)), "{method}");
        let told = done(root, &adapt(method, &state, &steps, ""));
        assert!(told.contains(&format!("{}, 0 of them new", commits.len())), "{told}");
        assert!(weights(root.join(&whole)) == weights(root.join(&steps)), "{method}");
        let size = fs::metadata(root.join(&state)).unwrap().len();
        assert!(size < 8_192, "{method}: the state has {size} bytes");
    }
}

#[test]
fn kills_leave_the_state_of_the_call_before() {
    let root = CORPUS.path();
    let (_, _, commits) = subject();
    done(root, &adapt("evo", "undisturbed.state", "undisturbed", ""));
    let mut moment = 20;
    for commit in &commits {
        let command = adapt("evo", "killed.state", "killed", &format!(" --rev {commit}"));
        let mut child = repopeft(root, &command).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(moment));
        child.kill().unwrap();
        child.wait().unwrap();
        moment = 20 + (moment * 7 + 331) % 600;
    }
    done(root, &adapt("evo", "killed.state", "killed", ""));
    assert!(weights(root.join("undisturbed")) == weights(root.join("killed")));
}

#[test]
fn other_histories_networks_and_encoders_are_refused() {
    let root = CORPUS.path();
    let (known, clone, commits) = subject();
    done(root, &adapt("evo", "kept.state", "kept", ""));
    let release = bench::Release::open(&root.join("evolution")).unwrap();
    let other = release.manifest().contents.repos.iter().find(|other| other.repo != known.repo).unwrap();
    let other = format!("probe/{}.git", other.repo.name());
    let call = adapt("evo", "kept.state", "kept", "");
    for (from, to, reason) in [
        ("--out kept", format!("--out kept --rev {}", commits[2]), "is no first-parent ancestor of"),
        (clone.as_str(), other, "is the state of another repository"),
        ("evo --checkpoint evo", "residual-evo --checkpoint residual-evo".to_owned(), "that of another checkpoint"),
        ("--state kept.state", "--state state.safetensors".to_owned(), "its description is broken"),
        ("--state kept.state", "--state base.toml".to_owned(), "not a whole safetensors file"),
        ("--out kept", "--out kept --track static".to_owned(), "walks a history"),
    ] {
        let message = refused(root, &call.replace(from, &to));
        assert!(message.contains(reason), "{to}: {message}");
    }
    // Other rules of reading make other kept commits: nothing of the state is used.
    let strict = adapt("evo", "kept.state", "strict", " --profile strict");
    let output = repopeft(root, &strict).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && told.contains("the whole history is read again"), "{told}");
    done(root, &adapt("evo", "fresh.state", "fresh", " --profile strict"));
    assert!(weights(root.join("strict")) == weights(root.join("fresh")));
}
