//! Sealing and reading back.

use std::collections::BTreeMap;

use bench::table::read_table;
use bench::{
    BuildOptions, Caps, CommitPlace, Emission, Limit, Mining, Partition, Profile, Release, ShardTable, Split, Stage,
    Task, TaskSet, Track, is_trivial,
};

use crate::fixture::{ASSERTIONS, Plan, commit, emission, id, mining, text};

fn sealed(folder: &std::path::Path, plan: &Plan, caps: Caps) -> (Mining, Release) {
    let mining = mining(&folder.join("mining"), plan);
    let options = BuildOptions { caps, ..BuildOptions::new(Track::Evolution) };
    let release = Release::seal(&mining, &folder.join("release"), &options).expect("sealed");
    (mining, release)
}

fn all(release: &Release, set: TaskSet) -> Vec<Task> {
    release.stream(set).expect("a stream").flat_map(|batch| batch.expect("tasks")).collect()
}

#[test]
fn tasks_go_where_partition_and_stage_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, release) = sealed(folder.path(), &Plan::default(), Caps::default());
    let opened = Release::open(&folder.path().join("release")).expect("opened");
    assert_eq!(opened.manifest(), release.manifest());
    let contents = &opened.manifest().contents;
    assert_eq!(contents.without_commits, [id("a/none")]);
    assert_eq!(opened.splits(), Split::ALL);
    let first = contents.repo(&id("a/b")).expect("released");
    assert_eq!(first.commits, BTreeMap::from([(Stage::Train, 9), (Stage::Val, 1), (Stage::Test, 2)]));
    assert_eq!(first.anchor.as_ref().expect("an anchor").commit, commit("a/b", 8));
    assert_eq!(contents.repo(&id("o/o")).expect("released").anchor.as_ref().expect("an anchor").index, 0);
    for split in Split::ALL {
        let tasks = opened.tasks(*split).expect("tasks");
        assert!(!tasks.is_empty(), "{split}");
        for task in &tasks {
            assert_eq!(task.split, *split);
            let own = task.assertion.evolution.as_ref().expect("an evolution task");
            let file = u32::from(task.assertion.path.as_str().ends_with("1.py"));
            let n = (task.assertion.line - own.commit_index - 3) / 2;
            let expected = emission(file, own.commit_index, n);
            let text = text(file, own.commit_index);
            let cut = text.find(&format!("assert f({n}) == ")).expect("the assertion");
            assert_eq!(task.assertion.prefix, text[..cut].to_owned() + &expected.in_line);
            assert_eq!((&task.assertion.target, own.event), (&expected.target, Some(expected.event)));
            assert_eq!(task.assertion.commit, commit(task.assertion.repo.as_str(), own.commit_index));
        }
    }
}

#[test]
fn evaluation_takes_the_first_eight_r117() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, release) = sealed(folder.path(), &Plan::default(), Caps::default());
    for batch in release.stream(TaskSet::Split(Split::CrossRepoTest)).expect("a stream") {
        let batch = batch.expect("tasks");
        let lines: Vec<u32> = batch.iter().map(|task| task.assertion.line).collect();
        let index = batch[0].assertion.evolution.as_ref().expect("an evolution task").commit_index;
        assert_eq!(lines, (0..8).map(|n| index + 3 + 2 * n).collect::<Vec<_>>());
        assert!(batch.iter().all(|task| task.assertion.path.as_str() == "tests/test_0.py"));
    }
}

#[test]
fn training_is_one_draw_through_all_repositories_r119() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, release) = sealed(folder.path(), &Plan::default(), Caps::default());
    let mut limit = Limit::of(Split::Train, Profile::Paper, Caps::default());
    let mut expected = Vec::new();
    // In table order `a__b-c.…` precedes `a__b.…` (R111).
    for (name, train) in [("a/b-c", 8), ("a/b", 9)] {
        for index in 0..train {
            let rows: Vec<Emission> =
                (0..2).flat_map(|file| (0..ASSERTIONS).map(move |n| emission(file, index, n))).collect();
            let drawn = limit.choose(&rows);
            assert_eq!(drawn.len(), 8);
            expected.extend(drawn.into_iter().map(|at| (id(name), index, rows[at].path.clone(), rows[at].line)));
        }
    }
    let tasks = release.tasks(Split::Train).expect("tasks");
    assert!(tasks.iter().all(|task| !is_trivial(&task.assertion.target)));
    let place = |task: Task| {
        let index = task.assertion.evolution.expect("an evolution task").commit_index;
        (task.assertion.repo, index, task.assertion.path, task.assertion.line)
    };
    assert_eq!(tasks.into_iter().map(place).collect::<Vec<_>>(), expected);
}

#[test]
fn strict_draws_its_evaluation_r121() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = Plan { profile: Profile::Strict, ..Plan::default() };
    let (_, release) = sealed(folder.path(), &plan, Caps { evaluated: 5, ..Caps::default() });
    let tasks = release.tasks(Split::CrossRepoTest).expect("tasks");
    assert_eq!(tasks.len(), 4 * 5);
    let of_file = |suffix: &str| tasks.iter().filter(|task| task.assertion.path.as_str().ends_with(suffix)).count();
    assert!(of_file("0.py") > 4 && of_file("1.py") > 4);
    assert!(tasks.iter().any(|task| is_trivial(&task.assertion.target)));
    let static_ood = all(&release, TaskSet::StaticOod);
    assert_eq!(static_ood.len(), 40, "the selection at the head (R124)");
}

#[test]
fn the_published_static_ood_set_mixes_commits_r123() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, release) = sealed(folder.path(), &Plan::default(), Caps::default());
    let tasks = all(&release, TaskSet::StaticOod);
    let lines: Vec<(&str, u32)> =
        tasks.iter().map(|task| (task.assertion.path.as_str(), task.assertion.line)).collect();
    assert!(lines.is_sorted_by(|a, b| a < b), "one task a line, in order");
    let commits: std::collections::BTreeSet<_> = tasks.iter().map(|task| &task.assertion.commit).collect();
    assert!(commits.len() > 1);
    let last = tasks.iter().filter(|task| task.assertion.line == 7).count();
    assert_eq!(last, 2, "a file each");
    assert!(tasks.iter().filter(|task| task.assertion.line == 7).all(|t| t.assertion.commit == commit("o/o", 4)));
}

#[test]
fn anchors_hold_structured_tasks_of_training_repositories_r127() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, release) = sealed(folder.path(), &Plan::default(), Caps::default());
    let tasks = all(&release, TaskSet::Anchor);
    let repos: Vec<&str> = tasks.iter().map(|task| task.assertion.repo.as_str()).collect();
    assert_eq!(repos, ["a/b-c", "a/b-c", "a/b-c", "a/b", "a/b", "a/b"]);
    assert!(tasks.iter().all(|task| task.assertion.prefix.starts_with("import f")));
}

#[test]
fn trees_are_those_of_their_commit() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, release) = sealed(folder.path(), &Plan::default(), Caps::default());
    let repo = id("a/b");
    for (index, files) in [(0, 2), (1, 2), (2, 1), (8, 2)] {
        let view = release.view(&repo, &commit("a/b", index)).expect("a view");
        assert_eq!(view.files.len(), files, "commit {index}");
        assert_eq!(view.files[0].text, text(0, index));
    }
    assert_eq!(release.snapshot(&repo).expect("a view").commit, commit("a/b", 8));
    let error = release.view(&repo, &commit("a/b", 99)).expect_err("no kept commit");
    assert!(error.to_string().contains("does not hold the files"), "{error}");
    let diffs: Vec<bench::KeptCommit> =
        release.rows(&repo, ShardTable::Commits).expect("rows").flat_map(|batch| batch.expect("rows")).collect();
    assert_eq!((diffs.len(), diffs[3].diff.contains("+3")), (12, true));
    let places: Vec<CommitPlace> = read_table(&release.root().join("commits/a__b.parquet")).expect("rows");
    assert_eq!((places.len(), places[3].emitted), (12, 24));
}

#[test]
fn without_the_static_track_partitions_must_be_fixed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut plan = Plan { tracks: vec![Track::Evolution], ..Plan::default() };
    let (_, release) = sealed(&folder.path().join("fixed"), &plan, Caps::default());
    assert_eq!(release.manifest().contents.repos.len(), 5);
    plan.repos[0].2 = None;
    let mining = mining(&folder.path().join("drawn"), &plan);
    let options = BuildOptions::new(Track::Evolution);
    let error = Release::seal(&mining, &folder.path().join("r"), &options).expect_err("nothing to draw by");
    assert!(error.to_string().contains("a/b has no partition"), "{error}");
    let error =
        Release::seal(&mining, &folder.path().join("r"), &BuildOptions::new(Track::Static)).expect_err("absent");
    assert!(error.to_string().contains("only the track evolution"), "{error}");
    assert!(!folder.path().join("r.partial").exists(), "a failed release leaves nothing");
}

#[test]
fn changed_texts_are_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, release) = sealed(folder.path(), &Plan::default(), Caps::default());
    let blobs = folder.path().join("release/blobs/t__t.parquet");
    let other = folder.path().join("release/blobs/v__v.parquet");
    std::fs::copy(&other, &blobs).expect("changed");
    let error = release.tasks(Split::CrossRepoTest).expect_err("another text").to_string();
    assert!(error.contains("changed after sealing"), "{error}");
    assert!(release.tasks(Split::CrossRepoVal).is_ok());
}

#[test]
fn partitions_of_both_tracks_agree_r112() {
    let folder = tempfile::tempdir().expect("a folder");
    let names: Vec<&'static str> = vec!["r/a", "r/b", "r/c", "r/d", "r/e", "r/f", "r/g", "r/h"];
    let plan = Plan { repos: names.iter().map(|name| (*name, 5, None)).collect(), ..Plan::default() };
    let mining = mining(&folder.path().join("mining"), &plan);
    let partitions = |track: Track| -> Vec<Partition> {
        let root = folder.path().join(track.name());
        let release = Release::seal(&mining, &root, &BuildOptions::new(track)).expect("sealed");
        release.manifest().contents.repos.iter().map(|repo| repo.partition).collect()
    };
    assert_eq!(partitions(Track::Static), partitions(Track::Evolution));
}

#[test]
fn other_formats_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    std::fs::write(root.join("manifest.json"), r#"{"root":"x","contents":{"format":1,"old_field":2}}"#)
        .expect("written");
    let error = Release::open(root).expect_err("an old release").to_string();
    assert!(error.contains("release format 1") && error.contains("format 2"), "{error}");
    std::fs::write(root.join("mining.json"), r#"{"format":1,"track":"static"}"#).expect("written");
    let error = Mining::at(root).index().expect_err("an old index").to_string();
    assert!(error.contains("mining format 1"), "{error}");
}
