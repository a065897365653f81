//! What a leaderboard decides: which scores may share it, their order, their standing, what it warns of.

mod sample;

use bench::{Metric, Profile, Slice, Split, Summary};
use reports::leaderboard::Standing;
use reports::{Error, Leaderboard, Origin};

type Change = fn(&mut Summary);

fn board(summaries: &[Summary]) -> Result<Leaderboard, Error> {
    Leaderboard::from_summaries(summaries, &sample::context())
}

/// Sets mean and cluster interval of a metric of a method on a split.
fn set(summary: &mut Summary, split: Split, metric: Metric, mean: f64, cluster: [f64; 2]) {
    let part = summary.splits.iter_mut().find(|part| part.split == split).expect("a split");
    let estimate = part.slices[0].estimates.iter_mut().find(|estimate| estimate.metric == metric).expect("an estimate");
    (estimate.mean, estimate.cluster) = (Some(mean), Some(cluster));
}

#[test]
fn mixed_scores_are_refused_by_the_names_of_both_files() {
    let changes: [(&str, Change); 4] = [
        ("release", |summary| summary.release = "0".repeat(64)),
        ("profile", |summary| summary.profile = Profile::Strict),
        ("rules version", |summary| summary.rules = "2".to_owned()),
        ("format version", |summary| summary.format = 9),
    ];
    for (what, change) in changes {
        let mut summaries = sample::summaries();
        change(&mut summaries[2]);
        let error = board(&summaries).expect_err(what).to_string();
        for part in [what, "scores/pretrained/summary.json", "scores/rag-oracle/summary.json"] {
            assert!(error.contains(part), "{error}");
        }
    }
}

#[test]
fn without_files_errors_name_methods() {
    let mut summaries = sample::summaries();
    summaries[1].release = "\u{1b}[2Jx".to_owned();
    let mut context = sample::context();
    context.files.clear();
    let error = Leaderboard::from_summaries(&summaries, &context).expect_err("mixed").to_string();
    assert!(error.contains("the scores of `rag`") && error.contains("␛[2Jx"), "{error}");
}

#[test]
fn one_method_twice_is_refused() {
    let mut summaries = sample::summaries();
    summaries[1].card = summaries[0].card.clone();
    assert!(matches!(board(&summaries), Err(Error::Twice { .. })));
}

#[test]
fn unequal_counts_and_impossible_numbers_are_refused() {
    let mut summaries = sample::summaries();
    summaries[1].splits[3].tasks += 1;
    assert!(matches!(board(&summaries), Err(Error::Counts { split: Split::CrossRepoTest, left: 803, right: 804, .. })));
    for value in [1.5, -0.1, 1e308, f64::NAN, f64::INFINITY] {
        let mut summaries = sample::summaries();
        set(&mut summaries[0], Split::OodTest, Metric::EditSimilarity, value, [0.1, 0.2]);
        assert!(matches!(board(&summaries), Err(Error::Summary { split: Split::OodTest, .. })), "{value}");
    }
    let mut summaries = sample::summaries();
    summaries[0].splits[0].missing = u64::MAX;
    assert!(matches!(board(&summaries), Err(Error::Summary { split: Split::InRepoVal, .. })));
    let mut summaries = sample::summaries();
    let again = summaries[0].splits[0].clone();
    summaries[0].splits.push(again);
    assert!(matches!(board(&summaries), Err(Error::Summary { .. })));
}

#[test]
fn rows_are_ordered_and_set_against_the_best() {
    let mut summaries = sample::summaries();
    let split = Split::CrossRepoTest;
    set(&mut summaries[0], split, Metric::ExactMatchPaper, 0.30, [0.25, 0.3999]);
    set(&mut summaries[1], split, Metric::ExactMatchPaper, 0.50, [0.40, 0.60]);
    set(&mut summaries[2], split, Metric::ExactMatchPaper, 0.45, [0.35, 0.55]);
    let board = board(&summaries).expect("a leaderboard");
    let suite = board.suites.iter().find(|suite| suite.split == split).expect("a suite");
    let rows: Vec<(&str, Standing)> =
        suite.rows.iter().map(|row| (board.methods[row.method].id.as_str(), row.standing)).collect();
    let expected = [("rag", Standing::Best), ("rag-oracle", Standing::NotSeparable), ("pretrained", Standing::Behind)];
    assert_eq!(rows, expected);
    assert!(suite.rows[0].cell(Metric::ExactMatchPaper).best && !suite.rows[0].cell(Metric::EditSimilarity).best);
}

#[test]
fn equal_means_are_ordered_by_id_and_both_best() {
    let mut summaries = sample::summaries();
    for summary in &mut summaries {
        set(summary, Split::OodTest, Metric::ExactMatchPaper, 0.4, [0.3, 0.5]);
    }
    let board = board(&summaries).expect("a leaderboard");
    let suite = board.suites.iter().find(|suite| suite.split == Split::OodTest).expect("a suite");
    let ids: Vec<&str> = suite.rows.iter().map(|row| board.methods[row.method].id.as_str()).collect();
    assert_eq!(ids, ["pretrained", "rag", "rag-oracle"]);
    assert!(suite.rows.iter().all(|row| row.standing == Standing::Best && !row.cell(Metric::ExactMatchPaper).best));
}

#[test]
fn gaps_are_warned_of() {
    let mut summaries = sample::summaries();
    summaries[0].splits[3].missing = 12;
    summaries[1].splits.retain(|part| part.split != Split::OodTest);
    summaries[2].seed = 1;
    summaries[2].splits[0].slices.retain(|slice| slice.group != "prefix");
    summaries[0].splits[0].slices.retain(|slice| slice.group != "prefix");
    summaries[1].splits[0].slices.retain(|slice| slice.group != "prefix");
    let board = board(&summaries).expect("a leaderboard");
    let warnings: Vec<&str> = board.warnings.iter().skip(1).map(reports::text::Shown::as_str).collect();
    insta::assert_snapshot!(warnings.join("\n"), @r"
    Pretrained left 12 of 803 tasks of CR-test unanswered; they count as wrong.
    Retrieval (BM25) was not run on OOD.
    The groups by need of IR-val hold 230 of 312 tasks.
    Intervals were made with different numbers of resamples or seeds.
    ");
}

/// How a method is asked may be its own group: a few tasks have context under one, all under another.
#[test]
fn groups_may_differ_between_methods() {
    let mut summaries = sample::summaries();
    for (summary, share) in summaries.iter_mut().zip([0, 100, 40]) {
        for part in &mut summary.splits {
            let whole = part.slices.iter().find(|slice| slice.by == "all").expect("the whole").clone();
            for (group, tasks) in [("yes", whole.tasks * share / 100), ("no", whole.tasks - whole.tasks * share / 100)]
            {
                if tasks > 0 {
                    part.slices.push(Slice { by: "context".into(), group: group.into(), tasks, ..whole.clone() });
                }
            }
        }
    }
    let board = board(&summaries).expect("a leaderboard");
    assert!(
        !board.warnings.iter().any(|warning| warning.as_str().contains("groups by context")),
        "{:?}",
        board.warnings
    );
    let suite = &board.suites[0];
    let grouping = suite.groupings.iter().find(|grouping| grouping.by.as_str() == "context").expect("it is shown");
    assert!(grouping.groups.iter().all(|group| group.size().starts_with("up to ")));
}

#[test]
fn a_single_method_has_no_rank_and_no_estimate_is_no_failure() {
    let mut summaries = sample::summaries();
    summaries.truncate(1);
    let mut context = sample::context();
    context.origin = Origin::Published;
    context.costs.clear();
    for part in &mut summaries[0].splits {
        for estimate in part.slices.iter_mut().flat_map(|slice| &mut slice.estimates) {
            (estimate.mean, estimate.cluster, estimate.tasks) = (None, None, None);
        }
    }
    let board = Leaderboard::from_summaries(&summaries, &context).expect("a leaderboard");
    assert_eq!(board.suites[0].rows[0].standing, Standing::Alone);
    let text = reports::render::markdown::render(&board);
    assert!(text.contains("| Pretrained | – | – | – | – | – | – | 0 | 8.43 M |"), "{text}");
    assert!(text.contains("here, CR-test"), "our column stands beside the published one");
    assert!(reports::render::html::render(&board).contains("</html>"));
}
