use bench::{CommitId, RepoPath, Role, SourceFile};

use super::super::embedder::toy::Letters;
use super::*;
use crate::tokenizer::train;

/// Training repositories `t/a` and `t/b`, their production files and examples made of their letter.
struct Pool(Vec<RepoId>);

impl Pool {
    fn new() -> Arc<Self> {
        Arc::new(Self(["t/a", "t/b", "t/c"].map(|name| RepoId::new(name).unwrap()).to_vec()))
    }
}

impl ExamplePool for Pool {
    fn repositories(&self) -> &[RepoId] {
        &self.0
    }

    fn examples(&self, repo: &RepoId, prefix_chars: usize) -> Result<Vec<Example>> {
        let letter = &repo.as_str()[2..];
        let example = |n: u32| Example {
            path: RepoPath::new(format!("tests/test_{}.py", n % 2)).unwrap(),
            commit_index: Some(n),
            prefix: last_chars(
                &format!("{}assert {letter} == {} ", "zz ".repeat(400), "xyz".repeat(n as usize)),
                prefix_chars,
            )
            .to_owned(),
            target: format!("{letter}{n}"),
        };
        Ok((0..8).map(example).collect())
    }

    fn view(&self, repo: &RepoId) -> Result<RepoView> {
        Ok(view(repo.as_str(), &repo.as_str()[2..].repeat(20)))
    }
}

fn view(repo: &str, text: &str) -> RepoView {
    let (repo, commit) = (RepoId::new(repo).unwrap(), CommitId::new("0".repeat(40)).unwrap());
    let path = RepoPath::new("m.py").unwrap();
    let file =
        SourceFile { repo: repo.clone(), commit: commit.clone(), path, role: Role::Production, text: text.to_owned() };
    RepoView { repo, commit, files: vec![file] }
}

fn shown(view: &RepoView, path: &str, commit_index: Option<u32>, line: u32, prefix: &str, seed: u64) -> String {
    let settings = IclSettings { shots: 3, prefix_chars: 1000, neighbours: 2, lent: 6, seed };
    let mut icl = Icl::new(settings, Some(Pool::new()), Some(Arc::new(Letters::default()))).unwrap();
    icl.enter(view).unwrap();
    let path = RepoPath::new(path).unwrap();
    let question = Question { repo: &view.repo, path: &path, line, column: 4, commit_index, prefix };
    icl.before(question, view, &train(&["x"], 280).unwrap()).unwrap()
}

fn targets(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    lines
        .windows(2)
        .filter(|pair| pair[1].is_empty())
        .map(|pair| pair[0].rsplit(' ').next().unwrap().to_owned())
        .collect()
}

#[test]
fn m130_a_training_repository_is_shown_its_own_tasks_at_random() {
    let own = view("t/b", "b");
    let text = shown(&own, "tests/test_9.py", None, 1, "p", 1);
    assert!(text.starts_with("# Example 1\n") && text.ends_with("\n\n# To be completed\n"), "{text}");
    let found = targets(&text);
    assert!(found.len() == 3 && found.iter().all(|target| target.starts_with('b')), "{found:?}");
    assert_eq!(text, shown(&own, "tests/test_9.py", None, 1, "p", 1));
    let others: Vec<Vec<String>> =
        (2..8).map(|line| targets(&shown(&own, "tests/test_9.py", None, line, "p", 1))).collect();
    assert!(others.iter().any(|other| *other != found), "each question has a draw of its own");
    let example = text.split("# Example").nth(1).unwrap().lines().nth(1).unwrap();
    assert_eq!(example.chars().count(), 1000 + 2, "the last 1,000 characters and the target");
}

#[test]
fn the_own_test_file_and_later_commits_lend_nothing() {
    let own = view("t/b", "b");
    for line in 0..20 {
        for target in targets(&shown(&own, "tests/test_1.py", Some(5), line, "p", 1)) {
            assert!(["b0", "b2", "b4"].contains(&target.as_str()), "{target}");
        }
    }
    assert_eq!(shown(&own, "tests/test_1.py", Some(0), 1, "p", 1), "", "nothing older: nothing is shown");
}

#[test]
fn m130_another_repository_is_shown_the_most_similar_tasks_of_the_nearest_ones() {
    let other = view("c/c", "aaaa bbb");
    let text = shown(&other, "tests/test_1.py", Some(0), 1, "assert a == xyzxyzxyzxyzxyz", 3);
    let found = targets(&text);
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|target| target.starts_with(['a', 'b'])), "c is not among the nearest two: {found:?}");
}

#[test]
fn what_is_missing_is_named() {
    let settings = IclSettings { shots: 3, prefix_chars: 1000, neighbours: 2, lent: 6, seed: 1 };
    let refusal = |settings, pool, encoder| Icl::new(settings, pool, encoder).err().unwrap().to_string();
    let letters: Arc<dyn Embedder> = Arc::new(Letters::default());
    assert!(refusal(settings.clone(), None, Some(letters.clone())).contains("no training tasks"));
    assert!(refusal(settings.clone(), Some(Pool::new()), None).contains("no encoder"));
    let none = IclSettings { shots: 0, ..settings };
    assert!(refusal(none, Some(Pool::new()), Some(letters)).contains("context.shots"));
}
