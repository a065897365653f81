//! What the evolution track takes from an assertion: the static track's candidate with an in-line prefix (R92–R94).
//!
//! The in-line prefix is put together from segments, not cut from the source: parentheses, comments and spacing are
//! lost, and `assert_x(1)` begins with `assert_x(, ` (Q31).

use bench::AssertionKind;
use ruff_python_ast::{CmpOp, Expr, ExprCall, StmtAssert};
use ruff_text_size::{Ranged, TextRange};

use crate::assertion::{self, Candidate};
use crate::syntax::{SiteNode, argument_range};

/// An assertion of the evolution track.
pub(super) struct Found {
    /// Kind, places and target.
    pub(super) candidate: Candidate,
    /// What stands between the text before the node and the target.
    pub(super) in_line: String,
}

/// The assertion at `node` of `text`, if it is one.
pub(super) fn find(node: SiteNode<'_>, text: &str) -> Option<Found> {
    match node {
        SiteNode::Assert(statement) => bare(statement, text),
        SiteNode::Call(call) => {
            let candidate = assertion::find(&node.site()?, text)?;
            let in_line = call_prefix(candidate.kind, call, text)?;
            Some(Found { candidate, in_line })
        }
    }
}

/// `assert left == ⟨right⟩`, and unlike in the static track `assert ⟨anything⟩`.
fn bare(statement: &StmtAssert, text: &str) -> Option<Found> {
    let (cut, in_line) = match &*statement.test {
        Expr::Compare(compare) => {
            let (operator, right) = (compare.ops.first()?, compare.comparators.first()?);
            let left = &text[compare.left.range()];
            (right.range(), format!("assert {left} {} ", operator_text(*operator)))
        }
        test => (test.range(), "assert ".to_owned()),
    };
    let start = statement.range.start().into();
    let candidate = Candidate::new(AssertionKind::Assert, start, cut.start().into(), text[cut].to_owned())?;
    Some(Found { candidate, in_line })
}

/// The in-line prefix of a call that the static track takes; none where the evolution track does not (R93).
fn call_prefix(kind: AssertionKind, call: &ExprCall, text: &str) -> Option<String> {
    use AssertionKind::{
        AssertFalse, AssertIsNone, AssertIsNotNone, AssertRaises, AssertRaisesRegex, AssertStar, AssertTrue,
        PytestApprox, PytestRaises,
    };
    let method = kind.name();
    match kind {
        AssertRaisesRegex if call.arguments.args.len() < 2 => None,
        PytestRaises | PytestApprox | AssertRaises | AssertRaisesRegex | AssertTrue | AssertFalse | AssertIsNone
        | AssertIsNotNone => Some(format!("{method}(")),
        AssertStar if is_of_unittest(&call.func) => None,
        AssertStar => Some(format!("{}({}", &text[call.func.range()], but_last(call, text))),
        _ => Some(format!("{method}({}", but_last(call, text))),
    }
}

/// All positional arguments but the last, and a comma even if there are none.
fn but_last(call: &ExprCall, text: &str) -> String {
    let ranges: Vec<TextRange> = call.arguments.args.iter().map(|arg| argument_range(arg, &call.arguments)).collect();
    let segments: Vec<&str> =
        ranges.split_last().into_iter().flat_map(|(_, rest)| rest).map(|&range| &text[range]).collect();
    segments.join(", ") + ", "
}

/// Whether the callee is `unittest.<x>.<name>`: the receiver is an attribute of the plain name `unittest`.
fn is_of_unittest(callee: &Expr) -> bool {
    let receiver = callee.as_attribute_expr().and_then(|callee| callee.value.as_attribute_expr());
    let module = receiver.and_then(|receiver| receiver.value.as_name_expr());
    module.is_some_and(|module| &*module.id == "unittest")
}

fn operator_text(operator: CmpOp) -> &'static str {
    match operator {
        CmpOp::Eq => "==",
        CmpOp::NotEq => "!=",
        CmpOp::Lt => "<",
        CmpOp::LtE => "<=",
        CmpOp::Gt => ">",
        CmpOp::GtE => ">=",
        CmpOp::Is => "is",
        CmpOp::IsNot => "is not",
        CmpOp::In => "in",
        CmpOp::NotIn => "not in",
    }
}
