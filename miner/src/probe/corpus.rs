//! The corpus on disk: what a folder holds, when it may be reused, and the order in which it is written.

use std::fs;
use std::path::Path;

use bench::file::{remove_folder, temporary, write_atomic, write_json};
use bench::{CommitId, RepoId, RepoList, RepoSpec};
use serde::{Deserialize, Serialize};

use super::error::{Error, Result};
use super::history::Written;
use super::plan::RepoPlan;
use super::{NeedRow, OWNER, ProbeOptions, ProbeRepository};

/// Raised whenever the same options would give other bytes.
const FORMAT: u32 = 1;
const STAMP: &str = "probe.json";
const LIST: &str = "repos.toml";

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stamp {
    format: u32,
    options: ProbeOptions,
}

/// What stands in the folder that a corpus shall go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing, or the beginnings of the same corpus.
    Unfinished,
    /// The same corpus.
    Finished,
}

/// Looks at the folder `into`.
///
/// # Errors
/// If it holds anything but the corpus of `options`.
pub(super) fn find(options: &ProbeOptions, into: &Path) -> Result<Found> {
    // A run that was killed while it marked the folder leaves no more than this.
    let marking = temporary(&into.join(STAMP))?;
    let is_other = |entry: std::io::Result<fs::DirEntry>| !entry.is_ok_and(|entry| entry.path() == marking);
    let entries = match fs::read_dir(into) {
        Ok(mut entries) => entries.any(is_other),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(source) => return Err(Error::io("read", into, source)),
    };
    if !entries {
        return Ok(Found::Unfinished);
    }
    let occupied = |found: &str| Error::Occupied { path: into.to_owned(), found: found.to_owned() };
    let text = fs::read_to_string(into.join(STAMP)).map_err(|_| occupied("something else than a probe corpus"))?;
    let stamp: Stamp =
        serde_json::from_str(&text).map_err(|_| occupied("a probe corpus of another version of this program"))?;
    if stamp != (Stamp { format: FORMAT, options: options.clone() }) {
        return Err(occupied("a probe corpus made with other options"));
    }
    Ok(if into.join(LIST).exists() { Found::Finished } else { Found::Unfinished })
}

/// Marks the folder `into` as that of the corpus of `options`.
///
/// # Errors
/// If the folder cannot be written.
pub(super) fn begin(options: &ProbeOptions, into: &Path) -> Result<()> {
    Ok(write_json(&into.join(STAMP), &Stamp { format: FORMAT, options: options.clone() })?)
}

/// The folder of the repository called `name`, relative to the corpus.
pub(super) fn git_dir(name: &str) -> String {
    format!("{name}.git")
}

/// The labels of the head of the repository called `name`, relative to the corpus.
pub(super) fn needs_file(name: &str) -> String {
    format!("needs/{name}.jsonl")
}

/// The conventions of the repository called `name`, relative to the corpus.
pub(super) fn conventions_file(name: &str) -> String {
    format!("conventions/{name}.json")
}

/// Removes what an interrupted run may have left of the repository called `name`.
///
/// # Errors
/// If the folder cannot be removed.
pub(super) fn clear(name: &str, into: &Path) -> Result<()> {
    Ok(remove_folder(&into.join(git_dir(name)))?)
}

/// Writes labels and conventions of a repository.
///
/// # Errors
/// If a file cannot be written.
pub(super) fn describe(plan: &RepoPlan, written: &Written, into: &Path) -> Result<()> {
    let mut lines = String::new();
    for row in &written.needs {
        lines.push_str(&serde_json::to_string(row).expect("because rows have a JSON form"));
        lines.push('\n');
    }
    write_atomic(&into.join(needs_file(&plan.name)), lines.as_bytes())?;
    write_json(&into.join(conventions_file(&plan.name)), &written.conventions)?;
    Ok(())
}

/// The repository of `plan` as callers see it.
///
/// # Errors
/// Never for the names of the generator.
pub(super) fn repository(plan: &RepoPlan, head: CommitId, needs: Vec<NeedRow>, into: &Path) -> Result<ProbeRepository> {
    Ok(ProbeRepository {
        id: RepoId::new(format!("{OWNER}/{}", plan.name))?,
        partition: plan.partition,
        head,
        git_dir: into.join(git_dir(&plan.name)),
        needs,
    })
}

/// Writes the list of repositories: the file whose presence says that the corpus is complete.
///
/// # Errors
/// If it cannot be written.
pub(super) fn finish(repositories: &[ProbeRepository], into: &Path) -> Result<()> {
    let path = into.join(LIST);
    let repos = repositories
        .iter()
        .map(|repository| RepoSpec {
            rev: Some(repository.head.to_string()),
            licence: Some("MIT".to_owned()),
            partition: Some(repository.partition),
            needs: Some(needs_file(repository.id.name()).into()),
            ..RepoSpec::new(repository.id.clone(), git_dir(repository.id.name()))
        })
        .collect();
    let text = toml::to_string(&RepoList { repos }).expect("because a list of repositories has a TOML form");
    Ok(write_atomic(&path, text.as_bytes())?)
}

/// The finished corpus in `into`, checked against `plans`.
///
/// # Errors
/// If a file is missing or is not what was written.
pub(super) fn reopen(plans: &[RepoPlan], into: &Path) -> Result<Vec<ProbeRepository>> {
    let path = into.join(LIST);
    let list = RepoList::read(&path)?;
    if list.repos.len() != plans.len() {
        return Err(Error::damaged(&path, format!("lists {} repositories, not {}", list.repos.len(), plans.len())));
    }
    plans.iter().zip(&list.repos).map(|(plan, spec)| reopen_one(plan, spec, into)).collect()
}

fn reopen_one(plan: &RepoPlan, spec: &RepoSpec, into: &Path) -> Result<ProbeRepository> {
    let list = into.join(LIST);
    let rev = spec.rev.clone().ok_or_else(|| Error::damaged(&list, format!("{} has no rev", spec.name)))?;
    let path = into.join(needs_file(&plan.name));
    let text = fs::read_to_string(&path).map_err(|source| Error::io("read", &path, source))?;
    let needs = text
        .lines()
        .map(|line| serde_json::from_str(line).map_err(|error| Error::damaged(&path, error.to_string())))
        .collect::<Result<Vec<NeedRow>>>()?;
    let repository = repository(plan, CommitId::new(rev)?, needs, into)?;
    if repository.id != spec.name {
        return Err(Error::damaged(&list, format!("lists {} in the place of {}", spec.name, repository.id)));
    }
    let git = Error::git(&repository.git_dir);
    let head = git2::Repository::open_bare(&repository.git_dir)
        .and_then(|repo| repo.head()?.peel_to_commit().map(|commit| commit.id().to_string()))
        .map_err(git)?;
    if head != repository.head.as_str() {
        return Err(Error::damaged(&repository.git_dir, format!("its head is {head}, not {}", repository.head)));
    }
    Ok(repository)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_was_only_being_marked_is_taken_up() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join(format!("{STAMP}.partial")), "").expect("written");
        let found = || find(&ProbeOptions::default(), folder.path());
        assert!(matches!(found(), Ok(Found::Unfinished)));
        fs::write(folder.path().join("notes.txt"), "").expect("written");
        assert!(matches!(found(), Err(Error::Occupied { .. })));
    }
}
