//! Prints the diffs of a history: of every first-parent commit, or of every Nth against the one before it.
//!
//! `cargo run --release -p miner --example production_diffs REPOSITORY [N [all]]` keeps production files (R42), or all files;
//! the text is that of `git diff --no-color -U3`, with the ids of the two trees above each.

use std::io::{BufWriter, Write};
use std::path::Path;

use miner::history::{Abbreviation, Attributes, History, Limits, Names, Style};
use miner::{Repository, is_evolution_production};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments.first().ok_or("name a repository")?;
    let every: usize = arguments.get(1).map_or(Ok(1), |every| every.parse())?;
    let is_kept = |path: &str| arguments.len() > 2 || is_evolution_production(path);
    let repository = Repository::open(Path::new(path))?;
    let history = History::open(&repository, Limits::default())?;
    let style =
        Style { names: Names::Quoted, abbreviation: Abbreviation::of(&repository)?, attributes: Attributes::default() };
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut base = None;
    for (index, step) in history.walk(&repository.resolve(None)?)?.enumerate() {
        let step = step?;
        if index % every != 0 {
            continue;
        }
        let diff = if base == step.parent_tree {
            history.diff_of(&step.changes, &style, &is_kept)
        } else {
            history.diff(base, Some(step.tree), &style, &is_kept)
        };
        let from = base.map_or_else(|| "4b825dc642cb6eb9a060e54bf8d69288fbee4904".to_owned(), |base| base.to_string());
        match diff {
            Ok(diff) => write!(out, "=== {from} {}\n{}", step.tree, diff.text)?,
            Err(error) => writeln!(out, "=== {from} {}\nfailed: {error}", step.tree)?,
        }
        base = Some(step.tree);
    }
    Ok(())
}
