//! The training stream: in every epoch the documents of each repository are shuffled, joined, and cut into windows.
//!
//! Shuffling puts every document next to every other of its repository sooner or later, so a test is read after whatever
//! production code decides its answer, as a prompt with retrieved code is. A window begins with the document that did
//! not fit whole into the window before, so that what belongs together is read together.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use bench::Seed;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::{Document, Recipe};
use crate::draw::{shuffle, uniform};
use crate::error::{Error, Result};
use crate::tokenizer::Tokenizer;

/// All tokens, and how they are cut. What a step reads depends on the step alone.
#[derive(Debug)]
pub(super) struct Stream {
    /// Per repository its documents, each with the end-of-sequence token.
    repositories: Vec<Vec<Vec<u32>>>,
    tokens: usize,
    /// Tokens read by a window; it has one more, to be predicted.
    columns: usize,
    rows: usize,
    seed: Seed,
    /// The epoch last asked for: steps come in order.
    current: RefCell<Option<Rc<Epoch>>>,
}

/// One pass over all documents.
#[derive(Debug)]
struct Epoch {
    number: u64,
    /// Windows of all epochs before.
    first: usize,
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
            let (text, answer) = document.text.split_at(document.answer.unwrap_or(document.text.len()));
            for piece in pieces(text, recipe.cut_rate, &mut rng).into_iter().chain([answer]) {
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
            let epoch = self.epoch_of(index);
            let start = epoch.starts[index - epoch.first];
            epoch.ids[start..=start + self.columns].to_vec()
        };
        (first..first + self.rows).map(window).collect()
    }

    /// The epoch that holds window `index`, found by going on from the one last asked for.
    fn epoch_of(&self, index: usize) -> Rc<Epoch> {
        let mut current = self.current.borrow_mut();
        let mut epoch = match current.take() {
            Some(epoch) if epoch.first <= index => epoch,
            _ => Rc::new(self.epoch(0, 0)),
        };
        while index >= epoch.first + epoch.starts.len() {
            epoch = Rc::new(self.epoch(epoch.number + 1, epoch.first + epoch.starts.len()));
        }
        Rc::clone(current.insert(epoch))
    }

    fn epoch(&self, number: u64, first: usize) -> Epoch {
        let mut rng = self.seed.chunk(number).rng();
        let mut repositories: Vec<&Vec<Vec<u32>>> = self.repositories.iter().collect();
        shuffle(&mut repositories, &mut rng);
        let mut ids = Vec::with_capacity(self.tokens);
        let mut ends = Vec::new();
        for repository in repositories {
            let mut documents: Vec<&Vec<u32>> = repository.iter().collect();
            shuffle(&mut documents, &mut rng);
            for document in documents {
                ids.extend(document);
                ends.push(ids.len());
            }
        }
        let mut starts = starts(&ends, self.columns);
        shuffle(&mut starts, &mut rng);
        Epoch { number, first, ids, starts }
    }
}

/// Where windows of `columns + 1` tokens begin in a stream whose documents end at `ends`: at the first document that
/// the window before does not hold whole, or, if that document is longer than a window, where the window before ends.
fn starts(ends: &[usize], columns: usize) -> Vec<usize> {
    let total = ends.last().copied().unwrap_or(0);
    let mut starts = Vec::new();
    let mut start = 0;
    while start + columns + 1 < total {
        starts.push(start);
        let stop = start + columns + 1;
        let whole = ends[..ends.partition_point(|&end| end <= stop)].last().copied().unwrap_or(0);
        start = if whole > start { whole } else { stop - 1 };
    }
    // The last window ends with the stream.
    starts.push(total - columns - 1);
    starts
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Documents of ten tokens each, 100 · repository + document, in `repositories` repositories.
    fn stream(repositories: u32, documents: u32, columns: u32, rows: u32) -> Stream {
        let recipe = Recipe { context_tokens: columns, batch_rows: rows, ..Recipe::quickstart() };
        let document = |repository, document| vec![100 * repository + document; 10];
        let of = |repository| (0..documents).map(|index| document(repository, index)).collect();
        Stream::new((0..repositories).map(of).collect(), &recipe).unwrap()
    }

    #[test]
    fn windows_begin_with_documents_and_hold_them_whole() {
        assert_eq!(starts(&[10, 20, 30, 40, 50], 24), [0, 20, 25], "25 tokens: two documents and a half");
        assert_eq!(starts(&[10, 20, 30, 40], 9), [0, 10, 20, 30]);
        assert_eq!(starts(&[40, 45, 60], 14), [0, 14, 28, 40, 45], "a long document is continued where it was cut");
        assert_eq!(starts(&[11], 10), [0]);
    }

    #[test]
    fn an_epoch_reads_every_document_and_the_next_orders_them_anew() {
        let stream = stream(5, 8, 19, 3);
        let epochs = [stream.epoch(0, 0), stream.epoch(1, 20)];
        for epoch in &epochs {
            let mut read: Vec<u32> =
                epoch.starts.iter().flat_map(|&start| [epoch.ids[start], epoch.ids[start + 10]]).collect();
            read.sort_unstable();
            let all: Vec<u32> = (0..5).flat_map(|repository| (0..8).map(move |file| 100 * repository + file)).collect();
            assert_eq!(read, all);
            let order: Vec<u32> = epoch.ids.iter().map(|id| id / 100).collect();
            assert_eq!(order.windows(2).filter(|pair| pair[0] != pair[1]).count(), 4, "repositories stay together");
        }
        assert_ne!(epochs[0].ids, epochs[1].ids);
        assert!(!epochs[0].starts.is_sorted(), "windows are shuffled");
    }

    #[test]
    fn a_step_reads_the_same_whenever_it_is_asked_for() {
        let forwards = stream(5, 8, 19, 3);
        let read: Vec<Vec<Vec<u32>>> = (0..30).map(|step| forwards.windows(step)).collect();
        let backwards = stream(5, 8, 19, 3);
        for step in (0..30).rev() {
            assert_eq!(backwards.windows(step as u64), read[step]);
        }
        assert!(read.iter().flatten().all(|window| window.len() == 20));
        let recipe = Recipe { context_tokens: 10, ..Recipe::quickstart() };
        assert!(Stream::new(vec![vec![vec![1; 10]]], &recipe).is_err());
    }

    #[test]
    fn cuts_fall_where_prompts_end() {
        let text = "    assert total(x_1) == \"é\"\n\n# end";
        let mut rng = Seed(1).rng();
        let all = pieces(text, 1.0, &mut rng);
        assert_eq!(all, ["    ", "assert ", "total(", "x_1) ", "=", "= ", "\"", "é\"\n\n# ", "end"]);
        assert_eq!(pieces(text, 0.0, &mut rng), [text]);
        assert_eq!(pieces(text, 0.4, &mut rng).concat(), text);
        assert_eq!(pieces("", 1.0, &mut rng), [""]);
    }
}
