//! Adapters against the library PEFT, and their laws.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use baselines::adapter::{
    BranchInput, LoraOptions, Module, Pair, Pairs, RowAdapters, Sharing, export_peft, import_peft, is_replaceable,
};
use baselines::decode::{self, DecodeOptions};
use baselines::model::{self, Config, Input, Layout, Parameters, Positions, Precision, Qwen2};
use baselines::train::{Batch, Decay, Event, Example, LowRank, Observer, RunOptions, Schedule, run};
use baselines::{Adapter, train::Objective};
use bench::Seed;
use serde_json::{Value, json};
use tch::{Device, Kind, Tensor};

use crate::golden::{GOLDEN, folder, ids, python};

const CASES: [&str; 2] = ["all-modules", "two-modules-rslora"];

fn case_folder(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/adapters").join(case)
}

fn json_of(case: &str, file: &str) -> Value {
    serde_json::from_slice(&std::fs::read(case_folder(case).join(file)).unwrap()).unwrap()
}

fn tensors(case: &str, file: &str) -> Vec<(String, Tensor)> {
    Tensor::read_safetensors(case_folder(case).join(file)).unwrap()
}

fn base(name: &str) -> (Config, Parameters, Qwen2) {
    let (config, parameters) = model::load(&folder(name), Precision::F32, Device::Cpu).unwrap();
    let model = Qwen2::new(&config, &parameters);
    (config, parameters, model)
}

/// An adapter whose every number is drawn, B included.
fn drawn(config: &Config, sharing: Sharing, seed: u64) -> Adapter {
    let options = LoraOptions { rank: 4, alpha: 8.0, sharing, modules: Module::ALL.to_vec() };
    let adapter = options.init(config, Seed(seed), Device::Cpu);
    // Without torch's generator, which is one for all tests.
    for (index, pair) in adapter.groups().iter().flat_map(Pairs::values).enumerate() {
        let places = Tensor::arange(i64::try_from(pair.b.numel()).unwrap(), (Kind::Float, Device::Cpu));
        let wave = (places * (1.7 + seed as f64 + index as f64)).sin() * 0.3;
        pair.b.shallow_clone().copy_(&wave.view_as(&pair.b));
    }
    adapter
}

/// Logits [B, T, V] of rows of equal length.
fn logits(model: &Qwen2, rows: &[Vec<u32>], adapters: Option<&RowAdapters>) -> Tensor {
    let flat: Vec<i64> = rows.iter().flatten().map(|&id| i64::from(id)).collect();
    let ids = Tensor::from_slice(&flat).view([i64::try_from(rows.len()).unwrap(), -1]);
    let padding = vec![0; rows.len()];
    tch::no_grad(|| {
        model.forward(
            &Input { ids: &ids, layout: Layout::Left(&padding), positions: Positions::All, adapters, noise: None },
            None,
        )
    })
}

fn difference(a: &Tensor, b: &Tensor) -> f64 {
    f64::try_from((a - b).abs().max()).unwrap()
}

fn rows(count: u32, length: u32) -> Vec<Vec<u32>> {
    (0..count).map(|row| (0..length).map(|column| (row * 37 + column * 11 + 1) % 250).collect()).collect()
}

/// An adapter that PEFT saved gives the logits that PEFT gives (M54, M55).
#[test]
fn imported_adapters_give_the_logits_of_the_reference() {
    for case in CASES {
        let golden = json_of(case, "golden.json");
        let (config, _, model) = base(golden["model"].as_str().unwrap());
        let adapter = Rc::new(import_peft(&case_folder(case), &config, Device::Cpu).unwrap());
        let prompt = vec![ids(&golden["prefix"])];
        let found = logits(&model, &prompt, Some(&RowAdapters::same(&adapter, 1)));
        let all = tensors(case, "golden.safetensors");
        let (_, expected) = all.iter().find(|(name, _)| name == "logits").unwrap();
        let worst = difference(&found.squeeze_dim(0), expected);
        assert!(worst <= 1e-4, "{case}: {worst}");
        assert!(difference(&logits(&model, &prompt, None).squeeze_dim(0), expected) > 0.1, "{case} changes the model");
    }
}

/// The gradient of every factor, by relative distance.
#[test]
fn gradients_are_those_of_the_reference() {
    for case in CASES {
        let golden = json_of(case, "golden.json");
        let (config, _, model) = base(golden["model"].as_str().unwrap());
        let adapter = import_peft(&case_folder(case), &config, Device::Cpu).unwrap();
        let objective = LowRank::new(model, adapter).unwrap();
        let example = Example { prefix: ids(&golden["prefix"]), target: ids(&golden["target"]) };
        let loss = objective.loss(&Batch::examples(&[example]).unwrap()).unwrap();
        assert!((f64::try_from(&loss.nll).unwrap() - golden["loss"].as_f64().unwrap()).abs() <= 1e-4);
        loss.nll.backward();
        let mut compared = 0;
        for (name, expected) in tensors(case, "golden.safetensors") {
            let Some(name) = name.strip_prefix("gradient.base_model.model.model.layers.") else { continue };
            let (layer, rest) = name.split_once('.').unwrap();
            let module = Module::ALL.into_iter().find(|module| rest.starts_with(module.path())).unwrap();
            let pair = objective.adapter().pair(layer.parse().unwrap(), module).unwrap();
            let found = if rest.contains("lora_A") { pair.a.grad() } else { pair.b.grad() };
            let relative = f64::try_from((found - &expected).norm() / expected.norm()).unwrap();
            assert!(relative <= 1e-4, "{case} {name}: {relative}");
            compared += 1;
        }
        assert_eq!(compared, objective.parameters().len(), "{case}");
    }
}

#[derive(Default)]
struct Curve(Vec<(f64, f64)>);

impl Observer for Curve {
    fn event(&mut self, event: &Event) {
        if let Event::Step(step) = event {
            self.0.push((step.loss, step.norm));
        }
    }
}

/// Twenty steps of single LoRA: the loss of each is PEFT's (M54, M135).
#[test]
fn twenty_steps_follow_the_reference() {
    let golden = json_of(CASES[0], "training.json");
    let (config, _, model) = base("tied-kv1");
    let start = tensors(CASES[0], "start.safetensors");
    let find = |layer: i64, module: Module, factor: &str| {
        let name = format!("base_model.model.model.layers.{layer}.{}.lora_{factor}.weight", module.path());
        start.iter().find(|(found, _)| *found == name).unwrap().1.copy()
    };
    let pairs = |layer| -> Pairs {
        Module::ALL.map(|m| (m, Pair { a: find(layer, m, "A"), b: find(layer, m, "B") })).into_iter().collect()
    };
    let adapter = Adapter::per_layer((0..config.num_hidden_layers).map(pairs).collect(), 2.0);
    let objective = LowRank::new(model, adapter).unwrap();
    let examples: Vec<Example> = golden["examples"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| Example { prefix: ids(&pair[0]), target: ids(&pair[1]) })
        .collect();
    let steps = golden["steps"].as_array().unwrap();
    let schedule = Schedule {
        peak: golden["peak"].as_f64().unwrap(),
        warmup_steps: golden["warmup"].as_u64().unwrap(),
        steps: steps.len() as u64,
        decay: Decay::Cosine,
    };
    let clip = golden["clip"].as_f64().unwrap();
    let options = RunOptions { clip, ..RunOptions::new(schedule) };
    let mut curve = Curve::default();
    // Two micro-batches a step: what is accumulated is the gradient of all four examples.
    let batches = |_| Ok(vec![Batch::examples(&examples[..3])?, Batch::examples(&examples[3..])?]);
    run(&objective, &batches, &options, &mut curve).unwrap();
    assert_eq!(curve.0.len(), 20);
    for (step, (&(loss, norm), expected)) in curve.0.iter().zip(steps).enumerate() {
        let (wanted, wanted_norm) = (expected["loss"].as_f64().unwrap(), expected["norm"].as_f64().unwrap());
        assert!((loss - wanted).abs() <= 1e-4, "step {step}: {loss} instead of {wanted}");
        assert!((norm - wanted_norm).abs() <= 1e-3 * wanted_norm, "step {step}: {norm} instead of {wanted_norm}");
    }
}

/// M54: a fresh LoRA changes nothing, and its numbers are counted.
#[test]
fn fresh_adapters_change_nothing() {
    let (config, _, model) = base("untied-kv2-sharded");
    for sharing in [Sharing::PerLayer, Sharing::Shared] {
        let options = LoraOptions { sharing, ..LoraOptions::default() };
        let adapter = Rc::new(options.init(&config, Seed(1), Device::Cpu));
        let prompt = rows(2, 9);
        let (with, without) =
            (logits(&model, &prompt, Some(&RowAdapters::same(&adapter, 2))), logits(&model, &prompt, None));
        assert_eq!(with, without);
        let bound = adapter.pair(0, Module::QProj).unwrap().a.abs().max();
        assert!(f64::try_from(bound).unwrap() <= 1.0 / (config.hidden_size as f64).sqrt());
    }
}

/// M50 and M54: the numbers of both kinds at the published shape.
#[test]
fn published_shapes_have_the_counted_parameters() {
    let config = Config {
        vocab_size: 151_936,
        hidden_size: 1536,
        intermediate_size: 8960,
        num_hidden_layers: 28,
        num_attention_heads: 12,
        num_key_value_heads: 2,
        head_dim: 128,
        ..base("tied-kv1").0
    };
    let count = |sharing| LoraOptions { sharing, ..LoraOptions::default() }.init(&config, Seed(0), Device::Cpu).count();
    assert_eq!(count(Sharing::Shared), 659_456);
    assert_eq!(count(Sharing::PerLayer), 18_464_768);
    let widths: (i64, i64) = Module::ALL.iter().map(|m| m.widths(&config)).fold((0, 0), |s, w| (s.0 + w.0, s.1 + w.1));
    assert_eq!(widths, (18_176, 23_040), "M8");
}

/// Rows with different adapters in one batch are read as each alone; rows without one as by the base model.
#[test]
fn a_batch_may_hold_many_adapters() {
    for name in GOLDEN {
        let (config, _, model) = base(name);
        let (a, b) = (Rc::new(drawn(&config, Sharing::Shared, 1)), Rc::new(drawn(&config, Sharing::PerLayer, 2)));
        let of = [Some(&a), Some(&b), Some(&b), None, Some(&a)];
        let prompts = rows(5, 12);
        let together = logits(&model, &prompts, Some(&RowAdapters::new(of)));
        for (row, adapter) in of.iter().enumerate() {
            let alone = logits(&model, &prompts[row..=row], Some(&RowAdapters::new([*adapter])));
            let found = together.narrow(0, i64::try_from(row).unwrap(), 1);
            assert!(difference(&found, &alone) < 2e-5, "{name} row {row}");
        }
        assert!(difference(&together.get(0), &together.get(4)) > 1e-3);
    }
}

/// Merging gives the logits of the adapter beside the model; unmerging gives the old bits back.
#[test]
fn merged_weights_answer_as_the_adapter_beside_them() {
    for sharing in [Sharing::Shared, Sharing::PerLayer] {
        let (config, parameters, model) = base("tied-kv4");
        let before = parameters.iter().map(|(_, tensor)| tensor.copy()).collect::<Vec<_>>();
        let adapter = Rc::new(drawn(&config, sharing, 3));
        let prompts = rows(2, 15);
        let beside = logits(&model, &prompts, Some(&RowAdapters::same(&adapter, 2)));
        let merged = adapter.merge(&config, &parameters).unwrap();
        assert!(difference(&logits(&model, &prompts, None), &beside) < 1e-4);
        merged.unmerge();
        assert!(parameters.iter().zip(&before).all(|((_, now), then)| now == then));
    }
}

/// M51: the adapter of the last map gets the exact gradient either way, earlier ones do not.
#[test]
fn detached_branches_have_the_biased_gradient() {
    let gradients = |input| {
        let (config, _, model) = base("tied-kv1");
        let adapter = drawn(&config, Sharing::PerLayer, 4).with_input(input);
        let objective = LowRank::new(model, adapter).unwrap();
        let example = Example { prefix: vec![3, 5, 8, 13], target: vec![21, 34] };
        objective.loss(&Batch::examples(&[example]).unwrap()).unwrap().nll.backward();
        let last = usize::try_from(config.num_hidden_layers).unwrap() - 1;
        let of = |layer, module| objective.adapter().pair(layer, module).unwrap().a.grad();
        (of(last, Module::DownProj), of(0, Module::QProj))
    };
    let (exact, detached) = (gradients(BranchInput::Exact), gradients(BranchInput::Detached));
    assert!(difference(&exact.0, &detached.0) < 1e-6);
    assert!(difference(&exact.1, &detached.1) > 1e-4);
}

/// What is exported is read back, shared pairs once for every layer (M55).
#[test]
fn exported_folders_read_back() {
    let (config, _, model) = base("untied-kv2-sharded");
    for sharing in [Sharing::Shared, Sharing::PerLayer] {
        let adapter = Rc::new(drawn(&config, sharing, 5));
        let temporary = tempfile::tempdir().unwrap();
        export_peft(&adapter, &config, "base", temporary.path()).unwrap();
        let back = Rc::new(import_peft(temporary.path(), &config, Device::Cpu).unwrap());
        let prompts = rows(1, 10);
        let of = |adapter| logits(&model, &prompts, Some(&RowAdapters::same(adapter, 1)));
        assert_eq!(of(&adapter), of(&back));
        let bytes = |file: &str| std::fs::read(temporary.path().join(file)).unwrap();
        let first = (bytes("adapter_config.json"), bytes("adapter_model.safetensors"));
        export_peft(&adapter, &config, "base", temporary.path()).unwrap();
        assert!(first == (bytes("adapter_config.json"), bytes("adapter_model.safetensors")));
    }
}

/// Whatever moment an export is killed in, the next one may write there; what others left is never replaced.
#[test]
fn what_a_killed_export_left_is_replaced() {
    let [config, weights] = ["adapter_config.json", "adapter_model.safetensors"];
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("adapter");
    assert!(is_replaceable(&folder));
    std::fs::create_dir(&folder).unwrap();
    assert!(is_replaceable(&folder));
    for left in [format!("{weights}.partial"), weights.to_owned(), format!("{config}.partial")] {
        std::fs::write(folder.join(left), "").unwrap();
        assert!(is_replaceable(&folder));
    }
    std::fs::write(folder.join("notes.txt"), "").unwrap();
    assert!(!is_replaceable(&folder));
    assert!(!is_replaceable(&folder.join("notes.txt")));
    std::fs::write(folder.join(config), "").unwrap();
    assert!(is_replaceable(&folder));
}

/// A folder is never described by anything but the description of its weights.
#[test]
fn another_description_replaces_the_first() {
    let (config, ..) = base("tied-kv1");
    let temporary = tempfile::tempdir().unwrap();
    let export = |rank, folder: &Path| {
        let adapter = LoraOptions { rank, ..LoraOptions::default() }.init(&config, Seed(0), Device::Cpu);
        export_peft(&adapter, &config, "base", folder).unwrap();
        ["adapter_config.json", "adapter_model.safetensors"].map(|file| std::fs::read(folder.join(file)).unwrap())
    };
    let [over, fresh] = ["over", "fresh"].map(|name| temporary.path().join(name));
    let first = export(2, &over);
    assert!(first != export(4, &over));
    assert!(export(4, &over) == export(4, &fresh));
}

#[test]
fn folders_that_ask_for_more_are_refused_by_name() {
    let (config, ..) = base("tied-kv1");
    let write = |field: &str, value: Value| {
        let temporary = tempfile::tempdir().unwrap();
        for file in ["adapter_config.json", "adapter_model.safetensors"] {
            std::fs::copy(case_folder(CASES[0]).join(file), temporary.path().join(file)).unwrap();
        }
        let mut description = json_of(CASES[0], "adapter_config.json");
        description[field] = value;
        std::fs::write(temporary.path().join("adapter_config.json"), description.to_string()).unwrap();
        import_peft(temporary.path(), &config, Device::Cpu)
    };
    assert!(write("r", json!(4)).is_ok());
    for (field, value) in [
        ("use_dora", json!(true)),
        ("bias", json!("all")),
        ("modules_to_save", json!(["lm_head"])),
        ("alpha_pattern", json!({"q_proj": 3})),
        ("peft_type", json!("LOHA")),
        ("r", json!(8)),
        ("r", json!("4")),
        ("lora_alpha", json!(0)),
        ("fan_in_fan_out", json!(true)),
    ] {
        let message = write(field, value.clone()).unwrap_err().to_string();
        assert!(message.contains(&format!("`{field}` is {value}")), "{message}");
    }
    let other = base("tied-kv4").0;
    let message = import_peft(&case_folder(CASES[0]), &other, Device::Cpu).unwrap_err().to_string();
    assert!(message.contains("down_proj") && message.contains("the model needs"), "{message}");
}

/// Greedy text with an adapter, cached, is that of whole forward passes.
#[test]
fn decoding_reads_with_the_adapter() {
    let (config, _, model) = base("tied-kv4");
    let adapter = Rc::new(drawn(&config, Sharing::Shared, 6));
    let prompts = vec![vec![5, 6, 7], vec![9], vec![1, 2, 3, 4, 5, 6]];
    let options = DecodeOptions::new(8, Vec::new(), Vec::new());
    let found = decode::greedy_adapted(&model, Some(&adapter), &prompts, &options).unwrap();
    let plain = decode::greedy(&model, &prompts, &options).unwrap();
    for (prompt, decoded) in prompts.iter().zip(&found) {
        let mut ids = prompt.clone();
        for &next in &decoded.ids {
            let last = logits(&model, &[ids.clone()], Some(&RowAdapters::same(&adapter, 1))).get(0).get(-1);
            assert_eq!(i64::try_from(last.argmax(0, false)).unwrap(), i64::from(next));
            ids.push(next);
        }
    }
    assert_ne!(found, plain);
}

/// The library itself loads what is exported: logits and greedy text (run by `make interop`).
#[test]
#[ignore = "needs PYTHON with torch, transformers and peft"]
fn the_library_loads_exported_adapters() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/check_adapter.py");
    for (name, sharing) in GOLDEN.into_iter().zip([Sharing::Shared, Sharing::PerLayer, Sharing::Shared]) {
        let (config, _, model) = base(name);
        let adapter = Rc::new(drawn(&config, sharing, 7));
        let temporary = tempfile::tempdir().unwrap();
        export_peft(&adapter, &config, name, temporary.path()).unwrap();
        let prompts: Vec<Vec<u32>> = (1..20).map(|length| rows(1, length).remove(0)).collect();
        let options = DecodeOptions::new(12, Vec::new(), Vec::new());
        let decoded = decode::greedy_adapted(&model, Some(&adapter), &prompts, &options).unwrap();
        let last = |prompt: &Vec<u32>| -> Vec<f32> {
            let all = logits(&model, std::slice::from_ref(prompt), Some(&RowAdapters::same(&adapter, 1)));
            Vec::try_from(all.get(0).get(-1).to_kind(Kind::Float)).unwrap()
        };
        let record = json!({
            "prompts": prompts,
            "logits": prompts.iter().map(last).collect::<Vec<_>>(),
            "greedy": decoded.iter().map(|decoded| &decoded.ids).collect::<Vec<_>>(),
        });
        let input = temporary.path().join("input.json");
        std::fs::write(&input, record.to_string()).unwrap();
        let status = std::process::Command::new(python())
            .arg(&script)
            .args([&folder(name), &temporary.path().to_path_buf(), &input])
            .status();
        assert!(status.unwrap().success(), "{name}");
    }
}
