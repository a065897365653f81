//! Submissions as Parquet: a row an answer, the header in the footer.

use std::path::Path;

use super::cells::{Cells, FIELDS};
use super::fault::{At, Fault, FaultKind};
use super::fields::unknown;
use super::gather::Gathering;
use super::header;
use super::json::Json;
use crate::error::Error;
use crate::predictions_file::HEADER_KEY;
use crate::table::{ColumnKind, TableReader};

/// Reads the file at `path`; what it holds, and what is wrong with it, goes to `gathering`.
pub(super) fn read(path: &Path, gathering: &mut Gathering<'_>) {
    let reader = match TableReader::<Cells>::open_untrusted(path) {
        Ok(reader) => reader,
        Err(error) => return gathering.fault(None, refused(&error)),
    };
    let faults = columns(reader.columns());
    let unreadable = faults.iter().any(|fault| fault.code != FaultKind::UnknownField);
    gathering.faults(None, faults);
    take_header(reader.footer(HEADER_KEY), gathering);
    if unreadable {
        return;
    }
    let mut number = 0;
    for batch in reader {
        let cells = match batch {
            Ok(cells) => cells,
            Err(error) => return gathering.fault(None, refused(&error)),
        };
        for cells in cells {
            number += 1;
            if gathering.ended() {
                return;
            }
            let (at, mut faults) = (At::Row(number), Vec::new());
            let answer = cells.of_row(&mut faults);
            gathering.faults(Some(at), faults);
            if let Some(answer) = answer {
                gathering.answer(at, answer);
            }
        }
    }
}

fn refused(error: &Error) -> Fault {
    match error {
        Error::Bomb { reason, .. } => {
            Fault::new(FaultKind::Bomb, reason.clone(), "write it again with ordinary settings")
        }
        Error::Parquet { source, .. } => {
            // The library's words may be long, and hold whatever the file does.
            let words: String = source.to_string().chars().take(200).collect();
            Fault::new(FaultKind::NotParquet, format!("cannot be read as Parquet: {words}"), "write it again")
        }
        Error::Io { source, .. } => {
            Fault::new(FaultKind::Unreadable, format!("cannot be read: {source}"), "mend the file")
        }
        other => Fault::new(FaultKind::NotParquet, other.to_string(), "write it again"),
    }
}

/// What is wrong with the columns, of which `found` are there.
fn columns(found: &[(String, ColumnKind)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (at, name) in FIELDS.into_iter().enumerate() {
        let mut kinds = found.iter().filter(|(other, _)| other == name).map(|(_, kind)| kind);
        let needed = if at < 2 || name == "stop" { ColumnKind::Text } else { ColumnKind::Whole };
        match kinds.next() {
            None if at < 2 => {
                let message = format!("there is no column `{name}`");
                faults.push(Fault::new(FaultKind::MissingField, message, format!("add `{name}`")));
            }
            Some(ColumnKind::Other(kind)) => faults.push(wrong(name, kind, &needed)),
            Some(ColumnKind::Void) if at < 2 => faults.push(wrong(name, "only null", &needed)),
            Some(ColumnKind::Text) if needed == ColumnKind::Whole => faults.push(wrong(name, "text", &needed)),
            Some(ColumnKind::Whole) if needed == ColumnKind::Text => faults.push(wrong(name, "numbers", &needed)),
            _ => {}
        }
        if kinds.next().is_some() {
            let message = format!("there are two columns `{name}`");
            faults.push(Fault::new(FaultKind::RepeatedField, message, "keep one of them"));
        }
    }
    let strange = found.iter().map(|(name, _)| name.as_str()).filter(|name| !FIELDS.contains(name));
    // pandas adds its index under this name.
    let strange = strange.filter(|name| !name.starts_with("__index_level_"));
    faults.extend(strange.map(|name| unknown("the table", name, &FIELDS)));
    faults
}

fn wrong(name: &str, found: &str, needed: &ColumnKind) -> Fault {
    let needed = if *needed == ColumnKind::Text { "strings" } else { "integers (in pandas, dtype \"Int64\")" };
    let message = format!("column `{name}` holds {found}");
    Fault::new(FaultKind::WrongType, message, format!("write {needed}"))
}

fn take_header(text: Option<&str>, gathering: &mut Gathering<'_>) {
    let Some(text) = text else {
        let message = format!("the footer has no `{HEADER_KEY}`");
        let remedy = "put the header there, as JSON (in pyarrow, replace_schema_metadata)";
        return gathering.fault(None, Fault::new(FaultKind::MissingHeader, message, remedy));
    };
    let pairs = match serde_json::from_str(text) {
        Ok(Json::Object(pairs)) => pairs,
        Ok(other) => {
            let message = format!("`{HEADER_KEY}` in the footer is {}, not an object", other.what());
            return gathering.fault(None, Fault::new(FaultKind::NotJson, message, "put the header there, as JSON"));
        }
        Err(error) => {
            let message = format!("`{HEADER_KEY}` in the footer is no JSON: {error}");
            return gathering.fault(None, Fault::new(FaultKind::NotJson, message, "put the header there, as JSON"));
        }
    };
    let mut faults = Vec::new();
    let header = header::decode(pairs, &mut faults);
    gathering.faults(None, faults);
    if let Some(header) = header {
        gathering.header(None, header);
    }
}
