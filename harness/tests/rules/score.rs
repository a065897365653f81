//! Whole runs: joining, accounting, order, slices (S77, S94, S113, S117).

use bench::{AssertionKind, Metric, Need, Prediction, Predictions, Split, SplitSummary, Task, TaskScore};
use harness::{Asked, Bootstrap, Error, ScoreOptions, StreamSeed, Unit};

use crate::fixture::{answer, needing, predictions, task};

const TEST: Split = Split::CrossRepoTest;

fn options() -> ScoreOptions {
    ScoreOptions { resamples: 200, ..ScoreOptions::default() }
}

/// 120 tasks of 8 repositories in all families, a third answered wrongly; 10 tasks of another split.
fn corpus() -> (Vec<Task>, Vec<Prediction>) {
    let kinds = [
        (AssertionKind::Assert, "x"),
        (AssertionKind::AssertEqual, "x)"),
        (AssertionKind::PytestRaises, "E, match='m')"),
        (AssertionKind::PytestApprox, "1.5)"),
        (AssertionKind::AssertStar, "f(a, b))"),
    ];
    let (mut tasks, mut rows) = (Vec::new(), Vec::new());
    for place in 0..120 {
        let (kind, target) = kinds[place % 5];
        let made = needing(task(TEST, place % 8, place, kind, target), Need::ALL[place % 2]);
        rows.push(answer(&made, if place % 3 == 0 { "wrong" } else { target }));
        tasks.push(made);
    }
    tasks.extend((0..10).map(|place| task(Split::OodTest, 90, place, AssertionKind::Assert, "x")));
    (tasks, rows)
}

fn score(
    tasks: &[Task],
    predictions: &Predictions,
    options: &ScoreOptions,
) -> harness::Result<(Vec<TaskScore>, Vec<SplitSummary>)> {
    let asked: Vec<Asked> = tasks.iter().map(|task| Asked::of(task.clone(), None)).collect();
    harness::score(&asked, predictions, options)
}

fn run(tasks: &[Task], rows: Vec<Prediction>) -> (Vec<TaskScore>, Vec<SplitSummary>) {
    score(tasks, &predictions(&[TEST], rows), &options()).unwrap()
}

#[test]
fn rows_are_sorted_and_scored() {
    let (tasks, rows) = corpus();
    let (scores, summaries) = run(&tasks, rows);
    assert_eq!(scores.len(), 120);
    assert!(scores.is_sorted_by(|a, b| a.facts.task < b.facts.task));
    let right = scores.iter().filter(|row| row.em_paper && row.em_strict && row.edit_similarity >= 1.0).count();
    assert_eq!(right, 80);
    let [summary] = &summaries[..] else { panic!("one split was answered") };
    assert_eq!((summary.split, summary.tasks, summary.missing), (TEST, 120, 0));
    let all = &summary.slices[0];
    assert_eq!((&*all.by, &*all.group, all.tasks, all.repos), ("all", "all", 120, 8));
    assert_eq!(all.estimates[0].mean, Some(80.0 / 120.0));
    let groups: Vec<String> = summary.slices.iter().map(|slice| format!("{}:{}", slice.by, slice.group)).collect();
    assert_eq!(groups[..3], ["all:all", "need:prefix", "need:repository"].map(str::to_owned));
    let of = |by: &str| groups.iter().filter_map(|group| group.strip_prefix(by)).collect::<Vec<_>>();
    assert_eq!(of("family:"), ["assert", "self.assert*", "pytest.raises", "pytest.approx", "assert_*"]);
    assert_eq!(of("target_type:"), ["func_call", "variable", "complex_expr"]);
    assert_eq!(of("target_chars:"), ["0-4", "5-8", "9-16"]);
    assert_eq!((of("repo:").len(), of("commit_position:").len(), of("context:").len()), (8, 0, 0));
    for slice in &summary.slices {
        assert_eq!(slice.small, slice.tasks < 30 || (slice.repos < 5 && slice.by != "repo"), "{}", slice.group);
        assert!(slice.estimates.iter().all(|found| found.tasks.is_some() == (slice.by == "all")));
        assert!(slice.estimates.iter().all(|found| found.cluster.is_some() == (slice.repos > 1)));
    }
    let errors = &summary.errors;
    assert_eq!((errors.failures, errors.strict_failures), (40, 40));
    for sum in [errors.classes.values().sum::<u64>(), errors.modes.values().sum(), errors.balanced.values().sum()] {
        assert_eq!(sum, 40, "{errors:?}");
    }
}

#[test]
fn neither_order_nor_threads_matter() {
    let (tasks, rows) = corpus();
    let expected = run(&tasks, rows.clone());
    let mut turned = (tasks.clone(), rows.clone());
    turned.0.reverse();
    turned.1.rotate_left(37);
    assert_eq!(run(&turned.0, turned.1), expected);
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool.install(|| run(&tasks, rows.clone())), expected);
    }
}

#[test]
fn intervals_follow_the_seeds_and_orders_of_the_rules() {
    let (tasks, rows) = corpus();
    let (scores, summaries) = run(&tasks, rows);
    for (metric, seed) in [(Metric::ExactMatchPaper, 0_u64), (Metric::ExactMatchStrict, 0), (Metric::EditSimilarity, 1)]
    {
        let bootstrap = Bootstrap { resamples: 200, seed: StreamSeed::from(seed), ..Bootstrap::default() };
        let tasks: Vec<Unit> = scores.iter().map(|row| Unit::task(row.value(metric))).collect();
        let mut repos = vec![Unit::default(); 8];
        for row in &scores {
            let place: usize = row.facts.repo.name().trim_start_matches("repo-").parse().unwrap();
            repos[place].add(row.value(metric));
        }
        let estimate = summaries[0].slices[0].estimates.iter().find(|found| found.metric == metric).unwrap();
        assert_eq!(estimate.tasks, bootstrap.interval(&tasks).bounds());
        assert_eq!(estimate.cluster, bootstrap.interval(&repos).bounds());
    }
}

#[test]
fn missing_answers_are_refused_or_wrong() {
    let (tasks, mut rows) = corpus();
    rows.truncate(113);
    let made = predictions(&[TEST], rows);
    let Err(Error::Incomplete { missing, asked }) = score(&tasks, &made, &options()) else { panic!("7 are missing") };
    assert_eq!((missing.count, missing.first.len(), asked), (7, 5, 120));
    assert!(missing.first.is_sorted());
    let (scores, summaries) = score(&tasks, &made, &ScoreOptions { allow_missing: true, ..options() }).unwrap();
    assert_eq!((scores.len(), summaries[0].missing), (120, 7));
    for row in scores.iter().filter(|row| !row.answered) {
        assert!(row.prediction.is_empty() && !row.em_paper && !row.em_strict && row.edit_similarity <= 0.0);
    }
}

/// A target that cleans to nothing would match the empty text; an answer that does not exist must not.
#[test]
fn a_missing_answer_is_wrong_even_for_an_empty_reference() {
    let tasks = [task(TEST, 0, 0, AssertionKind::Assert, "# nothing")];
    let allowed = ScoreOptions { allow_missing: true, ..options() };
    let (scores, _) = score(&tasks, &predictions(&[TEST], vec![]), &allowed).unwrap();
    assert!(!scores[0].em_paper && scores[0].edit_similarity <= 0.0);
    let (scores, _) = score(&tasks, &predictions(&[TEST], vec![answer(&tasks[0], "")]), &allowed).unwrap();
    assert!(scores[0].em_paper && !scores[0].em_strict && scores[0].edit_similarity >= 1.0);
}

#[test]
fn duplicate_unknown_and_unasked_answers_are_named_apart() {
    let (tasks, mut rows) = corpus();
    rows.push(rows[3].clone());
    rows.push(rows[3].clone());
    rows.push(answer(&task(TEST, 99, 0, AssertionKind::Assert, "x"), "x"));
    rows.push(answer(&tasks[125], "x"));
    let error = score(&tasks, &predictions(&[TEST], rows), &options()).unwrap_err();
    let text = error.to_string();
    let Error::Invalid { duplicate, unknown, outside } = error else { panic!("{text}") };
    assert_eq!((duplicate.count, unknown.count, outside.count), (1, 1, 1));
    assert_eq!(outside.first, [tasks[125].id().clone()]);
    assert!(text.contains("more than once: 1 (") && text.contains("unknown to the release: 1 ("), "{text}");
}

#[test]
fn headers_and_releases_are_checked() {
    let (mut tasks, rows) = corpus();
    for splits in [&[][..], &[TEST, TEST]] {
        let error = score(&tasks, &predictions(splits, rows.clone()), &options()).unwrap_err();
        assert!(matches!(error, Error::Splits { .. }), "{error}");
    }
    tasks.push(tasks[0].clone());
    let error = score(&tasks, &predictions(&[TEST], rows), &options()).unwrap_err();
    assert!(matches!(&error, Error::Tasks { duplicate } if duplicate.count == 1), "{error}");
}

#[test]
fn a_split_without_tasks_has_no_mean() {
    let (tasks, rows) = corpus();
    let made = predictions(&[Split::InRepoTest, TEST], rows);
    let (_, summaries) = score(&tasks, &made, &options()).unwrap();
    assert_eq!(summaries.iter().map(|summary| summary.split).collect::<Vec<_>>(), [Split::InRepoTest, TEST]);
    let empty = &summaries[0];
    assert_eq!((empty.tasks, empty.slices.len()), (0, 1));
    assert!(empty.slices[0].estimates.iter().all(|found| found.mean.is_none() && found.cluster.is_none()));
}

/// Commits stand in bins of 5 % of their repository's scored span (S87) and by their age (S88); all twenty bins are there.
#[test]
fn commits_are_sliced_by_position_and_age() {
    let at = |place: usize, index: u32| {
        let mut made = task(TEST, place % 2, place, AssertionKind::Assert, "x");
        made.assertion.evolution = Some(bench::Evolution {
            commit_index: index,
            stage: bench::Stage::Test,
            event: None,
            target_line: None,
            old_target: None,
            old_line: None,
            old_column: None,
        });
        made
    };
    let tasks: Vec<Task> = (0..).zip([10, 20, 60, 20, 110, 70]).map(|(place, index)| at(place, index)).collect();
    let rows = tasks.iter().map(|task| answer(task, "x")).collect();
    let (_, summaries) = run(&tasks, rows);
    let slices = |by: &str| {
        let of = summaries[0].slices.iter().filter(move |slice| slice.by == by);
        of.map(|slice| (slice.group.clone(), slice.tasks)).collect::<Vec<_>>()
    };
    let positions = slices("commit_position");
    assert_eq!(positions.len(), 20);
    let filled: Vec<&str> = positions.iter().filter(|slice| slice.1 > 0).map(|slice| &*slice.0).collect();
    assert_eq!(filled, ["00-05 %", "50-55 %", "95-100 %"]);
    let ages: Vec<(String, u64)> = slices("commit_age");
    assert_eq!(ages, [("0", 3), ("50-99", 2), ("100-199", 1)].map(|(name, tasks)| (name.to_owned(), tasks)));
    let empty = summaries[0].slices.iter().find(|slice| slice.tasks == 0).unwrap();
    assert!(empty.estimates.iter().all(|found| found.mean.is_none()));
}

/// How often the cuts that look at the target changed an answer, and what exact match is without those of S9 and S10.
#[test]
fn the_bias_of_the_papers_cleaning_is_counted() {
    let answers = ["x", "x\ny", "x, 'm'", "x == y", "not x"];
    let tasks: Vec<Task> = (0..5).map(|place| task(TEST, 0, place, AssertionKind::Assert, "x")).collect();
    let rows = tasks.iter().zip(answers).map(|(task, text)| answer(task, text)).collect();
    let (_, summaries) = run(&tasks, rows);
    let bias = summaries[0].paper_bias;
    assert_eq!((bias.cut_to_line, bias.cut_at_comma, bias.cut_to_word, bias.unscored), (1, 1, 2, 0));
    assert_eq!((bias.em_uncut, summaries[0].slices[0].estimates[0].mean), (Some(0.4), Some(0.8)));
}
