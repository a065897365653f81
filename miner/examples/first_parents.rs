//! Prints the first-parent history of a repository in the form of
//! `git log --first-parent -m --reverse --raw --no-abbrev -M --format='commit %H %T %aI %ct'` without empty lines.
//!
//! `cargo run --release -p miner --example first_parents REPOSITORY`

use std::io::{BufWriter, Write};
use std::path::Path;

use miner::Repository;
use miner::history::{Change, FileVersion, History, Limits, Status, quoted_name};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a repository")?;
    let repository = Repository::open(Path::new(&path))?;
    let history = History::open(&repository, Limits::default())?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for step in history.walk(&repository.resolve(None)?)? {
        let step = step?;
        writeln!(out, "commit {} {} {} {}", step.commit, step.tree, step.author_time, step.committer_seconds)?;
        for change in &step.changes {
            writeln!(out, "{}", line(change))?;
        }
    }
    Ok(())
}

fn line(change: &Change) -> String {
    let mode = |side: Option<FileVersion>| side.map_or(0, |side| side.mode.bits());
    let id = |side: Option<FileVersion>| side.map_or_else(|| "0".repeat(40), |side| side.id.to_string());
    let letter = match change.status {
        Status::Added => "A".to_owned(),
        Status::Modified => "M".to_owned(),
        Status::TypeChanged => "T".to_owned(),
        Status::Deleted => "D".to_owned(),
        Status::Renamed => format!("R{:03}", change.similarity.unwrap_or(0)),
    };
    let old_path = change.old_path.as_ref().map_or_else(String::new, |path| format!("{}\t", quoted_name(path)));
    let (old, new) = (change.old, change.new);
    let sides = format!("{:06o} {:06o} {} {}", mode(old), mode(new), id(old), id(new));
    format!(":{sides} {letter}\t{old_path}{}", quoted_name(&change.path))
}
