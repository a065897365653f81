//! The constants of Python's syntax by value.

use std::fmt;

use ruff_python_ast::Number;

/// A constant by type and value: `0x10` equals `16`, `'a'` equals `"a"`, but `1`, `1.0` and `True` all differ (S101).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Constant {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// `...`.
    Ellipsis,
    /// The lower-case hexadecimal digits of an integer, of any size, without leading zeros.
    Int(String),
    /// The bits of a float.
    Float(u64),
    /// The bits of the imaginary part of a complex number; the real part of a literal is zero.
    Imaginary(u64),
    /// A string, or a literal piece of an f-string.
    Text(Text),
    /// The bytes of a bytes literal.
    Bytes(Vec<u8>),
}

impl Constant {
    /// The constant that `number` stands for.
    pub(super) fn of_number(number: &Number) -> Self {
        match number {
            Number::Int(int) => {
                Self::Int(int.as_u64().map_or_else(|| hexadecimal(&int.to_string()), |small| format!("{small:x}")))
            }
            Number::Float(float) => Self::Float(float.to_bits()),
            Number::Complex { imag, .. } => Self::Imaginary(imag.to_bits()),
        }
    }
}

/// Type and value; characters by their numbers.
impl fmt::Display for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(value) => f.write_str(if *value { "True" } else { "False" }),
            Self::Ellipsis => f.write_str("Ellipsis"),
            Self::Int(digits) => write!(f, "int {digits}"),
            Self::Float(bits) => write!(f, "float {bits:016x}"),
            Self::Imaginary(bits) => write!(f, "complex {bits:016x}"),
            Self::Text(text) => {
                f.write_str("str")?;
                text.characters().try_for_each(|code| write!(f, " {code:x}"))
            }
            Self::Bytes(bytes) => {
                f.write_str("bytes")?;
                bytes.iter().try_for_each(|byte| write!(f, " {byte:x}"))
            }
        }
    }
}

/// The value of a string. Python's strings can hold lone surrogates, which Rust's cannot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text {
    /// The characters, surrogates replaced by U+FFFD.
    value: String,
    /// What every U+FFFD of `value` stands for.
    replaced: Vec<u32>,
}

impl Text {
    /// Appends the value `value` of a literal, or of a piece of one, that is spelled `source`.
    pub(super) fn push(&mut self, value: &str, source: &str) {
        self.value.push_str(value);
        let replacements = value.matches(char::REPLACEMENT_CHARACTER).count();
        if replacements > 0 {
            let written = replaced(source);
            // In a raw literal escapes are no escapes.
            let known = written.len() == replacements;
            self.replaced.extend(if known { written } else { vec![0xfffd; replacements] });
        }
    }

    /// Whether there is no character.
    pub(super) fn is_empty(&self) -> bool {
        self.value.is_empty()
    }

    /// The numbers of the characters.
    fn characters(&self) -> impl Iterator<Item = u32> {
        let mut replaced = self.replaced.iter().copied();
        self.value.chars().map(move |c| match c {
            char::REPLACEMENT_CHARACTER => replaced.next().unwrap_or(0xfffd),
            c => c as u32,
        })
    }
}

/// The numbers of the surrogates and U+FFFD that `source`, a literal that is not raw, spells.
fn replaced(source: &str) -> Vec<u32> {
    let mut codes = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['\\', char::REPLACEMENT_CHARACTER]) {
        let escape = rest[at..].strip_prefix('\\');
        let Some(escape) = escape else {
            codes.push(0xfffd);
            rest = &rest[at + char::REPLACEMENT_CHARACTER.len_utf8()..];
            continue;
        };
        let code = match escape.as_bytes().first() {
            Some(b'u') => escape.get(1..5).and_then(|digits| u32::from_str_radix(digits, 16).ok()),
            Some(b'U') => escape.get(1..9).and_then(|digits| u32::from_str_radix(digits, 16).ok()),
            Some(b'N') => escape[1..].to_ascii_uppercase().starts_with("{REPLACEMENT CHARACTER}").then_some(0xfffd),
            _ => None,
        };
        codes.extend(code.filter(|code| matches!(code, 0xd800..=0xdfff | 0xfffd)));
        rest = escape.get(escape.chars().next().map_or(0, char::len_utf8)..).unwrap_or("");
        if escape.starts_with(char::REPLACEMENT_CHARACTER) {
            codes.push(0xfffd);
        }
    }
    codes
}

/// The digits in base 16 of the integer `token`, which may be in any base of Python.
fn hexadecimal(token: &str) -> String {
    let token = token.replace('_', "").to_ascii_lowercase();
    let bits = |digits: &str, width: u32| -> Vec<bool> {
        let values = digits.chars().filter_map(|digit| digit.to_digit(16));
        values.flat_map(|value| (0..width).rev().map(move |bit| value >> bit & 1 == 1)).collect()
    };
    let digits = match token.split_at_checked(2) {
        Some(("0x", digits)) => digits.to_owned(),
        Some(("0o", digits)) => of_bits(&bits(digits, 3)),
        Some(("0b", digits)) => of_bits(&bits(digits, 1)),
        _ => of_decimal(&token),
    };
    digits.trim_start_matches('0').to_owned()
}

fn of_bits(bits: &[bool]) -> String {
    let nibble = |bits: &[bool]| bits.iter().fold(0, |value, &bit| value << 1 | u32::from(bit));
    let (head, tail) = bits.split_at(bits.len() % 4);
    let nibbles = std::iter::once(nibble(head)).chain(tail.chunks(4).map(nibble));
    nibbles.filter_map(|value| char::from_digit(value, 16)).collect()
}

/// Quadratic, but no decimal integer of Python has more than 4,300 digits.
fn of_decimal(digits: &str) -> String {
    let mut limbs: Vec<u32> = Vec::new();
    for digit in digits.chars().filter_map(|digit| digit.to_digit(10)) {
        let mut carry = u64::from(digit);
        for limb in &mut limbs {
            carry += u64::from(*limb) * 10;
            *limb = u32::try_from(carry & 0xffff_ffff).expect("because 32 bits are left");
            carry >>= 32;
        }
        if carry > 0 {
            limbs.push(u32::try_from(carry).expect("because a carry is below eleven"));
        }
    }
    let nibbles = |limb: u32| (0..8).rev().map(move |place| limb >> (4 * place) & 0xf);
    limbs.into_iter().rev().flat_map(nibbles).filter_map(|value| char::from_digit(value, 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn big_integers_are_equal_in_every_base() {
        let expected = "123456789abcdef0123456789";
        for token in [
            "0x0_123456789ABCDEF0123456789",
            "0o110642547423257157360044321263611",
            "0b1001000110100010101100111100010011010101111001101111011110000000100100011010001010110011110001001",
            "90144042682896311822508713865",
        ] {
            assert_eq!(hexadecimal(token), expected, "{token}");
        }
    }

    #[test]
    fn surrogates_stay_apart() {
        let text = |source: &str, value: &str| {
            let mut text = Text::default();
            text.push(value, source);
            text
        };
        assert_ne!(text(r"'\ud800'", "\u{fffd}"), text(r"'\ud801'", "\u{fffd}"));
        assert_ne!(text(r"'\ud800'", "\u{fffd}"), text("'\u{fffd}'", "\u{fffd}"));
        assert_eq!(text(r"'\N{replacement character}'", "\u{fffd}"), text(r"'\U0000fffd'", "\u{fffd}"));
        assert_eq!(replaced("'\\\\ud800 \\\u{fffd}\\udc00'"), [0xfffd, 0xdc00]);
    }
}
