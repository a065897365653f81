//! The list of this repository, `repos.toml`: the numbers, dates, licences and parts that its page states.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bench::partition::{Candidate, place};
use bench::{Criterion, Partition, Provenance, RepoFacts, RepoList, RepoSpec, paper};

/// The licences of the list; every one asks for no more than attribution.
const PERMISSIVE: [&str; 9] =
    ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "HPND", "ISC", "MIT", "PSF-2.0", "Unlicense"];
/// The known member whose pinned tree holds no licence.
const UNLICENSED: &str = "QuixiAI/Hexis";

fn listed() -> Vec<RepoSpec> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("repos.toml");
    RepoList::read(&path).expect("the shipped list").repos
}

fn is_ood(spec: &RepoSpec) -> bool {
    spec.partition == Some(Partition::OodTest)
}

fn is_known(spec: &RepoSpec) -> bool {
    spec.provenance == Some(Provenance::Published)
}

fn facts(spec: &RepoSpec) -> &RepoFacts {
    spec.facts.as_ref().unwrap_or_else(|| panic!("{} was never opened", spec.name))
}

#[test]
fn it_has_the_published_numbers() {
    let list = listed();
    let ood = list.iter().filter(|spec| is_ood(spec)).count();
    assert_eq!((list.len() - ood, ood), (paper::REPOSITORIES, paper::OOD_REPOSITORIES), "R25, R31");
    assert!(list.is_sorted_by_key(|spec| (spec.name.owner(), spec.name.name())));
}

#[test]
fn known_members_keep_their_parts() {
    let mut parts: BTreeMap<Option<Partition>, usize> = BTreeMap::new();
    for spec in listed().iter().filter(|spec| is_known(spec)) {
        *parts.entry(spec.partition).or_default() += 1;
    }
    let (train, test, ood) = (Partition::Train, Partition::CrossRepoTest, Partition::OodTest);
    let expected = [(None, 22), (Some(train), 35), (Some(test), 52), (Some(ood), 1)];
    assert_eq!(parts, BTreeMap::from(expected), "R33");
    let fixed = |spec: &&RepoSpec| !is_known(spec) && spec.partition.is_some_and(|part| part != ood);
    assert_eq!(listed().iter().find(fixed), None, "parts of the others are drawn (R81)");
}

#[test]
fn the_draw_gives_parts_of_the_published_sizes() {
    let candidate = |spec: &RepoSpec| {
        let (pairs, fixed) = (usize::try_from(facts(spec).tasks).expect("a small count"), spec.partition);
        Candidate { repo: spec.name.clone(), pairs, fixed }
    };
    let eligible: Vec<Candidate> = listed()
        .iter()
        .map(candidate)
        .filter(|c| c.fixed == Some(Partition::OodTest) || c.pairs >= paper::MIN_PAIRS)
        .collect();
    let placed = place(&eligible).expect("enough repositories");
    let size = |part: Partition| placed.values().filter(|found| **found == part).count();
    // Published, of 512: 409 / 51 / 52. Eight known members have fewer tasks at their pins than the draw asks for, and
    // one bin holds 19 fixed members of CR-test and 18 seats.
    let sizes: Vec<usize> = Partition::ALL.iter().map(|part| size(*part)).collect();
    assert_eq!(sizes, [401, 49, 54, paper::OOD_REPOSITORIES], "R81");
    assert!(eligible.iter().all(|c| c.fixed.is_none_or(|part| placed[&c.repo] == part)));
}

#[test]
fn no_repository_is_listed_twice() {
    let (mut names, mut roots) = (BTreeSet::new(), BTreeMap::new());
    for spec in listed() {
        assert!(names.insert(spec.name.as_str().to_ascii_lowercase()), "{}", spec.name);
        let other = roots.insert(facts(&spec).root.clone(), spec.name.clone());
        assert_eq!(other, None, "{} begins with the same commit", spec.name);
    }
}

#[test]
fn every_entry_is_pinned_on_its_side_of_the_cutoff() {
    for spec in listed() {
        let (facts, rev) = (facts(&spec), spec.rev.clone().unwrap_or_default());
        assert!(rev.len() == 40 && rev.bytes().all(|byte| byte.is_ascii_hexdigit()), "{}: {rev}", spec.name);
        assert!(facts.first_commit <= facts.pinned && facts.pinned <= facts.last_commit, "{}", spec.name);
        assert_eq!(spec.source, format!("https://github.com/{}.git", spec.name));
        if is_ood(&spec) {
            assert!(facts.pinned > paper::CUTOFF, "{}", spec.name);
        } else if is_known(&spec) && facts.fails.contains(&Criterion::NoHistory) {
            assert!(facts.pinned > paper::CUTOFF && facts.first_commit > paper::CUTOFF, "{}: R25", spec.name);
        } else {
            assert!(facts.pinned <= paper::CUTOFF, "{}: R116", spec.name);
        }
    }
}

#[test]
fn all_but_one_are_under_permissive_licences() {
    for spec in listed() {
        let Some(licence) = &spec.licence else {
            assert_eq!(spec.name.as_str(), UNLICENSED);
            continue;
        };
        assert!(licence.split(" AND ").all(|id| PERMISSIVE.contains(&id)), "{}: {licence}", spec.name);
    }
}

#[test]
fn what_was_chosen_meets_the_criteria() {
    for spec in listed().iter().filter(|spec| !is_known(spec)) {
        let facts = facts(spec);
        let needed = if is_ood(spec) { 1 } else { paper::MIN_PAIRS as u64 };
        assert!(facts.tasks >= needed, "{}: {} tasks (R80)", spec.name, facts.tasks);
        assert!(facts.test_files > 0 && facts.evidence.is_some(), "{} (R21, R34)", spec.name);
        assert!(facts.fails.is_empty(), "{}", spec.name);
    }
}
