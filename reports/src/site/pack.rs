//! Columns of numbers as text that a page unpacks at once: bits, bytes and 16-bit numbers, little-endian, in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Bits, the first in the lowest place of the first byte.
pub(super) fn bits(values: impl ExactSizeIterator<Item = bool>) -> String {
    let mut bytes = vec![0_u8; values.len().div_ceil(8)];
    for (at, value) in values.enumerate() {
        bytes[at / 8] |= u8::from(value) << (at % 8);
    }
    STANDARD.encode(bytes)
}

/// Values in 0..=1 as sixteen bits each: 65,535 is 1.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value is in 0..=65,535")]
pub(super) fn shares(values: impl Iterator<Item = f64>) -> String {
    let bytes: Vec<u8> = values.flat_map(|v| ((v.clamp(0.0, 1.0) * 65_535.0).round() as u16).to_le_bytes()).collect();
    STANDARD.encode(bytes)
}

/// Indices below `count`, a byte each if that is enough, else two; and whether it is two.
pub(super) fn indices(values: &[usize], count: usize) -> (String, bool) {
    let wide = count > 256;
    let narrow = |value: &usize| u8::try_from(*value).unwrap_or(u8::MAX);
    let bytes: Vec<u8> = if wide {
        values.iter().flat_map(|value| u16::try_from(*value).unwrap_or(u16::MAX).to_le_bytes()).collect()
    } else {
        values.iter().map(narrow).collect()
    };
    (STANDARD.encode(bytes), wide)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_little_endian() {
        assert_eq!(
            STANDARD.decode(bits([true, false, true, false, false, false, false, false, true].into_iter())).unwrap(),
            [5, 1]
        );
        assert_eq!(STANDARD.decode(shares([0.0, 1.0, 0.5].into_iter())).unwrap(), [0, 0, 255, 255, 0, 128]);
        assert_eq!(indices(&[1, 2], 256), (STANDARD.encode([1, 2]), false));
        assert_eq!(indices(&[1, 258], 300), (STANDARD.encode([1, 0, 2, 1]), true));
    }
}
