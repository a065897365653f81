//! The texts of a shard: each once, numbered as it is first met.

use std::collections::HashMap;

use bench::{Blob, BlobId, Definition, EvolutionTables, RepoPath, Role};
use git2::Oid;

use super::ahead::{Reads, Ready, Wanted};
use super::scope::Scope;
use crate::definitions::DefinitionReader;
use crate::error::Result;
use crate::history::History;

/// Bytes of texts that wait to be sorted. Our choice: about what one row group of the table holds.
const BUFFER_BYTES: usize = 32 << 20;

/// A text and what it defines.
pub(super) struct Text {
    pub(super) text: String,
    /// Not yet numbered.
    pub(super) definitions: Vec<Definition>,
}

/// Reads texts; none if they cannot be had.
pub(super) struct TextSource<'a> {
    scope: &'a Scope,
    definitions: DefinitionReader,
}

impl<'a> TextSource<'a> {
    /// A source of definitions that `definitions` reads.
    pub(super) fn new(scope: &'a Scope, definitions: DefinitionReader) -> Self {
        Self { scope, definitions }
    }

    /// The text of the blob `id`, a version of `path`.
    fn get(&mut self, id: Oid, path: &RepoPath, history: &History<'_>) -> Option<Text> {
        let text = self.scope.decode(history.blob(id, self.scope.max_file_bytes)?)?;
        let definitions = self.define(path, &text);
        Some(Text { text, definitions })
    }

    /// What `text`, a version of `path`, defines.
    pub(super) fn define(&mut self, path: &RepoPath, text: &str) -> Vec<Definition> {
        self.definitions.read_file(path.as_str(), 0, text)
    }
}

impl Reads for TextSource<'_> {
    type Made = Option<Text>;

    fn read(&mut self, (id, path): &Wanted, history: &History<'_>) -> (Option<Text>, usize) {
        let text = self.get(*id, path, history);
        let bytes = |text: &Text| text.text.len() + text.definitions.len() * size_of::<Definition>();
        let size = text.as_ref().map_or(0, bytes);
        (text, size)
    }
}

/// Numbers texts and writes them, the versions of a path side by side, where they compress best.
pub(super) struct Texts<'a> {
    pub(super) source: TextSource<'a>,
    /// Looked up only: its order reaches nothing.
    numbers: HashMap<Oid, u32>,
    waiting: Vec<(String, Blob)>,
    waiting_bytes: usize,
}

impl<'a> Texts<'a> {
    /// No text is numbered yet.
    pub(super) fn new(scope: &'a Scope) -> Self {
        let source = TextSource::new(scope, DefinitionReader::new());
        Self { source, numbers: HashMap::new(), waiting: Vec::new(), waiting_bytes: 0 }
    }

    /// The number of the blob `id`, if it is known.
    pub(super) fn number(&self, id: Oid) -> Option<u32> {
        self.numbers.get(&id).copied()
    }

    /// The number of the blob `id`, new until now, which `text` is the content of and `path` a path.
    ///
    /// # Errors
    /// If a table cannot be written.
    pub(super) fn add(&mut self, id: Oid, path: &RepoPath, text: Text, tables: &mut EvolutionTables) -> Result<u32> {
        let number = u32::try_from(self.numbers.len()).expect("because a history has fewer than 2^32 texts");
        self.numbers.insert(id, number);
        for definition in text.definitions {
            tables.definitions.push(Definition { blob: number, ..definition })?;
        }
        self.waiting_bytes += text.text.len();
        let blob = Blob { number, id: BlobId::new(id.to_string())?, text: text.text };
        self.waiting.push((path.as_str().to_owned(), blob));
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
        history: &History<'_>,
        ready: &mut Ready<Option<Text>>,
        tables: &mut EvolutionTables,
    ) -> Result<Option<(u32, Role)>> {
        let scope = self.source.scope;
        let known = self.number(id);
        if let (Some(number), Some(role)) = (known, scope.role_by_path(path)) {
            return Ok(Some((number, role)));
        }
        if let Some(number) = known {
            let text = history.blob(id, scope.max_file_bytes).and_then(|bytes| scope.decode(bytes));
            return Ok(text.map(|text| (number, scope.role(path, &text))));
        }
        let text = ready.remove(&(id, path.clone())).unwrap_or_else(|| self.source.get(id, path, history));
        let Some(text) = text else { return Ok(None) };
        let role = scope.role(path, &text.text);
        Ok(Some((self.add(id, path, text, tables)?, role)))
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
