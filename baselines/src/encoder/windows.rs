//! How a list of tokens is cut into windows (M14).

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Windows of fixed length that overlap.
///
/// ```
/// use baselines::encoder::WindowLayout;
/// let layout = WindowLayout::new(512, 64, 16);
/// assert_eq!(layout.windows(1000), [0..512, 448..960, 896..1000]);
/// assert!(layout.windows(10).is_empty());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowLayout {
    /// Tokens of a window at most: c of M14.
    pub length: usize,
    /// Tokens that a window shares with the one before: o.
    pub overlap: usize,
    /// Windows with fewer tokens are dropped: m.
    pub least: usize,
}

impl WindowLayout {
    /// A layout.
    ///
    /// # Panics
    /// If the overlap is not shorter than the window.
    pub const fn new(length: usize, overlap: usize, least: usize) -> Self {
        assert!(overlap < length, "windows must advance");
        Self { length, overlap, least }
    }

    /// The windows over `tokens` tokens (M14): they start every `length - overlap` tokens, and the first one that reaches
    /// the end is the last.
    pub fn windows(self, tokens: usize) -> Vec<Range<usize>> {
        let mut windows = Vec::new();
        for start in (0..).step_by(self.length - self.overlap) {
            let end = tokens.min(start + self.length);
            if end.saturating_sub(start) >= self.least.max(1) {
                windows.push(start..end);
            }
            if end == tokens {
                break;
            }
        }
        windows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m14_test_vectors() {
        type Case = ((usize, usize, usize, usize), &'static [Range<usize>]);
        let cases: [Case; 6] = [
            ((10, 512, 64, 16), &[]),
            ((513, 512, 64, 16), &[0..512, 448..513]),
            ((1000, 512, 64, 16), &[0..512, 448..960, 896..1000]),
            ((4097, 4096, 512, 16), &[0..4096, 3584..4097]),
            ((5000, 2048, 256, 8), &[0..2048, 1792..3840, 3584..5000]),
            ((7, 2048, 256, 8), &[]),
        ];
        for ((n, c, o, m), expected) in cases {
            assert_eq!(WindowLayout::new(c, o, m).windows(n), expected, "{n} {c} {o} {m}");
        }
    }

    #[test]
    fn ends_are_exact() {
        let layout = WindowLayout::new(8, 2, 3);
        assert!(
            layout.windows(8).iter().eq(std::iter::once(&(0..8))),
            "a full window that reaches the end is the last"
        );
        assert_eq!(layout.windows(9), [0..8, 6..9]);
        assert_eq!(layout.windows(3).first(), Some(&(0..3)));
        assert!(layout.windows(0).is_empty() && layout.windows(2).is_empty());
        assert!(WindowLayout::new(8, 2, 0).windows(0).is_empty(), "nothing has no mean");
    }
}
