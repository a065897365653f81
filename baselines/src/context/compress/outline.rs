//! Code without the bodies of most functions (M109.2).

use bench::python::{AbstractTree, undecorated};
use ruff_python_ast::{Decorator, Expr, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

/// Functions with at most this many line breaks stay whole.
const SHORT_FUNCTION_BREAKS: usize = 5;
/// Lines of a signature at most.
const SIGNATURE_LINES: usize = 10;
/// Methods that stay whole.
const CONSTRUCTORS: [&str; 3] = ["__init__", "__new__", "__post_init__"];

/// `code` with each class cut to its decorators, first line, constructors, assignments and signatures, and each long
/// function to its signature; unchanged if it is no Python.
pub(super) fn outline(code: &str) -> String {
    let Some(tree) = AbstractTree::module(code) else { return code.to_owned() };
    let mut lines = Vec::new();
    for stmt in &tree.root().body {
        match stmt {
            Stmt::ClassDef(def) => class(code, def, &mut lines),
            Stmt::FunctionDef(def) => match source(code, def.range, &def.decorator_list) {
                long if long.matches('\n').count() > SHORT_FUNCTION_BREAKS => function(code, def, &mut lines),
                short => lines.push(short),
            },
            other => lines.push(source(code, other.range(), &[])),
        }
    }
    lines.join("\n")
}

fn class(code: &str, def: &StmtClassDef, lines: &mut Vec<String>) {
    lines.extend(def.decorator_list.iter().map(|decorator| source(code, decorator.range, &[])));
    lines.push(first_line(&source(code, def.range, &def.decorator_list)));
    for stmt in &def.body {
        match stmt {
            Stmt::FunctionDef(method) if CONSTRUCTORS.contains(&method.name.as_str()) => {
                lines.push(source(code, method.range, &method.decorator_list));
            }
            Stmt::FunctionDef(method) => function(code, method, lines),
            Stmt::Assign(_) | Stmt::AnnAssign(_) => lines.push(source(code, stmt.range(), &[])),
            Stmt::ClassDef(nested) => {
                let header = first_line(&source(code, nested.range, &nested.decorator_list));
                lines.push(format!("{header}\n{}    ...", indent(&header)));
            }
            _ => {}
        }
    }
}

/// Signature, first line of the docstring, and three dots.
fn function(code: &str, def: &StmtFunctionDef, lines: &mut Vec<String>) {
    let source = source(code, def.range, &def.decorator_list);
    let signature = signature(&source);
    let inner = format!("{}    ", indent(signature));
    lines.push(signature.to_owned());
    if let Some(line) = docstring(def) {
        lines.push(format!("{inner}\"\"\"{line}\"\"\""));
    }
    lines.push(format!("{inner}..."));
}

/// The first lines of `source` up to one that holds `)` and `:`.
fn signature(source: &str) -> &str {
    let mut end = 0;
    for line in source.split_inclusive('\n').take(SIGNATURE_LINES) {
        end += line.len();
        if line.contains(')') && line.contains(':') {
            break;
        }
    }
    source[..end].trim_end_matches('\n')
}

fn docstring(def: &StmtFunctionDef) -> Option<String> {
    let Some(Stmt::Expr(first)) = def.body.first() else { return None };
    let Expr::StringLiteral(text) = &*first.value else { return None };
    let line = bench::pytext::strip(text.value.to_str()).lines().next()?;
    Some(bench::pytext::strip_end(line).to_owned())
}

/// The part of `code` at `range`, from its keyword on, with the blanks in front of it on its line.
fn source(code: &str, range: TextRange, decorators: &[Decorator]) -> String {
    let range = undecorated(code, range, decorators);
    let start = usize::from(range.start());
    let line = code[..start].rfind('\n').map_or(0, |at| at + 1);
    let blanks = if bench::pytext::strip(&code[line..start]).is_empty() { &code[line..start] } else { "" };
    format!("{blanks}{}", &code[start..range.end().into()])
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn indent(text: &str) -> &str {
    &text[..text.len() - bench::pytext::strip_start(text).len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASS: &str = "\
@final
@dataclass(order=True)
class Cart(Base,
           metaclass=Meta):
    \"\"\"Goods.\"\"\"
    limit = 3
    owner: str

    @classmethod
    def empty(cls): return cls()

    def __post_init__(self):
        # set up
        self.goods = []

    async def add(
        self,
        good: str,
    ) -> None:
        \"\"\"  Adds it.

        Really.
        \"\"\"
        self.goods.append(good)

    class Meta(type):
        strict = True

    if True:
        hidden = 1
";

    #[test]
    fn m109_classes_keep_constructors_assignments_and_signatures() {
        assert_eq!(
            outline(CLASS),
            "\
@final
@dataclass(order=True)
class Cart(Base,
    limit = 3
    owner: str
    def empty(cls): return cls()
        ...
    def __post_init__(self):
        # set up
        self.goods = []
    async def add(
        self,
        good: str,
    ) -> None:
        \"\"\"Adds it.\"\"\"
        ...
    class Meta(type):
        ..."
        );
    }

    #[test]
    fn m109_functions_are_cut_from_seven_lines_on() {
        let short = "def f(a):\n    b = a\n    c = b\n    d = c\n    e = d\n    return e";
        assert_eq!(outline(short), short);
        let long = "def f(a):\n    b = a\n    c = b\n    d = c\n    e = d\n    f = e\n    return f";
        assert_eq!(outline(long), "def f(a):\n    ...");
        assert_eq!(outline(&format!("LIMIT = (1,\n  2)\n{long}")), "LIMIT = (1,\n  2)\ndef f(a):\n    ...");
    }

    #[test]
    fn m109_signatures_have_ten_lines_at_most() {
        let parameters = (0..20).map(|n| format!("    a{n},\n")).collect::<Vec<_>>().concat();
        let outlined = outline(&format!("def f(\n{parameters}):\n    return 1"));
        assert_eq!(outlined.lines().count(), 11, "{outlined}");
        assert!(outlined.ends_with("    a8,\n    ..."), "{outlined}");
    }

    #[test]
    fn m109_what_is_no_python_stays() {
        assert_eq!(outline("def f(:\n    pass"), "def f(:\n    pass");
        assert_eq!(outline(""), "");
    }
}
