//! A mining folder of the evolution track, made up of small texts whose spans can be told by hand.

use std::path::Path;

use bench::{
    Assertion, AssertionKind, Blob, BlobId, CommitId, DefinitionKind, DefinitionStep, Difficulty, Draft, Emission,
    Event, FileChange, KeptCommit, Mining, Partition, Profile, RepoId, RepoPath, Role, Shard, SourceFile, Stage,
    TaskId, Track, stages,
};

/// Assertions of each file; more than any cap lets through.
pub(crate) const ASSERTIONS: u32 = 12;

/// What to make up.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) profile: Profile,
    pub(crate) tracks: Vec<Track>,
    /// Name, kept commits and fixed partition of each repository.
    pub(crate) repos: Vec<(&'static str, u32, Option<Partition>)>,
}

impl Default for Plan {
    /// Six repositories of both tracks, two without a fixed partition, one with no kept commit.
    fn default() -> Self {
        let repos = vec![
            ("a/b", 12, Some(Partition::Train)),
            ("a/b-c", 11, Some(Partition::Train)),
            ("a/none", 0, Some(Partition::Train)),
            ("v/v", 3, Some(Partition::CrossRepoVal)),
            ("t/t", 4, Some(Partition::CrossRepoTest)),
            ("o/o", 5, Some(Partition::OodTest)),
        ];
        Self { profile: Profile::Paper, tracks: vec![Track::Static, Track::Evolution], repos }
    }
}

pub(crate) fn id(name: &str) -> RepoId {
    RepoId::new(name).expect("an id")
}

pub(crate) fn path(name: &str) -> RepoPath {
    RepoPath::new(name).expect("a path")
}

/// A commit of `repo`, by its place.
pub(crate) fn commit(repo: &str, index: u32) -> CommitId {
    let digits = blake3_hex(&format!("{repo} {index}"));
    CommitId::new(&digits[..40]).expect("an id")
}

fn blake3_hex(text: &str) -> String {
    let first = TaskId::of(&[text.as_bytes()]);
    format!("{first}{first}")
}

/// The text of the test file with number `file` at commit `index`: a line a commit, then the assertions.
pub(crate) fn text(file: u32, index: u32) -> String {
    let comments = (0..=index).map(|line| format!("# é {line}\n"));
    let test = |n| format!("def test_{}():\n    assert f({n}) == value_{file}_{n}\n", n / 3);
    comments.chain((0..ASSERTIONS).map(test)).collect::<Vec<_>>().concat()
}

/// The assertion `n` of the test file with number `file` at commit `index`.
pub(crate) fn emission(file: u32, index: u32, n: u32) -> Emission {
    let whole = text(file, index);
    let statement = format!("    assert f({n}) == ");
    let at = whole.find(&statement).expect("the statement") + 4;
    let target = if n.is_multiple_of(4) { format!("{n}") } else { format!("value_{file}_{n}") };
    Emission {
        commit_index: index,
        path: path(&format!("tests/test_{file}.py")),
        blob: index * 2 + file,
        line: index + 3 + 2 * n,
        column: 4,
        target_line: index + 3 + 2 * n,
        target_column: u32::try_from(statement.len()).expect("short"),
        prefix_end: u32::try_from(at).expect("short"),
        in_line: format!("assert f({n}) == "),
        kind: AssertionKind::Assert,
        function: format!("test_{}", n / 3),
        class: String::new(),
        difficulty: Difficulty::Variable,
        multiline: false,
        target,
        event: Event::ALL[(n % 3) as usize],
        old_target: (n % 3 == 1).then(|| "old".to_owned()),
        old_line: (!n.is_multiple_of(3)).then_some(n + 1),
        old_column: (!n.is_multiple_of(3)).then_some(4),
    }
}

pub(crate) fn draft(repo: &str, at: &CommitId, n: u32) -> Draft {
    let mut assertion = Assertion {
        id: TaskId::of(&[]),
        repo: id(repo),
        commit: at.clone(),
        path: path("tests/test_0.py"),
        line: n + 1,
        column: 4,
        target_column: 15,
        kind: AssertionKind::Assert,
        function: "test_0".to_owned(),
        class: "TestIt".to_owned(),
        difficulty: Difficulty::NumericLiteral,
        multiline: false,
        prefix: format!("import f\n\ndef test_0():\n    assert f({n}) == "),
        target: format!("{n}"),
        need: None,
        evolution: None,
    };
    assertion.id = assertion.address();
    Draft { assertion, rank: n.is_multiple_of(2).then_some(n / 2) }
}

/// The mining folder of `plan` at `root`.
pub(crate) fn mining(root: &Path, plan: &Plan) -> Mining {
    let mining = Mining::at(root);
    let shards = plan.repos.iter().map(|(name, kept, partition)| shard(&mining, plan, name, *kept, *partition));
    let shards: Vec<Shard> = shards.collect();
    mining.write_index(plan.profile, plan.tracks.clone(), shards).expect("an index");
    mining
}

fn shard(mining: &Mining, plan: &Plan, name: &str, kept: u32, partition: Option<Partition>) -> Shard {
    let mut writer = mining.start(&id(name)).expect("a shard");
    let head = commit(name, kept);
    let mut selected = 0;
    if plan.tracks.contains(&Track::Static) {
        let drafts: Vec<Draft> = (0..80).map(|n| draft(name, &head, n)).collect();
        selected = drafts.iter().filter(|draft| draft.rank.is_some()).count() as u64;
        let source = SourceFile {
            repo: id(name),
            commit: head.clone(),
            path: path("src/f.py"),
            role: Role::Production,
            text: "def f(n): return n\n".to_owned(),
        };
        writer.snapshot(drafts, vec![source]).expect("tables");
    }
    if plan.tracks.contains(&Track::Evolution) {
        evolution(&mut writer, name, kept);
    }
    let shard = Shard {
        repo: id(name),
        commit: head,
        key: "k".to_owned(),
        licence: Some("MIT".to_owned()),
        address: None,
        partition,
        selected,
        counts: [].into(),
        skipped: [].into(),
        tables: [].into(),
    };
    writer.finish(shard).expect("a shard")
}

fn evolution(writer: &mut bench::ShardWriter, name: &str, kept: u32) {
    let mut tables = writer.evolution().expect("tables");
    for (index, stage) in (0_u32..).zip(stages(kept as usize)) {
        tables.commits.push(kept_commit(name, index, stage)).expect("a commit");
        for file in 0..2 {
            let blob = Blob {
                number: index * 2 + file,
                id: BlobId::new(commit("blob", index * 2 + file).as_str()).expect("an id"),
                text: text(file, index),
            };
            let change = FileChange {
                commit_index: index,
                path: path(&format!("tests/test_{file}.py")),
                role: Role::Test,
                blob: Some(blob.number),
            };
            let definition = DefinitionStep {
                blob: blob.number,
                kind: DefinitionKind::Function,
                name: "test_0".to_owned(),
                parent: None,
                lines: index + 2,
                gap: 0,
                length: 9,
                top_level: true,
                import: None,
            };
            tables.blobs.push(blob).expect("a blob");
            tables.files.push(change).expect("a change");
            tables.definitions.push(definition).expect("a definition");
            for n in 0..ASSERTIONS {
                tables.emissions.push(emission(file, index, n)).expect("an emission");
            }
        }
    }
    let last = stages(kept as usize).iter().filter(|stage| **stage == Stage::Train).count();
    if let Some(index) = u32::try_from(last).ok().and_then(|last| last.checked_sub(1)) {
        for n in 0..6 {
            tables.anchor.push(draft(name, &commit(name, index), n)).expect("a draft");
        }
    }
    if kept > 2 {
        let gone = FileChange { commit_index: 2, path: path("tests/test_1.py"), role: Role::Test, blob: None };
        tables.files.push(gone).expect("a change");
    }
    writer.close(tables).expect("closed");
}

fn kept_commit(name: &str, index: u32, stage: Stage) -> KeptCommit {
    KeptCommit {
        repo: id(name),
        index,
        commit: commit(name, index),
        time: format!("2024-01-{:02}T00:00:00+01:00", index + 1),
        stage,
        diff: format!("diff --git a/src/f.py b/src/f.py\n+{index}\n"),
        commit_diff: None,
        diff_error: None,
        added: 8,
        modified: 8,
        reemitted: 8,
    }
}
