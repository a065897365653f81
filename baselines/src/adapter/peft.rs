//! Adapters as folders of the library PEFT: `adapter_config.json` and `adapter_model.safetensors` (M55).

use std::collections::BTreeMap;
use std::path::Path;

use bench::file::{json_text, remove_file, temporary, write_atomic};
use serde_json::{Map, Value, json};
use tch::{Device, Kind, Tensor};

use super::{Adapter, Module, Pair, Pairs};
use crate::error::{Error, Result};
use crate::model::{Config, read_header, read_tensor, write};

/// The description.
const CONFIG: &str = "adapter_config.json";
/// The weights.
const WEIGHTS: &str = "adapter_model.safetensors";
/// What PEFT puts before the name of a layer.
const LAYERS: &str = "base_model.model.model.layers.";

/// Whether a value is the one that is read.
type Accepts = fn(&Value) -> bool;

/// Fields that change what an adapter computes, with the only value that is read, apart from null and nothing.
const INERT: [(&str, Accepts); 15] = [
    ("peft_type", |value| value == "LORA"),
    ("bias", |value| value == "none"),
    ("fan_in_fan_out", is_false),
    ("use_dora", is_false),
    ("use_qalora", is_false),
    ("lora_bias", is_false),
    ("modules_to_save", is_empty),
    ("alpha_pattern", is_empty),
    ("layer_replication", is_empty),
    ("trainable_token_indices", is_empty),
    ("target_parameters", is_empty),
    ("exclude_modules", is_empty),
    ("megatron_config", is_empty),
    ("arrow_config", is_empty),
    ("alora_invocation_tokens", is_empty),
];

/// Writes `adapter` into `folder` so that `peft` loads it onto `base`, a model of the shape `config`: shared pairs are
/// repeated for every layer (M55). Weights are f32. The description comes last, so a folder that has it is whole; an
/// adapter that stood there stays until the new one is complete, unless its description is another.
///
/// # Errors
/// If the adapter does not fit the shape, its pairs have several ranks, or a file cannot be written.
pub fn export_peft(adapter: &Adapter, config: &Config, base: &str, folder: &Path) -> Result<()> {
    adapter.check(config)?;
    let rank = adapter.rank();
    let ranks = adapter.groups().iter().flat_map(Pairs::values).map(|pair| pair.sizes().1);
    if let Some(other) = ranks.into_iter().find(|&other| other != rank) {
        return Err(Error::option("adapter", format!("of ranks {other} and {rank}"), "it must have one rank"));
    }
    let layers = usize::try_from(config.num_hidden_layers).expect("because layers are counted");
    let mut tensors: BTreeMap<String, Tensor> = BTreeMap::new();
    let mut modules: Vec<&str> = Vec::new();
    for (layer, module) in (0..layers).flat_map(|layer| Module::ALL.map(|module| (layer, module))) {
        let Some(pair) = adapter.pair(layer, module) else { continue };
        let name = |factor| format!("{LAYERS}{layer}.{}.lora_{factor}.weight", module.path());
        tensors.insert(name("A"), pair.a.detach().to_kind(Kind::Float));
        tensors.insert(name("B"), pair.b.detach().to_kind(Kind::Float));
        modules.push(module.name());
    }
    modules.sort_unstable();
    modules.dedup();
    std::fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
    let path = folder.join(CONFIG);
    let text = json_text(&description(base, rank, adapter.scale() * rank as f64, &modules));
    let is_described = std::fs::read(&path).is_ok_and(|known| known == text.as_bytes());
    if !is_described {
        remove_file(&path)?;
    }
    let borrowed = tensors.iter().map(|(name, tensor)| (name.clone(), tensor)).collect();
    write(&folder.join(WEIGHTS), &borrowed, ("format", "pt"))?;
    if is_described { Ok(()) } else { Ok(write_atomic(&path, text.as_bytes())?) }
}

/// Whether what stands at `folder` may be replaced by an adapter: nothing, an adapter, or what an [`export_peft`] that
/// was killed left.
pub fn is_replaceable(folder: &Path) -> bool {
    let files = [CONFIG, WEIGHTS].map(|name| folder.join(name));
    let is_ours = |path| files.contains(&path) || files.iter().any(|file| temporary(file).is_ok_and(|at| at == path));
    let Ok(mut entries) = std::fs::read_dir(folder) else { return !folder.exists() };
    files[0].exists() || entries.all(|entry| entry.is_ok_and(|entry| is_ours(entry.path())))
}

fn description(base: &str, rank: i64, alpha: f64, modules: &[&str]) -> Value {
    json!({
        "alpha_pattern": {},
        "auto_mapping": null,
        "base_model_name_or_path": base,
        "bias": "none",
        "fan_in_fan_out": false,
        "inference_mode": true,
        "init_lora_weights": true,
        "layers_pattern": null,
        "layers_to_transform": null,
        "lora_alpha": alpha,
        "lora_dropout": 0.0,
        "modules_to_save": null,
        "peft_type": "LORA",
        "r": rank,
        "rank_pattern": {},
        "revision": null,
        "target_modules": modules,
        "task_type": "CAUSAL_LM",
        "use_dora": false,
        "use_rslora": false,
    })
}

/// The adapter in the PEFT folder `folder`, for a model of the shape `config`, on `device`.
///
/// # Errors
/// If a file is missing or broken, if the description asks for what is not implemented, or if tensors are missing,
/// unexpected, or of other shapes than the model's.
pub fn import_peft(folder: &Path, config: &Config, device: Device) -> Result<Adapter> {
    let path = folder.join(CONFIG);
    let text = std::fs::read(&path).map_err(|source| Error::io("read", &path, source))?;
    let fields = serde_json::from_slice(&text).map_err(|source| Error::Json { path: path.clone(), source })?;
    let scale = scale(&path, &fields)?;
    let layers = read_layers(&folder.join(WEIGHTS), config, device)?;
    let adapter = Adapter::per_layer(layers, scale);
    check_rank(&path, &fields, &adapter)?;
    adapter.check(config)?;
    Ok(adapter)
}

/// α/r, or α/√r where the description asks for that.
fn scale(path: &Path, fields: &Map<String, Value>) -> Result<f64> {
    for (name, fits) in INERT {
        let value = fields.get(name).unwrap_or(&Value::Null);
        if !value.is_null() && !fits(value) {
            return Err(refuse(path, name, value, "only plain LoRA is implemented"));
        }
    }
    let number = |name: &str| {
        let value = fields.get(name).unwrap_or(&Value::Null);
        let found = value.as_f64().filter(|number| number.is_finite() && *number > 0.0);
        found.ok_or_else(|| refuse(path, name, value, "it must be a positive number"))
    };
    let (rank, alpha) = (number("r")?, number("lora_alpha")?);
    let root = fields.get("use_rslora") == Some(&Value::Bool(true));
    Ok(if root { alpha / rank.sqrt() } else { alpha / rank })
}

/// Ranks other than `r` change the scale of their pairs in PEFT, which an adapter with one scale cannot say.
fn check_rank(path: &Path, fields: &Map<String, Value>, adapter: &Adapter) -> Result<()> {
    let rank = &fields["r"];
    let mut ranks = adapter.groups().iter().flat_map(Pairs::values).map(|pair| pair.sizes().1);
    match ranks.find(|&found| rank.as_i64() != Some(found)) {
        Some(found) => Err(refuse(path, "r", rank, &format!("a pair has rank {found}"))),
        None => Ok(()),
    }
}

/// A and B of a pair, as far as they were found.
type Halves = (Option<Tensor>, Option<Tensor>);

fn read_layers(path: &Path, config: &Config, device: Device) -> Result<Vec<Pairs>> {
    let header = read_header(path)?;
    let count = usize::try_from(config.num_hidden_layers).expect("because layers are counted");
    let mut halves: Vec<BTreeMap<Module, Halves>> = Vec::new();
    halves.resize_with(count, BTreeMap::new);
    for name in header.tensors.keys() {
        let Some((layer, module, factor)) = place(name).filter(|place| place.0 < count) else {
            return Err(Error::weight(path, name, "is no LoRA factor of a layer of this model"));
        };
        let tensor = read_tensor(&header, name)?;
        if tensor.dim() != 2 {
            return Err(Error::weight(path, name, format!("has shape {:?}, not two sizes", tensor.size())));
        }
        let tensor = tensor.to_kind(Kind::Float).to_device(device);
        let pair = halves[layer].entry(module).or_default();
        *(if factor == 'A' { &mut pair.0 } else { &mut pair.1 }) = Some(tensor);
    }
    let whole = |(layer, halves): (usize, BTreeMap<Module, _>)| {
        let pair = |(module, factors)| match factors {
            (Some(a), Some(b)) => Ok((module, Pair { a, b })),
            (a, _) => {
                let missing = if a.is_none() { 'A' } else { 'B' };
                let name = format!("{LAYERS}{layer}.{}.lora_{missing}.weight", Module::path(module));
                Err(Error::weight(path, &name, "is missing"))
            }
        };
        halves.into_iter().map(pair).collect::<Result<Pairs>>()
    };
    halves.into_iter().enumerate().map(whole).collect()
}

/// Layer, module and factor (`A` or `B`) of a tensor name.
fn place(name: &str) -> Option<(usize, Module, char)> {
    let (layer, rest) = name.strip_prefix(LAYERS)?.split_once('.')?;
    let (module, factor) = rest.strip_suffix(".weight")?.rsplit_once(".lora_")?;
    let module = Module::ALL.into_iter().find(|known| known.path() == module)?;
    let factor = ["A", "B"].into_iter().find(|&known| known == factor)?.chars().next()?;
    Some((layer.parse().ok()?, module, factor))
}

fn is_false(value: &Value) -> bool {
    value == &Value::Bool(false)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

fn refuse(path: &Path, field: &str, value: &Value, reason: &str) -> Error {
    let (path, field, value) = (path.to_owned(), field.to_owned(), value.to_string());
    Error::Config { path, field, value, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_layer_module_and_factor() {
        let name = "base_model.model.model.layers.12.self_attn.q_proj.lora_B.weight";
        assert_eq!(place(name), Some((12, Module::QProj, 'B')));
        for name in [
            "base_model.model.model.layers.x.self_attn.q_proj.lora_B.weight",
            "base_model.model.model.layers.1.mlp.q_proj.lora_B.weight",
            "base_model.model.model.layers.1.self_attn.q_proj.lora_C.weight",
            "base_model.model.lm_head.lora_A.weight",
        ] {
            assert_eq!(place(name), None, "{name}");
        }
    }
}
