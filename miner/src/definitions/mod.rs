//! What texts define and import: what dependency-resolved context asks of every Python file (M104–M108).
//!
//! Versions of a file share most of their statements, so a text is read piece by piece and every piece once.

mod find;
mod names;

use bench::{Definition, DefinitionKind, Import};

use crate::pieces::PieceReader;

pub(crate) use names::{Names, join};

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

/// Finds the definitions of the texts of one repository, best the versions of one file in a row; each result depends on
/// its text alone.
#[derive(Default)]
pub struct DefinitionReader {
    pieces: PieceReader<Names>,
}

impl DefinitionReader {
    /// A reader that remembers nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One of `count` readers that together remember as much as one alone.
    pub(crate) fn one_of(count: usize) -> Self {
        Self { pieces: PieceReader::one_of(count) }
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
        self.read_file("", blob, text)
    }

    /// The same of a version of `file`.
    pub(crate) fn read_file(&mut self, file: &str, blob: u32, text: &str) -> Vec<Definition> {
        if u32::try_from(text.len()).is_err() {
            return Vec::new();
        }
        match self.pieces.read(file, text, &()) {
            Some(pieces) => join(blob, pieces.iter().map(|placed| (placed.start, &*placed.piece))),
            None => Names::whole(text).map_or_else(Vec::new, |names| join(blob, [(0, &names)])),
        }
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

    /// Classes large enough to be read method by method.
    fn large() -> String {
        let method = |name: &str| {
            let body = format!("        import late.{name}\n        x = {}1\n\n", "1 + ".repeat(300));
            format!("    @d\n    # c\n    def {name}(self):\n{body}")
        };
        let class = |name: &str| {
            let bodies = ["a", "b", "c"].map(method).concat();
            let inner = "    class Inner:\n        def m(self): ...\n# e\n";
            format!("@d\nclass {name}(Base):\n    'Doc'\n    y = 1\n{bodies}{inner}")
        };
        ["A", "B"].map(class).join("z = 1\n")
    }

    #[test]
    fn pieces_and_the_whole_agree() {
        let mut reader = DefinitionReader::new();
        let large = large();
        let texts = [
            TEXT.to_owned(),
            format!("import sys\r\nx = '''\n'''\n{TEXT}"),
            large.clone(),
            format!("import os\n{large}"),
            large.replace("def b(self)", "async def bb(self, x)"),
            large.replace("class Inner", "    class Inner"),
            large.replace("class B(Base):", "class B(Base): # c\n    import q\n"),
        ];
        for text in texts {
            let whole = Names::whole(&text).map(|names| join(0, [(0, &names)]));
            assert_eq!(reader.read(0, &text), whole.unwrap_or_default(), "{text}");
        }
        assert!(reader.pieces.read("", &large, &()).unwrap().len() > 8);
    }

    #[test]
    fn what_python_refuses_defines_nothing() {
        assert!(DefinitionReader::new().read(0, "def f(): ...\nprint 'x'\n").is_empty());
    }
}
