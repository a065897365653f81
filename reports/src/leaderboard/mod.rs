//! [`Leaderboard`]: rows, columns, best marks, warnings. Decides everything a page says, draws nothing.

mod check;
mod method;
mod suite;

use std::collections::BTreeSet;

use bench::{Metric, Profile, Split, Summary, Track};

use crate::context::{Context, Origin};
use crate::error::Result;
use crate::published::{Published, Reported, published};
use crate::render::number;
use crate::text::Shown;

pub use method::Method;
pub use suite::{Cell, Group, Grouping, Row, Standing, Suite};

/// The order in which suites are shown: claims before choices, unseen repositories before seen ones.
const SUITE_ORDER: [Split; 6] =
    [Split::CrossRepoTest, Split::InRepoTest, Split::OodTest, Split::CrossRepoVal, Split::InRepoVal, Split::Train];

/// The metric that orders rows, is compared with the paper and is drawn.
pub const HEADLINE: Metric = Metric::ExactMatchPaper;

/// Everything a page shows, in the order in which it shows it. All text in it is safe to show.
#[derive(Debug)]
pub struct Leaderboard {
    /// Heading.
    pub title: Shown,
    /// What the tasks were mined from.
    pub corpus: Shown,
    /// The track.
    pub track: Track,
    /// The profile.
    pub profile: Profile,
    /// Root hash of the release.
    pub release: Shown,
    /// Version of the scoring rules.
    pub rules: Shown,
    /// How intervals were made: resamples and seed, ascending; more than one if score files differ.
    pub bootstraps: Vec<(u32, u64)>,
    /// The methods by id, base model and predictions; rows name them by index.
    pub methods: Vec<Method>,
    /// One suite a split that was scored.
    pub suites: Vec<Suite>,
    /// What a reader must know before the numbers.
    pub warnings: Vec<Shown>,
    /// The reported results of the track, none if the paper has none.
    pub reported: Option<ReportedTable>,
    /// The commands that made the page.
    pub commands: Vec<Shown>,
}

/// The results of the paper for the same track.
#[derive(Debug)]
pub struct ReportedTable {
    /// The paper.
    pub paper: &'static str,
    /// The tables the figures stand in.
    pub source: String,
    /// The splits with figures, in suite order.
    pub splits: Vec<Split>,
    /// The rows, in the order of the paper.
    pub rows: Vec<&'static Reported>,
    /// Why the figures must not be compared with ours; empty if the release is the published one.
    pub differences: Vec<Shown>,
}

impl Leaderboard {
    /// The leaderboard of `summaries`, which may come in any order: rows are sorted by [`HEADLINE`], then by method id.
    ///
    /// # Errors
    ///
    /// [`crate::Error::Empty`] without summaries; [`crate::Error::Mixed`] if two differ in release, profile, rules or format
    /// version; [`crate::Error::Twice`] if two have the same card; [`crate::Error::Counts`] if two disagree on the tasks of
    /// a split; [`crate::Error::Summary`] for numbers that no scorer writes.
    pub fn from_summaries(summaries: &[Summary], context: &Context) -> Result<Self> {
        let first = check::agreement(summaries, context)?;
        let mut sorted: Vec<&Summary> = summaries.iter().collect();
        sorted.sort_by_key(|summary| (&summary.card.method, &summary.card.base_model, &summary.predictions));
        let methods = method::methods(&sorted);
        let suites: Vec<Suite> =
            SUITE_ORDER.iter().filter_map(|&split| suite::suite(split, &sorted, context)).collect();
        let bootstraps: BTreeSet<(u32, u64)> = sorted.iter().map(|summary| (summary.resamples, summary.seed)).collect();
        let mut board = Self {
            title: Shown::name(&context.title),
            corpus: Shown::name(&context.corpus),
            track: context.track,
            profile: first.profile,
            release: Shown::name(&first.release),
            rules: Shown::name(&first.rules),
            bootstraps: bootstraps.into_iter().collect(),
            methods,
            suites,
            warnings: context.warnings.iter().map(|warning| Shown::sentence(warning)).collect(),
            reported: reported(published(), context),
            commands: context.commands.iter().map(|command| Shown::sentence(command)).collect(),
        };
        let found = board.findings();
        board.warnings.extend(found.iter().map(|finding| Shown::sentence(finding)));
        Ok(board)
    }

    /// The base models of the methods, each once.
    pub fn base_models(&self) -> BTreeSet<&Shown> {
        self.methods.iter().map(|method| &method.base_model).collect()
    }

    /// Tasks of all suites together.
    pub fn tasks(&self) -> u64 {
        self.suites.iter().map(|suite| suite.tasks).sum()
    }

    /// The cell of [`HEADLINE`] of `method` in `suite`, if it was scored there.
    pub fn headline(&self, suite: &Suite, method: usize) -> Option<Cell> {
        suite.rows.iter().find(|row| row.method == method).map(|row| row.cell(HEADLINE))
    }

    /// Methods in the order of the first suite; those it lacks follow by id.
    pub fn by_first_suite(&self) -> Vec<usize> {
        let mut order: Vec<usize> =
            self.suites.first().map_or_else(Vec::new, |suite| suite.rows.iter().map(|row| row.method).collect());
        let rest: Vec<usize> = (0..self.methods.len()).filter(|method| !order.contains(method)).collect();
        order.extend(rest);
        order
    }

    /// What the scores themselves give reason to warn of: missing answers, suites not answered, unequal bootstraps.
    fn findings(&self) -> Vec<String> {
        let mut findings = Vec::new();
        for suite in &self.suites {
            let title = suite.split.title();
            for row in suite.rows.iter().filter(|row| row.missing > 0) {
                let (missing, tasks) = (number::count(row.missing), number::count(suite.tasks));
                let method = &self.methods[row.method].label;
                findings.push(format!(
                    "{method} left {missing} of {tasks} tasks of {title} unanswered; they count as wrong."
                ));
            }
            for (index, method) in self.methods.iter().enumerate() {
                if suite.rows.iter().all(|row| row.method != index) {
                    findings.push(format!("{} was not run on {title}.", method.label));
                }
            }
            findings.extend(suite.uneven_groupings());
        }
        if self.bootstraps.len() > 1 {
            findings.push("Intervals were made with different numbers of resamples or seeds.".to_owned());
        }
        findings
    }
}

fn reported(published: &'static Published, context: &Context) -> Option<ReportedTable> {
    let rows: Vec<&Reported> = published.results.iter().filter(|row| row.track == context.track).collect();
    let splits: Vec<Split> =
        SUITE_ORDER.into_iter().filter(|split| rows.iter().any(|row| row.split.contains_key(split))).collect();
    let sources: BTreeSet<&str> = rows.iter().map(|row| row.source.as_str()).collect();
    let differences = match &context.origin {
        Origin::Published => Vec::new(),
        Origin::Other { differences } if differences.is_empty() => {
            vec![Shown::sentence("This is not the published release.")]
        }
        Origin::Other { differences } => differences.iter().map(|reason| Shown::sentence(reason)).collect(),
    };
    (!rows.is_empty()).then(|| ReportedTable {
        paper: &published.paper,
        source: sources.into_iter().collect::<Vec<_>>().join(", "),
        splits,
        rows,
        differences,
    })
}
