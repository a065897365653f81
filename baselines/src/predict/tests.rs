//! The run with a decoder that remembers what it was asked.

use bench::{Assertion, AssertionKind, Difficulty, MethodCard, RepoPath, Split, TaskId};
use tempfile::TempDir;

use super::*;
use crate::method::Prompts;
use crate::settings::{DecodingSettings, PromptLayout};

/// Reads the bytes of the prefix.
struct Bytes {
    card: MethodCard,
    decoding: DecodingSettings,
    entered: Vec<String>,
}

impl Bytes {
    fn new() -> Self {
        let card = MethodCard::new("bytes", "Bytes", "none");
        let decoding = DecodingSettings {
            max_input_tokens: 64,
            max_new_tokens: 4,
            fim_ban: true,
            bos: false,
            joined: false,
            layout: PromptLayout::Trained,
            max_prefix_tokens: None,
        };
        Self { card, decoding, entered: Vec::new() }
    }
}

impl Method for Bytes {
    fn card(&self) -> &MethodCard {
        &self.card
    }

    fn decoding(&self) -> &DecodingSettings {
        &self.decoding
    }

    fn enter(&mut self, repo: &RepoView) -> Result<()> {
        self.entered.push(format!("{}@{}", repo.repo, &repo.commit.as_str()[..1]));
        Ok(())
    }

    fn weights(&mut self, _repo: &RepoView) -> Result<Weights> {
        Ok(Weights::Base)
    }

    fn prompts(&self) -> &dyn Prompts {
        self
    }
}

impl Prompts for Bytes {
    fn prompt(&self, task: &Task, repo: &RepoView) -> Result<Prompt> {
        assert!(at(repo, task));
        Ok(Prompt { ids: task.assertion.prefix.bytes().map(u32::from).collect(), context_tokens: 0 })
    }
}

fn task(repo: &str, commit: char, line: u32, prefix: &str) -> Task {
    let mut assertion = Assertion {
        id: TaskId::of(&[]),
        repo: RepoId::new(repo).unwrap(),
        commit: CommitId::new(commit.to_string().repeat(40)).unwrap(),
        path: RepoPath::new("tests/test_a.py").unwrap(),
        line,
        column: 0,
        target_column: 0,
        kind: AssertionKind::Assert,
        function: String::new(),
        class: String::new(),
        difficulty: Difficulty::NumericLiteral,
        multiline: false,
        prefix: prefix.to_owned(),
        target: "1".to_owned(),
        need: None,
        evolution: None,
    };
    assertion.id = assertion.address();
    Task { split: Split::CrossRepoTest, assertion }
}

fn sample() -> Vec<Task> {
    let mut tasks = Vec::new();
    for repo in ["b/b", "a/a"] {
        for commit in ['9', '3'] {
            for line in 1..=4 {
                tasks.push(task(repo, commit, line, &"x".repeat(line as usize % 3 + 1)));
            }
        }
    }
    tasks
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of guesses")]
fn no_guess(_: &Task) -> Result<Vec<u32>> {
    Ok(Vec::new())
}

fn options(journal: Option<PathBuf>) -> PredictOptions {
    PredictOptions { journal, batch_rows: 2, batch_tokens: 1000, ..PredictOptions::new("r") }
}

/// Runs over `tasks` and returns the result with every batch the decoder saw; it fails at call number `failing`.
fn run_failing(
    method: &mut Bytes,
    tasks: &[Task],
    options: &PredictOptions,
    failing: usize,
) -> (Result<Vec<Prediction>>, Vec<Vec<Vec<u32>>>) {
    let mut seen = Vec::new();
    let mut decoder = |openings: &[Opening]| {
        let prompts: Vec<Vec<u32>> = openings.iter().map(|opening| opening.prompt.clone()).collect();
        if seen.len() == failing {
            return Err(Error::option("power", "off", "it must be on"));
        }
        seen.push(prompts.clone());
        // An answer that depends on the company, as the last bits of a bf16 model do.
        let answer = |ids: &Vec<u32>| Answer {
            completion: format!("{} {}", ids.len(), prompts.len()),
            new_tokens: 2,
            stop: Stop::Eos,
        };
        Ok(prompts.iter().map(answer).collect())
    };
    let mut views = |repo: &RepoId, commit: &CommitId| {
        Ok(RepoView { repo: repo.clone(), commit: commit.clone(), files: Vec::new() })
    };
    let result =
        drive(method, &mut Engine { decode: &mut decoder, guess: &no_guess }, tasks, &mut views, options, &mut ());
    (result, seen)
}

fn run_whole(tasks: &[Task], options: &PredictOptions) -> (Vec<Prediction>, Vec<Vec<Vec<u32>>>) {
    let (result, seen) = run_failing(&mut Bytes::new(), tasks, options, usize::MAX);
    (result.unwrap(), seen)
}

#[test]
fn every_task_is_answered_once_by_id_and_equal_prompts_are_decoded_once() {
    let tasks = sample();
    let (rows, seen) = run_whole(&tasks, &options(None));
    let mut ids: Vec<&TaskId> = tasks.iter().map(Task::id).collect();
    ids.sort();
    assert_eq!(rows.iter().map(|row| &row.task).collect::<Vec<_>>(), ids);
    // Two at a time: three prompts differ, and two share their start.
    let x = |count| vec![u32::from(b'x'); count];
    assert_eq!(seen, [vec![x(1), x(2)], vec![x(3)]]);
    let first = rows.iter().find(|row| row.task == *tasks[1].id()).unwrap();
    assert_eq!((first.prompt_tokens, first.new_tokens, first.completion.as_str()), (Some(3), Some(2), "3 1"));
}

#[test]
fn the_order_of_tasks_does_not_matter_within_a_commit() {
    let tasks = sample();
    let mut turned = tasks.clone();
    turned.chunks_mut(4).for_each(<[Task]>::reverse);
    assert_eq!(run_whole(&tasks, &options(None)), run_whole(&turned, &options(None)));
}

#[test]
fn repositories_are_entered_once_by_name_and_commits_in_the_order_of_first_mention() {
    let mut method = Bytes::new();
    run_failing(&mut method, &sample(), &options(None), usize::MAX).0.unwrap();
    assert_eq!(method.entered, ["a/a@9", "a/a@3", "b/b@9", "b/b@3"]);
}

#[test]
fn batches_keep_to_rows_and_tokens() {
    let tasks: Vec<Task> = (1..=9).map(|line| task("a/a", '0', line, &"y".repeat(line as usize))).collect();
    let sizes = |batch_rows, batch_tokens| {
        let options = PredictOptions { batch_rows, batch_tokens, share: false, ..options(None) };
        run_whole(&tasks, &options).1.iter().map(Vec::len).collect::<Vec<_>>()
    };
    assert_eq!(sizes(4, 1000), [4, 4, 1]);
    // With 4 new tokens the longest prompts take 13, 11, 9 and 6 columns.
    assert_eq!(sizes(4, 26), [2, 2, 2, 3]);
    assert_eq!(sizes(0, 0), [1; 9]);
}

#[test]
fn a_journal_cut_at_any_byte_leads_to_the_same_answers_by_the_same_batches() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("out.jsonl.journal");
    let (tasks, options) = (sample(), options(Some(path.clone())));
    let (rows, batches) = run_whole(&tasks, &options);
    let whole = std::fs::read(&path).unwrap();
    for length in 0..=whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        let (again, redone) = run_whole(&tasks, &options);
        assert_eq!(again, rows, "{length}");
        assert!(redone.iter().all(|batch| batches.contains(batch)), "{length}");
    }
    let (again, redone) = run_whole(&tasks, &options);
    assert_eq!((again, redone.len()), (rows, 0));
}

#[test]
fn a_run_that_fails_keeps_what_it_had() {
    let folder = TempDir::new().unwrap();
    let (tasks, options) = (sample(), options(Some(folder.path().join("j"))));
    let (failed, _) = run_failing(&mut Bytes::new(), &tasks, &options, 1);
    assert!(failed.unwrap_err().to_string().contains("power"));
    let (rows, redone) = run_whole(&tasks, &options);
    assert_eq!(redone.len(), 1);
    assert_eq!(rows, run_whole(&tasks, &PredictOptions { journal: None, ..options }).0);
}

#[test]
fn a_journal_of_another_run_is_refused() {
    let folder = TempDir::new().unwrap();
    let (tasks, options) = (sample(), options(Some(folder.path().join("j"))));
    run_whole(&tasks, &options);
    let refusal = |method: &mut Bytes, tasks: &[Task], options: &PredictOptions| {
        run_failing(method, tasks, options, usize::MAX).0.unwrap_err().to_string()
    };
    let mut other = Bytes::new();
    other.card.settings.insert("decoding.bos".to_owned(), "true".to_owned());
    assert!(refusal(&mut other, &tasks, &options).contains("another method"));
    assert!(refusal(&mut Bytes::new(), &tasks[1..], &options).contains("other tasks"));
    let release = PredictOptions { release: "s".to_owned(), ..options.clone() };
    assert!(refusal(&mut Bytes::new(), &tasks, &release).contains("another release"));
    let rows = PredictOptions { batch_rows: 3, ..options.clone() };
    assert!(refusal(&mut Bytes::new(), &tasks, &rows).contains("batches of another size"));
    assert_eq!(run_whole(&tasks, &options).1.len(), 0);
}

#[test]
fn windows_that_are_done_are_not_read_again() {
    let folder = TempDir::new().unwrap();
    let many = u32::try_from(WindowLimits::of(&Bytes::new()).tasks).unwrap();
    let mut tasks: Vec<Task> = (0..many).map(|line| task("a/a", '0', line, "x")).collect();
    tasks.extend((0..3).map(|line| task("b/b", '0', line, "yy")));
    let options = options(Some(folder.path().join("j")));
    let (failed, _) = run_failing(&mut Bytes::new(), &tasks, &options, 1);
    failed.unwrap_err();
    let mut method = Bytes::new();
    let (rows, redone) = run_failing(&mut method, &tasks, &options, usize::MAX);
    assert_eq!(rows.unwrap().len(), tasks.len());
    assert_eq!((method.entered, redone.len()), (vec!["b/b@0".to_owned()], 1));
}

/// Only so many adapters are made before they are used, whatever the tasks; a run that is continued comes to the same windows.
#[test]
fn windows_hold_few_places_where_each_has_an_adapter() {
    let place = |at: usize| task(&format!("a/r{at:03}"), '0', 1, "x");
    let mut tasks: Vec<Task> = (0..70).map(place).collect();
    tasks.extend((2..=1500).map(|line| task("a/r069", '0', line, "yy")));
    let order = running_order(&tasks).unwrap();
    let mut method = Bytes::new();
    let sizes =
        |method: &Bytes| windows(&order, WindowLimits::of(method)).into_iter().map(<[&Task]>::len).collect::<Vec<_>>();
    assert_eq!(sizes(&method), [1024, 70 + 1499 - 1024]);
    method.card.adapters = Some("every repository has one".to_owned());
    assert_eq!(sizes(&method), [32, 32, 1024, 70 + 1499 - 64 - 1024]);
    let folder = TempDir::new().unwrap();
    let options = PredictOptions { batch_rows: 64, batch_tokens: 100_000, ..options(Some(folder.path().join("j"))) };
    let (failed, _) = run_failing(&mut method, &tasks, &options, 1);
    failed.unwrap_err();
    assert_eq!(method.entered.len(), 64, "the first window was decoded, the second one asked");
    method.entered.clear();
    run_failing(&mut method, &tasks, &options, usize::MAX).0.unwrap();
    assert_eq!(method.entered.len(), 70 - 32);
}

#[test]
fn a_task_asked_twice_and_files_of_another_commit_are_refused() {
    let mut tasks = sample();
    tasks.push(tasks[0].clone());
    let (result, _) = run_failing(&mut Bytes::new(), &tasks, &options(None), usize::MAX);
    assert!(result.unwrap_err().to_string().ends_with("it is asked twice"));
    let mut views = |repo: &RepoId, _: &CommitId| {
        let commit = CommitId::new("f".repeat(40)).unwrap();
        Ok(RepoView { repo: repo.clone(), commit, files: Vec::new() })
    };
    let mut decoder = |_: &[Opening]| unreachable!("because no prompt can be made");
    let result = drive(
        &mut Bytes::new(),
        &mut Engine { decode: &mut decoder, guess: &no_guess },
        &sample(),
        &mut views,
        &options(None),
        &mut (),
    );
    assert!(result.unwrap_err().to_string().contains("but the files are of"));
}

#[test]
fn events_count_up_to_all_tasks() {
    #[derive(Default)]
    struct Log(Vec<String>);
    impl PredictObserver for Log {
        fn event(&mut self, event: &PredictEvent<'_>) {
            self.0.push(match event {
                PredictEvent::Started { tasks, resumed } => format!("started {resumed}/{tasks}"),
                PredictEvent::Entered { repo, .. } => format!("entered {repo}"),
                PredictEvent::Done { tasks, total, tokens_per_second } => {
                    assert!(tokens_per_second.is_finite());
                    format!("done {tasks}/{total}")
                }
            });
        }
    }
    let mut log = Log::default();
    let mut decoder = |prompts: &[Opening]| {
        let answer = Answer { completion: String::new(), new_tokens: 1, stop: Stop::Length };
        Ok(vec![answer; prompts.len()])
    };
    let mut views = |repo: &RepoId, commit: &CommitId| {
        Ok(RepoView { repo: repo.clone(), commit: commit.clone(), files: Vec::new() })
    };
    let tasks = [task("a/a", '0', 1, "x"), task("b/b", '0', 1, "x"), task("b/b", '0', 2, "y")];
    drive(
        &mut Bytes::new(),
        &mut Engine { decode: &mut decoder, guess: &no_guess },
        &tasks,
        &mut views,
        &options(None),
        &mut log,
    )
    .unwrap();
    assert_eq!(log.0, ["started 0/3", "entered a/a", "entered b/b", "done 3/3"]);
}
