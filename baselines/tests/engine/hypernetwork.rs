//! Networks that make adapters, against programs written from the rules, and their counts and laws.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use baselines::Adapter;
use baselines::adapter::{BranchInput, Module, Sharing, seeded};
use baselines::hypernetwork::{
    AdapterShape, Architecture, Checkpoint, Generator, Head, HeadOptions, HyperModulator, Mode, ModulatorOptions,
    Recurrence, SharedBasis, SharedBasisOptions, StateNetwork, StateOptions,
};
use baselines::model::{Config, Parameters};
use bench::{Seed, VectorKind};
use serde_json::Value;
use tch::{Device, Kind, Tensor};

use crate::golden::folder;

const CONTEXT: i64 = 12;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/hypernetworks")
}

fn small() -> AdapterShape {
    AdapterShape::new(&Config::read(&folder("tied-kv1")).unwrap(), 2, 4.0)
}

fn published() -> AdapterShape {
    let config = Config {
        hidden_size: 1536,
        intermediate_size: 8960,
        num_hidden_layers: 28,
        num_attention_heads: 12,
        num_key_value_heads: 2,
        head_dim: 128,
        ..Config::read(&folder("tied-kv1")).unwrap()
    };
    AdapterShape::new(&config, 16, 32.0)
}

fn head_options() -> HeadOptions {
    HeadOptions {
        context: CONTEXT,
        hidden: 8,
        adapter: small(),
        input: BranchInput::Detached,
        sharing: Sharing::Shared,
    }
}

/// The waves of `make_hypernetworks.py`.
fn wave(shape: &[i64], index: usize) -> Tensor {
    let count: i64 = shape.iter().product();
    let phase = 0.9 * index as f64 + 0.3;
    let waves = (Tensor::arange(count, (Kind::Double, Device::Cpu)) * 1.7 + phase).sin();
    waves.view(shape).to_kind(Kind::Float)
}

/// Overwrites `parameters` as the script fills its modules.
fn fill(parameters: &Parameters) {
    let _guard = tch::no_grad_guard();
    let ends = ["_proj.1.weight", "_proj.2.weight", "ing.1.weight", "coder.1.weight"];
    for (index, (name, tensor)) in parameters.iter().enumerate() {
        let shape = tensor.size();
        let values = wave(&shape, index);
        let values = if shape.len() >= 2 {
            values / (shape[shape.len() - 1] as f64).sqrt()
        } else if name == "log_scale_A.k_proj" {
            Tensor::from(-1.0_f32)
        } else if name.contains("log_scale") {
            values * 0.3 - 2.0
        } else if name.ends_with("norm.weight") || ends.iter().any(|end| name.ends_with(end)) {
            values * 0.1 + 1.0
        } else {
            values * 0.1
        };
        tensor.shallow_clone().copy_(&values);
    }
    parameters.set_requires_grad(true);
}

fn stored(network: &str) -> Vec<(String, Tensor)> {
    Tensor::read_safetensors(golden().join(format!("{network}.safetensors"))).unwrap()
}

fn named(adapters: &[Adapter]) -> BTreeMap<String, Tensor> {
    let mut out = BTreeMap::new();
    for (row, adapter) in adapters.iter().enumerate() {
        for (layer, module) in (0..adapter.groups().len()).flat_map(|layer| Module::ALL.map(|module| (layer, module))) {
            let pair = adapter.pair(layer, module).unwrap();
            out.insert(format!("{row}.{layer}.{module}.a"), pair.a.shallow_clone());
            out.insert(format!("{row}.{layer}.{module}.b"), pair.b.shallow_clone());
        }
    }
    out
}

/// Outputs to 1e-6 and gradients to 1e-4, as the script of the rules computes them.
fn equals_the_rules(network: &str, parameters: &Parameters, out: &BTreeMap<String, Tensor>) {
    let expected = stored(network);
    assert_eq!(out.len(), expected.len(), "{network}");
    let mut loss = Tensor::from(0.0_f32);
    for (name, expected) in &expected {
        let found = &out[name];
        assert_eq!(found.size(), expected.size(), "{network} {name}");
        let worst = f64::try_from((found - expected).abs().max()).unwrap();
        assert!(worst <= 1e-6, "{network} {name}: {worst}");
        loss += (found * wave(&found.size(), 2)).sum(Kind::Float);
    }
    loss.backward();
    let text = std::fs::read(golden().join("gradients.json")).unwrap();
    let gradients: Value = serde_json::from_slice(&text).unwrap();
    let gradients = gradients[network].as_object().unwrap();
    assert_eq!(gradients.len(), parameters.len(), "{network}");
    for (name, tensor) in parameters.iter() {
        let [norm, product] = [0, 1].map(|at| gradients[name][at].as_f64().unwrap());
        let found = tensor.grad();
        let found_norm = f64::try_from(found.norm()).unwrap();
        let found_product = f64::try_from((&found * wave(&found.size(), 3)).sum(Kind::Float)).unwrap();
        // A wave's product adds up as many rounded terms as there are numbers.
        let room = 1e-4 * norm.abs().max(1e-3) * (found.numel() as f64).sqrt();
        assert!((found_norm - norm).abs() <= room, "{network} {name}: {found_norm} instead of {norm}");
        assert!((found_product - product).abs() <= room, "{network} {name}: {found_product} instead of {product}");
    }
}

/// M57: the head, and M59: the scale that has left its bounds gets no gradient.
#[test]
fn heads_equal_the_rules() {
    let parameters = head_options().init(Seed(0), Device::Cpu);
    fill(&parameters);
    let head = Head::new(Path::new("head"), head_options(), parameters).unwrap();
    let adapters = head.generate(&wave(&[2, CONTEXT], 5), Mode::Inference).adapters();
    equals_the_rules("head", head.parameters(), &named(&adapters));
    let clamped = head.parameters().get("log_scale_A.k_proj").unwrap().grad();
    assert!(f64::try_from(clamped).unwrap().abs() < f64::EPSILON);
    assert!(adapters.iter().all(|adapter| adapter.is_shared() && (adapter.scale() - 2.0).abs() < f64::EPSILON));
}

/// M128: a head whose layers have their own pairs.
#[test]
fn heads_of_layers_equal_the_rules() {
    let options = HeadOptions { sharing: Sharing::PerLayer, ..head_options() };
    let parameters = options.init(Seed(0), Device::Cpu);
    assert_eq!(options.count() - head_options().count(), 2 * 8);
    fill(&parameters);
    let head = Head::new(Path::new("head"), options, parameters).unwrap();
    let adapters = head.generate(&wave(&[2, CONTEXT], 5), Mode::Inference).adapters();
    equals_the_rules("head_layers", head.parameters(), &named(&adapters));
    assert!(adapters.iter().all(|adapter| !adapter.is_shared()));
}

/// M76 and M77: initial state, three commits, contexts.
#[test]
fn states_equal_the_rules() {
    let options = StateOptions { step_input: CONTEXT, initial_input: CONTEXT, hidden: 10 };
    let parameters = options.init(Seed(0), Device::Cpu);
    fill(&parameters);
    let network = StateNetwork::new(Path::new("state"), options, parameters).unwrap();
    let contexts = wave(&[2, CONTEXT], 5);
    let mut out = BTreeMap::new();
    let mut state = network.initial(&contexts);
    out.insert("initial".to_owned(), state.shallow_clone());
    for step in 0..3_i64 {
        let vectors = contexts.roll([step + 1], [1]) * (step + 1) as f64;
        state = network.advance(&vectors, &state);
        out.insert(format!("state.{step}"), state.shallow_clone());
        out.insert(format!("context.{step}"), network.context(&state));
    }
    equals_the_rules("state", network.parameters(), &out);
}

/// M77 by hand: reset, update, new, in this order, for one unit.
#[test]
fn one_unit_steps_as_by_hand() {
    let options = StateOptions { step_input: 1, initial_input: 1, hidden: 1 };
    let parameters = options.init(Seed(0), Device::Cpu);
    let set = |name: &str, values: &[f32]| {
        let mut tensor = parameters.get(name).unwrap().shallow_clone();
        tensor.copy_(&Tensor::from_slice(values).view(&tensor.size()[..]));
    };
    // The projection ends in a norm over one number, which is its bias: the input of the unit is 0.5.
    set("diff_proj.1.bias", &[0.5]);
    set("gru.weight_ih_l0", &[0.1, 0.2, 0.3]);
    set("gru.weight_hh_l0", &[0.4, 0.5, 0.6]);
    set("gru.bias_ih_l0", &[0.01, 0.02, 0.03]);
    set("gru.bias_hh_l0", &[0.04, 0.05, 0.06]);
    let network = StateNetwork::new(Path::new("state"), options, parameters).unwrap();
    let (x, h) = (0.5_f64, 0.7_f64);
    let sigmoid = |v: f64| 1.0 / (1.0 + (-v).exp());
    let reset = sigmoid(0.1 * x + 0.01 + 0.4 * h + 0.04);
    let update = sigmoid(0.2 * x + 0.02 + 0.5 * h + 0.05);
    let new = (0.3 * x + 0.03 + reset * (0.6 * h + 0.06)).tanh();
    let expected = (1.0 - update) * new + update * h;
    let state = Tensor::from_slice(&[0.7_f32]).view([1, 1]);
    let found = f64::try_from(network.advance(&Tensor::ones([1, 1], (Kind::Float, Device::Cpu)), &state)).unwrap();
    assert!((found - expected).abs() < 1e-6, "{found} instead of {expected}");
}

/// M121.
#[test]
fn modulators_equal_the_rules() {
    let options = ModulatorOptions { context: CONTEXT, head_in: 16, adapter: small(), sharing: Sharing::PerLayer };
    let parameters = options.init(Seed(0), Device::Cpu);
    fill(&parameters);
    let network = HyperModulator::new(Path::new("modulator"), options, parameters).unwrap();
    let adapters = network.generate(&wave(&[2, CONTEXT], 5), Mode::Inference).adapters();
    equals_the_rules("modulator", network.parameters(), &named(&adapters));
}

/// M128: a hyper-modulator of pairs that layers share.
#[test]
fn shared_modulators_equal_the_rules() {
    let options = ModulatorOptions { context: CONTEXT, head_in: 16, adapter: small(), sharing: Sharing::Shared };
    let parameters = options.init(Seed(0), Device::Cpu);
    fill(&parameters);
    let network = HyperModulator::new(Path::new("modulator"), options, parameters).unwrap();
    let adapters = network.generate(&wave(&[2, CONTEXT], 5), Mode::Inference).adapters();
    equals_the_rules("modulator_shared", network.parameters(), &named(&adapters));
    assert!(adapters.iter().all(Adapter::is_shared));
}

/// M122: at the start every layer and repository gets the same ordinary LoRA, which changes nothing.
#[test]
fn fresh_modulators_change_nothing() {
    let options = ModulatorOptions { context: CONTEXT, head_in: 16, adapter: small(), sharing: Sharing::PerLayer };
    let parameters = options.init(Seed(3), Device::Cpu);
    let network = HyperModulator::new(Path::new("modulator"), options, parameters).unwrap();
    for mode in [Mode::Inference, Mode::Training] {
        let adapters = seeded(Seed(1), || network.generate(&wave(&[2, CONTEXT], 5), mode)).adapters();
        for (name, tensor) in named(&adapters) {
            let largest = f64::try_from(tensor.abs().max()).unwrap();
            let (_, module_a) = name.rsplit_once('.').unwrap();
            assert_eq!(largest > 0.0, module_a == "a", "{name}");
        }
        let [one, other] = &adapters[..] else { panic!("two rows") };
        assert_eq!(one.pair(0, Module::QProj).unwrap().a, other.pair(1, Module::QProj).unwrap().a);
    }
}

/// M131.
#[test]
fn shared_bases_equal_the_rules() {
    let options = SharedBasisOptions { context: CONTEXT, hidden: 6, bases: 3, adapter: small() };
    let parameters = options.init(Seed(0), Device::Cpu);
    fill(&parameters);
    let network = SharedBasis::new(Path::new("basis"), options, parameters).unwrap();
    let adapters = network.generate(&wave(&[2, CONTEXT], 5), Mode::Inference).adapters();
    equals_the_rules("shared_basis", network.parameters(), &named(&adapters));
}

/// M60, M78, M123, M131: exact counts at the published widths.
#[test]
fn published_networks_have_the_counted_parameters() {
    let head = |hidden| {
        HeadOptions {
            context: 2048,
            hidden,
            adapter: published(),
            input: BranchInput::Detached,
            sharing: Sharing::Shared,
        }
        .count()
    };
    assert_eq!(head(512), 339_612_686);
    assert_eq!(head(1024), 679_090_190);
    let state = StateOptions { step_input: 2048, initial_input: 2048, hidden: 2048 }.count();
    assert_eq!(state, 33_583_104);
    assert_eq!(state + head(1024), 712_673_294);
    assert_eq!(published().numbers(), 659_456);
    let options = ModulatorOptions { context: 2048, head_in: 512, adapter: published(), sharing: Sharing::PerLayer };
    assert_eq!(659_456 * 513, 338_300_928, "M123: the output heads");
    assert_eq!(options.count() - 338_300_928, 262_272 + 256 + 28 * 64 + 7 * 64 + 2 * 128 + modulator_blocks());
    let basis = SharedBasisOptions { context: 2048, hidden: 512, bases: 16, adapter: published() };
    assert_eq!(basis.count() / 100_000, 169);
}

/// Mixer, two residual blocks and the last one (M121).
fn modulator_blocks() -> u64 {
    let block = |out: u64| 256 * 1024 + 1024 + 1024 * out + out;
    block(256) + 2 * (512 + block(256)) + 512 + block(512)
}

/// M59: bounds of fresh heads, the length of the trunk's output seen through its invariance, and M58's scale.
#[test]
fn fresh_heads_are_bounded() {
    let parameters = head_options().init(Seed(9), Device::Cpu);
    let head = Head::new(Path::new("head"), head_options(), parameters).unwrap();
    let adapters = head.generate(&wave(&[2, CONTEXT], 5), Mode::Inference).adapters();
    for (name, tensor) in named(&adapters) {
        let largest = f64::try_from(tensor.abs().max()).unwrap();
        assert!(largest > 0.0 && largest <= 0.030_198, "{name}: {largest}");
    }
}

/// M234: a vector of zeros is a legal input.
#[test]
fn vectors_of_zeros_give_numbers() {
    let zeros = Tensor::zeros([1, CONTEXT], (Kind::Float, Device::Cpu));
    let head = Head::new(Path::new("head"), head_options(), head_options().init(Seed(2), Device::Cpu)).unwrap();
    let finite = |tensor: &Tensor| bool::try_from(tensor.isfinite().all()).unwrap();
    assert!(named(&head.generate(&zeros, Mode::Inference).adapters()).values().all(finite));
    let options = StateOptions { step_input: CONTEXT, initial_input: CONTEXT, hidden: 10 };
    let parameters = options.init(Seed(2), Device::Cpu);
    let network = StateNetwork::new(Path::new("state"), options, parameters).unwrap();
    assert!(finite(&network.context(&network.advance(&zeros, &network.initial(&zeros)))));
}

/// Tensors that do not fit are named.
#[test]
fn parameters_that_do_not_fit_are_named() {
    let refuse = |change: &dyn Fn(&mut Parameters)| {
        let mut parameters = head_options().init(Seed(0), Device::Cpu);
        change(&mut parameters);
        Head::new(Path::new("head.safetensors"), head_options(), parameters).unwrap_err().to_string()
    };
    let extra = refuse(&|p| drop(p.insert("task_embedding.weight".to_owned(), Tensor::from(0.0_f32))));
    assert!(extra.contains("head.safetensors") && extra.contains("task_embedding.weight"), "{extra}");
    let shape = refuse(&|p| drop(p.insert("trunk.0.bias".to_owned(), Tensor::from_slice(&[0.0_f32]))));
    assert!(shape.contains("trunk.0.bias") && shape.contains("[8]"), "{shape}");
    let double = Tensor::zeros([8], (Kind::Double, Device::Cpu));
    let kind = refuse(&|p| drop(p.insert("trunk.0.bias".to_owned(), double.shallow_clone())));
    assert!(kind.contains("not f32"), "{kind}");
}

fn released(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/released").join(file)
}

/// M136 and M138: files of `torch.save` hold the very tensors, and survive being written and read as safetensors.
#[test]
fn released_layouts_are_read_without_running_them() {
    let base = Config::read(&folder("tied-kv1")).unwrap();
    for (file, count) in [("static", 46), ("evo", 60)] {
        let path = released(&format!("{file}.pt"));
        let checkpoint = Checkpoint::open_released(&path, &base, Device::Cpu).unwrap();
        checkpoint.architecture.check(&base).unwrap();
        assert_eq!(checkpoint.reads.kind, VectorKind::RepoStateG2);
        assert!(!checkpoint.reads.exclude_tests && checkpoint.reads.encoder.is_none());
        let expected = Tensor::read_safetensors(released(&format!("{file}.safetensors"))).unwrap();
        let parameters = checkpoint.network.parameters();
        assert_eq!((parameters.len(), expected.len()), (count, count));
        assert!(expected.iter().all(|(name, tensor)| parameters.get(name).unwrap() == tensor));
        let temporary = tempfile::tempdir().unwrap();
        let ours = temporary.path().join("network.safetensors");
        checkpoint.save(&ours).unwrap();
        let back = Checkpoint::open(&ours, Device::Cpu).unwrap();
        assert_eq!((&back.architecture, &back.reads), (&checkpoint.architecture, &checkpoint.reads));
        assert!(back.network.parameters().iter().all(|(name, tensor)| parameters.get(name).unwrap() == tensor));
    }
}

/// M137: the first generation, in bf16, with a class in it that must not be looked up.
#[test]
fn checkpoints_of_the_first_generation_are_told_apart() {
    let base = Config::read(&folder("tied-kv1")).unwrap();
    let checkpoint = Checkpoint::open_released(&released("first.pt"), &base, Device::Cpu).unwrap();
    assert_eq!((checkpoint.reads.kind, checkpoint.reads.exclude_tests), (VectorKind::StaticG1, true));
    let expected = Tensor::read_safetensors(released("static.safetensors")).unwrap();
    for (name, tensor) in checkpoint.network.parameters().iter() {
        let (_, wide) = expected.iter().find(|(found, _)| found == name).unwrap();
        assert_eq!(tensor, &wide.to_kind(Kind::BFloat16).to_kind(Kind::Float), "{name}");
    }
    let Architecture::Static { head } = &checkpoint.architecture else { panic!("a head") };
    // No argument says α here, so it is the published 32.
    assert!((head.adapter.scale() - 16.0).abs() < f64::EPSILON);
}

/// Another base model, another file, or half a file: named, not guessed.
#[test]
fn checkpoints_that_do_not_fit_are_refused() {
    let other = Config::read(&folder("tied-kv4")).unwrap();
    let message =
        |path: &Path, base: &Config| Checkpoint::open_released(path, base, Device::Cpu).unwrap_err().to_string();
    let wrong = message(&released("static.pt"), &other);
    assert!(wrong.contains("down_proj") && wrong.contains("base model"), "{wrong}");
    let base = Config::read(&folder("tied-kv1")).unwrap();
    assert!(message(&released("static.safetensors"), &base).contains("no archive of torch.save"));
    let temporary = tempfile::tempdir().unwrap();
    let half = temporary.path().join("half.pt");
    let bytes = std::fs::read(released("static.pt")).unwrap();
    for length in (0..bytes.len()).step_by(bytes.len() / 97) {
        std::fs::write(&half, &bytes[..length]).unwrap();
        assert!(Checkpoint::open_released(&half, &base, Device::Cpu).is_err(), "{length}");
    }
}
