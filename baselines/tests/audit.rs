//! The audit of made-up sources of adapters on a tiny random model: every setting is scored under the adapter it names.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::path::Path;
use std::rc::Rc;

use baselines::adapter::{BranchInput, Sharing};
use baselines::audit::{
    Cast, CastRepo, CastTask, Findings, Place, RunOptions, Scored, Subject, factor_blend, run, untrained,
};
use baselines::conditioning::{AdapterSource, TemporalSource, Variant};
use baselines::decode::{Opening, judge};
use baselines::hypernetwork::{AdapterShape, Architecture, HeadOptions, Mode, Network};
use baselines::model::{Config, Parameters, Precision, save};
use baselines::registry::find;
use baselines::tokenizer::{Tokenizer, train};
use baselines::{Adapter, Base, DecodingSettings, LanguageModel, Method, Prompts, Result, Weights};
use bench::audit::{GeometryVerdict, Setting};
use bench::{
    Assertion, AssertionKind, CommitId, Difficulty, MethodCard, MethodProfile, RepoId, RepoPath, RepoView, Seed, Split,
    Task, TaskId,
};
use serde_json::json;
use tch::{Device, Kind, Tensor};

const CONTEXT: i64 = 6;
const PREFIXES: [&str; 3] = [
    "def test_area():\n    assert area(3) == ",
    "def test_area():\n    assert area(3, 4) == ",
    "def test_name():\n    assert ",
];
const TARGETS: [&str; 3] = ["9", "12 + area(1)", "name() == 'x'"];

fn tokenizer() -> Tokenizer {
    let texts: Vec<&str> = PREFIXES.iter().chain(&TARGETS).copied().collect();
    train(&texts.repeat(4), 300).unwrap()
}

fn model(folder: &Path) -> LanguageModel {
    // Models so small gain nothing from threads, and tests run beside each other.
    tch::set_num_threads(1);
    let tokenizer = tokenizer();
    let config = json!({
        "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_act": "silu",
        "vocab_size": tokenizer.rows(), "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 256, "rope_theta": 10000.0,
        "rms_norm_eps": 1e-6, "tie_word_embeddings": true, "initializer_range": 0.3, "eos_token_id": tokenizer.eos(),
    });
    let config = Config::parse(Path::new("config.json"), config.to_string().as_bytes()).unwrap();
    save(folder, &config, &Parameters::init(&config, Seed(7), Kind::Float, Device::Cpu), &tokenizer).unwrap();
    LanguageModel::open(folder, Device::Cpu, Precision::F32).unwrap()
}

/// What a source makes adapters of.
#[derive(Clone, Copy, PartialEq)]
enum Reads {
    /// A vector a repository and commit.
    Places,
    /// The same vector everywhere.
    Nothing,
}

/// A random head over vectors that are drawn by name.
struct Made {
    architecture: Architecture,
    network: Network,
    reads: Reads,
    card: MethodCard,
    bare: Box<dyn Method>,
}

impl Made {
    fn new(model: &LanguageModel, reads: Reads) -> Self {
        let adapter = AdapterShape::new(model.config(), 2, 4.0);
        let head =
            HeadOptions { context: CONTEXT, hidden: 16, adapter, input: BranchInput::Exact, sharing: Sharing::Shared };
        let architecture = Architecture::Static { head };
        let parameters = architecture.init(Seed(3), Device::Cpu);
        // Scales at their upper bound, so that adapters change what the model says.
        for (name, tensor) in parameters.iter().filter(|(name, _)| name.starts_with("log_scale")) {
            assert!(tensor.size().is_empty(), "{name}");
            tensor.shallow_clone().copy_(&Tensor::from(-1.2_f32));
        }
        let network = architecture.build(Path::new("made"), parameters).unwrap();
        let bare =
            find("pretrained").unwrap().method(&Base::of(model, "tiny", None), MethodProfile::Fair, None).unwrap();
        let card = MethodCard::new("made", "Made", "tiny");
        Self { architecture, network, reads, card, bare }
    }

    fn vector(label: &str) -> Tensor {
        let values: Vec<f32> = (0..CONTEXT)
            .map(|at| (Seed(9).derive(label).chunk(at.unsigned_abs()).0 >> 40) as f32 / (1 << 23) as f32 - 1.0)
            .collect();
        Tensor::from_slice(&values)
    }

    fn made(&self, context: &Tensor) -> Rc<Adapter> {
        let Network::OfVector(generator) = &self.network else { panic!("a head reads a vector") };
        let stack = tch::no_grad(|| generator.generate(&context.unsqueeze(0), Mode::Inference));
        Rc::new(stack.adapter(0))
    }
}

impl AdapterSource for Made {
    fn context(&mut self, repo: &RepoId, commit: &CommitId) -> Result<Option<Tensor>> {
        Ok(Some(match self.reads {
            Reads::Places => Self::vector(&format!("{repo}@{commit}")),
            Reads::Nothing => Self::vector("nothing"),
        }))
    }

    fn adapter(&mut self, repo: &RepoId, commit: &CommitId) -> Result<Option<Rc<Adapter>>> {
        let context = self.context(repo, commit)?.unwrap();
        Ok(Some(self.made(&context)))
    }

    fn of_context(&mut self, context: &Tensor) -> Result<Option<Rc<Adapter>>> {
        Ok(Some(self.made(context)))
    }

    fn architecture(&self) -> Option<&Architecture> {
        Some(&self.architecture)
    }

    fn temporal(&mut self) -> Option<&mut dyn TemporalSource> {
        if self.reads == Reads::Places { Some(self) } else { None }
    }
}

impl TemporalSource for Made {
    fn variant(&mut self, repo: &RepoId, _: &CommitId, variant: Variant) -> Result<Option<Rc<Adapter>>> {
        Ok(Some(self.made(&Self::vector(&format!("{repo} {variant:?}")))))
    }
}

impl Method for Made {
    fn card(&self) -> &MethodCard {
        &self.card
    }

    fn decoding(&self) -> &DecodingSettings {
        self.bare.decoding()
    }

    fn enter(&mut self, repo: &RepoView) -> Result<()> {
        self.bare.enter(repo)
    }

    fn weights(&mut self, repo: &RepoView) -> Result<Weights> {
        Ok(Weights::Adapter(self.adapter(&repo.repo, &repo.commit)?.unwrap()))
    }

    fn source(&mut self) -> Option<&mut dyn AdapterSource> {
        Some(self)
    }

    fn prompts(&self) -> &dyn Prompts {
        self.bare.prompts()
    }
}

fn repo(index: usize) -> RepoId {
    format!("o/r{index}").parse().unwrap()
}

fn commit(index: usize) -> CommitId {
    format!("{index:040x}").parse().unwrap()
}

fn task(own: usize, at: usize, index: usize) -> Task {
    let mut assertion = Assertion {
        id: TaskId::of(&[]),
        repo: repo(own),
        commit: commit(at),
        path: RepoPath::new("tests/test_all.py").unwrap(),
        line: u32::try_from(index).unwrap() + 1,
        column: 4,
        target_column: 20,
        kind: AssertionKind::Assert,
        function: "test".to_owned(),
        class: String::new(),
        difficulty: Difficulty::NumericLiteral,
        multiline: false,
        prefix: PREFIXES[index].to_owned(),
        target: TARGETS[index].to_owned(),
        need: None,
        evolution: None,
    };
    assertion.id = assertion.address();
    Task { split: Split::CrossRepoTest, assertion }
}

/// Three repositories with one, two and four commits.
fn cast(model: &LanguageModel) -> Cast {
    let tasks = |own: usize, at: usize| -> Vec<CastTask> {
        let one = |index: usize| {
            let task = task(own, at, index);
            CastTask { target: model.tokenizer.encode(&task.assertion.target).unwrap(), task }
        };
        (0..PREFIXES.len()).map(one).collect()
    };
    let one = |own: usize| CastRepo {
        repo: repo(own),
        commits: (0..1 << own).map(|at| (commit(at), tasks(own, at))).collect(),
    };
    let training = (10..14).map(|index| Place { repo: repo(index), commit: commit(0) }).collect();
    Cast { repos: (0..3).map(one).collect(), training, left_out: 0, others: 2 }
}

fn options(journal: Option<&Path>) -> RunOptions {
    RunOptions {
        release: "release".to_owned(),
        journal: journal.map(Path::to_owned),
        batch_rows: 8,
        batch_tokens: 4096,
        completions: true,
        blends: true,
        engine: "test".to_owned(),
    }
}

fn audited(model: &LanguageModel, reads: Reads, options: &RunOptions) -> Findings {
    let mut made = Made::new(model, reads);
    let mut subject = Subject { method: &mut made, model, swapped: None };
    let mut views = |repo: &RepoId, commit: &CommitId| {
        Ok(RepoView { repo: repo.clone(), commit: commit.clone(), files: Vec::new() })
    };
    run(&mut subject, cast(model), &mut views, options, &mut ()).unwrap()
}

/// The negative log-likelihood of a task under an adapter, alone.
fn alone(model: &LanguageModel, task: &CastTask, adapter: Option<Rc<Adapter>>) -> f64 {
    let prompt = model.tokenizer.encode(&task.task.assertion.prefix).unwrap();
    let opening = Opening { prompt, guesses: Vec::new(), adapter };
    let targets = [task.target.clone()];
    let decoding = model.decode_options(16);
    let judged = judge(&model.model, &[opening], (&targets, model.tokenizer.eos()), false, &decoding).unwrap();
    judged[0].0.nll / task.target.len() as f64
}

#[test]
fn every_setting_is_scored_under_the_adapter_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let model = model(folder.path());
    let found = audited(&model, Reads::Places, &options(None));
    let mut source = Made::new(&model, Reads::Places);
    let task = &found.cast.repos[2].commits[2].1[1];
    let row = |setting: Setting, lambda: Option<f64>, other: Option<usize>| -> &Scored {
        let is = |row: &&Scored| {
            row.task == *task.task.id()
                && (row.setting, row.lambda, row.other.clone()) == (setting, lambda, other.map(repo))
        };
        let mut rows = found.rows.iter().filter(is);
        let row = rows.next().unwrap_or_else(|| panic!("{setting} {lambda:?} {other:?}"));
        assert!(rows.next().is_none(), "{setting} is there once");
        row
    };
    let mut adapter = |own: usize, at: usize| source.adapter(&repo(own), &commit(at)).unwrap();
    let near = |row: &Scored, adapter: Option<Rc<Adapter>>| {
        let wanted = alone(&model, task, adapter);
        assert!((row.nll - wanted).abs() < 1e-4, "{}: {} {wanted}", row.setting, row.nll);
        assert!(row.completion.is_some() && row.rank >= 1 && row.nll_with_eos > 0.0);
    };
    let average = Rc::clone(&found.average.adapter);
    let own = adapter(2, 2);
    near(row(Setting::Base, None, None), None);
    near(row(Setting::Average, None, None), Some(Rc::clone(&average)));
    near(row(Setting::Own, None, None), own.clone());
    // Commit 2 of 4 is as far as commit 0 of 1 and commit 1 of 2.
    near(row(Setting::Other, None, Some(0)), adapter(0, 0));
    near(row(Setting::Other, None, Some(1)), adapter(1, 1));
    let blend = |one: &Option<Rc<Adapter>>, lambda| {
        Some(Rc::new(factor_blend(&average, one.as_ref().unwrap(), lambda).unwrap()))
    };
    near(row(Setting::FactorOwn, Some(4.0), None), blend(&own, 4.0));
    near(row(Setting::FactorNext, Some(2.0), Some(0)), blend(&adapter(0, 0), 2.0));
    near(row(Setting::FactorOther, Some(4.0), Some(1)), blend(&adapter(1, 1), 4.0));
    near(row(Setting::FactorNext, Some(1.0), Some(0)), adapter(0, 0));
    near(row(Setting::FactorOwn, Some(1.0), None), own.clone());
    near(row(Setting::DeltaOwn, Some(1.0), None), own);
    let mut source = Made::new(&model, Reads::Places);
    for variant in Variant::ALL {
        near(row(variant.setting(), None, None), source.variant(&repo(2), &commit(2), variant).unwrap());
    }
    let tasks = 7 * PREFIXES.len();
    // Base, average, own, 7 states; 2 others; 4 + 1 + 4 + 1 of factors; 5 + 4 + 1 of products; 2 wrong ones.
    assert_eq!(found.rows.len(), tasks * (10 + 2 + 10 + 10 + 2));
    let values: Vec<f64> = [Setting::Own, Setting::Average].map(|setting| row(setting, None, None).nll).to_vec();
    assert!((values[0] - values[1]).abs() > 1e-3, "adapters differ: {values:?}");
    assert!(found.geometry.contexts.is_some() && found.geometry.delta.unwrap().mean < 0.999);
}

#[test]
fn a_source_that_reads_nothing_is_collapsed() {
    let folder = tempfile::tempdir().unwrap();
    let model = model(folder.path());
    let found = audited(&model, Reads::Nothing, &RunOptions { blends: false, completions: false, ..options(None) });
    assert_eq!(found.geometry.verdict, Some(GeometryVerdict::Collapsed));
    assert_eq!(found.rows.len(), 7 * PREFIXES.len() * 5, "no blends, no states");
    assert!(found.rows.iter().all(|row| row.completion.is_none()));
    // The same network before training, on contexts that differ.
    let mut source = Made::new(&model, Reads::Places);
    let contexts: Vec<(RepoId, Tensor)> = (0..3).map(|own| (repo(own), Made::vector(&own.to_string()))).collect();
    let control = untrained(&mut source, &contexts, &found.cast.training, (Seed(0), Device::Cpu)).unwrap().unwrap();
    assert_eq!((control.name.as_str(), control.geometry.averaged), ("untrained head", 4));
    assert!(control.geometry.delta.unwrap().mean < 1.0 && control.geometry.sensitivity.unwrap() > 0.0);
}

/// A journal cut anywhere is completed to the same rows; one of another run is refused.
#[test]
fn a_run_that_is_continued_ends_with_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let model = model(folder.path());
    let path = folder.path().join("tasks.parquet.journal");
    let kept = RunOptions { journal: Some(path.clone()), blends: false, ..options(None) };
    let whole = audited(&model, Reads::Places, &kept).rows;
    let bytes = std::fs::read(&path).unwrap();
    for share in [0, 4, 9] {
        std::fs::write(&path, &bytes[..bytes.len() * share / 10]).unwrap();
        assert!(audited(&model, Reads::Places, &kept).rows == whole, "{share}");
        assert!(std::fs::read(&path).unwrap() == bytes, "{share}");
    }
    let mut made = Made::new(&model, Reads::Places);
    let mut subject = Subject { method: &mut made, model: &model, swapped: None };
    let mut views = |repo: &RepoId, commit: &CommitId| {
        Ok(RepoView { repo: repo.clone(), commit: commit.clone(), files: Vec::new() })
    };
    let other = RunOptions { completions: false, ..kept };
    let refusal = run(&mut subject, cast(&model), &mut views, &other, &mut ()).unwrap_err().to_string();
    assert!(refusal.contains("other options"), "{refusal}");
}
