//! Pieces that were read before, by their text.

use std::collections::HashMap;
use std::sync::Arc;

use super::reader::Piece;

/// What stands for a text: half of its BLAKE3 hash.
pub(super) type Name = [u8; 16];

/// What a piece was read from: its text, the name of the class around it, if there is one, and what of the rest of the
/// text it depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key<C> {
    text: Name,
    class: Option<Name>,
    context: C,
}

impl<C> Key<C> {
    /// The key of `text` inside the class `class` in `context`.
    pub(super) fn new(text: &str, class: Option<Name>, context: C) -> Self {
        Self { text: name(text), class, context }
    }
}

/// What stands for `text`.
pub(super) fn name(text: &str) -> Name {
    let mut name = Name::default();
    name.copy_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..16]);
    name
}

/// Pieces read lately, and texts that turned out to be none; a piece in use elsewhere may be forgotten here.
///
/// Two generations: when the young one is full it becomes the old one, and what is in neither is forgotten. So what
/// stays depends on what was asked for, and on nothing else.
pub(super) struct Cache<P: Piece> {
    young: HashMap<Key<P::Context>, Option<Arc<P>>>,
    old: HashMap<Key<P::Context>, Option<Arc<P>>>,
    /// Bytes of the young generation.
    weight: usize,
    /// Bytes of a generation at most.
    limit: usize,
}

impl<P: Piece> Cache<P> {
    /// An empty cache of at most about `bytes` bytes.
    pub(super) fn new(bytes: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), weight: 0, limit: bytes / 2 }
    }

    /// The piece of `key`, read by `read` if it is not known.
    pub(super) fn get(&mut self, key: Key<P::Context>, read: impl FnOnce() -> Option<P>) -> Option<Arc<P>> {
        if let Some(known) = self.young.get(&key) {
            return known.clone();
        }
        let piece = self.old.remove(&key).unwrap_or_else(|| read().map(Arc::new));
        let weight = size_of::<Key<P::Context>>() + piece.as_ref().map_or(0, |piece| piece.weight());
        self.weight += weight;
        if self.weight > self.limit {
            self.old = std::mem::take(&mut self.young);
            self.weight = weight;
        }
        self.young.insert(key, piece.clone());
        piece
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Hundred;

    impl Piece for Hundred {
        type Context = ();

        fn read(text: &str, _: usize, (): &()) -> Option<Self> {
            text.contains('x').then_some(Self)
        }

        fn is_class(&self) -> bool {
            false
        }

        fn weight(&self) -> usize {
            100
        }
    }

    #[test]
    fn what_is_used_stays() {
        let mut cache = Cache::new(10_000);
        let mut reads = 0;
        let mut get = |text: String| {
            let piece = cache.get(Key::new(&text, None, ()), || {
                reads += 1;
                Hundred::read(&text, 0, &())
            });
            (piece.is_some(), reads)
        };
        assert_eq!(get("assert x\n".to_owned()), (true, 1));
        assert_eq!(get("assert\n".to_owned()), (false, 2));
        for i in 0..1_000 {
            get(format!("assert x{i}\n"));
            assert!(get("assert x\n".to_owned()).0);
        }
        assert_eq!(get("assert x\n".to_owned()), (true, 1_002));
        assert_eq!(get("assert x0\n".to_owned()), (true, 1_003));
        assert_eq!(get("assert\n".to_owned()), (false, 1_004));
        assert!(cache.young.len() + cache.old.len() < 100);
    }
}
