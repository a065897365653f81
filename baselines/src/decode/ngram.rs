//! Guesses from the text itself: tests repeat themselves, and so do models that are lost.

/// Tokens that must agree before a place counts as the same, longest first.
const CONTEXTS: [usize; 2] = [3, 2];
/// Tokens guessed at first, and at most once guesses have come true.
const WIDTHS: (usize, usize) = (2, 16);
/// Steps that are waited through at most after guesses that were wrong.
const MAX_PAUSE: usize = 16;

/// Looks up what comes next, and learns when not to: a wrong guess costs columns.
#[derive(Debug, Clone)]
pub(super) struct Lookup {
    width: usize,
    /// Steps to wait after the next wrong guess, and those still to wait now.
    pause: usize,
    waiting: usize,
}

impl Lookup {
    pub(super) fn new() -> Self {
        Self { width: WIDTHS.0, pause: 1, waiting: 0 }
    }

    /// At most `limit` tokens that may follow `sequence`: those after the latest earlier place of its last tokens, and,
    /// where they reach the end, themselves again.
    pub(super) fn propose(&mut self, sequence: &[u32], limit: usize) -> Vec<u32> {
        if self.waiting > 0 {
            self.waiting -= 1;
            return Vec::new();
        }
        let width = self.width.min(limit);
        let after = CONTEXTS.iter().find_map(|&context| follower(sequence, context)).unwrap_or(&[]);
        after.iter().copied().cycle().take(width).collect()
    }

    /// Learns that `right` of `guessed` tokens came true.
    pub(super) fn learn(&mut self, guessed: usize, right: usize) {
        if guessed > 0 && right == guessed {
            (self.width, self.pause) = ((self.width * 2).min(WIDTHS.1), 1);
        } else if guessed > 0 && right == 0 {
            (self.width, self.waiting) = (WIDTHS.0, self.pause);
            self.pause = (self.pause * 2).min(MAX_PAUSE);
        }
    }
}

/// What follows the latest earlier place of the last `context` tokens.
fn follower(sequence: &[u32], context: usize) -> Option<&[u32]> {
    let start = sequence.len().checked_sub(context)?;
    let last = &sequence[start..];
    let found = sequence[..sequence.len() - 1].windows(context).rposition(|window| window == last)?;
    Some(&sequence[found + context..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_place_of_the_longest_context_counts() {
        let mut lookup = Lookup::new();
        assert_eq!(lookup.propose(&[1, 2, 3, 7, 8, 9, 2, 3, 5, 5, 1, 2, 3], 9), [7, 8]);
        assert_eq!(lookup.propose(&[9, 2, 3, 7, 7, 4, 2, 3, 5, 6, 1, 2, 3], 9), [5, 6]);
        assert_eq!(lookup.propose(&[9, 2, 3, 7, 7, 1, 2, 3], 1), [7]);
        assert_eq!(lookup.propose(&[1, 2, 3, 4], 9), [] as [u32; 0]);
        assert_eq!(lookup.propose(&[1], 9), [] as [u32; 0]);
        // A repetition overlaps with itself.
        assert_eq!(lookup.propose(&[6, 6, 6, 6], 9), [6, 6]);
    }

    #[test]
    fn right_guesses_widen_and_wrong_ones_pause() {
        // Where a text of all different tokens begins anew.
        let text: Vec<u32> = (0..30).chain(0..3).collect();
        let mut lookup = Lookup::new();
        for width in [2, 4, 8, 16, 16] {
            assert_eq!(lookup.propose(&text, 99).len(), width);
            lookup.learn(width, width);
        }
        assert_eq!(lookup.propose(&text, 5).len(), 5);
        for pause in [1, 2, 4, 8, 16, 16] {
            lookup.learn(2, 0);
            assert_eq!((0..pause).filter(|_| !lookup.propose(&text, 99).is_empty()).count(), 0);
            assert!(!lookup.propose(&text, 99).is_empty());
        }
    }
}
