//! Tables of the evolution track survive the disk, whatever they hold.

use bench::table::{Row, read_table, write_table};
use bench::{
    AssertionKind, Blob, BlobId, CommitId, Definition, DefinitionKind, DefinitionPlace, DefinitionStep, Difficulty,
    Emission, Event, FileChange, Import, KeptCommit, RepoId, RepoPath, Role, Stage,
};
use proptest::option;
use proptest::prelude::*;

fn hex() -> impl Strategy<Value = String> {
    "[0-9a-f]{40}"
}

fn path() -> impl Strategy<Value = RepoPath> {
    "[a-zé ]{1,9}/[a-z]{1,9}\\.py".prop_map(|text| RepoPath::new(text).expect("a path"))
}

fn number() -> impl Strategy<Value = u32> {
    0..=i32::MAX.unsigned_abs()
}

prop_compose! {
    fn commit()(
        index in number(), id in hex(), time in ".{0,9}", stage in prop::sample::select(Stage::ALL),
        diff in ".{0,99}", commit_diff in option::of(".{0,99}"), diff_error in option::of(".{0,9}"),
        counts in [number(), number(), number()],
    ) -> KeptCommit {
        let [added, modified, reemitted] = counts;
        let (repo, commit) = (RepoId::new("a/b").expect("an id"), CommitId::new(id).expect("an id"));
        KeptCommit { repo, index, commit, time, stage, diff, commit_diff, diff_error, added, modified, reemitted }
    }
}

prop_compose! {
    fn blob()(number in number(), id in hex(), text in "(?s).{0,99}") -> Blob {
        Blob { number, id: BlobId::new(id).expect("an id"), text }
    }
}

prop_compose! {
    fn change()(
        commit_index in number(), path in path(), role in prop::sample::select(Role::ALL), blob in option::of(number()),
    ) -> FileChange {
        FileChange { commit_index, path, role, blob }
    }
}

prop_compose! {
    fn emission()(
        numbers in prop::array::uniform7(number()), path in path(), texts in prop::array::uniform4("(?s).{0,30}"),
        kind in prop::sample::select(AssertionKind::ALL), difficulty in prop::sample::select(Difficulty::ALL),
        multiline in any::<bool>(), event in prop::sample::select(Event::ALL), old_target in option::of(".{0,9}"),
        old_line in option::of(number()), old_column in option::of(number()),
    ) -> Emission {
        let [commit_index, blob, line, column, target_line, target_column, prefix_end] = numbers;
        let [in_line, function, class, target] = texts;
        Emission {
            commit_index, path, blob, line, column, target_line, target_column, prefix_end, in_line, kind, function,
            class, difficulty, multiline, target, event, old_target, old_line, old_column,
        }
    }
}

prop_compose! {
    fn definition()(
        numbers in prop::array::uniform4(number()), kind in prop::sample::select(DefinitionKind::ALL),
        name in ".{0,9}", parent in option::of(".{0,9}"), top_level in any::<bool>(),
        import in option::of((option::of(".{0,9}"), prop::collection::vec(".{0,9}", 0..4), number())),
    ) -> DefinitionStep {
        let [blob, lines, gap, length] = numbers;
        let import = import.map(|(module, names, level)| Import { module, names, level });
        DefinitionStep { blob, kind, name, parent, lines, gap, length, top_level, import }
    }
}

/// What is read back from a table of `rows`.
fn round_trip<R: Row + Clone>(rows: &[R]) -> Vec<R> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("t.parquet");
    assert_eq!(write_table(&path, &[], rows.to_vec()).expect("written"), rows.len() as u64);
    read_table(&path).expect("read")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn commits_round_trip(rows in prop::collection::vec(commit(), 0..9)) {
        prop_assert_eq!(round_trip(&rows), rows);
    }

    #[test]
    fn blobs_round_trip(rows in prop::collection::vec(blob(), 0..300)) {
        prop_assert_eq!(round_trip(&rows), rows);
    }

    #[test]
    fn changes_round_trip(rows in prop::collection::vec(change(), 0..9)) {
        prop_assert_eq!(round_trip(&rows), rows);
    }

    #[test]
    fn emissions_round_trip(rows in prop::collection::vec(emission(), 0..9)) {
        prop_assert_eq!(round_trip(&rows), rows);
    }

    #[test]
    fn definitions_round_trip(rows in prop::collection::vec(definition(), 0..9)) {
        prop_assert_eq!(round_trip(&rows), rows);
    }

    #[test]
    fn definitions_are_steps(places in prop::collection::vec((0..3_u32, 0..9_u32, 0..99_u32, 0..99_u32), 0..30)) {
        let (mut walk, mut definitions) = (DefinitionPlace::default(), Vec::new());
        for (blob, lines, gap, length) in places {
            let (kind, name, parent) = (DefinitionKind::Function, String::new(), None);
            let step = DefinitionStep { blob, kind, name, parent, lines, gap, length, top_level: true, import: None };
            definitions.push(walk.definition(step).expect("a small text"));
        }
        let (mut forth, mut back) = (DefinitionPlace::default(), DefinitionPlace::default());
        let steps = definitions.iter().map(|definition: &Definition| forth.step(definition.clone()));
        let again: Vec<Definition> = steps.map(|step| back.definition(step).expect("a small text")).collect();
        prop_assert_eq!(again, definitions);
    }
}
