//! The Qwen3 decoder against the reference implementation, from both ways of naming tensors.
//!
//! `../golden/make_qwen3.py` made the checkpoints and the expected values.

use std::fs;
use std::path::{Path, PathBuf};

use baselines::model::{Config, Family, Input, Layout, Parameters, Part, Positions, Precision, Qwen2, load, load_part};
use serde_json::Value;
use tch::{Device, Tensor};

/// Tied, f32, with the prefix `model.`; and untied, bf16, without head and prefix.
pub(crate) const GOLDEN: [&str; 2] = ["prefixed", "bare"];

pub(crate) fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/qwen3").join(name)
}

pub(crate) fn json(name: &str) -> Value {
    serde_json::from_slice(&fs::read(folder(name).join("golden.json")).unwrap()).unwrap()
}

pub(crate) fn tensors(name: &str) -> Vec<(String, Tensor)> {
    Tensor::read_safetensors(folder(name).join("golden.safetensors")).unwrap()
}

pub(crate) fn difference(a: &Tensor, b: &Tensor) -> f64 {
    assert_eq!(a.size(), b.size());
    f64::try_from((a - b).abs().max()).unwrap()
}

fn body(folder: &Path) -> (Config, Parameters) {
    load_part(folder, Part::Body, Precision::F32, Device::Cpu).unwrap()
}

fn rows(name: &str) -> Vec<Vec<i64>> {
    let rows = json(name)["rows"].clone();
    serde_json::from_value(rows).unwrap()
}

/// A copy of a golden folder whose tensors `change` names and fills.
fn changed(name: &str, change: impl FnOnce(&mut Vec<(String, Tensor)>)) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    fs::copy(folder(name).join("config.json"), copy.path().join("config.json")).unwrap();
    let mut all = Tensor::read_safetensors(folder(name).join("model.safetensors")).unwrap();
    change(&mut all);
    Tensor::write_safetensors(&all, copy.path().join("model.safetensors")).unwrap();
    copy
}

/// M10: states after the final norm.
#[test]
fn hidden_states_equal_the_reference() {
    for name in GOLDEN {
        let (config, parameters) = body(&folder(name));
        assert_eq!(config.family, Family::Qwen3);
        assert_ne!(config.num_attention_heads * config.head_dim, config.hidden_size, "E does not follow from D and H");
        let model = Qwen2::new(&config, &parameters);
        let golden = tensors(name);
        for (index, row) in rows(name).iter().enumerate() {
            let ids = Tensor::from_slice(row).unsqueeze(0);
            let input =
                Input { ids: &ids, layout: Layout::Left(&[0]), positions: Positions::All, adapters: None, noise: None };
            let found = tch::no_grad(|| model.hidden(&input, None)).squeeze_dim(0);
            let expected = &golden.iter().find(|(key, _)| *key == format!("hidden.{index}")).unwrap().1;
            let found = difference(&found, expected);
            eprintln!("{name}, row {index}: largest difference of hidden states {found:e}");
            assert!(found <= 1e-5, "{name}, row {index}: {found:e}");
        }
    }
}

#[test]
fn logits_of_a_tied_checkpoint_equal_the_reference() {
    let (config, parameters) = load(&folder("prefixed"), Precision::F32, Device::Cpu).unwrap();
    let ids = Tensor::from_slice(&rows("prefixed")[0]).unsqueeze(0);
    let input = Input { ids: &ids, layout: Layout::Left(&[0]), positions: Positions::All, adapters: None, noise: None };
    let found = tch::no_grad(|| Qwen2::new(&config, &parameters).forward(&input, None)).squeeze_dim(0);
    let expected = &tensors("prefixed").into_iter().find(|(key, _)| key == "logits.0").unwrap().1;
    assert!(difference(&found, expected) <= 1e-4);
}

#[test]
fn both_ways_of_naming_give_one_model() {
    let renamed = changed("prefixed", |all| {
        for (name, _) in all {
            *name = name.strip_prefix("model.").unwrap().to_owned();
        }
    });
    let (expected, found) = (body(&folder("prefixed")), body(renamed.path()));
    assert_eq!(found.0, expected.0);
    assert_eq!(found.1.len(), expected.1.len());
    assert!(found.1.iter().zip(expected.1.iter()).all(|(a, b)| a == b));
    let mixed = changed("prefixed", |all| {
        let (name, _) = all.iter_mut().find(|(name, _)| name == "model.norm.weight").unwrap();
        *name = "norm.weight".to_owned();
    });
    let message = load(mixed.path(), Precision::F32, Device::Cpu).unwrap_err().to_string();
    assert!(message.contains("`norm.weight` is not named as the others"), "{message}");
}

#[test]
fn a_head_is_needed_for_logits_alone() {
    let message = load(&folder("bare"), Precision::F32, Device::Cpu).unwrap_err().to_string();
    assert!(message.contains("`lm_head.weight` is missing"), "{message}");
    let headed = changed("bare", |all| {
        let embedding = all.iter().find(|(name, _)| name == "embed_tokens.weight").unwrap().1.copy();
        all.push(("lm_head.weight".to_owned(), embedding));
    });
    assert_eq!(body(headed.path()).1.len(), body(&folder("bare")).1.len(), "encoders pass it over");
    assert!(load(headed.path(), Precision::F32, Device::Cpu).is_ok());
}

#[test]
fn tensors_of_the_other_family_are_refused_both_ways() {
    let lacking = changed("bare", |all| all.retain(|(name, _)| name != "layers.1.self_attn.k_norm.weight"));
    let message = load_part(lacking.path(), Part::Body, Precision::F32, Device::Cpu).unwrap_err().to_string();
    assert!(message.contains("`model.layers.1.self_attn.k_norm.weight` is missing"), "{message}");
    let biased = changed("bare", |all| {
        all.push(("layers.0.self_attn.q_proj.bias".to_owned(), Tensor::zeros([32], tch::kind::FLOAT_CPU)));
    });
    let message = load_part(biased.path(), Part::Body, Precision::F32, Device::Cpu).unwrap_err().to_string();
    assert!(message.contains("`layers.0.self_attn.q_proj.bias` is not part of this model"), "{message}");
}
