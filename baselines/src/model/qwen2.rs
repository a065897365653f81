//! The Qwen2 decoder from configuration to logits, in reading order, and the Qwen3 decoder, which differs in its attention
//! alone. Nothing here knows of training, files or devices.
//!
//! Norms, softmax and logits are in f32 whatever the weights are (M3). Rows are padded on the left, and what is padding
//! is known from lengths alone: the padding token may well be a real token elsewhere in the row (M227).

use tch::{Device, Kind, Tensor};

use super::cache::Cache;
use super::config::Config;
use super::family::Family;
use super::input::{Input, Positions};
use super::parameters::Parameters;
use super::place::{Place, Visible};
use crate::adapter::{Branch, Module, RowAdapters};

/// A Qwen2 or Qwen3 model, with its output head if its parameters have one.
#[derive(Debug)]
pub struct Qwen2 {
    config: Config,
    embed_tokens: Tensor,
    layers: Vec<Layer>,
    norm: RmsNorm,
    lm_head: Option<Tensor>,
}

impl Qwen2 {
    /// Builds the model over `parameters`, sharing their storage.
    ///
    /// # Panics
    /// If a parameter other than the head is missing: `load` and `Parameters::init` provide them all.
    pub fn new(config: &Config, parameters: &Parameters) -> Self {
        let scope = Scope { parameters, prefix: "model".to_owned() };
        let embed_tokens = scope.tensor("embed_tokens.weight");
        let lm_head = if config.tie_word_embeddings {
            Some(embed_tokens.shallow_clone())
        } else {
            Scope { parameters, prefix: "lm_head".to_owned() }.optional("weight")
        };
        let layers = (0..config.num_hidden_layers).map(|layer| Layer::new(config, &scope.enter("layers").enter(layer)));
        Self {
            config: config.clone(),
            embed_tokens,
            layers: layers.collect(),
            norm: RmsNorm::new(config, &scope.enter("norm")),
            lm_head,
        }
    }

    /// The shape of the model.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Where the parameters are.
    pub fn device(&self) -> Device {
        self.embed_tokens.device()
    }

    /// The kind of the parameters.
    pub fn kind(&self) -> Kind {
        self.embed_tokens.kind()
    }

    /// Logits in f32 at the asked positions. With a cache, the columns of `input` follow those it holds, and are added
    /// to it.
    ///
    /// # Panics
    /// If shapes do not fit, an id is outside the vocabulary, or the parameters have no head.
    pub fn forward(&self, input: &Input<'_>, cache: Option<&mut Cache>) -> Tensor {
        self.logits(&self.hidden(input, cache))
    }

    /// The logits, in f32, of what [`hidden`](Self::hidden) returned: [.., D] -> [.., V].
    ///
    /// # Panics
    /// If the parameters have no head.
    pub fn logits(&self, hidden: &Tensor) -> Tensor {
        let head = self.lm_head.as_ref().expect("because who asks for logits opens a whole model");
        hidden.linear(head, None::<&Tensor>).to_kind(Kind::Float)
    }

    /// Hidden states after the last norm at the asked positions, in the kind of the weights: as
    /// [`forward`](Qwen2::forward), with D in place of V. What encoders pool (M10).
    ///
    /// # Panics
    /// If shapes do not fit or an id is outside the vocabulary.
    pub fn hidden(&self, input: &Input<'_>, mut cache: Option<&mut Cache>) -> Tensor {
        let (rows, columns) = input.ids.size2().expect("because ids are a matrix");
        let past = cache.as_deref().map_or(0, Cache::len);
        let place = Place::new(&self.config, input.layout, past, columns, self.kind(), self.device());
        let adapters = input.adapters.filter(|adapters| !adapters.is_empty());
        if let Some(adapters) = adapters {
            assert_eq!(adapters.rows(), rows, "every row has its adapter or none");
        }
        // [B, T] -> [B, T, D]
        let mut hidden = self.embed(input);
        for (index, layer) in self.layers.iter().enumerate() {
            let change = adapters.map(|adapters| (adapters, index));
            let from = match input.positions {
                Positions::Tail { from, .. } if index + 1 == self.layers.len() => from,
                _ => 0,
            };
            hidden = layer.forward(&hidden, from, &place, cache.as_deref_mut().map(|cache| (cache, index)), change);
        }
        if let Some(cache) = cache {
            cache.advance(columns);
        }
        let hidden = match input.positions {
            Positions::All => hidden,
            // [B, T, D] -> [B, D]
            Positions::Last => hidden.select(1, columns - 1),
            // [B, T, D] -> [N, D]
            Positions::At(indices) => hidden.view([rows * columns, -1]).index_select(0, indices),
            Positions::Tail { at, from } => picked(&hidden, at, from),
        };
        self.norm.forward(&hidden)
    }
}

/// The pieces of a forward pass without a cache, for those who must stop between layers.
impl Qwen2 {
    /// Where the columns of `input` stand.
    pub(crate) fn place(&self, input: &Input<'_>) -> Place {
        let columns = input.ids.size()[1];
        Place::new(&self.config, input.layout, 0, columns, self.kind(), self.device())
    }

    /// What the tokens of `input` are embedded as, with its noise: [B, T] -> [B, T, D]
    pub(crate) fn embed(&self, input: &Input<'_>) -> Tensor {
        let hidden = Tensor::embedding(&self.embed_tokens, input.ids, -1, false, false);
        input.noise.map_or_else(|| hidden.shallow_clone(), |noise| &hidden + noise)
    }

    /// Whether the embedding is trained.
    pub(crate) fn trains_embedding(&self) -> bool {
        self.embed_tokens.requires_grad()
    }

    /// What layer `index` makes of `hidden` from the column `from` on: [B, T, D] -> [B, T - from, D].
    pub(crate) fn layer(
        &self,
        index: usize,
        (hidden, from): (&Tensor, i64),
        place: &Place,
        adapters: Option<&RowAdapters>,
    ) -> Tensor {
        let adapters = adapters.filter(|adapters| !adapters.is_empty());
        self.layers[index].forward(hidden, from, place, None, adapters.map(|adapters| (adapters, index)))
    }

    /// Logits in f32 of `hidden` ([B, T - from, D]) at these indices into the B·T columns ([N]): [N, V].
    pub(crate) fn head(&self, hidden: &Tensor, at: &Tensor, from: i64) -> Tensor {
        self.logits(&self.norm.forward(&picked(hidden, at, from)))
    }
}

/// What stands at these indices into the B·T columns ([N]), given the columns from `from` on: [B, T - from, D] -> [N, D].
fn picked(hidden: &Tensor, at: &Tensor, from: i64) -> Tensor {
    let (_, left, width) = hidden.size3().expect("because hidden states are [B, T, D]");
    // Every row before an index, and its own, is shorter by `from`.
    let at = at - (at.divide_scalar_mode(left + from, "floor") + 1) * from;
    hidden.reshape([-1, width]).index_select(0, &at)
}

/// The columns of `x` ([B, T, D]) from `from` on.
fn tail(x: &Tensor, from: i64) -> Tensor {
    if from == 0 { x.shallow_clone() } else { x.narrow(1, from, x.size()[1] - from) }
}

/// A prefix of parameter names.
struct Scope<'a> {
    parameters: &'a Parameters,
    prefix: String,
}

impl Scope<'_> {
    fn enter(&self, name: impl std::fmt::Display) -> Self {
        Scope { parameters: self.parameters, prefix: format!("{}.{name}", self.prefix) }
    }

    fn tensor(&self, name: &str) -> Tensor {
        self.optional(name).unwrap_or_else(|| panic!("parameter {}.{name} is missing", self.prefix))
    }

    fn optional(&self, name: &str) -> Option<Tensor> {
        self.parameters.get(&format!("{}.{name}", self.prefix)).map(Tensor::shallow_clone)
    }
}

#[derive(Debug)]
struct Layer {
    input_layernorm: RmsNorm,
    self_attn: Attention,
    post_attention_layernorm: RmsNorm,
    mlp: Mlp,
}

impl Layer {
    fn new(config: &Config, scope: &Scope<'_>) -> Self {
        Self {
            input_layernorm: RmsNorm::new(config, &scope.enter("input_layernorm")),
            self_attn: Attention::new(config, &scope.enter("self_attn")),
            post_attention_layernorm: RmsNorm::new(config, &scope.enter("post_attention_layernorm")),
            mlp: Mlp::new(&scope.enter("mlp")),
        }
    }

    /// The columns from `from` on: [B, T, D] -> [B, T - from, D].
    fn forward(
        &self,
        x: &Tensor,
        from: i64,
        place: &Place,
        cache: Option<(&mut Cache, usize)>,
        change: Option<Change<'_>>,
    ) -> Tensor {
        let attended = self.self_attn.forward(&self.input_layernorm.forward(x), from, place, cache, change);
        let x = tail(x, from) + attended;
        &x + self.mlp.forward(&self.post_attention_layernorm.forward(&x), change)
    }
}

#[derive(Debug)]
struct Attention {
    q_proj: Linear,
    k_proj: Linear,
    v_proj: Linear,
    o_proj: Linear,
    /// Qwen3 normalises each head of queries and keys before it is rotated (M10).
    q_norm: Option<RmsNorm>,
    k_norm: Option<RmsNorm>,
    head_dim: i64,
    groups: i64,
}

impl Attention {
    fn new(config: &Config, scope: &Scope<'_>) -> Self {
        let norm = |name: &str| (config.family == Family::Qwen3).then(|| RmsNorm::new(config, &scope.enter(name)));
        Self {
            q_proj: Linear::new(&scope.enter("q_proj")),
            k_proj: Linear::new(&scope.enter("k_proj")),
            v_proj: Linear::new(&scope.enter("v_proj")),
            o_proj: Linear::new(&scope.enter("o_proj")),
            q_norm: norm("q_norm"),
            k_norm: norm("k_norm"),
            head_dim: config.head_dim,
            groups: config.num_attention_heads / config.num_key_value_heads,
        }
    }

    /// As [`Layer::forward`].
    fn forward(
        &self,
        x: &Tensor,
        from: i64,
        place: &Place,
        cache: Option<(&mut Cache, usize)>,
        change: Option<Change<'_>>,
    ) -> Tensor {
        // [B, T, H·E] -> [B, H, T, E]
        let heads = |flat: Tensor| flat.view([flat.size()[0], flat.size()[1], -1, self.head_dim]).transpose(1, 2);
        let (branch, asked, asking) = (branch(change, x), tail(x, from), place.tail(from));
        let tail_branch = if from == 0 { None } else { self::branch(change, &asked) };
        let query = self.q_proj.adapted(&asked, Module::QProj, tail_branch.as_ref().or(branch.as_ref()));
        let query = asking.rotate(&normed(self.q_norm.as_ref(), heads(query)));
        let key = heads(self.k_proj.adapted(x, Module::KProj, branch.as_ref()));
        let mut key = place.rotate(&normed(self.k_norm.as_ref(), key));
        let mut value = heads(self.v_proj.adapted(x, Module::VProj, branch.as_ref()));
        if let Some((cache, layer)) = cache {
            (key, value) = cache.append(layer, &key, &value);
        }
        let mixed = self.attend(&query, &key, &value, &asking.visible);
        // [B, H, T, E] -> [B, T, H·E]
        let mixed = mixed.transpose(1, 2).flatten(2, 3);
        self.o_proj.adapted(&mixed, Module::OProj, self::branch(change, &mixed).as_ref())
    }

    /// query [B, H, T, E], key and value [B, K, S, E] -> [B, H, T, E]
    fn attend(&self, query: &Tensor, key: &Tensor, value: &Tensor, visible: &Visible) -> Tensor {
        let (mask, causal) = match visible {
            Visible::Everything => (None, false),
            Visible::Causal => (None, true),
            Visible::Mask(mask) => (Some(mask), false),
        };
        Tensor::scaled_dot_product_attention(query, key, value, mask, 0.0, causal, None, self.groups > 1)
    }
}

/// [B, *, T, E] -> the same, through the norm if there is one.
fn normed(norm: Option<&RmsNorm>, heads: Tensor) -> Tensor {
    match norm {
        Some(norm) => norm.forward(&heads),
        None => heads,
    }
}

#[expect(clippy::struct_field_names, reason = "the names of the checkpoint")]
#[derive(Debug)]
struct Mlp {
    gate_proj: Linear,
    up_proj: Linear,
    down_proj: Linear,
}

impl Mlp {
    fn new(scope: &Scope<'_>) -> Self {
        Self {
            gate_proj: Linear::new(&scope.enter("gate_proj")),
            up_proj: Linear::new(&scope.enter("up_proj")),
            down_proj: Linear::new(&scope.enter("down_proj")),
        }
    }

    /// [B, T, D] -> [B, T, F] -> [B, T, D]
    fn forward(&self, x: &Tensor, change: Option<Change<'_>>) -> Tensor {
        let branch = branch(change, x);
        let gate = self.gate_proj.adapted(x, Module::GateProj, branch.as_ref()).silu();
        let inner = gate * self.up_proj.adapted(x, Module::UpProj, branch.as_ref());
        self.down_proj.adapted(&inner, Module::DownProj, self::branch(change, &inner).as_ref())
    }
}

#[derive(Debug)]
struct Linear {
    weight: Tensor,
    bias: Option<Tensor>,
}

impl Linear {
    fn new(scope: &Scope<'_>) -> Self {
        Self { weight: scope.tensor("weight"), bias: scope.optional("bias") }
    }

    /// W·x + bias, and what the adapters of the rows add to it (M49).
    fn adapted(&self, x: &Tensor, module: Module, branch: Option<&Branch<'_>>) -> Tensor {
        let y = x.linear(&self.weight, self.bias.as_ref());
        match branch {
            Some(branch) => branch.add(y, module),
            None => y,
        }
    }
}

/// The adapters of the rows, and the layer they are asked for.
type Change<'a> = (&'a RowAdapters, usize);

fn branch<'a>(change: Option<Change<'a>>, x: &Tensor) -> Option<Branch<'a>> {
    change.and_then(|(adapters, layer)| adapters.at(layer, x))
}

#[derive(Debug)]
struct RmsNorm {
    weight: Tensor,
    epsilon: f64,
}

impl RmsNorm {
    fn new(config: &Config, scope: &Scope<'_>) -> Self {
        Self { weight: scope.tensor("weight"), epsilon: config.rms_norm_eps }
    }

    /// x / sqrt(mean(x²) + ε) in f32, then times the weight in the kind of `x`.
    fn forward(&self, x: &Tensor) -> Tensor {
        let wide = x.to_kind(Kind::Float);
        let mean = wide.square().mean_dim(-1, true, Kind::Float);
        &self.weight * (wide * (mean + self.epsilon).rsqrt()).to_kind(x.kind())
    }
}
