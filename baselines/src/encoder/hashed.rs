//! The encoder without weights: hashed words, weighted by how they spread over files or repositories, projected by a seed.
//!
//! A window is the sum of its features (words, parts of words, pairs of words), each by (1 + ln count) times its weight and
//! spread over a few numbers of the vector with signs that its hash decides: a sparse random projection that is never
//! stored. Windows have root mean square 1, as the hidden states of a model behind its last norm have. Weights
//! are learnt from the texts the encoder was fitted on, features with equal low bits of their hash together.

use bench::{Partition, Release, Seed};
use rayon::prelude::*;

use super::features::{Features, scrambled};
use super::{EncodedText, Encoder, EncoderIdentity, WindowLayout};
use crate::error::{Error, Result};

/// The name of this encoder.
pub const HASHED: &str = "hashed";
/// Version of the features and the projection, part of the fingerprint.
const VERSION: &str = "hashed 1";
/// Counters of documents; a power of two. Our choice: ten times the words of a large repository.
const BUCKETS: usize = 1 << 18;
/// Numbers of the vector that a feature takes part in. Our choice: fewer collide more visibly, more cost time.
const SPREAD: u64 = 4;
/// Bytes of text that keep all threads busy for some tens of milliseconds.
const PORTION_BYTES: usize = 8 << 20;

/// What makes a feature count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weighting {
    /// In how few files it occurs, as in TF-IDF: for finding the text that is meant.
    Rarity,
    /// How much repositories differ in having it: 4·p·(1 - p), where p is the share of the repositories that do. A word of
    /// one repository tells of no other, and one that all have tells nothing: for networks, which must carry over what they
    /// learn from some repositories to others.
    Spread,
}

/// Hashed words with [weights](Weighting) and a seeded projection. The same vectors on every machine, at any number of threads.
#[derive(Debug, Clone)]
pub struct HashedEncoder {
    identity: EncoderIdentity,
    /// The weight of each bucket.
    weights: Vec<f32>,
    /// What projections are keyed by.
    key: u64,
}

impl HashedEncoder {
    /// The encoder of `width` numbers a window whose words weigh by their rarity in `documents`.
    ///
    /// # Errors
    /// [`Error::Option`] if `width` is 0 or above 65,536.
    pub fn fit<'a>(documents: impl IntoIterator<Item = &'a str>, width: usize, seed: Seed) -> Result<Self> {
        let mut counts = Counts::new(width, Weighting::Rarity)?;
        counts.add(&documents.into_iter().collect::<Vec<_>>());
        Ok(counts.encoder(width, seed))
    }

    /// The encoder fitted on the production files of the training repositories of `release`, each at the one commit that
    /// stands for it. No other repository is looked at.
    ///
    /// # Errors
    /// If `release` has no training repositories, or their files cannot be read.
    pub fn fit_on(release: &Release, width: usize, weighting: Weighting, seed: Seed) -> Result<Self> {
        let mut counts = Counts::new(width, weighting)?;
        for known in &release.manifest().contents.repos {
            if known.partition == Partition::Train {
                let view = release.snapshot(&known.repo)?;
                counts.add(&view.production().map(|file| file.text.as_str()).collect::<Vec<_>>());
            }
        }
        if counts.documents == 0 {
            let reason = "it has no training files to learn the weights of words from; name another with --fit-on";
            return Err(Error::option("release", release.id(), reason));
        }
        Ok(counts.encoder(width, seed))
    }

    /// Adds `feature`, which occurs `count` times, to `sums`.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "vectors are f32, and products of 32-bit numbers are cut to places"
    )]
    fn add(&self, sums: &mut [f32], feature: u64, count: usize) {
        let mut weight = self.weights[bucket(feature)];
        if count > 1 {
            weight *= 1.0 + (count as f64).ln() as f32;
        }
        for turn in 0..SPREAD {
            let bits = scrambled(feature ^ self.key.wrapping_add(turn));
            // The upper half of the bits, scaled to the width: uniform without a division.
            let place = (((bits >> 32) * sums.len() as u64) >> 32) as usize;
            sums[place] += if bits & 1 == 0 { weight } else { -weight };
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "vectors are f32")]
    fn window(&self, features: Vec<(u64, usize)>) -> Vec<f32> {
        let mut sums = vec![0.0; self.identity.width];
        for (feature, count) in features {
            self.add(&mut sums, feature, count);
        }
        let norm = super::pool::norm(&sums);
        if norm > 0.0 {
            let scale = ((self.identity.width as f64).sqrt() / norm) as f32;
            sums.iter_mut().for_each(|number| *number *= scale);
        }
        sums
    }
}

impl Encoder for HashedEncoder {
    fn identity(&self) -> &EncoderIdentity {
        &self.identity
    }

    fn portion_bytes(&self) -> usize {
        PORTION_BYTES
    }

    fn heeds_company(&self) -> bool {
        false
    }

    /// Tokens are words.
    fn encode(&self, texts: &[&str], layout: WindowLayout) -> Result<Vec<EncodedText>> {
        let encode = |text: &&str| {
            let features = Features::of(text);
            let windows = layout.windows(features.words());
            let windows = windows.into_iter().map(|range| self.window(features.counted(range))).collect();
            EncodedText { tokens: features.words(), windows }
        };
        Ok(texts.par_iter().map(encode).collect())
    }
}

fn bucket(feature: u64) -> usize {
    usize::try_from(feature % BUCKETS as u64).expect("because buckets are few")
}

/// In how many documents each bucket occurs: files, or repositories.
struct Counts {
    weighting: Weighting,
    documents: u32,
    with: Vec<u32>,
}

impl Counts {
    fn new(width: usize, weighting: Weighting) -> Result<Self> {
        if !(1..=1 << 16).contains(&width) {
            return Err(Error::option("width", width, "a window's vector has 1 to 65,536 numbers"));
        }
        Ok(Self { weighting, documents: 0, with: vec![0; BUCKETS] })
    }

    /// Counts the files of a repository.
    fn add(&mut self, documents: &[&str]) {
        let buckets = |text: &&str| {
            let features = Features::of(text);
            let mut buckets: Vec<usize> =
                features.counted(0..features.words()).into_iter().map(|(feature, _)| bucket(feature)).collect();
            buckets.sort_unstable();
            buckets.dedup();
            buckets
        };
        let mut all: Vec<Vec<usize>> = documents.par_iter().map(buckets).collect();
        if self.weighting == Weighting::Spread {
            let mut whole = all.concat();
            whole.sort_unstable();
            whole.dedup();
            all = vec![whole];
        }
        for buckets in all {
            self.documents = self.documents.saturating_add(1);
            for bucket in buckets {
                self.with[bucket] = self.with[bucket].saturating_add(1);
            }
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "weights are f32")]
    fn encoder(self, width: usize, seed: Seed) -> HashedEncoder {
        let key = seed.derive("hashed-encoder").0;
        let mut hasher = blake3::Hasher::new();
        hasher.update(VERSION.as_bytes());
        if self.weighting == Weighting::Spread {
            hasher.update(b"spread");
        }
        for number in [width as u64, key, self.documents.into()] {
            hasher.update(&number.to_le_bytes());
        }
        for count in &self.with {
            hasher.update(&count.to_le_bytes());
        }
        let all = 1.0 + f64::from(self.documents);
        let weight = |&count: &u32| match self.weighting {
            Weighting::Rarity => ((all / (1.0 + f64::from(count))).ln() + 1.0) as f32,
            Weighting::Spread => {
                let share = f64::from(count) / all;
                (4.0 * share * (1.0 - share)) as f32
            }
        };
        let identity = EncoderIdentity {
            name: HASHED.to_owned(),
            fingerprint: hasher.finalize().to_hex().to_string(),
            precision: "f32".to_owned(),
            width,
        };
        HashedEncoder { identity, weights: self.with.iter().map(weight).collect(), key }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: WindowLayout = WindowLayout::new(64, 8, 2);
    const A: &str = "def read_file(path):\n    with open(path) as handle:\n        return handle.read()\n";
    const B: &str = "class Matrix:\n    def multiply(self, other):\n        return self.rows @ other.columns\n";

    fn encoder(seed: u64) -> HashedEncoder {
        HashedEncoder::fit([A, B, "def other(self): return self"], 256, Seed(seed)).unwrap()
    }

    fn vector(encoder: &HashedEncoder, text: &str) -> Vec<f32> {
        encoder.encode(&[text], LAYOUT).unwrap().remove(0).windows.remove(0)
    }

    fn cosine(a: &[f32], b: &[f32]) -> f64 {
        let product: f64 = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
        product / super::super::pool::norm(a) / super::super::pool::norm(b)
    }

    #[test]
    fn like_texts_are_near_and_others_are_not() {
        let encoder = encoder(0);
        let [a, b, like] = [A, B, &A.replace("handle", "stream")].map(|text| vector(&encoder, text));
        assert!(cosine(&a, &like) > 0.4, "{}", cosine(&a, &like));
        assert!(cosine(&a, &b) < 0.2, "{}", cosine(&a, &b));
        let rms = super::super::pool::norm(&a) / 16.0;
        assert!((rms - 1.0).abs() < 1e-5, "{rms}");
    }

    #[test]
    fn rare_words_count_more() {
        let encoder = encoder(0);
        let weight = |word: &str| encoder.weights[bucket(Features::of(word).counted(0..1)[0].0)];
        assert!(weight("handle") > weight("self") && weight("unseen") > weight("handle"));
    }

    #[test]
    fn company_and_threads_do_not_matter() {
        let encoder = encoder(0);
        let long = A.repeat(40);
        let together = encoder.encode(&[A, &long, B, ""], LAYOUT).unwrap();
        for (text, expected) in [A, &long, B, ""].iter().zip(&together) {
            assert_eq!(&encoder.encode(&[text], LAYOUT).unwrap()[0], expected);
        }
        assert_eq!((together[3].tokens, together[3].windows.len()), (0, 0));
        assert_eq!(together[1].windows.len(), LAYOUT.windows(together[1].tokens).len());
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(alone.install(|| encoder.encode(&[A, &long, B, ""], LAYOUT)).unwrap(), together);
    }

    #[test]
    fn the_fingerprint_covers_seed_width_and_documents() {
        let print = |encoder: HashedEncoder| encoder.identity.fingerprint;
        let base = print(encoder(0));
        assert_eq!(base, print(encoder(0)));
        assert_ne!(base, print(encoder(1)));
        assert_ne!(vector(&encoder(0), A), vector(&encoder(1), A));
        let fit = |documents: &[&'static str], width| {
            print(HashedEncoder::fit(documents.iter().copied(), width, Seed(0)).unwrap())
        };
        assert_ne!(fit(&[A], 256), fit(&[B], 256));
        assert_ne!(fit(&[A], 256), fit(&[A], 128));
        assert!(HashedEncoder::fit([A], 0, Seed(0)).is_err());
    }
}
