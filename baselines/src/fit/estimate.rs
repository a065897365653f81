//! What a training will need, from shapes alone: parameters, memory, operations.

use super::settings::{Kind, TrainingSettings};
use crate::adapter::{Module, Sharing};
use crate::model::Config;
use crate::train::{Activations, Updates};

/// Width of the vectors that a network reads, until they are there to be looked at (M24).
const CONTEXT_WIDTH: i64 = 2048;

/// What a training needs. Memory is that of tensors, in bytes; the program and libtorch come on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Numbers in the base model (M4).
    pub base_parameters: u64,
    /// Numbers that one run trains.
    pub parameters: u64,
    /// Weights of model and adapter.
    pub weights: u64,
    /// Their gradients.
    pub gradients: u64,
    /// Moments, master weights and what an update makes in passing.
    pub optimizer: u64,
    /// What the forward pass of the largest batch keeps for the backward one.
    pub activations: u64,
    /// Logits of its supervised tokens, three times (M214).
    pub logits: u64,
    /// Floating-point operations for a token that is read, forward and backward, attention left out.
    pub operations_per_token: u64,
    /// The same for a supervised token, in the head.
    pub operations_per_target: u64,
    /// The same for a step, in the network that makes adapters, if there is one; more where it makes many.
    pub operations_per_step: u64,
}

impl Estimate {
    /// The most memory at a time: activations and logits are gone when the update is made.
    pub fn peak(&self) -> u64 {
        self.weights + self.gradients + self.optimizer.max(self.activations + self.logits)
    }
}

/// The needs of training a model of the shape `config`, with numbers of `width` bytes, on batches of at most `tokens`
/// tokens of which `targets` are supervised.
pub fn estimate(config: &Config, settings: &TrainingSettings, width: u64, (tokens, targets): (u64, u64)) -> Estimate {
    let shape = Shape::of(config);
    let base_parameters = shape.layers * shape.layer + shape.outside;
    let is_full = settings.kind == Kind::Full;
    // Numbers that are trained, and numbers that the branches of a token multiply with.
    let (parameters, branches) = match (&settings.lora, &settings.network) {
        (Some(lora), _) => {
            let widths = lora.modules.iter().map(|module| Module::widths(*module, config));
            let pairs: u64 = widths.map(|(inside, outside)| count(inside + outside) * count(lora.rank)).sum();
            (pairs * if lora.sharing == Sharing::Shared { 1 } else { shape.layers }, pairs * shape.layers)
        }
        (None, Some(network)) => {
            let architecture = network.architecture(config, CONTEXT_WIDTH);
            (architecture.count(), count(architecture.adapter().numbers()) * shape.layers)
        }
        (None, None) => (base_parameters, 0),
    };
    // Adapters and their gradients are in 32 bits.
    let trained_width = if is_full { width } else { 4 };
    let remembered = match (width, is_full, settings.optimizer.updates) {
        (2, true, Updates::Master) => 12,
        (2, true, Updates::InPlace) => 4,
        _ => 8,
    };
    let largest = if is_full { shape.vocabulary * shape.hidden } else { 0 };
    let layer = shape.activations(width, is_full) * tokens;
    let activations = match settings.activations {
        Activations::Kept => layer * shape.layers,
        Activations::Recomputed => layer + width * shape.hidden * tokens * shape.layers,
    };
    // Forward 2, by the input 2, by the weights 2.
    let passes = if is_full { 6 } else { 4 } + if settings.activations == Activations::Recomputed { 2 } else { 0 };
    Estimate {
        base_parameters,
        parameters,
        weights: base_parameters * width + if is_full { 0 } else { parameters * 4 },
        gradients: parameters * trained_width,
        optimizer: parameters * remembered + largest * 12,
        activations,
        logits: targets * shape.vocabulary * 12,
        operations_per_token: passes * shape.layers * shape.layer + 6 * branches,
        operations_per_step: if settings.network.is_some() { 6 * parameters } else { 0 },
        operations_per_target: passes * shape.vocabulary * shape.hidden,
    }
}

/// The sizes that matter.
struct Shape {
    layers: u64,
    hidden: u64,
    inner: u64,
    queries: u64,
    keys: u64,
    vocabulary: u64,
    /// Numbers in a layer.
    layer: u64,
    /// Numbers outside of layers.
    outside: u64,
}

impl Shape {
    fn of(config: &Config) -> Self {
        let (hidden, inner) = (count(config.hidden_size), count(config.intermediate_size));
        let queries = count(config.num_attention_heads * config.head_dim);
        let keys = count(config.num_key_value_heads * config.head_dim);
        let vocabulary = count(config.vocab_size);
        let maps = 2 * hidden * queries + 2 * hidden * keys + 3 * hidden * inner;
        let embeddings = if config.tie_word_embeddings { 1 } else { 2 };
        Self {
            layers: count(config.num_hidden_layers),
            hidden,
            inner,
            queries,
            keys,
            vocabulary,
            layer: maps + queries + 2 * keys + 2 * hidden,
            outside: embeddings * vocabulary * hidden + hidden,
        }
    }

    /// Bytes that a layer keeps of a token. Norms keep their input in 32 bits and, if their weight is trained, what they
    /// multiply it with; linear maps keep their input, in 32 bits where an adapter reads it; attention keeps queries,
    /// keys, values and what comes out, the latter twice, because heads are laid side by side; the gate keeps three
    /// inner vectors.
    fn activations(&self, width: u64, is_full: bool) -> u64 {
        let read = if is_full { width } else { 4 };
        let norms = 2 * self.hidden * (4 + read + if is_full { width } else { 0 });
        let attention = width * (2 * self.queries + 2 * self.keys) + read * self.queries;
        let mlp = self.inner * (3 * width + read);
        norms + attention + mlp
    }
}

fn count(size: i64) -> u64 {
    u64::try_from(size).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use bench::MethodProfile;

    use super::*;
    use crate::fit::recipe;

    fn published() -> Config {
        Config {
            family: crate::model::Family::Qwen2,
            vocab_size: 151_936,
            hidden_size: 1536,
            intermediate_size: 8960,
            num_hidden_layers: 28,
            num_attention_heads: 12,
            num_key_value_heads: 2,
            head_dim: 128,
            max_position_embeddings: 32_768,
            rope_theta: 1e6,
            rms_norm_eps: 1e-6,
            tie_word_embeddings: true,
            initializer_range: 0.02,
            eos_token_ids: vec![151_643],
        }
    }

    fn of(id: &str, change: impl Fn(&mut TrainingSettings)) -> Estimate {
        let text = recipe(id, MethodProfile::Fair).unwrap().settings;
        let mut settings = TrainingSettings::read(text, MethodProfile::Fair, None).unwrap();
        change(&mut settings);
        estimate(&published(), &settings, 2, (4096, 20))
    }

    /// M4, M50, M54 and M116 at the published shape.
    #[test]
    fn published_counts_are_met() {
        let fft = of("fft", |_| {});
        assert_eq!((fft.base_parameters, fft.parameters), (1_543_714_304, 1_543_714_304));
        assert_eq!(fft.weights / 10_000_000, 308, "3.1 GB");
        let moments = fft.optimizer - 151_936 * 1536 * 12;
        assert_eq!(moments / 100_000_000, 185, "18.5 GB of master weights and moments");
        assert_eq!(of("slora", |_| {}).parameters, 18_464_768);
        assert_eq!(of("slora-shared", |_| {}).parameters, 659_456);
        assert_eq!(of("static", |_| {}).parameters, 679_090_190);
        assert_eq!(of("evo", |_| {}).parameters, 712_673_294);
    }

    #[test]
    fn what_saves_memory_is_counted() {
        let kept = of("slora", |_| {});
        let recomputed = of("slora", |settings| settings.activations = Activations::Recomputed);
        assert!(recomputed.activations * 8 < kept.activations, "{recomputed:?} {kept:?}");
        assert!(recomputed.operations_per_token > kept.operations_per_token);
        let in_place = of("fft", |settings| settings.optimizer.updates = Updates::InPlace);
        assert!(in_place.optimizer < of("fft", |_| {}).optimizer / 2);
    }
}
