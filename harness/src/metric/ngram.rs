//! Counting the n-grams that two texts share.

use std::collections::HashMap;

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
        let mut different = Vec::new();
        let mut numbers = Numbers::default();
        self.reference.clear();
        for token in reference {
            self.reference.push(numbers.of(token, &mut different));
        }
        self.prediction.clear();
        self.prediction.extend(prediction.map(|token| numbers.find(token, &different).unwrap_or(u32::MAX)));
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

/// As many different tokens are compared one by one.
const FEW: usize = 16;

/// Where a token stands among the different ones.
#[derive(Debug, Default)]
struct Numbers<'a> {
    /// Filled where there are more than [`FEW`].
    many: HashMap<&'a str, u32>,
}

impl<'a> Numbers<'a> {
    fn find(&self, token: &str, different: &[&'a str]) -> Option<u32> {
        if self.many.is_empty() {
            return different.iter().zip(0..).find(|(known, _)| **known == token).map(|(_, number)| number);
        }
        self.many.get(token).copied()
    }

    /// The number of `token`, which becomes the last of the `different` ones if it is new.
    fn of(&mut self, token: &'a str, different: &mut Vec<&'a str>) -> u32 {
        if let Some(number) = self.find(token, different) {
            return number;
        }
        let next = u32::try_from(different.len()).expect("because a text has fewer than 4 billion tokens");
        different.push(token);
        if !self.many.is_empty() {
            self.many.insert(token, next);
        } else if different.len() > FEW {
            self.many.extend(different.iter().copied().zip(0..));
        }
        next
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
