//! Opening and writing checkpoint folders: what is broken is named, and what is written reads back.

use std::fs;
use std::path::Path;

use crate::golden::{self, GOLDEN};
use baselines::model::{Config, Parameters, Precision, Qwen2, load, save};
use baselines::{Error, LanguageModel, Result, tokenizer};
use bench::Seed;
use tch::{Device, Kind, Tensor};
use tempfile::TempDir;

/// A copy of a golden folder, to be damaged.
fn copy(name: &str) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(golden::folder(name)).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    copy
}

fn open(folder: &Path) -> Result<(Config, Parameters)> {
    load(folder, Precision::F32, Device::Cpu)
}

/// Opening must fail with a message that holds all of `parts`.
fn refused(folder: &Path, parts: &[&str]) {
    let error = open(folder).expect_err("the folder is damaged");
    let message = error.to_string();
    assert!(parts.iter().all(|part| message.contains(part)), "`{message}` lacks one of {parts:?}");
}

/// Rewrites the weights of a folder through `change`.
fn rewrite(folder: &Path, change: impl FnOnce(&mut Vec<(String, Tensor)>)) {
    let path = folder.join("model.safetensors");
    let mut tensors = Tensor::read_safetensors(&path).unwrap();
    change(&mut tensors);
    Tensor::write_safetensors(&tensors, &path).unwrap();
}

fn set_config(folder: &Path, field: &str, value: serde_json::Value) {
    let path = folder.join("config.json");
    let mut config: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    config[field] = value;
    fs::write(&path, config.to_string()).unwrap();
}

#[test]
fn weights_take_the_chosen_precision_whatever_is_stored() {
    for name in GOLDEN {
        for precision in [Precision::F32, Precision::BF16] {
            let (config, parameters) = load(&golden::folder(name), precision, Device::Cpu).unwrap();
            assert!(parameters.iter().all(|(_, tensor)| tensor.kind() == precision.kind()), "{name}");
            assert_eq!(parameters.len(), config.parameters().len());
        }
    }
    let half = copy("tied-kv1");
    rewrite(half.path(), |tensors| tensors.iter_mut().for_each(|(_, tensor)| *tensor = tensor.to_kind(Kind::Half)));
    assert!(open(half.path()).is_ok(), "f16 files are read");
}

#[test]
fn a_missing_tensor_is_named() {
    let folder = copy("tied-kv1");
    rewrite(folder.path(), |tensors| tensors.retain(|(name, _)| name != "model.layers.1.mlp.up_proj.weight"));
    refused(folder.path(), &["model.safetensors", "`model.layers.1.mlp.up_proj.weight`", "is missing"]);
}

#[test]
fn an_unexpected_tensor_is_named() {
    let folder = copy("tied-kv1");
    let extra = ("model.layers.2.mlp.up_proj.weight".to_owned(), Tensor::zeros([96, 48], (Kind::Float, Device::Cpu)));
    rewrite(folder.path(), |tensors| tensors.push(extra));
    refused(folder.path(), &["model.safetensors", "`model.layers.2.mlp.up_proj.weight`", "not part of this model"]);
}

#[test]
fn a_wrong_shape_is_named_with_both_shapes() {
    let folder = copy("tied-kv1");
    set_config(folder.path(), "intermediate_size", 95.into());
    refused(folder.path(), &["mlp.down_proj.weight", "[48, 96]", "[48, 95]"]);
}

#[test]
fn a_wrong_kind_is_named() {
    let folder = copy("tied-kv1");
    rewrite(folder.path(), |tensors| tensors.iter_mut().for_each(|(_, tensor)| *tensor = tensor.to_kind(Kind::Int64)));
    refused(folder.path(), &["model.embed_tokens.weight", "I64"]);
}

#[test]
fn a_tied_head_may_be_stored_but_must_be_the_embedding() {
    let folder = copy("tied-kv1");
    rewrite(folder.path(), |tensors| {
        let embedding = tensors.iter().find(|(name, _)| name.contains("embed")).unwrap().1.copy();
        tensors.push(("lm_head.weight".to_owned(), embedding));
    });
    assert!(open(folder.path()).is_ok());
    rewrite(folder.path(), |tensors| {
        let head = tensors.iter_mut().find(|(name, _)| name == "lm_head.weight").unwrap();
        head.1 = &head.1 + 1.0;
    });
    refused(folder.path(), &["`lm_head.weight`", "differs from the embedding"]);
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let folder = copy("tied-kv1");
    let path = folder.path().join("model.safetensors");
    let whole = fs::read(&path).unwrap();
    for length in [0, 7, 8, 100, 2000, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        refused(folder.path(), &["model.safetensors", "not a whole safetensors file"]);
    }
    fs::write(&path, [&whole[..], b"more"].concat()).unwrap();
    refused(folder.path(), &["not a whole safetensors file"]);
    let mut greedy = whole.clone();
    greedy[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    fs::write(&path, &greedy).unwrap();
    refused(folder.path(), &["its header claims 18446744073709551615 bytes"]);
}

#[test]
fn a_missing_shard_or_file_is_named() {
    let folder = copy("untied-kv2-sharded");
    let shard = folder.path().join("model-00002-of-00003.safetensors");
    fs::remove_file(&shard).unwrap();
    refused(folder.path(), &["cannot read", "model-00002-of-00003.safetensors"]);
    let index = folder.path().join("model.safetensors.index.json");
    fs::write(&index, r#"{"weight_map": {"a": "../../elsewhere.safetensors"}}"#).unwrap();
    refused(folder.path(), &["elsewhere", "beside the index"]);
    fs::write(&index, r#"{"weight_map": {"a": "model-00001-of-00003.safetensors"}}"#).unwrap();
    refused(folder.path(), &["model.safetensors.index.json", "is missing"]);
    fs::write(&index, "[1").unwrap();
    refused(folder.path(), &["model.safetensors.index.json", "JSON"]);
    refused(Path::new("nowhere"), &["cannot read nowhere/config.json"]);
}

#[test]
fn a_field_that_is_not_honoured_is_named() {
    let folder = copy("tied-kv1");
    set_config(folder.path(), "use_sliding_window", true.into());
    refused(folder.path(), &["config.json", "`use_sliding_window`", "true", "not implemented"]);
}

/// Equal models give equal bytes, and what is written reads back as it was.
#[test]
fn saved_folder_reads_back() {
    let (config, parameters) = open(&golden::folder("untied-kv2-sharded")).unwrap();
    let text = "def test_total():\n    assert total([1, 2]) == 3\n".repeat(30);
    let tokenizer = tokenizer::train(&[&text], 300).unwrap();
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    for folder in &folders {
        save(folder.path(), &config, &parameters, &tokenizer).unwrap();
    }
    let files =
        ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];
    for file in files {
        let [first, second] = folders.each_ref().map(|folder| fs::read(folder.path().join(file)).unwrap());
        assert!(!first.is_empty() && first == second, "{file}");
    }
    assert_eq!(fs::read_dir(folders[0].path()).unwrap().count(), files.len(), "no temporary file stays");
    let opened = LanguageModel::open(folders[0].path(), Device::Cpu, Precision::F32).unwrap();
    for (name, tensor) in parameters.iter() {
        assert_eq!(Some(tensor), opened.parameters().get(name), "{name}");
    }
    let expected = Config { eos_token_ids: vec![tokenizer.eos()], ..config };
    assert_eq!(opened.config(), &expected);
    assert_eq!(opened.tokenizer.encode(&text).unwrap(), tokenizer.encode(&text).unwrap());
    assert_eq!((opened.tokenizer.eos(), opened.tokenizer.bos()), (tokenizer.eos(), tokenizer.eos()));
    assert_eq!(opened.decode_options(3).banned, tokenizer.banned());
}

#[test]
fn a_tokenizer_must_fit_the_model() {
    let folder = copy("tied-kv1");
    tokenizer::train(&["assert"], 300).unwrap().save(folder.path()).unwrap();
    let error = LanguageModel::open(folder.path(), Device::Cpu, Precision::F32).unwrap_err();
    assert!(error.to_string().contains("it has 265 ids, the model 256"), "{error}");
    fs::write(folder.path().join("tokenizer.json"), "{").unwrap();
    let error = LanguageModel::open(folder.path(), Device::Cpu, Precision::F32).unwrap_err();
    assert!(matches!(&error, Error::Tokenizer { action, .. } if action.contains("tokenizer.json")), "{error}");
}

/// Fresh parameters as the reference draws them: normal weights, norms of 1, biases of 0; and from the seed alone.
#[test]
fn fresh_parameters_have_the_documented_distribution() {
    let (config, _) = open(&golden::folder("untied-kv2-sharded")).unwrap();
    let draw = || Parameters::init(&config, Seed(5), Kind::Float, Device::Cpu);
    let (first, second) = (draw(), draw());
    assert_eq!(first.len(), config.parameters().len());
    for (name, tensor) in first.iter() {
        assert_eq!(Some(tensor), second.get(name), "{name}");
        let (std, mean) = (tensor.std(false), tensor.mean(Kind::Float));
        let (std, mean) = (f64::try_from(std).unwrap(), f64::try_from(mean).unwrap());
        let expected = match name {
            _ if name.ends_with("norm.weight") => (0.0, 1.0),
            _ if name.ends_with("bias") => (0.0, 0.0),
            _ => (0.02, 0.0),
        };
        assert!((std - expected.0).abs() < 0.001 && (mean - expected.1).abs() < 0.001, "{name}: {std}, {mean}");
    }
    let model = Qwen2::new(&config, &first);
    assert_eq!(model.config(), &config);
}
