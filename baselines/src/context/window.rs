//! Where the windows of a long text lie (M14).

use std::ops::Range;

/// The windows of `length` tokens: each `size` long at most and `size - overlap` after the one before, up to the first
/// that reaches the end; those shorter than `least` are left out (M14). `overlap` must be below `size`.
pub(super) fn windows(length: usize, size: usize, overlap: usize, least: usize) -> Vec<Range<usize>> {
    let step = size.saturating_sub(overlap).max(1);
    let mut windows = Vec::new();
    let mut start = 0;
    while start < length {
        let end = (start + size).min(length);
        if end - start >= least {
            windows.push(start..end);
        }
        if end == length {
            break;
        }
        start += step;
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::single_range_in_vec_init, reason = "a list of one window")]
    fn m14_windows_are_those_of_the_vectors() {
        assert_eq!(windows(10, 512, 64, 16), [0..0; 0]);
        assert_eq!(windows(513, 512, 64, 16), [0..512, 448..513]);
        assert_eq!(windows(1000, 512, 64, 16), [0..512, 448..960, 896..1000]);
        assert_eq!(windows(4097, 4096, 512, 16), [0..4096, 3584..4097]);
        assert_eq!(windows(5000, 2048, 256, 8), [0..2048, 1792..3840, 3584..5000]);
        assert_eq!(windows(7, 2048, 256, 8), [0..0; 0]);
        assert_eq!(windows(512, 512, 64, 16), [0..512]);
        assert_eq!(windows(0, 512, 64, 0), [0..0; 0]);
    }
}
