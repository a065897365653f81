//! In-context examples: other tests with their answers (M130).

use std::collections::BTreeMap;
use std::sync::Arc;

use bench::{RepoId, RepoView, Seed};
use serde::{Deserialize, Serialize};

use super::embedder::{Embedder, Memory, Unit, dot, normalised};
use super::examples::{Example, ExamplePool};
use super::last_chars;
use super::{Context, Question};
use crate::error::{Error, Result};
use crate::tokenizer::Tokenizer;

/// The settings of [`Icl`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IclSettings {
    /// Examples shown at most.
    pub shots: usize,
    /// Characters of an example's prefix that are shown, and of the question's that are compared, the last ones.
    pub prefix_chars: usize,
    /// Training repositories that lend examples to a repository that has none of its own.
    pub neighbours: usize,
    /// Examples that one repository lends at most, drawn by the seed.
    pub lent: usize,
    /// Root of all draws.
    pub seed: u64,
}

impl IclSettings {
    /// What a model reads besides the prefix, in a clause for tables.
    pub(super) fn describe(&self) -> String {
        format!("up to {} training tasks with their answers", self.shots)
    }
}

/// A few training tasks with their answers.
///
/// A training repository lends its own, drawn by the seed for each question; those of the question's own test file and,
/// in the evolution track, of its own commit and later ones are left out. Any other repository gets the examples with
/// the most similar ends of prefixes, from the training repositories that are nearest to it.
pub struct Icl {
    settings: IclSettings,
    pool: Arc<dyn ExamplePool>,
    memory: Memory,
    /// The vectors of the training repositories, once they are needed.
    repositories: Vec<(RepoId, Vec<f32>)>,
    /// What repositories lend, once they are needed, with the vectors of the ends of the prefixes.
    lent: BTreeMap<RepoId, Arc<Vec<(Example, Unit)>>>,
    sources: Source,
}

/// Where examples for the repository entered last come from.
enum Source {
    Own(Vec<Example>),
    Neighbours(Vec<Arc<Vec<(Example, Unit)>>>),
}

impl Icl {
    /// Examples from `pool`, repositories and prefixes compared by `embedder`.
    ///
    /// # Errors
    /// [`Error::Option`] if a setting is out of its range, or there is no pool or no encoder.
    pub fn new(
        settings: IclSettings,
        pool: Option<Arc<dyn ExamplePool>>,
        embedder: Option<Arc<dyn Embedder>>,
    ) -> Result<Self> {
        let at_least_one = [
            ("context.shots", settings.shots),
            ("context.prefix_chars", settings.prefix_chars),
            ("context.neighbours", settings.neighbours),
            ("context.lent", settings.lent),
        ];
        if let Some((option, value)) = at_least_one.into_iter().find(|(_, value)| *value == 0) {
            return Err(Error::option(option, value, "it must be at least 1"));
        }
        let missing = |what| Error::option("context.kind", "icl", format!("this run has no {what}"));
        let pool = pool.ok_or_else(|| missing("training tasks to show; answer a release that has some"))?;
        let embedder = embedder.ok_or_else(|| missing("encoder to compare repositories by; choose one"))?;
        let (repositories, lent, sources) = (Vec::new(), BTreeMap::new(), Source::Own(Vec::new()));
        Ok(Self { settings, pool, memory: Memory::new(embedder), repositories, lent, sources })
    }

    /// What the repository of `view` is shown examples from.
    fn sources(&mut self, view: &RepoView) -> Result<Source> {
        if self.pool.repositories().contains(&view.repo) {
            return Ok(Source::Own(self.pool.examples(&view.repo, self.settings.prefix_chars)?));
        }
        self.know_repositories()?;
        self.memory.turn();
        let own = self.vector(view)?;
        let mut nearest: Vec<(f32, RepoId)> =
            self.repositories.iter().map(|(repo, vector)| (dot(vector, &own), repo.clone())).collect();
        nearest.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        nearest.truncate(self.settings.neighbours);
        nearest.into_iter().map(|(_, repo)| self.lend(&repo)).collect::<Result<_>>().map(Source::Neighbours)
    }

    fn know_repositories(&mut self) -> Result<()> {
        if self.repositories.is_empty() {
            for repo in self.pool.repositories().to_vec() {
                self.memory.turn();
                let view = self.pool.view(&repo)?;
                let vector = self.vector(&view)?;
                self.repositories.push((repo, vector));
            }
        }
        Ok(())
    }

    /// The normalised mean of the vectors of the production files. Our choice: the rule says no more than "embedding".
    fn vector(&mut self, view: &RepoView) -> Result<Vec<f32>> {
        let texts: Vec<&str> =
            view.production().map(|file| file.text.as_str()).filter(|text| !text.is_empty()).collect();
        let units = self.memory.units(&texts)?;
        let mut sum = vec![0.0; units.first().map_or(0, |unit| unit.len())];
        for unit in &units {
            sum.iter_mut().zip(unit.iter()).for_each(|(sum, x)| *sum += x);
        }
        Ok(normalised(&sum))
    }

    /// What `repo` lends.
    fn lend(&mut self, repo: &RepoId) -> Result<Arc<Vec<(Example, Unit)>>> {
        if let Some(known) = self.lent.get(repo) {
            return Ok(Arc::clone(known));
        }
        let examples = self.pool.examples(repo, self.settings.prefix_chars)?;
        let chosen = drawn(examples.len(), self.settings.lent, Seed(self.settings.seed).derive(repo.as_str()));
        let mut examples: Vec<Option<Example>> = examples.into_iter().map(Some).collect();
        let examples: Vec<Example> = chosen.into_iter().filter_map(|at| examples[at].take()).collect();
        let ends: Vec<&str> = examples.iter().map(|example| self.end(&example.prefix)).collect();
        let mut memory = Memory::new(self.memory.shared());
        let ends = memory.units(&ends)?;
        let lent = Arc::new(examples.into_iter().zip(ends).collect::<Vec<_>>());
        self.lent.insert(repo.clone(), Arc::clone(&lent));
        Ok(lent)
    }

    fn end<'t>(&self, prefix: &'t str) -> &'t str {
        last_chars(prefix, self.settings.prefix_chars)
    }

    /// The examples for `question`, the one that stands right before the prefix last.
    fn chosen(&self, question: Question<'_>) -> Result<Vec<&Example>> {
        match &self.sources {
            Source::Own(examples) => {
                let is_open = |example: &&Example| {
                    let is_older = match (example.commit_index, question.commit_index) {
                        (Some(then), Some(now)) => then < now,
                        _ => true,
                    };
                    is_older && example.path != *question.path
                };
                let open: Vec<&Example> = examples.iter().filter(is_open).collect();
                let place = format!("{} {} {}", question.path, question.line, question.column);
                let seed = Seed(self.settings.seed).derive(question.repo.as_str()).derive(&place);
                Ok(drawn(open.len(), self.settings.shots, seed).into_iter().map(|at| open[at]).collect())
            }
            Source::Neighbours(lent) => {
                let query = self.memory.query(self.end(question.prefix))?;
                let mut ranked: Vec<(f32, &Example)> = lent
                    .iter()
                    .flat_map(|lent| lent.iter())
                    .map(|(example, end)| (dot(end, &query), example))
                    .collect();
                ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
                ranked.truncate(self.settings.shots);
                Ok(ranked.into_iter().rev().map(|(_, example)| example).collect())
            }
        }
    }
}

impl Context for Icl {
    fn describe(&self) -> String {
        self.settings.describe()
    }

    fn encoder(&self) -> Option<String> {
        Some(self.memory.embedder().name())
    }

    fn enter(&mut self, repo: &RepoView) -> Result<()> {
        self.sources = self.sources(repo)?;
        Ok(())
    }

    fn foresee(&mut self, questions: &[Question<'_>]) -> Result<()> {
        match self.sources {
            Source::Own(_) => Ok(()),
            Source::Neighbours(_) => {
                let chars = self.settings.prefix_chars;
                let ends: Vec<&str> = questions.iter().map(|question| last_chars(question.prefix, chars)).collect();
                self.memory.expect(&ends)
            }
        }
    }

    fn before(&self, question: Question<'_>, _repo: &RepoView, _tokenizer: &Tokenizer) -> Result<String> {
        let chosen = self.chosen(question)?;
        let shown = |(at, example): (usize, &&Example)| {
            format!("# Example {}\n{}{}\n\n", at + 1, self.end(&example.prefix), example.target)
        };
        let mut text: String = chosen.iter().enumerate().map(shown).collect();
        if !text.is_empty() {
            text.push_str("# To be completed\n");
        }
        Ok(text)
    }
}

/// `count` of the numbers below `length` in a random order, or all of them.
fn drawn(length: usize, count: usize, seed: Seed) -> Vec<usize> {
    let mut order: Vec<(u64, usize)> = (0..length).map(|at| (seed.chunk(at as u64).0, at)).collect();
    order.sort_unstable();
    order.truncate(count);
    order.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests;
