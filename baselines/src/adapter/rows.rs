//! Which adapter each row of a batch is read with, and what that adds to a linear map.

use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use bench::Seed;
use tch::{Device, Kind, Tensor};

use super::{Adapter, AdapterStack, BranchInput, Module, Pair};
use crate::error::{Error, Result};
use crate::model::size;

/// The adapters of the rows of a batch: neighbouring rows with one adapter form a run.
#[derive(Debug, Clone, Default)]
pub struct RowAdapters {
    runs: Vec<Run>,
    /// Adapters of one shape in place of runs: the rows are then multiplied together.
    stack: Option<Rc<Stacked>>,
    dropout: Option<Dropout>,
}

/// Rows that are read with adapters of one stack.
#[derive(Debug)]
struct Stacked {
    adapters: Rc<AdapterStack>,
    /// The adapter of each row: [B] i64.
    index: Tensor,
}

/// Random zeroes in what a branch reads, for training (M54): the same for equal seeds.
#[derive(Debug, Clone, Copy)]
struct Dropout {
    rate: f64,
    seed: Seed,
}

#[derive(Debug, Clone)]
struct Run {
    /// The first row.
    start: i64,
    /// How many rows.
    rows: i64,
    adapter: Option<Rc<Adapter>>,
}

impl RowAdapters {
    /// Every one of `rows` rows is read with `adapter`.
    pub fn same(adapter: &Rc<Adapter>, rows: usize) -> Self {
        Self { runs: vec![Run { start: 0, rows: size(rows), adapter: Some(Rc::clone(adapter)) }], ..Self::default() }
    }

    /// The same adapters, of whose inputs a share of `rate` is zero and the rest is larger by 1 / (1 - rate) (M54). Every
    /// linear map of every layer draws from a stream of `seed` of its own, so that a layer that is computed twice draws
    /// twice the same.
    #[must_use]
    pub fn with_dropout(self, rate: f64, seed: Seed) -> Self {
        Self { dropout: (rate > 0.0).then_some(Dropout { rate, seed }), ..self }
    }

    /// The adapter of each row; none leaves the row to the base model.
    pub fn new<'a>(rows: impl IntoIterator<Item = Option<&'a Rc<Adapter>>>) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        for (row, adapter) in rows.into_iter().enumerate() {
            match runs.last_mut() {
                Some(run) if same(run.adapter.as_ref(), adapter) => run.rows += 1,
                _ => runs.push(Run { start: size(row), rows: 1, adapter: adapter.cloned() }),
            }
        }
        Self { runs, ..Self::default() }
    }

    /// The adapter of each row, by its number in `adapters`.
    ///
    /// # Errors
    /// [`Error::Option`] if there are not so many.
    pub fn stacked(adapters: &Rc<AdapterStack>, rows: &[usize], device: Device) -> Result<Self> {
        if let Some(missing) = rows.iter().find(|&&row| row >= adapters.len()) {
            return Err(Error::option("adapter", missing, format!("there are {} of them", adapters.len())));
        }
        let index: Vec<i64> = rows.iter().map(|&row| size(row)).collect();
        let index = Tensor::from_slice(&index).to_device(device);
        Ok(Self { stack: Some(Rc::new(Stacked { adapters: Rc::clone(adapters), index })), ..Self::default() })
    }

    /// Whether every row is left to the base model.
    pub fn is_empty(&self) -> bool {
        self.stack.is_none() && self.runs.iter().all(|run| run.adapter.is_none())
    }

    /// How many rows there are.
    pub fn rows(&self) -> i64 {
        let stacked = self.stack.as_ref().map(|stack| stack.index.size()[0]);
        stacked.unwrap_or_else(|| self.runs.last().map_or(0, |run| run.start + run.rows))
    }

    /// The branch of `layer` for maps that read `x` ([B, T, in]). Maps with one input share it, so that the input is
    /// widened to f32 once (M53).
    pub(crate) fn at(&self, layer: usize, x: &Tensor) -> Option<Branch<'_>> {
        (!self.is_empty()).then(|| Branch { adapters: self, layer, x: x.to_kind(Kind::Float) })
    }
}

/// The low-rank branches of one layer for one input.
#[derive(Debug)]
pub struct Branch<'a> {
    adapters: &'a RowAdapters,
    layer: usize,
    /// [B, T, in] f32.
    x: Tensor,
}

impl Branch<'_> {
    /// `y` ([B, T, out]) with s·B·(A·x) added, which is computed in f32 and rounded to the kind of `y` before it is
    /// added (M49).
    pub(crate) fn add(&self, y: Tensor, module: Module) -> Tensor {
        if let Some(stack) = &self.adapters.stack {
            return match stack.adapters.pair(self.layer, module) {
                Some(pair) => &y + stack.change(pair, &self.input(module)).to_kind(y.kind()),
                None => y,
            };
        }
        let runs = &self.adapters.runs;
        if let [run] = &runs[..] {
            return match run.pair(self.layer, module) {
                Some((adapter, pair)) => &y + change(adapter, pair, &self.input(module)).to_kind(y.kind()),
                None => y,
            };
        }
        if runs.iter().all(|run| run.pair(self.layer, module).is_none()) {
            return y;
        }
        let input = self.input(module);
        let parts: Vec<Tensor> = runs
            .iter()
            .map(|run| {
                let part = y.narrow(0, run.start, run.rows);
                match run.pair(self.layer, module) {
                    Some((adapter, pair)) => {
                        let x = input.narrow(0, run.start, run.rows);
                        &part + change(adapter, pair, &x).to_kind(y.kind())
                    }
                    None => part,
                }
            })
            .collect();
        Tensor::cat(&parts, 0)
    }

    /// What the branch of `module` reads: [B, T, in] f32.
    fn input(&self, module: Module) -> Tensor {
        match self.adapters.dropout {
            None => self.x.shallow_clone(),
            Some(Dropout { rate, seed }) => {
                let seed = seed.chunk(self.layer as u64).derive(module.name());
                seeded(seed, || self.x.dropout(rate, true))
            }
        }
    }
}

/// Held while torch's generator is seeded and drawn from.
static GENERATOR: Mutex<()> = Mutex::new(());

/// What `draw` gives with torch's generator at `seed`. Torch has one generator for the process; nothing else draws from it,
/// and it is seeded before every draw, so what is drawn depends on the seed alone. `draw` may not be nested.
pub fn seeded<T>(seed: Seed, draw: impl FnOnce() -> T) -> T {
    let _alone = GENERATOR.lock().unwrap_or_else(PoisonError::into_inner);
    tch::manual_seed(seed.as_i64());
    draw()
}

impl Run {
    fn pair(&self, layer: usize, module: Module) -> Option<(&Adapter, &Pair)> {
        let adapter = self.adapter.as_deref()?;
        adapter.pair(layer, module).map(|pair| (adapter, pair))
    }
}

impl Stacked {
    /// s·B·(A·x) with the pair of each row: [B, T, in] -> [B, T, out].
    fn change(&self, pair: &Pair, x: &Tensor) -> Tensor {
        let x = match self.adapters.input() {
            BranchInput::Exact => x.shallow_clone(),
            BranchInput::Detached => x.detach(),
        };
        if self.adapters.len() == 1 {
            let narrow = x.linear(&pair.a.select(0, 0), None::<&Tensor>) * self.adapters.scale();
            return narrow.linear(&pair.b.select(0, 0), None::<&Tensor>);
        }
        // [B, R, in] and [B, out, R]
        let (a, b) = (pair.a.index_select(0, &self.index), pair.b.index_select(0, &self.index));
        let narrow = x.bmm(&a.transpose(1, 2)) * self.adapters.scale();
        narrow.bmm(&b.transpose(1, 2))
    }
}

/// s·B·(A·x): [B, T, in] -> [B, T, R] -> [B, T, out]. The scale goes to the narrow middle.
fn change(adapter: &Adapter, pair: &Pair, x: &Tensor) -> Tensor {
    let x = match adapter.input {
        BranchInput::Exact => x.shallow_clone(),
        BranchInput::Detached => x.detach(),
    };
    let narrow = x.linear(&pair.a, None::<&Tensor>) * adapter.scale;
    narrow.linear(&pair.b, None::<&Tensor>)
}

fn same(a: Option<&Rc<Adapter>>, b: Option<&Rc<Adapter>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Rc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::Pairs;

    #[test]
    fn neighbours_with_one_adapter_are_a_run() {
        let (a, b) = (Rc::new(Adapter::shared(Pairs::new(), 2.0)), Rc::new(Adapter::shared(Pairs::new(), 2.0)));
        let rows = RowAdapters::new([Some(&a), Some(&a), None, Some(&b), Some(&a)]);
        let runs: Vec<(i64, i64)> = rows.runs.iter().map(|run| (run.start, run.rows)).collect();
        assert_eq!(runs, [(0, 2), (2, 1), (3, 1), (4, 1)]);
        assert_eq!(rows.rows(), 5);
        assert!(!rows.is_empty() && RowAdapters::new([None, None]).is_empty() && RowAdapters::default().is_empty());
    }
}
