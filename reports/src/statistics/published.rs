//! What the paper says of the data: a typed view of `data/published_statistics.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bench::stats::{Component, Part, TableFamily, TableTarget};
use bench::{AssertionKind, Difficulty, Split};
use serde::Deserialize;

/// Every published number about the data that ours stand beside.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedStatistics {
    /// The paper and its version.
    pub paper: String,
    /// Tables 1 and 5.
    #[serde(rename = "part")]
    pub parts: Vec<PublishedPart>,
    /// Table 6.
    #[serde(rename = "composition")]
    pub compositions: Vec<PublishedComposition>,
    /// Table 7.
    pub tokens: BTreeMap<Component, Lengths>,
    /// The row of Table 7 on dependency-resolved context.
    pub resolved_context: Lengths,
    /// Kept commits before the caps.
    pub kept: Vec<PublishedKept>,
    /// The static track before repositories are left out.
    pub selected: Selected,
    /// What running text says.
    pub medians: Medians,
}

/// A row of Tables 1 and 5.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedPart {
    /// The part.
    pub part: Part,
    /// The counts.
    pub counts: bench::stats::Counts,
    /// The ratios, as printed.
    pub ratios: Ratios,
}

/// The ratios of Table 5.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ratios {
    /// Commits of a repository.
    pub commits_per_repo: f64,
    /// Tasks of a commit.
    pub tasks_per_commit: f64,
    /// Tasks of a repository.
    pub tasks_per_repo: f64,
}

/// A column of Table 6, in percent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedComposition {
    /// The part.
    pub part: Part,
    /// Assertion families.
    pub families: BTreeMap<TableFamily, f64>,
    /// Target types.
    pub targets: BTreeMap<TableTarget, f64>,
}

/// A row of Table 7, in tokens.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Lengths {
    pub mean: f64,
    pub median: f64,
    pub std: f64,
    pub p75: f64,
    pub p95: f64,
    pub p99: f64,
    pub max: f64,
}

/// Kept commits of a split.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedKept {
    /// The split.
    pub split: Split,
    /// Kept commits.
    pub commits: u64,
    /// Their rows before the caps.
    pub rows: u64,
}

/// The static track after the selection, in percent of its tasks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selected {
    /// How many tasks there were.
    pub tasks: u64,
    /// Shares of the difficulty tiers.
    pub tiers: BTreeMap<Difficulty, f64>,
    /// Shares of assertion types, the frequent ones.
    pub kinds: BTreeMap<AssertionKind, f64>,
}

/// Medians of the running text.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Medians {
    /// "Over 100" kept commits.
    pub kept_commits_of_a_repository: f64,
    /// Characters of OOD targets.
    pub ood_target_chars: f64,
    /// Characters of CR-test and IR-test targets, "12-13".
    pub evaluated_target_chars: f64,
    /// Characters of OOD prefixes, "7.9 KB".
    pub ood_prefix_chars: f64,
    /// Characters of static prefixes, "0.9 KB".
    pub static_prefix_chars: f64,
}

/// The published numbers, as embedded.
pub fn published_statistics() -> &'static PublishedStatistics {
    static PUBLISHED: LazyLock<PublishedStatistics> = LazyLock::new(|| {
        toml::from_str(include_str!("../../data/published_statistics.toml"))
            .expect("because a test reads the embedded file")
    });
    &PUBLISHED
}

#[cfg(test)]
mod tests {
    use bench::Track;

    use super::*;

    #[test]
    fn every_part_is_published_and_its_ratios_fit_its_counts() {
        let parts: Vec<Part> = published_statistics().parts.iter().map(|row| row.part).collect();
        assert_eq!(parts, Part::ALL);
        for row in &published_statistics().parts {
            let (repos, commits, tasks) = (row.counts.repos as f64, row.counts.commits as f64, row.counts.tasks as f64);
            // Large ones are printed as whole numbers.
            let near = |ours: f64, printed: f64| (ours - printed).abs() <= if printed > 800.0 { 0.5 } else { 0.06 };
            assert!(near(tasks / repos, row.ratios.tasks_per_repo), "{}", row.part);
            assert!(near(tasks / commits, row.ratios.tasks_per_commit), "{}", row.part);
            assert!(near(commits / repos, row.ratios.commits_per_repo), "{}", row.part);
        }
    }

    #[test]
    fn sums_are_those_of_r12_r15_and_r16() {
        let all = published_statistics();
        let of = |part: Part| all.parts.iter().find(|row| row.part == part).expect("a row").counts.tasks;
        let static_parts = Part::ALL.iter().filter(|part| part.track() == Track::Static && **part != Part::StaticOod);
        assert_eq!(static_parts.map(|part| of(*part)).sum::<u64>(), 62_294);
        let rows = |split| all.kept.iter().find(|row| row.split == split).expect("a row").rows;
        assert_eq!(of(Part::EvolutionTrain) + rows(Split::InRepoVal) + rows(Split::InRepoTest), 1_187_359);
        assert_eq!(rows(Split::Train) + rows(Split::InRepoVal) + rows(Split::InRepoTest), 3_639_660);
        assert!(of(Part::StaticInRepoTest) > of(Part::StaticInRepoVal), "R83");
    }

    #[test]
    fn shares_are_percent_of_a_whole() {
        for column in &published_statistics().compositions {
            for sum in [column.families.values().sum::<f64>(), column.targets.values().sum::<f64>()] {
                assert!((sum - 100.0).abs() < 0.5, "{}: {sum}", column.part);
            }
        }
        assert!((published_statistics().selected.tiers.values().sum::<f64>() - 100.0).abs() < 0.5);
    }
}
