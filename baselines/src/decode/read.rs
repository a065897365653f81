//! The first pass over a tree of prompts: every token once, and as many answers as guesses give.

use tch::Tensor;

use super::choose::{Choice, choose};
use super::judge::{self, Judged};
use super::lane::Lane;
use super::trie::Trie;
use super::{DecodeOptions, Decoded, Opening};
use crate::adapter::RowAdapters;
use crate::error::Result;
use crate::model::{Cache, Input, Layout, Positions, Qwen2, size};

/// Columns behind the trunk that are read at a time: bounds the mask.
const CHUNK_COLUMNS: usize = 1024;

/// A tree that has been read.
pub(super) struct Row {
    /// One row, all columns of the tree.
    pub(super) cache: Cache,
    /// The sequences that go on. They see columns of the cache.
    pub(super) lanes: Vec<Lane>,
    /// The answers that are complete.
    pub(super) finished: Vec<(usize, Decoded)>,
    /// What the model says to the completions it was given, where it was asked.
    pub(super) judged: Vec<(usize, Judged)>,
}

/// Completions to be judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    /// One for each opening, at least one token long, and the first of its guesses.
    pub(super) targets: &'a [Vec<u32>],
    /// The end of sequence.
    pub(super) eos: u32,
    /// Whether prompts are also continued.
    pub(super) complete: bool,
}

/// Reads the prompts that `members` names with their guesses, and accepts of each what the model would have chosen.
pub(super) fn read(
    model: &Qwen2,
    openings: &[Opening],
    members: &[usize],
    options: &DecodeOptions,
    given: Option<Given<'_>>,
) -> Result<Row> {
    let chosen: Vec<&Opening> = members.iter().map(|&member| &openings[member]).collect();
    let (trie, ends) = Trie::of(&chosen);
    let mut reading = Reading::new(model, trie, chosen[0]);
    let cache = reading.pass(model);
    let mut row = Row { cache, lanes: Vec::new(), finished: Vec::new(), judged: Vec::new() };
    if let Some(given) = given {
        row.judged = reading.judge(model, members, &ends, given)?;
        if !given.complete {
            return Ok(row);
        }
    }
    let expected: Vec<usize> = reading.trie.expected(&chosen, &ends).into_iter().collect();
    reading.choose(model, &expected, options)?;
    for (&member, &end) in members.iter().zip(&ends) {
        let mut lane = Lane::new(member, &openings[member]);
        let mut node = end;
        let stop = loop {
            let id = reading.choice(model, node, options)?.settle(model, &lane, options)?;
            if let Some(stop) = lane.push(id, options) {
                break Some(stop);
            }
            match reading.trie.child(node, id).filter(|_| options.draft.given()) {
                Some(child) => node = child,
                None => break None,
            }
        };
        match stop {
            Some(stop) => row.finished.push(lane.into_decoded(stop)),
            None => {
                lane.seen = reading.sight(node, reading.trie.len());
                row.lanes.push(lane);
            }
        }
    }
    Ok(row)
}

struct Reading {
    trie: Trie,
    adapters: RowAdapters,
    /// Nodes by column, and columns by node.
    order: Vec<usize>,
    columns: Vec<usize>,
    /// Columns before the first branch; node and column are one sequence.
    trunk: usize,
    /// By column, in pieces: [columns, D].
    hidden: Tensor,
    /// By node.
    choices: Vec<Option<Choice>>,
}

impl Reading {
    /// The reading of `trie`, all of it with the adapter of `any` of its prompts.
    fn new(model: &Qwen2, trie: Trie, any: &Opening) -> Self {
        let (order, trunk) = trie.reading_order();
        let mut columns = vec![0; order.len()];
        order.iter().enumerate().for_each(|(column, &node)| columns[node] = column);
        let choices = vec![None; order.len()];
        let hidden = Tensor::empty([0, model.config().hidden_size], (model.kind(), model.device()));
        let adapters = RowAdapters::new([any.adapter.as_ref()]);
        Self { trie, adapters, order, columns, trunk, hidden, choices }
    }

    /// Reads all columns: the trunk as one sequence, which needs no mask, then the branches.
    fn pass(&mut self, model: &Qwen2) -> Cache {
        let mut cache = Cache::new(model.config(), 1, size(self.order.len()), model.kind(), model.device());
        let mut pieces = vec![self.piece(model, 0..self.trunk, Layout::Left(&[0]), &mut cache)];
        for start in (self.trunk..self.order.len()).step_by(CHUNK_COLUMNS) {
            let part = start..(start + CHUNK_COLUMNS).min(self.order.len());
            let depths: Vec<i64> = self.order[part.clone()].iter().map(|&node| size(self.trie.depth(node))).collect();
            let sights: Vec<bool> =
                self.order[part.clone()].iter().flat_map(|&node| self.sight(node, part.end)).collect();
            let positions = Tensor::from_slice(&depths).view([1, -1]).to_device(model.device());
            let visible =
                Tensor::from_slice(&sights).view([1, 1, size(part.len()), size(part.end)]).to_device(model.device());
            let layout = Layout::Tree { positions: &positions, visible: &visible };
            pieces.push(self.piece(model, part, layout, &mut cache));
        }
        self.hidden = Tensor::cat(&pieces, 0);
        cache
    }

    /// Reads some columns: [columns, D].
    fn piece(&self, model: &Qwen2, part: std::ops::Range<usize>, layout: Layout<'_>, cache: &mut Cache) -> Tensor {
        let ids: Vec<i64> = self.order[part].iter().map(|&node| i64::from(self.trie.token(node))).collect();
        let ids = Tensor::from_slice(&ids).unsqueeze(0).to_device(model.device());
        let input = Input { ids: &ids, layout, positions: Positions::All, adapters: Some(&self.adapters), noise: None };
        // [1, T, D] -> [T, D]
        model.hidden(&input, Some(cache)).squeeze_dim(0)
    }

    /// For each of the first `width` columns, whether `node` sees it.
    fn sight(&self, node: usize, width: usize) -> Vec<bool> {
        let mut seen = vec![false; width];
        for node in self.trie.back(node) {
            let column = self.columns[node];
            if column < self.trunk {
                seen[..=column].fill(true);
                break;
            }
            seen[column] = true;
        }
        seen
    }

    /// Makes the choices after each of `nodes`.
    fn choose(&mut self, model: &Qwen2, nodes: &[usize], options: &DecodeOptions) -> Result<()> {
        let columns: Vec<i64> = nodes.iter().map(|&node| size(self.columns[node])).collect();
        let columns = Tensor::from_slice(&columns).to_device(model.device());
        let choices = choose(model, &self.hidden.index_select(0, &columns), options, 0)?;
        nodes.iter().zip(choices).for_each(|(&node, choice)| self.choices[node] = Some(choice));
        Ok(())
    }

    /// What the model says to the targets of `members`, whose prompts end at `ends`.
    fn judge(
        &self,
        model: &Qwen2,
        members: &[usize],
        ends: &[usize],
        given: Given<'_>,
    ) -> Result<Vec<(usize, Judged)>> {
        let (mut columns, mut ids) = (Vec::new(), Vec::new());
        for (&member, &end) in members.iter().zip(ends) {
            let mut node = end;
            for &id in &given.targets[member] {
                columns.push(size(self.columns[node]));
                ids.push(i64::from(id));
                node = self.trie.child(node, id).expect("because targets are guesses, which are in the tree");
            }
            columns.push(size(self.columns[node]));
            ids.push(i64::from(given.eos));
        }
        let columns = Tensor::from_slice(&columns).to_device(model.device());
        let mut measured = judge::measure(model, &self.hidden.index_select(0, &columns), &ids)?.into_iter();
        let judged = |&member: &usize| {
            let own: Vec<(f64, i64)> = measured.by_ref().take(given.targets[member].len() + 1).collect();
            let (eos, target) = own.split_last().expect("because the end of sequence is measured");
            let nll = target.iter().map(|(nll, _)| nll).sum();
            (member, Judged { nll, eos_nll: eos.0, first_rank: u32::try_from(own[0].1).unwrap_or(u32::MAX) })
        };
        Ok(members.iter().map(judged).collect())
    }

    /// The choice after `node`.
    fn choice(&mut self, model: &Qwen2, node: usize, options: &DecodeOptions) -> Result<Choice> {
        if self.choices[node].is_none() {
            self.choose(model, &[node], options)?;
        }
        Ok(self.choices[node].expect("because it was just made"))
    }
}
