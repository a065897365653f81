//! The steps of a long run, announced with their number and the time that has passed.

use std::time::Instant;

use crate::ui::{Ui, duration};

/// Counts the steps of a run.
pub(crate) struct Steps<'a> {
    pub(crate) ui: &'a mut Ui,
    start: Instant,
    total: usize,
    done: usize,
}

impl<'a> Steps<'a> {
    /// A run of `total` steps that begins now.
    pub(crate) fn new(total: usize, ui: &'a mut Ui) -> Self {
        Self { ui, start: Instant::now(), total, done: 0 }
    }

    /// Announces the next step.
    pub(crate) fn begin(&mut self, what: &str) {
        self.done += 1;
        self.ui.note(&format!("[{}/{}, {}] {what}", self.done, self.total, duration(self.start.elapsed())));
    }

    /// Says how long the run took.
    pub(crate) fn end(&self) {
        self.ui.note(&format!("done in {}", duration(self.start.elapsed())));
    }
}
