//! What kind of assertion a task completes.

use crate::closed::closed_set;

closed_set! {
    /// The published type string of an assertion (R47–R53).
    pub enum AssertionKind as "assertion kind" {
        /// `assert left == right` (R49).
        Assert = "assert",
        /// `self.assertEqual(a, b)`; this and the following thirty are the methods of R48.
        AssertEqual = "self.assertEqual",
        /// See R48.
        AssertNotEqual = "self.assertNotEqual",
        /// See R48.
        AssertTrue = "self.assertTrue",
        /// See R48.
        AssertFalse = "self.assertFalse",
        /// See R48.
        AssertIs = "self.assertIs",
        /// See R48.
        AssertIsNot = "self.assertIsNot",
        /// See R48.
        AssertIsNone = "self.assertIsNone",
        /// See R48.
        AssertIsNotNone = "self.assertIsNotNone",
        /// See R48.
        AssertIn = "self.assertIn",
        /// See R48.
        AssertNotIn = "self.assertNotIn",
        /// See R48.
        AssertIsInstance = "self.assertIsInstance",
        /// See R48.
        AssertNotIsInstance = "self.assertNotIsInstance",
        /// See R48.
        AssertRaises = "self.assertRaises",
        /// See R48.
        AssertRaisesRegex = "self.assertRaisesRegex",
        /// See R48.
        AssertAlmostEqual = "self.assertAlmostEqual",
        /// See R48.
        AssertNotAlmostEqual = "self.assertNotAlmostEqual",
        /// See R48.
        AssertDictEqual = "self.assertDictEqual",
        /// See R48.
        AssertListEqual = "self.assertListEqual",
        /// See R48.
        AssertTupleEqual = "self.assertTupleEqual",
        /// See R48.
        AssertSetEqual = "self.assertSetEqual",
        /// See R48.
        AssertSequenceEqual = "self.assertSequenceEqual",
        /// See R48.
        AssertRegex = "self.assertRegex",
        /// See R48.
        AssertNotRegex = "self.assertNotRegex",
        /// See R48.
        AssertCountEqual = "self.assertCountEqual",
        /// See R48.
        AssertWarns = "self.assertWarns",
        /// See R48.
        AssertLogs = "self.assertLogs",
        /// See R48.
        AssertMultiLineEqual = "self.assertMultiLineEqual",
        /// See R48.
        AssertGreater = "self.assertGreater",
        /// See R48.
        AssertGreaterEqual = "self.assertGreaterEqual",
        /// See R48.
        AssertLess = "self.assertLess",
        /// See R48.
        AssertLessEqual = "self.assertLessEqual",
        /// `pytest.raises(E)` (R51).
        PytestRaises = "pytest.raises",
        /// `pytest.approx(x)` (R52).
        PytestApprox = "pytest.approx",
        /// `assert_allclose(a, b)` and every other callee named `assert_…` (R53).
        AssertStar = "assert_*",
    }
}

closed_set! {
    /// The five families of assertions (S89).
    pub enum Family as "assertion family" {
        /// Bare `assert`.
        Assert = "assert",
        /// `self.assert…` of unittest.
        SelfAssert = "self.assert*",
        /// `pytest.raises`.
        PytestRaises = "pytest.raises",
        /// `pytest.approx`.
        PytestApprox = "pytest.approx",
        /// `assert_…` of NumPy, pandas, mocks and own helpers.
        AssertStar = "assert_*",
    }
}

impl AssertionKind {
    /// The family this kind belongs to.
    pub const fn family(self) -> Family {
        match self {
            Self::Assert => Family::Assert,
            Self::PytestRaises => Family::PytestRaises,
            Self::PytestApprox => Family::PytestApprox,
            Self::AssertStar => Family::AssertStar,
            _ => Family::SelfAssert,
        }
    }

    /// The kind of `self.<method>`, if `method` is one of the 31 of R48.
    pub fn of_self_method(method: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name().strip_prefix("self.") == Some(method))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_31_self_methods() {
        assert_eq!(AssertionKind::ALL.iter().filter(|kind| kind.family() == Family::SelfAssert).count(), 31);
        assert_eq!(AssertionKind::of_self_method("assertIn"), Some(AssertionKind::AssertIn));
        assert_eq!(AssertionKind::of_self_method("assertNope"), None);
    }
}
