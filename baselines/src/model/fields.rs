//! The fields of `config.json`, taken one by one: what is left at the end is refused.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::family::Family;
use crate::error::{Error, Result};

/// Fields that say nothing about the numbers the model computes: provenance, the kind of the stored numbers (the
/// tensors say it themselves), switches of the Python library, and windows that apply only with
/// `use_sliding_window`, which is refused.
const INERT: &[&str] = &[
    "_name_or_path",
    "bos_token_id",
    "chunk_size_feed_forward",
    "dtype",
    "id2label",
    "is_decoder",
    "is_encoder_decoder",
    "label2id",
    "max_window_layers",
    "output_attentions",
    "output_hidden_states",
    "pad_token_id",
    "problem_type",
    "return_dict",
    "sliding_window",
    "torch_dtype",
    "transformers_version",
    "use_cache",
];

/// The fields not yet spoken for.
pub(super) struct Fields<'a> {
    pub(super) path: &'a Path,
    pub(super) fields: Map<String, Value>,
}

impl Fields<'_> {
    pub(super) fn refuse(&self, field: &str, value: &Value, reason: impl Into<String>) -> Error {
        Error::Config {
            path: self.path.to_owned(),
            field: field.to_owned(),
            value: value.to_string(),
            reason: reason.into(),
        }
    }

    /// The family that `model_type` names, if `architectures` is one of its own.
    pub(super) fn family(&mut self) -> Result<Family> {
        let found = self.fields.remove("model_type").unwrap_or_default();
        let Some(family) = Family::ALL.into_iter().find(|family| found == family.model_type()) else {
            return Err(self.refuse("model_type", &found, "only qwen2 and qwen3 are implemented"));
        };
        let found = self.fields.remove("architectures").unwrap_or_default();
        let known = family.architectures();
        if known.iter().all(|name| found != json!([name])) {
            return Err(self.refuse("architectures", &found, format!("only {} are implemented", known.join(" and "))));
        }
        Ok(family)
    }

    /// Takes `field` if it is absent, null or one of `accepted`.
    pub(super) fn unless_absent(&mut self, field: &str, accepted: &[Value], reason: &str) -> Result<()> {
        match self.fields.remove(field) {
            None | Some(Value::Null) => Ok(()),
            Some(found) if accepted.contains(&found) => Ok(()),
            Some(found) => Err(self.refuse(field, &found, reason)),
        }
    }

    pub(super) fn refuse_unimplemented(&mut self) -> Result<()> {
        self.unless_absent("use_sliding_window", &[json!(false)], "sliding windows are not implemented")?;
        self.unless_absent("attention_bias", &[json!(false)], "biases are those of the family")?;
        self.unless_absent("attention_dropout", &[json!(0), json!(0.0)], "dropout is not implemented")?;
        self.unless_absent("hidden_act", &[json!("silu")], "only silu is implemented")?;
        self.unless_absent("use_mrope", &[json!(false)], "multimodal rotary positions are not implemented")?;
        self.unless_absent("pretraining_tp", &[json!(1)], "split checkpoints are not implemented")?;
        self.unless_absent("quantization_config", &[], "quantised weights are not implemented")
    }

    pub(super) fn layer_types(&mut self, layers: i64) -> Result<()> {
        let Some(found) = self.fields.remove("layer_types").filter(|value| !value.is_null()) else { return Ok(()) };
        let full = |types: &Vec<Value>| types.iter().all(|kind| kind == "full_attention");
        match &found {
            Value::Array(types) if super::size(types.len()) == layers && full(types) => Ok(()),
            _ => Err(self.refuse("layer_types", &found, format!("{layers} times full_attention is implemented"))),
        }
    }

    /// `rope_theta` at the top (`transformers` 4) or inside `rope_parameters` (5).
    pub(super) fn rope_theta(&mut self) -> Result<f64> {
        for field in ["rope_scaling", "rope_parameters"] {
            let Some(found) = self.fields.remove(field).filter(|value| !value.is_null()) else { continue };
            let Value::Object(mut inner) = found.clone() else {
                return Err(self.refuse(field, &found, "an object is needed"));
            };
            let kinds = [inner.remove("rope_type"), inner.remove("type")];
            let theta = inner.remove("rope_theta");
            if kinds.iter().flatten().any(|kind| kind != "default") || !inner.is_empty() {
                return Err(self.refuse(field, &found, "only unscaled rotary positions are implemented"));
            }
            if let Some(theta) = theta {
                let top = self.fields.insert("rope_theta".to_owned(), theta.clone());
                if top.is_some_and(|top| top.as_f64() != theta.as_f64()) {
                    return Err(self.refuse(field, &found, "`rope_theta` beside it says otherwise"));
                }
            }
        }
        self.positive("rope_theta", 10_000.0)
    }

    pub(super) fn optional_count(&mut self, field: &str) -> Result<Option<i64>> {
        match self.fields.remove(field) {
            None | Some(Value::Null) => Ok(None),
            Some(found) => match found.as_i64() {
                // The bound keeps products of two sizes within 64 bits.
                Some(count) if (1..=1 << 30).contains(&count) => Ok(Some(count)),
                _ => Err(self.refuse(field, &found, "a whole number from 1 to 2^30 is needed")),
            },
        }
    }

    pub(super) fn count(&mut self, field: &str) -> Result<i64> {
        self.optional_count(field)?.ok_or_else(|| self.refuse(field, &Value::Null, "it is needed"))
    }

    pub(super) fn positive(&mut self, field: &str, default: f64) -> Result<f64> {
        match self.fields.remove(field) {
            None | Some(Value::Null) => Ok(default),
            Some(found) => match found.as_f64() {
                Some(number) if number.is_finite() && number > 0.0 => Ok(number),
                _ => Err(self.refuse(field, &found, "a positive number is needed")),
            },
        }
    }

    pub(super) fn flag(&mut self, field: &str) -> Result<bool> {
        match self.fields.remove(field) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(found) => Err(self.refuse(field, &found, "true or false is needed")),
        }
    }

    pub(super) fn ids(&mut self, field: &str) -> Result<Vec<u32>> {
        let found = self.fields.remove(field).unwrap_or_default();
        let id = |value: &Value| value.as_u64().and_then(|id| u32::try_from(id).ok());
        match &found {
            Value::Null => Some(Vec::new()),
            Value::Array(all) => all.iter().map(id).collect(),
            one => id(one).map(|id| vec![id]),
        }
        .ok_or_else(|| self.refuse(field, &found, "a token id or a list of them is needed"))
    }

    /// Refuses what nobody took and the list does not know.
    pub(super) fn finish(&self) -> Result<()> {
        match self.fields.iter().find(|(field, _)| !INERT.contains(&field.as_str())) {
            None => Ok(()),
            Some((field, value)) => Err(self.refuse(field, value, "this field is not known here")),
        }
    }
}
