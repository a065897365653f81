use std::sync::atomic::{AtomicUsize, Ordering};

use bench::{CommitId, RepoId, RepoPath, Role, SourceFile};

use super::*;
use crate::context::embedder::toy::Letters;
use crate::tokenizer::train;

/// Five documents whose words and letters are easy to count.
const TOY: [(&str, &str); 5] = [
    ("a.py", "def area(width, height): return width * height"),
    ("b.py", "class Shape: width = 3"),
    ("c.py", "def perimeter(width, height): return 2 * (width + height)"),
    ("d.py", "def timeout(): return 30"),
    ("e.py", "def Width(): return WIDTH"),
];

fn view(files: &[(&str, &str)]) -> RepoView {
    let (repo, commit) = (RepoId::new("a/b").unwrap(), CommitId::new("0".repeat(40)).unwrap());
    let file = |(path, text): &(&str, &str)| SourceFile {
        repo: repo.clone(),
        commit: commit.clone(),
        path: RepoPath::new(*path).unwrap(),
        role: Role::Production,
        text: (*text).to_owned(),
    };
    RepoView { files: files.iter().map(file).collect(), repo: repo.clone(), commit: commit.clone() }
}

fn settings(search: Search) -> RagSettings {
    RagSettings {
        search,
        chunking: Chunking::Definitions,
        chunks: 3,
        query: Query::End,
        query_chars: 2000,
        fill: Fill::All,
        budget_tokens: 1536,
        best: Best::First,
        module_chunk: false,
        max_chunk_chars: 12_000,
        window_tokens: 8,
        window_overlap: 2,
        window_least: 1,
        max_files: None,
        max_chunks: None,
        candidates: 30,
        fusion_constant: 60.0,
        half_vectors: false,
        k1: 1.5,
        b: 0.75,
    }
}

fn letters(tokenizer: Option<Tokenizer>) -> Arc<dyn Embedder> {
    Arc::new(Letters { tokenizer, ..Letters::default() })
}

fn rag(settings: RagSettings, tokenizer: Option<Tokenizer>) -> Rag {
    let mut rag = Rag::new(settings, Some(letters(tokenizer))).unwrap();
    rag.enter(&view(&TOY)).unwrap();
    rag
}

fn symbols(rag: &Rag, query: &str) -> Vec<String> {
    rag.ranked(query).unwrap().iter().map(|chunk| chunk.symbol.clone()).collect()
}

#[test]
fn m97_words_and_vectors_are_fused() {
    let query = "timeout height";
    let of = |search| symbols(&rag(settings(search), None), query);
    let (lexical, dense, hybrid) = (of(Search::Lexical), of(Search::Dense), of(Search::Hybrid));
    assert_eq!(lexical, ["timeout", "area", "perimeter"]);
    assert_eq!(dense.len(), 3);
    // 1/61 + 1/(61 + r) for the best of each ranking; all five have a rank by vectors.
    let all = |search| symbols(&rag(RagSettings { chunks: 5, ..settings(search) }, None), query);
    let (words, vectors) = (all(Search::Lexical), all(Search::Dense));
    let score = |symbol: &String| {
        let term = |ranking: &[String]| {
            ranking.iter().position(|known| known == symbol).map_or(0.0, |rank| 1.0 / (60.0 + rank as f64 + 1.0))
        };
        term(&words) + term(&vectors)
    };
    let mut expected = vectors.clone();
    expected.sort_by(|a, b| score(b).total_cmp(&score(a)));
    assert_eq!(hybrid, expected[..3]);
}

#[test]
fn m93_the_query_is_the_end_of_the_prefix_or_all_of_it() {
    let prefix = "timeout timeout height";
    let end = RagSettings { query_chars: 6, chunks: 1, ..settings(Search::Lexical) };
    assert_eq!(symbols(&rag(end.clone(), None), prefix), ["area"]);
    assert_eq!(symbols(&rag(RagSettings { query: Query::Whole, ..end }, None), prefix), ["timeout"]);
}

#[test]
fn m92_windows_are_counted_in_tokens_and_capped() {
    let tokenizer = train(&TOY.map(|file| file.1), 300).unwrap();
    let windows = RagSettings { chunking: Chunking::Windows, chunks: 100, ..settings(Search::Dense) };
    let of = |settings: RagSettings| {
        let rag = rag(settings, Some(tokenizer.clone()));
        let mut texts: Vec<String> = rag.ranked("width").unwrap().iter().map(|chunk| chunk.text.clone()).collect();
        texts.sort();
        texts
    };
    let all = of(windows.clone());
    assert!(all.len() > 10 && all.iter().all(|text| text.starts_with("# File: ")), "{all:?}");
    let first = tokenizer.decode(&tokenizer.encode(TOY[0].1).unwrap()[..8]).unwrap();
    assert_eq!(all.iter().filter(|text| **text == format!("# File: a.py\n{first}")).count(), 1);
    assert_eq!(of(RagSettings { max_chunks: Some(3), ..windows.clone() }).len(), 3);
    let one = of(RagSettings { max_files: Some(1), ..windows });
    assert!(one.iter().all(|text| text.starts_with("# File: a.py")), "{one:?}");
}

#[test]
fn m94_m98_chunks_are_shown_whole_or_compressed() {
    let tokenizer = train(&TOY.map(|file| file.1), 300).unwrap();
    let path = RepoPath::new("tests/test_a.py").unwrap();
    let files =
        [("m.py", "def near(height):\n    a = 1\n\n\n    b = 2\n    c = 3\n    d = 4\n    e = 5\n    return height\n")];
    let text = |fill, budget_tokens| {
        let mut rag = Rag::new(RagSettings { fill, budget_tokens, ..settings(Search::Lexical) }, None).unwrap();
        let view = view(&files);
        rag.enter(&view).unwrap();
        let prefix = "assert near(height)";
        let question = Question { repo: &view.repo, path: &path, line: 1, column: 0, commit_index: None, prefix };
        rag.before(question, &view, &tokenizer).unwrap()
    };
    let head = "# File: m.py\n# Symbol: near\n";
    let whole = format!("{head}{}\n\n\n", files[0].1.trim_end());
    for fill in [Fill::All, Fill::Whole, Fill::Compressed] {
        assert_eq!(text(fill, 1000), whole);
    }
    let short = tokenizer.encode(&whole).unwrap().len() - 10;
    assert_eq!(text(Fill::Compressed, short), format!("{head}def near(height):\n    ...\n\n\n"));
    let cut = text(Fill::Whole, short);
    assert!(whole.starts_with(cut.trim_end()) && cut.lines().count() > 5, "{cut}");
    assert_eq!(text(Fill::All, short), whole, "no budget");
    // The chunk falls apart at its two blank lines; its comments are code, so it is one block of code and one of rest.
    let fragments = text(Fill::CompressedAsPublished, 1000);
    assert_eq!(fragments.matches("\n\n\n").count(), 2);
    assert!(
        fragments.starts_with("# File: m.py\n# Symbol: near\ndef near(height):\n    a = 1\n\n\nb = 2"),
        "{fragments}"
    );
}

/// Counts calls for chunks.
struct Counting(AtomicUsize);

impl Embedder for Counting {
    fn name(&self) -> String {
        "counting".to_owned()
    }

    fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        self.0.fetch_add(texts.len(), Ordering::Relaxed);
        Ok(texts.iter().map(|text| vec![1.0, text.len() as f32]).collect())
    }

    fn tokenizer(&self) -> Option<&Tokenizer> {
        None
    }
}

#[test]
fn the_next_commit_encodes_only_what_changed() {
    let counting = Arc::new(Counting(AtomicUsize::new(0)));
    let mut rag = Rag::new(settings(Search::Dense), Some(counting.clone())).unwrap();
    rag.enter(&view(&TOY)).unwrap();
    assert_eq!(counting.0.swap(0, Ordering::Relaxed), 5);
    let mut changed = TOY;
    changed[1].1 = "class Shape: width = 4";
    rag.enter(&view(&changed)).unwrap();
    assert_eq!(counting.0.load(Ordering::Relaxed), 1);
    assert_eq!(symbols(&rag, "x").len(), 3);
}

#[test]
fn an_encoder_that_is_missing_is_named() {
    let refusal = |settings, embedder| Rag::new(settings, embedder).err().unwrap().to_string();
    assert!(refusal(settings(Search::Hybrid), None).contains("search = \"lexical\""));
    let rag = Rag::new(settings(Search::Lexical), Some(letters(None))).unwrap();
    assert_eq!(rag.encoder(), None, "a card names no encoder that decided nothing");
    let windows = RagSettings { chunking: Chunking::Windows, ..settings(Search::Lexical) };
    assert!(refusal(windows.clone(), Some(letters(None))).contains("chunking = \"definitions\""));
    assert!(refusal(RagSettings { window_overlap: 8, ..windows }, None).contains("window_tokens"));
}

#[test]
fn repositories_without_code_find_nothing() {
    for search in [Search::Lexical, Search::Dense, Search::Hybrid] {
        let mut rag = Rag::new(settings(search), Some(letters(None))).unwrap();
        rag.enter(&view(&[])).unwrap();
        assert!(symbols(&rag, "x").is_empty());
    }
}
