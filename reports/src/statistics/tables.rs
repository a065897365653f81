//! The tables: which number stands where, and which of the paper's is its counterpart.

use bench::stats::{
    CommitStatistics, Component, Composition, Counts, Part, PartStatistics, Statistics, Summary, TableFamily,
    TableTarget,
};
use bench::{AssertionKind, Difficulty, Event, Split, Track};

use super::published::{Lengths, published_statistics};
use crate::paper::table::{Pair, Table, Unit};
use crate::text::Shown;

/// The parts that Table 6 prints.
const COMPOSED: [(Part, &str); 3] =
    [(Part::StaticTrain, "Train"), (Part::StaticCrossRepoTest, "CR-test"), (Part::StaticInRepoTest, "IR-test")];

/// Every table for `statistics`, in the order of the paper, what it does not print last.
pub(crate) fn tables(statistics: &Statistics) -> Vec<Table> {
    let by_words = |part: &PartStatistics| part.by_words.clone();
    let by_syntax = |part: &PartStatistics| part.by_syntax.clone();
    let mut all = vec![
        counts(statistics),
        composition(statistics, "table-6", "Table 6: composition, classified by words as in the paper", by_words),
        composition(statistics, "table-6-syntax", "Composition, classified by syntax", by_syntax),
        tokens(statistics),
        selected(statistics),
        medians(statistics),
        lengths(statistics),
        beyond(statistics),
    ];
    if let Some(commits) = &statistics.commits {
        all.insert(1, kept(commits));
    }
    all
}

/// Tables 1 and 5.
fn counts(statistics: &Statistics) -> Table {
    let row = |part: &Part| {
        let ours = found(statistics, *part).map(|found| found.counts);
        let paper = published_statistics().parts.iter().find(|row| row.part == *part);
        if ours.is_none() && paper.is_none() {
            return None;
        }
        let count = |of: fn(&Counts) -> u64| {
            Pair::new(ours.map(|counts| of(&counts) as f64), paper.map(|row| of(&row.counts) as f64))
        };
        let ratio = |over: fn(&Counts) -> (u64, u64), printed: Option<f64>| {
            Pair::new(ours.map(|counts| over(&counts)).map(|(many, few)| many as f64 / few.max(1) as f64), printed)
        };
        let printed = paper.map(|row| row.ratios);
        let pairs = vec![
            count(|c| c.repos),
            count(|c| c.commits),
            count(|c| c.tasks),
            ratio(|c| (c.commits, c.repos), printed.map(|r| r.commits_per_repo)),
            ratio(|c| (c.tasks, c.commits), printed.map(|r| r.tasks_per_commit)),
            ratio(|c| (c.tasks, c.repos), printed.map(|r| r.tasks_per_repo)),
        ];
        Some((part.title().to_owned(), pairs))
    };
    Table {
        id: "table-5",
        title: "Tables 1 and 5: repositories, commits and tasks".to_owned(),
        notes: vec!["Tasks are those after selection and caps; a static part has one commit a repository.".to_owned()],
        of: "part",
        columns: vec![
            ("repositories", Unit::Count),
            ("commits", Unit::Count),
            ("tasks", Unit::Count),
            ("commits/repo", Unit::Decimal(2)),
            ("tasks/commit", Unit::Decimal(2)),
            ("tasks/repo", Unit::Decimal(1)),
        ],
        groups: Vec::new(),
        rows: Part::ALL.iter().filter_map(row).collect(),
    }
}

/// Kept commits and their rows before the caps.
fn kept(commits: &CommitStatistics) -> Table {
    let row = |split: &Split| {
        let ours = commits.splits.get(split);
        let paper = published_statistics().kept.iter().find(|row| row.split == *split);
        let share = |of: u64, all: u64| Pair::ours(percent(of, all));
        let mut pairs = vec![
            Pair::new(ours.map(|kept| kept.commits as f64), paper.map(|row| row.commits as f64)),
            Pair::new(ours.map(|kept| kept.rows() as f64), paper.map(|row| row.rows as f64)),
        ];
        pairs.extend(match ours {
            Some(kept) => [kept.added, kept.modified, kept.reemitted].map(|rows| share(rows, kept.rows())),
            None => [Pair::default(); 3],
        });
        (split.title().to_owned(), pairs)
    };
    Table {
        id: "kept-commits",
        title: "Evolution track before the caps: kept commits and their rows".to_owned(),
        notes: vec![format!(
            "Author dates from {} to {}; at most {} rows of one commit. A row is re-emitted if its commit neither added \
             nor modified its assertion.",
            commits.first.day(),
            commits.last.day(),
            crate::render::number::count(commits.most_rows)
        )],
        of: "split",
        columns: vec![
            ("kept commits", Unit::Count),
            ("rows", Unit::Count),
            ("added %", Unit::Percent),
            ("modified %", Unit::Percent),
            ("re-emitted %", Unit::Percent),
        ],
        groups: Vec::new(),
        rows: Split::ALL.iter().map(row).collect(),
    }
}

/// Table 6, with the paper's numbers only where its classification is followed (C25).
fn composition(
    statistics: &Statistics,
    id: &'static str,
    title: &str,
    of: impl Fn(&PartStatistics) -> Composition,
) -> Table {
    let ours: Vec<Option<Composition>> = COMPOSED.iter().map(|(part, _)| found(statistics, *part).map(&of)).collect();
    let papers = COMPOSED.map(|(part, _)| {
        published_statistics().compositions.iter().find(|column| column.part == part && id == "table-6")
    });
    let family = |family: &TableFamily| {
        let pair = |(ours, paper): (&Option<Composition>, Option<&super::published::PublishedComposition>)| {
            let share = ours.as_ref().map(|ours| percent(ours.families.get(family).copied().unwrap_or(0), ours.tasks));
            Pair::new(share, paper.and_then(|paper| paper.families.get(family).copied()))
        };
        (family.to_string(), ours.iter().zip(papers).map(pair).collect())
    };
    let target = |target: &TableTarget| {
        let pair = |(ours, paper): (&Option<Composition>, Option<&super::published::PublishedComposition>)| {
            let share = ours.as_ref().map(|ours| percent(ours.targets.get(target).copied().unwrap_or(0), ours.tasks));
            Pair::new(share, paper.and_then(|paper| paper.targets.get(target).copied()))
        };
        (target.to_string(), ours.iter().zip(papers).map(pair).collect())
    };
    let note = if id == "table-6" {
        "Percent of the tasks. The text of a target keeps its closing parentheses, so `3)` counts as complex and `x.y)` as \
         a variable."
    } else {
        "Percent of the tasks: the family is that of the matched node, the type that of the parsed first argument or \
         right side. The paper has no such numbers."
    };
    Table {
        id,
        title: title.to_owned(),
        notes: vec![note.to_owned()],
        of: "property",
        columns: COMPOSED.iter().map(|(_, title)| (*title, Unit::Percent)).collect(),
        groups: Vec::new(),
        rows: TableFamily::ALL.iter().map(family).chain(TableTarget::ALL.iter().map(target)).collect(),
    }
}

/// Table 7.
fn tokens(statistics: &Statistics) -> Table {
    let row = |name: &str, ours: Option<&Summary>, paper: Lengths| {
        let values = |s: &Summary| [s.mean, s.median, s.std, s.p75, s.p95, s.p99, s.max as f64];
        let paper = [paper.mean, paper.median, paper.std, paper.p75, paper.p95, paper.p99, paper.max];
        let pair = |(at, paper): (usize, f64)| Pair::new(ours.map(|summary| values(summary)[at]), Some(paper));
        (name.to_owned(), paper.into_iter().enumerate().map(pair).collect())
    };
    let mut rows: Vec<(String, Vec<Pair>)> = Vec::new();
    for component in Component::ALL {
        let ours = statistics.tokens.as_ref().and_then(|tokens| tokens.components.get(component));
        rows.push(row(component.name(), ours, published_statistics().tokens[component]));
    }
    rows.insert(1, row("resolved context", None, published_statistics().resolved_context));
    let by = match &statistics.tokens {
        Some(tokens) => format!("Counted by the tokenizer of {}.", Shown::name(&tokens.tokenizer)),
        None => "Not computed: give --tokenizer.".to_owned(),
    };
    Table {
        id: "table-7",
        title: "Table 7: tokens of the static track".to_owned(),
        notes: vec![
            by,
            "Not computed: resolved context, because a release holds definitions but no contexts.".to_owned(),
        ],
        of: "component",
        columns: ["mean", "median", "std", "p75", "p95", "p99", "max"].map(|name| (name, Unit::Decimal(1))).into(),
        groups: Vec::new(),
        rows,
    }
}

/// Tiers and types of all static tasks beside the selection that was published (R73).
fn selected(statistics: &Statistics) -> Table {
    let published = &published_statistics().selected;
    let parts: Vec<&PartStatistics> = in_distribution(statistics).collect();
    let all: u64 = parts.iter().map(|part| part.counts.tasks).sum();
    let share =
        |of: &dyn Fn(&PartStatistics) -> u64| (all > 0).then(|| percent(parts.iter().map(|part| of(part)).sum(), all));
    let tier = |tier: &Difficulty| {
        let ours = share(&|part| part.tiers.get(tier).copied().unwrap_or(0));
        (tier.to_string(), vec![Pair::new(ours, published.tiers.get(tier).copied())])
    };
    let kind = |(kind, paper): (&AssertionKind, &f64)| {
        let ours = share(&|part| part.kinds.get(kind).copied().unwrap_or(0));
        (kind.to_string(), vec![Pair::new(ours, Some(*paper))])
    };
    let total = Pair::new((all > 0).then_some(all as f64), Some(published.tasks as f64));
    let mut rows: Vec<(String, Vec<Pair>)> = Difficulty::ALL.iter().map(tier).collect();
    rows.extend(published.kinds.iter().map(kind));
    Table {
        id: "selection",
        title: "Static track: difficulty tiers and frequent assertion types".to_owned(),
        notes: vec![format!(
            "Percent of all static tasks without OOD: {} here; the published shares are of the {} tasks selected before \
             repositories with fewer than 30 were left out.",
            total.ours.map_or_else(|| "none".to_owned(), |_| crate::render::number::count(all)),
            crate::render::number::count(published.tasks)
        )],
        of: "property",
        columns: vec![("all", Unit::Percent)],
        groups: Vec::new(),
        rows,
    }
}

/// The medians that the running text names (R145).
fn medians(statistics: &Statistics) -> Table {
    let medians = published_statistics().medians;
    let targets = |part| found(statistics, part).map(|found| found.target_chars.median);
    let prefixes = |part| found(statistics, part).map(|found| found.prefix_chars.median);
    let row = |name: &str, ours, paper| (name.to_owned(), vec![Pair::new(ours, Some(paper))]);
    let kept = statistics.commits.as_ref().map(|commits| commits.per_repo.median);
    Table {
        id: "medians",
        title: "Medians of the running text".to_owned(),
        notes: vec!["The paper says \"over 100\" kept commits and \"12-13\" characters; 7.9 and 0.9 KB.".to_owned()],
        of: "median",
        columns: vec![("value", Unit::Decimal(1))],
        groups: Vec::new(),
        rows: vec![
            row("kept commits of a repository", kept, medians.kept_commits_of_a_repository),
            row("target, evolution OOD, characters", targets(Part::EvolutionOod), medians.ood_target_chars),
            row("target, evolution CR-test", targets(Part::EvolutionCrossRepoTest), medians.evaluated_target_chars),
            row("target, evolution IR-test", targets(Part::EvolutionInRepoTest), medians.evaluated_target_chars),
            row("prefix, evolution OOD", prefixes(Part::EvolutionOod), medians.ood_prefix_chars),
            row("prefix, static CR-test", prefixes(Part::StaticCrossRepoTest), medians.static_prefix_chars),
        ],
    }
}

/// Quantiles of the lengths of targets, by part (C27).
fn lengths(statistics: &Statistics) -> Table {
    let row = |part: &PartStatistics| {
        let s = part.target_chars;
        let values = [s.min as f64, s.p25, s.median, s.p75, s.p95, s.p99, s.max as f64, part.prefix_chars.median];
        (part.part.title().to_owned(), values.map(Pair::ours).to_vec())
    };
    let names = ["min", "p25", "median", "p75", "p95", "p99", "max", "median prefix"];
    Table {
        id: "lengths",
        title: "Characters of targets and prefixes".to_owned(),
        notes: Vec::new(),
        of: "part",
        columns: names.map(|name| (name, Unit::Decimal(1))).into(),
        groups: Vec::new(),
        rows: statistics.parts.iter().map(row).collect(),
    }
}

/// What repeats or gives itself away, by part (R103, R146).
fn beyond(statistics: &Statistics) -> Table {
    let row = |part: &PartStatistics| {
        let tasks = part.counts.tasks;
        let event =
            |event| (!part.events.is_empty()).then(|| percent(part.events.get(&event).copied().unwrap_or(0), tasks));
        let values = [
            Some(percent(part.target_in_prefix, tasks)),
            part.repeats.map(|repeats| percent(repeats.whole, tasks)),
            part.repeats.map(|repeats| percent(repeats.assertion, tasks)),
            event(Event::Added),
            event(Event::Modified),
            event(Event::Reemitted),
        ];
        (part.part.title().to_owned(), values.map(|value| Pair::new(value, None)).to_vec())
    };
    let names = ["target in prefix", "task in training", "assertion in training", "added", "modified", "re-emitted"];
    Table {
        id: "beyond",
        title: "What the paper does not tell".to_owned(),
        notes: vec![
            "Percent of the tasks. \"Target in prefix\": the target occurs verbatim in the prefix. \"Task in training\": a \
             training task of the track has the same prefix and target; \"assertion in training\": one of the same \
             repository has the same function, last line of the prefix and target. Training tasks are those after the \
             caps."
                .to_owned(),
        ],
        of: "part",
        columns: names.map(|name| (name, Unit::Percent)).into(),
        groups: Vec::new(),
        rows: statistics.parts.iter().map(row).collect(),
    }
}

fn found(statistics: &Statistics, part: Part) -> Option<&PartStatistics> {
    statistics.parts.iter().find(|found| found.part == part)
}

/// The parts of the 62,294 (R12).
fn in_distribution(statistics: &Statistics) -> impl Iterator<Item = &PartStatistics> {
    statistics.parts.iter().filter(|found| found.part.track() == Track::Static && found.part != Part::StaticOod)
}

fn percent(of: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { of as f64 * 100.0 / all as f64 }
}
