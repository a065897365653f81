//! The outline of a module, from its abstract tree.

use std::collections::VecDeque;

use ruff_python_ast::{
    Arguments, Comprehension, Decorator, ElifElseClause, ExceptHandler, Expr, ExprCall, ExprGenerator, FStringPart,
    InterpolatedElement, InterpolatedStringElement, MatchCase, Parameter, ParameterWithDefault, Parameters, Stmt,
    StmtClassDef, StmtFunctionDef, TypeParam, TypeParams, WithItem,
};
use ruff_text_size::{Ranged, TextRange};

use super::lines::LineIndex;
use super::module::Module;
use super::outline::{Call, Callee, Class, Function, Keyword, LineRange, Outline, Receiver, Site, Span};

/// The outline of `module`, whose lines are `lines`.
pub(super) fn outline(module: &Module<'_>, lines: &LineIndex) -> Outline {
    let mut walk = Walk { text: module.text(), lines, queue: VecDeque::new(), outline: Outline::default() };
    walk.read_module(&module.tree().body);
    walk.body(&module.tree().body);
    while let Some(node) = walk.queue.pop_front() {
        walk.visit(node);
    }
    walk.outline
}

/// A node of CPython's tree that can lead to a call or an `assert`. Names and constants never enter the queue, which
/// leaves the order of the others as it is.
enum Node<'a> {
    Stmt(&'a Stmt),
    /// The remaining clauses of an `if`; an `elif` is an `If` inside its predecessor's `orelse`.
    Elif(&'a [ElifElseClause]),
    Handler(&'a ExceptHandler),
    Case(&'a MatchCase),
    Item(&'a WithItem),
    Expr(&'a Expr),
    Comprehension(&'a Comprehension),
    Parameters(&'a Parameters),
    Parameter(&'a Parameter),
    Keyword(&'a Expr),
    TypeParam(&'a TypeParam),
    /// A `FormattedValue`.
    Interpolation(&'a InterpolatedElement),
    /// The `JoinedStr` of a format specification.
    Format(&'a [InterpolatedStringElement]),
}

struct Walk<'a> {
    text: &'a str,
    lines: &'a LineIndex,
    queue: VecDeque<Node<'a>>,
    outline: Outline,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, node: Node<'a>) {
        match node {
            Node::Stmt(stmt) => self.visit_stmt(stmt),
            Node::Elif(clauses) => self.visit_elif(clauses),
            Node::Handler(ExceptHandler::ExceptHandler(handler)) => {
                self.optional(handler.type_.as_deref());
                self.body(&handler.body);
            }
            // Patterns hold names, attributes and constants only.
            Node::Case(case) => {
                self.optional(case.guard.as_deref());
                self.body(&case.body);
            }
            Node::Item(item) => {
                self.expr(&item.context_expr);
                self.optional(item.optional_vars.as_deref());
            }
            Node::Expr(expr) => self.visit_expr(expr),
            Node::Comprehension(comprehension) => {
                self.expr(&comprehension.target);
                self.expr(&comprehension.iter);
                self.exprs(&comprehension.ifs);
            }
            Node::Parameters(parameters) => self.visit_parameters(parameters),
            Node::Parameter(parameter) => self.optional(parameter.annotation.as_deref()),
            Node::Keyword(value) => self.expr(value),
            Node::TypeParam(TypeParam::TypeVar(variable)) => self.optional(variable.bound.as_deref()),
            Node::TypeParam(_) => {}
            Node::Interpolation(element) => {
                self.expr(&element.expression);
                if let Some(format) = &element.format_spec {
                    self.queue.push_back(Node::Format(&format.elements));
                }
            }
            Node::Format(elements) => self.interpolations(elements),
        }
    }

    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => self.visit_function(def),
            Stmt::ClassDef(def) => self.visit_class(def),
            Stmt::Return(node) => self.optional(node.value.as_deref()),
            Stmt::Delete(node) => self.exprs(&node.targets),
            Stmt::TypeAlias(node) => {
                self.type_params(node.type_params.as_deref());
                self.expr(&node.value);
            }
            Stmt::Assign(node) => {
                self.exprs(&node.targets);
                self.expr(&node.value);
            }
            Stmt::AugAssign(node) => self.exprs([&*node.target, &*node.value]),
            Stmt::AnnAssign(node) => {
                self.exprs([&*node.target, &*node.annotation]);
                self.optional(node.value.as_deref());
            }
            Stmt::For(node) => {
                self.exprs([&*node.target, &*node.iter]);
                self.body(&node.body);
                self.body(&node.orelse);
            }
            Stmt::While(node) => {
                self.expr(&node.test);
                self.body(&node.body);
                self.body(&node.orelse);
            }
            Stmt::If(node) => {
                self.expr(&node.test);
                self.body(&node.body);
                self.orelse(&node.elif_else_clauses);
            }
            Stmt::With(node) => {
                self.queue.extend(node.items.iter().map(Node::Item));
                self.body(&node.body);
            }
            Stmt::Match(node) => {
                self.expr(&node.subject);
                self.queue.extend(node.cases.iter().map(Node::Case));
            }
            Stmt::Raise(node) => {
                self.optional(node.exc.as_deref());
                self.optional(node.cause.as_deref());
            }
            Stmt::Try(node) => {
                self.body(&node.body);
                self.queue.extend(node.handlers.iter().map(Node::Handler));
                self.body(&node.orelse);
                self.body(&node.finalbody);
            }
            Stmt::Assert(node) => {
                let comparator = match &*node.test {
                    Expr::Compare(compare) => compare.comparators.first().map(|first| span(first.range())),
                    _ => None,
                };
                self.outline.sites.push(Site::Assert { start: node.range.start().into(), comparator });
                self.expr(&node.test);
                self.optional(node.msg.as_deref());
            }
            Stmt::Expr(node) => self.expr(&node.value),
            Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::Global(_) | Stmt::Nonlocal(_) => {}
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    fn visit_function(&mut self, def: &'a StmtFunctionDef) {
        self.outline.functions.push(self.function(def));
        self.parameters(&def.parameters);
        self.body(&def.body);
        self.exprs(def.decorator_list.iter().map(|decorator| &decorator.expression));
        self.optional(def.returns.as_deref());
        self.type_params(def.type_params.as_deref());
    }

    fn visit_class(&mut self, def: &'a StmtClassDef) {
        let class = self.class(def);
        self.outline.classes.push(class);
        if let Some(arguments) = &def.arguments {
            self.arguments(arguments);
        }
        self.body(&def.body);
        self.exprs(def.decorator_list.iter().map(|decorator| &decorator.expression));
        self.type_params(def.type_params.as_deref());
    }

    fn visit_elif(&mut self, clauses: &'a [ElifElseClause]) {
        if let Some((clause, rest)) = clauses.split_first() {
            self.optional(clause.test.as_ref());
            self.body(&clause.body);
            self.orelse(rest);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::BoolOp(node) => self.exprs(&node.values),
            Expr::Named(node) => self.exprs([&*node.target, &*node.value]),
            Expr::BinOp(node) => self.exprs([&*node.left, &*node.right]),
            Expr::UnaryOp(node) => self.expr(&node.operand),
            Expr::Lambda(node) => {
                if let Some(parameters) = &node.parameters {
                    self.parameters(parameters);
                }
                self.expr(&node.body);
            }
            Expr::If(node) => self.exprs([&*node.test, &*node.body, &*node.orelse]),
            Expr::Dict(node) => {
                self.exprs(node.items.iter().filter_map(|item| item.key.as_ref()));
                self.exprs(node.items.iter().map(|item| &item.value));
            }
            Expr::Set(node) => self.exprs(&node.elts),
            Expr::List(node) => self.exprs(&node.elts),
            Expr::Tuple(node) => self.exprs(&node.elts),
            Expr::ListComp(node) => self.comprehension([Some(&*node.elt)], &node.generators),
            Expr::SetComp(node) => self.comprehension([Some(&*node.elt)], &node.generators),
            Expr::Generator(node) => self.comprehension([Some(&*node.elt)], &node.generators),
            Expr::DictComp(node) => self.comprehension([node.key.as_deref(), Some(&*node.value)], &node.generators),
            Expr::Await(node) => self.expr(&node.value),
            Expr::Yield(node) => self.optional(node.value.as_deref()),
            Expr::YieldFrom(node) => self.expr(&node.value),
            Expr::Compare(node) => {
                self.expr(&node.left);
                self.exprs(&node.comparators);
            }
            Expr::Call(node) => self.visit_call(node),
            Expr::FString(node) => {
                for part in &node.value {
                    if let FStringPart::FString(part) = part {
                        self.interpolations(&part.elements);
                    }
                }
            }
            Expr::Attribute(node) => self.expr(&node.value),
            Expr::Subscript(node) => self.exprs([&*node.value, &*node.slice]),
            Expr::Starred(node) => self.expr(&node.value),
            Expr::Slice(node) => {
                self.exprs([&node.lower, &node.upper, &node.step].into_iter().filter_map(Option::as_deref));
            }
            Expr::TString(_) | Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::NumberLiteral(_) => {}
            Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) | Expr::EllipsisLiteral(_) | Expr::Name(_) => {}
            Expr::IpyEscapeCommand(_) => {}
        }
    }

    fn visit_call(&mut self, node: &'a ExprCall) {
        if let Some(callee) = callee(&node.func).filter(Callee::is_candidate) {
            let arguments = &node.arguments;
            let named = arguments.keywords.iter().filter_map(|keyword| {
                let name = keyword.arg.as_ref()?.id.to_string();
                Some(Keyword { name, value: span(keyword.value.range()) })
            });
            self.outline.sites.push(Site::Call(Call {
                start: node.range().start().into(),
                callee,
                positional: arguments.args.iter().map(|argument| argument_span(argument, arguments)).collect(),
                keywords: named.collect(),
            }));
        }
        self.expr(&node.func);
        self.arguments(&node.arguments);
    }

    fn visit_parameters(&mut self, parameters: &'a Parameters) {
        let node = |parameter: &'a ParameterWithDefault| Node::Parameter(&parameter.parameter);
        self.queue.extend(parameters.posonlyargs.iter().chain(&parameters.args).map(node));
        self.queue.extend(parameters.vararg.as_deref().map(Node::Parameter));
        self.queue.extend(parameters.kwonlyargs.iter().map(node));
        self.exprs(parameters.kwonlyargs.iter().filter_map(|parameter| parameter.default.as_deref()));
        self.queue.extend(parameters.kwarg.as_deref().map(Node::Parameter));
        let positional = parameters.posonlyargs.iter().chain(&parameters.args);
        self.exprs(positional.filter_map(|parameter| parameter.default.as_deref()));
    }

    fn expr(&mut self, expr: &'a Expr) {
        if !matches!(expr, Expr::Name(_) | Expr::StringLiteral(_) | Expr::NumberLiteral(_)) {
            self.queue.push_back(Node::Expr(expr));
        }
    }

    fn exprs(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        exprs.into_iter().for_each(|expr| self.expr(expr));
    }

    fn optional(&mut self, expr: Option<&'a Expr>) {
        self.exprs(expr);
    }

    fn body(&mut self, body: &'a [Stmt]) {
        self.queue.extend(body.iter().map(Node::Stmt));
    }

    fn orelse(&mut self, clauses: &'a [ElifElseClause]) {
        match clauses.first() {
            Some(clause) if clause.test.is_none() => self.body(&clause.body),
            Some(_) => self.queue.push_back(Node::Elif(clauses)),
            None => {}
        }
    }

    fn arguments(&mut self, arguments: &'a Arguments) {
        self.exprs(&arguments.args);
        self.queue.extend(arguments.keywords.iter().map(|keyword| Node::Keyword(&keyword.value)));
    }

    fn parameters(&mut self, parameters: &'a Parameters) {
        if !parameters.is_empty() {
            self.queue.push_back(Node::Parameters(parameters));
        }
    }

    fn type_params(&mut self, params: Option<&'a TypeParams>) {
        self.queue.extend(params.into_iter().flat_map(|params| params.iter()).map(Node::TypeParam));
    }

    fn comprehension<const N: usize>(&mut self, elements: [Option<&'a Expr>; N], generators: &'a [Comprehension]) {
        self.exprs(elements.into_iter().flatten());
        self.queue.extend(generators.iter().map(Node::Comprehension));
    }

    fn interpolations(&mut self, elements: &'a [InterpolatedStringElement]) {
        self.queue.extend(elements.iter().filter_map(|element| match element {
            InterpolatedStringElement::Interpolation(element) => Some(Node::Interpolation(element)),
            InterpolatedStringElement::Literal(_) => None,
        }));
    }

    fn read_module(&mut self, body: &[Stmt]) {
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
            methods: def.body.iter().filter_map(|stmt| stmt.as_function_def_stmt().map(|def| self.function(def))).collect(),
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

fn callee(func: &Expr) -> Option<Callee> {
    match func {
        Expr::Name(name) => Some(Callee::Name(name.id.to_string())),
        Expr::Attribute(attribute) => {
            let receiver = match &*attribute.value {
                Expr::Name(name) => Receiver::Name(name.id.to_string()),
                Expr::Attribute(inner) => Receiver::Attribute(inner.attr.id.to_string()),
                _ => Receiver::Other,
            };
            Some(Callee::Attribute(receiver, attribute.attr.id.to_string()))
        }
        _ => None,
    }
}

/// The segment of a positional argument: a generator without parentheses of its own takes the call's (R10).
fn argument_span(argument: &Expr, arguments: &Arguments) -> Span {
    match argument {
        Expr::Generator(ExprGenerator { parenthesized: false, .. }) => span(arguments.range),
        _ => span(argument.range()),
    }
}

fn span(range: TextRange) -> Span {
    Span { start: range.start().into(), end: range.end().into() }
}
