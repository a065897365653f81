//! What people see of a run whose model is elsewhere.

use indicatif::ProgressBar;
use remote::{Event, Observer, Prices};

use crate::ui::{Ui, printable};

/// Draws a run: tasks, time left, speed, cost so far.
pub(super) struct Progress<'a> {
    ui: &'a Ui,
    bar: ProgressBar,
    prices: Option<Prices>,
    /// Answers of an interrupted run.
    pub(super) resumed: usize,
}

impl<'a> Progress<'a> {
    /// A bar over `tasks` tasks, with costs if there are `prices`.
    pub(super) fn new(title: &str, tasks: usize, prices: Option<Prices>, ui: &'a Ui) -> Self {
        Self { ui, bar: ui.bar(title, tasks as u64, "tasks"), prices, resumed: 0 }
    }

    /// Clears the bar.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for Progress<'_> {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Started { resumed, .. } => {
                self.resumed = *resumed;
                self.bar.set_position(*resumed as u64);
                self.bar.reset_eta();
            }
            Event::Entered { repo, .. } => self.bar.set_message(repo.to_string()),
            Event::Waiting { time, why } => {
                self.ui.note(&printable(&format!("waiting {:.1} s: {why}", time.as_secs_f64())));
            }
            Event::LeftOut { task, reason } => self.ui.note(&printable(&format!("left out task {task}: {reason}"))),
            Event::Said(line) => self.ui.note(&printable(&format!("plugin: {line}"))),
            Event::Done { tasks, spent, elapsed, .. } => {
                self.bar.set_position(*tasks as u64);
                let speed = spent.new_tokens as f64 / elapsed.as_secs_f64().max(1e-9);
                let cost = self.prices.map_or_else(String::new, |prices| format!(", cost {:.4}", prices.cost(*spent)));
                self.bar.set_message(format!("{speed:.0} tokens/s{cost}"));
            }
        }
    }
}
