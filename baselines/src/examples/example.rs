//! The ids of one example: a prefix, which is read, and a target, which is learnt.

/// The fewest prefix tokens an example of format N keeps, however long its target is (M29).
const MIN_PREFIX: usize = 8;

/// A prefix, which is read, and a target, which is learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Read, not learnt.
    pub prefix: Vec<u32>,
    /// Learnt.
    pub target: Vec<u32>,
}

impl Example {
    /// Format N: cuts `prefix` from the left so that both fit in `max_len` tokens; at least 8 prefix tokens stay, and the
    /// target is never cut (M29). `target` must already end with the end-of-sequence token; no beginning token is added.
    pub fn natural(prefix: &[u32], target: Vec<u32>, max_len: usize) -> Self {
        let budget = max_len.saturating_sub(target.len()).max(MIN_PREFIX);
        let kept = &prefix[prefix.len().saturating_sub(budget)..];
        Self { prefix: kept.to_vec(), target }
    }

    /// Whether `max_len` tokens hold the target and the prefix that always stays (M29, M218).
    pub fn fits(&self, max_len: usize) -> bool {
        self.target.len() + MIN_PREFIX <= max_len
    }

    /// `ids`, of which those from `start` on are learnt; nothing if none is. The first id of a sequence is never learnt,
    /// because nothing stands before it.
    pub fn labelled(mut ids: Vec<u32>, start: usize) -> Option<Self> {
        let start = start.max(1);
        if start >= ids.len() {
            return None;
        }
        let target = ids.split_off(start);
        Some(Self { prefix: ids, target })
    }

    /// Tokens that are read and learnt together.
    pub fn len(&self) -> usize {
        self.prefix.len() + self.target.len()
    }

    /// Whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// M29: the prefix loses its left end, the target nothing, and eight prefix tokens always stay.
    #[test]
    fn natural_format_cuts_the_prefix_only() {
        let prefix: Vec<u32> = (0..100).collect();
        for (target, max_len, kept) in [(3, 20, 17), (3, 200, 100), (15, 20, 8), (40, 20, 8), (12, 20, 8)] {
            let example = Example::natural(&prefix, vec![7; target], max_len);
            assert_eq!(example.prefix, prefix[100 - kept..], "{target} of {max_len}");
            assert_eq!(example.target.len(), target);
            assert_eq!(example.fits(max_len), target + 8 <= max_len);
        }
    }

    #[test]
    fn the_first_token_is_never_learnt() {
        let split = |start| Example::labelled(vec![1, 2, 3], start).map(|example| (example.prefix, example.target));
        assert_eq!(split(0), Some((vec![1], vec![2, 3])));
        assert_eq!(split(2), Some((vec![1, 2], vec![3])));
        assert_eq!((split(3), Example::labelled(vec![1], 0)), (None, None));
    }
}
