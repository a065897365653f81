//! The second half of the first pass: what kept commits leave is numbered and written.

use std::collections::BTreeSet;

use bench::{Emission, EvolutionTables};
use git2::Oid;

use super::Job;
use super::ahead::{Ahead, Ready, Wanted};
use super::run::{Emitted, Pending};
use super::texts::{Text, TextSource, Texts};
use super::trees::Written;
use crate::definitions::DefinitionReader;
use crate::error::Result;
use crate::history::History;

/// Writes what kept commits leave, oldest first.
pub(super) struct Settling<'a> {
    job: &'a Job<'a>,
    texts: Texts<'a>,
    written: Written,
    ahead: Ahead<TextSource<'a>>,
}

impl<'a> Settling<'a> {
    pub(super) fn new(job: &'a Job<'a>) -> Self {
        let ahead = Ahead::new(|count| TextSource::new(&job.scope, DefinitionReader::one_of(count)));
        Self { job, texts: Texts::new(&job.scope), written: Written::default(), ahead }
    }

    /// Writes all of `pending`.
    ///
    /// # Errors
    /// If a table cannot be written.
    pub(super) fn settle(&mut self, pending: Vec<Pending>, tables: &mut EvolutionTables) -> Result<()> {
        if pending.is_empty() {
            return Ok(());
        }
        let wanted = self.wanted(&pending);
        let mut ready = self.ahead.read(wanted, &self.job.handles);
        self.job.handles.read(|history| {
            pending.into_iter().try_for_each(|pending| self.write(pending, history, &mut ready, tables))
        })
    }

    /// Completes the table of texts.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn finish(mut self, tables: &mut EvolutionTables) -> Result<()> {
        self.texts.flush(tables)
    }

    /// The texts that will be asked for, most likely.
    fn wanted(&self, pending: &[Pending]) -> Vec<Wanted> {
        if !self.ahead.is_useful() {
            return Vec::new();
        }
        let mut seen: BTreeSet<Oid> = pending.iter().flat_map(|pending| &pending.emitted).map(|one| one.id).collect();
        let touched = pending.iter().flat_map(|pending| &pending.touched);
        let blobs = touched.filter_map(|(path, now)| Some(((*now)?, path)));
        let new = blobs.filter(|(id, _)| self.texts.number(*id).is_none() && seen.insert(*id));
        new.map(|(id, path)| (id, path.clone())).collect()
    }

    fn write(
        &mut self,
        pending: Pending,
        history: &History<'_>,
        ready: &mut Ready<Option<Text>>,
        tables: &mut EvolutionTables,
    ) -> Result<()> {
        for emitted in pending.emitted {
            self.emit(emitted, tables)?;
        }
        for (path, now) in pending.touched {
            if self.written.says(&path, now) {
                continue;
            }
            let file = match now {
                Some(id) => self.texts.file(id, &path, history, ready, tables)?,
                None => None,
            };
            if let Some(change) = self.written.change(pending.index, path, now, file) {
                tables.files.push(change)?;
            }
        }
        Ok(())
    }

    fn emit(&mut self, emitted: Emitted, tables: &mut EvolutionTables) -> Result<()> {
        let Emitted { path, id, text, reading, rows } = emitted;
        let blob = match self.texts.number(id) {
            Some(number) => number,
            None => {
                let known = reading.definitions(0);
                let definitions = known.unwrap_or_else(|| self.texts.source.define(&path, &text));
                self.texts.add(id, &path, Text { text, definitions }, tables)?
            }
        };
        for row in rows {
            tables.emissions.push(Emission { blob, ..row })?;
        }
        Ok(())
    }
}
