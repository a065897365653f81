//! How much of two texts is the same.

/// Bytes that are compared at a time.
const STEP: usize = 64;

/// What two texts share at both ends; in neither text the ends overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shared {
    /// Bytes at the start.
    pub(super) front: usize,
    /// Bytes at the end.
    pub(super) back: usize,
}

impl Shared {
    /// What `old` and `new` share; the start counts first.
    pub(super) fn of(old: &[u8], new: &[u8]) -> Self {
        let most = old.len().min(new.len());
        let front = front(&old[..most], &new[..most]);
        let left = most - front;
        Self { front, back: back(&old[old.len() - left..], &new[new.len() - left..]) }
    }
}

/// The equal bytes at the start of two texts of one length.
fn front(old: &[u8], new: &[u8]) -> usize {
    let steps = old.chunks_exact(STEP).zip(new.chunks_exact(STEP)).take_while(|(old, new)| old == new).count() * STEP;
    steps + old[steps..].iter().zip(&new[steps..]).take_while(|(old, new)| old == new).count()
}

/// The equal bytes at the end of two texts of one length.
fn back(old: &[u8], new: &[u8]) -> usize {
    let steps = old.rchunks_exact(STEP).zip(new.rchunks_exact(STEP)).take_while(|(old, new)| old == new).count() * STEP;
    let end = old.len() - steps;
    steps + old[..end].iter().rev().zip(new[..end].iter().rev()).take_while(|(old, new)| old == new).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_do_not_overlap() {
        let shared = |old: &str, new: &str| {
            let Shared { front, back } = Shared::of(old.as_bytes(), new.as_bytes());
            (front, back)
        };
        assert_eq!(shared("", "a"), (0, 0));
        assert_eq!(shared("aaa", "aaaaa"), (3, 0));
        assert_eq!(shared("abcab", "abab"), (2, 2));
        assert_eq!(shared("xyz", "abc"), (0, 0));
        let long = "0123456789".repeat(40);
        for at in [0, 1, 63, 64, 65, 200, 399] {
            let mut other = long.clone().into_bytes();
            other[at] = b'x';
            assert_eq!(Shared::of(long.as_bytes(), &other), Shared { front: at, back: 399 - at });
        }
        assert_eq!(shared(&long, &long), (400, 0));
    }
}
