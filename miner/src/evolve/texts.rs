//! The texts of a shard: each once, numbered as it is first met.

use std::collections::HashMap;

use bench::{Blob, BlobId, EvolutionTables, RepoPath, Role};
use git2::Oid;

use crate::definitions::DefinitionReader;
use crate::error::Result;
use crate::history::History;

use super::scope::Scope;

/// Bytes of texts that wait to be sorted. Our choice: about what one row group of the table holds.
const BUFFER_BYTES: usize = 32 << 20;

/// Numbers texts and writes them, the versions of a path side by side, where they compress best.
#[derive(Default)]
pub(super) struct Texts {
    /// Looked up only: its order reaches nothing.
    numbers: HashMap<Oid, u32>,
    waiting: Vec<(String, Blob)>,
    waiting_bytes: usize,
    definitions: DefinitionReader,
}

impl Texts {
    /// The number of the blob `id`, if it is known.
    pub(super) fn number(&self, id: Oid) -> Option<u32> {
        self.numbers.get(&id).copied()
    }

    /// The number of the blob `id`, which `text` is the content of and `path` a path.
    ///
    /// # Errors
    /// If a table cannot be written.
    pub(super) fn add(&mut self, id: Oid, path: &str, text: &str, tables: &mut EvolutionTables) -> Result<u32> {
        if let Some(number) = self.number(id) {
            return Ok(number);
        }
        let number = u32::try_from(self.numbers.len()).expect("because a history has fewer than 2^32 texts");
        self.numbers.insert(id, number);
        for definition in self.definitions.read(number, text) {
            tables.definitions.push(definition)?;
        }
        self.waiting_bytes += text.len();
        let blob = Blob { number, id: BlobId::new(id.to_string())?, text: text.to_owned() };
        self.waiting.push((path.to_owned(), blob));
        if self.waiting_bytes >= BUFFER_BYTES {
            self.flush(tables)?;
        }
        Ok(number)
    }

    /// The number of the blob `id` that stands at `path`, and what it is there; none if it cannot be read.
    ///
    /// # Errors
    /// If a table cannot be written.
    pub(super) fn file(
        &mut self,
        id: Oid,
        path: &RepoPath,
        scope: &Scope,
        history: &History<'_>,
        tables: &mut EvolutionTables,
    ) -> Result<Option<(u32, Role)>> {
        if let (Some(number), Some(role)) = (self.number(id), scope.role_by_path(path)) {
            return Ok(Some((number, role)));
        }
        let bytes = history.blob(id, scope.max_file_bytes);
        let Some(text) = bytes.and_then(|bytes| scope.decode(bytes)) else { return Ok(None) };
        Ok(Some((self.add(id, path.as_str(), &text, tables)?, scope.role(path, &text))))
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// If the table cannot be written.
    pub(super) fn flush(&mut self, tables: &mut EvolutionTables) -> Result<()> {
        self.waiting_bytes = 0;
        self.waiting.sort_by(|a, b| (&a.0, a.1.number).cmp(&(&b.0, b.1.number)));
        for (_, blob) in self.waiting.drain(..) {
            tables.blobs.push(blob)?;
        }
        Ok(())
    }
}
