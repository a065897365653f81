//! The training stream: in every epoch the files of each repository are shuffled, joined, and cut into windows.
//!
//! Shuffling puts every file next to every other of its repository sooner or later, so a test is read after whatever
//! production code decides its answer, as a prompt with retrieved code is.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use bench::Seed;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use rayon::prelude::*;

use super::{Document, Recipe};
use crate::error::{Error, Result};
use crate::tokenizer::Tokenizer;

/// All tokens, and how they are cut. What a step reads depends on the step alone.
#[derive(Debug)]
pub(super) struct Stream {
    /// Per repository its files, each with the end-of-sequence token.
    repositories: Vec<Vec<Vec<u32>>>,
    tokens: usize,
    /// Tokens read by a window; it has one more, to be predicted.
    columns: usize,
    rows: usize,
    seed: Seed,
    /// The epoch last asked for: steps come in order.
    current: RefCell<Option<Rc<Epoch>>>,
}

/// One pass over all files.
#[derive(Debug)]
struct Epoch {
    number: usize,
    ids: Vec<u32>,
    /// Where windows begin, in the order in which they are read.
    starts: Vec<usize>,
}

impl Stream {
    /// Encodes `documents`, repositories in the order in which they first appear.
    ///
    /// # Errors
    /// [`Error::Option`] if they are fewer tokens than a window.
    pub(super) fn pack(documents: &[Document], tokenizer: &Tokenizer, recipe: &Recipe) -> Result<Self> {
        let seed = recipe.seed.derive("cuts");
        let encode = |(index, document): (usize, &Document)| -> Result<Vec<u32>> {
            let mut rng = seed.chunk(index as u64).rng();
            let mut ids = Vec::new();
            for piece in pieces(&document.text, recipe.cut_rate, &mut rng) {
                ids.extend(tokenizer.encode(piece)?);
            }
            ids.push(tokenizer.eos());
            Ok(ids)
        };
        let encoded: Vec<Vec<u32>> = documents.par_iter().enumerate().map(encode).collect::<Result<_>>()?;
        let mut ranks = BTreeMap::new();
        let mut repositories: Vec<Vec<Vec<u32>>> = Vec::new();
        for (document, ids) in documents.iter().zip(encoded) {
            let rank = *ranks.entry(&document.repository).or_insert(repositories.len());
            repositories.resize(repositories.len().max(rank + 1), Vec::new());
            repositories[rank].push(ids);
        }
        Self::new(repositories, recipe)
    }

    fn new(repositories: Vec<Vec<Vec<u32>>>, recipe: &Recipe) -> Result<Self> {
        let columns = recipe.context_tokens as usize;
        let tokens = repositories.iter().flatten().map(Vec::len).sum();
        if tokens <= columns {
            let reason = format!("the documents have only {tokens} tokens, one window needs one more than that");
            return Err(Error::option("context_tokens", columns, reason));
        }
        let (rows, seed) = (recipe.batch_rows as usize, recipe.seed.derive("windows"));
        Ok(Self { repositories, tokens, columns, rows, seed, current: RefCell::new(None) })
    }

    /// Tokens of all documents.
    pub(super) fn len(&self) -> usize {
        self.tokens
    }

    /// The windows of a step.
    pub(super) fn windows(&self, step: u64) -> Vec<Vec<u32>> {
        let first = usize::try_from(step).expect("because steps are counted in memory") * self.rows;
        let window = |index: usize| {
            let epoch = self.epoch(index / self.windows_per_epoch());
            let start = epoch.starts[index % self.windows_per_epoch()];
            epoch.ids[start..=start + self.columns].to_vec()
        };
        (first..first + self.rows).map(window).collect()
    }

    fn windows_per_epoch(&self) -> usize {
        (self.tokens - 1) / self.columns
    }

    fn epoch(&self, number: usize) -> Rc<Epoch> {
        let mut current = self.current.borrow_mut();
        match current.as_ref() {
            Some(epoch) if epoch.number == number => Rc::clone(epoch),
            _ => Rc::clone(current.insert(Rc::new(self.shuffled(number)))),
        }
    }

    fn shuffled(&self, number: usize) -> Epoch {
        let mut rng = self.seed.chunk(number as u64).rng();
        let mut repositories: Vec<&Vec<Vec<u32>>> = self.repositories.iter().collect();
        shuffle(&mut repositories, &mut rng);
        let mut ids = Vec::with_capacity(self.tokens);
        for repository in repositories {
            let mut files: Vec<&Vec<u32>> = repository.iter().collect();
            shuffle(&mut files, &mut rng);
            for file in files {
                ids.extend(file);
            }
        }
        let mut starts: Vec<usize> = (0..self.windows_per_epoch()).map(|window| window * self.columns).collect();
        shuffle(&mut starts, &mut rng);
        Epoch { number, ids, starts }
    }
}

/// Cuts `text` at random after characters that end no word, each with probability `rate`.
///
/// Prompts end in the middle of a line, and prompt and answer are encoded apart (M6). A model that has only seen texts
/// encoded whole has never seen the tokens that arise there: after `== ` it does not expect a quotation mark, because
/// space and mark are one token in every text.
fn pieces<'a>(text: &'a str, rate: f64, rng: &mut ChaCha8Rng) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before = '\n';
    for (place, character) in text.char_indices() {
        let may_cut = !before.is_alphanumeric() && before != '_' && before != '\n' && !character.is_whitespace();
        if may_cut && uniform(rng) < rate {
            pieces.push(&text[start..place]);
            start = place;
        }
        before = character;
    }
    pieces.push(&text[start..]);
    pieces
}

/// From 0 to 1, 1 excluded.
fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// The shuffle of Fisher and Yates.
fn shuffle<T>(items: &mut [T], rng: &mut ChaCha8Rng) {
    for last in (1..items.len()).rev() {
        // The bias is below 2⁻³² for every list that fits in memory.
        let other = (u128::from(rng.next_u64()) * (last as u128 + 1)) >> 64;
        items.swap(last, usize::try_from(other).expect("because it is below the length"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files of ten tokens each: token = 100 · repository + file, in `repositories` repositories of `files` files.
    fn stream(repositories: u32, files: u32, columns: u32, rows: u32) -> Stream {
        let recipe = Recipe { context_tokens: columns, batch_rows: rows, ..Recipe::quickstart() };
        let file = |repository, file| vec![100 * repository + file; 10];
        let of = |repository| (0..files).map(|index| file(repository, index)).collect();
        Stream::new((0..repositories).map(of).collect(), &recipe).unwrap()
    }

    #[test]
    fn an_epoch_reads_every_window_once_and_the_next_orders_files_anew() {
        let stream = stream(5, 8, 10, 3);
        assert_eq!((stream.len(), stream.windows_per_epoch()), (400, 39));
        let epoch = |number: u64| -> Vec<u32> {
            (number * 13..(number + 1) * 13).flat_map(|step| stream.windows(step)).map(|window| window[0]).collect()
        };
        let (first, second) = (epoch(0), epoch(1));
        assert_ne!(first, second);
        assert_eq!(epoch(0), first, "a step reads the same whenever it is asked for");
        let distinct: std::collections::BTreeSet<&u32> = first.iter().collect();
        assert_eq!(distinct.len(), 39, "a window begins with each file but the last");
    }

    #[test]
    fn files_of_a_repository_stay_together() {
        let stream = stream(5, 8, 10, 3);
        let ids = &stream.epoch(3).ids;
        let order: Vec<u32> = ids.iter().map(|id| id / 100).collect();
        assert_eq!(order.windows(2).filter(|pair| pair[0] != pair[1]).count(), 4);
        assert!(!ids.is_sorted());
    }

    #[test]
    fn a_window_has_one_token_more_than_it_reads() {
        let stream = stream(1, 2, 19, 3);
        assert!(stream.windows(5).iter().all(|window| window.len() == 20));
        let recipe = Recipe { context_tokens: 10, ..Recipe::quickstart() };
        assert!(Stream::new(vec![vec![vec![1; 10]]], &recipe).is_err());
    }

    #[test]
    fn cuts_fall_where_prompts_end() {
        let text = "    assert total(x_1) == \"é\"\n\n# end";
        let mut rng = Seed(1).rng();
        let all = pieces(text, 1.0, &mut rng);
        assert_eq!(all, ["    ", "assert ", "total(", "x_1)", " =", "= ", "\"", "é\"\n\n# ", "end"]);
        assert_eq!(pieces(text, 0.0, &mut rng), [text]);
        assert_eq!(pieces(text, 0.4, &mut rng).concat(), text);
        assert_eq!(pieces("", 1.0, &mut rng), [""]);
    }
}
