//! What is read of a clone is what a release of the same commit holds.

use std::path::Path;

use baselines::encoder::{HashedEncoder, Recipe, Weighting};
use baselines::vectors::{SingleVectors, Vectors, Wanted};
use bench::{Partition, Release, Seed, VectorKind};
use miner::{Live, Options};

use super::corpus::{CORPUS, done, subject};

fn live(clone: &str, partition: Option<Partition>) -> Live {
    let root = CORPUS.path();
    Live::open(&root.join(clone), Options::new(root.join("cache")), partition).unwrap()
}

/// Every number of every vector of every repository, at every kept commit, as `embed` stores it.
#[test]
fn vectors_are_those_of_releases() {
    let root = CORPUS.path();
    done(root, "embed --release release --encoder hashed --kind static_g1 --width 32 --out snapshot.safetensors");
    done(root, "embed --release evolution --encoder hashed --kind repo_state_g2 --width 32 --out all.safetensors");
    let release = Release::open(&root.join("evolution")).unwrap();
    let encoder = HashedEncoder::fit_on(&release, 16, Weighting::Spread, Seed(0)).unwrap();
    let of_snapshots = Release::open(&root.join("release")).unwrap();
    let snapshots = HashedEncoder::fit_on(&of_snapshots, 16, Weighting::Spread, Seed(0)).unwrap();
    let open = |file: &str, kind| Vectors::open(Path::new(&root.join(file)), &Wanted::kind(kind)).unwrap();
    let (clean, all) =
        (open("state.safetensors", VectorKind::RepoStateG2), open("all.safetensors", VectorKind::RepoStateG2));
    let diffs = open("diffs.safetensors", VectorKind::DiffG2);
    let whole = open("snapshot.safetensors", VectorKind::StaticG1);
    let recipe = |kind, exclude| Recipe::new(kind, exclude).unwrap();
    let mut seen = 0;
    for known in &release.manifest().contents.repos {
        let live = live(&format!("probe/{}.git", known.repo.name()), Some(known.partition));
        let survey = live.survey(&known.commit, None).unwrap();
        let kept = survey.kept(None, &miner::NoObserver).unwrap().unwrap().commits;
        assert!(kept.iter().eq(release.history(&known.repo).unwrap().commits().iter().map(|place| &place.commit)));
        let texts = survey.diffs(None, &kept).unwrap();
        let mut of_diffs = SingleVectors::new(&encoder, recipe(VectorKind::DiffG2, false));
        let mut without = SingleVectors::new(&encoder, recipe(VectorKind::RepoStateG2, true));
        let mut with = SingleVectors::new(&encoder, recipe(VectorKind::RepoStateG2, false));
        for (commit, diff) in kept.iter().zip(texts) {
            let made = of_diffs.diff(&known.repo, commit, diff).unwrap();
            assert_eq!(made, diffs.context(&known.repo, commit).unwrap(), "{} {commit}", known.repo);
            for (vectors, stored) in [(&mut without, &clean), (&mut with, &all)] {
                let made = vectors.tree(survey.tree(commit).unwrap()).unwrap();
                assert_eq!(made, stored.context(&known.repo, commit).unwrap(), "{} {commit}", known.repo);
            }
            seen += 1;
        }
        let view = live.snapshot(&known.commit).unwrap();
        let made = SingleVectors::new(&snapshots, recipe(VectorKind::StaticG1, false)).tree(view).unwrap();
        assert_eq!(made, whole.context(&known.repo, &known.commit).unwrap(), "{}", known.repo);
    }
    assert_eq!(seen, clean.len());
}

/// What a survey remembers leads the next one to the same commits, wherever the first one ended, under both profiles.
#[test]
fn surveys_go_on_where_others_ended() {
    let (known, clone, _) = subject();
    let root = CORPUS.path();
    for profile in [bench::Profile::Paper, bench::Profile::Strict] {
        let options = Options { profile, ..Options::new(root.join("cache")) };
        let live = Live::open(&root.join(&clone), options, None).unwrap();
        let survey = live.survey(&known.commit, None).unwrap();
        let all = survey.kept(None, &miner::NoObserver).unwrap().unwrap();
        for commit in &all.commits {
            let first = live.survey(commit, None).unwrap().kept(None, &miner::NoObserver).unwrap().unwrap();
            assert_eq!(first.commits.last(), Some(commit));
            let text = serde_json::to_string(&first.memory).unwrap();
            let memory: miner::live::Memory = serde_json::from_str(&text).unwrap();
            let next = live.survey(&known.commit, Some(&memory)).unwrap();
            assert_eq!(next.rules(), survey.rules());
            let rest = next.kept(Some(memory), &miner::NoObserver).unwrap().unwrap();
            assert_eq!([first.commits, rest.commits].concat(), all.commits, "{profile}");
            let sizes = |memory: &miner::live::Memory| {
                let mut value = serde_json::to_value(memory).unwrap();
                value.as_object_mut().unwrap().remove("test_bytes");
                value
            };
            assert_eq!(sizes(&rest.memory), sizes(&all.memory), "{profile}");
        }
    }
}
