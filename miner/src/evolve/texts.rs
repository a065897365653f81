//! The texts of a shard: each once, numbered as it is first met.

use std::collections::{BTreeMap, HashMap};

use bench::{Blob, Definition, DefinitionPlace, DefinitionStep, EvolutionTables, RepoPath, Role};
use git2::Oid;

use super::ahead::{Reads, Ready, Wanted};
use super::chain::Chain;
use super::scope::Scope;
use crate::definitions::DefinitionReader;
use crate::error::Result;
use crate::history::History;
use crate::versions::name_of;

/// Bytes of memory that texts take while they wait to be sorted, about. Our choice: all of nearly every repository, whose
/// versions are held as differences.
const WAITING_BYTES: usize = 128 << 20;

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

/// Numbers texts and writes them, the versions of a path one after the other, where they compress best.
pub(super) struct Texts<'a> {
    pub(super) source: TextSource<'a>,
    /// Looked up only: its order reaches nothing.
    numbers: HashMap<Oid, u32>,
    /// By path.
    waiting: BTreeMap<String, Versions>,
    /// Bytes of memory that what waits takes, about.
    waiting_bytes: usize,
}

/// The texts that stood at a path and are not yet written.
#[derive(Default)]
struct Versions {
    ids: Vec<(u32, Oid)>,
    texts: Chain<u8>,
    /// What they define, without the number of the text.
    definitions: Chain<DefinitionStep>,
}

impl<'a> Texts<'a> {
    /// No text is numbered yet.
    pub(super) fn new(scope: &'a Scope) -> Self {
        let source = TextSource::new(scope, DefinitionReader::new());
        Self { source, numbers: HashMap::new(), waiting: BTreeMap::new(), waiting_bytes: 0 }
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
        let Text { text, definitions } = text;
        let mut place = DefinitionPlace::default();
        let steps: Vec<DefinitionStep> = definitions.into_iter().map(|definition| place.step(definition)).collect();
        if !self.waiting.contains_key(path.as_str()) {
            self.waiting.insert(path.as_str().to_owned(), Versions::default());
        }
        let versions = self.waiting.get_mut(path.as_str()).expect("because it was inserted");
        versions.ids.push((number, id));
        self.waiting_bytes += versions.texts.push(text.into_bytes()) + versions.definitions.push(steps);
        if self.waiting_bytes >= WAITING_BYTES {
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
        for versions in std::mem::take(&mut self.waiting).into_values() {
            let Versions { ids, texts, definitions } = versions;
            for ((number, id), text) in ids.iter().zip(texts.versions()) {
                let text = String::from_utf8(text).expect("because it was pushed as a text");
                tables.blobs.push(Blob { number: *number, id: name_of(*id), text })?;
            }
            for ((number, _), steps) in ids.iter().zip(definitions.versions()) {
                for step in steps {
                    tables.definitions.push(DefinitionStep { blob: *number, ..step })?;
                }
            }
        }
        Ok(())
    }
}
