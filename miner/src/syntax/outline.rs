//! What extraction needs to know of a file's syntax, in walk order (R9).

/// A piece of the text, in bytes, end exclusive. Redundant parentheses stay outside (R10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// First byte.
    pub(crate) start: u32,
    /// One past the last byte.
    pub(crate) end: u32,
}

impl Span {
    /// The piece of `text`.
    pub(crate) fn of(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }
}

/// Parser lines from 1, both ends inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineRange {
    /// First line.
    pub(crate) first: u32,
    /// Last line.
    pub(crate) last: u32,
}

/// A node that may be an assertion (R46).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Site {
    /// An `assert` statement.
    Assert {
        /// The whole statement.
        start: u32,
        /// The first comparator, if the test is a comparison (R49).
        comparator: Option<Span>,
    },
    /// A call whose callee can be an assertion's.
    Call(Call),
}

/// A call expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// First byte of the call.
    pub(crate) start: u32,
    /// What is called.
    pub(crate) callee: Callee,
    /// Positional arguments, starred ones included.
    pub(crate) positional: Vec<Span>,
    /// Keyword arguments with a name, in order.
    pub(crate) keywords: Vec<Keyword>,
}

/// `name=value` in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keyword {
    /// The name.
    pub(crate) name: String,
    /// The value.
    pub(crate) value: Span,
}

/// What a call calls, as far as dispatch looks (R47).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Callee {
    /// A plain name.
    Name(String),
    /// An attribute of something.
    Attribute(Receiver, String),
}

impl Callee {
    /// Whether a family of R47 could match, so that the call is worth keeping.
    pub(crate) fn is_candidate(&self) -> bool {
        match self {
            Self::Name(name) => name.starts_with("assert_"),
            Self::Attribute(receiver, name) => {
                name.starts_with("assert")
                    || matches!(receiver, Receiver::Name(module) if module == "pytest" && matches!(&**name, "raises" | "approx"))
            }
        }
    }
}

/// What stands before the last dot of a callee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Receiver {
    /// A plain name.
    Name(String),
    /// An attribute, by its last name.
    Attribute(String),
    /// Anything else.
    Other,
}

/// A function definition, async or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Function {
    /// Its plain name.
    pub(crate) name: String,
    /// From the line of `def` (or `async`) to the last line of the body (R59).
    pub(crate) lines: LineRange,
    /// The first line of `def` and all decorator expressions (R63).
    pub(crate) head: u32,
}

/// A class definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Class {
    /// Its plain name.
    pub(crate) name: String,
    /// From the line of `class` to the last line of the body (R59).
    pub(crate) lines: LineRange,
    /// Function definitions that are statements of its body.
    pub(crate) methods: Vec<Function>,
    /// Assignments and annotated assignments that are statements of its body (R61).
    pub(crate) assignments: Vec<LineRange>,
}

/// A file's assertion sites and definitions, each list in walk order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    /// Assertion sites.
    pub(crate) sites: Vec<Site>,
    /// All functions.
    pub(crate) functions: Vec<Function>,
    /// All classes.
    pub(crate) classes: Vec<Class>,
    /// Functions that are statements of the module.
    pub(crate) top_functions: Vec<Function>,
    /// The module section: imports, assignments and expressions before the first definition (R60).
    pub(crate) header: Vec<LineRange>,
}
