//! Texts that are put together and changed to hold readings in pieces against readings of the whole.

use proptest::prelude::*;
use proptest::sample::Index;

/// Sources of the reference's vectors, and texts that hold what splitting must respect.
pub(crate) fn sources() -> Vec<String> {
    let golden = include_str!("../../tests/golden/extract.jsonl").lines().map(|line| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        row["source"].as_str().unwrap().to_owned()
    });
    golden.chain(own_sources()).collect()
}

fn own_sources() -> impl Iterator<Item = String> {
    let method = |name: &str| format!("    def {name}(self):\n        self.assertEqual(f('{name}'), 1)\n\n");
    let class = |head: &str| head.to_owned() + &["test_a", "b", "test_c"].map(method).concat().repeat(20);
    let classes = [
        "@assert_d(1)\nclass TestA:\n",
        "@d\nclass TestB(Base, metaclass=assert_m(2)):\n    '''Doc'''\n    x = 1\n",
        "class TestC:\n    y = 2\n    class Inner:\n        def f(self): assert y\n",
        "if x:\n    assert a\nelse:\n    assert b\n\n\nclass D:\n",
    ];
    let clauses =
        "try:\n    assert x == 1, assert_y(2)\nexcept E:\n    pass\nfinally:\n    assert z\nassert w\n".to_owned();
    classes.map(class).into_iter().chain([clauses])
}

const PIECES: [&str; 24] = [
    "\n",
    "\r\n",
    "\r",
    "    ",
    "\t",
    "\u{c}",
    "\\\n",
    "\\",
    "'",
    "\"",
    "'''",
    "\"\"\"",
    "(",
    ")",
    "#",
    "f'{",
    "}'",
    "@d\n",
    "else:\n",
    "class C:\n",
    "def test_f():\n",
    "assert x == 1\n",
    "\u{2028}",
    "é",
];

/// Where a text is changed, and the piece that is put there; a character goes if there is none.
pub(crate) type Edit = (Index, Option<usize>);

/// Up to three edits.
pub(crate) fn edits() -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec((any::<Index>(), prop::option::of(0..PIECES.len())), 0..4)
}

/// The versions of `text`: as it is, then after each of `edits`.
pub(crate) fn edited(text: &str, edits: &[Edit]) -> Vec<String> {
    let mut text: Vec<char> = text.chars().collect();
    let mut versions = vec![text.iter().collect()];
    for (at, piece) in edits {
        let at = at.index(text.len() + 1);
        match piece {
            Some(piece) => drop(text.splice(at..at, PIECES[*piece].chars())),
            None => drop(text.drain(at..text.len().min(at + 1))),
        }
        versions.push(text.iter().collect());
    }
    versions
}
