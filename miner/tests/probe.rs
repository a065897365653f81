//! The probe corpus, seen from outside: real repositories, labels that hold, an experiment that is balanced.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::{path::Path, sync::OnceLock};

use bench::{Family, Need, Partition, Seed};
use git2::{Delta, Repository, TreeWalkMode};
use miner::probe::{Conventions, Error, NeedRow, ProbeOptions, ProbeRepository, generate};
use miner::{Caps, Entry, Extractor, Pair, select};
use tempfile::TempDir;

const APRIL_2025: i64 = 1_743_465_600;

struct Corpus {
    folder: TempDir,
    repositories: Vec<ProbeRepository>,
}

fn corpus() -> &'static Corpus {
    static CORPUS: OnceLock<Corpus> = OnceLock::new();
    CORPUS.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let repositories = generate(&ProbeOptions::default(), folder.path(), &|_, _| {}).unwrap();
        Corpus { folder, repositories }
    })
}

fn small(seed: u64) -> ProbeOptions {
    ProbeOptions { seed: Seed(seed), train: 3, cross_repo_val: 1, cross_repo_test: 1, ood: 1, commits: 40 }
}

fn head_files(repository: &ProbeRepository) -> BTreeMap<String, String> {
    let repo = Repository::open_bare(&repository.git_dir).unwrap();
    let mut files = BTreeMap::new();
    let tree = repo.head().unwrap().peel_to_tree().unwrap();
    tree.walk(TreeWalkMode::PreOrder, |folder, entry| {
        if let Ok(blob) = entry.to_object(&repo).unwrap().into_blob() {
            let path = format!("{folder}{}", entry.name().unwrap());
            files.insert(path, String::from_utf8(blob.content().to_vec()).unwrap());
        }
        git2::TreeWalkResult::Ok
    })
    .unwrap();
    files
}

fn conventions(repository: &ProbeRepository) -> Conventions {
    let path = corpus().folder.path().join(format!("conventions/{}.json", repository.id.name()));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The pairs of the test files at the head, each with its label.
fn labelled(repository: &ProbeRepository) -> Vec<(String, Pair, NeedRow)> {
    let rows: BTreeMap<(&str, u32), &NeedRow> =
        repository.needs.iter().map(|row| ((row.path.as_str(), row.line), row)).collect();
    assert_eq!(rows.len(), repository.needs.len(), "one label a line");
    let mut extractor = Extractor::new();
    let mut pairs = Vec::new();
    for (path, text) in head_files(repository).into_iter().filter(|(path, _)| path.starts_with("tests/")) {
        for pair in extractor.file(&text).unwrap().pairs {
            let row = rows[&(path.as_str(), pair.line)];
            assert_eq!(row.function, pair.function);
            pairs.push((path.clone(), pair, row.clone()));
        }
    }
    let lines: BTreeSet<_> = pairs.iter().map(|(path, pair, _)| (path, pair.line)).collect();
    assert_eq!(lines.len(), rows.len(), "every label is of an assertion");
    pairs
}

fn selected(repository: &ProbeRepository) -> Vec<(String, Pair, NeedRow)> {
    let all = labelled(repository);
    let entries: Vec<Entry<'_>> = all
        .iter()
        .map(|(path, pair, _)| Entry {
            file: path,
            function: &pair.function,
            target: &pair.target,
            multiline: pair.multiline,
            difficulty: pair.difficulty,
        })
        .collect();
    let mut chosen = select(&entries, Caps::default());
    chosen.sort_unstable();
    chosen.into_iter().map(|index| all[index].clone()).collect()
}

/// The answer without what closes the call around it.
fn answer(pair: &Pair) -> &str {
    let target = pair.target.strip_prefix("pytest.approx(").unwrap_or(&pair.target);
    if target.ends_with("()") { target } else { target.trim_end_matches(')') }
}

/// Whether `word` stands in `text` with no letter, digit or quote joined to it.
fn visible(text: &str, word: &str) -> bool {
    let joins = |c: Option<char>, edge: char| {
        c.is_some_and(
            |c| if edge == '"' { c == '"' } else { edge.is_alphanumeric() && (c.is_alphanumeric() || c == '_') },
        )
    };
    let (first, last) = (word.chars().next().unwrap(), word.chars().next_back().unwrap());
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !joins(before, first) && !joins(after, last)
    })
}

#[test]
fn ids_are_constants() {
    let expected = include_str!("golden/probe_heads.txt");
    let found: BTreeMap<&str, &str> =
        corpus().repositories.iter().map(|repository| (repository.id.as_str(), repository.head.as_str())).collect();
    for line in expected.lines() {
        let (name, head) = line.split_once(' ').unwrap();
        assert_eq!(found.get(name), Some(&head), "{name}");
    }
    assert_eq!(expected.lines().count(), 3);
}

#[test]
fn the_list_names_every_repository() {
    let corpus = corpus();
    let list = bench::RepoList::read(&corpus.folder.path().join("repos.toml")).unwrap();
    let of = |partition| list.repos.iter().filter(|spec| spec.partition == Some(partition)).count();
    assert_eq!(Partition::ALL.iter().map(|&partition| of(partition)).collect::<Vec<_>>(), [32, 8, 8, 6]);
    for (spec, repository) in list.repos.iter().zip(&corpus.repositories) {
        assert_eq!((&spec.name, spec.rev.as_deref()), (&repository.id, Some(repository.head.as_str())));
        assert_eq!(Path::new(&spec.source), repository.git_dir);
        let needs = fs::read_to_string(spec.needs.as_ref().unwrap()).unwrap();
        let rows: Vec<NeedRow> = needs.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(rows, repository.needs);
    }
}

#[test]
fn labels_hold_in_the_structured_prefix_and_in_the_file_above() {
    for repository in &corpus().repositories {
        let files = head_files(repository);
        let vocabulary: BTreeMap<String, Vec<String>> = conventions(repository)
            .dimensions
            .into_iter()
            .map(|convention| (convention.dimension, convention.vocabulary))
            .collect();
        for (path, pair, row) in labelled(repository) {
            let place = format!("{}, {path}:{}: {}", repository.id, pair.line, pair.target);
            let above: String =
                files[&path].lines().take(pair.line as usize - 1).flat_map(|line| [line, "\n"]).collect();
            let above = above + pair.prefix.lines().last().unwrap();
            let needed = row.need;
            assert_eq!(visible(&pair.prefix, answer(&pair)), needed == Need::Prefix, "prefix of {place}");
            assert_eq!(visible(&above, answer(&pair)), needed == Need::Prefix, "file above {place}");
            assert_eq!(row.dimension.is_some(), needed != Need::Prefix, "{place}");
            assert_eq!(row.chance, row.dimension.as_ref().map(|_| 0.25), "{place}");
            let words = row.dimension.iter().flat_map(|dimension| &vocabulary[dimension]);
            for word in words.map(|word| word.trim_matches('"')).filter(|word| word.chars().any(char::is_alphanumeric))
            {
                assert!(!visible(&above, word), "{word} stands above {place}");
            }
        }
    }
}

#[test]
fn history_means_another_value_before() {
    for repository in &corpus().repositories {
        let values: BTreeMap<String, usize> = conventions(repository)
            .dimensions
            .into_iter()
            .map(|convention| (convention.dimension, convention.values.len()))
            .collect();
        let mut changes: Vec<usize> = values.values().copied().collect();
        changes.sort_unstable();
        assert_eq!(changes, [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3], "{}", repository.id);
        for row in &repository.needs {
            if let Some(dimension) = &row.dimension {
                assert_eq!(row.need == Need::History, values[dimension] > 1, "{} {row:?}", repository.id);
            }
        }
    }
}

#[test]
fn every_family_carries_every_label() {
    let mut total: BTreeMap<(Need, Family), usize> = BTreeMap::new();
    let mut tasks = 0;
    for repository in &corpus().repositories {
        let selected = selected(repository);
        assert_eq!(selected.len(), 102, "{}", repository.id);
        for (_, pair, row) in &selected {
            *total.entry((row.need, pair.kind.family())).or_default() += 1;
        }
        tasks += selected.len();
    }
    let share = |need: Need| {
        total.iter().filter(|((of, _), _)| *of == need).map(|(_, count)| count).sum::<usize>() as f64 / tasks as f64
    };
    for (need, aim) in [(Need::Prefix, 0.40), (Need::Repository, 0.35), (Need::History, 0.25)] {
        assert!((share(need) - aim).abs() < 0.04, "{need}: {}", share(need));
        for &family in Family::ALL {
            let count = total[&(need, family)];
            assert!(count as f64 > 0.025 * tasks as f64, "{need}, {family}: {count} of {tasks}");
        }
    }
}

#[test]
fn values_are_balanced_and_their_combinations_new() {
    let mut counts: BTreeMap<(Partition, String, String), usize> = BTreeMap::new();
    let mut combinations = BTreeSet::new();
    for repository in &corpus().repositories {
        let heads: Vec<String> = conventions(repository)
            .dimensions
            .iter()
            .map(|convention| {
                let value = convention.values.last().unwrap().value.clone();
                assert!(convention.vocabulary.contains(&value));
                *counts.entry((repository.partition, convention.dimension.clone(), value.clone())).or_default() += 1;
                value
            })
            .collect();
        assert!(combinations.insert(heads), "{} repeats a combination", repository.id);
    }
    assert_eq!(counts.len(), 4 * 14 * 4, "every value occurs in every partition");
    for ((partition, dimension, value), count) in counts {
        let fits = match partition {
            Partition::Train => count == 8,
            Partition::CrossRepoVal | Partition::CrossRepoTest => count == 2,
            Partition::OodTest => count == 1 || count == 2,
        };
        assert!(fits, "{partition}: {dimension} is {value} in {count}");
    }
}

#[test]
fn every_dimension_is_asked_three_or_four_times() {
    for repository in &corpus().repositories {
        let mut asked: BTreeMap<&str, usize> = BTreeMap::new();
        for row in &repository.needs {
            *asked.entry(row.dimension.as_deref().unwrap_or("none")).or_default() += 1;
        }
        asked.remove("none");
        assert_eq!(asked.len(), 14);
        assert!(asked.values().all(|&count| count == 3 || count == 4), "{}: {asked:?}", repository.id);
    }
}

#[test]
fn histories_are_eventful() {
    for repository in &corpus().repositories {
        let repo = Repository::open_bare(&repository.git_dir).unwrap();
        let mut commit = repo.head().unwrap().peel_to_commit().unwrap();
        assert_eq!(commit.id().to_string(), repository.head.as_str());
        let ood = repository.partition == Partition::OodTest;
        let (mut length, mut merges, mut renames, mut deletions, mut code_only) = (1, 0, 0, 0, 0);
        let mut timeline = vec![commit.id().to_string()];
        loop {
            assert_eq!(commit.time().seconds() >= APRIL_2025, ood, "{}", repository.id);
            assert!(commit.author().email().unwrap().ends_with("@example.org"));
            let Ok(parent) = commit.parent(0) else { break };
            assert!(parent.time().seconds() < commit.time().seconds());
            merges += usize::from(commit.parent_count() == 2);
            let (old, new) = (parent.tree().unwrap(), commit.tree().unwrap());
            let mut diff = repo.diff_tree_to_tree(Some(&old), Some(&new), None).unwrap();
            diff.find_similar(None).unwrap();
            assert!(diff.deltas().count() > 0, "{} changes nothing", commit.id());
            renames += diff.deltas().filter(|delta| delta.status() == Delta::Renamed).count();
            deletions += diff.deltas().filter(|delta| delta.status() == Delta::Deleted).count();
            let touches_tests = |delta: git2::DiffDelta<'_>| delta.new_file().path().unwrap().starts_with("tests");
            code_only += usize::from(!diff.deltas().any(touches_tests));
            length += 1;
            commit = parent;
            timeline.push(commit.id().to_string());
        }
        assert_eq!((length, merges, renames), (40, 3, 1), "{}", repository.id);
        assert!(deletions >= 1 && code_only >= 8, "{}: {deletions} {code_only}", repository.id);
        timeline.reverse();
        for convention in conventions(repository).dimensions {
            for validity in convention.values {
                assert_eq!(validity.commit.as_str(), timeline[validity.commit_index], "{}", repository.id);
            }
        }
    }
}

#[test]
fn every_python_file_parses_and_only_tests_look_like_tests() {
    for repository in &corpus().repositories {
        let files = head_files(repository);
        assert!(["README.md", "LICENSE", "pyproject.toml"].iter().all(|name| files.contains_key(*name)));
        assert!(files["pyproject.toml"].contains("pytest"));
        let python: Vec<_> =
            files.iter().filter(|(path, _)| Path::new(path).extension().is_some_and(|e| e == "py")).collect();
        let (tests, code): (Vec<_>, Vec<_>) = python.iter().partition(|(path, _)| path.starts_with("tests/"));
        assert!(tests.len() == 10 && (13..=18).contains(&code.len()), "{}: {}", repository.id, code.len());
        assert!(code.iter().all(|(path, text)| !path.contains("test") && !text.contains("test")), "{}", repository.id);
        let src = code.iter().all(|(path, _)| path.starts_with("src/"));
        assert_eq!(src, repository.partition == Partition::OodTest);
        for (path, text) in python {
            assert!(miner::is_valid_python(text), "{} {path}", repository.id);
        }
    }
}

fn bytes_of(folder: &Path, under: &Path, into: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(under).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes_of(folder, &path, into);
        } else {
            into.insert(path.strip_prefix(folder).unwrap().display().to_string(), fs::read(&path).unwrap());
        }
    }
}

#[test]
fn threads_do_not_matter_and_seeds_do() {
    let run = |threads: usize, seed: u64| {
        let folder = TempDir::new().unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let repositories = pool.install(|| generate(&small(seed), folder.path(), &|_, _| {}).unwrap());
        let mut files = BTreeMap::new();
        bytes_of(folder.path(), folder.path(), &mut files);
        (files, repositories.into_iter().map(|repository| repository.head).collect::<Vec<_>>())
    };
    let (one, three) = (run(1, 5), run(3, 5));
    let differing: Vec<_> =
        one.0.iter().filter(|&(path, bytes)| three.0.get(path) != Some(bytes)).map(|(path, _)| path).collect();
    assert!(differing.is_empty() && one.0.len() == three.0.len(), "{differing:?}");
    assert_eq!(one.1, three.1);
    assert_ne!(one.1, run(2, 6).1);
}

#[test]
fn a_corpus_is_reused_completed_or_refused() {
    let folder = TempDir::new().unwrap();
    let into = folder.path().join("deep/corpus");
    let first = generate(&small(1), &into, &|_, _| {}).unwrap();
    assert_eq!(generate(&small(1), &into, &|_, _| {}).unwrap(), first);

    let other = generate(&small(2), &into, &|_, _| {}).unwrap_err();
    assert!(matches!(&other, Error::Occupied { path, .. } if *path == into), "{other}");

    fs::remove_file(into.join("repos.toml")).unwrap();
    fs::remove_dir_all(first[1].git_dir.join("objects")).unwrap();
    assert_eq!(generate(&small(1), &into, &|_, _| {}).unwrap(), first, "an interrupted run is completed");

    fs::write(into.join(format!("needs/{}.jsonl", first[0].id.name())), "{\n").unwrap();
    assert!(matches!(generate(&small(1), &into, &|_, _| {}).unwrap_err(), Error::Damaged { .. }));
    fs::remove_dir_all(first[0].git_dir.join("objects")).unwrap();
    assert!(generate(&small(1), &into, &|_, _| {}).is_err());

    let foreign = folder.path().join("foreign");
    fs::create_dir(&foreign).unwrap();
    fs::write(foreign.join("notes.txt"), "mine").unwrap();
    assert!(matches!(generate(&small(1), &foreign, &|_, _| {}).unwrap_err(), Error::Occupied { .. }));
    assert_eq!(fs::read_dir(&foreign).unwrap().count(), 1);
}

#[test]
fn impossible_sizes_are_refused() {
    let folder = TempDir::new().unwrap();
    let short = ProbeOptions { commits: 31, ..small(0) };
    let error = generate(&short, folder.path(), &|_, _| {}).unwrap_err();
    assert_eq!(error.to_string(), "a probe history of 31 commits is too short; ask for at least 32");
    let none = ProbeOptions { train: 0, cross_repo_val: 0, cross_repo_test: 0, ood: 0, ..small(0) };
    assert!(matches!(generate(&none, folder.path(), &|_, _| {}).unwrap_err(), Error::NoRepositories));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn short_and_long_histories_have_the_asked_length() {
    for commits in [32, 75] {
        let folder = TempDir::new().unwrap();
        let options = ProbeOptions { commits, ..small(3) };
        for repository in generate(&options, folder.path(), &|_, _| {}).unwrap() {
            let repo = Repository::open_bare(&repository.git_dir).unwrap();
            let mut walk = repo.revwalk().unwrap();
            walk.push_head().unwrap();
            walk.simplify_first_parent().unwrap();
            assert_eq!(walk.count(), commits, "{}", repository.id);
        }
    }
}

#[test]
fn no_seed_makes_a_convention_visible() {
    for seed in 10..20 {
        let folder = TempDir::new().unwrap();
        for repository in generate(&small(seed), folder.path(), &|_, _| {}).unwrap() {
            for row in &repository.needs {
                assert_eq!(row.need == Need::Prefix, row.dimension.is_none(), "{seed}: {} {row:?}", repository.id);
            }
            assert!(repository.needs.len() > 80);
        }
    }
}
