//! What `.gitattributes` say about diffs.
//!
//! `git diff` in a clone reads them in the working tree, so those of the checked-out head shape the text of every diff,
//! however old. All of the head's files count, the one nearest to a file first. Understood are `diff`, `-diff`, `!diff`,
//! `diff=python`, `diff=markdown`, and macros of these such as `binary`; other drivers only change which line is named
//! after `@@`, and are taken for none. Patterns in quotes are passed over.

use std::collections::BTreeMap;

use git2::Oid;

use super::function::Function;
use super::glob::Glob;
use crate::error::Result;
use crate::history::History;
use crate::history::change::Mode;
use crate::history::tree::{Entries, Kind};

/// The name of the files.
const FILE: &[u8] = b".gitattributes";
/// Bytes of one of them at most.
const MAX_BYTES: usize = 1 << 20;

/// What a line says about diffs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Treatment {
    /// As without a line.
    Auto,
    /// A text, whatever its bytes.
    Text,
    Binary,
    Driver(Function),
}

#[derive(Debug, Clone)]
struct Rule {
    /// The folder of the file that holds the rule, ending in a slash.
    folder: Vec<u8>,
    glob: Glob,
    treatment: Treatment,
}

/// The rules of a head; by default, none.
#[derive(Debug, Clone, Default)]
pub struct Attributes {
    /// Folders before what is in them, and lines from the top; the last one that matches counts.
    rules: Vec<Rule>,
}

impl Attributes {
    /// The rules of all `.gitattributes` of the tree `head`.
    ///
    /// # Errors
    /// If a tree is missing or damaged, or a limit is exceeded.
    pub fn read(history: &History<'_>, head: Oid) -> Result<Self> {
        let mut attributes = Self::default();
        let mut macros = BTreeMap::from([(b"binary".to_vec(), Treatment::Binary)]);
        let mut pending = vec![(Vec::new(), head)];
        let mut seen = 0;
        while let Some((folder, id)) = pending.pop() {
            let tree = history.objects.tree(id)?;
            let mut entries = Entries::of(&tree);
            let malformed = |_| history.objects.malformed(format!("the tree {id}"));
            while let Some(entry) = entries.next().map_err(malformed)? {
                seen += 1;
                if seen > history.limits.entries || folder.len() > history.limits.path_bytes {
                    return Err(history.objects.beyond("the number of entries of a tree", history.limits.entries));
                }
                match entry.kind {
                    Kind::Folder => pending.push(([&folder, entry.name, b"/"].concat(), entry.id())),
                    Kind::Leaf(Mode::File | Mode::Executable) if entry.name == FILE => {
                        let text = history.objects.blob(entry.id(), MAX_BYTES).unwrap_or_default();
                        attributes.add(&folder, &text, &mut macros);
                    }
                    Kind::Leaf(_) => {}
                }
            }
        }
        Ok(attributes)
    }

    /// Whether the file at `path` is said to be binary or text.
    pub(super) fn is_binary(&self, path: &[u8]) -> Option<bool> {
        match self.of(path) {
            Treatment::Text => Some(false),
            Treatment::Binary => Some(true),
            Treatment::Auto | Treatment::Driver(_) => None,
        }
    }

    /// Which lines name a place in the hunks of a file: as its old path says, else as its new one.
    pub(super) fn function(&self, old: &[u8], new: &[u8]) -> Function {
        match (self.of(old), self.of(new)) {
            (Treatment::Driver(function), _) | (_, Treatment::Driver(function)) => function,
            _ => Function::Any,
        }
    }

    fn of(&self, path: &[u8]) -> Treatment {
        let applies = |rule: &&Rule| path.strip_prefix(&*rule.folder).is_some_and(|rest| rule.glob.matches(rest));
        self.rules.iter().rev().find(applies).map_or(Treatment::Auto, |rule| rule.treatment)
    }

    /// Adds the rules of the file `text` in `folder`. Only the file at the root may define macros.
    fn add(&mut self, folder: &[u8], text: &[u8], macros: &mut BTreeMap<Vec<u8>, Treatment>) {
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
        for line in text.split(|&byte| byte == b'\n') {
            let mut words = line.split(blank).filter(|word| !word.is_empty());
            let Some(pattern) = words.next() else { continue };
            if let Some(name) = pattern.strip_prefix(b"[attr]") {
                if folder.is_empty() {
                    let meaning = treatment(words, macros);
                    macros.extend(meaning.map(|meaning| (name.to_vec(), meaning)));
                }
            } else if !pattern.starts_with(b"#") && !pattern.starts_with(b"\"") {
                let rule = treatment(words, macros).zip(Glob::parse(pattern));
                self.rules.extend(rule.map(|(treatment, glob)| Rule { folder: folder.to_vec(), glob, treatment }));
            }
        }
    }
}

/// What the last word about diffs says; none if there is no such word.
fn treatment<'w>(words: impl Iterator<Item = &'w [u8]>, macros: &BTreeMap<Vec<u8>, Treatment>) -> Option<Treatment> {
    let of = |word: &[u8]| match word {
        b"diff" => Some(Treatment::Text),
        b"-diff" => Some(Treatment::Binary),
        b"!diff" => Some(Treatment::Auto),
        b"diff=python" => Some(Treatment::Driver(Function::Python)),
        b"diff=markdown" => Some(Treatment::Driver(Function::Markdown)),
        word if word.starts_with(b"diff=") => Some(Treatment::Auto),
        word => macros.get(word).copied(),
    };
    words.filter_map(of).last()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_rule_of_the_nearest_file_counts() {
        let mut attributes = Attributes::default();
        let mut macros = BTreeMap::from([(b"binary".to_vec(), Treatment::Binary)]);
        let root = b"# *.py -diff\n*.py text diff=python\r\n*.md diff=markdown\nx.* binary\n[attr]opaque -diff\n*.rst opaque\n";
        attributes.add(b"", root, &mut macros);
        attributes.add(b"docs/", b"*.rst diff\n/a.md !diff\n[attr]text2 diff\n", &mut macros);
        let of = |path: &str| attributes.of(path.as_bytes());
        assert_eq!(of("a/b.py"), Treatment::Driver(Function::Python));
        assert_eq!(of("a/x.py"), Treatment::Binary);
        assert_eq!((of("a.rst"), of("docs/a.rst")), (Treatment::Binary, Treatment::Text));
        assert_eq!((of("docs/a.md"), of("docs/b/a.md")), (Treatment::Auto, Treatment::Driver(Function::Markdown)));
        assert_eq!((of("setup.cfg"), macros.len()), (Treatment::Auto, 2));
        assert_eq!(attributes.function(b"a.txt", b"a.py"), Function::Python);
        assert_eq!((attributes.is_binary(b"a.rst"), attributes.is_binary(b"a.txt")), (Some(true), None));
    }
}
