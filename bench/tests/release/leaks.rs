//! Every leak, planted once: raised where it is and nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bench::leaks::{Leak, TaskLeaks, Unchecked};
use bench::{
    AssertionKind, Blob, BlobId, BuildOptions, Difficulty, Emission, Event, FileChange, KeptCommit, Mining, Partition,
    Profile, Release, Role, Shard, ShardWriter, SourceFile, Split, Stage, Track, stages,
};

use crate::fixture::{commit, draft, id, path};

const PRODUCTION: &str = "src/p.py";
const TEST: &str = "tests/test_a.py";

/// What a kept commit holds: one assertion below twenty lines of its own.
#[derive(Debug, Clone)]
struct Planted {
    /// What the lines above the assertion are made of.
    above: String,
    function: String,
    statement: String,
    target: String,
    production: String,
    diff: String,
    time: String,
    /// The commit whose test file the assertion is said to lie in.
    blob_of: u32,
}

/// A commit without any leak.
fn clean(repo: &str, index: u32) -> Planted {
    let own = format!("{}_{index}", &repo[..1]);
    Planted {
        above: own.clone(),
        function: format!("test_{index}"),
        statement: format!("assert f_{own}() == "),
        target: format!("value_{own}"),
        production: format!("def f_{own}():\n    return {index}\n"),
        diff: String::new(),
        time: format!("2024-01-{:02}T00:00:00+01:00", index + 1),
        blob_of: index,
    }
}

fn planted(repo: &str, index: u32) -> Planted {
    let whole = clean(repo, index);
    let shows = |line: &str| {
        format!("diff --git a/{PRODUCTION} b/{PRODUCTION}\n--- a/{PRODUCTION}\n+++ b/{PRODUCTION}\n{line}")
    };
    match (repo, index) {
        ("t/t", 9) => {
            let Planted { function, statement, target, .. } = clean("t/t", 3);
            Planted { function, statement, target, ..whole }
        }
        ("c/c", 1) => Planted { above: "value_c_1 ,".to_owned(), ..whole },
        ("c/c", 2) => Planted { production: "x = [value_c_2,\n     1]\n".to_owned(), ..whole },
        ("c/c", 3) => Planted { diff: shows("@@ -1 +0,0 @@\n-value_c_3\n"), ..whole },
        ("c/c", 4) => {
            let Planted { statement, target, .. } = clean("t/t", 4);
            Planted { statement, target, ..whole }
        }
        ("c/c", 5) => Planted { production: whole.production, time: whole.time, blob_of: 5, ..clean("t/t", 5) },
        ("c/c", 6) => {
            let Planted { above, statement, .. } = clean("t/t", 6);
            Planted { above, statement, ..whole }
        }
        ("c/c", 7) => Planted { blob_of: 8, ..whole },
        ("c/c", 8) => Planted { diff: shows("@@ -0,0 +1,2 @@\n+def f_c_8():\n+    return 9\n"), ..whole },
        ("c/c", 9) => Planted { time: "2024-01-08T23:59:59+01:00".to_owned(), ..whole },
        ("c/c", 10) => Planted { diff: shows("@@ -0,0 +1,2 @@\n+def f_c_10():\n+    return 10\n"), ..whole },
        _ => whole,
    }
}

fn expected(repo: &str, index: u32) -> BTreeSet<Leak> {
    use Leak::{
        LineInTraining, NearDuplicate, NearDuplicateAnswered, NearDuplicateElsewhere, NewerContext, RepeatedInTraining,
        TargetInDiff, TargetInPrefix, TargetInSources, TimesOutOfOrder,
    };
    let leaks: &[Leak] = match (repo, index) {
        ("t/t", 9) => &[LineInTraining, RepeatedInTraining],
        ("c/c", 1) => &[TargetInPrefix],
        ("c/c", 2) => &[TargetInSources],
        ("c/c", 3) => &[TargetInDiff],
        ("c/c", 4) => &[LineInTraining],
        ("c/c", 5) => &[LineInTraining, NearDuplicate, NearDuplicateAnswered, NearDuplicateElsewhere],
        ("c/c", 6) => &[NearDuplicate, NearDuplicateElsewhere],
        ("c/c", 7 | 8) => &[NewerContext],
        ("c/c", 9) => &[TimesOutOfOrder],
        _ => &[],
    };
    leaks.iter().copied().collect()
}

fn body(planted: &Planted) -> String {
    (0..20).map(|n| format!("    {} step_{n}()\n", planted.above)).collect::<Vec<_>>().concat()
}

fn test_text(planted: &Planted) -> String {
    format!("def {}():\n{}    {}{}\n", planted.function, body(planted), planted.statement, planted.target)
}

fn emission(repo: &str, index: u32) -> Emission {
    let own = planted(repo, index);
    let text = test_text(&planted(repo, own.blob_of));
    let last = text.trim_end().rfind('\n').expect("lines") + 5;
    Emission {
        commit_index: index,
        path: path(TEST),
        blob: 2 * own.blob_of,
        line: 22,
        column: 4,
        target_line: 22,
        target_column: 4 + u32::try_from(own.statement.len()).expect("short"),
        prefix_end: u32::try_from(last).expect("short"),
        in_line: own.statement,
        kind: AssertionKind::Assert,
        function: own.function,
        class: String::new(),
        difficulty: Difficulty::Variable,
        multiline: false,
        target: own.target,
        event: Event::Added,
        old_target: None,
        old_line: None,
        old_column: None,
    }
}

fn history(writer: &mut ShardWriter, repo: &str, kept: u32) {
    let mut tables = writer.evolution().expect("tables");
    for (index, stage) in (0_u32..).zip(stages(kept as usize)) {
        let own = planted(repo, index);
        tables.commits.push(kept_commit(repo, index, stage, &own)).expect("a commit");
        for (nth, name, role, text) in
            [(0, TEST, Role::Test, test_text(&own)), (1, PRODUCTION, Role::Production, own.production.clone())]
        {
            let number = 2 * index + nth;
            let blob = BlobId::new(commit("blob", number).as_str()).expect("an id");
            tables.blobs.push(Blob { number, id: blob, text }).expect("a blob");
            let change = FileChange { commit_index: index, path: path(name), role, blob: Some(number) };
            tables.files.push(change).expect("a change");
        }
        tables.emissions.push(emission(repo, index)).expect("an emission");
    }
    writer.close(tables).expect("closed");
}

fn kept_commit(repo: &str, index: u32, stage: Stage, own: &Planted) -> KeptCommit {
    KeptCommit {
        repo: id(repo),
        index,
        commit: commit(repo, index),
        time: own.time.clone(),
        stage,
        diff: own.diff.clone(),
        commit_diff: None,
        diff_error: None,
        added: 1,
        modified: 0,
        reemitted: 0,
    }
}

fn finish(writer: ShardWriter, repo: &str, head: u32, partition: Partition, selected: u64) -> Shard {
    let shard = Shard {
        address: None,
        repo: id(repo),
        commit: commit(repo, head),
        key: "k".to_owned(),
        licence: None,
        partition: Some(partition),
        selected,
        counts: [].into(),
        skipped: [].into(),
        tables: [].into(),
    };
    writer.finish(shard).expect("a shard")
}

fn sealed(folder: &Path) -> Release {
    let mining = Mining::at(folder.join("mining"));
    let shard = |repo: &str, kept: u32, partition: Partition| {
        let mut writer = mining.start(&id(repo)).expect("a shard");
        history(&mut writer, repo, kept);
        finish(writer, repo, kept, partition, 0)
    };
    let shards = vec![shard("c/c", 11, Partition::CrossRepoTest), shard("t/t", 10, Partition::Train)];
    mining.write_index(Profile::Paper, vec![Track::Evolution], shards).expect("an index");
    Release::seal(&mining, &folder.join("release"), &BuildOptions::new(Track::Evolution)).expect("sealed")
}

fn rows(release: &Release, split: Split) -> Vec<TaskLeaks> {
    release.leaks(split).expect("a table").expect("sealed").map(|row| row.expect("a row")).collect()
}

#[test]
fn every_leak_is_raised_where_it_is_planted() {
    let folder = tempfile::tempdir().expect("a folder");
    let release = sealed(folder.path());
    let mut raised = BTreeSet::new();
    for split in release.splits() {
        let tasks = release.tasks(split).expect("tasks");
        let rows = rows(&release, split);
        assert_eq!(tasks.len(), rows.len(), "{split}");
        for (task, row) in tasks.iter().zip(rows) {
            let own = task.assertion.evolution.as_ref().expect("an evolution task");
            let repo = task.assertion.repo.as_str();
            assert_eq!((task.id(), &task.assertion.repo, row.commonplace), (&row.task, &row.repo, false));
            for leak in Leak::ALL {
                let known = split != Split::Train || !leak.is_about_training();
                let expected = known.then(|| expected(repo, own.commit_index).contains(leak));
                assert_eq!(row.flags.get(*leak), expected, "{leak} of {repo} at {}", own.commit_index);
                raised.extend(expected.filter(|raised| *raised).map(|_| *leak));
            }
            let near = row.flags.get(Leak::NearDuplicate) == Some(true);
            assert_eq!(row.nearest.is_some(), near, "{repo} at {}", own.commit_index);
            assert!(row.nearest.is_none_or(|near| near.repo == id("t/t") && near.similarity > 0.9));
        }
    }
    assert_eq!(raised.len(), Leak::ALL.len(), "each is planted");
    let summary = release.manifest().contents.leaks.as_ref().expect("counts");
    let held_out = &summary.splits[&Split::CrossRepoTest];
    assert_eq!((held_out.tasks, held_out.leaky), (11, Some(5)));
    assert_eq!(held_out.flags[&Leak::NearDuplicate].tasks, 2);
    assert!(held_out.unchecked.is_empty());
    let training = &summary.splits[&Split::Train];
    assert_eq!((training.leaky, training.unchecked[&Leak::LineInTraining]), (None, Unchecked::Training));
}

#[test]
fn threads_change_nothing() {
    let seal = |threads| {
        let folder = tempfile::tempdir().expect("a folder");
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| sealed(folder.path()).manifest().clone())
    };
    assert_eq!(seal(1), seal(4));
}

#[test]
fn the_static_track_has_sources_and_no_diffs() {
    let folder = tempfile::tempdir().expect("a folder");
    let mining = Mining::at(folder.path().join("mining"));
    let shard = |repo: &str, partition: Partition, source_of: u32| {
        let mut writer = mining.start(&id(repo)).expect("a shard");
        let drafts = (0..4).map(|n| draft(repo, &commit(repo, 0), n)).collect::<Vec<_>>();
        let source = |name: &str, role, text: &str| SourceFile {
            repo: id(repo),
            commit: commit(repo, source_of),
            path: path(name),
            role,
            text: text.to_owned(),
        };
        let sources = vec![source(PRODUCTION, Role::Production, "x = 2\n"), source(TEST, Role::Test, "x = 0\n")];
        writer.snapshot(drafts, sources).expect("tables");
        finish(writer, repo, 0, partition, 2)
    };
    let shards = vec![shard("c/c", Partition::CrossRepoTest, 0), shard("o/o", Partition::OodTest, 1)];
    mining.write_index(Profile::Paper, vec![Track::Static], shards).expect("an index");
    let options = BuildOptions { min_pairs: 1, ..BuildOptions::new(Track::Static) };
    let release = Release::seal(&mining, &folder.path().join("release"), &options).expect("sealed");
    for (split, newer) in [(Split::CrossRepoTest, false), (Split::OodTest, true)] {
        // The selected targets are 0, which only a test holds, and 2.
        let found: BTreeMap<u32, _> = rows(&release, split)
            .into_iter()
            .map(|row| (u32::from(row.flags.get(Leak::TargetInSources) == Some(true)), row))
            .collect();
        assert_eq!(found.len(), 2, "one stands in the sources, one does not");
        assert!(found.values().all(|row| row.commonplace && row.flags.get(Leak::TargetInDiff).is_none()));
        assert!(found.values().all(|row| row.flags.get(Leak::NewerContext) == Some(newer)));
        let counts = &release.manifest().contents.leaks.as_ref().expect("counts").splits[&split];
        assert_eq!(counts.flags[&Leak::TargetInSources].tasks, 1);
        assert_eq!(counts.flags[&Leak::TargetInSources].telling, 0);
        assert_eq!(counts.unchecked[&Leak::TargetInDiff], Unchecked::NoCommits);
        assert_eq!(counts.unchecked[&Leak::NearDuplicate], Unchecked::NoTraining);
    }
}
