//! Keys and values of tokens already read, so that the next token costs one column. An argument of the forward pass,
//! never a part of the model.

use tch::{Device, Kind, Tensor};

use super::config::Config;

/// The keys and values of every layer, in buffers of fixed capacity: appending copies only the new columns.
#[derive(Debug)]
pub struct Cache {
    /// Per layer, keys and values: [B, K, capacity, E].
    layers: Vec<(Tensor, Tensor)>,
    len: i64,
}

impl Cache {
    /// Room for `capacity` columns of `rows` rows.
    pub fn new(config: &Config, rows: i64, capacity: i64, kind: Kind, device: Device) -> Self {
        let shape = [rows, config.num_key_value_heads, capacity, config.head_dim];
        let buffer = || Tensor::empty(shape, (kind, device));
        Self { layers: (0..config.num_hidden_layers).map(|_| (buffer(), buffer())).collect(), len: 0 }
    }

    /// Columns already held.
    pub fn len(&self) -> i64 {
        self.len
    }

    /// Whether nothing has been read yet.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Stores the new columns of `layer` ([B, K, T, E] each) and returns all columns so far ([B, K, S, E]).
    pub(super) fn append(&mut self, layer: usize, keys: &Tensor, values: &Tensor) -> (Tensor, Tensor) {
        let fresh = keys.size()[2];
        let (all_keys, all_values) = &self.layers[layer];
        all_keys.narrow(2, self.len, fresh).copy_(keys);
        all_values.narrow(2, self.len, fresh).copy_(values);
        (all_keys.narrow(2, 0, self.len + fresh), all_values.narrow(2, 0, self.len + fresh))
    }

    /// Counts the columns that every layer has appended.
    pub(super) fn advance(&mut self, fresh: i64) {
        self.len += fresh;
    }

    /// Keeps the rows named by `rows` (a [B'] tensor of indices) and drops the first `columns` columns, which must be
    /// padding in every kept row.
    pub fn keep(&mut self, rows: &Tensor, columns: i64) {
        let Some((keys, _)) = self.layers.first() else { return };
        let rows = rows.to_device(keys.device());
        for (keys, values) in &mut self.layers {
            for buffer in [keys, values] {
                let capacity = buffer.size()[2];
                // [B, K, capacity, E] -> [B', K, capacity - columns, E]
                *buffer = buffer.narrow(2, columns, capacity - columns).index_select(0, &rows);
            }
        }
        self.len -= columns;
    }
}
