//! Pretraining: from documents to a folder that opens, the same one every time, here and in the reference
//! implementation.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use baselines::model::{Input, Layout, Positions, Precision};
use baselines::pretrain::{Document, PretrainOptions, Pretrained, Recipe, pretrain};
use baselines::train::{Event, NoObserver, Observer};
use baselines::{Error, LanguageModel};
use bench::Seed;
use serde_json::Value;
use tch::{Device, Kind, Tensor};

/// Three repositories with files that repeat what the repository defines.
fn documents() -> Vec<Document> {
    let file = |repository: usize, index: usize| {
        let (name, value) = (["alpha", "beta", "gamma"][repository], 10 * repository + 7);
        Document {
            repository: name.to_owned(),
            answer: None,
            text: format!("LIMIT = {value}\n\ndef {name}_{index}(x):\n    return x + LIMIT\n\n")
                + &format!("def test_{name}_{index}():\n    assert {name}_{index}({index}) == {}\n", value + index),
        }
    };
    (0..3).flat_map(|repository| (0..12).map(move |index| file(repository, index))).collect()
}

fn options(steps: u64) -> PretrainOptions {
    let recipe = Recipe {
        vocab_size: 320,
        hidden_size: 32,
        layers: 2,
        heads: 4,
        kv_heads: 2,
        intermediate_size: 64,
        context_tokens: 64,
        batch_rows: 4,
        steps,
        warmup_steps: 3,
        seed: Seed(11),
        ..Recipe::quickstart()
    };
    PretrainOptions { recipe, device: Device::Cpu, checkpoint_every: 4 }
}

/// Counts steps, and pulls the plug after some.
#[derive(Default)]
struct Steps {
    losses: Vec<f64>,
    resumed: Option<u64>,
}

impl Observer for Steps {
    fn event(&mut self, event: &Event) {
        match event {
            Event::Step(step) => self.losses.push(step.loss),
            Event::Resumed { step } => self.resumed = Some(*step),
            _ => {}
        }
    }
}

struct Killed;

impl Observer for Killed {
    fn event(&mut self, event: &Event) {
        if let Event::Step(step) = event {
            assert!(step.step < 7, "the power fails");
        }
    }
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let file = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.unwrap();
        (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
    };
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(file).collect();
    files.sort();
    files
}

fn names(folder: &Path) -> Vec<String> {
    files(folder).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn a_run_that_is_killed_and_started_again_makes_the_same_files() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [whole, parts] = folders.each_ref().map(tempfile::TempDir::path);
    let mut steps = Steps::default();
    let made = pretrain(&documents(), whole, &options(12), &mut steps).unwrap();
    assert!(steps.losses[11] < steps.losses[0] - 0.5, "{:?}", steps.losses);
    assert_eq!((made.documents, made.trained_tokens), (36, 12 * 4 * 64));

    let killed = std::panic::catch_unwind(|| pretrain(&documents(), parts, &options(12), &mut Killed));
    assert!(killed.is_err());
    assert_eq!(names(parts), ["checkpoint.safetensors", "curve.parquet"], "nothing looks finished");
    let mut rest = Steps::default();
    assert_eq!(pretrain(&documents(), parts, &options(12), &mut rest).unwrap(), made);
    assert_eq!((rest.resumed, &rest.losses[..]), (Some(4), &steps.losses[4..]));
    let expected = [
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "pretraining.json",
        "tokenizer.json",
        "tokenizer_config.json",
    ];
    assert_eq!(names(parts), expected);
    assert!(files(whole) == files(parts));
}

#[test]
fn a_finished_folder_is_left_alone_and_another_model_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let made = pretrain(&documents(), folder.path(), &options(2), &mut NoObserver).unwrap();
    let mut steps = Steps::default();
    assert_eq!(pretrain(&documents(), folder.path(), &options(2), &mut steps).unwrap(), made);
    assert!(steps.losses.is_empty());
    let before = files(folder.path());
    // What stands there if it is killed when the record is written and the state of the run is not yet removed.
    for left in ["checkpoint.safetensors", "checkpoint.safetensors.partial"] {
        std::fs::write(folder.path().join(left), "").unwrap();
    }
    assert_eq!(pretrain(&documents(), folder.path(), &options(2), &mut steps).unwrap(), made);
    assert!(files(folder.path()) == before);
    let mut changed = documents();
    changed[3].text.push('#');
    for (documents, options) in [(documents(), options(3)), (changed, options(2))] {
        let error = pretrain(&documents, folder.path(), &options, &mut NoObserver).unwrap_err();
        assert!(error.to_string().contains("delete it or choose another folder"), "{error}");
    }
    assert!(files(folder.path()) == before);
}

#[test]
fn recipes_that_make_no_model_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |change: &dyn Fn(&mut Recipe), option: &str| {
        let mut options = options(2);
        change(&mut options.recipe);
        let error = pretrain(&documents(), folder.path(), &options, &mut NoObserver).unwrap_err();
        assert!(matches!(&error, Error::Option { option: found, .. } if *found == option), "{error}");
    };
    refused(&|recipe| recipe.kv_heads = 3, "kv_heads");
    refused(&|recipe| recipe.kv_heads = 0, "kv_heads");
    refused(&|recipe| recipe.hidden_size = 36, "hidden_size");
    refused(&|recipe| recipe.steps = 0, "steps");
    refused(&|recipe| recipe.layers = 0, "layers");
    refused(&|recipe| recipe.vocab_size = 100, "vocab_size");
    refused(&|recipe| recipe.context_tokens = 1 << 20, "context_tokens");
    let none = pretrain(&[], folder.path(), &options(2), &mut NoObserver).unwrap_err();
    assert!(none.to_string().contains("have only 0 tokens"), "{none}");
    assert!(names(folder.path()).is_empty(), "nothing is written");
}

fn trained(folder: &Path) -> (Pretrained, LanguageModel) {
    let made = pretrain(&documents(), folder, &options(120), &mut NoObserver).unwrap();
    (made, LanguageModel::open(folder, Device::Cpu, Precision::F32).unwrap())
}

/// Needs a Python with torch and transformers as `python3`, or as the environment variable PYTHON says.
#[test]
#[ignore = "needs Python with transformers"]
fn the_reference_reads_the_folder_and_continues_alike() {
    let folder = tempfile::tempdir().unwrap();
    let (_, model) = trained(folder.path());
    let prompts = ["def test_beta_4():\n    assert beta_4(4) ==", "LIMIT = ", "é 漢 <|endoftext|> x"];
    let theirs = reference(folder.path(), &prompts, 40);
    let ids: Vec<Vec<u32>> = prompts.iter().map(|prompt| model.tokenizer.encode(prompt).unwrap()).collect();
    let ours = model.decode(&ids, &model.decode_options(40)).unwrap();
    for ((theirs, ids), ours) in theirs.iter().zip(&ids).zip(&ours) {
        assert_eq!(serde_json::json!(ids), theirs["prompt"]);
        assert_eq!(serde_json::json!(ours.ids), theirs["ids"]);
        assert_eq!(model.tokenizer.decode(&ours.ids).unwrap(), theirs["text"]);
        let difference = (loss(&model, ids) - theirs["loss"].as_f64().unwrap()).abs();
        eprintln!("loss differs by {difference:e}; {:?}", theirs["text"]);
        assert!(difference < 1e-5, "{difference:e}");
    }
}

/// Mean loss of all tokens of a text but the first.
fn loss(model: &LanguageModel, ids: &[u32]) -> f64 {
    let ids: Vec<i64> = ids.iter().map(|&id| id.into()).collect();
    let row = Tensor::from_slice(&ids).unsqueeze(0);
    let input = Input { ids: &row, layout: Layout::Left(&[0]), positions: Positions::All, adapters: None, noise: None };
    let logits = tch::no_grad(|| model.model.forward(&input, None)).squeeze_dim(0);
    let count = logits.size()[0] - 1;
    let all = logits.narrow(0, 0, count).log_softmax(-1, Kind::Float);
    let chosen = all.gather(1, &Tensor::from_slice(&ids[1..]).unsqueeze(1), false);
    -f64::try_from(chosen.mean(Kind::Double)).unwrap()
}

fn reference(folder: &Path, prompts: &[&str], new_tokens: usize) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/check_pretrained.py");
    let mut child = Command::new(crate::golden::python())
        .arg(script)
        .arg(folder)
        .arg(new_tokens.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let text = serde_json::to_vec(prompts).unwrap();
    child.stdin.take().unwrap().write_all(&text).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}
