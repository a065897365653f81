//! Audits of networks on histories: contexts, provenance, an untrained network beside, a control that reads nothing.

use std::fs;
use std::sync::LazyLock;

use bench::TrainingStep;
use bench::audit::{AuditRow, GeometryVerdict, Setting};
use bench::table::read_table;
use tempfile::TempDir;

use super::{BASE, done, refused, report};

const TRAINING: &str = "step_examples = 4\n[validation]\ncommits = 2\ntasks = 2\nmeasures = 2\n\
                        [network.architecture]\nhidden = 8\n";
const COMMON: &str = "--release release --model base --device cpu --threads 1 --vectors state.safetensors";

/// A folder with a release of histories, vectors of two kinds, a small model, a network and its control.
static CORPUS: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    done(root, "probe --out probe --train 4 --cr-val 1 --cr-test 2 --ood 1");
    done(root, "mine --repos probe/repos.toml --tracks evolution --out mining");
    done(root, "build --mining mining --out release --track evolution");
    fs::write(root.join("base.toml"), BASE).expect("written");
    fs::write(root.join("head.toml"), TRAINING).expect("written");
    done(root, "pretrain --release release --out base --config base.toml --device cpu --threads 1");
    for (kind, out) in [("repo_state_g2 --exclude-tests", "state"), ("diff_g2", "diffs")] {
        let embed =
            format!("embed --release release --encoder hashed --kind {kind} --width 32 --out {out}.safetensors");
        done(root, &embed);
    }
    for method in ["static", "static-constant"] {
        done(root, &format!("train {method} {COMMON} --config head.toml --budget steps=6 --out {method}"));
    }
    folder
});

#[test]
fn networks_are_audited_with_their_contexts() {
    let root = CORPUS.path();
    let audit = format!("audit static {COMMON} --artifact static --max-tasks 5 --no-completions");
    done(root, &format!("{audit} --swapped diffs.safetensors --out own"));
    let found = report(&root.join("own"));
    let geometry = found.geometry.as_ref().expect("adapters have a geometry");
    assert!(geometry.contexts.is_some_and(|cosines| cosines.mean < 1.0) && geometry.sensitivity.is_some());
    assert_eq!(found.controls.iter().map(|control| control.name.as_str()).collect::<Vec<_>>(), ["untrained head"]);
    let provenance = found.provenance.as_ref().expect("vectors are stored");
    assert!(provenance.places > 0 && provenance.largest_difference == 0.0, "{provenance:?}");
    assert!(found.functional.swapped.is_some_and(|effect| effect.tasks == found.functional.tasks));
    assert!(fs::read_to_string(root.join("own/audit.html")).expect("a page").contains("id=\"scatter\""));
    let rows: Vec<AuditRow> = read_table(&root.join("own/tasks.parquet")).expect("a table");
    let commits: std::collections::BTreeSet<_> =
        rows.iter().filter(|row| row.setting == Setting::Own).map(|row| &row.commit).collect();
    assert!(commits.len() > 2, "tasks are of several commits");
    // Statistics are a function of the table: the same command makes the same files anew.
    let before = super::contents(&root.join("own"));
    done(root, &format!("{audit} --swapped diffs.safetensors --out own"));
    assert!(super::contents(&root.join("own")) == before);
}

/// M173 (c): a network that reads one vector for all makes one adapter.
#[test]
fn a_constant_context_is_one_adapter() {
    let root = CORPUS.path();
    let audit =
        format!("audit static-constant {COMMON} --artifact static-constant --max-tasks 4 --no-completions --no-blends");
    let said = done(root, &format!("{audit} --out constant"));
    assert!(said.contains("geometry          collapsed"), "{said}");
    let found = report(&root.join("constant"));
    let geometry = found.geometry.expect("adapters have a geometry");
    assert_eq!(geometry.verdict, Some(GeometryVerdict::Collapsed));
    assert!((geometry.contexts.expect("cosines").mean - 1.0).abs() < 1e-6);
    assert!(found.provenance.expect("vectors are stored").largest_difference > 0.0, "the mean is of no repository");
    assert!(found.functional.own_others.mean.is_some_and(|mean| mean.abs() < 1e-9));
    let message =
        refused(root, &format!("audit static {} --artifact static --out no", COMMON.replace("state", "diffs")));
    assert!(message.contains("repo_state_g2"), "{message}");
}

/// M172: networks that follow histories are scored in other states, of which only the own one is that of the commit; M232:
/// the curve of their training says how far adapters are apart.
#[test]
fn histories_are_audited_in_other_states() {
    let root = CORPUS.path();
    let common = format!("{COMMON} --vectors diffs.safetensors");
    let walked = TRAINING.replace("step_examples = 4\n", "");
    fs::write(root.join("walk.toml"), format!("{walked}state = 16\n")).expect("written");
    done(root, &format!("train evo {common} --config walk.toml --budget steps=6 --out evo"));
    let curve: Vec<TrainingStep> = read_table(&root.join("evo/curve.parquet")).expect("a table");
    let watched: Vec<u64> = curve.iter().filter(|row| row.spread.is_some()).map(|row| row.step).collect();
    assert_eq!(watched, [6]);
    let spread = curve.last().and_then(|row| row.spread).expect("the last step is watched");
    assert!(spread.cosine <= 1.0 && spread.residual >= 0.0, "{spread:?}");
    let audit = format!("audit evo {common} --artifact evo --max-tasks 4 --no-completions --no-blends");
    done(root, &format!("{audit} --out states"));
    let found = report(&root.join("states")).functional;
    let against: Vec<Setting> = found.temporal.iter().map(|contrast| contrast.against).collect();
    assert_eq!(against, Setting::TEMPORAL);
    assert!(found.temporal_claim.is_some());
    let rows: Vec<AuditRow> = read_table(&root.join("states/tasks.parquet")).expect("a table");
    let nll = |setting: Setting| -> Vec<f64> {
        rows.iter().filter(|row| row.setting == setting).map(|row| row.nll).collect()
    };
    let (own, last) = (nll(Setting::Own), nll(Setting::Last));
    assert!(own.len() == last.len() && own != last, "tasks of earlier commits are read with another state");
    for setting in [Setting::Initial, Setting::ZeroDiffs, Setting::ShuffledDiffs, Setting::OtherRepository] {
        assert!(nll(setting) != own, "{setting:?} is another state");
    }
}
