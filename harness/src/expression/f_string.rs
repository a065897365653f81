//! F-strings as CPython builds them: literal pieces that touch are one, empty ones are none.

use ruff_python_ast::{ConversionFlag, FStringPart, FStringValue, InterpolatedElement, InterpolatedStringElement};
use ruff_text_size::Ranged;

use super::constant::Text;

/// A child of a `JoinedStr`.
pub(super) enum Piece<'t> {
    /// Characters.
    Literal(Text),
    /// A replacement field (`FormattedValue`).
    Field(&'t InterpolatedElement),
}

/// The children of the f-string `value`, in order. `text` is the whole text.
pub(super) fn pieces<'t>(value: &'t FStringValue, text: &str) -> Vec<Piece<'t>> {
    let mut pieces = Pieces::new(text);
    for part in value {
        match part {
            FStringPart::Literal(literal) => pieces.literal(literal.as_str(), literal),
            FStringPart::FString(string) => pieces.elements(&string.elements),
        }
    }
    pieces.finish()
}

/// The children of a format, in order.
pub(super) fn format_pieces<'t>(elements: &'t [InterpolatedStringElement], text: &str) -> Vec<Piece<'t>> {
    let mut pieces = Pieces::new(text);
    pieces.elements(elements);
    pieces.finish()
}

/// The conversion of a field: `s`, `r`, `a` or none. `{x=}` without a format is `{x=!r}`.
pub(super) fn conversion(field: &InterpolatedElement) -> &'static str {
    match field.conversion {
        ConversionFlag::Str => "s",
        ConversionFlag::Repr => "r",
        ConversionFlag::Ascii => "a",
        ConversionFlag::None if field.debug_text.is_some() && field.format_spec.is_none() => "r",
        ConversionFlag::None => "",
    }
}

struct Pieces<'t, 's> {
    text: &'s str,
    pending: Text,
    done: Vec<Piece<'t>>,
}

impl<'t, 's> Pieces<'t, 's> {
    fn new(text: &'s str) -> Self {
        Self { text, pending: Text::default(), done: Vec::new() }
    }

    fn literal(&mut self, value: &str, place: &impl Ranged) {
        self.pending.push(value, &self.text[place.range()]);
    }

    fn elements(&mut self, elements: &'t [InterpolatedStringElement]) {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => self.literal(literal, literal),
                InterpolatedStringElement::Interpolation(field) => {
                    if let Some(debug) = &field.debug_text {
                        self.pending.push(debug.as_str(), debug.as_str());
                    }
                    self.flush();
                    self.done.push(Piece::Field(field));
                }
            }
        }
    }

    fn flush(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        if !pending.is_empty() {
            self.done.push(Piece::Literal(pending));
        }
    }

    fn finish(mut self) -> Vec<Piece<'t>> {
        self.flush();
        self.done
    }
}
