//! What tasks are made of, classified as the paper does (R141) and by syntax (R146). The two are never mixed (C25).

use crate::closed::closed_set;
use crate::kind::{AssertionKind, Family};
use crate::pytext;
use crate::python::Parser;
use crate::target_type::TargetType;

closed_set! {
    /// The assertion families of Table 6.
    pub enum TableFamily as "family of Table 6" {
        /// Everything that is neither of the other two, `assert_…` calls included.
        Assert = "assert",
        /// `self.assert…`.
        SelfAssert = "self.assert*",
        /// `pytest.…`.
        Pytest = "pytest.*",
    }
}

closed_set! {
    /// The target types of Table 6.
    pub enum TableTarget as "target type" {
        /// A number.
        Numeric = "numeric_literal",
        /// A string.
        Text = "string_literal",
        /// A name, by syntax also an attribute of one.
        Variable = "variable",
        /// A list, tuple, dictionary, set or comprehension.
        Collection = "collection",
        /// A call.
        Call = "function_call",
        /// Any other expression.
        Complex = "complex_expression",
        /// `True`, `False` or `None`.
        BoolNone = "bool_none_literal",
    }
}

/// Whether Table 6 counts a task at all (R141).
pub fn counted(prefix: &str, target: &str) -> bool {
    !prefix.is_empty() && !target.is_empty() && !pytext::strip_start(target).starts_with(',')
}

impl TableFamily {
    /// The family as the paper tells it: by the words on the last line of the prefix (R141).
    ///
    /// ```
    /// use bench::stats::TableFamily;
    /// assert_eq!(TableFamily::by_words("assert_allclose(a, "), TableFamily::Assert);
    /// assert_eq!(TableFamily::by_words("assert x == pytest.approx("), TableFamily::Pytest);
    /// ```
    pub fn by_words(prefix: &str) -> Self {
        let line = pytext::strip(prefix).rsplit('\n').next().unwrap_or("");
        if line.contains("self.assert") || line.contains("self.Assert") {
            Self::SelfAssert
        } else if line.contains("pytest.") {
            Self::Pytest
        } else {
            Self::Assert
        }
    }

    /// The family by the node that was matched (R146); `assert_…` calls count as `assert`, as in the table.
    pub const fn by_node(kind: AssertionKind) -> Self {
        match kind.family() {
            Family::Assert | Family::AssertStar => Self::Assert,
            Family::SelfAssert => Self::SelfAssert,
            Family::PytestRaises | Family::PytestApprox => Self::Pytest,
        }
    }
}

impl TableTarget {
    /// The type as the paper tells it: by the text of the target, closing parentheses kept (R141).
    ///
    /// ```
    /// use bench::stats::TableTarget;
    /// assert_eq!(TableTarget::by_text("3"), TableTarget::Numeric);
    /// assert_eq!(TableTarget::by_text("3)"), TableTarget::Complex);
    /// assert_eq!(TableTarget::by_text("x.y)"), TableTarget::Variable);
    /// ```
    pub fn by_text(target: &str) -> Self {
        match TargetType::of(target) {
            Some(TargetType::BoolLiteral | TargetType::NoneLiteral) => Self::BoolNone,
            Some(TargetType::StringLiteral) => Self::Text,
            Some(TargetType::NumericLiteral) => Self::Numeric,
            Some(TargetType::Collection) => Self::Collection,
            Some(TargetType::FuncCall) => Self::Call,
            Some(TargetType::Variable) => Self::Variable,
            Some(TargetType::ComplexExpr) | None => Self::Complex,
        }
    }

    /// The type of the first argument or right side that `target` holds, by its node (R146).
    ///
    /// Every kind but the bare assert closes its call (Q13), so its target is read as the end of an argument list.
    /// What is no Python expression, such as a call cut short, is complex.
    pub fn by_syntax(parser: &mut Parser, kind: AssertionKind, target: &str) -> Self {
        let closes_call = !matches!(kind.family(), Family::Assert);
        let text = if closes_call { format!("_({target}") } else { format!("_({target}\n)") };
        let tree = parser.parse(&text);
        let node = tree.root_node();
        if node.has_error() || node.named_child_count() != 1 {
            return Self::Complex;
        }
        let call = node.named_child(0).and_then(|statement| statement.named_child(0));
        let arguments =
            call.filter(|call| call.kind() == "call").and_then(|call| call.child_by_field_name("arguments"));
        match arguments.and_then(|arguments| arguments.named_child(0)) {
            Some(argument) => Self::of_node(argument),
            None => Self::Complex,
        }
    }

    fn of_node(node: tree_sitter::Node<'_>) -> Self {
        match node.kind() {
            "true" | "false" | "none" => Self::BoolNone,
            "integer" | "float" => Self::Numeric,
            "string" | "concatenated_string" => Self::Text,
            "identifier" | "attribute" => Self::Variable,
            "list"
            | "tuple"
            | "dictionary"
            | "set"
            | "list_comprehension"
            | "dictionary_comprehension"
            | "set_comprehension"
            | "generator_expression" => Self::Collection,
            "call" => Self::Call,
            "unary_operator" => match node.child_by_field_name("argument").map(Self::of_node) {
                Some(Self::Numeric) => Self::Numeric,
                _ => Self::Complex,
            },
            "parenthesized_expression" => node.named_child(0).map_or(Self::Complex, Self::of_node),
            _ => Self::Complex,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_follow_the_last_line() {
        use TableFamily::{Assert, Pytest, SelfAssert};
        let families = [
            ("x = 1\nself.assertEqual(a, ", SelfAssert),
            ("self.assertTrue(x)\nassert y == ", Assert),
            ("    with pytest.raises(\n\n", Pytest),
            ("assert self.assert_like.pytest.x == ", SelfAssert),
            ("np.testing.assert_equal(a, ", Assert),
            ("", Assert),
        ];
        for (prefix, family) in families {
            assert_eq!(TableFamily::by_words(prefix), family, "{prefix:?}");
        }
        assert_eq!(TableFamily::by_node(AssertionKind::AssertStar), Assert);
        assert_eq!(TableFamily::by_node(AssertionKind::AssertIn), SelfAssert);
        assert_eq!(TableFamily::by_node(AssertionKind::PytestApprox), Pytest);
    }

    #[test]
    fn syntax_reads_what_the_words_misread() {
        use TableTarget::{BoolNone, Call, Collection, Complex, Numeric, Text, Variable};
        let mut parser = Parser::new();
        let mut of = |kind, target: &str| TableTarget::by_syntax(&mut parser, kind, target);
        let call = AssertionKind::AssertEqual;
        let by_call = [
            ("3)", Numeric),
            ("-1.5)", Numeric),
            ("True)", BoolNone),
            ("x)", Variable),
            ("x.y)", Variable),
            ("r'a')", Text),
            ("f(x))", Call),
            ("[1, 2])", Collection),
            ("E, match=\"x\")", Variable),
            ("*rest)", Complex),
            ("x[0])", Complex),
            ("match=1)", Complex),
            (")", Complex),
        ];
        for (target, expected) in by_call {
            assert_eq!(of(call, target), expected, "{target:?}");
        }
        let bare = [
            ("3", Numeric),
            ("0x10", Numeric),
            ("1j", Numeric),
            ("None", BoolNone),
            ("'a' in b", Complex),
            ("x.y + 1", Complex),
            ("(1)", Numeric),
            ("()", Collection),
            ("{1: 2}", Collection),
            ("\"a\" \"b\"", Text),
            ("await f()", Complex),
            ("not x", Complex),
            ("a b", Complex),
            ("a) + (b", Complex),
        ];
        for (target, expected) in bare {
            assert_eq!(of(AssertionKind::Assert, target), expected, "{target:?}");
        }
    }

    #[test]
    fn types_are_those_of_the_reference() {
        let golden = include_str!("../../tests/golden/benchmark_rules.jsonl").lines();
        let records = golden.map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a golden record"));
        let mut checked = 0;
        for record in records.filter(|record| record["kind"] == "difficulty") {
            let target = record["target"].as_str().expect("a target");
            let expected = match record["target_type"].as_str().expect("a type") {
                "bool_literal" | "none_literal" => TableTarget::BoolNone,
                "func_call" => TableTarget::Call,
                "complex_expr" => TableTarget::Complex,
                other => other.parse().expect("a type of Table 6"),
            };
            assert_eq!(TableTarget::by_text(target), expected, "{target:?}");
            checked += 1;
        }
        assert_eq!(checked, 64);
    }

    #[test]
    fn table_6_counts_whole_pairs() {
        assert!(counted("assert x == ", "1"));
        assert!(!counted("", "1") && !counted("assert x == ", "") && !counted("f(a", " , b)"));
    }
}
