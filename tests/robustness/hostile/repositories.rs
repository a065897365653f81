//! Repositories that nobody would make by accident.

use std::fs;

use super::forge::{FILE, FOLDER, Forge, LINK, SUBMODULE, stream, tree};

/// A test file with one assertion.
pub(crate) const TEST: &str = "def test_a():\n    assert f(1) == 12\n";
/// An id of which no object exists.
pub(crate) const NOTHING: &str = "1234567890123456789012345678901234567890";

/// A repository and what mining must say of it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) make: fn(&Forge, Size),
    pub(crate) fate: Fate,
}

/// How large the cases are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// For every test run.
    Small,
    /// For the published figures.
    Full,
}

impl Size {
    pub(super) fn of(self, small: usize, full: usize) -> usize {
        match self {
            Self::Small => small,
            Self::Full => full,
        }
    }
}

/// What becomes of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// An error that holds this text.
    Refused(&'static str),
    /// A shard with this many drafts in which these counts stand.
    Mined(u64, &'static [(&'static str, u64)]),
    /// A shard, whatever it holds.
    Shard,
}

/// All cases.
pub(crate) const CASES: &[Case] = &[
    Case { name: "good", make: good, fate: Fate::Mined(1, &[]) },
    Case { name: "links", make: links, fate: Fate::Mined(41, &[("link_unresolved", 59)]) },
    Case { name: "wide", make: wide, fate: Fate::Mined(1, &[]) },
    Case { name: "copies", make: copies, fate: Fate::Shard },
    Case { name: "unfolding", make: unfolding, fate: Fate::Refused("entries") },
    Case { name: "long-names", make: long_names, fate: Fate::Refused("entries") },
    Case { name: "deep-folder", make: deep_folder, fate: Fate::Refused("inside each other") },
    Case { name: "bomb", make: bomb, fate: Fate::Mined(1, &[("file_too_large", 1)]) },
    Case { name: "bomb-tree", make: bomb_tree, fate: Fate::Refused("") },
    Case { name: "bomb-commit", make: bomb_commit, fate: Fate::Refused("") },
    Case { name: "lying-size", make: lying_size, fate: Fate::Refused("the file test_lie.py") },
    Case { name: "wrong-hash", make: wrong_hash, fate: Fate::Mined(2, &[]) },
    Case { name: "self-tree", make: self_tree, fate: Fate::Refused("") },
    Case { name: "names", make: names, fate: Fate::Mined(4, &[("path_unusable", 4)]) },
    Case { name: "contents", make: contents, fate: Fate::Mined(2, &[("file_invalid", 2)]) },
    Case { name: "modes", make: modes, fate: Fate::Shard },
    Case { name: "bad-mode", make: bad_mode, fate: Fate::Refused("the root folder") },
    Case { name: "doubles", make: doubles, fate: Fate::Shard },
    Case { name: "confused", make: confused, fate: Fate::Refused("") },
    Case { name: "tree-is-blob", make: tree_is_blob, fate: Fate::Refused("") },
    Case { name: "cut-tree", make: cut_tree, fate: Fate::Refused("") },
    Case { name: "no-tree", make: no_tree, fate: Fate::Refused("") },
    Case { name: "no-folder", make: no_folder, fate: Fate::Refused("the folder tests") },
    Case { name: "no-blob", make: no_blob, fate: Fate::Mined(1, &[("file_absent", 1)]) },
    Case { name: "no-head", make: no_head, fate: Fate::Refused("") },
    Case { name: "bad-head", make: bad_head, fate: Fate::Refused("") },
];

fn good(forge: &Forge, _: Size) {
    forge.files(&[("test_a.py", TEST.as_bytes())]);
}

/// Loops, a chain that is too long, and links to the outside, to a folder and to a name longer than any path.
fn links(forge: &Forge, _: Size) {
    let link = |target: &str| forge.blob(target);
    let mut entries: Vec<(String, String)> = [
        ("test_self.py", "test_self.py"),
        ("test_x.py", "test_y.py"),
        ("test_y.py", "test_x.py"),
        ("test_etc.py", "/etc/passwd"),
        ("test_up.py", "../../test_a.py"),
        ("test_here.py", "."),
        ("test_empty.py", ""),
    ]
    .map(|(name, target)| (name.to_owned(), link(target)))
    .into();
    entries.push(("test_long.py".to_owned(), link(&"a/../".repeat(2_000))));
    for at in 0..90 {
        entries.push((format!("test_{at:03}.py"), link(&format!("test_{:03}.py", at + 1))));
    }
    entries.push(("test_090.py".to_owned(), link("test_a.py")));
    let mut tree: Vec<(&str, &str, &str)> = entries.iter().map(|(name, id)| (LINK, &**name, &**id)).collect();
    let test = forge.blob(TEST);
    tree.push((FILE, "test_a.py", &test));
    forge.commit(&forge.tree(&tree), &[]);
}

/// A million files out of three objects.
fn wide(forge: &Forge, size: Size) {
    let blob = forge.blob("x");
    let names: Vec<String> = (0..1_000).map(|at| format!("f{at:03}")).collect();
    let leaves: Vec<(&str, &str, &str)> = names.iter().map(|name| (FILE, &**name, &*blob)).collect();
    let folder = forge.tree(&leaves);
    let folders = names.iter().take(size.of(200, 1_000)).map(|name| (FOLDER, &**name, &*folder));
    let mut folders: Vec<(&str, &str, &str)> = folders.collect();
    let test = forge.blob(TEST);
    folders.push((FILE, "test_a.py", &test));
    forge.commit(&forge.tree(&folders), &[]);
}

/// As many test files out of as few objects: every one is read and mined.
fn copies(forge: &Forge, size: Size) {
    let blob = forge.blob(TEST);
    let names: Vec<String> = (0..1_000).map(|at| format!("test_{at:03}.py")).collect();
    let leaves: Vec<(&str, &str, &str)> = names.iter().map(|name| (FILE, &**name, &*blob)).collect();
    let folder = forge.tree(&leaves);
    let folders: Vec<(&str, &str, &str)> =
        names.iter().take(size.of(5, 1_000)).map(|name| (FOLDER, &name[..8], &*folder)).collect();
    forge.commit(&forge.tree(&folders), &[]);
}

/// 2^38 files out of as many objects as folders inside each other.
fn unfolding(forge: &Forge, size: Size) {
    let name = |letter: &str| letter.repeat(size.of(100, 1));
    let mut tree = forge.tree(&[(FILE, "test_a.py", &*forge.blob(TEST))]);
    for _ in 0..38 {
        tree = forge.tree(&[(FOLDER, name("a"), &*tree), (FOLDER, name("b"), &*tree)]);
    }
    forge.commit(&tree, &[]);
}

/// A million paths of nearly four thousand bytes.
pub(super) fn long_names(forge: &Forge, _: Size) {
    let blob = forge.blob("x");
    let names: Vec<String> = (0..1_000).map(|at| format!("{at:03}{}", "x".repeat(1_900))).collect();
    let leaves: Vec<(&str, &str, &str)> = names.iter().map(|name| (FILE, &**name, &*blob)).collect();
    let folder = forge.tree(&leaves);
    let folders: Vec<(&str, &str, &str)> = names.iter().map(|name| (FOLDER, &**name, &*folder)).collect();
    forge.commit(&forge.tree(&folders), &[]);
}

fn deep_folder(forge: &Forge, _: Size) {
    let path = "a/".repeat(2_100);
    forge.import(stream(&[&[("M", "test_a.py", TEST), ("M", &format!("{path}test_b.py"), TEST)]]).as_bytes());
}

/// A gigabyte of zeros in seven megabytes, as a test file and as a page of documentation.
pub(super) fn bomb(forge: &Forge, _: Size) {
    forge.zeros(NOTHING, "blob 1073741824\0", 1 << 30);
    let test = forge.blob(TEST);
    forge.commit(
        &forge.tree(&[(FILE, "README.md", NOTHING), (FILE, "test_a.py", &test), (FILE, "test_big.py", NOTHING)]),
        &[],
    );
}

fn bomb_tree(forge: &Forge, _: Size) {
    forge.zeros(NOTHING, "tree 1073741824\0", 1 << 30);
    forge.commit(NOTHING, &[]);
}

fn bomb_commit(forge: &Forge, _: Size) {
    forge.zeros(NOTHING, "commit 1073741824\0", 1 << 30);
    forge.set_head(NOTHING);
}

/// An object that holds much more than it says.
fn lying_size(forge: &Forge, _: Size) {
    forge.zeros(NOTHING, "blob 40\0", 1 << 28);
    let test = forge.blob(TEST);
    forge.commit(&forge.tree(&[(FILE, "test_a.py", &*test), (FILE, "test_lie.py", NOTHING)]), &[]);
}

/// An object under the id of another.
fn wrong_hash(forge: &Forge, _: Size) {
    let (one, two) = (forge.blob(TEST), forge.blob("def test_b():\n    assert f(1) == 13\n"));
    fs::remove_file(forge.loose(&two)).and_then(|()| fs::copy(forge.loose(&one), forge.loose(&two))).expect("copied");
    forge.commit(&forge.tree(&[(FILE, "test_a.py", &*one), (FILE, "test_b.py", &*two)]), &[]);
}

/// A folder that holds itself; what is read is not hashed again.
fn self_tree(forge: &Forge, _: Size) {
    let test = forge.blob(TEST);
    forge.forged(NOTHING, "tree", &tree(&[(FOLDER, "a", NOTHING), (FOLDER, "b", NOTHING), (FILE, "test_a.py", &test)]));
    forge.commit(NOTHING, &[]);
}

/// Names that are no UTF-8, no names, or steer a terminal; a file and a folder of one name.
fn names(forge: &Forge, _: Size) {
    let test = forge.blob(TEST);
    let folder = forge.tree(&[(FILE, "test_a.py", &*test)]);
    let entries: [(&str, &[u8], &str); 9] = [
        (FILE, b"\xff\xfetest_a.py", &test),
        (FILE, b"test_\n\"'\\\x1b[31m.py", &test),
        (FILE, b"test_a\\..\\..\\b.py", &test),
        (FILE, b"test_{}%s$(id)`id`.py", &test),
        (FOLDER, b"..", &folder),
        (FOLDER, b".", &folder),
        (FOLDER, b".git", &folder),
        (FOLDER, b"tests", &folder),
        (FILE, b"x/../test_b.py", &test),
    ];
    forge.commit(&forge.tree(&entries), &[]);
}

/// Contents that are no UTF-8, hold NUL, carriage returns, or nothing.
fn contents(forge: &Forge, _: Size) {
    forge.files(&[
        ("test_a.py", &b"def test_a():\n    s = '\xff\xfe\xc3'\n    assert f(1) == 12\n"[..]),
        ("test_b.py", b"def test_a():\r\r\n    assert f(1) == 12\r"),
        ("test_c.py", b"\x00\x00\x00\x00"),
        ("test_d.py", b""),
        ("test_e.py", b"\xef\xbb\xbfdef test_a():\n    assert f(1) == 12\n"),
    ]);
}

fn modes(forge: &Forge, _: Size) {
    let test = forge.blob(TEST);
    let folder = forge.tree(&[(FILE, "test_a.py", &*test)]);
    let entries = [
        ("100664", "test_a.py", &*test),
        ("0100644", "test_b.py", &test),
        ("100777", "test_c.py", &test),
        ("0", "test_d.py", &test),
        (FILE, "test_f.py", &folder),
        (LINK, "test_g.py", &test),
        (SUBMODULE, "test_h.py", &test),
        ("040000", "tests", &folder),
        (SUBMODULE, "vendor", NOTHING),
    ];
    forge.commit(&forge.tree(&entries), &[]);
}

/// A mode that no machine has.
fn bad_mode(forge: &Forge, _: Size) {
    forge.commit(&forge.tree(&[("777777", "test_a.py", &*forge.blob(TEST))]), &[]);
}

/// Entries twice, a file and a folder of one name, and all in the wrong order.
fn doubles(forge: &Forge, _: Size) {
    let (one, two) = (forge.blob(TEST), forge.blob("def test_b():\n    assert f(1) == 13\n"));
    let folder = forge.tree(&[(FILE, "test_a.py", &*one)]);
    let entries = [
        (FILE, "test_z.py", &*one),
        (FILE, "test_a.py", &one),
        (FILE, "test_a.py", &two),
        (FOLDER, "test_a.py", &folder),
        (FOLDER, "tests", &folder),
        (FOLDER, "tests", &folder),
    ];
    forge.commit(&forge.tree(&entries), &[]);
}

fn confused(forge: &Forge, _: Size) {
    let test = forge.blob(TEST);
    forge.commit(&forge.tree(&[(FOLDER, "tests", &*test)]), &[]);
}

fn tree_is_blob(forge: &Forge, _: Size) {
    forge.commit(&forge.blob(TEST), &[]);
}

fn cut_tree(forge: &Forge, _: Size) {
    let tree = forge.object("tree", b"100644 test_a.py\0\x12\x34");
    forge.commit(&tree, &[]);
}

fn no_tree(forge: &Forge, _: Size) {
    forge.commit(NOTHING, &[]);
}

fn no_folder(forge: &Forge, _: Size) {
    forge.commit(&forge.tree(&[(FOLDER, "tests", NOTHING)]), &[]);
}

fn no_blob(forge: &Forge, _: Size) {
    let test = forge.blob(TEST);
    forge.commit(&forge.tree(&[(FILE, "test_a.py", &*test), (FILE, "test_b.py", NOTHING)]), &[]);
}

fn no_head(forge: &Forge, _: Size) {
    forge.set_head(NOTHING);
}

/// A head that names itself.
fn bad_head(forge: &Forge, _: Size) {
    forge.commit(&forge.tree(&[(FILE, "test_a.py", &*forge.blob(TEST))]), &[]);
    fs::write(forge.path().join("refs/heads/main"), "ref: refs/heads/main\n").expect("written");
}
