//! Score files as a scorer would write them: five suites, three methods, slices by need and family.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part, by path")]

use std::collections::BTreeMap;

use bench::{
    Estimate, Family, MethodCard, Metric, Need, PaperBias, Profile, Slice, Split, SplitSummary, Summary, Track,
};
use reports::{Context, Cost, Origin, SplitFacts};

const RELEASE: &str = "9f2c4b7e1d80a3365c1f0e92ab47d6583ce91ab2047f6d85c3b1e0f9a7d24c68";

/// Method id, title, what it reads, predictions hash, mean EM by need.
const METHODS: [(&str, &str, &str, &str, [f64; 3]); 3] = [
    ("pretrained", "Pretrained", "nothing but the prefix", "17aa", [0.812, 0.121, 0.108]),
    ("rag", "Retrieval (BM25)", "the best chunks of production code by BM25", "22bb", [0.794, 0.436, 0.352]),
    (
        "rag-oracle",
        "Retrieval, definition first",
        "the chunk that defines the convention, then BM25",
        "35cc",
        [0.801, 0.471, 0.366],
    ),
];

const SPLITS: [(Split, u64, u64, f64); 5] = [
    (Split::InRepoVal, 312, 32, 0.02),
    (Split::InRepoTest, 340, 32, 0.025),
    (Split::CrossRepoVal, 786, 8, -0.01),
    (Split::CrossRepoTest, 803, 8, 0.0),
    (Split::OodTest, 598, 6, -0.055),
];

pub fn summaries() -> Vec<Summary> {
    METHODS.iter().enumerate().map(|(index, method)| summary(index, method)).collect()
}

fn summary(index: usize, &(id, title, reads, hash, needs): &(&str, &str, &str, &str, [f64; 3])) -> Summary {
    let settings = [("decoding", "greedy"), ("max new tokens", "128"), ("window tokens", "2048")];
    let mut settings: BTreeMap<String, String> =
        settings.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    if index > 0 {
        settings.insert("chunks".to_owned(), "3".to_owned());
        settings.insert("chunk tokens".to_owned(), "256".to_owned());
    }
    Summary {
        format: 1,
        rules: "1".to_owned(),
        release: RELEASE.to_owned(),
        profile: Profile::Paper,
        predictions: hash.repeat(16),
        card: MethodCard {
            context: reads.to_owned(),
            adaptation: "the base model as it is".to_owned(),
            parameters: Some(8_431_616),
            base_model_hash: Some("4e1f".repeat(16)),
            settings,
            ..MethodCard::new(id, title, "probe-base")
        },
        resamples: 5000,
        seed: 0,
        splits: SPLITS.iter().map(|split| split_summary(index, split, needs)).collect(),
    }
}

fn split_summary(
    index: usize,
    &(split, tasks, repos, shift): &(Split, u64, u64, f64),
    needs: [f64; 3],
) -> SplitSummary {
    let width = 0.11 / (repos as f64).sqrt() + 0.012;
    let counts = [tasks - 2 * (tasks * 37 / 100), tasks * 37 / 100, tasks * 37 / 100];
    let mean = needs.iter().zip(counts).map(|(mean, count)| (mean + shift) * count as f64).sum::<f64>() / tasks as f64;
    let mut slices = vec![slice("all", "all", tasks, repos, mean, width)];
    for ((need, count), level) in Need::ALL.iter().zip(counts).zip(needs) {
        slices.push(slice("need", need.name(), count, repos, level + shift, width * 1.4));
    }
    let mut left = tasks;
    for (place, family) in Family::ALL.iter().enumerate() {
        let count = if place == 4 { left } else { tasks * [55, 20, 12, 8][place] / 100 };
        left -= count;
        let level = mean + [0.01, 0.03, -0.08, -0.05, 0.04][place] + 0.01 * index as f64;
        slices.push(slice("family", family.name(), count, repos, level, width * 1.8));
    }
    let paper_bias = PaperBias {
        cut_to_line: tasks / 2,
        cut_at_comma: tasks / 9,
        cut_to_word: tasks / 5,
        em_uncut: Some(0.3),
        unscored: 0,
    };
    SplitSummary {
        split,
        tasks,
        missing: 0,
        tokens: bench::TokenMeans::default(),
        paper_bias,
        spread: Vec::new(),
        errors: bench::ErrorTally::default(),
        slices,
    }
}

fn slice(by: &str, group: &str, tasks: u64, repos: u64, mean: f64, width: f64) -> Slice {
    let estimate = |metric, mean: f64, width: f64| Estimate {
        metric,
        mean: Some(mean.clamp(0.0, 1.0)),
        cluster: Some([(mean - width).max(0.0), (mean + width * 0.94).min(1.0)]),
        tasks: Some([(mean - width * 0.4).max(0.0), (mean + width * 0.41).min(1.0)]),
    };
    Slice {
        by: by.to_owned(),
        group: group.to_owned(),
        tasks,
        repos,
        small: false,
        estimates: vec![
            estimate(Metric::ExactMatchPaper, mean, width),
            estimate(Metric::ExactMatchStrict, mean * 0.94, width),
            estimate(Metric::ExactMatchAst, mean * 0.97, width),
            estimate(Metric::EditSimilarity, 0.35 + mean * 0.6, width * 0.7),
            estimate(Metric::TokenBleu, 0.3 + mean * 0.6, width * 0.7),
            estimate(Metric::CodeBleu, 0.32 + mean * 0.55, width * 0.7),
        ],
    }
}

pub fn context() -> Context {
    Context {
        title: "Probe corpus leaderboard".to_owned(),
        corpus: "Probe corpus, 54 generated repositories".to_owned(),
        track: Track::Static,
        origin: Origin::Other {
            differences: vec![
                "The tasks come from generated repositories, not from the paper’s 604.".to_owned(),
                "The base model is a small one trained here, not Qwen2.5-Coder-1.5B.".to_owned(),
            ],
        },
        splits: SPLITS.iter().map(|&(split, tasks, repos, _)| SplitFacts { split, repos, tasks }).collect(),
        chance: BTreeMap::from([(Need::Repository, 0.125), (Need::History, 0.125)]),
        costs: costs(),
        warnings: vec![
            "Generated corpus: these numbers rank methods under controlled conditions, not on real code.".to_owned(),
        ],
        commands: vec!["repopeft quickstart --seed 7".to_owned()],
        files: ["pretrained", "rag", "rag-oracle"].map(|id| format!("scores/{id}/summary.json")).to_vec(),
    }
}

fn costs() -> Vec<Cost> {
    let tokens = [(412.3, 0.0), (1180.4, 768.1), (1201.9, 789.6)];
    let mut costs = Vec::new();
    for ((_, _, _, hash, _), (prompt, context)) in METHODS.into_iter().zip(tokens) {
        costs.extend(SPLITS.iter().map(|&(split, ..)| Cost {
            predictions: hash.repeat(16),
            split,
            prompt_tokens: Some(prompt),
            context_tokens: Some(context),
        }));
    }
    costs
}
