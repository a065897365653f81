//! One root seed, from which every generator of random numbers is derived by name.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};

/// The root of all randomness of a run.
///
/// ```
/// use bench::Seed;
/// assert_eq!(Seed(7).derive("split"), Seed(7).derive("split"));
/// assert_ne!(Seed(7).derive("split"), Seed(7).derive("init"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seed(pub u64);

impl Seed {
    /// The seed of the stream named `label`.
    #[must_use]
    pub fn derive(self, label: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.0.to_le_bytes());
        hasher.update(label.as_bytes());
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        Self(u64::from_le_bytes(bytes))
    }

    /// The seed of chunk `index` of a parallel computation, so that the number of threads cannot matter.
    #[must_use]
    pub fn chunk(self, index: u64) -> Self {
        self.derive(&index.to_string())
    }

    /// A generator of this stream; the same numbers on every machine.
    pub fn rng(self) -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(self.0)
    }

    /// The seed as torch takes it.
    pub fn as_i64(self) -> i64 {
        i64::from_le_bytes(self.0.to_le_bytes())
    }
}
