//! `export`: tasks in layouts for other programs.

use std::path::Path;

use anyhow::{Result, bail};
use bench::table::{FlatRow, TableWriter};
use bench::{Mining, Release, Split};

use crate::cli::{ExportArgs, Layout};
use crate::exit::Answer;
use crate::ui::Ui;

/// Writes the tasks of `args.from`, a mining folder or a release, to `args.out`.
pub(crate) fn run(args: &ExportArgs, ui: &mut Ui) -> Result<Answer> {
    let Layout::Flat = args.layout;
    let mut sink = Sink::create(&args.out)?;
    if Release::exists(&args.from) {
        from_release(&Release::open(&args.from)?, &mut sink)?;
    } else if Mining::at(&args.from).index_path().exists() {
        from_mining(&Mining::at(&args.from), &mut sink)?;
    } else {
        bail!("{} holds neither mining.json nor manifest.json; give the folder of `mine` or `build`", args.from.display());
    }
    let rows = sink.finish(&args.out)?;
    ui.data(&format!("{rows}\t{}", args.out.display()));
    Ok(Answer::Done)
}

/// All drafts, by repository, in extraction order.
fn from_mining(mining: &Mining, sink: &mut Sink) -> Result<()> {
    for shard in &mining.index()?.repos {
        for batch in mining.drafts(shard)? {
            for draft in batch? {
                sink.push(FlatRow::new(draft.assertion, draft.rank.is_some()))?;
            }
        }
    }
    Ok(())
}

/// All tasks, split by split; every one was selected.
fn from_release(release: &Release, sink: &mut Sink) -> Result<()> {
    for split in Split::ALL {
        for task in release.tasks(*split)? {
            sink.push(FlatRow::new(task.assertion, true))?;
        }
    }
    Ok(())
}

/// A growing export file.
enum Sink {
    Parquet(TableWriter<FlatRow>),
    JsonLines { text: String, rows: u64 },
}

impl Sink {
    fn create(path: &Path) -> Result<Self> {
        match path.extension().and_then(|suffix| suffix.to_str()) {
            Some("parquet") => Ok(Self::Parquet(TableWriter::create(path, &[])?)),
            Some("jsonl") => Ok(Self::JsonLines { text: String::new(), rows: 0 }),
            _ => bail!("{} must end in .parquet or .jsonl", path.display()),
        }
    }

    fn push(&mut self, row: FlatRow) -> Result<()> {
        match self {
            Self::Parquet(writer) => writer.push(row)?,
            Self::JsonLines { text, rows } => {
                text.push_str(&serde_json::to_string(&row)?);
                text.push('\n');
                *rows += 1;
            }
        }
        Ok(())
    }

    fn finish(self, path: &Path) -> Result<u64> {
        match self {
            Self::Parquet(writer) => Ok(writer.finish()?),
            Self::JsonLines { text, rows } => {
                bench::file::write_atomic(path, text.as_bytes())?;
                Ok(rows)
            }
        }
    }
}
