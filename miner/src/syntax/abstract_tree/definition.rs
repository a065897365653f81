//! Functions, classes, parameters and the module's own section.

use ruff_python_ast::{Decorator, ParameterWithDefault, Parameters, Stmt, StmtClassDef, StmtFunctionDef, TypeParams};
use ruff_text_size::{Ranged, TextRange};

use super::{Node, Walk};
use crate::syntax::outline::{Class, Function, LineRange};

impl<'a> Walk<'a> {
    pub(super) fn visit_function(&mut self, def: &'a StmtFunctionDef) {
        self.outline.functions.push(self.function(def));
        self.parameters(&def.parameters);
        self.body(&def.body);
        self.exprs(def.decorator_list.iter().map(|decorator| &decorator.expression));
        self.optional(def.returns.as_deref());
        self.type_params(def.type_params.as_deref());
    }

    pub(super) fn visit_class(&mut self, def: &'a StmtClassDef) {
        let class = self.class(def);
        self.outline.classes.push(class);
        if let Some(arguments) = &def.arguments {
            self.arguments(arguments);
        }
        self.body(&def.body);
        self.exprs(def.decorator_list.iter().map(|decorator| &decorator.expression));
        self.type_params(def.type_params.as_deref());
    }

    pub(super) fn visit_parameters(&mut self, parameters: &'a Parameters) {
        let node = |parameter: &'a ParameterWithDefault| Node::Parameter(&parameter.parameter);
        self.queue.extend(parameters.posonlyargs.iter().chain(&parameters.args).map(node));
        self.queue.extend(parameters.vararg.as_deref().map(Node::Parameter));
        self.queue.extend(parameters.kwonlyargs.iter().map(node));
        self.exprs(parameters.kwonlyargs.iter().filter_map(|parameter| parameter.default.as_deref()));
        self.queue.extend(parameters.kwarg.as_deref().map(Node::Parameter));
        let positional = parameters.posonlyargs.iter().chain(&parameters.args);
        self.exprs(positional.filter_map(|parameter| parameter.default.as_deref()));
    }

    pub(super) fn parameters(&mut self, parameters: &'a Parameters) {
        if !parameters.is_empty() {
            self.queue.push_back(Node::Parameters(parameters));
        }
    }

    pub(super) fn type_params(&mut self, params: Option<&'a TypeParams>) {
        self.queue.extend(params.into_iter().flat_map(|params| params.iter()).map(Node::TypeParam));
    }

    pub(super) fn read_module(&mut self, body: &[Stmt]) {
        let functions = body.iter().filter_map(|stmt| stmt.as_function_def_stmt().map(|def| self.function(def)));
        let header = body.iter().take_while(|stmt| !matches!(stmt, Stmt::FunctionDef(_) | Stmt::ClassDef(_)));
        let kept = header.filter(|stmt| match stmt {
            Stmt::Expr(node) => !node.value.is_string_literal_expr(),
            Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::AugAssign(_) => true,
            _ => false,
        });
        let (functions, header) = (functions.collect(), kept.map(|stmt| self.range(stmt.range())).collect());
        (self.outline.top_functions, self.outline.header) = (functions, header);
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
            methods: def
                .body
                .iter()
                .filter_map(|stmt| stmt.as_function_def_stmt().map(|def| self.function(def)))
                .collect(),
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
