//! The passes of a query set, one search after another, and the acceptance of what they find.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, anyhow};
use bench::{RepoId, Timestamp};
use serde::Serialize;

use super::Listener;
use super::candidate::Candidate;
use super::client::{Client, Form};
use super::evidence;
use super::item::{self, Item, Page};
use super::query::{Framework, Pass, PassEra, Queries, Range, Treatment};

/// Results of a page.
const PER_PAGE: u64 = 100;
/// Pages that the host gives of one search (R18).
const MAX_PAGES: u64 = 10;
/// Forks that are followed back.
const MAX_ANCESTORS: usize = 5;

/// Why a search result is no candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    /// An earlier search found it.
    Duplicate,
    /// Its stars lie outside the range that was asked for: the host's index is stale (R18).
    Stars,
    /// It is one of the baseline (R28).
    Baseline,
    /// It is a fork.
    Fork,
    /// It is archived.
    Archived,
    /// It descends from a repository of the baseline (R28).
    Descendant,
    /// It was not created after the cut-off (R28).
    Created,
    /// It has gone since the host's index was made.
    Gone,
    /// No dependency file names pytest (R21).
    NoEvidence,
}

/// What became of the results of one pass.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Tally {
    /// Results of its searches.
    pub(crate) results: u64,
    /// Candidates.
    pub(crate) accepted: u64,
    /// The others, by reason.
    pub(crate) rejected: BTreeMap<Reason, u64>,
}

/// What a query set finds.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The candidates, in the order in which they were found.
    pub(crate) candidates: Vec<Candidate>,
    /// A tally a pass, in their order.
    pub(crate) tallies: Vec<(String, Tally)>,
}

/// A run of a query set.
pub(super) struct Search<'a> {
    queries: &'a Queries,
    client: Client<'a>,
    /// In lower case (R28).
    baseline: BTreeSet<String>,
    listener: &'a dyn Listener,
    /// Names of all results so far, in lower case.
    seen: BTreeSet<String>,
    /// In-distribution results that were not dropped at once.
    found: u64,
    /// Latest creation of an in-distribution candidate.
    latest: Option<Timestamp>,
    output: Found,
}

/// Whether a pass goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Continue,
    Stop,
}

fn lower(repo: &RepoId) -> String {
    repo.as_str().to_ascii_lowercase()
}

impl<'a> Search<'a> {
    /// A run of `queries` that has not begun.
    pub(super) fn new(
        queries: &'a Queries,
        client: Client<'a>,
        baseline: &BTreeSet<RepoId>,
        listener: &'a dyn Listener,
    ) -> Self {
        let baseline = baseline.iter().map(lower).collect();
        let (seen, output) = (BTreeSet::new(), Found::default());
        Self { queries, client, baseline, listener, seen, found: 0, latest: None, output }
    }

    /// Runs all passes.
    pub(super) fn run(mut self) -> Result<Found> {
        let total = self.queries.passes.iter().map(|pass| pass.licences.len() * pass.stars.len()).sum();
        let mut done = 0;
        for pass in &self.queries.passes {
            self.output.tallies.push((pass.name.clone(), Tally::default()));
            let cutoff = self.cutoff(pass)?;
            let mut flow = Flow::Continue;
            for licence in &pass.licences {
                for &stars in &pass.stars {
                    if flow == Flow::Continue {
                        let search = pass.search(licence, stars, cutoff);
                        self.listener.begin(done, total, &search);
                        flow = self.search(pass, &search, stars, cutoff)?;
                    }
                    done += 1;
                }
            }
        }
        Ok(self.output)
    }

    /// The date after which repositories of `pass` must have been created (R29).
    fn cutoff(&self, pass: &Pass) -> Result<Option<Timestamp>> {
        match (pass.era, pass.created_after) {
            (PassEra::InDistribution, _) => Ok(None),
            (PassEra::Ood, Some(date)) => Ok(Some(date)),
            (PassEra::Ood, None) => self.latest.map(Some).ok_or_else(|| {
                anyhow!("pass {} has no created_after, and no in-distribution candidate gives one", pass.name)
            }),
        }
    }

    /// All pages of one search.
    fn search(&mut self, pass: &Pass, search: &str, stars: Range, cutoff: Option<Timestamp>) -> Result<Flow> {
        for page in 1..=MAX_PAGES {
            if self.is_full(pass) {
                return Ok(Flow::Stop);
            }
            let order = pass.order();
            let query = encoded(search);
            let request =
                format!("/search/repositories?q={query}&sort={order}&order=desc&per_page={PER_PAGE}&page={page}");
            let response = self.client.get(&request, Form::Json)?;
            if !response.is_found() {
                return Err(anyhow!("the host knows no {request}; check the address that --api gives"));
            }
            let results: Page = item::read(&response)?;
            let count = results.items.len() as u64;
            for item in results.items {
                if self.is_full(pass) {
                    return Ok(Flow::Stop);
                }
                item.check().with_context(|| format!("in the answer to {request}"))?;
                self.tally().results += 1;
                match self.accept(pass, &item, stars, cutoff)? {
                    Ok(evidence) => self.add(pass, item, evidence, response.date),
                    Err(reason) => *self.tally().rejected.entry(reason).or_default() += 1,
                }
            }
            if count < PER_PAGE || page * PER_PAGE >= results.total_count {
                break;
            }
        }
        Ok(Flow::Continue)
    }

    /// Whether enough was found (R18, R27).
    fn is_full(&self, pass: &Pass) -> bool {
        match pass.era {
            PassEra::InDistribution => self.found >= self.queries.stop.found,
            PassEra::Ood => {
                self.output.tallies.last().is_some_and(|(_, t)| t.accepted >= self.queries.stop.accepted_ood)
            }
        }
    }

    fn tally(&mut self) -> &mut Tally {
        let last = self.output.tallies.last_mut();
        &mut last.expect("because a pass begins with its tally").1
    }

    fn add(&mut self, pass: &Pass, item: Item, evidence: Option<String>, found: Timestamp) {
        self.tally().accepted += 1;
        if pass.era == PassEra::InDistribution {
            self.baseline.insert(lower(&item.full_name));
            self.latest = self.latest.max(Some(item.created_at));
        }
        self.output.candidates.push(item.candidate(evidence, found, &pass.name));
    }

    /// The evidence for the use of pytest if `item` is accepted, or the first rule that refuses it.
    fn accept(
        &mut self,
        pass: &Pass,
        item: &Item,
        stars: Range,
        cutoff: Option<Timestamp>,
    ) -> Result<Result<Option<String>, Reason>> {
        if !stars.holds(item.stargazers_count) {
            return Ok(Err(Reason::Stars));
        }
        if !self.seen.insert(lower(&item.full_name)) {
            return Ok(Err(Reason::Duplicate));
        }
        if let Err(reason) = treated(pass, item) {
            return Ok(Err(reason));
        }
        match pass.era {
            PassEra::InDistribution => self.found += 1,
            PassEra::Ood => {
                if let Err(reason) = self.is_new(pass, item, cutoff)? {
                    return Ok(Err(reason));
                }
            }
        }
        let files = &self.queries.dependency_files;
        let evidence = evidence::dependency_file(&mut self.client, &item.full_name, files)?;
        let is_needed = self.queries.framework == Framework::Pytest;
        Ok(if is_needed && evidence.is_none() { Err(Reason::NoEvidence) } else { Ok(evidence) })
    }

    /// The checks of R28, on the full record where the search result does not tell.
    fn is_new(&mut self, pass: &Pass, item: &Item, cutoff: Option<Timestamp>) -> Result<Result<(), Reason>> {
        if self.baseline.contains(&lower(&item.full_name)) {
            return Ok(Err(Reason::Baseline));
        }
        let Some(record) = self.record(&item.full_name)? else { return Ok(Err(Reason::Gone)) };
        if let Err(reason) = treated(pass, &record) {
            return Ok(Err(reason));
        }
        if self.descends(&record)? {
            return Ok(Err(Reason::Descendant));
        }
        let is_later = cutoff.is_none_or(|cutoff| record.created_at.date() > cutoff.date());
        Ok(if is_later { Ok(()) } else { Err(Reason::Created) })
    }

    /// Whether a repository that `record` was forked from, however far back, is one of the baseline.
    fn descends(&mut self, record: &Item) -> Result<bool> {
        let mut record = record.clone();
        for _ in 0..MAX_ANCESTORS {
            let ancestors = [&record.parent, &record.source];
            if ancestors.into_iter().flatten().any(|other| self.baseline.contains(&lower(&other.full_name))) {
                return Ok(true);
            }
            let Some(parent) = record.parent.take() else { return Ok(false) };
            let Some(next) = self.record(&parent.full_name)? else { return Ok(false) };
            record = next;
        }
        Ok(false)
    }

    fn record(&mut self, repo: &RepoId) -> Result<Option<Item>> {
        let response = self.client.get(&format!("/repos/{repo}"), Form::Json)?;
        if response.is_found() { item::read(&response).map(Some) } else { Ok(None) }
    }
}

/// Forks and archived repositories, where the pass refuses them (R22, R34).
fn treated(pass: &Pass, item: &Item) -> Result<(), Reason> {
    if item.fork && pass.forks == Treatment::Refused {
        Err(Reason::Fork)
    } else if item.archived && pass.archived == Treatment::Refused {
        Err(Reason::Archived)
    } else {
        Ok(())
    }
}

/// `text` as a part of a query.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let encode = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_encoded() {
        assert_eq!(encoded("a:>=1 é"), "a%3A%3E%3D1%20%C3%A9");
    }
}
