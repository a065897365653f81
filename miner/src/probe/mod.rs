//! The probe corpus: small generated repositories whose tasks say what is needed to answer them.
//!
//! Real repositories cannot tell whether a method *uses* the repository: a right answer may come from the prefix, from
//! habit or from memory. The probe corpus is the controlled experiment. From one seed it makes a family of Python
//! repositories, each a real bare git repository with a real history, mined afterwards like any other. Their tests pass;
//! their production code and tests are written here, none of it is third-party.
//!
//! # Conventions
//! Every repository decides fourteen things for itself. Each vocabulary has four values, shared by all repositories, and
//! the deciding code stands in production modules only:
//!
//! | Dimension | Values | Where tests meet it |
//! |---|---|---|
//! | `invalid_error` | `ValidationError` `InvalidInput` `BadValue` `RejectedEntry` | class raised for a negative amount |
//! | `lookup_error` | `NotFound` `MissingEntry` `UnknownName` `NoSuchItem` | class raised for an unknown name |
//! | `conflict_error` | `DuplicateName` `AlreadyExists` `NameTaken` `ConflictError` | class raised for a known name |
//! | `rate` | 0.075 0.12 0.19 0.21 | share added to prices |
//! | `factor` | 1.25 1.4 1.6 1.85 | factor on holidays |
//! | `threshold` | 0.35 0.55 0.65 0.85 | score that suffices |
//! | `timeout` | 15 30 45 90 | seconds a client waits |
//! | `page_size` | 20 40 50 64 | entries on a page |
//! | `currency` | `"EUR"` `"USD"` `"CHF"` `"NOK"` | unit of prices |
//! | `status` | `"ok"` `"done"` `"success"` `"accepted"` | word for a good run |
//! | `reference` | `"ref-"` `"no."` `"id_"` `"#"` | as in `"ref-17"` |
//! | `date_separator` | `"-"` `"/"` `"."` `"_"` | as in `"2009/04/01"` |
//! | `key_style` | snake, camel, kebab, pascal | as in `"unitPrice"` |
//! | `absent` | `None` `False` `-1` `[]` | result of a search in vain |
//!
//! # Chance
//! A guess that ignores the repository is right in **one case of four**, in every dimension, however it is made. Draws
//! are stratified: among 32, 8 and 8 repositories each value holds in exactly 8, 2 and 2 at the head (among 6, in one or
//! two). They are independent of each other and of everything a prefix shows: domain, names, layout, code around. Unseen
//! repositories bring new combinations of values that training repositories hold too. Every repository asks for every
//! dimension three or four times, in as many suites.
//!
//! That holds for unseen repositories. Within a training repository the same convention is asked in other suites too, so
//! a method with weights of its own for a repository may answer in-repo tasks from its training tasks.
//!
//! # Labels
//! A label is found by looking at the file at the head, not by intention ([`bench::Need`]):
//! - `prefix`: the answer stands, as whole tokens, in the file above the cut. By construction it then also stands in the
//!   structured prefix (R60–R66): as assignment, parameter, fixture, helper, module constant or in `setUp`.
//! - `repository`: it does not, a convention decides it, and that convention never changed.
//! - `history`: as before, but the convention had one or two other values earlier in the history. A method that reads a
//!   stale state of the repository answers with one of those.
//!
//! So no suite asks for a convention twice. A task of two nested assertions (`assert x == pytest.approx(1.4)`) has one
//! label, that of its line. The balanced selection (R71) leaves 102 tasks in every repository: 42 `prefix` ones, and 60
//! that ask for conventions, about 35 `repository` and 25 `history`. Each repository changes one error, one fraction and four other conventions, one of them
//! twice, at commits that `conventions/<name>.json` names.
//!
//! # Families
//! The train, CR-val and CR-test repositories share twelve domains and twelve filler modules and end before April 2025.
//! The out-of-distribution ones begin after it and have other domains, other fillers, type hints and a `src` layout.
//!
//! # On disk
//! `<name>.git`, `needs/<name>.jsonl`, `conventions/<name>.json`, `probe.json` (the options), and `repos.toml`, written
//! last. The same options give the same object ids on every machine, at any number of threads.

mod asked;
mod corpus;
mod dimension;
mod draw;
mod error;
mod events;
mod filler;
mod git;
mod history;
mod labels;
mod local;
mod page;
mod plan;
mod production;
mod question;
mod state;
mod statement;
mod suite;
mod surface;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use bench::{CommitId, Need, Partition, RepoId, Seed};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use asked::Asked;
pub use error::{Error, Result};
pub use history::{Convention, Conventions, Validity};

use corpus::Found;
use plan::RepoPlan;

/// Owner of every repository of the corpus.
pub const OWNER: &str = "probe";
/// How often a guess is right that knows the vocabularies and not the repository, whatever the dimension.
pub const CHANCE: f64 = 0.25;

/// How large a corpus is, and from which seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeOptions {
    /// The root of every choice.
    pub seed: Seed,
    /// Training repositories.
    pub train: usize,
    /// Unseen repositories for choices.
    pub cross_repo_val: usize,
    /// Unseen repositories for claims.
    pub cross_repo_test: usize,
    /// Unseen repositories of the later family.
    pub ood: usize,
    /// Commits on the first-parent line of each repository; at least 32.
    pub commits: usize,
}

impl Default for ProbeOptions {
    fn default() -> Self {
        Self { seed: Seed(0), train: 32, cross_repo_val: 8, cross_repo_test: 8, ood: 6, commits: 40 }
    }
}

/// A written repository.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbeRepository {
    /// `probe/<name>`.
    pub id: RepoId,
    /// The part of the benchmark it goes to.
    pub partition: Partition,
    /// The last commit of its only branch.
    pub head: CommitId,
    /// The bare repository.
    pub git_dir: PathBuf,
    /// The labels of all assertions at the head, by path and line.
    pub needs: Vec<NeedRow>,
}

/// What the assertions of one line need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedRow {
    /// The test file.
    pub path: String,
    /// Line of the assertion statement at the head, from 1.
    pub line: u32,
    /// The test function.
    pub function: String,
    /// What the answer needs.
    pub need: Need,
    /// The convention asked for, if one is.
    pub dimension: Option<String>,
    /// How often a guess that ignores the repository is right; none for `prefix`.
    pub chance: Option<f64>,
}

/// Writes the corpus of `options` to the folder `into`, or reads it back if it is there already.
///
/// Repositories come back in the order train, CR-val, CR-test, OOD. `progress` hears, from any thread, how many
/// repositories are done, of how many.
///
/// # Errors
/// If `into` holds anything else, a finished corpus is damaged, the history is too short, or writing fails.
pub fn generate(
    options: &ProbeOptions,
    into: &Path,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Vec<ProbeRepository>> {
    if options.commits < events::LEAST_COMMITS {
        return Err(Error::TooFewCommits { asked: options.commits, least: events::LEAST_COMMITS });
    }
    let plans = plan::corpus(options);
    if plans.is_empty() {
        return Err(Error::NoRepositories);
    }
    if corpus::find(options, into)? == Found::Finished {
        let repositories = corpus::reopen(&plans, into)?;
        progress(plans.len(), plans.len());
        return Ok(repositories);
    }
    corpus::begin(options, into)?;
    let done = AtomicUsize::new(0);
    let repositories: Vec<ProbeRepository> = plans
        .par_iter()
        .map(|plan| {
            let repository = write_one(plan, options, into)?;
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, plans.len());
            Ok(repository)
        })
        .collect::<Result<_>>()?;
    corpus::finish(&repositories, into)?;
    Ok(repositories)
}

fn write_one(plan: &RepoPlan, options: &ProbeOptions, into: &Path) -> Result<ProbeRepository> {
    corpus::clear(&plan.name, into)?;
    let written = history::write(plan, options, &into.join(corpus::git_dir(&plan.name)))?;
    corpus::describe(plan, &written, into)?;
    corpus::repository(plan, written.head, written.needs, into)
}
