//! `compare`: methods on the tasks that they share.

mod part;
mod scored;
mod show;

use anyhow::{Result, bail};
use bench::{COMPARISON_FORMAT, ComparedPart, ComparisonFile, Metric, Split};
use harness::{CompareOptions, MOST_METHODS};

use crate::cli::{CompareArgs, Format};
use crate::exit::Answer;
use crate::ui::Ui;
pub(crate) use scored::{Scored, name_apart, open};

/// Compares the folders of `args` and prints what was found.
pub(crate) fn run(args: &CompareArgs, ui: &mut Ui) -> Result<Answer> {
    let methods = scored::read(&args.scores)?;
    let splits = splits(&methods, &args.split)?;
    let metrics = if args.metric.is_empty() { Metric::ALL } else { &args.metric };
    let usual = CompareOptions::of_methods(methods.len());
    let options =
        CompareOptions { resamples: args.resamples, flips: args.resamples.max(usual.flips), seed: args.seed, ..usual };
    let mut tables = Vec::new();
    for split in splits {
        tables.push(part::Tables::of(methods.iter().collect(), split, args.common)?);
    }
    part::divide(&mut tables, &args.by)?;
    let bar = ui.bar("compare", (tables.len() * metrics.len()) as u64, "tables");
    let mut parts: Vec<ComparedPart> = Vec::new();
    for (one, metric) in tables.iter().flat_map(|one| metrics.iter().map(move |metric| (one, metric))) {
        parts.extend(one.compare(*metric, &options)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let file = file(&methods, args.common, parts);
    if let Some(out) = &args.out {
        bench::file::write_json(out, &file)?;
    }
    match args.format {
        Format::Human => show::print(&file, ui),
        Format::Json => ui.data(&serde_json::to_string_pretty(&file)?),
    }
    Ok(Answer::Done)
}

/// All pairs of `methods`, which are of one release, on each split that two of them answered and that is not
/// [`too_many`]'s; none if there is no pair.
pub(crate) fn all_pairs(methods: &[Scored], ui: &Ui) -> Result<Option<ComparisonFile>> {
    let bar = ui.bar("compare", (Split::ALL.len() * Metric::ALL.len()) as u64, "tables");
    let mut parts: Vec<ComparedPart> = Vec::new();
    for split in Split::ALL {
        let having = methods.iter().filter(|method| has(method, *split)).collect::<Vec<_>>();
        if (2..=MOST_METHODS).contains(&having.len()) {
            let options = CompareOptions::of_methods(having.len());
            let tables = part::Tables::of(having, *split, false)?;
            for metric in Metric::ALL {
                parts.extend(tables.compare(*metric, &options)?);
                bar.inc(1);
            }
        }
    }
    bar.finish_and_clear();
    Ok((!parts.is_empty()).then(|| file(methods, false, parts)))
}

/// A sentence for each split that more of `methods` answered than can be compared.
pub(crate) fn too_many(methods: &[Scored]) -> Vec<String> {
    let counts = Split::ALL.iter().map(|split| (split, methods.iter().filter(|method| has(method, *split)).count()));
    let sentence = |(split, count): (&Split, usize)| {
        format!(
            "{count} methods were scored on {}, more than the {MOST_METHODS} that can be compared with each other: it has \
             means and intervals, but no ranks, ties or differences.",
            split.title()
        )
    };
    counts.filter(|(_, count)| *count > MOST_METHODS).map(sentence).collect()
}

/// Whether `method` has scores of `split`.
fn has(method: &Scored, split: Split) -> bool {
    method.summary.splits.iter().any(|part| part.split == split)
}

fn file(methods: &[Scored], common: bool, parts: Vec<ComparedPart>) -> ComparisonFile {
    ComparisonFile {
        format: COMPARISON_FORMAT,
        rules: methods[0].summary.rules.clone(),
        release: methods[0].summary.release.clone(),
        common,
        methods: methods.iter().map(Scored::named).collect(),
        parts,
    }
}

/// The splits to compare: those asked for, or all that every method has.
fn splits(methods: &[Scored], asked: &[Split]) -> Result<Vec<Split>> {
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
