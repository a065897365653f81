//! What an expression is made of, and how two differ in it (S101–S106).

use std::collections::BTreeSet;

use bench::ErrorClass;

use crate::expression::{Constant, Expression, Shape};

/// The parts that are compared. All are empty if the text does not parse.
pub(super) struct Contents<'e> {
    identifiers: BTreeSet<&'e str>,
    constants: BTreeSet<&'e Constant>,
    shape: Shape,
}

impl<'e> Contents<'e> {
    /// The parts of `expression`, read from `text`.
    pub(super) fn new(expression: Option<&'e Expression>, text: &str) -> Self {
        let nothing = if text.is_empty() { Shape::Empty } else { Shape::Unparseable };
        Self {
            identifiers: expression.map(Expression::identifiers).unwrap_or_default(),
            constants: expression.map(Expression::constants).unwrap_or_default(),
            shape: expression.map_or(nothing, Expression::shape),
        }
    }

    /// The same with the names of attributes among the identifiers.
    pub(super) fn with_attributes(mut self, expression: Option<&'e Expression>) -> Self {
        self.identifiers.extend(expression.map(Expression::attributes).unwrap_or_default());
        self
    }

    /// In what `got`, which parses, differs from these expected parts (S101–S106).
    pub(super) fn class_of(&self, got: &Self) -> ErrorClass {
        let same_identifiers = self.identifiers == got.identifiers;
        let same_constants = self.constants == got.constants;
        let both_named = !self.identifiers.is_empty() && !got.identifiers.is_empty();
        let both_valued = !self.constants.is_empty() && !got.constants.is_empty();
        if both_named && !same_identifiers && same_constants {
            ErrorClass::WrongIdentifier
        } else if both_valued && !same_constants && same_identifiers {
            ErrorClass::WrongLiteral
        } else if self.shape != got.shape && self.shape != Shape::Unparseable {
            ErrorClass::TypeMismatch
        } else if !same_identifiers {
            ErrorClass::WrongIdentifier
        } else if !same_constants {
            ErrorClass::WrongLiteral
        } else {
            ErrorClass::TypeMismatch
        }
    }
}
