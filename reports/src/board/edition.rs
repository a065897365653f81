//! What a board is made of: releases, and the methods that were scored on each.

use std::collections::BTreeMap;

use bench::{ComparisonFile, RepoId, SplitSummary, Summary};

use super::beside::{Audit, MeasuredCost};
use crate::context::{Context, Cost};
use crate::error::Result;
use crate::leaderboard::Leaderboard;

/// One method as it was scored on a release, and what lies beside its scores.
#[derive(Debug, Clone)]
pub struct Entrant {
    /// Its `summary.json`.
    pub summary: Summary,
    /// The file of the summary, for error messages.
    pub file: String,
    /// Its `audit.json`, if there is one.
    pub audit: Option<Audit>,
    /// Its `cost.json`, if there is one.
    pub cost: Option<MeasuredCost>,
    /// Files that can be had, by name, with their path from the page.
    pub downloads: Vec<(String, String)>,
}

/// A release and everything that is known of methods on it.
#[derive(Debug)]
pub struct Edition {
    /// What a leaderboard shows of the release.
    pub(crate) context: Context,
    /// The methods, in the order of `leaderboard`.
    pub(crate) entrants: Vec<Entrant>,
    /// All pairs of them, if they were compared.
    pub(crate) comparison: Option<ComparisonFile>,
    /// Where repositories can be had.
    pub(crate) addresses: BTreeMap<RepoId, String>,
    /// The leaderboard of the release.
    pub(crate) leaderboard: Leaderboard,
}

impl Edition {
    /// The edition of `entrants`, which may come in any order; costs and files of `context` are taken
    /// from them. Repositories
    /// can be had at `addresses`.
    ///
    /// # Errors
    /// Those of [`Leaderboard::from_summaries`].
    pub fn new(context: Context, mut entrants: Vec<Entrant>, addresses: BTreeMap<RepoId, String>) -> Result<Self> {
        let key = |entrant: &Entrant| {
            let card = &entrant.summary.card;
            (card.method.clone(), card.base_model.clone(), entrant.summary.predictions.clone())
        };
        entrants.sort_by_key(key);
        let files = entrants.iter().map(|entrant| entrant.file.clone()).collect();
        let costs = entrants.iter().flat_map(|entrant| costs(&entrant.summary)).collect();
        let context = Context { costs, files, ..context };
        let summaries: Vec<Summary> = entrants.iter().map(|entrant| entrant.summary.clone()).collect();
        let leaderboard = Leaderboard::from_summaries(&summaries, &context)?;
        Ok(Self { context, entrants, comparison: None, addresses, leaderboard })
    }

    /// Adds what is known of pairs of methods.
    pub fn compare(&mut self, comparison: Option<ComparisonFile>) {
        self.comparison = comparison;
    }

    /// The methods, in the order in which a board numbers their answers.
    pub fn entrants(&self) -> &[Entrant] {
        &self.entrants
    }

    /// The leaderboard of the release.
    pub fn leaderboard(&self) -> &Leaderboard {
        &self.leaderboard
    }

    /// The place of the method that the comparison calls `name`.
    pub(super) fn compared(&self, name: &str) -> Option<usize> {
        let method = self.comparison.as_ref()?.methods.iter().find(|method| method.name == name)?;
        self.entrants.iter().position(|entrant| entrant.summary.predictions == method.predictions)
    }
}

/// What the answers of `summary` cost, split by split.
fn costs(summary: &Summary) -> impl Iterator<Item = Cost> {
    summary.splits.iter().map(|split: &SplitSummary| Cost {
        predictions: summary.predictions.clone(),
        split: split.split,
        prompt_tokens: split.tokens.prompt,
        context_tokens: split.tokens.context,
    })
}
