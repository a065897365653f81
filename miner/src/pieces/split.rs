//! A text in chunks that can be read on their own: statements of the module, and statements of large classes.
//!
//! Every chunk begins at the start of a line, outside of strings and brackets as far as the scanner sees, with a
//! statement of the level it is on. A parser that has accepted the chunks before is there in the state it begins in:
//! if it accepts every chunk alone, it accepts the text, and reads the same statements.

use std::ops::Range;

use super::scan::{Line, Scanner, Unclear};

/// Classes below this many bytes are not taken apart. Our choice, for speed.
const MIN_CLASS_BYTES: usize = 1 << 11;

/// Bytes of the name of a class that is taken apart at most: it is read again before each of its methods.
const MAX_NAME_BYTES: usize = 1 << 8;

/// Statements of the module that are read together.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// Its bytes, comments and blank lines behind it included.
    pub(super) range: Range<usize>,
    /// How to take it apart, if it is a class worth it.
    pub(super) class: Option<ClassParts>,
}

/// The parts of a class.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ClassParts {
    /// The class's name.
    pub(super) name: Range<usize>,
    /// Where the statements of its body begin that are no part of the first chunk, which holds the head.
    pub(super) starts: Vec<usize>,
}

/// Goes through the blocks of a text: one at least, without gaps.
///
/// What a block is depends on its own bytes and the first word behind it, so the walk can begin at any of them.
pub(super) struct Blocks<'a> {
    text: &'a str,
    scanner: Scanner<'a>,
    level: Level,
    /// Start of the block in the making.
    start: usize,
    /// The class it is.
    class: Option<OpenClass>,
    is_done: bool,
}

impl<'a> Blocks<'a> {
    /// The blocks of `text` from the one that begins at `start`.
    pub(super) fn new(text: &'a str, start: usize) -> Self {
        let scanner = Scanner::new(text, start);
        Self { text, scanner, level: Level::default(), start, class: None, is_done: false }
    }

    /// The next block, or none at the end.
    ///
    /// # Errors
    /// If the scanner does not follow the text.
    pub(super) fn next(&mut self) -> Result<Option<Block>, Unclear> {
        if self.is_done {
            return Ok(None);
        }
        while let Some(line) = self.scanner.next()? {
            if line.start != line.token {
                self.inner_line(line)?;
            } else if let Some(block) = self.module_line(line) {
                return Ok(Some(block));
            }
        }
        self.is_done = true;
        Ok(Some(self.close(self.text.len())))
    }

    /// Takes a line of the module; the block that ends before it.
    fn module_line(&mut self, line: Line) -> Option<Block> {
        let word = first_word(&self.text[line.token..]);
        let block = self.level.begins(Word::of(word)).then(|| self.close(line.start));
        if word == "class" {
            self.class = class_name(self.text, line.token + word.len()).map(OpenClass::new);
        }
        block
    }

    fn inner_line(&mut self, line: Line) -> Result<(), Unclear> {
        if self.level.is_fresh() {
            return Err(Unclear);
        }
        self.level.enter();
        if let Some(class) = &mut self.class {
            class.line(line, self.text);
        }
        Ok(())
    }

    /// Ends the block in the making at `end`.
    fn close(&mut self, end: usize) -> Block {
        let range = self.start..end;
        let class = self.class.take().filter(|class| class.is_regular && range.len() >= MIN_CLASS_BYTES);
        let parts = class.map(|class| ClassParts { name: class.name, starts: class.starts });
        self.start = end;
        Block { range, class: parts.filter(|parts| !parts.starts.is_empty()) }
    }
}

/// Whether the block of `text` that ends at `end` ends there in every text that begins with the same `shared` bytes.
pub(super) fn is_settled(text: &str, end: usize, shared: usize) -> bool {
    // What ends it is the first word behind it, and what shows that the word is over.
    end < shared && end + first_word(&text[end..]).len() + 1 < shared
}

struct OpenClass {
    name: Range<usize>,
    /// The blanks before every statement of the body, once one was met.
    indent: Option<Range<usize>>,
    level: Level,
    starts: Vec<usize>,
    /// Whether every line was indented as the first, or more.
    is_regular: bool,
}

impl OpenClass {
    fn new(name: Range<usize>) -> Self {
        Self { name, indent: None, level: Level::default(), starts: Vec::new(), is_regular: true }
    }

    fn line(&mut self, line: Line, text: &str) {
        let blanks = &text[line.start..line.token];
        let indent = &text[self.indent.get_or_insert(line.start..line.token).clone()];
        if blanks.len() > indent.len() && blanks.starts_with(indent) {
            self.level.enter();
        } else if blanks != indent {
            self.is_regular = false;
        } else if self.level.begins(Word::of(first_word(&text[line.token..]))) {
            self.starts.push(line.start);
        }
    }
}

/// Says which lines of one level of indentation begin a chunk: all that begin a compound statement, and the first
/// simple statement behind one.
#[derive(Default)]
struct Level {
    before: Option<Word>,
}

impl Level {
    fn is_fresh(&self) -> bool {
        self.before.is_none()
    }

    /// Takes note of a line of a deeper level.
    fn enter(&mut self) {
        self.before = Some(Word::Compound);
    }

    /// Whether a chunk begins with the line whose first word is `word`; the first line of all is in the first chunk.
    fn begins(&mut self, word: Word) -> bool {
        let before = self.before.replace(word);
        match (before, word) {
            (None | Some(Word::Decorator), _) | (_, Word::Clause) => false,
            (_, Word::Compound | Word::Decorator) => true,
            (before, Word::Simple) => before != Some(Word::Simple),
        }
    }
}

/// What the first word of a line says of its statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// A compound statement begins.
    Compound,
    /// The compound statement before goes on.
    Clause,
    /// Belongs to what follows.
    Decorator,
    /// A simple statement, or a compound one that is read with its neighbours.
    Simple,
}

impl Word {
    fn of(word: &str) -> Self {
        match word {
            "def" | "class" | "async" | "if" | "for" | "while" | "with" | "try" | "match" => Self::Compound,
            "else" | "elif" | "except" | "finally" => Self::Clause,
            "@" => Self::Decorator,
            _ => Self::Simple,
        }
    }
}

/// The letters that `text` begins with, or `@`.
fn first_word(text: &str) -> &str {
    if text.starts_with('@') {
        return "@";
    }
    let length = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte > 0x7f).count();
    &text[..length]
}

/// The name behind the keyword that ends at `at`, if it stands on the same line and is of reasonable length.
fn class_name(text: &str, at: usize) -> Option<Range<usize>> {
    let start = at + text[at..].bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let end = start + first_word(&text[start..]).len();
    let is_name = (1..=MAX_NAME_BYTES).contains(&(end - start)) && text.as_bytes()[start] != b'@';
    is_name.then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Result<Vec<Block>, Unclear> {
        let mut blocks = Blocks::new(text, 0);
        let mut all = Vec::new();
        while let Some(block) = blocks.next()? {
            all.push(block);
        }
        Ok(all)
    }

    fn texts(text: &str) -> Vec<&str> {
        blocks(text).unwrap().into_iter().map(|block| &text[block.range]).collect()
    }

    #[test]
    fn statements_keep_what_belongs_to_them() {
        let parts = [
            "# c\nimport a\n\nimport b\nx = 1\n",
            "@d\n@e\ndef f():\n    pass\n# behind\n",
            "y = 2\nz = 3\n",
            "if x:\n  a\nelif y:\n  b\nelse:\n  c\n\n",
            "try: a\nexcept B: c\nfinally: d\n",
            "async def g(): pass\n",
            "elsewhere = 1",
        ];
        assert_eq!(texts(&parts.concat()), parts);
        assert_eq!(texts(""), [""]);
        assert_eq!(texts("# only"), ["# only"]);
        assert_eq!(blocks("  x\n"), Err(Unclear));
    }

    #[test]
    fn large_classes_come_apart() {
        let method = |name: &str| format!("    @d\n    def {name}(self):\n        pass{}\n\n", " ".repeat(1_000));
        let text = format!("@e\nclass A (B):\n\n    \"\"\"Doc\n\"\"\"\n    x = 1\n{}# c\n{}", method("f"), method("g"));
        let [block] = &blocks(&text).unwrap()[..] else { panic!("one block") };
        let parts = block.class.as_ref().unwrap();
        assert_eq!(&text[parts.name.clone()], "A");
        let bodies: Vec<&str> = parts.starts.iter().map(|start| text[*start..].lines().next().unwrap()).collect();
        assert_eq!(bodies, ["    @d", "    @d"]);
        let crooked = text.replace("    def g", "\tdef g");
        assert_eq!(blocks(&crooked).unwrap()[0].class, None);
    }
}
