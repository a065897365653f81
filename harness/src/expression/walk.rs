//! From a tree to its marks, without recursion: nesting is in the hands of whoever wrote the text.

use ruff_python_ast::{
    Comprehension, DictItem, Expr, ExprCall, InterpolatedElement, InterpolatedStringElement, Keyword, Parameter,
    Parameters,
};

use bench::python::MAX_DEPTH;

use super::constant::{Constant, Text};
use super::f_string::{Piece, conversion, format_pieces, pieces};
use super::mark::Mark;

/// A node that has still to be marked.
enum Item<'t> {
    Expr(Option<&'t Expr>),
    Comprehension(&'t Comprehension),
    Keyword(&'t Keyword),
    Parameters(&'t Parameters),
    Parameter(Option<&'t Parameter>),
    Literal(Text),
    /// A replacement field and how many formats of its f-string it stands in.
    Field(&'t InterpolatedElement, usize),
    /// A format and how many it stands in, itself included.
    Format(Option<&'t [InterpolatedStringElement]>, usize),
}

/// Formats of one f-string in each other that may hold fields (`MAX_EXPR_NESTING` of CPython's tokenizer, less one).
const MAX_FORMATS: usize = 2;

/// The marks of `expr`, part of `text`; none if it nests deeper than CPython takes.
pub(super) fn marks(expr: &Expr, text: &str) -> Option<Vec<Mark>> {
    let mut walk = Walk::new(text);
    walk.push(Item::Expr(Some(expr)));
    walk.run()
}

/// The marks of the arguments of `call`, part of `text`; none if it nests deeper than CPython takes.
pub(super) fn argument_marks(call: &ExprCall, text: &str) -> Option<Vec<Mark>> {
    let mut walk = Walk::new(text);
    walk.arguments(call);
    walk.run()
}

struct Walk<'t, 's> {
    text: &'s str,
    /// Nodes to come with their depth, the next one last.
    stack: Vec<(Item<'t>, u32)>,
    marks: Vec<Mark>,
    /// Depth of the children of the node in hand.
    depth: u32,
}

impl<'t, 's> Walk<'t, 's> {
    fn new(text: &'s str) -> Self {
        Self { text, stack: Vec::new(), marks: Vec::new(), depth: 1 }
    }

    fn run(mut self) -> Option<Vec<Mark>> {
        while let Some((item, depth)) = self.stack.pop() {
            if depth > MAX_DEPTH || matches!(item, Item::Field(_, formats) if formats > MAX_FORMATS) {
                return None;
            }
            self.depth = depth + 1;
            self.item(item);
        }
        Some(self.marks)
    }

    fn push(&mut self, item: Item<'t>) {
        self.stack.push((item, self.depth));
    }

    fn item(&mut self, item: Item<'t>) {
        match item {
            Item::Expr(Some(expr)) => self.expr(expr),
            Item::Expr(None) | Item::Parameter(None) | Item::Format(None, _) => self.marks.push(Mark::Absent),
            Item::Comprehension(comprehension) => {
                let kind = if comprehension.is_async { "async for" } else { "for" };
                self.node(kind, [&comprehension.target, &comprehension.iter].into_iter().chain(&comprehension.ifs));
            }
            Item::Keyword(keyword) => {
                self.node("argument", [&keyword.value]);
                self.marks.push(keyword.arg.as_ref().map_or(Mark::Absent, |name| Mark::Label(name.as_str().into())));
            }
            Item::Parameters(parameters) => self.parameters(parameters),
            Item::Parameter(Some(parameter)) => self.marks.push(Mark::Label(parameter.name.as_str().into())),
            Item::Literal(text) => self.constant(Constant::Text(text)),
            Item::Field(field, formats) => {
                self.marks.push(Mark::Node("field", 2));
                self.marks.push(Mark::Node(conversion(field), 0));
                self.push(Item::Expr(Some(&field.expression)));
                let format = field.format_spec.as_ref().map(|format| &*format.elements);
                self.push(Item::Format(format, formats + 1));
            }
            Item::Format(Some(elements), formats) => {
                self.joined("format", format_pieces(elements, self.text), formats);
            }
        }
    }

    /// Nodes by their kinds; operators go by their spelling.
    fn expr(&mut self, expr: &'t Expr) {
        match expr {
            Expr::BoolOp(e) => self.node(e.op.as_str(), &e.values),
            Expr::Named(e) => self.node(":=", [&*e.target, &*e.value]),
            Expr::BinOp(e) => self.node(e.op.as_str(), [&*e.left, &*e.right]),
            Expr::UnaryOp(e) => self.node(e.op.as_str(), [&*e.operand]),
            Expr::If(e) => self.node("if", [&*e.test, &*e.body, &*e.orelse]),
            Expr::Dict(e) => self.dict(&e.items),
            Expr::Set(e) => self.node("set", &e.elts),
            Expr::List(e) => self.node("list", &e.elts),
            Expr::Tuple(e) => self.node("tuple", &e.elts),
            Expr::Await(e) => self.node("await", [&*e.value]),
            Expr::Yield(e) => self.node("yield", e.value.as_deref()),
            Expr::YieldFrom(e) => self.node("yield from", [&*e.value]),
            Expr::Starred(e) => self.node("*", [&*e.value]),
            Expr::Subscript(e) => self.node("[]", [&*e.value, &*e.slice]),
            Expr::Name(e) => self.marks.push(Mark::Name(e.id.as_str().into())),
            Expr::NumberLiteral(e) => self.constant(Constant::of_number(&e.value)),
            Expr::BooleanLiteral(e) => self.constant(Constant::Bool(e.value)),
            Expr::NoneLiteral(_) => self.constant(Constant::None),
            Expr::EllipsisLiteral(_) => self.constant(Constant::Ellipsis),
            Expr::BytesLiteral(e) => self.constant(Constant::Bytes(e.value.bytes().collect())),
            Expr::FString(e) => self.joined("f-string", pieces(&e.value, self.text), 0),
            _ => self.compound(expr),
        }
    }

    /// Nodes with more than expressions for children.
    fn compound(&mut self, expr: &'t Expr) {
        match expr {
            Expr::Compare(e) => {
                self.node("compare", std::iter::once(&*e.left).chain(&e.comparators));
                self.marks.extend(e.ops.iter().map(|op| Mark::Node(op.as_str(), 0)));
            }
            Expr::Call(e) => {
                self.arguments(e);
                self.push(Item::Expr(Some(&e.func)));
            }
            Expr::Attribute(e) => {
                self.node(".", [&*e.value]);
                self.marks.push(Mark::Attribute(e.attr.as_str().into()));
            }
            Expr::Slice(e) => {
                self.marks.push(Mark::Node("slice", 3));
                for part in [&e.lower, &e.upper, &e.step] {
                    self.push(Item::Expr(part.as_deref()));
                }
            }
            Expr::Lambda(e) => {
                self.node("lambda", [&*e.body]);
                e.parameters.iter().for_each(|parameters| self.push(Item::Parameters(parameters)));
            }
            Expr::StringLiteral(e) => {
                let mut text = Text::default();
                e.value.iter().for_each(|part| text.push(part.as_str(), &self.text[part.range]));
                self.constant(Constant::Text(text));
            }
            Expr::ListComp(e) => self.comprehension("list for", [&*e.elt], &e.generators),
            Expr::SetComp(e) => self.comprehension("set for", [&*e.elt], &e.generators),
            Expr::Generator(e) => self.comprehension("generator", [&*e.elt], &e.generators),
            Expr::DictComp(e) => {
                self.comprehension("dict for", e.key.as_deref().into_iter().chain([&*e.value]), &e.generators);
            }
            // Of Python 3.14 and of notebooks; neither parses.
            Expr::TString(_) | Expr::IpyEscapeCommand(_) => self.marks.push(Mark::Absent),
            _ => {}
        }
    }

    fn constant(&mut self, constant: Constant) {
        self.marks.push(Mark::Constant(constant));
    }

    /// Marks a node and queues its children.
    fn node(&mut self, kind: &'static str, children: impl IntoIterator<Item = &'t Expr>) {
        let before = self.stack.len();
        children.into_iter().for_each(|child| self.push(Item::Expr(Some(child))));
        self.marks.push(Mark::Node(kind, self.stack.len() - before));
    }

    fn comprehension(
        &mut self,
        kind: &'static str,
        elements: impl IntoIterator<Item = &'t Expr>,
        generators: &'t [Comprehension],
    ) {
        self.node(kind, elements);
        self.marks.push(Mark::Node("generators", generators.len()));
        for generator in generators {
            self.push(Item::Comprehension(generator));
        }
    }

    fn dict(&mut self, items: &'t [DictItem]) {
        self.marks.push(Mark::Node("dict", items.len() * 2));
        for item in items {
            self.push(Item::Expr(item.key.as_ref()));
            self.push(Item::Expr(Some(&item.value)));
        }
    }

    fn arguments(&mut self, call: &'t ExprCall) {
        self.node("call", &call.arguments.args);
        self.marks.push(Mark::Node("named", call.arguments.keywords.len()));
        call.arguments.keywords.iter().for_each(|keyword| self.push(Item::Keyword(keyword)));
    }

    fn parameters(&mut self, parameters: &'t Parameters) {
        for group in [&parameters.posonlyargs, &parameters.args, &parameters.kwonlyargs] {
            self.marks.push(Mark::Node("parameters", group.len()));
            for parameter in group {
                self.push(Item::Parameter(Some(&parameter.parameter)));
                self.push(Item::Expr(parameter.default.as_deref()));
            }
        }
        self.push(Item::Parameter(parameters.vararg.as_deref()));
        self.push(Item::Parameter(parameters.kwarg.as_deref()));
    }

    fn joined(&mut self, kind: &'static str, pieces: Vec<Piece<'t>>, formats: usize) {
        self.marks.push(Mark::Node(kind, pieces.len()));
        for piece in pieces {
            self.push(match piece {
                Piece::Literal(text) => Item::Literal(text),
                Piece::Field(field) => Item::Field(field, formats),
            });
        }
    }
}
