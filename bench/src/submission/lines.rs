//! Submissions as JSON lines: the header first, then a line an answer.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::cells::Cells;
use super::fault::{At, Fault, FaultKind};
use super::gather::Gathering;
use super::header;
use super::json::Json;

/// Bytes of one line at most: a completion of the largest size, every byte of it escaped, takes less than half of it.
const MAX_LINE_BYTES: u64 = 1 << 20;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// What is known of a file of which some lines were read.
#[derive(Default)]
struct Progress {
    /// Whether a line was, or was meant as, a header.
    header: bool,
    /// Whether any line was not blank.
    text: bool,
}

/// Reads the file at `path`; what it holds, and what is wrong with it, goes to `gathering`.
pub(super) fn read(path: &Path, limit: u64, gathering: &mut Gathering<'_>) {
    if let Err(source) = read_all(path, limit, gathering) {
        gathering.fault(None, Fault::new(FaultKind::Unreadable, format!("cannot be read: {source}"), "mend the file"));
    }
}

fn read_all(path: &Path, limit: u64, gathering: &mut Gathering<'_>) -> io::Result<()> {
    // The file may grow while it is read.
    let mut reader = BufReader::with_capacity(64 << 10, File::open(path)?.take(limit));
    let mut progress = Progress::default();
    let mut line = Vec::new();
    let mut number = 0;
    while !gathering.ended() {
        line.clear();
        number += 1;
        if reader.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let whole = line.last() == Some(&b'\n');
        if !whole && line.len() as u64 == MAX_LINE_BYTES && reader.skip_until(b'\n')? > 0 {
            progress.header |= !progress.text;
            progress.text = true;
            let message = format!("the line has more than {MAX_LINE_BYTES} bytes");
            let fault = Fault::new(FaultKind::LongLine, message, "no answer needs so many: cut its completion");
            gathering.fault(Some(At::Line(number)), fault);
            continue;
        }
        take(&line, number, whole, &mut progress, gathering);
    }
    if !progress.text {
        let remedy = "write the header, then a line a task";
        gathering.fault(None, Fault::new(FaultKind::Empty, "the file is empty", remedy));
    } else if !progress.header {
        let remedy = "put a line with repopeft_predictions, release, splits and card before the answers";
        gathering.fault(Some(At::Line(1)), Fault::new(FaultKind::MissingHeader, "the file has no header", remedy));
    }
    Ok(())
}

/// Takes one line, which ends with its break if it is `whole`.
fn take(line: &[u8], number: u64, whole: bool, progress: &mut Progress, gathering: &mut Gathering<'_>) {
    let at = Some(At::Line(number));
    let mut line = line;
    if number == 1 && line.starts_with(BOM) {
        let remedy = "write UTF-8 without one (in Python, encoding=\"utf-8\")";
        gathering.fault(at, Fault::new(FaultKind::Bom, "the file begins with a byte order mark", remedy));
        line = &line[BOM.len()..];
    }
    if line.iter().all(u8::is_ascii_whitespace) {
        return;
    }
    let first = !std::mem::replace(&mut progress.text, true);
    match pairs(line, whole) {
        Err(fault) => {
            // A first line that cannot be read was to be the header: that there is none need not be said as well.
            progress.header |= first;
            gathering.fault(at, *fault);
        }
        Ok(pairs) if header::is_header(&pairs) => {
            take_header(pairs, at, first, progress, gathering);
        }
        Ok(pairs) => {
            let mut faults = Vec::new();
            let answer = Cells::of_json(pairs, &mut faults);
            gathering.faults(at, faults);
            if let Some(answer) = answer {
                gathering.answer(At::Line(number), answer);
            }
        }
    }
}

fn take_header(
    pairs: Vec<(String, Json)>,
    at: Option<At>,
    first: bool,
    progress: &mut Progress,
    gathering: &mut Gathering<'_>,
) {
    if std::mem::replace(&mut progress.header, true) {
        let remedy = "remove it; give files that were joined one by one instead";
        return gathering.fault(at, Fault::new(FaultKind::RepeatedHeader, "there is a second header", remedy));
    }
    if !first {
        let message = "the header stands behind answers";
        gathering.fault(at, Fault::new(FaultKind::MisplacedHeader, message, "make it the first line"));
    }
    let mut faults = Vec::new();
    let header = header::decode(pairs, &mut faults);
    gathering.faults(at, faults);
    if let Some(header) = header {
        gathering.header(at, header);
    }
}

/// The fields of the object in `line`.
fn pairs(line: &[u8], whole: bool) -> Result<Vec<(String, Json)>, Box<Fault>> {
    let text = std::str::from_utf8(line).map_err(|e| {
        let message = format!("byte {} of the line is not UTF-8", e.valid_up_to() + 1);
        Box::new(Fault::new(FaultKind::NotUtf8, message, "write the file as UTF-8"))
    })?;
    let fault = match serde_json::from_str(text) {
        Ok(Json::Object(pairs)) => return Ok(pairs),
        Ok(other) => {
            let message = format!("the line is {}, not an object", other.what());
            Fault::new(FaultKind::NotJson, message, "write {\"task\": …, \"completion\": …}")
        }
        Err(e) if e.is_eof() && !whole => {
            let message = "the last line ends before its JSON does";
            Fault::new(FaultKind::Truncated, message, "the file was cut: write it again, or remove the line")
        }
        Err(e) => {
            let rest = text.get(e.column().saturating_sub(1)..).unwrap_or("");
            let remedy = if ["NaN", "Inf", "-Inf", "-NaN"].iter().any(|word| rest.starts_with(word)) {
                "JSON has no NaN and no infinity: leave the field out"
            } else {
                "write one JSON object a line (in Python, json.dumps)"
            };
            Fault::new(FaultKind::NotJson, format!("the line is no JSON: {}", short(&e)), remedy)
        }
    };
    Err(Box::new(fault))
}

/// The words of `error`; its line is always 1, so only the column is kept.
fn short(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column", " at byte")
}
