//! `em_ast` against `ast.dump`.

use harness::{Answer, Reference, Slot, Strict, em_ast, em_strict};
use serde::Deserialize;

use crate::rows;

#[derive(Deserialize)]
struct Row {
    target: String,
    completion: String,
    slot: String,
    equal: bool,
}

#[test]
#[ignore = "needs python3.12"]
fn trees_are_equal_when_their_dumps_are() {
    let (mut pairs, mut equal, mut same) = (0, 0, 0);
    for row in rows::<Row>("python3.12", "respelled.py", ["20000", "1"]) {
        let slot = match &*row.slot {
            "comparand" => Slot::Comparand,
            "argument" => Slot::Argument,
            _ => Slot::Arguments,
        };
        let reference = Reference::<Strict>::clean(&row.target, slot);
        let answer = Answer::<Strict>::clean(&row.completion, slot);
        let same_lexemes = em_strict(&answer, &reference);
        let ours = em_ast(&answer, &reference, slot);
        assert_eq!(ours, row.equal || same_lexemes, "{:?} {:?} {slot:?}", row.target, row.completion);
        pairs += 1;
        equal += usize::from(row.equal);
        same += usize::from(same_lexemes);
    }
    assert!(pairs == 20_000 && 3 * equal > pairs && 3 * same < 2 * equal, "{pairs} {equal} {same}");
}
