//! Python's random generator, as far as the published splits use it (R79).

const N: usize = 624;
const M: usize = 397;

/// MT19937 seeded as `random.seed(n)` seeds it.
#[derive(Debug, Clone)]
pub struct Mt19937 {
    state: [u32; N],
    at: usize,
}

#[expect(clippy::cast_possible_truncation, reason = "the generator works on the low 32 bits")]
impl Mt19937 {
    /// The generator for `seed`, through the array initialiser with the seed's 32-bit words, least significant first.
    pub fn new(seed: u64) -> Self {
        let [low, high] = [seed as u32, (seed >> 32) as u32];
        let key: &[u32] = if high == 0 { &[low] } else { &[low, high] };
        let mut state = Self::from_word(19_650_218);
        let (mut i, mut j) = (1, 0);
        for _ in 0..N.max(key.len()) {
            let mixed = (state[i - 1] ^ (state[i - 1] >> 30)).wrapping_mul(1_664_525);
            state[i] = (state[i] ^ mixed).wrapping_add(key[j]).wrapping_add(j as u32);
            i += 1;
            j += 1;
            if i == N {
                state[0] = state[N - 1];
                i = 1;
            }
            if j == key.len() {
                j = 0;
            }
        }
        for _ in 0..N - 1 {
            let mixed = (state[i - 1] ^ (state[i - 1] >> 30)).wrapping_mul(1_566_083_941);
            state[i] = (state[i] ^ mixed).wrapping_sub(i as u32);
            i += 1;
            if i == N {
                state[0] = state[N - 1];
                i = 1;
            }
        }
        state[0] = 0x8000_0000;
        Self { state, at: N }
    }

    fn from_word(seed: u32) -> [u32; N] {
        let mut state = [0; N];
        state[0] = seed;
        for i in 1..N {
            let previous = state[i - 1] ^ (state[i - 1] >> 30);
            state[i] = previous.wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        state
    }

    /// The next 32-bit output.
    pub fn next_u32(&mut self) -> u32 {
        if self.at == N {
            for i in 0..N {
                let y = (self.state[i] & 0x8000_0000) | (self.state[(i + 1) % N] & 0x7fff_ffff);
                let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
                self.state[i] = self.state[(i + M) % N] ^ (y >> 1) ^ odd;
            }
            self.at = 0;
        }
        let mut y = self.state[self.at];
        self.at += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    /// A number below `bound`, drawn as Python's `_randbelow` does.
    ///
    /// # Panics
    /// If `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        assert!(bound > 0, "no number lies below zero");
        let bits = 32 - bound.leading_zeros();
        loop {
            let drawn = self.next_u32() >> (32 - bits);
            if drawn < bound {
                return drawn;
            }
        }
    }

    /// Shuffles `items` as `random.shuffle` does.
    ///
    /// # Panics
    /// If there are 2^32 items or more.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let bound = u32::try_from(i + 1).expect("because lists of the benchmark are far shorter than 2^32");
            items.swap(i, self.below(bound) as usize);
        }
    }
}
