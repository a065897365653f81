//! Token ids with the positions that are supervised.

use tch::Tensor;

use crate::error::{Error, Result};
use crate::model::size;

/// The fewest prefix tokens an example keeps, however long its target is (M29).
const MIN_PREFIX: usize = 8;

/// A prefix, which is read, and a target, which is learnt: Format N.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Read, not learnt.
    pub prefix: Vec<u32>,
    /// Learnt; ends with the end-of-sequence token.
    pub target: Vec<u32>,
}

impl Example {
    /// Cuts `prefix` from the left so that both fit in `max_len` tokens; at least 8 prefix tokens stay, and the target
    /// is never cut (M29). `target` must already end with the end-of-sequence token; no beginning token is added.
    pub fn natural(prefix: &[u32], target: Vec<u32>, max_len: usize) -> Self {
        let budget = max_len.saturating_sub(target.len()).max(MIN_PREFIX);
        let kept = &prefix[prefix.len().saturating_sub(budget)..];
        Self { prefix: kept.to_vec(), target }
    }
}

/// A left-padded batch.
#[derive(Debug)]
pub struct Batch {
    /// [B, T] i64.
    pub ids: Tensor,
    /// Padding columns at the left of each row, B of them.
    pub padding: Vec<i64>,
    /// [N] i64: indices into the B·T columns, in row order, whose next token is a target.
    pub sources: Tensor,
    /// [N] i64: those next tokens.
    pub targets: Tensor,
}

impl Batch {
    /// Examples padded on the left to the longest of them, supervised on their targets alone.
    ///
    /// # Errors
    /// [`Error::Option`] if an example has no prefix token to predict its target from.
    pub fn examples(examples: &[Example]) -> Result<Self> {
        let longest = examples.iter().map(|example| example.prefix.len() + example.target.len()).max().unwrap_or(0);
        let (mut ids, mut padding) = (Vec::new(), Vec::new());
        let (mut sources, mut targets) = (Vec::new(), Vec::new());
        for example in examples {
            if example.prefix.is_empty() {
                return Err(Error::option("prefix", "empty", "the first target token needs one before it"));
            }
            let left = longest - example.prefix.len() - example.target.len();
            padding.push(size(left));
            ids.resize(ids.len() + left, 0);
            ids.extend(example.prefix.iter().map(|&id| i64::from(id)));
            sources.extend((0..example.target.len()).map(|index| size(ids.len() + index) - 1));
            ids.extend(example.target.iter().map(|&id| i64::from(id)));
            targets.extend(example.target.iter().map(|&id| i64::from(id)));
        }
        let ids = Tensor::from_slice(&ids).view([size(examples.len()), size(longest)]);
        Ok(Self { ids, padding, sources: Tensor::from_slice(&sources), targets: Tensor::from_slice(&targets) })
    }

    /// Windows of equal length, each token but the first of each a target: every window of T + 1 tokens is a row of T.
    ///
    /// # Panics
    /// If the windows are not of one length of at least 2.
    pub fn windows(windows: &[Vec<u32>]) -> Self {
        let columns = windows.first().map_or(1, |window| window.len() - 1);
        assert!(windows.iter().all(|window| window.len() == columns + 1), "windows are of one length");
        let flat = |start: usize| -> Tensor {
            let all = windows.iter().flat_map(|window| window[start..start + columns].iter());
            Tensor::from_slice(&all.map(|&id| i64::from(id)).collect::<Vec<_>>())
        };
        let ids = flat(0).view([size(windows.len()), size(columns)]);
        let sources = Tensor::arange(size(windows.len() * columns), (tch::Kind::Int64, tch::Device::Cpu));
        Self { ids, padding: vec![0; windows.len()], sources, targets: flat(1) }
    }

    /// N, the number of targets.
    pub fn tokens(&self) -> i64 {
        self.targets.size()[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(tensor: &Tensor) -> Vec<i64> {
        Vec::try_from(tensor.flatten(0, -1)).unwrap()
    }

    /// M29: the prefix loses its left end, the target nothing, and eight prefix tokens always stay.
    #[test]
    fn natural_format_cuts_the_prefix_only() {
        let prefix: Vec<u32> = (0..100).collect();
        for (target, max_len, kept) in [(3, 20, 17), (3, 200, 100), (15, 20, 8), (40, 20, 8), (12, 20, 8)] {
            let example = Example::natural(&prefix, vec![7; target], max_len);
            assert_eq!(example.prefix, prefix[100 - kept..], "{target} of {max_len}");
            assert_eq!(example.target.len(), target);
        }
    }

    /// M29 on two rows: padding and prefixes are not supervised, targets are, the end included.
    #[test]
    fn labels_are_the_targets_and_nothing_else() {
        let rows = [
            Example { prefix: vec![11, 12, 13], target: vec![21, 22, 99] },
            Example { prefix: vec![14], target: vec![23, 99] },
        ];
        let batch = Batch::examples(&rows).unwrap();
        assert_eq!(batch.ids.size(), [2, 6]);
        assert_eq!(list(&batch.ids), [11, 12, 13, 21, 22, 99, 0, 0, 0, 14, 23, 99]);
        assert_eq!(batch.padding, [0, 3]);
        assert_eq!(list(&batch.sources), [2, 3, 4, 9, 10]);
        assert_eq!(list(&batch.targets), [21, 22, 99, 23, 99]);
        assert_eq!(batch.tokens(), 5);
        let orphan = Example { prefix: Vec::new(), target: vec![1] };
        assert!(Batch::examples(&[orphan]).is_err());
    }

    #[test]
    fn windows_are_supervised_everywhere() {
        let batch = Batch::windows(&[vec![1, 2, 3], vec![4, 5, 6]]);
        assert_eq!((list(&batch.ids), list(&batch.targets)), (vec![1, 2, 4, 5], vec![2, 3, 5, 6]));
        assert_eq!((list(&batch.sources), batch.padding), (vec![0, 1, 2, 3], vec![0, 0]));
    }
}
