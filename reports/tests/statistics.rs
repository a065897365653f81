//! Statistics as pages: what is printed, and that every format prints the same numbers.

use std::collections::BTreeMap;

use bench::stats::{
    CommitStatistics, Component, Composition, Counts, Distribution, KeptCounts, KeptDot, MeasuredRelease, Part,
    PartStatistics, Repeats, RepoActivity, STATISTICS_FORMAT, Statistics, Summary, TableFamily, TableTarget,
    TokenStatistics,
};
use bench::{AssertionKind, Difficulty, Event, Profile, RepoId, Split, Timestamp, Track};
use reports::statistics::Report;

fn summary(values: impl IntoIterator<Item = u64>) -> Summary {
    values.into_iter().collect::<Distribution>().summary().expect("values")
}

fn part(part: Part, repos: u64, commits: u64, tasks: u64) -> PartStatistics {
    let composition = |families: [u64; 3], targets: [u64; 7]| Composition {
        tasks,
        families: TableFamily::ALL.iter().copied().zip(families).collect(),
        targets: TableTarget::ALL.iter().copied().zip(targets).collect(),
    };
    let evolution = part.track() == Track::Evolution;
    PartStatistics {
        part,
        counts: Counts { repos, commits, tasks },
        by_words: composition([tasks - 8, 6, 2], [20, 15, 20, 10, 10, 18, 7]),
        by_syntax: composition([tasks - 8, 6, 2], [25, 15, 24, 10, 10, 9, 7]),
        kinds: BTreeMap::from([(AssertionKind::Assert, tasks - 8), (AssertionKind::AssertEqual, 8)]),
        tiers: BTreeMap::from([(Difficulty::NumericLiteral, tasks / 4), (Difficulty::Variable, tasks - tasks / 4)]),
        target_chars: summary((0..tasks).map(|at| at % 30 + 1)),
        prefix_chars: summary((0..tasks).map(|at| 700 + at * 3)),
        target_in_prefix: tasks / 3,
        events: if evolution { [(Event::Added, 30), (Event::Reemitted, 70)].into() } else { BTreeMap::new() },
        repeats: (!part.is_training()).then_some(Repeats { whole: 1, assertion: 4 }),
    }
}

fn dots(repo: &str, days: impl Iterator<Item = u64>) -> RepoActivity {
    let dot = |day: u64| KeptDot {
        time: Timestamp::from_seconds(1_704_067_200 + i64::try_from(day).expect("a day") * 86_400),
        rows: (day * day) % 211 + 1,
    };
    RepoActivity { repo: RepoId::new(repo).expect("an id"), kept: days.map(dot).collect() }
}

/// Statistics of both tracks, made up.
fn statistics() -> Statistics {
    let tokens: Distribution = (0..900_u64).map(|at| at * at / 170 + 20).collect();
    let kept = |commits| KeptCounts { commits, added: 9 * commits, modified: commits, reemitted: 40 * commits };
    Statistics {
        format: STATISTICS_FORMAT,
        releases: vec![
            MeasuredRelease { root: "ab".repeat(32), profile: Profile::Paper, track: Track::Static },
            MeasuredRelease { root: "cd".repeat(32), profile: Profile::Paper, track: Track::Evolution },
        ],
        parts: vec![
            part(Part::StaticTrain, 4, 4, 100),
            part(Part::StaticCrossRepoTest, 2, 2, 100),
            part(Part::StaticInRepoTest, 4, 4, 100),
            part(Part::EvolutionTrain, 3, 60, 100),
            part(Part::EvolutionCrossRepoTest, 2, 40, 100),
        ],
        tokens: Some(TokenStatistics {
            tokenizer: "base-model".to_owned(),
            components: BTreeMap::from([
                (Component::RepoSize, summary([120_000, 284_509, 900_000])),
                (Component::Prefix, tokens.summary().expect("values")),
                (Component::Target, summary([1, 3, 3, 5, 40])),
            ]),
            prefixes: tokens.histogram(4000, 100),
        }),
        commits: Some(CommitStatistics {
            per_repo: summary([12, 130, 44]),
            splits: BTreeMap::from([(Split::Train, kept(120)), (Split::CrossRepoTest, kept(66))]),
            first: "2012-03-04".parse().expect("a day"),
            last: "2025-03-31".parse().expect("a day"),
            most_rows: 2417,
            activity: vec![
                dots("agronholm/apscheduler", (0..40).map(|at| at * 7 % 300)),
                dots("tmux-python/tmuxp", (0..25).map(|at| 90 + at * at % 180)),
            ],
        }),
    }
}

#[test]
fn markdown_looks_as_reviewed() {
    insta::assert_snapshot!(Report::of(&statistics()).markdown());
}

#[test]
fn text_looks_as_reviewed() {
    insta::assert_snapshot!(Report::of(&statistics()).text());
}

#[test]
fn figures_look_as_reviewed() {
    let folder = tempfile::tempdir().expect("a folder");
    let statistics = statistics();
    let written = Report::of(&statistics).write(folder.path()).expect("written");
    let names: Vec<String> =
        written.iter().map(|path| path.file_name().expect("a name").to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["stats.json", "stats.md", "figure-2.svg", "figure-3.svg"]);
    insta::assert_snapshot!("figure-2", std::fs::read_to_string(&written[2]).expect("a figure"));
    insta::assert_snapshot!("figure-3", std::fs::read_to_string(&written[3]).expect("a figure"));
}

#[test]
fn json_holds_what_was_measured_and_every_number() {
    let statistics = statistics();
    let document: serde_json::Value = serde_json::from_str(&Report::of(&statistics).json()).expect("JSON");
    let measured: Statistics = serde_json::from_value(document["measured"].clone()).expect("statistics");
    assert_eq!(measured, statistics);
    let compared = document["compared"].as_array().expect("a list");
    let find = |table: &str, row: &str, column: &str| {
        let is = |number: &&serde_json::Value| {
            number["table"] == table && number["row"] == row && number["column"] == column
        };
        let found = compared.iter().find(is).expect("a number");
        [&found["ours"], &found["paper"], &found["difference"]].map(serde_json::Value::as_f64)
    };
    assert_eq!(find("table-5", "Static Train", "tasks"), [Some(100.0), Some(39_612.0), Some(-39_512.0)]);
    assert_eq!(find("table-5", "Static Train", "tasks/repo"), [Some(25.0), Some(96.9), Some(-71.9)]);
    assert_eq!(find("table-5", "Static OOD", "tasks"), [None, Some(9942.0), None]);
    assert_eq!(find("table-6", "numeric_literal", "CR-test"), [Some(20.0), Some(19.9), Some(0.1)]);
    assert_eq!(find("table-6-syntax", "numeric_literal", "CR-test"), [Some(25.0), None, None]);
    assert_eq!(find("table-7", "prefix", "median")[1], Some(224.0));
    assert_eq!(find("kept-commits", "CR-test", "rows"), [Some(3300.0), Some(476_455.0), Some(-473_155.0)]);
    assert_eq!(find("medians", "kept commits of a repository", "value"), [Some(44.0), Some(100.0), Some(-56.0)]);
}

#[test]
fn what_is_not_there_is_said() {
    let statistics = Statistics { tokens: None, commits: None, ..statistics() };
    let report = Report::of(&statistics);
    assert!(report.text().contains("Not computed: give --tokenizer."));
    assert!(report.markdown().contains("Not computed: give --tokenizer."));
    assert!(!report.markdown().contains("figure-") && !report.markdown().contains("kept-commits"));
}

#[test]
fn names_of_others_cannot_mark_up_the_page() {
    let mut statistics = statistics();
    statistics.tokens.as_mut().expect("tokens").tokenizer = "<script>|[x](y)\u{202e}".to_owned();
    let report = Report::of(&statistics);
    let page = report.markdown();
    assert!(!page.contains("<script>") && !page.contains("[x](y)") && !page.contains('\u{202e}'), "{page}");
}
