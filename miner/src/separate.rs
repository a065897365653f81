//! The files of a tree as the benchmark sees them: test files and production files with their text (R35–R38, R133).

use std::collections::{BTreeMap, BTreeSet};

use bench::{Profile, RepoPath};

use crate::error::Result;
use crate::filter::SkipReason;
use crate::rules::{self, FileRules};
use crate::tree::Tree;

/// Bytes of a production file at most (R133).
const MAX_PRODUCTION_BYTES: usize = 2_000_000;
/// Bytes of the texts of one repository at most. Our choice: the largest of 465 real ones has 28 MiB.
pub(crate) const MAX_TEXT_BYTES: usize = 1 << 29;
/// Production files of a repository at most (R133).
const MAX_PRODUCTION_FILES: usize = 4_000;

/// The separated files of one commit, each with its decoded text.
#[derive(Default)]
pub(crate) struct Separated {
    /// Test files, by path.
    pub(crate) tests: BTreeMap<RepoPath, String>,
    /// Production files, by path.
    pub(crate) production: BTreeMap<RepoPath, String>,
    /// What was left out, by reason.
    pub(crate) skipped: BTreeMap<SkipReason, u64>,
}

/// Separates the files of `tree` by the rules of `profile`; candidates above `max_file_bytes` are not read.
///
/// # Errors
/// If an object is missing or damaged.
pub(crate) fn separate(tree: &Tree<'_>, max_file_bytes: usize, profile: Profile) -> Result<Separated> {
    let rules = FileRules::of(profile);
    let (mut separated, moved, room) = find_tests(tree, max_file_bytes, rules)?;
    separated.add_production(tree, rules, &moved, room)?;
    Ok(separated)
}

/// The paths of the test files of `tree`, those of [`separate`], without reading production files; and the bytes of their
/// text.
///
/// # Errors
/// If an object is missing or damaged.
pub(crate) fn test_paths(
    tree: &Tree<'_>,
    max_file_bytes: usize,
    profile: Profile,
) -> Result<(BTreeSet<RepoPath>, u64)> {
    let (separated, _, room) = find_tests(tree, max_file_bytes, FileRules::of(profile))?;
    Ok((separated.tests.into_keys().collect(), (MAX_TEXT_BYTES - room) as u64))
}

/// The test files of `tree`, all paths that are moved away with them, and the bytes of text that are left for others.
fn find_tests(
    tree: &Tree<'_>,
    max_file_bytes: usize,
    rules: FileRules,
) -> Result<(Separated, BTreeSet<RepoPath>, usize)> {
    let mut separated = Separated::default();
    if tree.unusable > 0 {
        separated.skipped.insert(SkipReason::PathUnusable, tree.unusable);
    }
    let mut links = Vec::new();
    let mut room = MAX_TEXT_BYTES;
    for path in tree.paths().filter(|path| rules::is_candidate(path)) {
        let (target, text) = match read(tree, path, max_file_bytes, rules)? {
            Ok(file) => file,
            Err(reason) => {
                separated.skip(reason);
                continue;
            }
        };
        if !(rules.is_test)(path, &text) {
            continue;
        }
        let Some(left) = room.checked_sub(text.len()) else {
            separated.skip(SkipReason::OverBudget);
            continue;
        };
        room = left;
        if target == *path {
            separated.tests.insert(path.clone(), text);
        } else {
            links.push((path.clone(), target, text));
        }
    }
    let moved = separated.add_links(links);
    Ok((separated, moved, room))
}

impl Separated {
    fn skip(&mut self, reason: SkipReason) {
        *self.skipped.entry(reason).or_default() += 1;
    }

    /// The reference moves test files into a folder of their own, links as links: one still leads somewhere only if
    /// what it leads to was moved as well (R38). Returns all that was moved.
    fn add_links(&mut self, links: Vec<(RepoPath, RepoPath, String)>) -> BTreeSet<RepoPath> {
        let mut moved: BTreeSet<RepoPath> = self.tests.keys().cloned().collect();
        let (live, dead): (Vec<_>, Vec<_>) = links.into_iter().partition(|(_, target, _)| moved.contains(target));
        for (path, _, text) in live {
            moved.insert(path.clone());
            self.tests.insert(path, text);
        }
        for (path, ..) in dead {
            moved.insert(path);
            self.skip(SkipReason::LinkUnresolved);
        }
        moved
    }

    /// What was `moved` is no production file, and links to it are dead; texts beyond `room` bytes are not kept.
    fn add_production(
        &mut self,
        tree: &Tree<'_>,
        rules: FileRules,
        moved: &BTreeSet<RepoPath>,
        mut room: usize,
    ) -> Result<()> {
        for path in tree.paths().filter(|path| (rules.is_production)(path) && !moved.contains(*path)) {
            if self.production.len() == MAX_PRODUCTION_FILES {
                break;
            }
            let Some(target) = tree.follow(path)?.filter(|target| !moved.contains(target)) else { continue };
            if tree.size(&target)?.is_none_or(|size| size > MAX_PRODUCTION_BYTES) {
                continue;
            }
            let text = match (rules.decode)(&tree.bytes(&target)?) {
                Ok(text) => text,
                // Counted when it was looked at as a test.
                Err(_) if rules::is_candidate(path) => continue,
                Err(reason) => {
                    self.skip(reason);
                    continue;
                }
            };
            let Some(left) = room.checked_sub(text.len()) else {
                self.skip(SkipReason::OverBudget);
                continue;
            };
            room = left;
            if !text.is_empty() {
                self.production.insert(path.clone(), text);
            }
        }
        Ok(())
    }
}

/// The file that `path` leads to and its text, or why it is not read.
fn read(
    tree: &Tree<'_>,
    path: &RepoPath,
    max_bytes: usize,
    rules: FileRules,
) -> Result<std::result::Result<(RepoPath, String), SkipReason>> {
    let Some(target) = tree.follow(path)? else { return Ok(Err(SkipReason::LinkUnresolved)) };
    Ok(match tree.size(&target)? {
        None => Err(SkipReason::FileAbsent),
        Some(size) if size > max_bytes => Err(SkipReason::FileTooLarge),
        Some(_) => (rules.decode)(&tree.bytes(&target)?).map(|text| (target, text)),
    })
}
