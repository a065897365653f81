//! What people see: results on stdout, everything else on stderr, bars where stderr is a terminal.

use std::io::Write;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The one place that prints.
#[derive(Debug)]
pub(crate) struct Ui {
    quiet: bool,
    bars: MultiProgress,
}

impl Ui {
    /// The policy for a run; `quiet` leaves only results and errors.
    pub(crate) fn new(quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(8) };
        Self { quiet, bars: MultiProgress::with_draw_target(target) }
    }

    /// Prints a result that could be piped.
    pub(crate) fn data(&self, text: &str) {
        self.bars.suspend(|| {
            let mut out = std::io::stdout().lock();
            // A reader that went away is no failure of ours.
            drop(writeln!(out, "{text}"));
        });
    }

    /// Prints a note for people.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.bars.suspend(|| drop(writeln!(std::io::stderr().lock(), "{text}")));
        }
    }

    /// Prints what is wrong with an input; never silenced.
    pub(crate) fn fault(&self, text: &str) {
        self.bars.suspend(|| drop(writeln!(std::io::stderr().lock(), "error: {}", printable(text))));
    }

    /// A bar over `total` things called `unit`, with the time that is left.
    pub(crate) fn bar(&self, title: &str, total: u64, unit: &str) -> ProgressBar {
        let template =
            format!("{{prefix:12}} {{bar:30}} {{pos}}/{{len}} {unit}  {{elapsed}} elapsed, {{eta}} left  {{msg}}");
        let style =
            ProgressStyle::with_template(&template).expect("because the template is fixed").progress_chars("━━─");
        let bar = self.bars.add(ProgressBar::new(total).with_style(style));
        bar.set_prefix(title.to_owned());
        bar.enable_steady_tick(Duration::from_millis(500));
        bar
    }
}

/// `text` without characters that could steer a terminal.
pub(crate) fn printable(text: &str) -> String {
    let steers = |c: char| {
        c.is_control() && c != '\n' && c != '\t' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

/// `seconds` as people write durations.
pub(crate) fn duration(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    if seconds < 60 {
        format!("{:.1} s", elapsed.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}
