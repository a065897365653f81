//! `export`: tasks in layouts for other programs.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use bench::file::Partial;
use bench::hub::{Exported, export_mining, export_release};
use bench::table::{FlatRow, TableWriter};
use bench::{Mining, MiningIndex, Release, Split, TaskSet, Track};

use crate::cli::{ExportArgs, Layout};
use crate::exit::Answer;
use crate::ui::Ui;

/// Writes the tasks of `args.from`, a mining folder or a release, to `args.out`.
pub(crate) fn run(args: &ExportArgs, ui: &mut Ui) -> Result<Answer> {
    let source = Source::open(args)?;
    let rows = match args.layout {
        Layout::Flat => source.flat(&args.out)?,
        Layout::Hub => source.hub(&args.out)?.tables.iter().map(|table| table.rows).sum(),
    };
    ui.data(&format!("{rows}\t{}", args.out.display()));
    Ok(Answer::Done)
}

/// Where tasks come from.
enum Source {
    Release(Box<Release>),
    Mining { mining: Mining, index: MiningIndex, tracks: Vec<Track> },
}

impl Source {
    fn open(args: &ExportArgs) -> Result<Self> {
        if Release::exists(&args.from) {
            let release = Release::open(&args.from)?;
            if let Some(track) = args.track.filter(|track| *track != release.manifest().contents.track) {
                bail!("{} is a release of the other track than {track}", args.from.display());
            }
            return Ok(Self::Release(Box::new(release)));
        }
        let mining = Mining::at(&args.from);
        if !mining.index_path().exists() {
            bail!(
                "{} holds neither mining.json nor manifest.json; give the folder of `mine` or `build`",
                args.from.display()
            );
        }
        let index = mining.index()?;
        let tracks = match args.track {
            Some(track) if index.tracks.contains(&track) => vec![track],
            Some(track) => bail!("{} was not mined for the track {track}", args.from.display()),
            None => index.tracks.clone(),
        };
        Ok(Self::Mining { mining, index, tracks })
    }

    fn hub(&self, out: &Path) -> Result<Exported> {
        Ok(match self {
            Self::Release(release) => export_release(release, out)?,
            Self::Mining { mining, index, tracks } => export_mining(mining, index, tracks, out)?,
        })
    }

    /// One table holds one track: the static one, unless it is not there or the other is asked for.
    fn flat(&self, out: &Path) -> Result<u64> {
        let mut sink = Sink::create(out)?;
        match self {
            Self::Release(release) => from_release(release, &mut sink)?,
            Self::Mining { mining, index, tracks } if tracks.contains(&Track::Static) => {
                from_drafts(mining, index, &mut sink)?;
            }
            Self::Mining { mining, index, .. } => from_emissions(mining, index, &mut sink)?,
        }
        sink.finish()
    }
}

/// All drafts, by repository, in extraction order.
fn from_drafts(mining: &Mining, index: &MiningIndex, sink: &mut Sink) -> Result<()> {
    for shard in &index.repos {
        for batch in mining.drafts(shard)? {
            for draft in batch? {
                sink.push(FlatRow::new(draft.assertion, draft.rank.is_some()))?;
            }
        }
    }
    Ok(())
}

/// All emissions, by repository, commit by commit; caps select only when a release is built.
fn from_emissions(mining: &Mining, index: &MiningIndex, sink: &mut Sink) -> Result<()> {
    for shard in &index.repos {
        for piece in mining.emitted(shard)? {
            for assertion in piece? {
                sink.push(FlatRow::new(assertion, false))?;
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
                sink.push(FlatRow::of(task))?;
            }
        }
    }
    Ok(())
}

/// A growing export file, which gets its name when it is complete.
enum Sink {
    Parquet(Box<TableWriter<FlatRow>>),
    JsonLines { partial: Partial, file: BufWriter<File>, rows: u64 },
}

impl Sink {
    fn create(path: &Path) -> Result<Self> {
        match path.extension().and_then(|suffix| suffix.to_str()) {
            Some("parquet") => Ok(Self::Parquet(Box::new(TableWriter::create(path, &[])?))),
            Some("jsonl") => {
                let (partial, file) = Partial::create(path)?;
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
                    .with_context(|| format!("cannot write {}", partial.at().display()))?;
                *rows += 1;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<u64> {
        match self {
            Self::Parquet(writer) => Ok(writer.finish()?),
            Self::JsonLines { partial, mut file, rows } => {
                let written = file.flush().and_then(|()| file.get_ref().sync_all());
                written.with_context(|| format!("cannot write {}", partial.at().display()))?;
                partial.complete()?;
                Ok(rows)
            }
        }
    }
}
