//! Where the time of an adaptation goes (M145).

use std::time::{Duration, Instant};

use crate::ui::Ui;

/// Repetitions before times are taken, and those that are taken (M145).
const WARM_UPS: usize = 10;
const TIMES: usize = 50;

/// What time is spent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Reading weights of network and encoder.
    Opening,
    /// Reading the repository: trees, history, diffs.
    Reading,
    /// Vectors of texts.
    Encoder,
    /// The state of the history.
    State,
    /// The adapter out of a vector or a state.
    Head,
    /// The folder of the adapter, and the file of the state.
    Writing,
}

impl Phase {
    const ALL: [Self; 6] = [Self::Opening, Self::Reading, Self::Encoder, Self::State, Self::Head, Self::Writing];

    fn name(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Reading => "reading",
            Self::Encoder => "encoder",
            Self::State => "state",
            Self::Head => "head",
            Self::Writing => "writing",
        }
    }
}

/// Times by phase.
#[derive(Debug, Default)]
pub(super) struct Clock {
    spent: [Duration; Phase::ALL.len()],
    medians: Vec<(Phase, Duration)>,
}

impl Clock {
    /// What `work` yields; its time counts to `phase`.
    pub(super) fn time<T>(&mut self, phase: Phase, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let made = work();
        self.spent[phase as usize] += start.elapsed();
        made
    }

    /// Takes the median of many times that `work` is done.
    pub(super) fn measure(&mut self, phase: Phase, work: impl Fn()) {
        let mut times: Vec<Duration> = (0..WARM_UPS + TIMES)
            .map(|_| {
                let start = Instant::now();
                work();
                start.elapsed()
            })
            .skip(WARM_UPS)
            .collect();
        times.sort_unstable();
        self.medians.push((phase, (times[TIMES / 2 - 1] + times[TIMES / 2]) / 2));
    }

    /// Prints a line a phase; of the state, the share of each of `commits` commits too.
    pub(super) fn tell(&self, commits: usize, ui: &Ui) {
        let ms = |time: Duration| format!("{:.3} ms", time.as_secs_f64() * 1e3);
        for phase in Phase::ALL {
            let spent = self.spent[phase as usize];
            let share = match (phase, u32::try_from(commits)) {
                (Phase::State | Phase::Encoder | Phase::Reading, Ok(commits @ 1..)) => {
                    format!(", {} a new commit", ms(spent / commits))
                }
                _ => String::new(),
            };
            ui.data(&format!("{:24}{}{share}", format!("time: {}", phase.name()), ms(spent)));
        }
        for (phase, median) in &self.medians {
            ui.data(&format!("{:24}{}", format!("median: {}", phase.name()), ms(*median)));
        }
    }
}
