//! Reads the golden checkpoints and what the reference implementation computed with them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use baselines::{DecodeOptions, Decoded};
use bench::Stop;
use serde_json::Value;
use tch::Tensor;

/// The checkpoints: tied and untied, with 1, 2 and 4 key heads; the second is in shards, the last two are in bf16.
pub(crate) const GOLDEN: [&str; 3] = ["tied-kv1", "untied-kv2-sharded", "tied-kv4"];

/// The folder of a checkpoint.
pub(crate) fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/qwen2").join(name)
}

/// A JSON file of a checkpoint.
pub(crate) fn json(name: &str, file: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder(name).join(file)).unwrap()).unwrap()
}

/// A tensor of `golden.safetensors`.
pub(crate) fn tensor(name: &str, key: &str) -> Tensor {
    let all = Tensor::read_safetensors(folder(name).join("golden.safetensors")).unwrap();
    all.into_iter().find(|(found, _)| found == key).unwrap().1
}

/// A list of ids.
pub(crate) fn ids(value: &Value) -> Vec<u32> {
    value.as_array().unwrap().iter().map(|id| u32::try_from(id.as_u64().unwrap()).unwrap()).collect()
}

/// Prompts and their expected continuations: `plain`, `stopped` and `banned`.
pub(crate) struct Golden {
    pub(crate) prompts: Vec<Vec<u32>>,
    pub(crate) cases: BTreeMap<&'static str, Vec<Decoded>>,
    new_tokens: usize,
    eos: u32,
    banned: Vec<u32>,
}

impl Golden {
    pub(crate) fn read(name: &str) -> Self {
        let value = json(name, "golden.json");
        let decoded = |row: &Value| Decoded {
            ids: ids(&row["ids"]),
            stop: if row["stop"] == "eos" { Stop::Eos } else { Stop::Length },
        };
        let case = |case| (case, value[case].as_array().unwrap().iter().map(decoded).collect());
        Self {
            prompts: value["prompts"].as_array().unwrap().iter().map(ids).collect(),
            cases: ["plain", "stopped", "banned"].map(case).into(),
            new_tokens: usize::try_from(value["new_tokens"].as_u64().unwrap()).unwrap(),
            eos: u32::try_from(value["eos"].as_u64().unwrap()).unwrap(),
            banned: ids(&value["ban"]),
        }
    }

    pub(crate) fn options(&self, case: &str) -> DecodeOptions {
        let eos = if case == "plain" { Vec::new() } else { vec![self.eos] };
        let banned = if case == "banned" { self.banned.clone() } else { Vec::new() };
        DecodeOptions::new(self.new_tokens, eos, banned)
    }
}

/// A Python program with what the comparison needs: the environment variable PYTHON, or `python3`.
#[expect(clippy::disallowed_methods, reason = "where Python lies is known to the caller alone")]
pub(crate) fn python() -> String {
    std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned())
}
