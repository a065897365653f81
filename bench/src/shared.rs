//! How much of two versions of something is the same.

/// Items that are compared at a time: bytes are, in a few instructions.
const STEP: usize = 64;

/// What two sequences share at both ends; in neither the ends overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// Items at the start.
    pub front: usize,
    /// Items at the end.
    pub back: usize,
}

impl Shared {
    /// What `old` and `new` share; the start counts first.
    pub fn of<T: PartialEq>(old: &[T], new: &[T]) -> Self {
        let most = old.len().min(new.len());
        let front = front(&old[..most], &new[..most]);
        let left = most - front;
        Self { front, back: back(&old[old.len() - left..], &new[new.len() - left..]) }
    }
}

/// The equal items at the start of two sequences of one length.
fn front<T: PartialEq>(old: &[T], new: &[T]) -> usize {
    let steps = old.chunks_exact(STEP).zip(new.chunks_exact(STEP)).take_while(|(old, new)| old == new).count() * STEP;
    steps + old[steps..].iter().zip(&new[steps..]).take_while(|(old, new)| old == new).count()
}

/// The equal items at the end of two sequences of one length.
fn back<T: PartialEq>(old: &[T], new: &[T]) -> usize {
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
