//! What no context may ever show: the task's own test file past the cut, and anything newer than its commit.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::sync::Arc;

use baselines::tokenizer::{Tokenizer, train};
use baselines::{ContextSettings, Embedder, Example, ExamplePool, METHODS, Question, Resources, Result};
use bench::{CommitId, RepoId, RepoPath, RepoView, Role, SourceFile};

/// Stands in every place that must not be shown.
const MARKER: &str = "FORBIDDEN";
/// Commits of the scripted repository.
const COMMITS: u32 = 3;
const TESTS: [&str; 3] = ["tests/test_shop.py", "tests/unit/test_cart.py", "checks.py"];

fn id(name: &str) -> RepoId {
    RepoId::new(name).unwrap()
}

/// What of a test file may be known: imports, helpers of its own, and a test up to the cut.
fn prefix(file: usize, commit: u32) -> String {
    format!(
        "import shop\nfrom shop import cart, price_{commit} as price\nfrom shop.cart import Cart\nfrom {} import helper\n\
         from .test_shop import secret\nfrom tests.unit.test_cart import secret as other\nimport checks\n\n\
         def test_{file}():\n    cart.Cart(Cart, price(1), shop.price_{commit}, helper, secret, other, checks.secret)\n    \
         assert Cart().total() == ",
        if file == 0 { ".conftest" } else { "..conftest" },
    )
}

/// The files at `commit`: each test file holds the marker behind the cut, and what `commit` brings is named after it.
fn view(repo: &RepoId, commit: u32) -> RepoView {
    let id = CommitId::new(commit.to_string().repeat(40)).unwrap();
    let mut texts: Vec<(String, String)> = vec![
        ("src/shop/__init__.py".to_owned(), format!("from .prices import price_{commit}\nfrom .cart import Cart\n")),
        (
            "src/shop/prices.py".to_owned(),
            (0..=commit)
                .map(|n| format!("def price_{n}(good):\n    return 'since commit {n}'\n\n\n"))
                .collect::<Vec<_>>()
                .concat(),
        ),
        (
            "src/shop/cart.py".to_owned(),
            format!("class Cart:\n    def total(self):\n        return 'since commit {commit}'\n"),
        ),
        ("tests/__init__.py".to_owned(), String::new()),
        ("tests/conftest.py".to_owned(), format!("def helper():\n    return 'since commit {commit}'\n")),
    ];
    for (file, path) in TESTS.iter().enumerate() {
        let behind = format!("'{MARKER}'\n    assert Cart('{MARKER}')\n\ndef secret():\n    return '{MARKER}'\n");
        texts.push(((*path).to_owned(), format!("{}{behind}", prefix(file, commit))));
    }
    texts.sort();
    let is_test = |path: &str| path.starts_with("tests/") || path == "checks.py";
    let file = |(path, text): (String, String)| SourceFile {
        repo: repo.clone(),
        commit: id.clone(),
        role: if is_test(&path) { Role::Test } else { Role::Production },
        path: RepoPath::new(path).unwrap(),
        text,
    };
    RepoView { repo: repo.clone(), commit: id.clone(), files: texts.into_iter().map(file).collect() }
}

/// Counts bytes: similar texts have similar vectors.
struct Bytes(Tokenizer);

impl Embedder for Bytes {
    fn name(&self) -> String {
        "bytes".to_owned()
    }

    fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        let counts = |text: &String| {
            let mut counts = vec![0.0; 256];
            text.bytes().for_each(|byte| counts[usize::from(byte)] += 1.0);
            counts
        };
        Ok(texts.iter().map(counts).collect())
    }

    fn tokenizer(&self) -> Option<&Tokenizer> {
        Some(&self.0)
    }
}

/// The asked repository is a training repository itself, or another one is.
struct Pool(Vec<RepoId>);

impl ExamplePool for Pool {
    fn repositories(&self) -> &[RepoId] {
        &self.0
    }

    fn examples(&self, repo: &RepoId, _prefix_chars: usize) -> Result<Vec<Example>> {
        let of = |commit: u32| {
            TESTS.iter().map(move |path| Example {
                path: RepoPath::new(*path).unwrap(),
                commit_index: Some(commit),
                prefix: format!("assert 'since commit {commit}' == "),
                target: "1".to_owned(),
            })
        };
        // Other repositories have no commits to be newer than.
        let commits = if *repo == id("a/b") { 0..COMMITS } else { 0..1 };
        let mut examples: Vec<Example> = commits.flat_map(of).collect();
        examples.extend((0..COMMITS).map(|commit| Example {
            path: RepoPath::new("tests/test_other.py").unwrap(),
            commit_index: Some(commit),
            prefix: format!("assert other('since commit {}') == ", if *repo == id("a/b") { commit } else { 0 }),
            target: "2".to_owned(),
        }));
        Ok(examples)
    }

    fn view(&self, repo: &RepoId) -> Result<RepoView> {
        Ok(view(repo, 0))
    }
}

#[test]
fn no_context_shows_its_own_test_file_past_the_cut_or_anything_newer() {
    let views: Vec<RepoView> = (0..COMMITS).map(|commit| view(&id("a/b"), commit)).collect();
    let texts: Vec<&str> = views[0].files.iter().map(|file| file.text.as_str()).collect();
    let tokenizer = train(&texts, 500).unwrap();
    for pool in [vec![id("a/b")], vec![id("o/ther")]] {
        let resources = Resources {
            embedder: Some(Arc::new(Bytes(tokenizer.clone()))),
            examples: Some(Arc::new(Pool(pool))),
            contexts: None,
        };
        for entry in METHODS {
            for profile in entry.profiles {
                let name = entry.name(*profile);
                let settings = entry.settings(*profile, None).unwrap().context;
                let silent = matches!(settings, ContextSettings::None {});
                let mut context = settings.build(&resources).unwrap();
                let mut shown = 0;
                // Newest first, and one twice: what was entered before must be forgotten.
                for commit in [2, 1, 0, 1] {
                    let view = &views[commit as usize];
                    context.enter(view).unwrap();
                    for (file, path) in TESTS.iter().enumerate() {
                        let (path, prefix) = (RepoPath::new(*path).unwrap(), prefix(file, commit));
                        let question = Question {
                            repo: &view.repo,
                            path: &path,
                            line: u32::try_from(prefix.lines().count()).unwrap(),
                            column: 4,
                            commit_index: Some(commit),
                            prefix: &prefix,
                        };
                        let text = context.before(question, view, &tokenizer).unwrap();
                        let own = text.match_indices(MARKER).count();
                        assert_eq!(own, helper_markers(&name, &text), "{name}, {path} at {commit}:\n{text}");
                        for newer in commit + 1..=COMMITS {
                            assert!(!text.contains(&format!("commit {newer}")), "{name}, {path} at {commit}:\n{text}");
                            assert!(!text.contains(&format!("price_{newer}")), "{name}, {path} at {commit}:\n{text}");
                        }
                        assert!(!text.contains(&format!("# Source: {path}\n")), "{name} shows {path}:\n{text}");
                        shown += text.len();
                    }
                }
                assert_eq!(shown == 0, silent, "{name}: what shows nothing proves nothing");
            }
        }
    }
}

/// Markers that stand in blocks of other test files, which `drc-g2` alone may show (M102).
fn helper_markers(name: &str, text: &str) -> usize {
    if name != "drc-g2" {
        return 0;
    }
    let is_helper = |block: &&str| TESTS.iter().any(|path| block.starts_with(&format!("# Source: {path}\n")));
    let blocks = text.split("\n\n\n");
    blocks.filter(is_helper).map(|block| block.matches(MARKER).count()).sum()
}

#[test]
fn what_a_context_says_depends_on_nothing_it_was_told_before() {
    let views: Vec<RepoView> = (0..COMMITS).map(|commit| view(&id("a/b"), commit)).collect();
    let texts: Vec<&str> = views[0].files.iter().map(|file| file.text.as_str()).collect();
    let tokenizer = train(&texts, 500).unwrap();
    let resources = Resources {
        embedder: Some(Arc::new(Bytes(tokenizer.clone()))),
        examples: Some(Arc::new(Pool(vec![id("o/ther"), id("p/other")]))),
        ..Resources::default()
    };
    let path = RepoPath::new(TESTS[0]).unwrap();
    let prefix = prefix(0, 1);
    for entry in METHODS {
        for profile in entry.profiles {
            let ask = |history: &[usize]| {
                let mut context = entry.settings(*profile, None).unwrap().context.build(&resources).unwrap();
                history.iter().for_each(|at| context.enter(&views[*at]).unwrap());
                let (repo, view) = (&views[1].repo, &views[1]);
                let question =
                    Question { repo, path: &path, line: 11, column: 4, commit_index: Some(1), prefix: &prefix };
                context.before(question, view, &tokenizer).unwrap()
            };
            assert_eq!(ask(&[1]), ask(&[0, 2, 0, 1]), "{}", entry.name(*profile));
        }
    }
}
