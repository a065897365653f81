//! `inspect`: what a model computes, what a file of vectors holds.

use std::path::Path;

use anyhow::Result;
use baselines::inspect::{Asked, Spread, inspect_model, inspect_vectors, read_ids};
use baselines::model::Precision;
use baselines::vectors::Vectors;

use super::select;
use crate::cli::{InspectArgs, InspectModelArgs, Inspected};
use crate::exit::Answer;
use crate::ui::{Ui, printable};

/// Looks into what `args` names.
pub(crate) fn run(args: &InspectArgs, ui: &mut Ui) -> Result<Answer> {
    match &args.what {
        Inspected::Model(args) => model(args, ui)?,
        Inspected::Vectors { file } => vectors(file, ui)?,
    }
    Ok(Answer::Done)
}

fn model(args: &InspectModelArgs, ui: &Ui) -> Result<()> {
    let rows = read_ids(&args.ids)?;
    let device = select(&args.device, ui)?;
    let precision = Precision::choose(args.precision.parse()?, device.device);
    let asked = if args.hidden { Asked::Hidden } else { Asked::Logits };
    let made = inspect_model(&args.folder, &rows, asked, &args.out, device.device, precision)?;
    let (name, last) = (asked.name(), made.rows - 1);
    ui.note(&format!("{name}.0 to {name}.{last}: {} tokens, {} numbers each", made.tokens, made.width));
    ui.data(&args.out.display().to_string());
    Ok(())
}

fn vectors(file: &Path, ui: &Ui) -> Result<()> {
    let vectors = Vectors::open_any(file)?;
    let (header, report) = (vectors.header(), inspect_vectors(&vectors)?);
    let windows = header.windows;
    let encoder = &header.encoder;
    let spread = |spread: Option<Spread>| {
        spread.map_or_else(|| "none".to_owned(), |s| format!("{:.4} to {:.4}, mean {:.4}", s.least, s.most, s.mean))
    };
    let tests = if header.exclude_tests { "left out" } else { "counted in" };
    for line in [
        format!("kind\t{}", header.kind),
        format!("test files\t{tests}"),
        format!("windows\t{} tokens, {} shared, {} at least", windows.length, windows.overlap, windows.least),
        format!("encoder\t{}, {}, {}", printable(&encoder.name), encoder.precision, printable(&encoder.fingerprint)),
        format!("release\t{}", printable(&header.release)),
        format!("vectors\t{} of {} repositories, {} numbers each", report.vectors, report.repositories, header.width()),
        format!("zero vectors\t{}", report.zeros),
        format!("lengths\t{}", spread(report.lengths)),
        format!("cosines of {} pairs of repositories\t{}", report.pairs, spread(report.cosines)),
    ] {
        ui.data(&line);
    }
    Ok(())
}
