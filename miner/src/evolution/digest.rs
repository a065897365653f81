//! Digests of text up to white space that can be put together from digests of its pieces.
//!
//! The reference compares assertions by everything that stands before them (R98). A digest of a file's first half must
//! therefore be had without reading that half again, at every assertion: the digest is a polynomial over the field of
//! 2^127 - 1 elements, evaluated at a point that is drawn once a process. Unequal texts have equal digests with a
//! probability below 2^-90 whatever the texts are; digests never leave the process, so the point reaches no output.

use std::hash::BuildHasher;
use std::hash::RandomState;
use std::sync::LazyLock;

use bench::pytext;

/// The modulus, a Mersenne prime.
const PRIME: u128 = (1 << 127) - 1;
/// Bytes of text in one coefficient.
const BLOCK: u32 = 15;
/// Where the length of a coefficient's text stands, in bits.
const LENGTH: u32 = 120;
/// Set in the last coefficient of a word.
const LAST: u128 = 1 << 124;
/// Set in coefficients that are no text.
const MARK: u128 = 1 << 125;

/// The point.
static POINT: LazyLock<u128> = LazyLock::new(|| {
    let state = RandomState::new();
    let random = u128::from(state.hash_one(0_u8)) << 64 | u128::from(state.hash_one(1_u8));
    2 + random % (PRIME - 2)
});

/// The digest of a text.
pub(super) type Digest = u128;

/// The digest of a piece, ready to be put behind another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    hash: Digest,
    /// The point to the power of the number of coefficients.
    shift: u128,
}

impl Segment {
    /// The digest of this piece behind a text whose digest is `before`; 0 is that of the empty text.
    pub(super) fn after(self, before: Digest) -> Digest {
        add(multiply(before, self.shift), self.hash)
    }
}

/// A digest in the making.
#[derive(Debug, Clone, Default)]
pub(super) struct Stream {
    hash: Digest,
    blocks: u64,
    /// The coefficient in the making, and how many bytes it holds.
    pending: u128,
    length: u32,
}

impl Stream {
    /// Adds `text`, where runs of white space are equal and vanish at the ends of the whole (R2). Texts may be cut
    /// inside words.
    pub(super) fn words(&mut self, text: &str) {
        let mut rest = text.bytes().zip(0..);
        while let Some((byte, at)) = rest.next() {
            if byte.is_ascii_graphic() {
                self.push(byte);
                continue;
            }
            let Some(c) = text[at..].chars().next() else { break };
            if pytext::is_space(c) {
                self.end_word();
            } else {
                self.push_char(c);
            }
            if c.len_utf8() > 1 {
                rest.nth(c.len_utf8() - 2);
            }
        }
    }

    /// Adds `text` as it is.
    pub(super) fn exact(&mut self, text: &str) {
        self.end_word();
        text.bytes().for_each(|byte| self.push(byte));
        self.end_word();
    }

    /// Adds what no text can hold.
    pub(super) fn mark(&mut self, tag: u8) {
        self.end_word();
        self.absorb(MARK | u128::from(tag));
    }

    /// The digest of what was added.
    pub(super) fn finish(mut self) -> Segment {
        self.end_word();
        Segment { hash: self.hash, shift: power(self.blocks) }
    }

    fn push_char(&mut self, c: char) {
        let mut buffer = [0; 4];
        c.encode_utf8(&mut buffer).bytes().for_each(|byte| self.push(byte));
    }

    #[inline]
    fn push(&mut self, byte: u8) {
        if self.length == BLOCK {
            self.flush(0);
        }
        self.pending = self.pending << 8 | u128::from(byte);
        self.length += 1;
    }

    fn end_word(&mut self) {
        if self.length > 0 {
            self.flush(LAST);
        }
    }

    fn flush(&mut self, flag: u128) {
        self.absorb(self.pending | u128::from(self.length) << LENGTH | flag);
        (self.pending, self.length) = (0, 0);
    }

    fn absorb(&mut self, coefficient: u128) {
        self.hash = add(multiply(self.hash, *POINT), coefficient);
        self.blocks += 1;
    }
}

/// The digest of `text` up to white space.
#[cfg(test)]
fn of_words(text: &str) -> Digest {
    let mut stream = Stream::default();
    stream.words(text);
    stream.finish().after(0)
}

fn power(mut exponent: u64) -> u128 {
    let (mut base, mut result) = (*POINT, 1);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = multiply(result, base);
        }
        base = multiply(base, base);
        exponent >>= 1;
    }
    result
}

fn add(a: u128, b: u128) -> u128 {
    reduce(a + b)
}

/// The product of two field elements, from four products of halves.
fn multiply(a: u128, b: u128) -> u128 {
    const HALF: u128 = u64::MAX as u128;
    let (a_high, a_low, b_high, b_low) = (a >> 64, a & HALF, b >> 64, b & HALF);
    let middle = a_high * b_low + a_low * b_high;
    let (low, carry) = (a_low * b_low).overflowing_add(middle << 64);
    let high = a_high * b_high + (middle >> 64) + u128::from(carry);
    reduce((high << 1 | low >> 127) + (low & PRIME))
}

/// `value` modulo the prime, for values below twice the prime.
fn reduce(value: u128) -> u128 {
    if value >= PRIME { value - PRIME } else { value }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Schoolbook multiplication by doubling.
    fn slow(a: u128, b: u128) -> u128 {
        (0..127).rev().fold(0, |sum, bit| {
            let twice = add(sum, sum);
            if b >> bit & 1 == 1 { add(twice, a) } else { twice }
        })
    }

    proptest! {
        #[test]
        fn products_are_those_of_the_field(a in 0..PRIME, b in 0..PRIME) {
            prop_assert_eq!(multiply(a, b), slow(a, b));
        }

        #[test]
        fn digests_see_what_collapse_leaves(a in "[ab \n\u{e9}\u{a0}]{0,40}", b in "[ab \n\u{e9}\u{a0}]{0,40}") {
            prop_assert_eq!(of_words(&a) == of_words(&b), pytext::collapse(&a) == pytext::collapse(&b));
            let mut stream = Stream::default();
            stream.words(&a);
            stream.words(&b);
            prop_assert_eq!(stream.finish().after(0), of_words(&(a + &b)));
        }

        #[test]
        fn pieces_join_between_words(a in "[ab \n]{0,60}", b in "[ab \n]{0,60}") {
            let mut stream = Stream::default();
            stream.words(&b);
            prop_assert_eq!(stream.finish().after(of_words(&(a.clone() + " "))), of_words(&(a + " " + &b)));
        }
    }

    #[test]
    fn products_at_the_border() {
        for a in [0, 1, PRIME - 1, PRIME >> 1, 1 << 64, (1 << 64) - 1] {
            for b in [0, 1, PRIME - 1, PRIME >> 1, 1 << 126] {
                assert_eq!(multiply(a, b), slow(a, b), "{a} {b}");
            }
        }
    }

    #[test]
    fn marks_and_word_ends_are_no_text() {
        let digest = |parts: &[Option<&str>]| {
            let mut stream = Stream::default();
            for part in parts {
                match part {
                    Some(text) => stream.exact(text),
                    None => stream.mark(b'a'),
                }
            }
            stream.finish().after(0)
        };
        let sixteen = "abcdefghijklmnop";
        let all = [
            digest(&[]),
            digest(&[None]),
            digest(&[Some("a")]),
            digest(&[Some("a"), Some("a")]),
            digest(&[Some("aa")]),
            digest(&[Some(sixteen)]),
            digest(&[Some(&sixteen[..15]), Some("p")]),
            digest(&[Some(&sixteen[..15])]),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(!all[..at].contains(one), "{at}");
        }
    }
}
