//! Everything that is trained on, as held-out tasks are held against it.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::document::Document;
use super::leak::{Leak, LeakFlags};
use super::lines::TrainingLines;
use super::nearest::{Trained, TrainingIndex};
use super::repeated::question;
use super::row::NearestTask;
use super::token::key;
use crate::paper::NEAR_DUPLICATE;
use crate::pytext::collapse;
use crate::task::{Assertion, Task};

/// Tasks that one thread looks at before it asks for more.
const PIECE: usize = 64;

/// The training tasks of a release: those of the split `train` and, in the evolution track, those at the anchors.
#[derive(Debug)]
pub(super) struct Training {
    lines: TrainingLines,
    /// Only asked for single numbers, so its order reaches nothing.
    questions: FxHashSet<u64>,
    index: TrainingIndex,
}

/// What one piece of training tasks gives.
struct Read {
    lines: Vec<u64>,
    questions: Vec<u64>,
    trained: Vec<Trained>,
}

impl Training {
    /// Nothing yet, with room for `tasks`.
    pub(super) fn with_room(tasks: usize) -> Self {
        Self {
            lines: TrainingLines::default(),
            questions: FxHashSet::default(),
            index: TrainingIndex::with_room(tasks),
        }
    }

    /// Takes in the next training tasks.
    pub(super) fn read(&mut self, tasks: &[Task]) {
        let pieces: Vec<Read> = tasks.par_chunks(PIECE).map(|tasks| self.piece(tasks)).collect();
        for Read { lines, questions, trained } in pieces {
            self.lines.extend(lines);
            self.questions.extend(questions);
            trained.into_iter().for_each(|trained| self.index.add(trained));
        }
    }

    fn piece(&self, tasks: &[Task]) -> Read {
        let trained = |task: &Task| {
            let own = &task.assertion;
            let document = Document::of(&own.prefix, &own.target);
            let bands = self.index.bands(&document);
            Trained { task: own.id.clone(), repo: own.repo.clone(), target: target(own), document, bands }
        };
        Read {
            lines: TrainingLines::of(tasks),
            questions: tasks.iter().map(|task| question(&task.assertion)).collect(),
            trained: tasks.iter().map(trained).collect(),
        }
    }

    /// Makes ready for questions.
    pub(super) fn sort(&mut self) {
        self.index.sort();
    }

    /// Holds `assertion` against the training tasks.
    pub(super) fn judge(&self, assertion: &Assertion, flags: &mut LeakFlags) -> Option<NearestTask> {
        let document = Document::of(&assertion.prefix, &assertion.target);
        let found = self.index.resemblance(&assertion.repo, target(assertion), &document);
        flags.set(Leak::LineInTraining, Some(self.lines.hold(&assertion.prefix, &assertion.target)));
        flags.set(Leak::RepeatedInTraining, Some(self.questions.contains(&question(assertion))));
        let near = found.as_ref().is_some_and(|found| found.similarity >= NEAR_DUPLICATE);
        flags.set(Leak::NearDuplicate, Some(near));
        flags.set(Leak::NearDuplicateAnswered, Some(found.as_ref().is_some_and(|found| found.answered)));
        flags.set(Leak::NearDuplicateElsewhere, Some(found.as_ref().is_some_and(|found| found.elsewhere)));
        found.map(|found| NearestTask { task: found.task, repo: found.repo, similarity: found.similarity })
    }
}

/// A number for the target, spacing aside.
fn target(assertion: &Assertion) -> u64 {
    key(&[&collapse(&assertion.target)])
}
