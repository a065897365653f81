//! From clones to a list of pinned repositories: every entry opened, judged by the criteria and dated.
//!
//! [`lock()`] judges one clone by itself; [`List`] puts verdicts together, refuses copies and cuts the list to its
//! size. Both depend on the clones alone, so the order in which clones are judged does not matter.

mod history;
mod licence;
mod list;
mod survey;
mod texts;

pub use list::{Limits, List, Rejection};
pub use survey::{DEPENDENCY_FILES, names_pytest};

use std::path::PathBuf;

use bench::{Criterion, Partition, Profile, Provenance, RepoFacts, RepoSpec, Timestamp, paper};

use crate::error::{Error, Result};
use crate::repository::Repository;
use crate::tree::Tree;
use history::{History, Pin};
use licence::Finding;
use survey::Survey;

/// Tasks that a repository created after the cut-off needs; the published ones have at least one kept commit (R31).
const MIN_OOD_TASKS: usize = 1;

/// How repositories are judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockOptions {
    /// In-distribution repositories are pinned at their last commit that is not later (R116).
    pub cutoff: Timestamp,
    /// As `cutoff`, for published members whose history starts after it (R25).
    pub cloned: Timestamp,
    /// As `cutoff`, for repositories created after it; their head if absent.
    pub ood_until: Option<Timestamp>,
    /// The rules for the use of a test framework.
    pub profile: Profile,
    /// Selected tasks that an in-distribution repository needs (R80).
    pub min_tasks: usize,
}

impl LockOptions {
    /// The benchmark's own dates.
    pub fn new(profile: Profile) -> Self {
        let (cutoff, cloned, min_tasks) = (paper::CUTOFF, paper::CLONED, paper::MIN_PAIRS);
        Self { cutoff, cloned, ood_until: None, profile, min_tasks }
    }
}

/// What is known of a repository before its clone is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The entry to pin; its revision, if it has one, is kept.
    pub spec: RepoSpec,
    /// Where the clone is.
    pub clone: PathBuf,
    /// When the host says that it was created.
    pub created: Option<Timestamp>,
}

/// A repository that meets the criteria, or is a published member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// The pinned entry.
    pub spec: RepoSpec,
    /// Whether it counts among the repositories created after the cut-off.
    pub era: Era,
}

/// On which side of the cut-off a repository lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Era {
    /// In-distribution (R18).
    Before,
    /// Out of distribution (R27).
    After,
}

/// Opens the clone of `request`, pins it and judges it.
///
/// # Errors
/// The first criterion that it does not meet. Published members are refused for [`Criterion::Absent`],
/// [`Criterion::Unreadable`] and [`Criterion::Shallow`] alone; what else they fail stands in their facts.
pub fn lock(request: &Request, options: &LockOptions) -> std::result::Result<Locked, Rejection> {
    let reject = |criterion, detail: String| Rejection { repo: request.spec.name.clone(), criterion, detail };
    let opened = Repository::open(&request.clone).map_err(|error| match error {
        Error::Missing { path } => reject(Criterion::Absent, format!("no clone at {}", shown(&path))),
        error => reject(Criterion::Unreadable, explained(&error)),
    })?;
    if opened.git.is_shallow() {
        return Err(reject(Criterion::Shallow, "clone it again with full history".to_owned()));
    }
    let judge = Judge { request, options, repository: &opened };
    match judge.locked() {
        Err(error) => Err(reject(Criterion::Unreadable, explained(&error))),
        Ok(Err((criterion, detail))) => Err(reject(criterion, detail)),
        Ok(Ok(locked)) => Ok(locked),
    }
}

/// A criterion that is not met, and what was found instead.
type Failure = (Criterion, String);

/// One repository under judgement.
struct Judge<'a> {
    request: &'a Request,
    options: &'a LockOptions,
    repository: &'a Repository,
}

impl Judge<'_> {
    fn locked(&self) -> Result<std::result::Result<Locked, Failure>> {
        let spec = &self.request.spec;
        let head = self.repository.resolve(spec.rev.as_deref())?;
        let history = History::read(self.repository, &head)?;
        let era = self.era(&history);
        let mut failures = Vec::new();
        let Some(pin) = self.pin(&history, era, &mut failures)? else {
            return Ok(Err(self.too_young(&history)));
        };
        let tree = Tree::read(self.repository, &pin.commit)?;
        let (licence, failed) = judge_licence(licence::detect(&tree)?);
        failures.extend(failed);
        let survey = survey::survey(&tree, self.options.profile)?;
        let needed = if era == Era::Before { self.options.min_tasks } else { MIN_OOD_TASKS };
        failures.extend(judge_survey(&survey, needed as u64));
        if !self.is_published() && !failures.is_empty() {
            return Ok(Err(failures.swap_remove(0)));
        }
        let fails = failures.into_iter().map(|(criterion, _)| criterion).collect();
        let spec = self.entry(era, licence, &pin, facts(&history, &pin, survey, fails)?);
        Ok(Ok(Locked { spec, era }))
    }

    fn is_published(&self) -> bool {
        self.request.spec.provenance == Some(Provenance::Published)
    }

    /// The list decides; where it is silent, the host's date of creation, then the first commit (R32). Published members
    /// that are not listed as OOD are in-distribution, whatever their age (R25).
    fn era(&self, history: &History) -> Era {
        let after = match (self.request.spec.partition, self.request.created) {
            (Some(partition), _) => partition == Partition::OodTest,
            (None, _) if self.is_published() => false,
            (None, Some(created)) => created.date() > self.options.cutoff.date(),
            (None, None) => history.earliest() > self.options.cutoff,
        };
        if after { Era::After } else { Era::Before }
    }

    /// The commit to pin; a revision that the list names is kept or refused, never replaced.
    fn pin(&self, history: &History, era: Era, failures: &mut Vec<Failure>) -> Result<Option<Pin>> {
        let until = match era {
            Era::Before => Some(self.options.cutoff),
            Era::After => self.options.ood_until,
        };
        let head = history.last(None)?;
        let found = history.last(until)?;
        let is_named = self.request.spec.rev.is_some();
        match found {
            Some(found) if !is_named || Some(&found) == head.as_ref() => Ok(Some(found)),
            _ if !self.is_published() => Ok(None),
            _ => {
                failures.push(self.too_young(history));
                let later = if is_named { None } else { history.last(Some(self.options.cloned))? };
                Ok(later.or(head))
            }
        }
    }

    fn too_young(&self, history: &History) -> Failure {
        let detail = match &self.request.spec.rev {
            Some(rev) => format!("{rev} is later than the cut-off; remove its rev to have another commit pinned"),
            None => format!("starts on {}", history.earliest().day()),
        };
        (Criterion::NoHistory, detail)
    }

    fn entry(&self, era: Era, licence: Option<String>, pin: &Pin, facts: RepoFacts) -> RepoSpec {
        let spec = &self.request.spec;
        RepoSpec {
            rev: Some(pin.commit.to_string()),
            licence,
            partition: spec.partition.or((era == Era::After).then_some(Partition::OodTest)),
            provenance: Some(spec.provenance.unwrap_or(Provenance::Ours)),
            facts: Some(facts),
            ..spec.clone()
        }
    }
}

fn facts(history: &History, pin: &Pin, survey: Survey, fails: Vec<Criterion>) -> Result<RepoFacts> {
    Ok(RepoFacts {
        root: history.root()?,
        first_commit: history.earliest(),
        pinned: pin.date,
        last_commit: history.head_date(),
        commits: pin.commits,
        python_files: survey.python_files,
        test_files: survey.test_files,
        tasks: survey.tasks,
        evidence: survey.evidence,
        fails,
    })
}

/// The licence to record, and what is wrong with it.
fn judge_licence(finding: Finding) -> (Option<String>, Option<Failure>) {
    match finding {
        Finding::Missing => (None, Some((Criterion::LicenceMissing, "no licence file in the root".to_owned()))),
        Finding::Unknown { path } => (None, Some((Criterion::LicenceUnknown, path.to_string()))),
        Finding::Known { expression, is_permissive: true } => (Some(expression), None),
        Finding::Known { expression, is_permissive: false } => {
            (Some(expression.clone()), Some((Criterion::LicenceNotPermissive, expression)))
        }
    }
}

fn judge_survey(survey: &Survey, needed: u64) -> Vec<Failure> {
    let python = survey.python_files;
    let checks = [
        (survey.test_files == 0, Criterion::NoTestFile, format!("{python} Python files, no test file")),
        (survey.evidence.is_none(), Criterion::NoFramework, "neither pytest nor unittest was found".to_owned()),
        (survey.tasks < needed, Criterion::TooFewTasks, format!("{} of {needed} tasks", survey.tasks)),
    ];
    checks.into_iter().filter(|(fails, ..)| *fails).map(|(_, criterion, detail)| (criterion, detail)).collect()
}

/// The error with its causes, without the folder in which the clone lies.
fn explained(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

fn shown(path: &std::path::Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
