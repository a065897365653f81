//! What is remembered of every test file from one commit to the next (R90, R99, R100).

use std::collections::BTreeMap;
use std::sync::Arc;

use bench::Profile;

use super::digest::Digest;
use super::events::{self, Event};
use super::version::Version;

/// The states of the files of one repository, by path.
#[derive(Default)]
pub struct FileStates {
    files: BTreeMap<String, FileState>,
}

#[derive(Default)]
struct FileState {
    /// The keys of the last version, sorted; none if it does not parse.
    keys: Vec<Digest>,
    /// The last version that parses.
    version: Option<Arc<Version>>,
}

impl FileStates {
    /// No file is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// The file at `path` was deleted, or cannot be read.
    pub fn forget(&mut self, path: &str) {
        self.files.remove(path);
    }

    /// The file at `from` was renamed to `to`.
    pub fn rename(&mut self, from: &str, to: &str) {
        if let Some(state) = self.files.remove(from) {
            self.files.insert(to.to_owned(), state);
        }
    }

    /// The file at `path` has a new version, none if it does not parse. Returns its tasks in walk order.
    ///
    /// `paper`: a version that does not parse empties the keys, so that the next one emits all it has (R100).
    /// `strict`: it changes nothing (R104).
    pub fn update(&mut self, path: &str, version: Option<&Arc<Version>>, profile: Profile) -> Vec<Event> {
        let state = match self.files.get_mut(path) {
            Some(state) => state,
            None => self.files.entry(path.to_owned()).or_default(),
        };
        let Some(version) = version else {
            state.keys.clear();
            return Vec::new();
        };
        let events = match profile {
            Profile::Paper => events::paper(&state.keys, state.version.as_deref(), version),
            Profile::Strict => events::strict(state.version.as_deref(), version),
        };
        state.keys.clear();
        state.keys.extend_from_slice(version.keys());
        state.keys.sort_unstable();
        state.version = Some(Arc::clone(version));
        events
    }
}
