//! Texts as vectors, as far as contexts need them: a trait that encoders are bridged to, and a memory over it.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::tokenizer::Tokenizer;

/// A source of vectors for texts.
pub trait Embedder: Send + Sync {
    /// Name and recipe, as a method's card states them.
    fn name(&self) -> String;

    /// A vector for each text, in order, all of one width; of what the encoder reads of a text, which is its start if it
    /// is too long. They need not be normalised.
    ///
    /// # Errors
    /// If a text cannot be encoded.
    fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>>;

    /// The tokenizer of the encoder, if it has one: windows of a text are counted in its tokens (M92).
    fn tokenizer(&self) -> Option<&Tokenizer>;
}

/// A vector of length 1, or all zeros (M234).
pub(super) type Unit = Arc<[f32]>;

/// An encoder that remembers the vectors of the texts of the last two calls of [`Memory::turn`], so that commits of one
/// repository share them.
pub(super) struct Memory {
    embedder: Arc<dyn Embedder>,
    now: BTreeMap<[u8; 32], Unit>,
    before: BTreeMap<[u8; 32], Unit>,
    /// The vectors of the texts that are asked for next.
    expected: BTreeMap<[u8; 32], Unit>,
}

impl Memory {
    /// A memory of nothing yet.
    pub(super) fn new(embedder: Arc<dyn Embedder>) -> Self {
        Self { embedder, now: BTreeMap::new(), before: BTreeMap::new(), expected: BTreeMap::new() }
    }

    /// The encoder.
    pub(super) fn embedder(&self) -> &dyn Embedder {
        &*self.embedder
    }

    /// The encoder, for a memory of its own.
    pub(super) fn shared(&self) -> Arc<dyn Embedder> {
        Arc::clone(&self.embedder)
    }

    /// Forgets what was not asked for since the last call.
    pub(super) fn turn(&mut self) {
        self.before = std::mem::take(&mut self.now);
    }

    /// Encodes `texts` together, for [`Memory::query`], and forgets those of the last call: an encoder that is asked for
    /// one text at a time computes in a row what it could compute side by side.
    ///
    /// # Errors
    /// As [`Memory::units`].
    pub(super) fn expect(&mut self, texts: &[&str]) -> Result<()> {
        let texts: BTreeMap<[u8; 32], &str> = texts.iter().map(|text| (key(text), *text)).collect();
        let asked: Vec<String> = texts.values().map(|text| (*text).to_owned()).collect();
        self.expected = texts.into_keys().zip(units(&*self.embedder, &asked)?).collect();
        Ok(())
    }

    /// The normalised vector of `text`: one that is expected, or else made now.
    ///
    /// # Errors
    /// As [`Memory::units`].
    pub(super) fn query(&self, text: &str) -> Result<Unit> {
        if let Some(known) = self.expected.get(&key(text)) {
            return Ok(Arc::clone(known));
        }
        units(&*self.embedder, &[text.to_owned()])?.pop().ok_or_else(|| widths(&*self.embedder))
    }

    /// The normalised vector of each text, in order; equal texts are encoded once.
    ///
    /// # Errors
    /// As [`Embedder::embed`], and if it returns too few vectors or of differing widths.
    pub(super) fn units(&mut self, texts: &[&str]) -> Result<Vec<Unit>> {
        let keys: Vec<[u8; 32]> = texts.par_iter().map(|text| key(text)).collect();
        let mut missing: BTreeMap<[u8; 32], &str> = BTreeMap::new();
        for (key, text) in keys.iter().zip(texts) {
            if let Some(known) = self.before.remove(key) {
                self.now.insert(*key, known);
            } else if !self.now.contains_key(key) {
                missing.insert(*key, text);
            }
        }
        let asked: Vec<String> = missing.values().map(|text| (*text).to_owned()).collect();
        let made = units(&*self.embedder, &asked)?;
        self.now.extend(missing.into_keys().zip(made));
        let units: Vec<Unit> = keys.iter().map(|key| Arc::clone(&self.now[key])).collect();
        if units.iter().any(|unit| unit.len() != units[0].len()) {
            return Err(widths(&*self.embedder));
        }
        Ok(units)
    }
}

/// What a text is remembered by.
fn key(text: &str) -> [u8; 32] {
    *blake3::hash(text.as_bytes()).as_bytes()
}

fn units(embedder: &dyn Embedder, texts: &[String]) -> Result<Vec<Unit>> {
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    let vectors = embedder.embed(texts)?;
    if vectors.len() != texts.len() || vectors.iter().any(|vector| vector.len() != vectors[0].len()) {
        return Err(widths(embedder));
    }
    Ok(vectors.into_iter().map(|vector| normalised(&vector).into()).collect())
}

fn widths(embedder: &dyn Embedder) -> Error {
    Error::option("encoder", embedder.name(), "it must give one vector a text, all of one width")
}

/// `vector` at length 1; zeros stay zeros (M93, M234).
pub(super) fn normalised(vector: &[f32]) -> Vec<f32> {
    let length = vector.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>().sqrt();
    if length == 0.0 || !length.is_finite() {
        return vec![0.0; vector.len()];
    }
    #[expect(clippy::cast_possible_truncation, reason = "each component is at most 1")]
    vector.iter().map(|x| (f64::from(*x) / length) as f32).collect()
}

/// The inner product of two vectors of one width, the cosine if both are normalised; 0 if widths differ.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    if a.len() != b.len() {
        return 0.0;
    }
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
pub(super) mod toy {
    //! An encoder that counts letters.

    use super::*;

    /// A vector of 26 counts a text, as long as it is; counts its calls.
    #[derive(Default)]
    pub(in crate::context) struct Letters {
        pub(in crate::context) asked: std::sync::Mutex<Vec<String>>,
        pub(in crate::context) tokenizer: Option<Tokenizer>,
    }

    impl Embedder for Letters {
        fn name(&self) -> String {
            "letters".to_owned()
        }

        fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
            self.asked.lock().unwrap().extend(texts.iter().cloned());
            Ok(texts.iter().map(|text| counts(text)).collect())
        }

        fn tokenizer(&self) -> Option<&Tokenizer> {
            self.tokenizer.as_ref()
        }
    }

    fn counts(text: &str) -> Vec<f32> {
        let mut counts = vec![0.0; 26];
        for letter in text.bytes().map(|byte| byte.to_ascii_lowercase()).filter(u8::is_ascii_lowercase) {
            counts[usize::from(letter - b'a')] += 1.0;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::toy::Letters;
    use super::*;

    #[test]
    fn vectors_have_length_one_or_are_zero() {
        assert_eq!(normalised(&[3.0, 4.0]), [0.6, 0.8]);
        assert_eq!(normalised(&[0.0, 0.0]), [0.0, 0.0]);
        assert_eq!(normalised(&[f32::MAX, 0.0]), [1.0, 0.0]);
        assert_eq!(normalised(&[f32::NAN, 1.0]), [0.0, 0.0]);
    }

    #[test]
    fn equal_texts_are_encoded_once_and_kept_for_one_turn() {
        let letters = Arc::new(Letters::default());
        let mut memory = Memory::new(letters.clone());
        let asked = || std::mem::take(&mut *letters.asked.lock().unwrap()).len();
        let units = memory.units(&["ab", "b", "ab"]).unwrap();
        assert_eq!((units[0].clone(), asked()), (units[2].clone(), 2));
        memory.turn();
        memory.units(&["b"]).unwrap();
        assert_eq!(asked(), 0);
        memory.turn();
        memory.units(&["ab", "b"]).unwrap();
        assert_eq!(asked(), 1, "`ab` was not asked for in the last turn");
        assert!(memory.units(&[]).unwrap().is_empty());
    }

    #[test]
    fn what_is_expected_is_encoded_in_one_call_and_once() {
        let letters = Arc::new(Letters::default());
        let mut memory = Memory::new(letters.clone());
        let asked = || std::mem::take(&mut *letters.asked.lock().unwrap());
        let alone = memory.query("ab").unwrap();
        assert_eq!(asked(), ["ab"]);
        memory.expect(&["ab", "b", "ab"]).unwrap();
        assert_eq!(asked().len(), 2);
        assert_eq!((memory.query("ab").unwrap(), asked().len()), (alone, 0));
        memory.expect(&[]).unwrap();
        memory.query("b").unwrap();
        assert_eq!(asked(), ["b"], "what was expected before is forgotten");
    }
}
