//! What is read together: a function of prompts and options alone, so that a run that is continued decodes the same
//! batches.

use std::cmp::Reverse;
use std::rc::Rc;

use super::trie::shared;
use super::{DecodeOptions, Opening};
use crate::adapter::Adapter;

/// How many pairs of query and key cost as much as one more column. In a tree every query is held against columns that
/// it does not see, so sharing few columns of a large tree does not pay. Our choice: 3,000 at a width of 512 with the
/// MLP three times as wide; larger models would bear more.
const PAIRS_PER_COLUMN: usize = 3000;

/// Prompts that make one tree, as indices into the openings, in the order of their tokens.
#[derive(Debug)]
struct Tree {
    members: Vec<usize>,
    /// Tokens of prompts and guesses, shared ones once.
    read: usize,
}

impl Tree {
    /// Columns of its row at most, all completions included.
    fn columns(&self, options: &DecodeOptions) -> usize {
        self.read + self.members.len() * options.max_new_tokens
    }
}

/// Groups `openings` for decoding: batch, tree (a row of the cache), prompts that share it (indices into `openings`).
/// A tree has one adapter, a batch may have several. Batches of many and long rows come first, so that memory that is too small shows early.
pub(crate) fn batches(openings: &[Opening], options: &DecodeOptions) -> Vec<Vec<Vec<usize>>> {
    let mut trees = trees(openings, options);
    let rank = |tree: &Tree| (Reverse(tree.members.len()), Reverse(tree.columns(options)));
    // A stable sort: equal ones stay in the order of their tokens.
    trees.sort_by_key(rank);
    let mut batches: Vec<Batch> = Vec::new();
    for tree in trees {
        let columns = tree.columns(options);
        match batches.last_mut().filter(|batch| batch.fits(&tree, columns, options)) {
            Some(batch) => batch.add(tree, columns),
            None => batches.push(Batch { widest: columns, lanes: tree.members.len(), trees: vec![tree.members] }),
        }
    }
    batches.into_iter().map(|batch| batch.trees).collect()
}

struct Batch {
    widest: usize,
    lanes: usize,
    trees: Vec<Vec<usize>>,
}

impl Batch {
    fn fits(&self, tree: &Tree, columns: usize, options: &DecodeOptions) -> bool {
        let (rows, widest) = (self.trees.len() + 1, self.widest.max(columns));
        self.lanes + tree.members.len() <= options.batch_rows && rows * widest <= options.batch_tokens
    }

    fn add(&mut self, tree: Tree, columns: usize) {
        self.widest = self.widest.max(columns);
        self.lanes += tree.members.len();
        self.trees.push(tree.members);
    }
}

/// The trees of `openings`: neighbours in the order of their tokens, where that saves work.
fn trees(openings: &[Opening], options: &DecodeOptions) -> Vec<Tree> {
    let kinds = kinds(openings);
    let mut order: Vec<usize> = (0..openings.len()).collect();
    order.sort_by_key(|&index| (kinds[index], &openings[index].prompt, index));
    let mut trees: Vec<Tree> = Vec::new();
    for index in order {
        let opening = &openings[index];
        let guessed: usize = opening.guesses.iter().map(Vec::len).sum();
        let own = opening.prompt.len() + guessed;
        if let Some(tree) = trees.last_mut().filter(|_| options.share) {
            let before = tree.members[tree.members.len() - 1];
            // In this order nothing in the tree begins like the prompt for longer than its neighbour.
            let start =
                if kinds[before] == kinds[index] { shared(&openings[before].prompt, &opening.prompt) } else { 0 };
            if pays(tree, start, own - start, options) {
                tree.members.push(index);
                tree.read += own - start;
                continue;
            }
        }
        trees.push(Tree { members: vec![index], read: own });
    }
    trees
}

/// Whether a prompt that shares `start` columns with `tree` and adds `fresh` ones should join it.
fn pays(tree: &Tree, start: usize, fresh: usize, options: &DecodeOptions) -> bool {
    let foreign = tree.read - start;
    let columns = tree.columns(options) + fresh + options.max_new_tokens;
    start.saturating_mul(PAIRS_PER_COLUMN) > (fresh + options.max_new_tokens).saturating_mul(foreign)
        && columns <= options.batch_tokens
        && tree.members.len() < options.batch_rows
}

/// A number for the adapter of each opening, equal for the same one.
fn kinds(openings: &[Opening]) -> Vec<usize> {
    let mut known: Vec<Option<*const Adapter>> = Vec::new();
    let mut kind = |opening: &Opening| {
        let adapter = opening.adapter.as_ref().map(Rc::as_ptr);
        known.iter().position(|&other| other == adapter).unwrap_or_else(|| {
            known.push(adapter);
            known.len() - 1
        })
    };
    openings.iter().map(&mut kind).collect()
}
