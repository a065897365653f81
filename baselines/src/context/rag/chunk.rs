//! Cuts a Python file into the pieces that retrieval ranks: one a top-level definition (M96), or one a window (M92).

use std::ffi::OsStr;
use std::ops::Range;
use std::path::Path;

use bench::SourceFile;
use bench::pytext;
use bench::python::{AbstractTree, undecorated};
use ruff_python_ast::Stmt;
use ruff_text_size::Ranged;

use crate::encoder::WindowLayout;
use crate::error::Result;
use crate::tokenizer::Tokenizer;

/// Files above this size are not indexed, in bytes (M96).
pub const MAX_FILE_BYTES: usize = 2_000_000;

/// The symbol of what belongs to no top-level definition.
const MODULE: &str = "<module>";

/// Ends a chunk that was cut; its characters come on top of the limit.
const TRUNCATED: &str = "\n# ... (truncated)";

/// How files are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkOptions {
    /// Whether the statements of a file outside functions and classes make one more chunk. M96 does not index them;
    /// constants live there.
    pub module_chunk: bool,
    /// The length at which a chunk's text is cut, in characters.
    pub max_chars: usize,
}

/// A piece of a production file, as a model reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// The function or class, or `<module>`.
    pub symbol: String,
    /// `# File: <path>`, `# Symbol: <symbol>` if it is a definition's or module's, and the source, a line each at least.
    pub text: String,
    /// Where the source begins in the text, in bytes: behind the comments.
    pub source_start: usize,
}

impl Chunk {
    /// A chunk of the file at `path`: the comments `head`, and `source`, cut after `max_chars` characters of both.
    fn new(symbol: &str, head: &str, source: &str, max_chars: usize) -> Self {
        let text = cut(format!("{head}{source}"), max_chars);
        let source_start = head.len().min(text.len());
        Self { symbol: symbol.to_owned(), text, source_start }
    }
}

/// The chunks of `file`: its module chunk if there is one, then its top-level functions, async functions and classes in
/// source order, each without decorators and without comments after its last statement.
///
/// A file that does not fit the grammar is one chunk `<module>` with all its text; a blank file, one above [`MAX_FILE_BYTES`] or
/// one whose name does not end in `.py` has none. Line ends become `\n`, whatever they are in the file.
pub fn chunks(file: &SourceFile, options: ChunkOptions) -> Vec<Chunk> {
    let path = file.path.as_str();
    if Path::new(path).extension() != Some(OsStr::new("py")) || file.text.len() > MAX_FILE_BYTES {
        return Vec::new();
    }
    let source = pytext::universal_newlines(file.text.trim_start_matches('\u{feff}'));
    let chunk = |symbol: &str, source: &str| {
        Chunk::new(symbol, &format!("# File: {path}\n# Symbol: {symbol}\n"), source, options.max_chars)
    };
    if pytext::strip(&source).is_empty() {
        return Vec::new();
    }
    match pieces(&source) {
        None => vec![chunk(MODULE, pytext::strip_end(&source))],
        Some(Pieces { statements, definitions }) => {
            let module =
                (options.module_chunk && !statements.is_empty()).then(|| chunk(MODULE, &statements.join("\n")));
            module.into_iter().chain(definitions.into_iter().map(|(symbol, source)| chunk(symbol, source))).collect()
        }
    }
}

/// The chunks of `file` by windows of `tokenizer`'s tokens, in order: `# File: <path>`, and below it what the window's
/// tokens say (M92).
///
/// # Errors
/// If the text cannot be tokenized.
pub(super) fn window_chunks(file: &SourceFile, layout: WindowLayout, tokenizer: &Tokenizer) -> Result<Vec<Chunk>> {
    let ids = tokenizer.encode(&file.text)?;
    let head = format!("# File: {}\n", file.path);
    let chunk = |window: Range<usize>| Ok(Chunk::new(MODULE, &head, &tokenizer.decode(&ids[window])?, usize::MAX));
    layout.windows(ids.len()).into_iter().map(chunk).collect()
}

/// The top level of a file.
struct Pieces<'a> {
    /// The source of each statement that is no definition.
    statements: Vec<&'a str>,
    /// Name and source of each function and class.
    definitions: Vec<(&'a str, &'a str)>,
}

/// The top level of `source`, or none if Python does not parse it.
fn pieces(source: &str) -> Option<Pieces<'_>> {
    let tree = AbstractTree::module(source)?;
    let mut pieces = Pieces { statements: Vec::new(), definitions: Vec::new() };
    for statement in &tree.root().body {
        let (name, decorators) = match statement {
            Stmt::FunctionDef(def) => (&def.name, &def.decorator_list),
            Stmt::ClassDef(def) => (&def.name, &def.decorator_list),
            other => {
                pieces.statements.push(&source[other.range()]);
                continue;
            }
        };
        pieces.definitions.push((&source[name.range()], &source[undecorated(source, statement.range(), decorators)]));
    }
    Some(pieces)
}

/// `text`, cut after `max_chars` characters with a comment that says so.
fn cut(text: String, max_chars: usize) -> String {
    match pytext::first_chars(&text, max_chars) {
        whole if whole.len() == text.len() => text,
        head => format!("{head}{TRUNCATED}"),
    }
}

#[cfg(test)]
mod tests {
    use bench::{CommitId, RepoId, RepoPath, Role};

    use super::*;

    const FAIR: ChunkOptions = ChunkOptions { module_chunk: true, max_chars: 12_000 };
    const PUBLISHED: ChunkOptions = ChunkOptions { module_chunk: false, max_chars: 12_000 };

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile {
            repo: RepoId::new("a/b").unwrap(),
            commit: CommitId::new("0".repeat(40)).unwrap(),
            path: RepoPath::new(path).unwrap(),
            role: Role::Production,
            text: text.to_owned(),
        }
    }

    fn symbols(text: &str, options: ChunkOptions) -> Vec<String> {
        chunks(&file("m.py", text), options).into_iter().map(|chunk| chunk.symbol).collect()
    }

    fn sources(text: &str, options: ChunkOptions) -> Vec<String> {
        let body = |chunk: Chunk| chunk.text.splitn(3, '\n').nth(2).unwrap().to_owned();
        chunks(&file("m.py", text), options).into_iter().map(body).collect()
    }

    const SAMPLE: &str = "\
# A comment.
import os
LIMIT = 3  # seconds

@cache
@wraps(os)
def first(a, b=(1,
                2)):
    def inner():
        return a
    return inner

async def second(): return 2

class Third(Base):
    \"\"\"Doc.\"\"\"

    @property
    def x(self):
        return 1
    # trailing comment

if os.name:
    def hidden():
        pass
";

    #[test]
    fn m96_one_chunk_a_top_level_definition_without_decorators() {
        assert_eq!(symbols(SAMPLE, PUBLISHED), ["first", "second", "Third"]);
        assert_eq!(
            sources(SAMPLE, PUBLISHED),
            [
                "def first(a, b=(1,\n                2)):\n    def inner():\n        return a\n    return inner",
                "async def second(): return 2",
                "class Third(Base):\n    \"\"\"Doc.\"\"\"\n\n    @property\n    def x(self):\n        return 1",
            ]
        );
        assert_eq!(chunks(&file("p/m.py", SAMPLE), PUBLISHED)[1].text.lines().next(), Some("# File: p/m.py"));
        assert_eq!(chunks(&file("p/m.py", SAMPLE), PUBLISHED)[1].text.lines().nth(1), Some("# Symbol: second"));
    }

    #[test]
    fn the_module_chunk_holds_the_statements_that_are_no_definitions() {
        assert_eq!(symbols(SAMPLE, FAIR), ["<module>", "first", "second", "Third"]);
        assert_eq!(sources(SAMPLE, FAIR)[0], "import os\nLIMIT = 3\nif os.name:\n    def hidden():\n        pass");
        assert_eq!(symbols("def f(): pass\n", FAIR), ["f"]);
    }

    #[test]
    fn m96_a_file_that_does_not_parse_is_one_module_chunk() {
        let broken = "LIMIT = 3\ndef f(:\n    return\n\n";
        assert_eq!(symbols(broken, FAIR), ["<module>"]);
        assert_eq!(sources(broken, PUBLISHED), ["LIMIT = 3\ndef f(:\n    return"]);
        assert_eq!(symbols("def f():\n    print 1\n", FAIR), ["<module>"], "of an older Python");
    }

    #[test]
    fn line_ends_and_byte_order_marks_do_not_matter() {
        for options in [FAIR, PUBLISHED] {
            assert_eq!(sources(&SAMPLE.replace('\n', "\r\n"), options), sources(SAMPLE, options));
            assert_eq!(sources(&SAMPLE.replace('\n', "\r"), options), sources(SAMPLE, options));
            assert_eq!(sources(&format!("\u{feff}{SAMPLE}"), options), sources(SAMPLE, options));
        }
    }

    #[test]
    fn long_chunks_are_cut_at_characters_and_say_so() {
        let long = format!("x = '{}'\n", "é".repeat(50));
        let [chunk] = &chunks(&file("m.py", &long), ChunkOptions { max_chars: 40, ..FAIR })[..] else {
            panic!("one chunk")
        };
        let head = "# File: m.py\n# Symbol: <module>\nx = '";
        assert_eq!(chunk.text, format!("{head}{}\n# ... (truncated)", "é".repeat(40 - head.chars().count())));
        let whole = chunks(&file("m.py", &long), FAIR);
        assert!(!whole[0].text.contains("truncated"));
    }

    #[test]
    fn what_is_not_python_or_blank_or_too_large_has_no_chunk() {
        assert_eq!(chunks(&file("notes.txt", "x = 1"), FAIR), []);
        assert_eq!(chunks(&file("m.py", " \n\r\n"), FAIR), []);
        assert_eq!(chunks(&file("m.py", "# only a comment\n"), FAIR), []);
        assert_eq!(chunks(&file("m.py", &"x = 1\n".repeat(400_000)), FAIR), []);
    }

    #[test]
    fn deep_nesting_is_no_stack_overflow() {
        let deep = format!("x = {}1{}\n", "(".repeat(20_000), ")".repeat(20_000));
        assert_eq!(symbols(&deep, FAIR), ["<module>"]);
    }
}
