//! Tasks and predictions made for a test.

use bench::{
    Assertion, AssertionKind, CommitId, Difficulty, MethodCard, Need, Prediction, Predictions, PredictionsHeader,
    RepoId, RepoPath, Split, Task,
};

/// Task `place` of repository `repo`, with a content address of its own.
pub(crate) fn task(split: Split, repo: usize, place: usize, kind: AssertionKind, target: &str) -> Task {
    let mut assertion = Assertion {
        id: bench::TaskId::of(&[]),
        repo: RepoId::new(format!("owner/repo-{repo:03}")).unwrap(),
        commit: CommitId::new("4b825dc642cb6eb9a060e54bf8d69288fbee4904").unwrap(),
        path: RepoPath::new("tests/test_a.py").unwrap(),
        line: 1 + place as u32,
        column: 4,
        target_column: 16,
        kind,
        function: "test_a".into(),
        class: String::new(),
        difficulty: Difficulty::ALL[0],
        multiline: false,
        prefix: format!("def test_a():\n    # {} {repo} {place}\n    assert f() == ", split.name()),
        target: target.into(),
        need: None,
        evolution: None,
    };
    assertion.id = assertion.address();
    Task { split, assertion }
}

/// The same task with a need.
pub(crate) fn needing(mut task: Task, need: Need) -> Task {
    task.assertion.need = Some(need);
    task
}

/// An answer.
pub(crate) fn answer(task: &Task, completion: &str) -> Prediction {
    Prediction {
        task: task.id().clone(),
        completion: completion.into(),
        prompt_tokens: None,
        context_tokens: None,
        new_tokens: None,
        stop: None,
    }
}

/// A predictions file for `splits`.
pub(crate) fn predictions(splits: &[Split], rows: Vec<Prediction>) -> Predictions {
    let card = MethodCard::new("pretrained", "Pretrained", "tiny");
    let header = PredictionsHeader::new("", splits, card);
    Predictions { header, rows }
}
