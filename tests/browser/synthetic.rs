//! Boards that nobody scored: rows of any number, drawn from a seed, summarised and compared as real ones are.

#![expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "draws between 0 and 1 become places")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use bench::leaks::{Leak, LeakFlags};
use bench::{
    AssertionKind, COMPARISON_FORMAT, CommitId, ComparedMethod, ComparedPart, ComparisonFile, Difficulty, ErrorClass,
    ErrorTally, Estimate, MethodCard, Metric, Outcome, PaperBias, Profile, RepoId, RepoTally, Slice, Split,
    SplitSummary, Summary, TargetType, TaskFacts, TaskId, TaskScore, TokenMeans, Track, TrainingBudget,
};
use harness::{CompareOptions, Pcg64, Series, StreamSeed, compare, groupings};
use reports::board::{Audit, MeasuredCost};
use reports::site::{Facet, SiteAnswer, SuiteTasks, TaskPage, TaskText};
use reports::{Board, Context, Edition, Entrant, Origin, Site};

/// How large a board is.
pub(crate) struct Size {
    pub methods: usize,
    pub tracks: &'static [Track],
    pub splits: &'static [Split],
    /// Tasks of each suite.
    pub tasks: usize,
    /// Repositories of each suite.
    pub repos: usize,
}

/// A release that is not there, with everything that is known of methods on it.
struct Made {
    edition: Edition,
    tasks: Vec<SuiteTasks>,
}

/// Writes the site of a board of `size` into `out`. `text` is put into every field that others fill.
pub(crate) fn write(size: &Size, text: &str, out: &Path) -> Board {
    let made: Vec<Made> = size.tracks.iter().map(|track| made(size, *track, text)).collect();
    let (editions, tasks): (Vec<Edition>, Vec<Vec<SuiteTasks>>) =
        made.into_iter().map(|made| (made.edition, made.tasks)).unzip();
    let board = Board::of(&format!("Synthetic board{text}"), &editions).expect("a board");
    let site = Site::create(&board, &editions, out).expect("a site");
    for (place, suites) in tasks.iter().enumerate() {
        suites.iter().for_each(|suite| site.suite(place, suite).expect("tasks"));
    }
    reports::write(editions[0].leaderboard(), "leaderboard", out).expect("a page");
    site.finish("leaderboard.html").expect("a page");
    board
}

fn made(size: &Size, track: Track, text: &str) -> Made {
    let mut parts: Vec<Vec<SplitSummary>> = vec![Vec::new(); size.methods];
    let mut compared = Vec::new();
    let mut tasks = Vec::new();
    for split in size.splits {
        let facts = facts(size, track, *split, text);
        let rows: Vec<Vec<TaskScore>> = (0..size.methods).map(|method| answered(&facts, method, text)).collect();
        let refs: Vec<Vec<&TaskScore>> = rows.iter().map(|rows| rows.iter().collect()).collect();
        let slices = groupings(&refs[0]);
        parts.iter_mut().zip(&refs).for_each(|(parts, rows)| parts.push(summary(*split, rows, &slices)));
        compared.extend(compare_all(*split, &refs));
        let answers = rows.iter().map(|rows| Some(rows.iter().map(SiteAnswer::from).collect())).collect();
        let facets = slices.into_iter().filter(|grouping| grouping.by != "context");
        let facets = facets.map(|grouping| Facet { by: grouping.by, groups: grouping.groups }).collect();
        let page = |(facts, reference): &(Arc<TaskFacts>, String)| TaskPage {
            facts: facts.clone(),
            reference: reference.clone(),
            text: Some(task_text(facts, reference, text)),
        };
        tasks.push(SuiteTasks { split: *split, tasks: facts.iter().map(page).collect(), facets, answers });
    }
    let entrants: Vec<Entrant> =
        parts.into_iter().enumerate().map(|(method, splits)| entrant(method, track, splits, text)).collect();
    let methods = entrants.iter().enumerate().map(|(method, entrant)| ComparedMethod {
        name: name(method),
        title: entrant.summary.card.title.clone(),
        predictions: entrant.summary.predictions.clone(),
    });
    let comparison = ComparisonFile {
        format: COMPARISON_FORMAT,
        rules: "1".to_owned(),
        release: "ab".repeat(32),
        common: false,
        methods: methods.collect(),
        parts: compared,
    };
    let addresses = tasks
        .iter()
        .flat_map(|suite| &suite.tasks)
        .map(|task| (task.facts.repo.clone(), format!("https://github.com/{}", task.facts.repo)));
    let mut edition = Edition::new(context(track, text), entrants, addresses.collect()).expect("an edition");
    edition.compare(Some(comparison));
    Made { edition, tasks }
}

fn name(method: usize) -> String {
    format!("method-{method:02}")
}

/// A generator for one purpose.
fn draws(parts: &[usize]) -> impl FnMut() -> f64 + use<> {
    let seed = parts.iter().fold(7_u64, |seed, part| seed.wrapping_mul(1_000_003).wrapping_add(*part as u64));
    let mut generator = Pcg64::new(&StreamSeed::from(seed));
    move || f64::from(generator.index(1 << 30)) / f64::from(1 << 30)
}

fn facts(size: &Size, track: Track, split: Split, text: &str) -> Vec<(Arc<TaskFacts>, String)> {
    let mut draw = draws(&[track as usize, split as usize]);
    let mut pick = move |count: usize| ((draw() * count as f64) as usize).min(count - 1);
    let kinds =
        [AssertionKind::Assert, AssertionKind::AssertEqual, AssertionKind::AssertIn, AssertionKind::AssertRaises];
    let mut found: Vec<(Arc<TaskFacts>, String)> = (0..size.tasks)
        .map(|number| {
            let repo = pick(size.repos);
            let mut leaks = LeakFlags::default();
            let leaky = pick(10) == 0;
            for leak in [Leak::LineInTraining, Leak::RepeatedInTraining, Leak::NearDuplicate] {
                leaks.set(leak, Some(leaky));
            }
            leaks.set(Leak::TargetInPrefix, Some(pick(3) == 0));
            let target = format!("value_{}(\"{number}\"{text})", pick(400));
            let facts = TaskFacts {
                task: TaskId::of(&[&number.to_le_bytes(), split.name().as_bytes(), track.name().as_bytes()]),
                split,
                repo: RepoId::new(format!("owner-{}/repository-{repo:03}", repo % 17)).expect("an id"),
                commit: CommitId::new(format!("{:040x}", repo + 1)).expect("an id"),
                commit_index: (track == Track::Evolution).then(|| u32::try_from(number % 60).expect("small")),
                anchor_index: None,
                kind: kinds[pick(kinds.len())],
                need: None,
                difficulty: Difficulty::ALL[pick(Difficulty::ALL.len())],
                target_type: Some(TargetType::ALL[pick(TargetType::ALL.len())]),
                target_chars: 4 + u32::try_from(pick(60)).expect("small"),
                prefix_chars: 200 + u32::try_from(pick(5_000)).expect("small"),
                unscored_by_paper: false,
                commonplace: false,
                leaks,
                own: if text.is_empty() { BTreeMap::new() } else { [(format!("own{text}"), text.to_owned())].into() },
            };
            (Arc::new(facts), target)
        })
        .collect();
    found.sort_by(|a, b| a.0.task.cmp(&b.0.task));
    found
}

fn answered(facts: &[(Arc<TaskFacts>, String)], method: usize, text: &str) -> Vec<TaskScore> {
    let mut draw = draws(&[facts[0].0.split as usize, facts[0].0.commit_index.is_some().into(), method, 99]);
    let skill = 0.35 + 0.03 * method as f64 % 0.4;
    let row = |(facts, target): &(Arc<TaskFacts>, String)| {
        let of_repo = f64::from(u32::from(facts.commit.as_str().as_bytes()[39]) % 10) / 40.0;
        let right = draw() < skill + of_repo - 0.1;
        let strict = right && draw() < 0.95;
        let near = if right { 1.0 } else { draw() * 0.9 };
        let class = ErrorClass::ALL[(draw() * 7.0) as usize % 7];
        TaskScore {
            facts: facts.clone(),
            answered: method != 3 || draw() > 0.01,
            context_tokens: Some(if method % 3 == 1 && draw() < 0.7 { 800 } else { 0 }),
            prediction: if right { target.clone() } else { format!("other_{}{text}", (draw() * 50.0) as u32) },
            reference: target.clone(),
            em_paper: right,
            em_uncut: right,
            em_strict: strict,
            em_ast: strict,
            edit_similarity: near,
            token_bleu: near * 0.95,
            code_bleu: near * 0.9,
            components: None,
            altered: bench::Altered { lines: !right, comma: false, words: false },
            error_class: (!right).then_some(class),
            error_class_balanced: (!strict).then_some(class),
            failure_mode: None,
        }
    };
    facts.iter().map(row).collect()
}

fn summary(split: Split, rows: &[&TaskScore], slices: &[harness::Grouping]) -> SplitSummary {
    let all: Vec<usize> = (0..rows.len()).collect();
    let mut found = vec![slice("all", "all", &all, rows)];
    for grouping in slices {
        found.extend(grouping.groups.iter().map(|(name, places)| slice(&grouping.by, name, places, rows)));
    }
    let mut errors = ErrorTally::default();
    for row in rows {
        if let Some(class) = row.error_class {
            *errors.classes.entry(class).or_default() += 1;
            errors.failures += 1;
        }
        if let Some(class) = row.error_class_balanced {
            *errors.balanced.entry(class).or_default() += 1;
            errors.strict_failures += 1;
        }
    }
    let tokens = rows.iter().filter_map(|row| row.context_tokens).map(f64::from).sum::<f64>() / rows.len() as f64;
    SplitSummary {
        split,
        tasks: rows.len() as u64,
        missing: rows.iter().filter(|row| !row.answered).count() as u64,
        tokens: TokenMeans { prompt: Some(400.0 + tokens), context: Some(tokens), new: Some(9.5) },
        paper_bias: PaperBias {
            cut_to_line: errors.failures,
            cut_at_comma: 0,
            cut_to_word: 0,
            em_uncut: None,
            unscored: 0,
        },
        spread: Vec::new(),
        errors,
        slices: found,
    }
}

fn slice(by: &str, group: &str, places: &[usize], rows: &[&TaskScore]) -> Slice {
    let count = places.len() as f64;
    let estimate = |metric: &Metric| {
        let mean = (count > 0.0).then(|| places.iter().map(|at| rows[*at].value(*metric)).sum::<f64>() / count);
        let ends = mean.map(|mean| [(mean - 0.8 / count.sqrt()).max(0.0), (mean + 0.8 / count.sqrt()).min(1.0)]);
        Estimate { metric: *metric, mean, cluster: ends, tasks: ends }
    };
    Slice {
        by: by.to_owned(),
        group: group.to_owned(),
        tasks: places.len() as u64,
        repos: 1,
        small: places.len() < 30,
        estimates: Metric::ALL.iter().map(estimate).collect(),
    }
}

/// Both exact matches are compared; the others would take long and show nothing new.
fn compare_all(split: Split, rows: &[Vec<&TaskScore>]) -> Vec<ComparedPart> {
    let options = CompareOptions { resamples: 50, flips: 300, ..CompareOptions::default() };
    let mut numbers: BTreeMap<&RepoId, u32> = rows[0].iter().map(|row| (&row.facts.repo, 0)).collect();
    (0..).zip(numbers.values_mut()).for_each(|(number, place)| *place = number);
    let repos: Vec<u32> = rows[0].iter().map(|row| numbers[&row.facts.repo]).collect();
    let names: Vec<String> = (0..rows.len()).map(name).collect();
    let part = |metric: Metric| {
        let values: Vec<Vec<f64>> =
            rows.iter().map(|rows| rows.iter().map(|row| row.value(metric)).collect()).collect();
        let series: Vec<Series<'_>> = names.iter().zip(&values).map(|(name, values)| Series { name, values }).collect();
        let comparison = compare(&series, &repos, Outcome::of(metric), &options).expect("compared");
        let repos = vec![RepoTally { better: 3, worse: 2, equal: 1 }; comparison.pairs.len()];
        ComparedPart { split, metric, by: "all".to_owned(), group: "all".to_owned(), repos, comparison }
    };
    [Metric::ExactMatchPaper, Metric::ExactMatchStrict].map(part).into()
}

fn entrant(method: usize, track: Track, splits: Vec<SplitSummary>, text: &str) -> Entrant {
    let number = method as u64;
    let card = MethodCard {
        context: format!("the best chunks of production code{text}"),
        adaptation: format!("an adapter for each repository{text}"),
        parameters: Some([1_543_714_304, 494_032_768, 7_615_616_512][method % 3]),
        settings: [(format!("context.chunks{text}"), format!("{method}{text}"))].into(),
        open_weights: Some(method % 4 != 1),
        training_budget: Some(TrainingBudget {
            steps: None,
            examples: Some(10_000 * number),
            supervised_tokens: Some(70_000 * number),
            gpu_hours: Some(0.5 * method as f64),
            note: Some(text.to_owned()),
        }),
        licence: Some(format!("Apache-2.0{text}")),
        url: Some(format!("https://example.org/{text}")),
        ..MethodCard::new(
            format!("{}{text}", name(method)),
            format!("Method {method:02}{text}"),
            format!("Base model{text}"),
        )
    };
    let verdict = ["conditioned", "not conditioned", "inconclusive"][method % 3].to_owned();
    Entrant {
        summary: Summary {
            format: bench::SUMMARY_FORMAT,
            rules: "1".to_owned(),
            release: "ab".repeat(32),
            profile: Profile::Strict,
            predictions: format!("{:064x}", method + 16 * track as usize),
            card,
            resamples: 5_000,
            seed: 0,
            splits,
        },
        file: format!("scores/{method}/summary.json"),
        audit: (method % 4 == 2)
            .then(|| Audit { verdict: format!("{verdict}{text}"), geometry: Some(text.to_owned()) }),
        cost: Some(MeasuredCost {
            format: 1,
            adaptation_seconds: Some(0.3 * method as f64),
            storage_bytes: Some(1_300_000 * number),
        }),
        downloads: Vec::new(),
    }
}

fn context(track: Track, text: &str) -> Context {
    Context {
        title: format!("Synthetic board{text}"),
        corpus: format!("Repositories that do not exist{text}"),
        track,
        origin: Origin::Other { differences: vec![format!("Nobody scored it.{text}")] },
        splits: Vec::new(),
        chance: BTreeMap::new(),
        costs: Vec::new(),
        warnings: vec![format!("Every number on this board was drawn from a seed.{text}")],
        commands: Vec::new(),
        files: Vec::new(),
    }
}

fn task_text(facts: &TaskFacts, reference: &str, text: &str) -> TaskText {
    let prefix = format!(
        "import module\n\n\ndef test_{}():\n\tresult = module.call(){text}\n\tassert result == ",
        facts.target_chars
    );
    TaskText {
        path: format!("tests/test_module.py{text}"),
        line: 7,
        class: format!("TestModule{text}"),
        function: format!("test_{}", facts.target_chars),
        prefix: Some(prefix),
        cut: 120,
        target: reference.to_owned(),
    }
}
