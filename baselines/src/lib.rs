//! The methods and the engine under them: models, decoding, training. The only user of libtorch and of tokenizers.
//!
//! [`LanguageModel`] opens a checkpoint folder and continues prompts; [`pretrain`] makes such a folder from source code;
//! [`device::select`] must be called before either, because it decides once for the process whether a GPU is used.

pub mod decode;
pub mod device;
mod error;
mod language_model;
pub mod model;
pub mod tokenizer;

pub use decode::{DecodeOptions, Decoded, Stop};
pub use error::{Error, Result};
pub use language_model::LanguageModel;
pub use tokenizer::Tokenizer;
