//! Token ids with the positions that are supervised.

use serde_json::{Value, json};
use tch::Tensor;

use super::objective::Size;
use crate::error::{Error, Result};
use crate::examples::Example;
use crate::model::size;

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
    /// [N] f32: how much each target counts in what is minimised; 1 each if absent.
    pub weights: Option<Tensor>,
}

impl Batch {
    /// Examples padded on the left to the longest of them, supervised on their targets alone.
    ///
    /// # Errors
    /// [`Error::Option`] if an example has no prefix token to predict its target from.
    pub fn examples(examples: &[Example]) -> Result<Self> {
        let longest = examples.iter().map(Example::len).max().unwrap_or(0);
        let (mut ids, mut padding) = (Vec::new(), Vec::new());
        let (mut sources, mut targets) = (Vec::new(), Vec::new());
        for example in examples {
            if example.prefix.is_empty() {
                return Err(Error::option("prefix", "empty", "the first target token needs one before it"));
            }
            let left = longest - example.len();
            padding.push(size(left));
            ids.resize(ids.len() + left, 0);
            ids.extend(example.prefix.iter().map(|&id| i64::from(id)));
            sources.extend((0..example.target.len()).map(|index| size(ids.len() + index) - 1));
            ids.extend(example.target.iter().map(|&id| i64::from(id)));
            targets.extend(example.target.iter().map(|&id| i64::from(id)));
        }
        let ids = Tensor::from_slice(&ids).view([size(examples.len()), size(longest)]);
        let (sources, targets) = (Tensor::from_slice(&sources), Tensor::from_slice(&targets));
        Ok(Self { ids, padding, sources, targets, weights: None })
    }

    /// As [`Batch::examples`], every example counting alike, however long its target is: the sum over the batch is one of
    /// means (M114).
    ///
    /// # Errors
    /// As [`Batch::examples`].
    pub fn weighted_examples(examples: &[Example]) -> Result<Self> {
        let weight = |example: &Example| {
            let weight = 1.0 / example.target.len() as f32;
            std::iter::repeat_n(weight, example.target.len())
        };
        let weights: Vec<f32> = examples.iter().flat_map(weight).collect();
        Ok(Self { weights: Some(Tensor::from_slice(&weights)), ..Self::examples(examples)? })
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
        Self { ids, padding: vec![0; windows.len()], sources, targets: flat(1), weights: None }
    }

    /// N, the number of targets.
    pub fn tokens(&self) -> i64 {
        self.targets.size()[0]
    }

    /// The first column in which any row has a source; 0 if none has.
    pub fn first_source(&self) -> i64 {
        if self.tokens() == 0 {
            return 0;
        }
        self.sources.remainder(self.ids.size()[1]).min().int64_value(&[])
    }

    /// What the batch presents; padding is not counted.
    pub fn size(&self) -> Size {
        let read = self.ids.numel() as u64 - self.padding.iter().map(|&left| left.unsigned_abs()).sum::<u64>();
        Size { examples: self.padding.len() as u64, tokens: self.targets.numel() as u64, read }
    }

    /// The batch as JSON, to be looked at when it broke a run.
    pub fn describe(&self) -> Value {
        let list = |tensor: &Tensor| Vec::<i64>::try_from(tensor.flatten(0, -1)).unwrap_or_default();
        json!({
            "shape": self.ids.size(),
            "ids": list(&self.ids),
            "padding": self.padding,
            "sources": list(&self.sources),
            "targets": list(&self.targets),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(tensor: &Tensor) -> Vec<i64> {
        Vec::try_from(tensor.flatten(0, -1)).unwrap()
    }

    fn rows() -> [Example; 2] {
        [
            Example { prefix: vec![11, 12, 13], target: vec![21, 22, 99] },
            Example { prefix: vec![14], target: vec![23, 99] },
        ]
    }

    /// M29 on two rows: padding and prefixes are not supervised, targets are, the end included.
    #[test]
    fn labels_are_the_targets_and_nothing_else() {
        let batch = Batch::examples(&rows()).unwrap();
        assert_eq!(batch.ids.size(), [2, 6]);
        assert_eq!(list(&batch.ids), [11, 12, 13, 21, 22, 99, 0, 0, 0, 14, 23, 99]);
        assert_eq!(batch.padding, [0, 3]);
        assert_eq!(list(&batch.sources), [2, 3, 4, 9, 10]);
        assert_eq!(list(&batch.targets), [21, 22, 99, 23, 99]);
        assert_eq!(batch.first_source(), 2);
        assert_eq!(batch.size(), Size { examples: 2, tokens: 5, read: 9 });
        let orphan = Example { prefix: Vec::new(), target: vec![1] };
        assert!(Batch::examples(&[orphan]).is_err());
    }

    #[test]
    fn weights_make_a_mean_of_each_example() {
        let weights = Batch::weighted_examples(&rows()).unwrap().weights.unwrap();
        let third = 1.0 / 3.0;
        assert_eq!(Vec::<f32>::try_from(weights).unwrap(), [third, third, third, 0.5, 0.5]);
    }

    #[test]
    fn windows_are_supervised_everywhere() {
        let batch = Batch::windows(&[vec![1, 2, 3], vec![4, 5, 6]]);
        assert_eq!((list(&batch.ids), list(&batch.targets)), (vec![1, 2, 4, 5], vec![2, 3, 5, 6]));
        assert_eq!((list(&batch.sources), batch.padding), (vec![0, 1, 2, 3], vec![0, 0]));
    }
}
