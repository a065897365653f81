//! The methods on a tiny random model: what they read, and that the run answers as one prompt at a time does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use baselines::encoder::{FirstWindow, HashedEncoder};
use baselines::model::{Config, Parameters, Precision, save};
use baselines::predict;
use baselines::registry::find;
use baselines::tokenizer::{Tokenizer, train};
use baselines::{Base, Context, ContextSettings, LanguageModel, Method, PredictOptions, Question, Rag, Resources};
use bench::{
    Assertion, AssertionKind, CommitId, Difficulty, MethodProfile, Prediction, RepoId, RepoPath, RepoView, Role, Seed,
    SourceFile, Split, Stop, Task, TaskId,
};
use serde_json::json;
use tch::{Device, Kind};

const PRODUCTION: [(&str, &str); 3] = [
    (
        "src/limits.py",
        "import os\n\nTIMEOUT_SECONDS = 45\nRETRIES = 3\n\n\ndef timeout(scale):\n    return TIMEOUT_SECONDS * scale\n",
    ),
    (
        "src/shapes.py",
        "class Square:\n    def __init__(self, side):\n        self.side = side\n\n    def area(self):\n        \
         return self.side ** 2\n\n\ndef perimeter(shape):\n    return 4 * shape.side\n",
    ),
    ("src/broken.py", "def unfinished(:\n    pass\n"),
];
const TEST: (&str, &str) =
    ("tests/test_all.py", "SECRET = 'timeout perimeter area'\n\ndef test_timeout():\n    assert timeout(2) == 90\n");

/// Tasks of two repositories with equal files; the fourth asks what the first does, the fifth has no prefix.
const PREFIXES: [&str; 5] = [
    "from src.limits import timeout\n\ndef test_timeout():\n    assert timeout(2) == ",
    "from src.shapes import Square\n\ndef test_area():\n    square = Square(3)\n    assert square.area() == ",
    "def test_perimeter():\n    assert perimeter(Square(1)) == ",
    "from src.limits import timeout\n\ndef test_timeout():\n    assert timeout(2) == ",
    "",
];

static TOKENIZER: LazyLock<Tokenizer> = LazyLock::new(|| {
    let texts: Vec<&str> = PRODUCTION.iter().map(|file| file.1).chain(PREFIXES).collect();
    train(&texts, 420).unwrap()
});

/// The encoder without weights, fitted on the production files.
static RESOURCES: LazyLock<Resources> = LazyLock::new(|| {
    let encoder = HashedEncoder::fit(PRODUCTION.map(|file| file.1), 256, Seed(0)).unwrap();
    Resources { embedder: Some(Arc::new(FirstWindow::of_words(Box::new(encoder)))), ..Resources::default() }
});

fn repos() -> [RepoId; 2] {
    ["b/two", "a/one"].map(|name| RepoId::new(name).unwrap())
}

fn commit() -> CommitId {
    CommitId::new("1".repeat(40)).unwrap()
}

fn view(repo: &RepoId) -> RepoView {
    let file = |(path, text): &(&str, &str), role| SourceFile {
        repo: repo.clone(),
        commit: commit(),
        path: RepoPath::new(*path).unwrap(),
        role,
        text: (*text).to_owned(),
    };
    let mut files: Vec<SourceFile> = PRODUCTION.iter().map(|known| file(known, Role::Production)).collect();
    files.push(file(&TEST, Role::Test));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    RepoView { repo: repo.clone(), commit: commit(), files }
}

fn task(repo: &RepoId, line: usize) -> Task {
    let mut assertion = Assertion {
        id: TaskId::of(&[]),
        repo: repo.clone(),
        commit: commit(),
        path: RepoPath::new(TEST.0).unwrap(),
        line: u32::try_from(line).unwrap() + 1,
        column: 4,
        target_column: 20,
        kind: AssertionKind::Assert,
        function: "test".to_owned(),
        class: String::new(),
        difficulty: Difficulty::NumericLiteral,
        multiline: false,
        prefix: PREFIXES[line].to_owned(),
        target: "90".to_owned(),
        need: None,
        evolution: None,
    };
    assertion.id = assertion.address();
    Task { split: Split::CrossRepoTest, assertion }
}

fn tasks() -> Vec<Task> {
    repos().iter().flat_map(|repo| (0..PREFIXES.len()).map(|line| task(repo, line))).collect()
}

/// A model that reads `positions` tokens, its weights drawn wide so that answers differ.
fn model(folder: &Path, positions: u32) -> LanguageModel {
    let config = json!({
        "architectures": ["Qwen2ForCausalLM"],
        "model_type": "qwen2",
        "hidden_act": "silu",
        "vocab_size": TOKENIZER.rows(),
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": positions,
        "rope_theta": 10000.0,
        "rms_norm_eps": 1e-6,
        "tie_word_embeddings": true,
        "initializer_range": 0.3,
        "eos_token_id": TOKENIZER.eos(),
    });
    let config = Config::parse(Path::new("config.json"), config.to_string().as_bytes()).unwrap();
    save(folder, &config, &Parameters::init(&config, Seed(7), Kind::Float, Device::Cpu), &TOKENIZER).unwrap();
    LanguageModel::open(folder, Device::Cpu, Precision::F32).unwrap()
}

fn method(id: &str, model: &LanguageModel) -> Box<dyn Method> {
    let base = Base::of(model, "tiny", Some("0123")).with(&RESOURCES);
    find(id).unwrap().method(&base, MethodProfile::Fair, None).unwrap()
}

fn options(journal: Option<PathBuf>) -> PredictOptions {
    PredictOptions { journal, batch_rows: 3, ..PredictOptions::new("release") }
}

fn run(id: &str, model: &LanguageModel, options: &PredictOptions) -> Vec<Prediction> {
    let mut views = |repo: &RepoId, _: &CommitId| Ok(view(repo));
    predict::run(&mut *method(id, model), model, &tasks(), &mut views, options, &mut ()).unwrap()
}

#[test]
fn a_run_answers_as_one_prompt_at_a_time_does() {
    let folder = tempfile::tempdir().unwrap();
    let model = model(folder.path(), 512);
    for id in ["pretrained", "rag"] {
        let rows: BTreeMap<TaskId, Prediction> =
            run(id, &model, &options(None)).into_iter().map(|row| (row.task.clone(), row)).collect();
        assert_eq!(rows.len(), tasks().len());
        let mut method = method(id, &model);
        let mut answers = Vec::new();
        for task in tasks() {
            let view = view(&task.assertion.repo);
            method.enter(&view).unwrap();
            let prompt = method.prompts().prompt(&task, &view).unwrap();
            let [alone] = &model.decode(std::slice::from_ref(&prompt.ids), &model.decode_options(64)).unwrap()[..]
            else {
                panic!("one prompt, one answer")
            };
            let row = &rows[task.id()];
            assert_eq!(row.completion, TOKENIZER.decode(&alone.ids).unwrap());
            assert_eq!(row.new_tokens.unwrap() as usize, alone.ids.len());
            assert_eq!(row.stop == Some(Stop::Eos), alone.ids.len() < 64);
            assert_eq!(row.prompt_tokens.unwrap() as usize, prompt.ids.len());
            assert_eq!(row.context_tokens, Some(prompt.context_tokens));
            answers.push(row.completion.clone());
        }
        answers.sort();
        answers.dedup();
        assert!(answers.len() > 2, "a model that always says the same proves nothing: {answers:?}");
    }
}

#[test]
fn a_run_that_was_cut_off_ends_in_the_same_answers() {
    let folder = tempfile::tempdir().unwrap();
    let model = model(folder.path(), 512);
    let path = folder.path().join("rag.jsonl.journal");
    let whole = run("rag", &model, &options(None));
    assert_eq!(run("rag", &model, &options(Some(path.clone()))), whole);
    let journal = std::fs::read(&path).unwrap();
    for part in 0..6 {
        std::fs::write(&path, &journal[..journal.len() * part / 6]).unwrap();
        assert_eq!(run("rag", &model, &options(Some(path.clone()))), whole, "{part}/6");
    }
}

#[test]
fn prompts_hold_the_prefix_whole_and_retrieval_only_adds_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let model = model(folder.path(), 1024);
    let (pretrained, mut rag) = (method("pretrained", &model), method("rag", &model));
    let view = view(&repos()[0]);
    rag.enter(&view).unwrap();
    for (line, prefix) in PREFIXES[..4].iter().enumerate() {
        let task = task(&repos()[0], line);
        let plain = pretrained.prompts().prompt(&task, &view).unwrap();
        assert_eq!(plain.context_tokens, 0);
        assert_eq!(plain.ids, TOKENIZER.encode(prefix).unwrap());
        let retrieved = rag.prompts().prompt(&task, &view).unwrap();
        assert!(retrieved.context_tokens > 0);
        assert_eq!(&retrieved.ids[retrieved.context_tokens as usize..], plain.ids);
    }
    let empty = pretrained.prompts().prompt(&task(&repos()[0], 4), &view).unwrap();
    assert_eq!(empty.ids, [TOKENIZER.eos()], "an empty prefix is one token (M7)");
}

/// What an audit holds prompts with a context against differs from them in the context alone.
#[test]
fn a_method_without_its_context_asks_in_its_own_way() {
    let folder = tempfile::tempdir().unwrap();
    let model = model(folder.path(), 1024);
    let path = folder.path().join("own.toml");
    std::fs::write(&path, "[decoding]\nbos = true\nmax_prefix_tokens = 3\n").unwrap();
    let base = Base::of(&model, "tiny", None).with(&RESOURCES);
    let (rag, view) = (find("rag").unwrap(), view(&repos()[0]));
    let mut bare = rag.bare(&base, MethodProfile::Fair, Some(&path)).unwrap();
    let mut whole = rag.method(&base, MethodProfile::Fair, Some(&path)).unwrap();
    assert_eq!(bare.decoding(), whole.decoding());
    [&mut bare, &mut whole].into_iter().try_for_each(|method| method.enter(&view)).unwrap();
    let asked = task(&repos()[0], 0);
    let [plain, retrieved] = [&bare, &whole].map(|method| method.prompts().prompt(&asked, &view).unwrap());
    let prefix = TOKENIZER.encode(PREFIXES[0]).unwrap();
    assert_eq!(plain.ids, [&[TOKENIZER.bos()], &prefix[prefix.len() - 3..]].concat());
    assert!(retrieved.context_tokens > 0 && retrieved.ids.ends_with(&plain.ids[1..]));
}

#[test]
fn cards_say_what_was_run() {
    let folder = tempfile::tempdir().unwrap();
    let small = model(folder.path(), 128);
    let method = method("rag", &small);
    let card = method.card();
    assert_eq!((card.method.as_str(), card.base_model.as_str()), ("rag", "tiny"));
    assert_eq!(card.parameters, Some(small.parameters().count()));
    assert_eq!(card.base_model_hash.as_deref(), Some("0123"));
    assert_eq!(card.settings["decoding.max_input_tokens"], "64", "a completion of 64 must fit behind it");
    assert_eq!(card.settings["precision"], "f32");
    assert_eq!(card.settings["context.chunks"], "3");
    let none = model(folder.path(), 64);
    let error = find("rag")
        .unwrap()
        .method(&Base::of(&none, "tiny", None), MethodProfile::Fair, None)
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("at most 64 tokens"), "{error}");
}

/// Retrieval by words with the settings of `rag.toml`, `change` made to them, over the sample repository.
fn retrieval(change: &str) -> Rag {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("change.toml");
    std::fs::write(&path, format!("[context]\nsearch = 'lexical'\n{change}\n")).unwrap();
    let settings = find("rag").unwrap().settings(MethodProfile::Fair, Some(&path)).unwrap();
    let ContextSettings::Rag(settings) = settings.context else { panic!("rag retrieves") };
    let mut rag = Rag::new(*settings, None).unwrap();
    rag.enter(&view(&repos()[0])).unwrap();
    rag
}

fn shown(rag: &Rag, prefix: &str) -> (String, usize) {
    let path = RepoPath::new(TEST.0).unwrap();
    let view = view(&repos()[0]);
    let question = Question { repo: &view.repo, path: &path, line: 1, column: 0, commit_index: None, prefix };
    let text = rag.before(question, &view, &TOKENIZER).unwrap();
    let tokens = TOKENIZER.encode(&text).unwrap().len();
    (text, tokens)
}

#[test]
fn test_files_are_never_shown() {
    let rag = retrieval("chunks = 100\nbudget_tokens = 100000");
    let everything = format!("{} {}", TEST.1, PRODUCTION.map(|file| file.1).concat());
    let (text, _) = shown(&rag, &everything);
    assert_eq!(text.matches("# File: src/").count(), 5, "{text}");
    assert!(!text.contains("SECRET") && !text.contains("tests/"), "{text}");
}

#[test]
fn m94_m100_the_best_chunk_stands_where_the_settings_say() {
    let best_last = shown(&retrieval("chunks = 2"), PREFIXES[0]).0;
    let best_first = shown(&retrieval("chunks = 2\nbest = 'first'"), PREFIXES[0]).0;
    let best =
        "# File: src/limits.py\n# Symbol: timeout\ndef timeout(scale):\n    return TIMEOUT_SECONDS * scale\n\n\n";
    assert!(best_last.ends_with(best), "{best_last}");
    assert!(best_first.starts_with(best), "{best_first}");
    assert_eq!(best_last.len(), best_first.len());
}

#[test]
fn module_chunks_can_be_left_out() {
    let constant = "assert TIMEOUT_SECONDS + RETRIES == ";
    assert!(shown(&retrieval(""), constant).0.contains("RETRIES = 3"));
    assert!(!shown(&retrieval("module_chunk = false"), constant).0.contains("RETRIES = 3"));
}

#[test]
fn the_budget_is_kept_by_whole_chunks_and_the_first_one_cut() {
    let all = shown(&retrieval(""), PREFIXES[1]).1;
    for budget in 1..=all {
        let rag = retrieval(&format!("budget_tokens = {budget}"));
        let (text, tokens) = shown(&rag, PREFIXES[1]);
        assert!(tokens <= budget, "{tokens} > {budget}");
        let best = format!("{}\n\n\n", rag.ranked(PREFIXES[1]).unwrap()[0].text);
        if budget < TOKENIZER.encode(&best).unwrap().len() {
            assert!(best.starts_with(text.trim_end()), "of a best chunk that is too long the first lines: {text}");
        } else {
            assert!(text.ends_with("return self.side ** 2\n\n\n"), "{text}");
            assert!(text.starts_with("# File: "), "chunks are whole: {text}");
        }
    }
}

#[test]
fn settings_out_of_range_are_refused() {
    let ContextSettings::Rag(good) = find("rag").unwrap().settings(MethodProfile::Fair, None).unwrap().context else {
        panic!("rag")
    };
    for (option, settings) in [
        ("chunks", baselines::RagSettings { chunks: 0, ..(*good).clone() }),
        ("budget_tokens", baselines::RagSettings { budget_tokens: 0, ..(*good).clone() }),
        ("k1", baselines::RagSettings { k1: f64::NAN, ..(*good).clone() }),
        ("context.b`", baselines::RagSettings { b: 1.5, ..(*good).clone() }),
    ] {
        let error = Rag::new(settings, None).err().unwrap().to_string();
        assert!(error.contains(option), "{error}");
    }
}
