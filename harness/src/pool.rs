//! Things that are costly to make and keep what they have learnt, lent to whoever needs one.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

/// Lends as many `T` as are needed at a time, and the same ones again later: scorers that remember texts stay warm from one
/// piece of work to the next, whichever thread it falls to.
#[derive(Debug, Default)]
pub struct Pool<T>(Mutex<Vec<T>>);

impl<T: Default> Pool<T> {
    /// One that nobody else holds: returned earlier, or new.
    pub fn lend(&self) -> Lent<'_, T> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Lent { pool: self, value: kept.unwrap_or_default() }
    }
}

/// A lent `T`; it goes back when this is dropped.
#[derive(Debug)]
pub struct Lent<'a, T: Default> {
    pool: &'a Pool<T>,
    value: T,
}

impl<T: Default> Deref for Lent<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Default> DerefMut for Lent<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: Default> Drop for Lent<'_, T> {
    fn drop(&mut self) {
        let value = std::mem::take(&mut self.value);
        self.pool.0.lock().unwrap_or_else(PoisonError::into_inner).push(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_returned_is_lent_again() {
        let pool: Pool<Vec<u8>> = Pool::default();
        let mut first = pool.lend();
        first.push(1);
        assert!(pool.lend().is_empty(), "the first is still held");
        drop(first);
        assert_eq!(*pool.lend(), [1]);
    }
}
