//! Many adapters of one shape in one set of tensors: what a network makes at once.

use std::collections::BTreeMap;

use tch::Tensor;

use super::{Adapter, BranchInput, Module, Pair, Pairs, Sharing};

/// G adapters of one shape: a pair holds A as [G, R, in] and B as [G, out, R].
#[derive(Debug)]
pub struct AdapterStack {
    /// One set of pairs for all layers, or one a layer.
    groups: Vec<Pairs>,
    is_shared: bool,
    scale: f64,
    input: BranchInput,
}

impl AdapterStack {
    /// The pairs that all layers share, `groups` being one, or those of each layer. `scale` is α/r.
    ///
    /// # Panics
    /// If shared pairs come in another number than one.
    pub fn new(sharing: Sharing, groups: Vec<Pairs>, scale: f64) -> Self {
        let is_shared = sharing == Sharing::Shared;
        assert!(!is_shared || groups.len() == 1, "{} groups of shared pairs", groups.len());
        Self { groups, is_shared, scale, input: BranchInput::Exact }
    }

    /// The same adapters with this treatment of gradients (M51).
    #[must_use]
    pub fn with_input(self, input: BranchInput) -> Self {
        Self { input, ..self }
    }

    /// G.
    pub fn len(&self) -> usize {
        let first = self.groups.iter().flat_map(Pairs::values).next();
        first.map_or(0, |pair| usize::try_from(pair.a.size()[0]).unwrap_or(0))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// s = α/r.
    pub(super) fn scale(&self) -> f64 {
        self.scale
    }

    /// How gradients treat the input of the branch.
    pub(super) fn input(&self) -> BranchInput {
        self.input
    }

    /// The pair of `module` of `layer`, if there is one.
    pub(super) fn pair(&self, layer: usize, module: Module) -> Option<&Pair> {
        self.groups.get(if self.is_shared { 0 } else { layer })?.get(&module)
    }

    /// All tensors, group by group, module by module, A before B.
    pub fn tensors(&self) -> impl Iterator<Item = &Tensor> {
        self.groups.iter().flat_map(Pairs::values).flat_map(|pair| [&pair.a, &pair.b])
    }

    /// The numbers of all adapters together.
    pub fn count(&self) -> u64 {
        self.tensors().map(|tensor| tensor.numel() as u64).sum()
    }

    /// A stack of the same numbers, as the beginning of a new graph: gradients stop at its tensors.
    #[must_use]
    pub fn leaf(&self) -> Self {
        let leaf = |tensor: &Tensor| tensor.detach().set_requires_grad(true);
        self.map(|pair| Pair { a: leaf(&pair.a), b: leaf(&pair.b) })
    }

    /// The adapter `index`, sharing storage.
    ///
    /// # Panics
    /// If there are fewer.
    pub fn adapter(&self, index: usize) -> Adapter {
        let place = crate::model::size(index);
        let one = |pairs: &Pairs| -> Pairs {
            let select = |pair: &Pair| Pair { a: pair.a.select(0, place), b: pair.b.select(0, place) };
            pairs.iter().map(|(module, pair)| (*module, select(pair))).collect()
        };
        let mut groups: Vec<Pairs> = self.groups.iter().map(one).collect();
        let adapter = if self.is_shared {
            Adapter::shared(groups.pop().unwrap_or_default(), self.scale)
        } else {
            Adapter::per_layer(groups, self.scale)
        };
        adapter.with_input(self.input)
    }

    /// All adapters, sharing storage.
    pub fn adapters(&self) -> Vec<Adapter> {
        (0..self.len()).map(|index| self.adapter(index)).collect()
    }

    fn map(&self, change: impl Fn(&Pair) -> Pair) -> Self {
        let pairs = |pairs: &Pairs| -> BTreeMap<Module, Pair> {
            pairs.iter().map(|(module, pair)| (*module, change(pair))).collect()
        };
        Self { groups: self.groups.iter().map(pairs).collect(), ..*self }
    }
}
