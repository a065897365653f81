//! `compare`: methods on the tasks that they share.

mod part;
mod scored;
mod show;

use anyhow::{Result, bail};
use bench::{COMPARISON_FORMAT, ComparedPart, ComparisonFile, Metric, Split};
use harness::CompareOptions;

use crate::cli::{CompareArgs, Format};
use crate::exit::Answer;
use crate::ui::Ui;
use scored::Scored;

/// Compares the folders of `args` and prints what was found.
pub(crate) fn run(args: &CompareArgs, ui: &mut Ui) -> Result<Answer> {
    let methods = scored::read(&args.scores)?;
    let splits = splits(&methods, &args.split)?;
    let metrics = if args.metric.is_empty() { Metric::ALL } else { &args.metric };
    let options = CompareOptions {
        resamples: args.resamples,
        flips: args.resamples.max(CompareOptions::default().flips),
        seed: args.seed,
        ..CompareOptions::default()
    };
    let bar = ui.bar("compare", (splits.len() * metrics.len()) as u64, "tables");
    let mut parts: Vec<ComparedPart> = Vec::new();
    for split in splits {
        let tables = part::Tables::of(&methods, split, args.common, &args.by)?;
        for metric in metrics {
            parts.extend(tables.compare(&methods, *metric, &options)?);
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    let file = ComparisonFile {
        format: COMPARISON_FORMAT,
        rules: methods[0].summary.rules.clone(),
        release: methods[0].summary.release.clone(),
        common: args.common,
        methods: methods.iter().map(Scored::named).collect(),
        parts,
    };
    if let Some(out) = &args.out {
        bench::file::write_json(out, &file)?;
    }
    match args.format {
        Format::Human => show::print(&file, ui),
        Format::Json => ui.data(&serde_json::to_string_pretty(&file)?),
    }
    Ok(Answer::Done)
}

/// The splits to compare: those asked for, or all that every method has.
fn splits(methods: &[Scored], asked: &[Split]) -> Result<Vec<Split>> {
    let has = |method: &Scored, split: Split| method.summary.splits.iter().any(|part| part.split == split);
    for split in asked {
        if let Some(lacking) = methods.iter().find(|method| !has(method, *split)) {
            bail!("{} has no scores of {split}", lacking.folder.display());
        }
    }
    let shared = |split: &Split| methods.iter().all(|method| has(method, *split));
    let wanted = |split: &Split| if asked.is_empty() { shared(split) } else { asked.contains(split) };
    let splits: Vec<Split> = Split::ALL.iter().copied().filter(wanted).collect();
    if splits.is_empty() {
        bail!("the folders have no split in common");
    }
    Ok(splits)
}
