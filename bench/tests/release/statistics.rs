//! Statistics of both tracks together, against what the fixture says by hand.

use std::collections::BTreeMap;

use bench::stats::{Counts, KeptCounts, Part, Statistics, measure};
use bench::{BuildOptions, Event, Release, Split, Track};

use crate::fixture::{Plan, id, mining};

fn measured(folder: &std::path::Path) -> Statistics {
    let mining = mining(&folder.join("mining"), &Plan::default());
    let seal = |track: Track| Release::seal(&mining, &folder.join(track.name()), &BuildOptions::new(track));
    measure(&[seal(Track::Static).expect("sealed"), seal(Track::Evolution).expect("sealed")], None, &|_| {})
        .expect("statistics")
}

#[test]
fn both_tracks_make_table_5_whole_r140() {
    let folder = tempfile::tempdir().expect("a folder");
    let found: Vec<(Part, Counts)> =
        measured(folder.path()).parts.iter().map(|part| (part.part, part.counts)).collect();
    let of = |repos, commits, tasks| Counts { repos, commits, tasks };
    let expected = [
        // 40 selected tasks of each repository, the two with a history and the one without.
        (Part::StaticTrain, of(3, 3, 96)),
        (Part::StaticCrossRepoVal, of(1, 1, 40)),
        (Part::StaticCrossRepoTest, of(1, 1, 40)),
        (Part::StaticInRepoVal, of(3, 3, 12)),
        (Part::StaticInRepoTest, of(3, 3, 12)),
        // The last task of each of 27 lines in two files (R123), by definition at one commit.
        (Part::StaticOod, of(1, 1, 54)),
        (Part::EvolutionAnchor, of(2, 2, 6)),
        // Eight of the longer targets at each of 9 + 8 commits.
        (Part::EvolutionTrain, of(2, 17, 136)),
        // The first eight rows of every commit.
        (Part::EvolutionCrossRepoVal, of(1, 3, 24)),
        (Part::EvolutionCrossRepoTest, of(1, 4, 32)),
        (Part::EvolutionInRepoVal, of(2, 2, 16)),
        (Part::EvolutionInRepoTest, of(2, 4, 32)),
        (Part::EvolutionOod, of(1, 5, 40)),
    ];
    assert_eq!(found, expected);
}

#[test]
fn events_and_repeats_r103_r146() {
    let folder = tempfile::tempdir().expect("a folder");
    let statistics = measured(folder.path());
    let part = |part| statistics.parts.iter().find(|found| found.part == part).expect("the part");
    let test = part(Part::EvolutionCrossRepoTest);
    let expected = [(Event::Added, 12), (Event::Modified, 12), (Event::Reemitted, 8)];
    assert_eq!(test.events, BTreeMap::from(expected));
    assert_eq!(
        test.target_in_prefix, 8,
        "`0` and `4` stand in their own assertions; no other target stands above its own"
    );
    assert_eq!(test.repeats.expect("an evaluated part").assertion, 0, "no repository is trained on and tested");
    let within = part(Part::EvolutionInRepoTest).repeats.expect("an evaluated part");
    assert_eq!(within.whole, 0, "every commit adds a line to each file");
    assert!(within.assertion >= 4, "`assert f(0) == 0` of an anchor, at each commit: {within:?}");
    assert!(part(Part::StaticTrain).events.is_empty() && part(Part::EvolutionAnchor).events.is_empty());
}

#[test]
fn kept_commits_r16_and_r144() {
    let folder = tempfile::tempdir().expect("a folder");
    let commits = measured(folder.path()).commits.expect("commits");
    assert_eq!((commits.per_repo.count, commits.per_repo.median, commits.per_repo.max), (5, 5.0, 12));
    let counts = |commits| KeptCounts { commits, added: 8 * commits, modified: 8 * commits, reemitted: 8 * commits };
    let expected = [
        (Split::Train, counts(17)),
        (Split::InRepoVal, counts(2)),
        (Split::InRepoTest, counts(4)),
        (Split::CrossRepoVal, counts(3)),
        (Split::CrossRepoTest, counts(4)),
        (Split::OodTest, counts(5)),
    ];
    assert_eq!(commits.splits, BTreeMap::from(expected));
    assert_eq!((commits.first.to_string().as_str(), commits.most_rows), ("2023-12-31T23:00:00Z", 24));
    // None of the published repositories is there, so the busiest stand; their first commits lie before the window.
    let dots: Vec<(String, usize)> =
        commits.activity.iter().map(|repo| (repo.repo.to_string(), repo.kept.len())).collect();
    assert_eq!(dots[0], (id("a/b").to_string(), 11));
    assert_eq!(dots.iter().map(|(_, kept)| kept).sum::<usize>(), 11 + 10 + 2 + 3 + 4);
    assert!(commits.activity.iter().flat_map(|repo| &repo.kept).all(|dot| dot.rows == 24));
}
