//! Audits as steps of an experiment.

use std::fs;

use super::{COMMON, CORPUS, done, report};

/// An audit is repeated where it would look at other tasks, and its verdict stands beside the scores; otherwise it is not.
#[test]
fn an_audit_follows_its_bounds() {
    let root = CORPUS.path();
    let folder = root.join("experiment");
    let run = |tasks: u32| {
        let bounds = format!("--audit rag --audit-repos 2 --audit-tasks {tasks}");
        done(
            root,
            &format!("experiment {COMMON} --out experiment --splits cr_val --encoder hashed --methods rag {bounds}"),
        );
        let beside = fs::read(folder.join("scores/rag/audit.json")).expect("read");
        assert!(fs::read(folder.join("audits/rag/audit.json")).expect("read") == beside);
        let settings = report(&folder.join("audits/rag")).settings;
        assert_eq!(settings["tasks of a repository at most"], tasks.to_string());
        fs::metadata(folder.join("audits/rag/tasks.parquet")).expect("a table").modified().expect("a time")
    };
    let first = run(1);
    assert_eq!(run(1), first, "not repeated");
    assert_ne!(run(2), first, "repeated");
}
