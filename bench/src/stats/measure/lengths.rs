//! Tokens of the static track: Table 7 and the left panel of Figure 3 (R142, R143).

use std::collections::BTreeMap;

use super::track;
use crate::error::Result;
use crate::ids::RepoId;
use crate::paper::{PREFIX_BINS, PREFIX_BINS_END};
use crate::profile::Track;
use crate::release::Release;
use crate::stats::distribution::Distribution;
use crate::stats::part::Part;
use crate::stats::statistics::{Component, TokenStatistics};
use crate::stats::tokens::{PREFIX_END, TokenCounter};
use crate::task::Task;

/// Texts that the tokenizer gets at a time: bounds memory, not meaning.
const BATCH: usize = 512;

/// Token counts while they grow.
pub(super) struct Lengths<'a> {
    counter: &'a dyn TokenCounter,
    prefixes: Distribution,
    targets: Distribution,
    tasks: BTreeMap<RepoId, u64>,
}

impl<'a> Lengths<'a> {
    pub(super) fn new(counter: &'a dyn TokenCounter) -> Self {
        Self { counter, prefixes: Distribution::default(), targets: Distribution::default(), tasks: BTreeMap::new() }
    }

    /// Whether Table 7 counts the tasks of `part`: the 62,294 of the static track, without OOD.
    pub(super) fn covers(part: Part) -> bool {
        part.track() == Track::Static && part != Part::StaticOod
    }

    /// Counts the tokens of `tasks`.
    pub(super) fn add(&mut self, tasks: &[Task]) -> Result<()> {
        for batch in tasks.chunks(BATCH) {
            let prefixes: Vec<String> = batch.iter().map(|task| task.assertion.prefix.clone() + PREFIX_END).collect();
            let prefixes: Vec<&str> = prefixes.iter().map(String::as_str).collect();
            let targets: Vec<&str> = batch.iter().map(|task| task.assertion.target.as_str()).collect();
            self.prefixes.extend(self.counter.count(&prefixes)?);
            self.targets.extend(self.counter.count(&targets)?);
        }
        for task in tasks {
            *self.tasks.entry(task.assertion.repo.clone()).or_default() += 1;
        }
        Ok(())
    }

    /// The table, with the sizes of the repositories that `releases` hold; none if no task was counted.
    pub(super) fn finish(self, releases: &[Release]) -> Result<Option<TokenStatistics>> {
        let mut sizes = Distribution::default();
        for release in releases.iter().filter(|release| track(release) == Track::Static) {
            for repo in &release.manifest().contents.repos {
                if let Some(&tasks) = self.tasks.get(&repo.repo) {
                    sizes.add(self.size(release, &repo.repo)?, tasks);
                }
            }
        }
        let rows =
            [(Component::RepoSize, &sizes), (Component::Prefix, &self.prefixes), (Component::Target, &self.targets)];
        let components: BTreeMap<_, _> =
            rows.into_iter().filter_map(|(row, all)| Some((row, all.summary()?))).collect();
        Ok((!components.is_empty()).then(|| TokenStatistics {
            tokenizer: self.counter.name().to_owned(),
            components,
            prefixes: self.prefixes.histogram(PREFIX_BINS_END, PREFIX_BINS),
        }))
    }

    /// Tokens of all Python files of `repo`, tests included.
    #[expect(clippy::case_sensitive_file_extension_comparisons, reason = "the glob `*.py` of R142 tells cases apart")]
    fn size(&self, release: &Release, repo: &RepoId) -> Result<u64> {
        let view = release.snapshot(repo)?;
        let python = view.files.iter().filter(|file| file.path.as_str().ends_with(".py"));
        let texts: Vec<&str> = python.map(|file| file.text.as_str()).collect();
        let mut tokens = 0;
        for batch in texts.chunks(BATCH) {
            tokens += self.counter.count(batch)?.into_iter().sum::<u64>();
        }
        Ok(tokens)
    }
}
