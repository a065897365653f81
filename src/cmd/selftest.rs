//! `selftest`: the golden vectors of the reference against this binary.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail};
use harness::Golden;

use crate::cli::SelftestArgs;
use crate::exit::Answer;
use crate::ui::{Ui, printable};

/// Differences of a file that are printed; the rest is counted.
const SHOWN: usize = 20;

/// Checks every golden file; [`Answer::No`] if anything differs.
pub(crate) fn run(args: &SelftestArgs, ui: &mut Ui) -> Result<Answer> {
    let mut answer = Answer::Done;
    let mut checked = 0;
    for golden in Golden::ALL {
        let Some(text) = text(golden, args.golden.as_deref(), ui)? else { continue };
        checked += 1;
        let (rows, differences) = golden.differences(&text);
        for found in differences.iter().take(SHOWN) {
            let (line, field) = (found.line, &found.field);
            let text =
                format!("{}, line {line}: {field} is {}, expected {}", golden.name(), found.found, found.expected);
            ui.fault(&printable(&text));
        }
        if differences.len() > SHOWN {
            ui.note(&format!("{} more differences of {}", differences.len() - SHOWN, golden.name()));
        }
        if !differences.is_empty() {
            answer = Answer::No;
        }
        ui.data(&format!("{}\t{rows} rows\t{} differences", golden.name(), differences.len()));
    }
    if checked == 0 {
        let names = Golden::ALL.map(Golden::name).join(", ");
        bail!("{} holds none of {names}", args.golden.as_deref().unwrap_or(Path::new(".")).display());
    }
    Ok(answer)
}

/// The vectors of `golden`, from `folder` if there is one; none if the folder lacks the file.
fn text(golden: Golden, folder: Option<&Path>, ui: &Ui) -> Result<Option<String>> {
    let Some(folder) = folder else { return Ok(Some(golden.embedded().to_owned())) };
    let path = folder.join(golden.name());
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            ui.note(&format!("{} is missing, skipped", path.display()));
            Ok(None)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}
