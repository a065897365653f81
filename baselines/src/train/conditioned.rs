//! What a step reads whose rows are read with generated adapters.

use serde_json::{Value, json};
use tch::Tensor;

use super::batch::Batch;
use super::objective::Size;

/// A step of many conditions: every row is read with the adapter that a network makes of one of them.
#[derive(Debug)]
pub struct Conditioned {
    /// What the adapters are made of, numbered from 0: vectors in their order, or the scored moments of histories, lane
    /// by lane.
    pub conditions: Conditions,
    /// The rows, in batches that fit the memory.
    pub rows: Vec<Rows>,
}

/// A batch with the condition of each of its rows.
#[derive(Debug)]
pub struct Rows {
    /// The rows.
    pub batch: Batch,
    /// The number of the condition of each.
    pub conditions: Vec<usize>,
}

/// What adapters are made of.
#[derive(Debug)]
pub enum Conditions {
    /// Vectors: [N, C] f32.
    Vectors(Tensor),
    /// Histories, walked side by side.
    Histories(Vec<Lane>),
}

/// A stretch of a history.
#[derive(Debug)]
pub struct Lane {
    /// The number under which the state is carried from one step to the next.
    pub number: usize,
    /// Where the state comes from.
    pub start: Start,
    /// The commits, oldest first.
    pub moments: Vec<Moment>,
}

/// Where a state comes from.
#[derive(Debug)]
pub enum Start {
    /// From the vector of the first kept commit: [C] f32.
    Initial(Tensor),
    /// From where the step before left this lane.
    Carried,
}

/// A commit of a history.
#[derive(Debug)]
pub struct Moment {
    /// What it adds to the state: [C] f32.
    pub input: Tensor,
    /// Whether gradients are cut before it.
    pub cut: bool,
    /// Whether rows are read with its adapter.
    pub scored: bool,
}

impl Conditioned {
    /// What the rows present.
    pub fn size(&self) -> Size {
        let mut size = Size::default();
        self.rows.iter().for_each(|rows| size += rows.batch.size());
        size
    }

    /// The step as JSON, to be looked at when it broke a run.
    pub fn describe(&self) -> Value {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|rows| json!({ "batch": rows.batch.describe(), "conditions": rows.conditions }))
            .collect();
        let numbers = |tensor: &Tensor| Vec::<f32>::try_from(tensor.flatten(0, -1)).unwrap_or_default();
        let conditions = match &self.conditions {
            Conditions::Vectors(vectors) => json!({ "shape": vectors.size(), "vectors": numbers(vectors) }),
            Conditions::Histories(lanes) => lanes
                .iter()
                .map(|lane| {
                    let start = match &lane.start {
                        Start::Initial(vector) => Some(numbers(vector)),
                        Start::Carried => None,
                    };
                    let inputs: Vec<_> = lane.moments.iter().map(|moment| numbers(&moment.input)).collect();
                    json!({ "lane": lane.number, "initial": start, "inputs": inputs })
                })
                .collect(),
        };
        json!({ "conditions": conditions, "rows": rows })
    }
}
