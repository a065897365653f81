//! `config.json` of a Qwen2 or Qwen3 checkpoint: every field is honoured, known to be inert, or refused by name.

use std::path::Path;

use serde_json::{Value, json};

use super::family::Family;
use super::fields::Fields;
use crate::error::{Error, Result};

/// Layers of a model at most: more than any published one has, few enough to list before weights are read.
const MAX_LAYERS: i64 = 1024;

/// The file name inside a checkpoint folder.
pub(super) const FILE: &str = "config.json";

/// The shape of a Qwen2 or Qwen3 model.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Which of the two it is.
    pub family: Family,
    /// V, rows of the embedding.
    pub vocab_size: i64,
    /// D.
    pub hidden_size: i64,
    /// F.
    pub intermediate_size: i64,
    /// L.
    pub num_hidden_layers: i64,
    /// H.
    pub num_attention_heads: i64,
    /// K; divides H.
    pub num_key_value_heads: i64,
    /// E; even. Unless the file says otherwise D / H, or 128 of a Qwen3 model.
    pub head_dim: i64,
    /// The longest sequence the model is meant for, in tokens.
    pub max_position_embeddings: i64,
    /// Base of the rotary frequencies.
    pub rope_theta: f64,
    /// Added to the mean square before the root.
    pub rms_norm_eps: f64,
    /// Whether the output head is the embedding.
    pub tie_word_embeddings: bool,
    /// Standard deviation of fresh weights.
    pub initializer_range: f64,
    /// Ids that end a completion, as far as the file names them.
    pub eos_token_ids: Vec<u32>,
}

impl Config {
    /// Reads `config.json` of `folder`, in the forms of `transformers` 4 and 5.
    ///
    /// # Errors
    /// If the file cannot be read, is not JSON, or asks for something that is not implemented.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let bytes = std::fs::read(&path).map_err(|source| Error::io("read", &path, source))?;
        Self::parse(&path, &bytes)
    }

    /// Reads the text of a configuration; `path` is for messages.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self> {
        let fields = serde_json::from_slice(bytes).map_err(|source| Error::Json { path: path.to_owned(), source })?;
        let mut fields = Fields { path, fields };
        let family = fields.family()?;
        fields.refuse_unimplemented()?;
        let config = Self::take(&mut fields, family)?;
        fields.finish()?;
        config.check(&fields)?;
        Ok(config)
    }

    fn take(fields: &mut Fields<'_>, family: Family) -> Result<Self> {
        let hidden_size = fields.count("hidden_size")?;
        let num_attention_heads = fields.count("num_attention_heads")?;
        let num_hidden_layers = fields.count("num_hidden_layers")?;
        if num_hidden_layers > MAX_LAYERS {
            let reason = format!("at most {MAX_LAYERS} layers are read");
            return Err(fields.refuse("num_hidden_layers", &json!(num_hidden_layers), reason));
        }
        fields.layer_types(num_hidden_layers)?;
        let head_dim = match fields.optional_count("head_dim")?.or(family.head_dim()) {
            Some(width) => width,
            None if hidden_size % num_attention_heads == 0 => hidden_size / num_attention_heads,
            None => {
                let reason = format!("without head_dim it must be a multiple of the {num_attention_heads} heads");
                return Err(fields.refuse("hidden_size", &json!(hidden_size), reason));
            }
        };
        Ok(Self {
            family,
            vocab_size: fields.count("vocab_size")?,
            hidden_size,
            intermediate_size: fields.count("intermediate_size")?,
            num_hidden_layers,
            num_attention_heads,
            num_key_value_heads: fields.optional_count("num_key_value_heads")?.unwrap_or(num_attention_heads),
            head_dim,
            max_position_embeddings: fields.count("max_position_embeddings")?,
            rope_theta: fields.rope_theta()?,
            rms_norm_eps: fields.positive("rms_norm_eps", 1e-6)?,
            tie_word_embeddings: fields.flag("tie_word_embeddings")?,
            initializer_range: fields.positive("initializer_range", 0.02)?,
            eos_token_ids: fields.ids("eos_token_id")?,
        })
    }

    fn check(&self, fields: &Fields<'_>) -> Result<()> {
        if self.num_attention_heads % self.num_key_value_heads != 0 {
            let reason = format!("it must divide num_attention_heads, which is {}", self.num_attention_heads);
            return Err(fields.refuse("num_key_value_heads", &json!(self.num_key_value_heads), reason));
        }
        if self.head_dim % 2 != 0 {
            return Err(fields.refuse("head_dim", &json!(self.head_dim), "rotary positions need an even width"));
        }
        Ok(())
    }

    /// The text of `config.json`, in a form that `transformers` 4 and 5 both read. `dtype` is the kind of the stored
    /// numbers, `float32` or `bfloat16`; `eos` ends a completion.
    pub fn to_json(&self, dtype: &str, eos: u32) -> Value {
        let mut written = json!({
            "architectures": [self.family.architectures()[0]],
            "attention_dropout": 0.0,
            "bos_token_id": eos,
            "eos_token_id": eos,
            "head_dim": self.head_dim,
            "hidden_act": "silu",
            "hidden_size": self.hidden_size,
            "initializer_range": self.initializer_range,
            "intermediate_size": self.intermediate_size,
            "max_position_embeddings": self.max_position_embeddings,
            "max_window_layers": self.num_hidden_layers,
            "model_type": self.family.model_type(),
            "num_attention_heads": self.num_attention_heads,
            "num_hidden_layers": self.num_hidden_layers,
            "num_key_value_heads": self.num_key_value_heads,
            "pad_token_id": eos,
            "rms_norm_eps": self.rms_norm_eps,
            "rope_theta": self.rope_theta,
            "sliding_window": null,
            "tie_word_embeddings": self.tie_word_embeddings,
            "torch_dtype": dtype,
            "use_cache": true,
            "use_sliding_window": false,
            "vocab_size": self.vocab_size,
        });
        if self.family == Family::Qwen3 {
            written["attention_bias"] = json!(false);
        }
        written
    }

    /// The checkpoint name and shape of every parameter.
    pub fn parameters(&self) -> Vec<(String, Vec<i64>)> {
        let (d, f) = (self.hidden_size, self.intermediate_size);
        let (q, kv) = (self.num_attention_heads * self.head_dim, self.num_key_value_heads * self.head_dim);
        let mut all = vec![
            ("model.embed_tokens.weight".to_owned(), vec![self.vocab_size, d]),
            ("model.norm.weight".to_owned(), vec![d]),
        ];
        if !self.tie_word_embeddings {
            all.push(("lm_head.weight".to_owned(), vec![self.vocab_size, d]));
        }
        for layer in 0..self.num_hidden_layers {
            let shapes = [
                ("input_layernorm.weight", vec![d]),
                ("self_attn.q_proj.weight", vec![q, d]),
                ("self_attn.k_proj.weight", vec![kv, d]),
                ("self_attn.v_proj.weight", vec![kv, d]),
                ("self_attn.o_proj.weight", vec![d, q]),
                ("post_attention_layernorm.weight", vec![d]),
                ("mlp.gate_proj.weight", vec![f, d]),
                ("mlp.up_proj.weight", vec![f, d]),
                ("mlp.down_proj.weight", vec![d, f]),
            ];
            let own = match self.family {
                Family::Qwen2 => vec![
                    ("self_attn.q_proj.bias", vec![q]),
                    ("self_attn.k_proj.bias", vec![kv]),
                    ("self_attn.v_proj.bias", vec![kv]),
                ],
                Family::Qwen3 => {
                    vec![
                        ("self_attn.q_norm.weight", vec![self.head_dim]),
                        ("self_attn.k_norm.weight", vec![self.head_dim]),
                    ]
                }
            };
            let named = |(name, shape)| (format!("model.layers.{layer}.{name}"), shape);
            all.extend(shapes.into_iter().chain(own).map(named));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published configuration of M3, in the form of `transformers` 4.
    fn published() -> Value {
        json!({
            "architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 151_643,
            "eos_token_id": 151_643, "hidden_act": "silu", "hidden_size": 1536, "initializer_range": 0.02,
            "intermediate_size": 8960, "max_position_embeddings": 32768, "max_window_layers": 28,
            "model_type": "qwen2", "num_attention_heads": 12, "num_hidden_layers": 28, "num_key_value_heads": 2,
            "rms_norm_eps": 1e-6, "rope_theta": 1_000_000.0, "sliding_window": 131_072, "tie_word_embeddings": true,
            "torch_dtype": "bfloat16", "transformers_version": "4.45.1", "use_cache": true, "use_mrope": false,
            "use_sliding_window": false, "vocab_size": 151_936
        })
    }

    fn parse(value: &Value) -> Result<Config> {
        Config::parse(Path::new("config.json"), value.to_string().as_bytes())
    }

    fn with(field: &str, value: Value) -> Value {
        let mut config = published();
        config[field] = value;
        config
    }

    #[test]
    fn published_model_has_the_counted_parameters() {
        let config = parse(&published()).unwrap();
        let count = |keep: &dyn Fn(&str) -> bool| -> i64 {
            let of = |(name, shape): &(String, Vec<i64>)| if keep(name) { shape.iter().product() } else { 0 };
            config.parameters().iter().map(of).sum()
        };
        assert_eq!(count(&|name| name.starts_with("model.layers.0.")), 46_797_824, "M4, a layer");
        assert_eq!(count(&|name| name.contains("embed_tokens")), 233_373_696, "M4, the embedding");
        assert_eq!(count(&|_| true), 1_543_714_304, "M4, the model");
        assert_eq!(config.head_dim, 128);
        assert_eq!(config.eos_token_ids, [151_643]);
    }

    /// M10: the published encoder has the 0.6 billion parameters of its name.
    #[test]
    fn the_published_encoder_is_read() {
        let mut encoder = published();
        for (field, value) in [
            ("architectures", json!(["Qwen3ForCausalLM"])),
            ("model_type", json!("qwen3")),
            ("attention_bias", json!(false)),
            ("head_dim", json!(128)),
            ("hidden_size", json!(1024)),
            ("intermediate_size", json!(3072)),
            ("num_attention_heads", json!(16)),
            ("num_key_value_heads", json!(8)),
            ("vocab_size", json!(151_669)),
        ] {
            encoder[field] = value;
        }
        let config = parse(&encoder).unwrap();
        assert_eq!(
            config.parameters().iter().map(|(_, shape)| shape.iter().product::<i64>()).sum::<i64>(),
            595_776_512
        );
        assert_eq!(parse(&config.to_json("float32", 151_643)).unwrap(), config);
        encoder["architectures"] = json!(["Qwen3Model"]);
        encoder.as_object_mut().unwrap().remove("head_dim");
        assert_eq!(parse(&encoder).unwrap(), config, "128 is what the library takes");
        encoder["attention_bias"] = json!(true);
        assert!(parse(&encoder).unwrap_err().to_string().contains("`attention_bias` is true"));
    }

    #[test]
    fn both_forms_of_rotary_parameters_are_read() {
        let mut five = with("rope_parameters", json!({"rope_theta": 5e5, "rope_type": "default"}));
        five.as_object_mut().unwrap().remove("rope_theta");
        assert!((parse(&five).unwrap().rope_theta - 5e5).abs() < f64::EPSILON);
        assert!(parse(&with("rope_scaling", json!({"type": "default"}))).is_ok());
        let contradiction = with("rope_parameters", json!({"rope_theta": 5e5, "rope_type": "default"}));
        assert!(parse(&contradiction).unwrap_err().to_string().contains("says otherwise"));
    }

    #[test]
    fn written_form_reads_back() {
        let config = parse(&published()).unwrap();
        assert_eq!(parse(&config.to_json("float32", 151_643)).unwrap(), config);
    }

    #[test]
    fn what_is_not_implemented_is_refused_by_name() {
        for (field, value) in [
            ("use_sliding_window", json!(true)),
            ("rope_scaling", json!({"type": "yarn", "factor": 4.0})),
            ("rope_parameters", json!({"rope_type": "yarn", "rope_theta": 1e6, "factor": 4.0})),
            ("hidden_act", json!("gelu")),
            ("attention_dropout", json!(0.1)),
            ("model_type", json!("llama")),
            ("architectures", json!(["Qwen2ForSequenceClassification"])),
            ("architectures", json!(["Qwen3ForCausalLM"])),
            ("layer_types", json!(["sliding_attention"])),
            ("num_key_value_heads", json!(5)),
            ("num_key_value_heads", json!(0)),
            ("hidden_size", json!("1536")),
            ("vocab_size", json!(-1)),
            ("rms_norm_eps", json!(0)),
            ("eos_token_id", json!("end")),
            ("quantization_config", json!({"bits": 4})),
            ("surprise", json!(1)),
        ] {
            let message = parse(&with(field, value.clone())).unwrap_err().to_string();
            assert!(message.contains(&format!("`{field}`")) && message.contains(&value.to_string()), "{message}");
        }
        assert!(matches!(Config::parse(Path::new("c"), b"[]"), Err(Error::Json { .. })));
    }
}
