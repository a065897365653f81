//! Histories that nobody would make by accident; see [`super::repositories`] for single trees.

use std::fs;

use super::forge::{FILE, Forge, stream};
use super::repositories::{Case, Fate, NOTHING, Size, TEST, bomb, long_names};

/// All cases.
pub(crate) const CASES: &[Case] = &[
    Case { name: "headers", make: headers, fate: Fate::Shard },
    Case { name: "long-history", make: long_history, fate: Fate::Shard },
    Case { name: "all-anew", make: all_anew, fate: Fate::Shard },
    Case { name: "long-names-once", make: long_names_once, fate: Fate::Refused("") },
    Case { name: "bomb-once", make: bomb_once, fate: Fate::Shard },
    Case { name: "self-parent", make: self_parent, fate: Fate::Refused("its own ancestor") },
    Case { name: "no-parent", make: no_parent, fate: Fate::Refused("is missing") },
    Case { name: "swapped-trees", make: swapped_trees, fate: Fate::Shard },
    Case { name: "big-diff", make: big_diff, fate: Fate::Shard },
    Case { name: "shallow", make: shallow, fate: Fate::Refused("shallow clone") },
    Case { name: "corrupt-pack", make: corrupt_pack, fate: Fate::Refused("") },
    Case { name: "attributes", make: attributes, fate: Fate::Shard },
    Case { name: "renames", make: renames, fate: Fate::Shard },
];

/// Commits with times that no clock shows, with headers in the wrong order, and with no header but the tree.
fn headers(forge: &Forge, _: Size) {
    let tree = forge.tree(&[(FILE, "test_a.py", &*forge.blob(TEST))]);
    let idents = [
        "A <a@b> 31556952000000000 +0000",
        "A <a@b> -1 +0000",
        "A <a@b> 99999999999999999999999999 +9999",
        "A <a@b> 1 -99999999999",
        "A <a@b>",
        "",
        "\u{0}\u{1b}<<<>>> x y",
    ];
    let mut parent = String::new();
    for ident in idents {
        let line = if parent.is_empty() { String::new() } else { format!("parent {parent}\n") };
        let text = format!("tree {tree}\n{line}author {ident}\ncommitter {ident}\nencoding nonsense\n\nc\n");
        parent = forge.object("commit", text.as_bytes());
    }
    let bare = forge.object("commit", format!("tree {tree}\nparent {parent}\n").as_bytes());
    let swapped = format!("tree {tree}\nauthor A <a@b> 1 +0000\nparent {bare}\ncommitter A <a@b> 1 +0000\n\nc\n");
    let swapped = forge.object("commit", swapped.as_bytes());
    forge.commit(&tree, &[&bare, &swapped]);
}

fn long_history(forge: &Forge, size: Size) {
    let count = size.of(3_000, 100_000);
    let texts: Vec<String> = (0..count).map(|at| format!("def test_a():\n    assert f({at}) == 12\n")).collect();
    let files: Vec<[(&str, &str, &str); 1]> = texts.iter().map(|text| [("M", "test_a.py", &**text)]).collect();
    let commits: Vec<&[(&str, &str, &str)]> = files.iter().map(|files| &files[..]).collect();
    forge.import(stream(&commits).as_bytes());
}

/// A large test file whose first line changes with every commit, so that every assertion is emitted every time (R102).
fn all_anew(forge: &Forge, size: Size) {
    let body = "def test_a():\n    assert f(1) == 12\n".repeat(size.of(500, 10_000));
    let texts: Vec<String> = (0..size.of(20, 500)).map(|at| format!("x = {at}\n{body}")).collect();
    let files: Vec<[(&str, &str, &str); 1]> = texts.iter().map(|text| [("M", "test_a.py", &**text)]).collect();
    let commits: Vec<&[(&str, &str, &str)]> = files.iter().map(|files| &files[..]).collect();
    forge.import(stream(&commits).as_bytes());
}

/// A million long paths that were there for one commit.
fn long_names_once(forge: &Forge, size: Size) {
    long_names(forge, size);
    let before = fs::read_to_string(forge.path().join("refs/heads/main")).expect("read");
    let tree = forge.tree(&[(FILE, "test_a.py", &*forge.blob(TEST))]);
    forge.commit(&tree, &[before.trim()]);
}

/// A gigabyte of zeros that was there for one commit, under the names of a test file and of a production file.
fn bomb_once(forge: &Forge, size: Size) {
    bomb(forge, size);
    let before = fs::read_to_string(forge.path().join("refs/heads/main")).expect("read");
    let entries = [(FILE, "big.py", NOTHING), (FILE, "test_big.py", NOTHING)];
    let first = forge.commit(&forge.tree(&entries), &[before.trim()]);
    let tree = forge.tree(&[(FILE, "test_a.py", &*forge.blob("def test_a():\n    assert f(1) == 13\n"))]);
    forge.commit(&tree, &[&first]);
}

/// A commit that is its own parent; what is read is not hashed again.
fn self_parent(forge: &Forge, _: Size) {
    let tree = forge.tree(&[(FILE, "test_a.py", &*forge.blob(TEST))]);
    let ident = "A <a@b> 1 +0000";
    let text = format!("tree {tree}\nparent {NOTHING}\nauthor {ident}\ncommitter {ident}\n\nc\n");
    forge.forged(NOTHING, "commit", text.as_bytes());
    forge.set_head(NOTHING);
}

fn no_parent(forge: &Forge, _: Size) {
    forge.commit(&forge.tree(&[(FILE, "test_a.py", &*forge.blob(TEST))]), &[NOTHING]);
}

/// Two trees of a hundred thousand files by turns: every commit changes every file.
fn swapped_trees(forge: &Forge, size: Size) {
    let count = size.of(2_000, 100_000);
    let test = forge.blob(TEST);
    let folder = |blob: &str| {
        let names: Vec<String> = (0..count).map(|at| format!("f{at:06}.py")).collect();
        let mut entries: Vec<(&str, &str, &str)> = names.iter().map(|name| (FILE, &**name, blob)).collect();
        entries.push((FILE, "test_a.py", &test));
        forge.tree(&entries)
    };
    let trees = [folder(&forge.blob("X = 1\n")), folder(&forge.blob("X = 2\n"))];
    let mut head = String::new();
    for at in 0..size.of(20, 200) {
        let parents: &[&str] = if at == 0 { &[] } else { &[&head] };
        head = forge.commit(&trees[at % 2], parents);
    }
}

/// Production files whose diff is a hundred megabytes, between two commits that are kept.
fn big_diff(forge: &Forge, size: Size) {
    let lines = (0..size.of(20_000, 400_000)).map(|at| format!("X{at} = '{at}'\n"));
    let text: String = lines.collect();
    let names: Vec<String> = (0..10).map(|at| format!("m{at}.py")).collect();
    let mut changes: Vec<(&str, &str, &str)> = names.iter().map(|name| ("M", &**name, &*text)).collect();
    changes.push(("M", "test_a.py", "def test_a():\n    assert f(1) == 13\n"));
    forge.import(stream(&[&[("M", "test_a.py", TEST)], &changes]).as_bytes());
}

fn shallow(forge: &Forge, _: Size) {
    let tree = forge.tree(&[(FILE, "test_a.py", &*forge.blob(TEST))]);
    let head = forge.commit(&tree, &[NOTHING]);
    fs::write(forge.path().join("shallow"), format!("{head}\n")).expect("written");
}

/// A pack of which every hundredth byte is another.
fn corrupt_pack(forge: &Forge, _: Size) {
    long_history(forge, Size::Small);
    let packs = fs::read_dir(forge.path().join("objects/pack")).expect("a folder");
    for path in packs.map(|entry| entry.expect("an entry").path()) {
        if path.extension().is_some_and(|suffix| suffix == "pack") {
            let mut bytes = fs::read(&path).expect("read");
            bytes.iter_mut().skip(100).step_by(100).for_each(|byte| *byte ^= 0x55);
            fs::remove_file(&path).and_then(|()| fs::write(&path, bytes)).expect("written");
        }
    }
}

/// A million lines of attributes, all of which ask for another diff.
fn attributes(forge: &Forge, size: Size) {
    let lines = "**/a*[!b]?*.py diff=python text eol=crlf -merge\n".repeat(size.of(100_000, 1_000_000));
    let changed = "def f(a):\n    return a\n";
    let (first, second) = (
        [("M", "a.py", "A = 1\n"), ("M", ".gitattributes", &*lines), ("M", "test_a.py", TEST)],
        [("M", "a.py", changed)],
    );
    forge
        .import(stream(&[&first, &second, &[("M", "test_a.py", "def test_a():\n    assert f(1) == 13\n")]]).as_bytes());
}

/// As many files deleted as added, all alike and none equal.
fn renames(forge: &Forge, size: Size) {
    let count = size.of(300, 2_000);
    let body = |at: usize| format!("{}X = {at}\n", "def f(a):\n    return a\n".repeat(40));
    let named =
        |folder: &str| (0..count).map(|at| (format!("{folder}/m{at}{folder}.py"), body(at))).collect::<Vec<_>>();
    let (old, new) = (named("a"), named("b"));
    let added: Vec<(&str, &str, &str)> = old.iter().map(|(name, text)| ("M", &**name, &**text)).collect();
    let moved: Vec<(&str, &str, &str)> = old
        .iter()
        .map(|(name, _)| ("D", &**name, ""))
        .chain(new.iter().map(|(name, text)| ("M", &**name, &**text)))
        .collect();
    forge.import(stream(&[&added, &moved, &[("M", "test_a.py", TEST)]]).as_bytes());
}
