//! Adapters that were just used: those of all audited repositories are asked for again and again.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::cast::Place;
use crate::adapter::Adapter;
use crate::conditioning::AdapterSource;
use crate::error::{Error, Result};

/// Bytes of adapters that are kept.
const BYTES: u64 = 1 << 30;

/// Adapters by place.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    kept: BTreeMap<Place, Rc<Adapter>>,
    bytes: u64,
}

impl Shelf {
    /// The adapter of `place`, from `source` if it is not at hand.
    ///
    /// # Errors
    /// If the source has none, or fails.
    pub(super) fn get(&mut self, source: &mut dyn AdapterSource, place: &Place) -> Result<Rc<Adapter>> {
        if let Some(adapter) = self.kept.get(place) {
            return Ok(Rc::clone(adapter));
        }
        let adapter = source.adapter(&place.repo, &place.commit)?.ok_or_else(|| {
            let reason = "the method has no adapter for it, although it had one for another of its commits";
            Error::option("adapter", format!("{} at {}", place.repo, place.commit), reason)
        })?;
        let bytes = adapter.count() * size_of::<f32>() as u64;
        if self.bytes + bytes > BYTES {
            self.kept.clear();
            self.bytes = 0;
        }
        self.bytes += bytes;
        self.kept.insert(place.clone(), Rc::clone(&adapter));
        Ok(adapter)
    }
}
