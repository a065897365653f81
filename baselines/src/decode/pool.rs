//! The sequences that go on, after guesses have answered what they could.

use tch::Tensor;

use super::choose::{Choice, choose};
use super::lane::Lane;
use super::read::Row;
use super::{DecodeOptions, Decoded};
use crate::adapter::RowAdapters;
use crate::error::Result;
use crate::model::{Cache, Input, Layout, Positions, Qwen2, size};

/// Sequences in rows of one cache. All rows have equally many columns; each sequence knows which are its own.
pub(super) struct Pool {
    cache: Option<Cache>,
    rows: Vec<Vec<Lane>>,
}

/// What a sequence reads in a step: its last choice and a guess.
struct Segment {
    tokens: Vec<u32>,
    /// Its first column among the new ones of its row.
    start: usize,
}

impl Pool {
    /// The sequences of `rows`, each of which has at least one.
    pub(super) fn new(rows: Vec<Row>) -> Self {
        let mut parts = Vec::new();
        let mut lanes = Vec::new();
        for mut row in rows {
            let live = live(&row.lanes);
            narrow(&mut row.lanes, &live);
            parts.push((row.cache, live.iter().map(|&column| size(column)).collect()));
            lanes.push(row.lanes);
        }
        let mut pool = Self { cache: (!parts.is_empty()).then(|| Cache::join(parts)), rows: lanes };
        pool.fill();
        pool
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Reads the last choice of each sequence and makes the next; returns the answers that are complete by that.
    pub(super) fn step(&mut self, model: &Qwen2, options: &DecodeOptions) -> Result<Vec<(usize, Decoded)>> {
        let segments: Vec<Vec<Segment>> = self.rows.iter_mut().map(|lanes| segments(lanes, options)).collect();
        let before = self.columns();
        let choices = self.read(model, &segments, options)?;
        let mut choices = choices.iter();
        let mut finished = Vec::new();
        let mut kept: Vec<Vec<usize>> = Vec::new();
        for (lanes, segments) in self.rows.iter_mut().zip(&segments) {
            let mut columns = Vec::new();
            let mut going = Vec::new();
            for (mut lane, segment) in lanes.drain(..).zip(segments) {
                let chosen: Vec<Choice> = choices.by_ref().take(segment.tokens.len()).copied().collect();
                let (read, stop) = accept(model, &mut lane, segment, &chosen, options)?;
                if let Some(stop) = stop {
                    finished.push(lane.into_decoded(stop));
                } else {
                    going.push((lane, columns.len()..columns.len() + read));
                    columns.extend((segment.start..segment.start + read).map(|column| before + column));
                }
            }
            for (mut lane, own) in going {
                lane.seen.resize(before + columns.len(), false);
                lane.seen[before + own.start..before + own.end].fill(true);
                lanes.push(lane);
            }
            kept.push(columns);
        }
        self.keep(before, kept);
        Ok(finished)
    }

    /// Columns of the cache.
    fn columns(&self) -> usize {
        self.cache.as_ref().map_or(0, |cache| usize::try_from(cache.len()).expect("because a length is not negative"))
    }

    /// The choices after each token of `segments`, in their order.
    fn read(&mut self, model: &Qwen2, segments: &[Vec<Segment>], options: &DecodeOptions) -> Result<Vec<Choice>> {
        let past = self.columns();
        let width = segments.iter().map(|row| row.last().map_or(0, Segment::end)).max().unwrap_or(0);
        let (mut ids, mut positions) = (vec![0_i64; self.rows.len() * width], vec![0_i64; self.rows.len() * width]);
        let mut visible = vec![false; self.rows.len() * width * (past + width)];
        let mut asked = Vec::new();
        for (row, (lanes, segments)) in self.rows.iter().zip(segments).enumerate() {
            for (lane, segment) in lanes.iter().zip(segments) {
                for (offset, &token) in segment.tokens.iter().enumerate() {
                    let query = row * width + segment.start + offset;
                    ids[query] = i64::from(token);
                    positions[query] = size(lane.sequence.len() - 1 + offset);
                    asked.push(size(query));
                    let sight = &mut visible[query * (past + width)..][..past + width];
                    sight[..past].copy_from_slice(&lane.seen);
                    sight[past + segment.start..=past + segment.start + offset].fill(true);
                }
            }
            // What fills up a row sees itself: a softmax over nothing is not a number.
            for column in segments.last().map_or(0, Segment::end)..width {
                visible[(row * width + column) * (past + width) + past + column] = true;
            }
        }
        let (rows, width, keys) = (size(self.rows.len()), size(width), size(past + width));
        let place = |values: &[i64]| Tensor::from_slice(values).view([rows, width]).to_device(model.device());
        let visible = Tensor::from_slice(&visible).view([rows, 1, width, keys]).to_device(model.device());
        let layout = Layout::Tree { positions: &place(&positions), visible: &visible };
        let asked = Tensor::from_slice(&asked).to_device(model.device());
        let adapters = RowAdapters::new(self.rows.iter().map(|lanes| lanes[0].adapter.as_ref()));
        let ids = place(&ids);
        let input =
            Input { ids: &ids, layout, positions: Positions::At(&asked), adapters: Some(&adapters), noise: None };
        let cache = self.cache.as_mut().expect("because there are rows");
        cache.reserve(width);
        let hidden = model.hidden(&input, Some(cache));
        choose(model, &hidden, options, self.rows[0][0].new_tokens())
    }

    /// Keeps, behind the first `before` columns, those that `kept` names for each row; drops what nobody sees any more.
    fn keep(&mut self, before: usize, mut kept: Vec<Vec<usize>>) {
        let going: Vec<usize> = (0..self.rows.len()).filter(|&row| !self.rows[row].is_empty()).collect();
        let all = self.rows.len();
        self.rows.retain(|lanes| !lanes.is_empty());
        let Some(cache) = self.cache.as_mut().filter(|_| !self.rows.is_empty()) else { return };
        if going.len() < all {
            cache.keep_rows(&going.iter().map(|&row| size(row)).collect::<Vec<_>>());
            kept = going.iter().map(|&row| std::mem::take(&mut kept[row])).collect();
        }
        gather(cache, before, kept);
        self.fill();
        self.tidy();
    }

    /// Lets every sequence know that it sees nothing of the columns that fill up its row.
    fn fill(&mut self) {
        let columns = self.columns();
        self.rows.iter_mut().flatten().for_each(|lane| lane.seen.resize(columns, false));
    }

    /// Drops the columns of finished sequences once they are a quarter of all.
    fn tidy(&mut self) {
        let live: Vec<Vec<usize>> = self.rows.iter().map(|lanes| live(lanes)).collect();
        let width = live.iter().map(Vec::len).max().unwrap_or(0);
        if width * 4 > self.columns() * 3 {
            return;
        }
        for (lanes, live) in self.rows.iter_mut().zip(&live) {
            narrow(lanes, live);
        }
        let cache = self.cache.as_mut().expect("because there are rows");
        gather(cache, 0, live);
        self.fill();
    }
}

impl Segment {
    fn end(&self) -> usize {
        self.start + self.tokens.len()
    }
}

fn segments(lanes: &mut [Lane], options: &DecodeOptions) -> Vec<Segment> {
    let mut start = 0;
    let next = |lane: &mut Lane| {
        let segment = Segment { tokens: lane.next(options), start };
        start = segment.end();
        segment
    };
    lanes.iter_mut().map(next).collect()
}

/// Adds to `lane` what the model chose, as far as the guesses of `segment` were right: how many of its tokens are now
/// part of the sequence, and why it ends, if it does.
fn accept(
    model: &Qwen2,
    lane: &mut Lane,
    segment: &Segment,
    chosen: &[Choice],
    options: &DecodeOptions,
) -> Result<(usize, Option<bench::Stop>)> {
    let guessed = segment.tokens.len() - 1;
    let mut read = 0;
    loop {
        let id = chosen[read].settle(model, lane, options)?;
        read += 1;
        let stop = lane.push(id, options);
        if stop.is_some() || segment.tokens.get(read) != Some(&id) {
            lane.lookup.learn(guessed, read - 1);
            return Ok((read, stop));
        }
    }
}

/// The columns that any of `lanes` sees.
fn live(lanes: &[Lane]) -> Vec<usize> {
    let width = lanes.iter().map(|lane| lane.seen.len()).max().unwrap_or(0);
    (0..width).filter(|&column| lanes.iter().any(|lane| lane.seen[column])).collect()
}

/// Lets `lanes` see only `columns` of what they saw, in that order.
fn narrow(lanes: &mut [Lane], columns: &[usize]) {
    for lane in lanes {
        lane.seen = columns.iter().map(|&column| lane.seen[column]).collect();
    }
}

/// Keeps, behind the first `start` columns, the named ones of each row, the rows filled up to one length with a column
/// that nobody sees there.
fn gather(cache: &mut Cache, start: usize, mut columns: Vec<Vec<usize>>) {
    let width = columns.iter().map(Vec::len).max().unwrap_or(0);
    let same = |row: &Vec<usize>| row.iter().copied().eq(start..start + width);
    if size(start + width) == cache.len() && columns.iter().all(same) {
        return;
    }
    columns.iter_mut().for_each(|row| row.resize(width, start));
    let columns: Vec<Vec<i64>> = columns.iter().map(|row| row.iter().map(|&column| size(column)).collect()).collect();
    cache.keep_columns(size(start), &columns);
}
