//! A run over a dozen tasks, and what a well-behaved server says.

use std::path::PathBuf;
use std::time::Duration;

use bench::{Assertion, AssertionKind, CommitId, Difficulty, RepoId, RepoPath, Seed, Split, Task, TaskId};
use remote::served::{
    Api, Client, ClientOptions, Endpoint, ModelOptions, Outcome, Recording, ServedModel, ServedSettings, Source, run,
};
use remote::{Event, Limits, Observer, Result, RunOptions, Secret};

use crate::server::Request;

/// The key of all runs.
pub(crate) const KEY: &str = "sk-test-0123456789abcdef";

/// A run that can be changed before it is made.
pub(crate) struct Asking {
    pub(crate) url: String,
    pub(crate) tasks: Vec<Task>,
    pub(crate) api: Api,
    pub(crate) concurrency: usize,
    pub(crate) retries: u32,
    pub(crate) timeout: Duration,
    pub(crate) limits: Limits,
    pub(crate) skip_failed: bool,
    pub(crate) recording: Option<PathBuf>,
    /// What the runs waited for.
    pub(crate) log: Vec<String>,
}

struct Log<'a>(&'a mut Vec<String>);

impl Observer for Log<'_> {
    fn event(&mut self, event: &Event<'_>) {
        if let Event::Waiting { why, .. } = event {
            self.0.push((*why).to_owned());
        }
    }
}

impl Asking {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            tasks: (0..12).map(|line| task(line, &format!("x = 1\nassert f({line}) =="))).collect(),
            api: Api::Completions,
            concurrency: 4,
            retries: 6,
            timeout: Duration::from_secs(10),
            limits: Limits::default(),
            skip_failed: false,
            recording: None,
            log: Vec::new(),
        }
    }

    pub(crate) fn run(&mut self) -> Result<Outcome> {
        let client = Client::new(ClientOptions {
            endpoint: Endpoint::new(&self.url, true)?,
            key: Some(Secret::new(KEY)),
            limits: self.limits,
            concurrency: self.concurrency,
            retries: self.retries,
            first_wait: Duration::from_millis(4),
            timeout: self.timeout,
            seed: Seed(0),
        });
        let recording = self.recording.as_deref().map(Recording::append_to).transpose()?;
        self.run_from(&mut Source { client: Some(client), recording })
    }

    pub(crate) fn run_from(&mut self, source: &mut Source) -> Result<Outcome> {
        let options = ModelOptions {
            api: self.api,
            name: "m".to_owned(),
            max_new_tokens: 8,
            stop: Vec::new(),
            max_prompt_chars: None,
        };
        let model = ServedModel::new(options, ServedSettings::read(None)?);
        let options = RunOptions { release: "r".to_owned(), journal: None };
        run(&model, source, &self.tasks, &options, self.skip_failed, &mut Log(&mut self.log))
    }
}

pub(crate) fn task(line: u32, prefix: &str) -> Task {
    let mut assertion = Assertion {
        id: TaskId::of(&[]),
        repo: RepoId::new("a/a").expect("a name"),
        commit: CommitId::new("0".repeat(40)).expect("a commit"),
        path: RepoPath::new("tests/test_a.py").expect("a path"),
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

/// What the well-behaved server writes after `prompt`.
pub(crate) fn completion(prompt: &str) -> String {
    format!(" {}\n\"é\"", prompt.len())
}

/// The body of its answer to `request`.
pub(crate) fn whole(request: &Request) -> String {
    let asked: serde_json::Value = serde_json::from_slice(&request.body).expect("JSON");
    let usage = serde_json::json!({"prompt_tokens": 7, "completion_tokens": 2});
    let choice = match asked["prompt"].as_str() {
        Some(prompt) => serde_json::json!({"index": 0, "text": completion(prompt), "finish_reason": "stop"}),
        None => serde_json::json!({"message": {"content": asked["messages"][1]["content"]}, "finish_reason": "stop"}),
    };
    serde_json::json!({"id": "1", "choices": [choice], "usage": usage}).to_string()
}
