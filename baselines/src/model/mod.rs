//! The base language model and the encoder: a Qwen2 or Qwen3 decoder, its configuration, its files and its key-value
//! cache.
//!
//! Letters in shape comments, here and in every caller:
//!
//! | Letter | Meaning |
//! |---|---|
//! | B | rows of a batch |
//! | T | query tokens: the columns of the input |
//! | S | key tokens: what is in the cache, then T |
//! | D | hidden width |
//! | H | query heads |
//! | K | key and value heads; H is a multiple of K |
//! | E | width of a head |
//! | F | width of the MLP |
//! | V | rows of the vocabulary |
//! | L | layers |
//! | N | positions whose logits are asked for |
//! | R | rank of a LoRA adapter |
//! | M | kinds of adapted modules |
//! | C | width of a repository vector |

mod cache;
mod config;
mod family;
mod fields;
mod fingerprint;
mod input;
mod load;
mod parameters;
mod place;
mod precision;
mod qwen2;
mod safetensors;
mod save;

pub use cache::Cache;
pub use config::Config;
pub use family::Family;
pub use fingerprint::fingerprint;
pub use input::{Input, Positions};
pub use load::{Part, load, load_part};
pub use parameters::Parameters;
pub(crate) use parameters::normal;
pub use place::Layout;
pub use precision::{Precision, PrecisionChoice};
pub use qwen2::Qwen2;
pub(crate) use safetensors::{Header, read_header, read_tensor, write, write_atomically};
pub use save::save;

/// A count as torch takes sizes and indices.
pub(crate) fn size(count: usize) -> i64 {
    i64::try_from(count).expect("because no list in memory has 2^63 items")
}
