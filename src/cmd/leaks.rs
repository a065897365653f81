//! `leaks`: where answers are at hand, and which tasks were trained on.

use anyhow::{Context, Result};
use bench::file::{write_folder, write_json};
use bench::leaks::{
    CopiedRepo, Copies, LeakCounts, LeakProgress, LeakRows, LeakSummary, LeakWriter, TaskLeaks, measure,
};
use bench::{Release, Split};
use indicatif::ProgressBar;
use serde::Serialize;

use crate::cli::{Format, LeaksArgs};
use crate::exit::Answer;
use crate::ui::{Ui, printable};

/// Version of the JSON form of the result.
const REPORT_FORMAT: u32 = 1;
/// Pairs of repositories that are shown to people; all are in the JSON form.
const SHOWN_COPIES: usize = 10;

/// The JSON form of the result.
#[derive(Serialize)]
struct Report {
    repopeft_leaks: u32,
    release: String,
    /// Whether the flags are those that were sealed or were looked for now.
    sealed: bool,
    /// Whether what was looked for now is what was sealed; none if only one of them is known.
    agrees: Option<bool>,
    #[serde(flatten)]
    summary: LeakSummary,
    copies: Vec<CopiedRepo>,
}

/// Shows the leaks of `args.release`: [`Answer::No`] if they are not what the release says.
pub(crate) fn run(args: &LeaksArgs, ui: &mut Ui) -> Result<Answer> {
    let release = Release::open(&args.release)
        .with_context(|| format!("{} is no release that `build` wrote", args.release.display()))?;
    let report = match &args.out {
        None => look(&release, args.again, &mut |_, _| Ok(()), ui)?,
        Some(folder) => write_folder(folder, |partial| {
            let mut writer = LeakWriter::new(partial);
            let report = look(&release, args.again, &mut |split, row| writer.push(split, row), ui)?;
            writer.finish()?;
            write_json(&partial.join("leaks.json"), &report)?;
            Ok(report)
        })?,
    };
    match args.format {
        Format::Human => show(&report, ui),
        Format::Json => ui.data(&serde_json::to_string_pretty(&report).context("cannot write the result as JSON")?),
    }
    Ok(if report.agrees == Some(false) { Answer::No } else { Answer::Done })
}

/// What takes the rows of leak tables.
type Sink<'a> = &'a mut dyn FnMut(Split, TaskLeaks) -> bench::Result<()>;

/// The leaks of `release`, each row given to `sink`: those that were sealed, or those found `again`.
fn look(release: &Release, again: bool, sink: Sink<'_>, ui: &Ui) -> bench::Result<Report> {
    let sealed = release.manifest().contents.leaks.as_ref();
    let mut copies = Copies::default();
    let mut take = |split, row: TaskLeaks| {
        copies.add(split, &row);
        sink(split, row)
    };
    let (summary, agrees) = match sealed {
        Some(sealed) if !again => {
            for split in release.splits() {
                release.leaks(split)?.into_iter().flatten().try_for_each(|row| take(split, row?))?;
            }
            (sealed.clone(), None)
        }
        Some(sealed) => {
            let mut compared = Compared { release, split: None, rows: None, same: true };
            let found = watched(release, ui, &mut |split, row| {
                compared.next(split, &row)?;
                take(split, row)
            })?;
            let agrees = compared.same && found == *sealed;
            (found, Some(agrees))
        }
        None => (watched(release, ui, &mut take)?, None),
    };
    Ok(Report {
        repopeft_leaks: REPORT_FORMAT,
        release: release.id().to_owned(),
        sealed: sealed.is_some() && !again,
        agrees,
        summary,
        copies: copies.sorted(),
    })
}

fn watched(release: &Release, ui: &Ui, sink: Sink<'_>) -> bench::Result<LeakSummary> {
    let watch = Watch::new(ui);
    let found = measure(release, sink, &|done| watch.follow(done));
    watch.finish();
    found
}

/// What was sealed, held against what is found.
struct Compared<'a> {
    release: &'a Release,
    split: Option<Split>,
    rows: Option<LeakRows>,
    same: bool,
}

impl Compared<'_> {
    /// Notes whether the next sealed row of `split` is `row`.
    fn next(&mut self, split: Split, row: &TaskLeaks) -> bench::Result<()> {
        if self.split != Some(split) {
            (self.split, self.rows) = (Some(split), self.release.leaks(split)?);
        }
        let sealed = self.rows.as_mut().and_then(Iterator::next).transpose()?;
        self.same &= sealed.as_ref() == Some(row);
        Ok(())
    }
}

/// Prints a line a split and leak, then the repositories whose tasks resemble those of a training repository.
fn show(report: &Report, ui: &Ui) {
    for (split, counts) in &report.summary.splits {
        show_split(*split, counts, ui);
    }
    for CopiedRepo { split, repo, training, tasks } in report.copies.iter().take(SHOWN_COPIES) {
        ui.data(&printable(&format!("{}\tcopies\t{tasks} tasks of {repo} resemble {training}", split.title())));
    }
    if report.copies.len() > SHOWN_COPIES {
        ui.note(&format!("{} more pairs of repositories; --format json lists all", report.copies.len() - SHOWN_COPIES));
    }
    match report.agrees {
        Some(true) => ui.note("as the release says"),
        Some(false) => ui.fault("the release says something else; build it again with this version of the program"),
        None => {}
    }
}

fn show_split(split: Split, counts: &LeakCounts, ui: &Ui) {
    let (title, tasks) = (split.title(), counts.tasks);
    let share = |count: u64| format!("{:.1} %", 100.0 * count as f64 / tasks.max(1) as f64);
    ui.data(&format!("{title}\ttasks\t{tasks}\t{} commonplace targets", counts.commonplace));
    if let Some(leaky) = counts.leaky {
        ui.data(&format!("{title}\tleaky\t{leaky}\t{}", share(leaky)));
    }
    for (leak, flagged) in &counts.flags {
        let unknown = if flagged.unknown > 0 { format!("\t{} unknown", flagged.unknown) } else { String::new() };
        let telling = format!("{} without commonplace targets", flagged.telling);
        ui.data(&format!("{title}\t{leak}\t{}\t{}\t{telling}{unknown}", flagged.tasks, share(flagged.tasks)));
    }
    for (leak, reason) in &counts.unchecked {
        ui.data(&format!("{title}\t{leak}\tnot looked for: {reason}"));
    }
}

/// The progress of a search for leaks, drawn.
pub(crate) struct Watch {
    repositories: ProgressBar,
    tasks: ProgressBar,
}

impl Watch {
    /// Two bars: repositories, then tasks.
    pub(crate) fn new(ui: &Ui) -> Self {
        Self { repositories: ui.bar("contexts", 0, "repositories"), tasks: ui.bar("leaks", 0, "tasks") }
    }

    /// Shows how far the search is.
    pub(crate) fn follow(&self, progress: LeakProgress) {
        let (bar, done, total) = match progress {
            LeakProgress::Repositories(done, total) => (&self.repositories, done, total),
            LeakProgress::Tasks(done, total) => (&self.tasks, done, total),
        };
        bar.set_length(total);
        bar.set_position(done);
    }

    /// Takes the bars away.
    pub(crate) fn finish(&self) {
        self.repositories.finish_and_clear();
        self.tasks.finish_and_clear();
    }
}
