//! `export`: tasks in layouts for other programs.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bench::table::{FlatRow, TableWriter};
use bench::{Mining, MiningIndex, Release, Split, TaskSet};

use crate::cli::{ExportArgs, Layout};
use crate::exit::Answer;
use crate::ui::Ui;

/// Writes the tasks of `args.from`, a mining folder or a release, to `args.out`.
pub(crate) fn run(args: &ExportArgs, ui: &mut Ui) -> Result<Answer> {
    let Layout::Flat = args.layout;
    let mining = Mining::at(&args.from);
    let mut sink;
    if Release::exists(&args.from) {
        let release = Release::open(&args.from)?;
        sink = Sink::create(&args.out)?;
        from_release(&release, &mut sink)?;
    } else if mining.index_path().exists() {
        let index = mining.index()?;
        sink = Sink::create(&args.out)?;
        from_mining(&mining, &index, &mut sink)?;
    } else {
        bail!(
            "{} holds neither mining.json nor manifest.json; give the folder of `mine` or `build`",
            args.from.display()
        );
    }
    let rows = sink.finish(&args.out)?;
    ui.data(&format!("{rows}\t{}", args.out.display()));
    Ok(Answer::Done)
}

/// All drafts, by repository, in extraction order.
fn from_mining(mining: &Mining, index: &MiningIndex, sink: &mut Sink) -> Result<()> {
    for shard in &index.repos {
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
        for batch in release.stream(TaskSet::Split(*split))? {
            for task in batch? {
                sink.push(FlatRow::new(task.assertion, true))?;
            }
        }
    }
    Ok(())
}

/// A growing export file, which gets its name when it is complete.
enum Sink {
    Parquet(Box<TableWriter<FlatRow>>),
    JsonLines { partial: PathBuf, file: BufWriter<File>, rows: u64 },
}

impl Sink {
    fn create(path: &Path) -> Result<Self> {
        match path.extension().and_then(|suffix| suffix.to_str()) {
            Some("parquet") => Ok(Self::Parquet(Box::new(TableWriter::create(path, &[])?))),
            Some("jsonl") => {
                let partial = bench::file::temporary(path)?;
                let file = File::create(&partial).with_context(|| format!("cannot create {}", partial.display()))?;
                Ok(Self::JsonLines { partial, file: BufWriter::new(file), rows: 0 })
            }
            _ => bail!("{} must end in .parquet or .jsonl", path.display()),
        }
    }

    fn push(&mut self, row: FlatRow) -> Result<()> {
        match self {
            Self::Parquet(writer) => writer.push(row)?,
            Self::JsonLines { partial, file, rows } => {
                serde_json::to_writer(&mut *file, &row)
                    .map_err(std::io::Error::from)
                    .and_then(|()| file.write_all(b"\n"))
                    .with_context(|| format!("cannot write {}", partial.display()))?;
                *rows += 1;
            }
        }
        Ok(())
    }

    fn finish(self, path: &Path) -> Result<u64> {
        match self {
            Self::Parquet(writer) => Ok(writer.finish()?),
            Self::JsonLines { partial, mut file, rows } => {
                file.flush().with_context(|| format!("cannot write {}", partial.display()))?;
                bench::file::rename(&partial, path)?;
                Ok(rows)
            }
        }
    }
}
