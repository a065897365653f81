//! Counting the n-grams that two texts share.

use std::collections::BTreeMap;

/// The highest order of n-grams that is counted.
pub(crate) const ORDERS: usize = 4;

/// Two token lists as numbers: equal tokens have equal ones, the reference's tokens being numbered first, in order of
/// appearance.
#[derive(Debug, Default)]
pub(crate) struct NGrams {
    pub(crate) prediction: Vec<u32>,
    pub(crate) reference: Vec<u32>,
    grams: [Vec<u128>; 2],
}

impl NGrams {
    /// Takes two texts in the place of those before; the different tokens of the reference in order of appearance.
    pub(crate) fn load<'a>(
        &mut self,
        prediction: impl Iterator<Item = &'a str>,
        reference: impl Iterator<Item = &'a str>,
    ) -> Vec<&'a str> {
        let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
        let mut different = Vec::new();
        self.reference.clear();
        for token in reference {
            let next = u32::try_from(different.len()).expect("because a text has fewer than 4 billion tokens");
            let number = *numbers.entry(token).or_insert_with(|| {
                different.push(token);
                next
            });
            self.reference.push(number);
        }
        self.prediction.clear();
        self.prediction.extend(prediction.map(|token| numbers.get(token).copied().unwrap_or(u32::MAX)));
        different
    }

    /// How many n-grams of the prediction the reference has as well, each used up once (S32); `n` is at most four.
    ///
    /// Tokens that the reference lacks have one number, which no n-gram of the reference contains.
    pub(crate) fn shared(&mut self, n: usize) -> usize {
        for (grams, tokens) in self.grams.iter_mut().zip([&self.prediction, &self.reference]) {
            grams.clear();
            grams
                .extend(tokens.windows(n).map(|gram| gram.iter().fold(0, |key, &token| key << 32 | u128::from(token))));
            grams.sort_unstable();
        }
        let mut theirs = self.grams[1].iter().peekable();
        let found = self.grams[0].iter().filter(|gram| {
            while theirs.next_if(|other| other < gram).is_some() {}
            theirs.next_if(|other| other == gram).is_some()
        });
        found.count()
    }

    /// [`Self::shared`] for n = 1 to 4.
    pub(crate) fn all_shared(&mut self) -> [usize; ORDERS] {
        let mut shared = [0; ORDERS];
        for (n, slot) in (1..).zip(&mut shared) {
            *slot = self.shared(n);
            // Without a shared n-gram there is no longer one either.
            if *slot == 0 {
                break;
            }
        }
        shared
    }
}

/// How many n-grams a text of `tokens` tokens has.
pub(crate) fn grams(tokens: usize, n: usize) -> usize {
    (tokens + 1).saturating_sub(n)
}

/// exp of the mean of the logarithms of four quotients (S36).
pub(crate) fn geometric_mean(quotients: [f64; ORDERS]) -> f64 {
    quotients.iter().map(|quotient| 0.25 * quotient.ln()).sum::<f64>().exp()
}
