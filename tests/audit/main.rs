//! `audit` from outside: verdicts on what is known, tables, pages, kills, refusals.

#![cfg(feature = "torch")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use bench::audit::{AuditReport, AuditRow, AuditVerdict, GeometryVerdict, Setting, Space};
use bench::table::read_table;
use tempfile::TempDir;

mod experiment;
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
const TRAINING: &str = "step_examples = 4\n[optimizer]\nlearning_rate = 3e-3\n[validation]\ncommits = 2\ntasks = 2\n\
                        measures = 2\n";
/// What every training and audit of these tests is given.
const COMMON: &str = "--release release --model base --device cpu --threads 1";

/// A folder with a small release, a small model, one LoRA, and a LoRA a repository.
static CORPUS: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    done(root, "probe --out probe --train 4 --cr-val 1 --cr-test 3 --ood 1");
    done(root, "mine --repos probe/repos.toml --tracks static --out mining");
    done(root, "build --mining mining --out release");
    fs::write(root.join("base.toml"), BASE).expect("written");
    fs::write(root.join("training.toml"), TRAINING).expect("written");
    done(root, "pretrain --release release --out base --config base.toml --device cpu --threads 1");
    for (method, steps) in [("slora", 12), ("plora", 8)] {
        done(root, &format!("train {method} {COMMON} --out {method} --config training.toml --budget steps={steps}"));
    }
    folder
});

fn report(folder: &Path) -> AuditReport {
    serde_json::from_slice(&fs::read(folder.join("audit.json")).expect("read")).expect("a report")
}

/// The bytes of everything that an audit leaves.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<(String, Vec<u8>)> = entries
        .map(|path| (path.file_name().expect("named").to_string_lossy().into_owned(), fs::read(path).expect("read")))
        .collect();
    files.sort();
    files
}

/// One adapter for all is collapsed and not conditioned, exactly.
#[test]
fn one_lora_for_all_is_not_conditioned() {
    let root = CORPUS.path();
    let said = done(root, &format!("audit slora {COMMON} --artifact slora --max-tasks 6 --out one"));
    assert!(
        said.contains("verdict           not conditioned") && said.contains("geometry          collapsed"),
        "{said}"
    );
    let found = report(&root.join("one"));
    assert_eq!((found.format, found.method.as_str(), found.verdict), (1, "slora", AuditVerdict::NotConditioned));
    let geometry = found.geometry.expect("adapters have a geometry");
    assert_eq!((geometry.verdict, geometry.averaged), (Some(GeometryVerdict::Collapsed), 4));
    assert!((geometry.delta.expect("cosines").mean - 1.0).abs() < 1e-9 && geometry.effective_rank.is_none());
    let functional = &found.functional;
    // The mean of equal adapters is that adapter up to the last bit of its numbers.
    assert!(functional.own_average.mean.is_some_and(|mean| mean.abs() < 1e-6));
    assert_eq!(functional.own_others.mean, Some(0.0));
    let ranks = functional.ranks.as_ref().expect("there are others");
    assert_eq!((ranks.candidates, ranks.mean, ranks.null), (3, 2.0, 2.0));
    assert!(functional.kept.share.is_some_and(|share| (share - 1.0).abs() < 1e-6));
    let files: Vec<String> = contents(&root.join("one")).into_iter().map(|(name, _)| name).collect();
    assert_eq!(files, ["audit.html", "audit.json", "tasks.parquet"], "the journal is gone");
}

/// Adapters of training repositories, on tasks of these: the mean is of the others, in the space of products.
#[test]
fn adapters_of_their_own_are_audited_on_tasks_of_their_repositories() {
    let root = CORPUS.path();
    let audit = format!("audit plora {COMMON} --artifact plora --splits ir_test --max-tasks 5 --plora plora");
    done(root, &format!("{audit} --out apart"));
    let found = report(&root.join("apart"));
    let geometry = found.geometry.as_ref().expect("adapters have a geometry");
    assert_eq!((geometry.space, geometry.averaged, geometry.repos.len()), (Space::Delta, 2, 2));
    assert_eq!(found.averaged.len(), 2);
    assert!(found.averaged.iter().all(|repo| !geometry.repos.contains(repo)), "no audited repository is in the mean");
    assert!(geometry.kept_of_mean.expect("it was cut") <= 1.0 && geometry.residual_factor.is_none());
    let names: Vec<&str> = found.controls.iter().map(|control| control.name.as_str()).collect();
    assert_eq!(names, ["Per-repo LoRA"]);
    // M168: the blend of full strength is the adapter.
    let check = found.functional.blend_check.expect("blends were scored").mean.expect("of tasks");
    assert!(check.abs() < 1e-4, "{check}");
    let rows: Vec<AuditRow> = read_table(&root.join("apart/tasks.parquet")).expect("a table");
    assert!(rows.is_sorted_by(|a, b| a.order(b).is_lt()), "rows are in their order and distinct");
    let of = |setting: Setting| rows.iter().filter(|row| row.setting == setting).collect::<Vec<_>>();
    let tasks = of(Setting::Own).len();
    assert_eq!([of(Setting::Base).len(), of(Setting::Average).len(), of(Setting::Other).len()], [tasks; 3]);
    assert_eq!([of(Setting::DeltaOwn).len(), of(Setting::DeltaNext).len()], [5 * tasks; 2]);
    assert!(of(Setting::FactorOwn).is_empty(), "factors that were trained apart are not blended");
    assert!(rows.iter().all(|row| row.em.is_some() && row.nll > 0.0 && row.rank >= 1 && row.need.is_some()));
    let page = fs::read_to_string(root.join("apart/audit.html")).expect("a page");
    for text in ["Conditioning audit", "id=\"ranks\"", "curve-delta-all", "Per-repo LoRA"] {
        assert!(page.contains(text), "{text}");
    }
    // A control beside, and no more than likelihoods.
    done(root, &format!("{audit} --no-blends --no-completions --control apart --out bare"));
    let bare = report(&root.join("bare"));
    assert_eq!(bare.functional.gain, found.functional.gain, "what is left out changes nothing else");
    assert!(bare.functional.wrong.is_empty() && bare.functional.em_own_average.mean.is_none());
    assert!(fs::read_to_string(root.join("bare/audit.html")).expect("a page").contains("Training controls"));
}

/// M174: contexts of other repositories in place of adapters.
#[test]
fn prompt_methods_are_audited_by_their_contexts() {
    let root = CORPUS.path();
    done(root, &format!("audit rag {COMMON} --encoder hashed --max-tasks 4 --max-others 1 --out contexts"));
    let found = report(&root.join("contexts"));
    assert!(found.geometry.is_none() && found.functional.average_of_others);
    assert_eq!(found.functional.ranks.as_ref().map(|ranks| ranks.candidates), Some(2));
    let rows: Vec<AuditRow> = read_table(&root.join("contexts/tasks.parquet")).expect("a table");
    assert_eq!(rows.len() as u64, 3 * found.functional.tasks);
    // Contexts are read: the numbers behind them differ.
    let of = |setting: Setting| rows.iter().filter(|row| row.setting == setting).map(|row| row.nll).collect::<Vec<_>>();
    assert_ne!(of(Setting::Base), of(Setting::Own));
}

/// kill -9 at any moment leaves the bytes of an undisturbed run.
#[test]
fn kills_leave_no_trace() {
    let root = CORPUS.path();
    let audit = |out: &str| {
        format!("audit slora {COMMON} --artifact slora --max-tasks 8 --splits cr_test,ood_test --out {out}")
    };
    done(root, &audit("whole"));
    let mut moment = 200;
    for _ in 0..8 {
        let child = repopeft(root, &audit("killed")).stderr(Stdio::null()).stdout(Stdio::null()).spawn();
        let mut child = child.expect("the binary runs");
        std::thread::sleep(Duration::from_millis(moment));
        child.kill().expect("killed");
        child.wait().expect("ended");
        moment = 200 + (moment * 7 + 331) % 2900;
    }
    done(root, &audit("killed"));
    assert!(contents(&root.join("whole")) == contents(&root.join("killed")));
}

#[test]
fn what_cannot_be_audited_is_refused() {
    let root = CORPUS.path();
    let message = refused(root, &format!("audit pretrained {COMMON} --out no"));
    assert!(message.contains("knows no repository"), "{message}");
    let message = refused(root, &format!("audit plora {COMMON} --artifact plora --out no"));
    assert!(message.contains("--splits ir_test"), "{message}");
    let message = refused(root, &format!("audit plora {COMMON} --out no"));
    assert!(message.contains("trained first"), "{message}");
    let message = refused(root, &format!("audit rag {COMMON} --encoder hashed --plora plora --out no"));
    assert!(message.contains("makes no adapters"), "{message}");
    let message = refused(root, &format!("audit slora {COMMON} --artifact slora --control nowhere --out no"));
    assert!(message.contains("nowhere"), "{message}");
    fs::write(root.join("strata.json"), r#"{"format":1,"strata":[]}"#).expect("written");
    let message = refused(root, &format!("audit slora {COMMON} --artifact slora --strata strata.json --out no"));
    assert!(message.contains("strata.json") && message.contains("none"), "{message}");
    assert!(!root.join("no").exists());
}
