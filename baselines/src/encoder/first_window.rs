//! An encoder as contexts search with it: what it makes of the start of a text (M93).

use std::sync::{Mutex, PoisonError};

use super::pool::mean;
use super::{Encoder, ModelEncoder, WindowLayout};
use crate::context::Embedder;
use crate::error::Result;
use crate::tokenizer::Tokenizer;

/// Tokens of a text that are read at most (M93).
const TOKENS: usize = 512;

/// The mean over the first window of a text.
pub struct FirstWindow {
    /// Threads take turns: tensors cannot be shared.
    encoder: Mutex<Box<dyn Encoder>>,
    tokenizer: Option<Tokenizer>,
    name: String,
    width: usize,
}

impl FirstWindow {
    /// Vectors by a model, which has a tokenizer to count windows in.
    pub fn of_model(encoder: ModelEncoder) -> Self {
        let tokenizer = encoder.tokenizer().clone();
        Self::new(Box::new(encoder), Some(tokenizer))
    }

    /// Vectors by an encoder without a tokenizer.
    pub fn of_words(encoder: Box<dyn Encoder>) -> Self {
        Self::new(encoder, None)
    }

    fn new(encoder: Box<dyn Encoder>, tokenizer: Option<Tokenizer>) -> Self {
        let identity = encoder.identity();
        let name = format!("{} ({}, {:.16})", identity.name, identity.precision, identity.fingerprint);
        let width = encoder.width();
        Self { encoder: Mutex::new(encoder), tokenizer, name, width }
    }

    /// The start of `text`; what lies behind it would be encoded for nothing.
    fn start(&self, text: &str) -> Result<String> {
        let Some(tokenizer) = &self.tokenizer else { return Ok(text.to_owned()) };
        let ids = tokenizer.encode(text)?;
        if ids.len() > TOKENS { tokenizer.decode_whole(&ids[..TOKENS]) } else { Ok(text.to_owned()) }
    }
}

impl Embedder for FirstWindow {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        let starts = texts.iter().map(|text| self.start(text)).collect::<Result<Vec<String>>>()?;
        let starts: Vec<&str> = starts.iter().map(String::as_str).collect();
        let encoder = self.encoder.lock().unwrap_or_else(PoisonError::into_inner);
        let encoded = encoder.encode(&starts, WindowLayout::new(TOKENS, 0, 1))?;
        Ok(encoded.iter().map(|text| mean(text.windows.first().map(Vec::as_slice), self.width)).collect())
    }

    fn tokenizer(&self) -> Option<&Tokenizer> {
        self.tokenizer.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use bench::Seed;

    use super::*;
    use crate::encoder::{HashedEncoder, unit};

    /// Texts with the words of a query are nearer to it than others, and no text at all is no vector.
    #[test]
    fn like_texts_are_near() {
        let texts = ["def area(width, height): return width * height", "class Queue: pass", "import json"];
        let encoder = HashedEncoder::fit(texts, 2048, Seed(1)).unwrap();
        let words = FirstWindow::of_words(Box::new(encoder));
        let asked = ["assert area(width, 3) == ".to_owned(), String::new()];
        let all: Vec<String> = texts.map(str::to_owned).into_iter().chain(asked).collect();
        let vectors = words.embed(&all).unwrap();
        let likeness = |at: usize| {
            let (asked, other) = (unit(&vectors[3]), unit(&vectors[at]));
            asked.iter().zip(other).map(|(a, b)| a * b).sum::<f32>()
        };
        assert!(likeness(0) > likeness(1).max(likeness(2)) + 0.05);
        assert!(vectors[4].iter().all(|number| number.abs() < f32::EPSILON));
        assert!(words.name().starts_with("hashed") && words.tokenizer().is_none());
    }
}
