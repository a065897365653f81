//! Histories made by chance, of files that resemble each other: many renames, many ties.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::script::Script;

/// Names of folders and files; few, so that base names recur.
const FOLDERS: [&str; 4] = ["", "a/", "a/b/", "lib/"];
const NAMES: [&str; 9] = ["a.py", "b.py", "c.md", "d.rst", "é.py", "x y.py", "__init__.py", "t\"q.py", "data"];

struct Chance(ChaCha8Rng);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.0.next_u64()).unwrap() % limit
    }

    fn path(&mut self) -> String {
        format!("{}{}", FOLDERS[self.below(FOLDERS.len())], NAMES[self.below(NAMES.len())])
    }

    fn line(&mut self) -> String {
        let body = ["def f():", "    return", "", "}", "class A:", "x = 1", "éé ", "\u{c}", "\u{b} "][self.below(9)];
        let end = if self.below(12) == 0 { "\r\n" } else { "\n" };
        format!("{body}{}{end}", self.below(6))
    }

    /// A text: some lines of a few, seldom without an end, seldom binary.
    fn text(&mut self) -> Vec<u8> {
        let mut text: Vec<u8> = (0..self.below(40)).flat_map(|_| self.line().into_bytes()).collect();
        match self.below(12) {
            0 => text.extend_from_slice(b"last"),
            1 => text.extend_from_slice(b"\xff\xfe\n"),
            2 => text.push(0),
            _ => {}
        }
        text
    }

    /// `text` with some lines changed.
    fn edited(&mut self, text: &[u8]) -> Vec<u8> {
        let mut lines: Vec<Vec<u8>> = text.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
        for _ in 0..self.below(8) {
            let at = self.below(lines.len() + 1);
            match self.below(3) {
                0 if at < lines.len() => drop(lines.remove(at)),
                1 if at < lines.len() => lines[at] = self.line().into_bytes(),
                _ => lines.insert(at, self.line().into_bytes()),
            }
        }
        lines.concat()
    }
}

/// A history of `commits` commits, each of which writes, edits, moves, copies or deletes up to `changes` files.
pub(crate) fn history(seed: u64, commits: usize, changes: usize) -> Script {
    let mut chance = Chance(ChaCha8Rng::seed_from_u64(seed));
    let mut script = Script::new();
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for _ in 0..commits {
        script.commit("main", &[]);
        for _ in 0..=chance.below(changes) {
            change(&mut chance, &mut script, &mut files);
        }
    }
    script
}

fn change(chance: &mut Chance, script: &mut Script, files: &mut Vec<(String, Vec<u8>)>) {
    let path = chance.path();
    let old = (!files.is_empty()).then(|| chance.below(files.len()));
    let (mode, text) = match (chance.below(8), old) {
        (0 | 1, Some(old)) => {
            script.delete(&files[old].0);
            let (_, text) = files.remove(old);
            (Some("100644"), chance.edited(&text))
        }
        (2, Some(old)) => {
            script.delete(&files[old].0);
            files.remove(old);
            (None, Vec::new())
        }
        (3, Some(old)) => (Some("100644"), files[old].1.clone()),
        (4, Some(old)) => (Some("100755"), chance.edited(&files[old].1.clone())),
        (5, _) if chance.below(4) == 0 => (Some("120000"), b"target.py".to_vec()),
        _ => (Some("100644"), chance.text()),
    };
    if let Some(mode) = mode {
        script.write(mode, &path, &text);
        files.retain(|(known, _)| *known != path);
        files.push((path, text));
    }
}
