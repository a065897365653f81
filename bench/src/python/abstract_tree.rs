//! What CPython 3.12 accepts, as the abstract tree of ruff's parser.

use ruff_python_ast::token::Tokens;
use ruff_python_ast::{Decorator, Mod, ModExpression, ModModule, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::{Ranged, TextRange};

use super::limits::{MAX_HEADERS, Nesting, nesting, refused_by_cpython};

/// Nodes above one another that CPython 3.12 turns into objects, about; beyond, `ast.parse` fails with an error.
///
/// The exact number depends on how deep the caller's own stack is.
pub const MAX_DEPTH: u32 = 2_990;

/// Stack that dropping one level of a tree takes at most, in bytes.
const STACK_PER_LEVEL: usize = 1 << 10;

/// Stack that parsing takes at most for a lambda in the parameters of another, in bytes.
const STACK_PER_HEADER: usize = 1 << 15;

/// The abstract tree `T` of a text that CPython 3.12 accepts, unless its tree is deeper than [`MAX_DEPTH`].
///
/// Whoever walks the tree measures its depth; [`is_shallow`](Self::is_shallow) says when that is not needed. Parsing,
/// walking level by level and dropping are safe at any depth.
pub struct AbstractTree<'a, T> {
    text: &'a str,
    /// Present until the tree is dropped.
    parsed: Option<Parsed<Mod>>,
    /// Takes the root for what its mode made of it.
    root: fn(&Mod) -> &T,
    nesting: Nesting,
}

impl<'a> AbstractTree<'a, ModModule> {
    /// The tree of the module `text`, or none if `ast.parse(text)` fails (R8).
    pub fn module(text: &'a str) -> Option<Self> {
        Self::parse(text, Mode::Module, |root| match root {
            Mod::Module(module) => module,
            Mod::Expression(_) => unreachable!("the mode was a module's"),
        })
    }
}

impl<'a> AbstractTree<'a, ModExpression> {
    /// The tree of the one expression `text`, or none if `ast.parse(text, mode="eval")` fails (S100).
    ///
    /// ```
    /// use bench::python::AbstractTree;
    /// assert!(AbstractTree::expression("x, 'y' f'{z}'").is_some());
    /// assert!(AbstractTree::expression("x := 1").is_none() && AbstractTree::expression("f(x))").is_none());
    /// ```
    pub fn expression(text: &'a str) -> Option<Self> {
        Self::parse(text, Mode::Expression, |root| match root {
            Mod::Expression(expression) => expression,
            Mod::Module(_) => unreachable!("the mode was an expression's"),
        })
    }
}

impl<'a, T> AbstractTree<'a, T> {
    fn parse(text: &'a str, mode: Mode, root: fn(&Mod) -> &T) -> Option<Self> {
        // A byte-order mark survives decoding and is no character of Python (R5, Q19); a NUL ends CPython's parser.
        if text.starts_with('\u{feff}') || text.contains('\0') {
            return None;
        }
        let nesting = nesting(text);
        if nesting == Nesting::Refused {
            return None;
        }
        let options = ParseOptions::from(mode).with_target_version(PythonVersion::PY312);
        let parse = || parse_unchecked(text, options);
        let parsed = match nesting {
            Nesting::Deep(_) => stacker::grow(MAX_HEADERS * STACK_PER_HEADER, parse),
            Nesting::Shallow | Nesting::Refused => parse(),
        };
        let tree = Self { text, parsed: Some(parsed), root, nesting };
        tree.is_accepted().then_some(tree)
    }

    /// The text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The root.
    pub fn root(&self) -> &T {
        (self.root)(self.parsed().syntax())
    }

    /// The tokens that the tree was made of.
    pub fn tokens(&self) -> &Tokens {
        self.parsed().tokens()
    }

    /// Whether the tree is certainly less deep than [`MAX_DEPTH`], so that recursion over it is safe.
    pub fn is_shallow(&self) -> bool {
        self.nesting == Nesting::Shallow
    }

    fn parsed(&self) -> &Parsed<Mod> {
        self.parsed.as_ref().expect("because only dropping takes the tree")
    }

    fn is_accepted(&self) -> bool {
        let parsed = self.parsed();
        parsed.errors().is_empty()
            && parsed.unsupported_syntax_errors().is_empty()
            && !refused_by_cpython(self.text, parsed.tokens())
    }
}

/// The part of `range`, a definition of `text`, from its keyword on: behind `decorators`, and behind blanks and comments
/// after them (M108).
pub fn undecorated(text: &str, range: TextRange, decorators: &[Decorator]) -> TextRange {
    let Some(last) = decorators.last() else { return range };
    let mut start = usize::from(last.end());
    loop {
        let rest = &text[start..];
        start += rest.len() - rest.trim_start().len();
        if !text[start..].starts_with('#') {
            break;
        }
        start += text[start..].find(['\n', '\r']).unwrap_or(0);
    }
    TextRange::new(start.try_into().unwrap_or(range.start()), range.end())
}

/// Trees are dropped recursively; deep ones get a stack that fits them.
impl<T> Drop for AbstractTree<'_, T> {
    fn drop(&mut self) {
        let tree = self.parsed.take();
        match self.nesting {
            Nesting::Deep(levels) => stacker::grow(levels * STACK_PER_LEVEL + (1 << 20), || drop(tree)),
            Nesting::Shallow | Nesting::Refused => drop(tree),
        }
    }
}
