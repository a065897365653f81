//! What texts define and import: what dependency-resolved context asks of every Python file (M104–M108).
//!
//! Versions of a file share most of their statements, so a text is read statement by statement and every statement once.

mod find;

use std::collections::HashMap;
use std::sync::Arc;

use bench::{Definition, DefinitionKind, Import};

use crate::evolution::statements;
use crate::syntax::Module;

/// Entries of the memory at most; when it is full, it starts anew. Our choice: a large repository, several times over.
const MAX_REMEMBERED: usize = 400_000;

/// Finds the definitions of the texts of one repository; each result depends on its text alone.
#[derive(Default)]
pub struct DefinitionReader {
    known: HashMap<[u8; 32], Option<Arc<[Found]>>>,
    remembered: usize,
}

/// A definition, places counted from the start of the piece it was found in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    kind: DefinitionKind,
    name: String,
    parent: Option<String>,
    /// Parser lines in front.
    line: u32,
    start: u32,
    end: u32,
    top_level: bool,
    import: Option<Import>,
}

impl DefinitionReader {
    /// A reader that remembers nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The definitions and imports of `text`, the text numbered `blob`, in source order; none if Python 3.12 does not
    /// parse it.
    ///
    /// ```
    /// let found = miner::DefinitionReader::new().read(0, "import a.b as c\n\n@d\nclass K:\n    def m(self): ...\n");
    /// let names: Vec<_> = found.iter().map(|d| (d.kind.name(), &*d.name, d.line)).collect();
    /// assert_eq!(names, [("import", "", 1), ("class", "K", 4), ("method", "m", 5)]);
    /// ```
    pub fn read(&mut self, blob: u32, text: &str) -> Vec<Definition> {
        if u32::try_from(text.len()).is_err() {
            return Vec::new();
        }
        self.pieces(blob, text).unwrap_or_else(|| {
            let found = read(text).unwrap_or_default();
            found.iter().map(|found| found.at(blob, 0, 0)).collect()
        })
    }

    /// The definitions of `text`, read statement by statement; none if that cannot be done.
    fn pieces(&mut self, blob: u32, text: &str) -> Option<Vec<Definition>> {
        let mut definitions = Vec::new();
        let mut breaks = 0;
        for range in statements(text)? {
            let start = u32::try_from(range.start).ok()?;
            let piece = &text[range];
            for found in &*self.piece(piece)? {
                definitions.push(found.at(blob, start, breaks));
            }
            breaks += line_breaks(piece);
        }
        Some(definitions)
    }

    fn piece(&mut self, text: &str) -> Option<Arc<[Found]>> {
        let key = *blake3::hash(text.as_bytes()).as_bytes();
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let found: Option<Arc<[Found]>> = read(text).map(Into::into);
        self.remembered += 1 + found.as_ref().map_or(0, |found| found.len());
        if self.remembered > MAX_REMEMBERED {
            self.known.clear();
            self.remembered = 0;
        }
        self.known.insert(key, found.clone());
        found
    }
}

impl Found {
    fn at(&self, blob: u32, start: u32, breaks: u32) -> Definition {
        Definition {
            blob,
            kind: self.kind,
            name: self.name.clone(),
            parent: self.parent.clone(),
            line: 1 + breaks + self.line,
            start: start + self.start,
            end: start + self.end,
            top_level: self.top_level,
            import: self.import.clone(),
        }
    }
}

/// The definitions of `text`, which is read as a module; none if Python 3.12 does not parse it.
fn read(text: &str) -> Option<Vec<Found>> {
    Module::parse(text).map(|module| find::definitions(&module))
}

/// Parser line breaks of `text` (R4).
fn line_breaks(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let is_break = |(at, byte): (usize, &u8)| *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    u32::try_from(bytes.iter().enumerate().filter(|at| is_break(*at)).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
from . import a, b as c
from ..pkg.mod import (x,
    y as z)
VALUE = OTHER = 3
a.b, (LEFT, RIGHT) = pair
typed: int = 4


@decorated(1)
# a remark
@again
async def outer(p=lambda: 0):
    import late.one, two
    def inner(): ...


class Kind(Base):
    flag = True

    @property
    def first(self):
        from there import thing

    class Nested:
        def hidden(self): ...

if True:
    import guarded
    def conditional(): ...
";

    fn listing(found: &[Definition], text: &str) -> Vec<String> {
        let row = |d: &Definition| {
            let first = text[d.start as usize..d.end as usize].lines().next().unwrap_or_default();
            let import = d.import.as_ref().map_or(String::new(), |import| {
                format!(
                    " {}{} {}",
                    ".".repeat(import.level as usize),
                    import.module.as_deref().unwrap_or("-"),
                    import.names.join("+")
                )
            });
            let level = if d.top_level { "" } else { " inside" };
            format!("{} {} {}{level}{import}: {first}", d.line, d.kind, d.name)
        };
        found.iter().map(row).collect()
    }

    #[test]
    fn definitions_are_found_in_source_order() {
        let found = DefinitionReader::new().read(3, TEXT);
        assert_eq!(
            listing(&found, TEXT),
            [
                "1 import_from  .- a+b: from . import a, b as c",
                "2 import_from  ..pkg.mod x+y: from ..pkg.mod import (x,",
                "4 assignment VALUE: VALUE = OTHER = 3",
                "4 assignment OTHER: VALUE = OTHER = 3",
                "12 function outer: async def outer(p=lambda: 0):",
                "13 import  inside - late.one+two: import late.one, two",
                "17 class Kind: class Kind(Base):",
                "21 method first inside: def first(self):",
                "22 import_from  inside there thing: from there import thing",
                "28 import  inside - guarded: import guarded",
            ]
        );
        assert!(found.iter().all(|definition| definition.blob == 3));
    }

    #[test]
    fn pieces_and_the_whole_agree() {
        let whole: Vec<Definition> = read(TEXT).unwrap().iter().map(|found| found.at(0, 0, 0)).collect();
        let mut reader = DefinitionReader::new();
        assert_eq!(reader.pieces(0, TEXT).unwrap(), whole);
        let longer = format!("import sys\r\nx = '''\n'''\n{TEXT}");
        let whole: Vec<Definition> = read(&longer).unwrap().iter().map(|found| found.at(0, 0, 0)).collect();
        assert_eq!(reader.pieces(0, &longer).unwrap(), whole);
    }

    #[test]
    fn what_python_refuses_defines_nothing() {
        assert!(DefinitionReader::new().read(0, "def f(): ...\nprint 'x'\n").is_empty());
    }
}
