//! From a walk to the outline of its module.

use ruff_python_ast::{Decorator, Expr, ExprCall, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::expression::{argument_range, callee};
use super::{SiteNode, Trace};
use crate::syntax::lines::LineIndex;
use crate::syntax::module::Module;
use crate::syntax::outline::{Call, Class, Function, Keyword, LineRange, Outline, Site, Span};

/// The outline of `module`, whose lines are `lines`.
pub(in crate::syntax) fn outline(module: &Module<'_>, lines: &LineIndex) -> Outline {
    let trace = Trace::of(module);
    let source = Source { text: module.text(), lines };
    let body = &module.tree().body;
    Outline {
        sites: trace.sites.iter().filter_map(|met| met.node.site()).collect(),
        functions: trace.functions.iter().map(|def| source.function(def)).collect(),
        classes: trace.classes.iter().map(|def| source.class(def)).collect(),
        top_functions: source.functions(body),
        header: source.header(body),
    }
}

/// The lines of a function, from the keyword on (R59).
pub(crate) fn function_lines(def: &StmtFunctionDef, text: &str, lines: &LineIndex) -> LineRange {
    Source { text, lines }.definition(def.range, &def.decorator_list)
}

/// The lines of a class, from the keyword on (R59).
pub(crate) fn class_lines(def: &StmtClassDef, text: &str, lines: &LineIndex) -> LineRange {
    Source { text, lines }.definition(def.range, &def.decorator_list)
}

impl SiteNode<'_> {
    /// What the families look at; none for a call that no family takes by its name.
    pub(crate) fn site(self) -> Option<Site> {
        match self {
            Self::Assert(node) => {
                let comparator = match &*node.test {
                    Expr::Compare(compare) => compare.comparators.first().map(|first| span(first.range())),
                    _ => None,
                };
                Some(Site::Assert { start: node.range.start().into(), comparator })
            }
            Self::Call(node) => call(node).map(Site::Call),
        }
    }
}

fn call(node: &ExprCall) -> Option<Call> {
    let arguments = &node.arguments;
    let named = arguments.keywords.iter().filter_map(|keyword| {
        let name = keyword.arg.as_ref()?.id.to_string();
        Some(Keyword { name, value: span(keyword.value.range()) })
    });
    Some(Call {
        start: node.range().start().into(),
        callee: callee(&node.func)?,
        positional: arguments.args.iter().map(|argument| span(argument_range(argument, arguments))).collect(),
        keywords: named.collect(),
    })
}

/// A text and its lines.
struct Source<'a> {
    text: &'a str,
    lines: &'a LineIndex,
}

impl Source<'_> {
    fn functions(&self, body: &[Stmt]) -> Vec<Function> {
        body.iter().filter_map(Stmt::as_function_def_stmt).map(|def| self.function(def)).collect()
    }

    fn header(&self, body: &[Stmt]) -> Vec<LineRange> {
        let header = body.iter().take_while(|stmt| !matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_)));
        let kept = header.filter(|stmt| match stmt {
            Stmt::Expr(node) => !node.value.is_string_literal_expr(),
            Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::AugAssign(_) => true,
            _ => false,
        });
        kept.map(|stmt| self.range(stmt.range())).collect()
    }

    fn function(&self, def: &StmtFunctionDef) -> Function {
        let lines = self.definition(def.range, &def.decorator_list);
        let decorators = def.decorator_list.iter().map(|decorator| self.line(decorator.expression.range()));
        let head = decorators.chain([lines.first]).min().unwrap_or(lines.first);
        Function { name: def.name.id.to_string(), lines, head }
    }

    fn class(&self, def: &StmtClassDef) -> Class {
        let assignments = def.body.iter().filter(|stmt| matches!(stmt, Stmt::Assign(_) | Stmt::AnnAssign(_)));
        Class {
            name: def.name.id.to_string(),
            lines: self.definition(def.range, &def.decorator_list),
            methods: self.functions(&def.body),
            assignments: assignments.map(|stmt| self.range(stmt.range())).collect(),
        }
    }

    /// The lines of a definition without its decorators: they end where the keyword begins.
    fn definition(&self, range: TextRange, decorators: &[Decorator]) -> LineRange {
        let from = decorators.last().map_or(range.start(), Ranged::end).to_usize();
        let keyword = first_token(&self.text[from..range.end().to_usize()]);
        let first = u32::try_from(from + keyword).unwrap_or(u32::MAX);
        LineRange { first: self.lines.line(first), last: self.lines.line(range.end().into()) }
    }

    fn range(&self, range: TextRange) -> LineRange {
        LineRange { first: self.line(range), last: self.lines.line(range.end().into()) }
    }

    fn line(&self, range: TextRange) -> u32 {
        self.lines.line(range.start().into())
    }
}

/// Where the first token of `text` stands, behind blanks, line breaks and comments.
fn first_token(text: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        at += rest.len() - rest.trim_start_matches([' ', '\t', '\u{c}', '\n', '\r', '\\']).len();
        if !text[at..].starts_with('#') {
            return at;
        }
        at += text[at..].find(['\n', '\r']).unwrap_or(text.len() - at);
    }
}

fn span(range: TextRange) -> Span {
    Span { start: range.start().into(), end: range.end().into() }
}
