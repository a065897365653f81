//! Keys and values of tokens already read, so that the next token costs one column. An argument of the forward pass,
//! never a part of the model.

use tch::{Device, Kind, Tensor};

use super::config::Config;
use super::size;

/// The keys and values of every layer, in buffers with room to spare: appending copies only the new columns.
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

    /// One row a part, each holding the columns of the part's only row that its list names, in that order. Rows with
    /// fewer columns than others end in zeros, which no query may be shown.
    pub fn join(parts: Vec<(Cache, Vec<i64>)>) -> Self {
        let width = parts.iter().map(|(_, columns)| columns.len()).max().map_or(0, size);
        let layers_of = |(cache, columns): (Cache, Vec<i64>)| {
            let columns = Tensor::from_slice(&columns);
            cache.layers.into_iter().map(move |(keys, values)| (chosen(&keys, &columns), chosen(&values, &columns)))
        };
        // Part by part, so that what was read for one is given back before the next is copied.
        let mut parts: Vec<_> = parts.into_iter().map(layers_of).collect();
        let mut layers = Vec::new();
        loop {
            let rows: Vec<(Tensor, Tensor)> = parts.iter_mut().filter_map(Iterator::next).collect();
            if rows.is_empty() {
                return Self { layers, len: width };
            }
            let (keys, values): (Vec<Tensor>, Vec<Tensor>) = rows.into_iter().unzip();
            layers.push((stack(&keys, width), stack(&values, width)));
        }
    }

    /// Columns already held.
    pub fn len(&self) -> i64 {
        self.len
    }

    /// Whether nothing has been read yet.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Makes room for `fresh` more columns.
    pub fn reserve(&mut self, fresh: i64) {
        let needed = self.len + fresh;
        for (keys, values) in &mut self.layers {
            for buffer in [keys, values] {
                let shape = buffer.size();
                if shape[2] < needed {
                    // A quarter to spare, so that copies are few.
                    let larger = [shape[0], shape[1], needed + needed / 4, shape[3]];
                    let copy = Tensor::empty(larger, (buffer.kind(), buffer.device()));
                    copy.narrow(2, 0, self.len).copy_(&buffer.narrow(2, 0, self.len));
                    *buffer = copy;
                }
            }
        }
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

    /// Keeps the rows at these indices.
    pub fn keep_rows(&mut self, rows: &[i64]) {
        let rows = Tensor::from_slice(rows);
        for (keys, values) in &mut self.layers {
            let rows = rows.to_device(keys.device());
            *keys = keys.index_select(0, &rows);
            *values = values.index_select(0, &rows);
        }
    }

    /// Keeps the first `start` columns and, of those behind, the named ones of each row (indices from the first column).
    /// The lists are of one length.
    pub fn keep_columns(&mut self, start: i64, columns: &[Vec<i64>]) {
        let kept = columns.first().map_or(0, |row| size(row.len()));
        let flat = Tensor::from_slice(&columns.concat()).view([size(columns.len()), 1, kept, 1]);
        for (keys, values) in &mut self.layers {
            for buffer in [keys, values] {
                let shape = buffer.size();
                // [B, 1, T, 1] -> [B, K, T, E]
                let index = flat.to_device(buffer.device()).expand([shape[0], shape[1], kept, shape[3]], false);
                let moved = buffer.gather(2, &index, false);
                buffer.narrow(2, start, kept).copy_(&moved);
            }
        }
        self.len = start + kept;
    }
}

/// The named columns of `buffer`, whose storage is given back.
fn chosen(buffer: &Tensor, columns: &Tensor) -> Tensor {
    buffer.index_select(2, &columns.to_device(buffer.device()))
}

/// Rows ([1, K, *, E]) under each other, filled up with zeros to `width` columns: [B, K, width, E].
fn stack(rows: &[Tensor], width: i64) -> Tensor {
    let fill = |row: &Tensor| row.constant_pad_nd([0, 0, 0, width - row.size()[2]]);
    Tensor::cat(&rows.iter().map(fill).collect::<Vec<_>>(), 0)
}
