//! The tasks of one commit: every assertion of its test files, cut, filtered and ranked (section 4).

use std::borrow::Borrow;

use bench::{Assertion, CommitId, Draft, Profile, RepoId, RepoPath, TaskId};

use crate::error::Result;
use crate::extract::{Extractor, Pair};
use crate::filter::SkipReason;
use crate::needs::Needs;
use crate::observer::{Event, Observer};
use crate::outcome::{Options, Statistics};
use crate::select::{Entry, select};
use crate::strict::{StrictEntry, select_strict};
use crate::syntax::Reader;

/// The assertions of one commit of one repository, while they are collected.
pub(crate) struct Snapshot<'a> {
    pub(crate) repo: &'a RepoId,
    pub(crate) commit: &'a CommitId,
    pub(crate) needs: Needs,
    pub(crate) statistics: Statistics,
    /// Qualified names of the functions around the drafts, where the profile gives them.
    functions: Vec<String>,
}

impl<'a> Snapshot<'a> {
    /// Nothing is collected yet; `statistics` are counted on.
    pub(crate) fn new(repo: &'a RepoId, commit: &'a CommitId, needs: Needs, statistics: Statistics) -> Self {
        Self { repo, commit, needs, statistics, functions: Vec::new() }
    }

    /// The drafts of all `tests`, without ranks: files with their texts, which may be let go one by one.
    ///
    /// # Errors
    /// If the observer does not want to go on.
    pub(crate) fn drafts(
        &mut self,
        tests: impl ExactSizeIterator<Item = (impl Borrow<RepoPath>, impl AsRef<str>)>,
        profile: Profile,
        observer: &dyn Observer,
    ) -> Result<Vec<Draft>> {
        let mut extractor = Extractor::of(profile);
        let mut drafts = Vec::new();
        let total = tests.len() as u64;
        for (done, (path, text)) in tests.enumerate() {
            observer.hear(self.repo, Event::Extracting { done: done as u64, total });
            observer.check(self.repo)?;
            let Some(file) = extractor.file(text.as_ref()) else {
                self.statistics.invalid_files += 1;
                self.statistics.skip(SkipReason::FileInvalid, 1);
                continue;
            };
            self.statistics.abstract_files += u64::from(file.reader == Reader::Abstract);
            self.statistics.extracted += file.pairs.len() as u64;
            for (reason, count) in file.skipped {
                self.statistics.extracted += count;
                self.statistics.skip(reason, count);
            }
            drafts.extend(file.pairs.into_iter().map(|pair| self.draft(path.borrow(), pair)));
        }
        observer.hear(self.repo, Event::Extracting { done: total, total });
        self.statistics.drafts = drafts.len() as u64;
        Ok(drafts)
    }

    fn draft(&mut self, path: &RepoPath, pair: Pair) -> Draft {
        self.functions.extend(pair.details.map(|details| details.qualified));
        let mut assertion = Assertion {
            id: TaskId::of(&[]),
            repo: self.repo.clone(),
            commit: self.commit.clone(),
            path: path.clone(),
            line: pair.line,
            column: pair.column,
            target_column: pair.target_column,
            kind: pair.kind,
            function: pair.function,
            class: pair.class,
            difficulty: pair.difficulty,
            multiline: pair.multiline,
            prefix: pair.prefix,
            target: pair.target,
            need: None,
            evolution: None,
        };
        assertion.id = assertion.address();
        assertion.need = self.needs.take(&assertion);
        Draft { assertion, rank: None }
    }

    /// Ranks the drafts of the balanced selection (R71).
    pub(crate) fn rank(&mut self, drafts: &mut [Draft], options: &Options) {
        let assertions = drafts.iter().map(|draft| &draft.assertion);
        let selected = match options.profile {
            Profile::Paper => select(&assertions.map(entry).collect::<Vec<_>>(), options.caps),
            Profile::Strict => {
                let entries: Vec<_> = assertions.zip(&self.functions).map(|(a, name)| strict_entry(a, name)).collect();
                select_strict(&entries, options.caps, options.choice.of_repository(self.repo))
            }
        };
        self.statistics.selected = selected.len() as u64;
        for (rank, index) in (0..).zip(selected) {
            drafts[index].rank = Some(rank);
        }
    }
}

fn entry(assertion: &Assertion) -> Entry<'_> {
    Entry {
        file: assertion.path.as_str(),
        function: &assertion.function,
        target: &assertion.target,
        multiline: assertion.multiline,
        difficulty: assertion.difficulty,
    }
}

fn strict_entry<'a>(assertion: &'a Assertion, function: &'a str) -> StrictEntry<'a> {
    StrictEntry {
        file: assertion.path.as_str(),
        function,
        target: &assertion.target,
        multiline: assertion.multiline,
        difficulty: assertion.difficulty,
        family: assertion.kind.family(),
    }
}
