//! Adapters: low-rank changes of the linear maps of a frozen model (M49–M56).
//!
//! One type holds both kinds: a pair for every layer and module, as PEFT trains them, or one pair a module that all
//! layers share, as hypernetworks make them (M50). An adapter is an argument of the forward pass, never a part of the
//! model (M52); [`RowAdapters`] lets each row of a batch have another one.

mod lora;
mod merge;
mod module;
mod pair;
mod peft;
mod rows;
mod stack;

use tch::Tensor;

use crate::error::{Error, Result};
use crate::model::{Config, Parameters};

pub use lora::{LoraOptions, Sharing};
pub use merge::Merged;
pub use module::Module;
pub(crate) use pair::uniform;
pub use pair::{Pair, Pairs};
pub use peft::{export_peft, import_peft, is_replaceable};
pub use rows::{Branch, RowAdapters, seeded};
pub use stack::AdapterStack;

/// Whether gradients pass through the input of the low-rank branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BranchInput {
    /// They do: the exact gradient.
    #[default]
    Exact,
    /// They do not: the biased gradient of the authors' hypernetwork trainers (M51).
    Detached,
}

/// Where the pairs of an adapter apply.
#[derive(Debug)]
enum Layout {
    /// To every layer.
    Shared(Pairs),
    /// Each to its own layer.
    Layers(Vec<Pairs>),
}

/// A set of low-rank changes `y = W·x + s·B·(A·x)`.
#[derive(Debug)]
pub struct Adapter {
    layout: Layout,
    scale: f64,
    input: BranchInput,
}

impl Adapter {
    /// One pair a module, for all layers (M50). `scale` is α/r.
    pub fn shared(pairs: Pairs, scale: f64) -> Self {
        Self { layout: Layout::Shared(pairs), scale, input: BranchInput::Exact }
    }

    /// The pairs of each layer. `scale` is α/r.
    pub fn per_layer(layers: Vec<Pairs>, scale: f64) -> Self {
        Self { layout: Layout::Layers(layers), scale, input: BranchInput::Exact }
    }

    /// The same adapter with this treatment of gradients (M51).
    #[must_use]
    pub fn with_input(self, input: BranchInput) -> Self {
        Self { input, ..self }
    }

    /// s = α/r.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// How gradients treat the input of the branch.
    pub fn input(&self) -> BranchInput {
        self.input
    }

    /// Whether all layers share their pairs.
    pub fn is_shared(&self) -> bool {
        matches!(self.layout, Layout::Shared(_))
    }

    /// The pair that changes `module` of `layer`, if there is one.
    pub fn pair(&self, layer: usize, module: Module) -> Option<&Pair> {
        match &self.layout {
            Layout::Shared(pairs) => pairs.get(&module),
            Layout::Layers(layers) => layers.get(layer)?.get(&module),
        }
    }

    /// The distinct sets of pairs: one if layers share theirs, else one a layer.
    pub fn groups(&self) -> &[Pairs] {
        match &self.layout {
            Layout::Shared(pairs) => std::slice::from_ref(pairs),
            Layout::Layers(layers) => layers,
        }
    }

    /// The largest rank of a pair; 0 if there is none.
    pub fn rank(&self) -> i64 {
        self.groups().iter().flat_map(Pairs::values).map(|pair| pair.sizes().1).max().unwrap_or(0)
    }

    /// The numbers of all pairs: M50 counts 659,456 for shared ones, M54 18,464,768 for those of each layer.
    pub fn count(&self) -> u64 {
        self.groups().iter().flat_map(Pairs::values).map(Pair::count).sum()
    }

    /// The tensors under `all.<module>.a|b` or `<layer>.<module>.a|b`: what an optimizer trains. They share storage with
    /// the adapter.
    pub fn parameters(&self) -> Parameters {
        let mut parameters = Parameters::new();
        for (index, pairs) in self.groups().iter().enumerate() {
            let group = if self.is_shared() { "all".to_owned() } else { format!("{index:04}") };
            for (module, pair) in pairs {
                parameters.insert(format!("{group}.{module}.a"), pair.a.shallow_clone());
                parameters.insert(format!("{group}.{module}.b"), pair.b.shallow_clone());
            }
        }
        parameters
    }

    /// All tensors, group by group, module by module, A before B.
    pub fn tensors(&self) -> impl Iterator<Item = &Tensor> {
        self.groups().iter().flat_map(Pairs::values).flat_map(|pair| [&pair.a, &pair.b])
    }

    /// Refuses an adapter that does not fit a model of the shape `config`.
    ///
    /// # Errors
    /// [`Error::Option`] that names the layer and the module.
    pub fn check(&self, config: &Config) -> Result<()> {
        let layers = usize::try_from(config.num_hidden_layers).expect("because layers are counted");
        if let Layout::Layers(found) = &self.layout
            && found.len() != layers
        {
            return Err(Error::option(
                "adapter",
                found.len(),
                format!("it must have the {layers} layers of the model"),
            ));
        }
        for (index, pairs) in self.groups().iter().enumerate() {
            for (module, pair) in pairs {
                let ((width_in, rank, width_out), b) = (pair.sizes(), pair.b.size());
                let fits = (width_in, width_out) == module.widths(config) && b[1] == rank;
                if !fits {
                    let (wanted_in, wanted_out) = module.widths(config);
                    let reason = format!("the model needs [{rank}, {wanted_in}] and [{wanted_out}, {rank}]");
                    let found = format!("layer {index}, {module}: {}", pair::shape(pair));
                    return Err(Error::option("adapter", found, reason));
                }
            }
        }
        Ok(())
    }
}
