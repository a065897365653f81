//! The assertions of a module in source order (R46–R57 with the repairs of Q11–Q18).

use std::collections::BTreeMap;

use bench::{AssertionKind, Difficulty, Track};
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, ExprGenerator, ExprLambda, Stmt, StmtAssert, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::assertion::{Closing, StrictAssertion};
use super::family::{Operands, operands};
use super::names::{Names, meaning};
use super::outline::{Body, Members, Outline, Reading};
use super::{difficulty, target};
use crate::filter::SkipReason;

/// Stack that must be left before the walk goes one level deeper, in bytes; trees of valid modules have up to three
/// thousand levels.
const STACK_LEFT: usize = 256 << 10;
/// Stack that is added when there is less, in bytes.
const STACK_MORE: usize = 2 << 20;

/// What a module holds.
pub(super) struct Findings {
    pub(super) outline: Outline,
    /// In source order.
    pub(super) assertions: Vec<StrictAssertion>,
    /// Assertions that the families refuse, by reason.
    pub(super) skipped: BTreeMap<SkipReason, u64>,
}

/// The assertions of a module that binds `names`. The evolution track takes `assert` statements without a comparison as
/// well (C10).
pub(super) fn find<'a>(reading: Reading<'a>, names: Names<'a>, track: Track) -> Findings {
    let body = &reading.module.tree().body;
    let outline = Outline::of_module(reading);
    let findings = Findings { outline, assertions: Vec::new(), skipped: BTreeMap::new() };
    let scopes = vec![(false, names)];
    let mut walk = Walk { reading, track, scopes, place: None, targets: Vec::new(), findings };
    walk.visit_body(body);
    walk.drop_outer()
}

/// A part of a target: a name, if it is a named argument, and where it stands.
type Part<'a> = (Option<&'a str>, TextRange);

/// One past the last byte of everything that `parts` hold.
fn end(parts: &[Part<'_>]) -> u32 {
    parts.iter().map(|(_, range)| range.end().to_u32()).max().unwrap_or(0)
}

/// The target of `assertion`, which is made of `parts`.
fn written(parts: &[Part<'_>], assertion: &StrictAssertion, reading: Reading<'_>) -> String {
    let text = reading.module.text();
    let mut written = String::new();
    for (name, range) in parts {
        written.push_str(if written.is_empty() { "" } else { ", " });
        written.extend(name.iter().flat_map(|name| [*name, "="]));
        if assertion.multiline {
            written.push_str(&target::collapse(text, reading.module.tokens(), *range));
        } else {
            written.push_str(&text[*range]);
        }
    }
    if assertion.closing != Closing::Operand {
        written.push(')');
    }
    written
}

struct Walk<'a> {
    reading: Reading<'a>,
    track: Track,
    /// The names of the scopes around, and whether each is a class.
    scopes: Vec<(bool, Names<'a>)>,
    /// The innermost definition around.
    place: Option<usize>,
    /// What the target of each assertion is made of; written when it is known which are kept, because targets that hold
    /// one another can be far longer than the text.
    targets: Vec<Vec<Part<'a>>>,
    findings: Findings,
}

impl<'a> SourceOrderVisitor<'a> for Walk<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        stacker::maybe_grow(STACK_LEFT, STACK_MORE, || match stmt {
            Stmt::FunctionDef(def) => self.function(def),
            Stmt::ClassDef(def) => self.class(def),
            Stmt::Assert(node) => {
                self.assert(node);
                walk_stmt(self, stmt);
            }
            _ => walk_stmt(self, stmt),
        });
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        stacker::maybe_grow(STACK_LEFT, STACK_MORE, || match expr {
            Expr::Lambda(node) => self.lambda(node),
            Expr::Call(node) => {
                self.call(node);
                walk_expr(self, expr);
            }
            _ => walk_expr(self, expr),
        });
    }
}

impl<'a> Walk<'a> {
    /// Decorators, defaults and annotations are evaluated outside of the function.
    fn function(&mut self, def: &'a StmtFunctionDef) {
        def.decorator_list.iter().for_each(|decorator| self.visit_decorator(decorator));
        def.type_params.iter().for_each(|params| self.visit_type_params(params));
        self.visit_parameters(&def.parameters);
        def.returns.iter().for_each(|returns| self.visit_annotation(returns));
        let header = self.reading.function_header(def);
        let names = Names::of_body(&def.body).with_parameters(&def.parameters);
        let place = self.findings.outline.define(&def.name, self.place, header, Body::Function);
        self.inside(place, (false, names), &def.body);
    }

    fn class(&mut self, def: &'a StmtClassDef) {
        def.decorator_list.iter().for_each(|decorator| self.visit_decorator(decorator));
        def.type_params.iter().for_each(|params| self.visit_type_params(params));
        def.arguments.iter().for_each(|arguments| self.visit_arguments(arguments));
        let header = self.reading.class_header(def);
        let members = Body::Class(Members::of(def, self.reading));
        let place = self.findings.outline.define(&def.name, self.place, header, members);
        self.inside(place, (true, Names::of_body(&def.body)), &def.body);
    }

    fn inside(&mut self, place: usize, scope: (bool, Names<'a>), body: &'a [Stmt]) {
        let around = self.place.replace(place);
        self.scopes.push(scope);
        self.visit_body(body);
        self.scopes.pop();
        self.place = around;
    }

    fn lambda(&mut self, node: &'a ExprLambda) {
        let mut names = Names::default();
        if let Some(parameters) = &node.parameters {
            self.visit_parameters(parameters);
            names = names.with_parameters(parameters);
        }
        self.scopes.push((false, names));
        self.visit_expr(&node.body);
        self.scopes.pop();
    }

    /// `assert left == ⟨right⟩`; chained comparisons ask for what the model cannot know (Q11).
    fn assert(&mut self, node: &'a StmtAssert) {
        let operand = match &*node.test {
            Expr::Compare(compare) if compare.comparators.len() > 1 => {
                self.skip(SkipReason::ChainedComparison);
                return;
            }
            Expr::Compare(compare) => &compare.comparators[0],
            _ if self.track == Track::Evolution => &*node.test,
            _ => return,
        };
        let pieces = [(None, operand, operand.range())];
        self.add(AssertionKind::Assert, node.range(), &pieces, Closing::Operand);
    }

    fn call(&mut self, call: &'a ExprCall) {
        match operands(call, |name| meaning(&self.scopes, name)) {
            Ok(None) => {}
            Ok(Some(Operands { kind, first, pieces })) => {
                let pieces: Vec<_> = pieces.into_iter().map(|(name, expr)| (name, expr, segment(expr, call))).collect();
                let generator = pieces.iter().any(|(_, _, range)| *range == call.arguments.range);
                let complete = first + pieces.len() == call.arguments.len() && !generator;
                self.add(kind, call.range(), &pieces, if complete { Closing::Call } else { Closing::Early });
            }
            Err(reason) => self.skip(reason),
        }
    }

    fn skip(&mut self, reason: SkipReason) {
        *self.findings.skipped.entry(reason).or_default() += 1;
    }

    /// Adds an assertion whose target is made of `pieces`: each a name, if it is a named argument, and an expression.
    fn add(
        &mut self,
        kind: AssertionKind,
        node: TextRange,
        pieces: &[(Option<&'a str>, &'a Expr, TextRange)],
        closing: Closing,
    ) {
        let [(_, first, cut), rest @ ..] = pieces else { return };
        let (text, lines) = (self.reading.module.text(), self.reading.lines);
        let parts: Vec<Part<'a>> = pieces.iter().map(|(name, _, range)| (*name, *range)).collect();
        let multiline = parts.iter().any(|(_, range)| text[*range].contains('\n'));
        let (start, cut_start) = (node.start().to_u32(), cut.start().to_u32());
        self.targets.push(parts);
        self.findings.assertions.push(StrictAssertion {
            kind,
            start,
            cut: cut_start,
            cut_end: cut.end().to_u32(),
            line: lines.line(start),
            column: lines.column(start),
            target_line: lines.line(cut_start),
            target_column: lines.column(cut_start),
            target: String::new(),
            multiline,
            closing,
            difficulty: if rest.is_empty() { difficulty::of(first) } else { Difficulty::ComplexExpr },
            place: self.place,
        });
    }

    /// An assertion whose target holds another one gives way to it (Q17).
    fn drop_outer(mut self) -> Findings {
        let assertions = std::mem::take(&mut self.findings.assertions);
        let starts: Vec<u32> = assertions.iter().map(|assertion| assertion.start).collect();
        for (mut assertion, parts) in assertions.into_iter().zip(std::mem::take(&mut self.targets)) {
            let inside = starts.partition_point(|&start| start < assertion.cut);
            if starts.get(inside).is_some_and(|&start| start < end(&parts)) {
                self.skip(SkipReason::EnclosesAssertion);
            } else {
                assertion.target = written(&parts, &assertion, self.reading);
                self.findings.assertions.push(assertion);
            }
        }
        self.findings
    }
}

/// The piece of the source that an argument is: a generator without parentheses of its own takes the call's (R10).
fn segment(expr: &Expr, call: &ExprCall) -> TextRange {
    match expr {
        Expr::Generator(ExprGenerator { parenthesized: false, .. }) => call.arguments.range,
        _ => expr.range(),
    }
}
