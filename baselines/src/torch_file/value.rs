//! The values of a checkpoint of `torch.save`.

/// A value by its place; values may be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(pub(super) usize);

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// None.
    Nothing,
    /// True or false.
    Flag(bool),
    /// A whole number; those beyond 64 bits are opaque.
    Whole(i64),
    /// A float.
    Float(f64),
    /// Text.
    Text(String),
    /// A list, tuple or set.
    Sequence(Vec<NodeId>),
    /// A dictionary, in its order.
    Map(Vec<(NodeId, NodeId)>),
    /// The numbers of tensors: kind and key.
    Storage {
        /// `FloatStorage`, …
        kind: String,
        /// The name of the archive's entry.
        key: String,
    },
    /// A tensor.
    Tensor(StoredTensor),
    /// A class or function, by its dotted name. Never called.
    Global(String),
    /// Something else that the program would have built.
    Opaque(String),
}

/// A view of a storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTensor {
    /// Kind of the storage: `FloatStorage`, …
    pub storage: String,
    /// Name of the storage in the archive.
    pub key: String,
    /// Numbers before the first one.
    pub offset: i64,
    /// Sizes.
    pub shape: Vec<i64>,
    /// Steps in numbers.
    pub strides: Vec<i64>,
}

impl StoredTensor {
    /// How many numbers the storage must hold; nothing if that does not fit 64 bits or anything is negative.
    pub(super) fn end(&self) -> Option<i64> {
        if self.shape.len() != self.strides.len() || self.offset < 0 {
            return None;
        }
        let mut last = self.offset;
        for (&size, &stride) in self.shape.iter().zip(&self.strides) {
            if size < 0 || stride < 0 {
                return None;
            }
            if size == 0 {
                return Some(self.offset);
            }
            last = last.checked_add(stride.checked_mul(size - 1)?)?;
        }
        last.checked_add(1)
    }
}

/// The values that a program has built.
#[derive(Debug)]
pub struct Program {
    pub(super) nodes: Vec<Node>,
    pub(super) root: NodeId,
}

impl Program {
    /// The value as a whole.
    pub fn root(&self) -> &Node {
        self.get(self.root)
    }

    /// The value at `id`.
    pub fn get(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    /// The value of `key` in the dictionary `map`; nothing if `map` is none or lacks it.
    pub fn field<'a>(&'a self, map: &'a Node, key: &str) -> Option<&'a Node> {
        let Node::Map(entries) = map else { return None };
        let is = |id: NodeId| matches!(self.get(id), Node::Text(text) if text == key);
        entries.iter().rev().find(|(name, _)| is(*name)).map(|(_, value)| self.get(*value))
    }

    /// The entries of the dictionary `map` whose keys are text.
    pub fn entries<'a>(&'a self, map: &'a Node) -> impl Iterator<Item = (&'a str, &'a Node)> {
        let entries = if let Node::Map(entries) = map { &entries[..] } else { &[] };
        entries.iter().filter_map(|&(key, value)| match self.get(key) {
            Node::Text(text) => Some((text.as_str(), self.get(value))),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_must_lie_in_their_storage() {
        let view = |offset, shape: &[i64], strides: &[i64]| {
            let (storage, key) = (String::new(), String::new());
            StoredTensor { storage, key, offset, shape: shape.to_vec(), strides: strides.to_vec() }.end()
        };
        assert_eq!(view(3, &[2, 4], &[4, 1]), Some(11));
        assert_eq!(view(0, &[], &[]), Some(1));
        assert_eq!(view(5, &[0, 9], &[1, 1]), Some(5));
        assert_eq!(view(0, &[2], &[i64::MAX]), None);
        assert_eq!(view(0, &[2], &[-1]), None);
        assert_eq!(view(0, &[2, 2], &[1]), None);
    }
}
