//! PCG64 (XSL-RR 128/64) with the seeding and the bounded integers of NumPy's `default_rng` (S79).
//!
//! Published intervals come from this stream, so it must agree draw for draw. Nothing else uses it.

#![expect(clippy::cast_possible_truncation, reason = "the generator is defined on halves of wider words")]

use std::str::FromStr;

use crate::error::Error;

/// The largest number of decimal digits a seed may have; far more than anyone writes.
const SEED_DIGITS: usize = 300;

const MULTIPLIER: u128 = 0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645;

/// A seed of any size: a non-negative integer as 32-bit words, least significant first, at least one.
///
/// ```
/// use harness::StreamSeed;
/// assert_eq!("4294967296".parse::<StreamSeed>().unwrap(), StreamSeed::from(1_u64 << 32));
/// assert!("-1".parse::<StreamSeed>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamSeed(Vec<u32>);

impl From<u64> for StreamSeed {
    fn from(seed: u64) -> Self {
        Self::from(u128::from(seed))
    }
}

impl From<u128> for StreamSeed {
    fn from(seed: u128) -> Self {
        let mut words: Vec<u32> = (0..4).map(|place| (seed >> (32 * place)) as u32).collect();
        trim(&mut words);
        Self(words)
    }
}

impl FromStr for StreamSeed {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let decimal = !text.is_empty() && text.len() <= SEED_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        if !decimal {
            return Err(Error::Seed { text: text.chars().take(SEED_DIGITS).collect(), limit: SEED_DIGITS });
        }
        let mut words = vec![0_u32];
        for digit in text.bytes().map(|byte| u64::from(byte - b'0')) {
            let mut carry = digit;
            for word in &mut words {
                let value = u64::from(*word) * 10 + carry;
                *word = value as u32;
                carry = value >> 32;
            }
            if carry > 0 {
                words.push(carry as u32);
            }
        }
        trim(&mut words);
        Ok(Self(words))
    }
}

/// Removes leading zeros, but never the last word.
fn trim(words: &mut Vec<u32>) {
    while words.len() > 1 && words.last() == Some(&0) {
        words.pop();
    }
}

/// The generator.
#[derive(Debug, Clone)]
pub struct Pcg64 {
    state: u128,
    increment: u128,
    /// The high half of the last 64-bit value, if only its low half was used.
    half: Option<u32>,
}

impl Pcg64 {
    /// The stream of `seed`.
    pub fn new(seed: &StreamSeed) -> Self {
        let [q0, q1, q2, q3] = seed_state(&seed.0);
        let pair = |high: u64, low: u64| u128::from(high) << 64 | u128::from(low);
        let mut stream = Self { state: 0, increment: pair(q2, q3) << 1 | 1, half: None };
        stream.step();
        stream.state = stream.state.wrapping_add(pair(q0, q1));
        stream.step();
        stream
    }

    #[inline]
    fn step(&mut self) {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(self.increment);
    }

    /// The next 64 bits.
    #[inline]
    fn next_u64(&mut self) -> u64 {
        self.step();
        let folded = (self.state >> 64) as u64 ^ self.state as u64;
        folded.rotate_right((self.state >> 122) as u32)
    }

    /// The next 32 bits: the low half of a fresh value, then its high half.
    #[inline]
    fn next_u32(&mut self) -> u32 {
        if let Some(high) = self.half.take() {
            return high;
        }
        let value = self.next_u64();
        self.half = Some((value >> 32) as u32);
        value as u32
    }

    /// The next index in `0..count`, uniform; an index of 1 consumes nothing.
    ///
    /// # Panics
    /// If `count` is 0.
    #[inline]
    pub fn index(&mut self, count: u32) -> u32 {
        assert!(count > 0, "an index needs something to point at");
        if count == 1 {
            return 0;
        }
        let bound = u64::from(count);
        let mut product = u64::from(self.next_u32()) * bound;
        if (product as u32) < count {
            let threshold = count.wrapping_neg() % count;
            while (product as u32) < threshold {
                product = u64::from(self.next_u32()) * bound;
            }
        }
        (product >> 32) as u32
    }

    /// As many of `items` as there are, drawn with replacement.
    ///
    /// # Panics
    /// If there are 2³² items or more.
    pub(crate) fn draws<T: Copy>(&mut self, items: &[T]) -> impl Iterator<Item = T> {
        let count = u32::try_from(items.len()).expect("because no more items than indices of the stream are resampled");
        items.iter().map(move |_| items[self.index(count) as usize])
    }
}

/// Steps 1 to 4 of S79: four 64-bit words from a seed of any length.
fn seed_state(words: &[u32]) -> [u64; 4] {
    let mut constant = 0x43B0_D7E5_u32;
    let mut mix = |value: u32| {
        let value = value ^ constant;
        constant = constant.wrapping_mul(0x931E_8875);
        let value = value.wrapping_mul(constant);
        value ^ value >> 16
    };
    let mut pool = [0_u32; 4];
    for (place, slot) in pool.iter_mut().enumerate() {
        *slot = mix(words.get(place).copied().unwrap_or(0));
    }
    for source in 0..4 {
        for target in (0..4).filter(|&target| target != source) {
            pool[target] = blend(pool[target], mix(pool[source]));
        }
    }
    for &word in words.iter().skip(4) {
        for slot in &mut pool {
            *slot = blend(*slot, mix(word));
        }
    }
    spread(pool)
}

fn blend(x: u32, y: u32) -> u32 {
    let z = x.wrapping_mul(0xCA01_F9DD).wrapping_sub(y.wrapping_mul(0x4973_F715));
    z ^ z >> 16
}

/// Step 4 of S79.
fn spread(pool: [u32; 4]) -> [u64; 4] {
    let mut constant = 0x8B51_F9DD_u32;
    let mut word = |place: usize| {
        let value = pool[place % 4] ^ constant;
        constant = constant.wrapping_mul(0x58F3_8DED);
        let value = value.wrapping_mul(constant);
        u64::from(value ^ value >> 16)
    };
    std::array::from_fn(|place| word(2 * place) | word(2 * place + 1) << 32)
}
