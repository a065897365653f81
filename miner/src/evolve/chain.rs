//! Versions of a sequence, each held as what is new in it: as many as a history has fit into memory.

use bench::Shared;

/// Versions in order.
pub(super) struct Chain<T> {
    /// The last version, as a whole.
    last: Vec<T>,
    changes: Vec<Change<T>>,
}

/// A version as seen from the one before.
struct Change<T> {
    /// Items at the start that both have.
    front: usize,
    /// Items at the end that both have, behind the start in either.
    back: usize,
    /// What stands between.
    middle: Box<[T]>,
}

impl<T> Default for Chain<T> {
    fn default() -> Self {
        Self { last: Vec::new(), changes: Vec::new() }
    }
}

impl<T: Clone + PartialEq> Chain<T> {
    /// Appends a version; about how many more bytes of memory are taken, those that items own elsewhere left out.
    pub(super) fn push(&mut self, version: Vec<T>) -> usize {
        let Shared { front, back } = Shared::of(&self.last, &version);
        let middle: Box<[T]> = version[front..version.len() - back].into();
        let bytes = size_of::<Change<T>>() + (middle.len() + version.len()) * size_of::<T>();
        let bytes = bytes.saturating_sub(self.last.len() * size_of::<T>());
        self.changes.push(Change { front, back, middle });
        self.last = version;
        bytes
    }

    /// The versions, in order, each as it was pushed.
    pub(super) fn versions(self) -> impl Iterator<Item = Vec<T>> {
        let mut version: Vec<T> = Vec::new();
        self.changes.into_iter().map(move |Change { front, back, middle }| {
            version.splice(front..version.len() - back, middle);
            version.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn little_is_held_of_versions_that_are_nearly_equal() {
        let mut chain = Chain::default();
        let base: Vec<u8> = (0..100_000_u32).map(|i| i.to_le_bytes()[0]).collect();
        assert!(chain.push(base.clone()) >= 200_000);
        let mut edited = base.clone();
        edited[50_000] ^= 1;
        assert!(chain.push(edited.clone()) < 100);
        assert!(chain.push(base[..60_000].to_vec()) < 100);
        assert_eq!(chain.versions().collect::<Vec<_>>(), [base.clone(), edited, base[..60_000].to_vec()]);
    }

    proptest! {
        #[test]
        fn versions_come_back(versions in prop::collection::vec(prop::collection::vec(0..3_u8, 0..300), 0..9)) {
            let mut chain = Chain::default();
            for version in &versions {
                chain.push(version.clone());
            }
            prop_assert_eq!(chain.versions().collect::<Vec<_>>(), versions);
        }
    }
}
