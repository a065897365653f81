//! The reference's own numbers for random draws, difficulty tiers and splits (R153).

use std::collections::BTreeMap;

use bench::partition::{Candidate, divide, place};
use bench::{Difficulty, Mt19937, Partition, RepoId, SmartCap, Split, Spot, Stage, is_trivial, stages};
use serde_json::Value;

/// The golden records of one kind.
fn records(kind: &str) -> Vec<Value> {
    let records: Vec<Value> = include_str!("golden/benchmark_rules.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a golden record"))
        .filter(|record: &Value| record["kind"] == kind)
        .collect();
    assert!(!records.is_empty(), "no golden record of kind {kind}");
    records
}

fn numbers(value: &Value) -> Vec<u64> {
    value.as_array().expect("a list").iter().map(|n| n.as_u64().expect("a number")).collect()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().expect("a list").iter().map(|s| s.as_str().expect("a text").to_owned()).collect()
}

#[test]
fn generator_r79() {
    for record in records("mt19937") {
        let mut generator = Mt19937::new(record["seed"].as_u64().expect("a seed"));
        for expected in numbers(&record["u32"]) {
            assert_eq!(u64::from(generator.next_u32()), expected, "{}", record["id"]);
        }
    }
}

#[test]
fn shuffles_r79() {
    for record in records("shuffle") {
        let mut items: Vec<u64> = (0..record["n"].as_u64().expect("a size")).collect();
        Mt19937::new(record["seed"].as_u64().expect("a seed")).shuffle(&mut items);
        assert_eq!(items, numbers(&record["result"]), "{}", record["id"]);
    }
    for record in records("shuffle_stream") {
        let mut generator = Mt19937::new(record["seed"].as_u64().expect("a seed"));
        let results = record["results"].as_array().expect("a list");
        for (size, expected) in numbers(&record["sizes"]).into_iter().zip(results) {
            let mut items: Vec<u64> = (0..size).collect();
            generator.shuffle(&mut items);
            assert_eq!(items, numbers(expected), "{}", record["id"]);
        }
    }
}

#[test]
fn difficulty_r69() {
    for record in records("difficulty") {
        let target = record["target"].as_str().expect("a target");
        assert_eq!(Difficulty::of(target).name(), record["difficulty"], "{target:?}");
        assert_eq!(is_trivial(target), record["trivial"].as_bool().expect("a flag"), "{target:?}");
    }
}

#[test]
fn repositories_r81() {
    for record in records("repo_split") {
        let candidates: Vec<Candidate> = record["repos"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|pair| Candidate {
                repo: RepoId::new(pair[0].as_str().expect("a name")).expect("an id"),
                pairs: usize::try_from(pair[1].as_u64().expect("a count")).expect("a small count"),
                fixed: None,
            })
            .collect();
        let placed = place(&candidates).expect("enough repositories");
        let mut expected = BTreeMap::new();
        for (key, partition) in
            [("train", Partition::Train), ("val", Partition::CrossRepoVal), ("test", Partition::CrossRepoTest)]
        {
            expected.extend(texts(&record[key]).into_iter().map(|name| (RepoId::new(name).expect("an id"), partition)));
        }
        assert_eq!(placed, expected, "{}", record["id"]);
    }
}

#[test]
fn pairs_r82() {
    for record in records("pair_split") {
        let pairs: Vec<u64> = (0..record["n"].as_u64().expect("a size")).collect();
        let parts: BTreeMap<Split, Vec<u64>> = divide(Partition::Train, pairs).into_iter().collect();
        for (key, split) in [("train", Split::Train), ("val", Split::InRepoVal), ("test", Split::InRepoTest)] {
            assert_eq!(parts[&split], numbers(&record[key]), "{} {key}", record["id"]);
        }
    }
}

#[test]
fn stages_r113() {
    for record in records("chronological") {
        let all = stages(usize::try_from(record["n"].as_u64().expect("a size")).expect("a small size"));
        assert!(all.is_sorted(), "{}", record["id"]);
        for stage in Stage::ALL {
            let count = all.iter().filter(|found| *found == stage).count();
            assert_eq!(Some(count as u64), record[stage.name()].as_u64(), "{} {stage}", record["id"]);
        }
    }
}

#[test]
fn smart_cap_r119() {
    for record in records("smart_cap_stream") {
        let limit = |key: &str| usize::try_from(record[key].as_u64().expect("a limit")).expect("a small limit");
        let mut draw = SmartCap::new(limit("max_per_commit"), limit("max_per_file"));
        let commits = record["commits"].as_array().expect("a list");
        for (commit, expected) in commits.iter().zip(record["selected"].as_array().expect("a list")) {
            let rows: Vec<Spot<'_>> = commit
                .as_array()
                .expect("a list")
                .iter()
                .map(|row| Spot {
                    file: row["test_file"].as_str().expect("a file"),
                    function: row["test_function"].as_str().expect("a function"),
                })
                .collect();
            let drawn: Vec<u64> = draw.choose(&rows).into_iter().map(|row| row as u64).collect();
            assert_eq!(drawn, numbers(expected), "{}", record["id"]);
        }
    }
}
