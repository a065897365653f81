//! A bounded cache of what was read last.

use std::collections::HashMap;
use std::mem;

use git2::Oid;

/// Values of up to a number of bytes. Two generations: the older is dropped when the younger has filled half of the
/// budget, so that what is in use stays and nothing is sorted.
pub(super) struct Recent<V> {
    younger: HashMap<Oid, V>,
    older: HashMap<Oid, V>,
    bytes: usize,
    budget: usize,
}

impl<V: Clone> Recent<V> {
    /// A cache of `budget` bytes.
    pub(super) fn new(budget: usize) -> Self {
        Self { younger: HashMap::new(), older: HashMap::new(), bytes: 0, budget }
    }

    /// The value of `id`, if it is still known; `bytes` tells its size.
    pub(super) fn get(&mut self, id: Oid, bytes: impl Fn(&V) -> usize) -> Option<V> {
        if let Some(value) = self.younger.get(&id) {
            return Some(value.clone());
        }
        let value = self.older.remove(&id)?;
        self.insert(id, value.clone(), bytes(&value));
        Some(value)
    }

    /// Keeps `value` for a while.
    pub(super) fn insert(&mut self, id: Oid, value: V, bytes: usize) {
        if bytes > self.budget / 4 {
            return;
        }
        if self.bytes + bytes > self.budget / 2 {
            self.older = mem::take(&mut self.younger);
            self.bytes = 0;
        }
        self.bytes += bytes;
        self.younger.insert(id, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_the_rest_goes() {
        let id = |number: u8| Oid::from_bytes(&[number; 20]).unwrap();
        let mut recent = Recent::new(40);
        for number in 0..100 {
            assert!(number == 0 || recent.get(id(0), |_| 4).is_some());
            recent.insert(id(number), number, 4);
            assert!(recent.younger.len() + recent.older.len() <= 10);
        }
        assert_eq!(recent.get(id(1), |_| 4), None);
        recent.insert(id(200), 0, 11);
        assert_eq!(recent.get(id(200), |_| 11), None, "one value never takes more than a quarter");
    }
}
