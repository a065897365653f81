//! Statistics of small releases against numbers counted by hand.

use std::collections::BTreeMap;
use std::path::Path;

use bench::stats::{
    Component, Composition, Counts, Part, PartStatistics, Repeats, Statistics, TableFamily, TableTarget, TokenCounter,
    measure,
};
use bench::{
    Assertion, AssertionKind, BuildOptions, CommitId, Difficulty, Draft, Mining, Partition, Profile, Release, RepoId,
    RepoPath, Role, Shard, SourceFile, TaskId, Track,
};

/// A task as the tables of the tests spell it: kind, function, line, target.
type Line = (AssertionKind, &'static str, &'static str, &'static str);

const TRAIN: &[Line] = &[
    (AssertionKind::Assert, "test_a", "    assert x == ", "1"),
    (AssertionKind::AssertEqual, "test_a", "    self.assertEqual(f(), ", "3)"),
    (AssertionKind::PytestRaises, "test_b", "    with pytest.raises(", "E)"),
    (AssertionKind::AssertStar, "test_b", "    assert_allclose(a, ", "x.y)"),
    (AssertionKind::Assert, "test_c", "    assert x.y == ", "None"),
    (AssertionKind::Assert, "test_c", "    assert [1] == ", "[1]"),
    (AssertionKind::Assert, "test_d", "    assert s == ", "'a'"),
    (AssertionKind::Assert, "test_d", "    assert g() == ", "g(1)"),
    (AssertionKind::Assert, "test_e", "    assert n == ", "12"),
    (AssertionKind::Assert, "test_e", "    assert n == ", "12"),
];

/// The first repeats a whole task of `TRAIN` in another repository; no other does.
const CR_TEST: &[Line] = &[
    (AssertionKind::Assert, "test_a", "    assert x == ", "1"),
    (AssertionKind::Assert, "test_a", "    assert x == ", "y"),
    (AssertionKind::AssertTrue, "test_a", "    self.assertTrue(", "y == 1)"),
];

fn draft(repo: &str, at: usize, (kind, function, line, target): Line) -> Draft {
    let mut assertion = Assertion {
        id: TaskId::of(&[]),
        repo: RepoId::new(repo).expect("an id"),
        commit: CommitId::new("4b825dc642cb6eb9a060e54bf8d69288fbee4904").expect("a commit"),
        path: RepoPath::new("tests/test_a.py").expect("a path"),
        line: u32::try_from(at).expect("a line") + 1,
        column: 4,
        target_column: 15,
        kind,
        function: function.to_owned(),
        class: String::new(),
        difficulty: Difficulty::of(target),
        multiline: false,
        prefix: format!("def {function}():\n{line}"),
        target: target.to_owned(),
        need: None,
        evolution: None,
    };
    assertion.id = assertion.address();
    Draft { assertion, rank: u32::try_from(at).ok() }
}

fn source(repo: &str, path: &str, text: &str) -> SourceFile {
    SourceFile {
        repo: RepoId::new(repo).expect("an id"),
        commit: CommitId::new("4b825dc642cb6eb9a060e54bf8d69288fbee4904").expect("a commit"),
        path: RepoPath::new(path).expect("a path"),
        role: Role::Production,
        text: text.to_owned(),
    }
}

/// A release with `TRAIN` in one repository and `CR_TEST` in two.
fn release(folder: &Path) -> Release {
    let mining = Mining::at(folder.join("mining"));
    let repos = [
        ("o/train", Partition::Train, TRAIN),
        ("o/one", Partition::CrossRepoTest, CR_TEST),
        ("p/two", Partition::CrossRepoTest, &CR_TEST[1..]),
    ];
    let shard = |(name, partition, lines): (&str, Partition, &[Line])| {
        let rows: Vec<Draft> = lines.iter().enumerate().map(|(at, line)| draft(name, at, *line)).collect();
        let shard = Shard {
            repo: RepoId::new(name).expect("an id"),
            commit: CommitId::new("4b825dc642cb6eb9a060e54bf8d69288fbee4904").expect("a commit"),
            key: "k".to_owned(),
            licence: Some("MIT".to_owned()),
            address: None,
            partition: Some(partition),
            selected: rows.len() as u64,
            counts: [].into(),
            skipped: [].into(),
            tables: [].into(),
        };
        let mut writer = mining.start(&shard.repo).expect("a shard");
        let sources = vec![source(name, "a.py", "one two three"), source(name, "b.md", "never counted")];
        writer.snapshot(rows, sources).expect("tables");
        writer.finish(shard).expect("a shard")
    };
    let shards = repos.into_iter().map(shard).collect();
    mining.write_index(Profile::Paper, vec![Track::Static], shards).expect("an index");
    let options = BuildOptions { min_pairs: 1, ..BuildOptions::new(Track::Static) };
    Release::seal(&mining, &folder.join("release"), &options).expect("sealed")
}

/// Counts words.
struct Words;

impl TokenCounter for Words {
    fn name(&self) -> &'static str {
        "words"
    }

    fn count(&self, texts: &[&str]) -> bench::Result<Vec<u64>> {
        Ok(texts.iter().map(|text| text.split_whitespace().count() as u64).collect())
    }
}

fn measured(folder: &Path) -> Statistics {
    measure(&[release(folder)], Some(&Words), &|_| {}).expect("statistics")
}

fn part(statistics: &Statistics, part: Part) -> &PartStatistics {
    statistics.parts.iter().find(|found| found.part == part).expect("the part")
}

#[test]
fn counts_r140() {
    let folder = tempfile::tempdir().expect("a folder");
    let statistics = measured(folder.path());
    let counts: Vec<(Part, Counts)> = statistics.parts.iter().map(|found| (found.part, found.counts)).collect();
    let of = |repos, tasks| Counts { repos, commits: repos, tasks };
    let expected = [
        (Part::StaticTrain, of(1, 8)),
        (Part::StaticCrossRepoTest, of(2, 5)),
        (Part::StaticInRepoVal, of(1, 1)),
        (Part::StaticInRepoTest, of(1, 1)),
    ];
    assert_eq!(counts, expected);
    assert!(statistics.commits.is_none(), "the static track has no history");
}

#[test]
fn composition_r141_and_r146() {
    use TableTarget::{BoolNone, Call, Collection, Complex, Numeric, Text, Variable};
    let folder = tempfile::tempdir().expect("a folder");
    let statistics = measured(folder.path());
    let test = part(&statistics, Part::StaticCrossRepoTest);
    let by_words = Composition {
        tasks: 5,
        families: [(TableFamily::Assert, 3), (TableFamily::SelfAssert, 2)].into(),
        targets: [(TableTarget::Numeric, 1), (TableTarget::Variable, 2), (TableTarget::Complex, 2)].into(),
    };
    assert_eq!(test.by_words, by_words);
    assert_eq!(test.by_syntax, by_words, "`y == 1)` is complex either way");
    let sum = |of: fn(&PartStatistics) -> &BTreeMap<TableTarget, u64>| {
        let training = [Part::StaticTrain, Part::StaticInRepoVal, Part::StaticInRepoTest];
        let mut all: BTreeMap<TableTarget, u64> = BTreeMap::new();
        for (target, rows) in training.iter().flat_map(|found| of(part(&statistics, *found))) {
            *all.entry(*target).or_default() += rows;
        }
        all
    };
    let words = [(Numeric, 3), (Text, 1), (Variable, 1), (Collection, 1), (Call, 1), (Complex, 2), (BoolNone, 1)];
    assert_eq!(sum(|found| &found.by_words.targets), words.into());
    let syntax = [(Numeric, 4), (Text, 1), (Variable, 2), (Collection, 1), (Call, 1), (BoolNone, 1)];
    assert_eq!(sum(|found| &found.by_syntax.targets), syntax.into());
}

#[test]
fn what_the_paper_does_not_tell_r146() {
    let folder = tempfile::tempdir().expect("a folder");
    let statistics = measured(folder.path());
    let test = part(&statistics, Part::StaticCrossRepoTest);
    let (lengths, prefixes) = (test.target_chars, test.prefix_chars);
    assert_eq!((lengths.count, lengths.min, lengths.median, lengths.max), (5, 1, 1.0, 7));
    assert_eq!((prefixes.min, prefixes.max), (30, 34));
    assert_eq!(test.tiers.values().sum::<u64>(), 5);
    assert!(test.events.is_empty());
    assert_eq!(part(&statistics, Part::StaticTrain).repeats, None);
    let whole: u64 = statistics.parts.iter().filter_map(|found| found.repeats).map(|repeats| repeats.whole).sum();
    let Some(Repeats { whole: cross, assertion: 0 }) = test.repeats else { panic!("{:?}", test.repeats) };
    // Whether the repeated tasks of `TRAIN` fell into its training part is up to the published draw.
    assert!(cross <= 1 && whole <= 2, "{cross} {whole}");
    let shown: u64 = statistics.parts.iter().map(|found| found.target_in_prefix).sum();
    assert_eq!(shown, 1, "only `[1]` stands in its own prefix: {statistics:?}");
}

#[test]
fn tokens_r142() {
    let folder = tempfile::tempdir().expect("a folder");
    let tokens = measured(folder.path()).tokens.expect("tokens");
    assert_eq!(tokens.tokenizer, "words");
    let size = tokens.components[&Component::RepoSize];
    assert_eq!((size.count, size.min, size.max), (15, 3, 3), "Python files alone, once a task");
    // `def test_a():`, `assert x ==`, `### Target:`
    let prefix = tokens.components[&Component::Prefix];
    assert_eq!((prefix.count, prefix.median), (15, 7.0));
    assert_eq!(tokens.prefixes.bins[0], 15);
    assert_eq!(tokens.components[&Component::Target].max, 3, "`y == 1)`");
    let without = measure(&[Release::open(&folder.path().join("release")).expect("opened")], None, &|_| {});
    assert_eq!(without.expect("statistics").tokens, None);
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let sealed = release(folder.path());
    let twice = measure(&[sealed.clone(), sealed.clone()], None, &|_| {}).expect_err("the same part twice");
    assert!(twice.to_string().contains("both hold static/train"), "{twice}");
    let none = measure(&[], None, &|_| {}).expect_err("no release");
    assert!(none.to_string().contains("there are none"), "{none}");
    let table = folder.path().join("release/tasks/cr_test.parquet");
    let mut bytes = std::fs::read(&table).expect("read");
    bytes[100] ^= 1;
    std::fs::write(&table, bytes).expect("written");
    assert!(measure(&[sealed], None, &|_| {}).expect_err("a changed table").to_string().contains("cr_test.parquet"));
}

#[test]
fn statistics_are_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let statistics = measured(folder.path());
    let text = serde_json::to_string(&statistics).expect("JSON");
    assert_eq!(serde_json::from_str::<Statistics>(&text).expect("statistics"), statistics);
    let again = measure(&[Release::open(&folder.path().join("release")).expect("opened")], Some(&Words), &|_| {});
    assert_eq!(again.expect("statistics"), statistics);
}
