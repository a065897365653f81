//! Which calls are assertions, and which of their arguments the target is made of (R47–R57, repaired by Q12–Q16).

use bench::AssertionKind;
use ruff_python_ast::{Expr, ExprCall};

use super::names::Meaning;
use crate::filter::SkipReason;

/// Assertions of mocks, which state nothing about a value (Q15).
const MOCK_METHODS: [&str; 14] = [
    "assert_called",
    "assert_called_once",
    "assert_called_with",
    "assert_called_once_with",
    "assert_any_call",
    "assert_has_calls",
    "assert_not_called",
    "assert_awaited",
    "assert_awaited_once",
    "assert_awaited_with",
    "assert_awaited_once_with",
    "assert_any_await",
    "assert_has_awaits",
    "assert_not_awaited",
];
/// Functions of `numpy.testing` and `pandas.testing` whose operands are the first two arguments; precision and message
/// may follow (Q12). Of other callees named `assert_…` nobody knows the operands, so the last argument stays the target.
const TWO_OPERANDS: [&str; 15] = [
    "assert_equal",
    "assert_almost_equal",
    "assert_approx_equal",
    "assert_allclose",
    "assert_array_equal",
    "assert_array_almost_equal",
    "assert_array_almost_equal_nulp",
    "assert_array_less",
    "assert_array_max_ulp",
    "assert_string_equal",
    "assert_frame_equal",
    "assert_series_equal",
    "assert_index_equal",
    "assert_extension_array_equal",
    "assert_categorical_equal",
];

/// The arguments that make up a target.
pub(super) struct Operands<'a> {
    /// The published type.
    pub(super) kind: AssertionKind,
    /// Index of the first of them among the positional arguments.
    pub(super) first: usize,
    /// Them, in order; never empty. Named ones are written with their name.
    pub(super) pieces: Vec<(Option<&'a str>, &'a Expr)>,
}

/// The operands of `call`: none if it is no assertion, or the reason for which an assertion gives no task.
///
/// `meaning` tells what a plain name means at the call.
pub(super) fn operands(call: &ExprCall, meaning: impl Fn(&str) -> Meaning) -> Result<Option<Operands<'_>>, SkipReason> {
    let Some(matched) = matched(call, meaning) else { return Ok(None) };
    let positional = &call.arguments.args;
    if positional.is_empty() {
        return Ok(None);
    }
    if positional.iter().any(Expr::is_starred_expr) {
        return Err(SkipReason::StarredArgument);
    }
    if let Match::Mock = matched {
        return Err(SkipReason::MockAssertion);
    }
    Ok(match matched {
        Match::Method(kind) => method(kind, call),
        Match::Pytest(kind) => Some(with_keywords(kind, call)),
        Match::Star(name) => {
            let first = if TWO_OPERANDS.contains(&name) { 1 } else { positional.len() - 1 };
            one(AssertionKind::AssertStar, call, first.min(positional.len() - 1))
        }
        Match::Mock => None,
    })
}

/// The family that takes a call.
enum Match<'a> {
    Method(AssertionKind),
    Pytest(AssertionKind),
    Star(&'a str),
    Mock,
}

fn matched(call: &ExprCall, meaning: impl Fn(&str) -> Meaning) -> Option<Match<'_>> {
    use AssertionKind::{PytestApprox, PytestRaises};
    match &*call.func {
        Expr::Name(name) => match meaning(&name.id) {
            Meaning::Raises => Some(Match::Pytest(PytestRaises)),
            Meaning::Approx => Some(Match::Pytest(PytestApprox)),
            _ => star(&name.id).map(Match::Star),
        },
        Expr::Attribute(attribute) => {
            let name = attribute.attr.as_str();
            let receiver = match &*attribute.value {
                Expr::Name(receiver) => meaning(&receiver.id),
                Expr::Attribute(inner) if inner.attr.as_str() == "mock" => return None,
                _ => Meaning::Other,
            };
            match (receiver, name) {
                (Meaning::Pytest, "raises") => Some(Match::Pytest(PytestRaises)),
                (Meaning::Pytest, "approx") => Some(Match::Pytest(PytestApprox)),
                (Meaning::Case, _) if let Some(kind) = AssertionKind::of_self_method(name) => Some(Match::Method(kind)),
                _ if MOCK_METHODS.contains(&name) => Some(Match::Mock),
                _ => star(name).map(Match::Star),
            }
        }
        _ => None,
    }
}

fn star(name: &str) -> Option<&str> {
    name.strip_prefix("assert_").is_some_and(|rest| !rest.is_empty()).then_some(name)
}

/// R50 with argument 1 for methods of two operands (Q12), and argument 0 for warnings and logs (Q14).
fn method(kind: AssertionKind, call: &ExprCall) -> Option<Operands<'_>> {
    use AssertionKind::{
        AssertFalse, AssertIsNone, AssertIsNotNone, AssertLogs, AssertRaises, AssertRaisesRegex, AssertTrue,
        AssertWarns,
    };
    match kind {
        AssertRaises | AssertTrue | AssertFalse | AssertIsNone | AssertIsNotNone | AssertWarns | AssertLogs => {
            one(kind, call, 0)
        }
        AssertRaisesRegex => {
            let pieces = call.arguments.args.iter().take(2).map(|argument| (None, argument)).collect();
            Some(Operands { kind, first: 0, pieces })
        }
        _ => one(kind, call, 1),
    }
}

fn one(kind: AssertionKind, call: &ExprCall, first: usize) -> Option<Operands<'_>> {
    let operand = call.arguments.args.get(first)?;
    Some(Operands { kind, first, pieces: vec![(None, operand)] })
}

/// R51, R52: the first positional argument and every named keyword.
fn with_keywords(kind: AssertionKind, call: &ExprCall) -> Operands<'_> {
    let named = call.arguments.keywords.iter();
    let named = named.filter_map(|keyword| Some((Some(keyword.arg.as_ref()?.as_str()), &keyword.value)));
    Operands {
        kind,
        first: 0,
        pieces: call.arguments.args.iter().take(1).map(|arg| (None, arg)).chain(named).collect(),
    }
}
