//! The training stream: documents end to end, cut anew into shuffled windows in every epoch.

use bench::Seed;
use rand_chacha::rand_core::Rng;

use super::{Document, Recipe};
use crate::error::{Error, Result};
use crate::tokenizer::Tokenizer;

/// All tokens, and how they are cut. What a step reads depends on the step alone.
#[derive(Debug)]
pub(super) struct Stream {
    ids: Vec<u32>,
    /// Tokens read by a window; it has one more, to be predicted.
    columns: usize,
    rows: usize,
    seed: Seed,
}

impl Stream {
    /// Joins `documents`, each followed by the end-of-sequence token, repository by repository in the order in which
    /// these first appear.
    ///
    /// # Errors
    /// [`Error::Option`] if they are fewer tokens than a window.
    pub(super) fn pack(documents: &[Document], tokenizer: &Tokenizer, recipe: &Recipe) -> Result<Self> {
        let texts: Vec<&str> = grouped(documents).into_iter().map(|document| document.text.as_str()).collect();
        let mut ids = Vec::new();
        for encoded in tokenizer.encode_all(&texts)? {
            ids.extend(encoded);
            ids.push(tokenizer.eos());
        }
        Self::new(ids, recipe)
    }

    fn new(ids: Vec<u32>, recipe: &Recipe) -> Result<Self> {
        let columns = recipe.context_tokens as usize;
        if ids.len() <= columns {
            let reason = format!("the documents have only {} tokens, one window needs one more than that", ids.len());
            return Err(Error::option("context_tokens", columns, reason));
        }
        Ok(Self { ids, columns, rows: recipe.batch_rows as usize, seed: recipe.seed.derive("windows") })
    }

    /// Tokens of all documents.
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The windows of a step.
    pub(super) fn windows(&self, step: u64) -> Vec<&[u32]> {
        let (count, _) = self.epoch_size();
        let first = step as usize * self.rows;
        let mut epoch = None;
        (first..first + self.rows)
            .map(|index| {
                if epoch.as_ref().is_none_or(|&(number, _)| number != index / count) {
                    epoch = Some((index / count, self.starts(index / count)));
                }
                let start = epoch.as_ref().expect("because it was just set").1[index % count];
                &self.ids[start..=start + self.columns]
            })
            .collect()
    }

    /// Windows of an epoch, and how many tokens are to spare at the beginning.
    fn epoch_size(&self) -> (usize, usize) {
        let whole = (self.ids.len() - 1) / self.columns;
        // One window is given up, so that epochs can cut the stream at different places.
        let count = (whole - 1).max(1);
        (count, self.ids.len() - 1 - count * self.columns)
    }

    /// Where the windows of an epoch begin, in the order in which they are read.
    fn starts(&self, epoch: usize) -> Vec<usize> {
        let (count, spare) = self.epoch_size();
        let mut rng = self.seed.chunk(epoch as u64).rng();
        // Numbers below `bound`; the bias is below 2⁻³² for every corpus that fits in memory.
        let mut below = |bound: usize| ((u128::from(rng.next_u64()) * bound as u128) >> 64) as usize;
        let offset = below(spare + 1);
        let mut starts: Vec<usize> = (0..count).map(|window| offset + window * self.columns).collect();
        for last in (1..count).rev() {
            starts.swap(last, below(last + 1));
        }
        starts
    }
}

/// The documents with those of a repository side by side.
fn grouped(documents: &[Document]) -> Vec<&Document> {
    let mut rank = std::collections::BTreeMap::new();
    for document in documents {
        let next = rank.len();
        rank.entry(&document.repository).or_insert(next);
    }
    let mut all: Vec<&Document> = documents.iter().collect();
    all.sort_by_key(|document| rank[&document.repository]);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(tokens: u32, columns: u32, rows: u32) -> Stream {
        let recipe = Recipe { context_tokens: columns, batch_rows: rows, ..Recipe::quickstart() };
        Stream::new((0..tokens).collect(), &recipe).unwrap()
    }

    #[test]
    fn an_epoch_reads_every_window_once_and_the_next_cuts_elsewhere() {
        let stream = stream(1000, 10, 7);
        let (count, _) = stream.epoch_size();
        assert_eq!(count, 98);
        let epoch = |number: usize| -> Vec<u32> {
            (number * 14..(number + 1) * 14).flat_map(|step| stream.windows(step as u64)).map(|window| window[0]).collect()
        };
        let (mut first, mut second) = (epoch(0), epoch(1));
        assert!(!first.is_sorted(), "windows are shuffled");
        first.sort_unstable();
        second.sort_unstable();
        assert!(first.windows(2).all(|pair| pair[1] - pair[0] == 10), "windows tile the stream");
        assert_ne!(first, second);
    }

    #[test]
    fn a_window_has_one_token_more_than_it_reads() {
        let stream = stream(11, 10, 3);
        assert!(stream.windows(5).iter().all(|window| *window == (0..11).collect::<Vec<u32>>()));
        let recipe = Recipe { context_tokens: 11, ..Recipe::quickstart() };
        assert!(Stream::new((0..11).collect(), &recipe).is_err());
    }

    #[test]
    fn repositories_are_put_together_in_the_order_of_their_first_file() {
        let document = |repository: &str, text: &str| Document { repository: repository.into(), text: text.into() };
        let documents = [document("b", "1"), document("a", "2"), document("b", "3"), document("a", "4")];
        let texts: Vec<&str> = grouped(&documents).iter().map(|document| document.text.as_str()).collect();
        assert_eq!(texts, ["1", "3", "2", "4"]);
    }
}
