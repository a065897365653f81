//! The tier of a target by its parsed expression (R69, Q26).

use bench::Difficulty;
use ruff_python_ast::{Expr, UnaryOp};

/// The tier of a target that is this expression.
///
/// A sign belongs to its number, an `await` to its call; every other operator makes an expression complex.
pub(super) fn of(expr: &Expr) -> Difficulty {
    match expr {
        Expr::BooleanLiteral(_) => Difficulty::BoolLiteral,
        Expr::NoneLiteral(_) => Difficulty::NoneLiteral,
        Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::FString(_) => Difficulty::StringLiteral,
        Expr::NumberLiteral(_) => Difficulty::NumericLiteral,
        Expr::UnaryOp(node)
            if matches!(node.op, UnaryOp::UAdd | UnaryOp::USub) && node.operand.is_number_literal_expr() =>
        {
            Difficulty::NumericLiteral
        }
        Expr::List(_)
        | Expr::Tuple(_)
        | Expr::Set(_)
        | Expr::Dict(_)
        | Expr::ListComp(_)
        | Expr::SetComp(_)
        | Expr::DictComp(_)
        | Expr::Generator(_) => Difficulty::Collection,
        Expr::Call(_) => Difficulty::FuncCall,
        Expr::Await(node) if node.value.is_call_expr() => Difficulty::FuncCall,
        Expr::Name(_) => Difficulty::Variable,
        _ => Difficulty::ComplexExpr,
    }
}
