//! The messages of the plug-in protocol: JSON objects, one a line. `docs/plugin.md` is their manual.

use bench::{CommitId, MethodCard, RepoId, RepoPath, Split, Stop, TaskId};
use serde::{Deserialize, Serialize};

/// The versions of the protocol that are spoken here, best first.
pub(super) const PROTOCOLS: [u32; 1] = [1];

/// What is sent to a plug-in. No message has room for a target.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Ours<'a> {
    /// Opens the conversation; `ready` answers.
    Hello { protocols: &'a [u32], release: &'a str, splits: &'a [Split], max_new_tokens: u32 },
    /// The files of a repository at a commit; `entered` answers.
    Enter { repo: &'a RepoId, commit: &'a CommitId, files: Vec<File<'a>> },
    /// A task of the repository and commit entered last; `answer` answers.
    Task { task: &'a TaskId, path: &'a RepoPath, prefix: &'a str, max_new_tokens: u32 },
    /// No task follows before the next `enter`; nothing answers.
    Leave { repo: &'a RepoId, commit: &'a CommitId },
    /// The conversation is over; the plug-in ends.
    Bye {},
}

/// A production file.
#[derive(Debug, Serialize)]
pub(super) struct File<'a> {
    pub(super) path: &'a RepoPath,
    pub(super) text: &'a str,
}

/// How far what a plug-in learns from `enter` reaches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// To the next `enter`: a commit can be entered without those before it.
    #[default]
    Commit,
    /// To the end of the repository: its commits must all be entered, from the first one.
    Repository,
}

/// What a plug-in sends.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Theirs {
    /// Answers `hello`.
    Ready {
        protocol: u32,
        card: Box<MethodCard>,
        #[serde(default)]
        state: State,
        /// Tasks that may wait for their answers at a time.
        #[serde(default = "one")]
        parallel: u16,
    },
    /// Answers `enter`.
    Entered {},
    /// Answers `task`.
    Answer {
        task: TaskId,
        completion: String,
        prompt_tokens: Option<u32>,
        context_tokens: Option<u32>,
        new_tokens: Option<u32>,
        stop: Option<Stop>,
    },
    /// Gives up.
    Error { message: String, task: Option<TaskId> },
}

impl Theirs {
    /// What the message is called.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Ready { .. } => "ready",
            Self::Entered {} => "entered",
            Self::Answer { .. } => "answer",
            Self::Error { .. } => "error",
        }
    }
}

const fn one() -> u16 {
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Theirs, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn unknown_fields_and_messages_are_refused() {
        assert!(matches!(read(r#"{"type":"entered"}"#), Ok(Theirs::Entered {})));
        for (text, part) in [
            (r#"{"type":"entered","files":3}"#, "unknown field `files`"),
            (r#"{"type":"started"}"#, "unknown variant `started`"),
            (r#"{"completion":"x"}"#, "missing field `type`"),
            (r#"{"type":"answer","task":"x","completion":"y"}"#, "task"),
            (r#"{"type":"answer","task":"0123456789abcdef0123456789abcdef","completion":null}"#, "null"),
            (r#"{"type":"answer","task":"0123456789abcdef0123456789abcdef","completion":"","target":"y"}"#, "`target`"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn messages_hold_what_the_manual_says_and_no_target() {
        let (task, path) = (TaskId::of(&[]), RepoPath::new("tests/test_a.py").unwrap());
        let sent =
            serde_json::to_value(Ours::Task { task: &task, path: &path, prefix: "assert x ==", max_new_tokens: 8 });
        let sent = sent.unwrap();
        let keys: Vec<&str> = sent.as_object().unwrap().keys().map(String::as_str).collect();
        let mut expected = ["type", "task", "path", "prefix", "max_new_tokens"];
        expected.sort_unstable();
        let mut keys = keys;
        keys.sort_unstable();
        assert_eq!(keys, expected);
        assert_eq!(serde_json::to_string(&Ours::Bye {}).unwrap(), r#"{"type":"bye"}"#);
    }
}
