//! How an audit is evaluated.

/// Settings of the statistics.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AuditOptions {
    /// Resamples of both bootstraps (M175: 10,000).
    pub resamples: u32,
    /// Level of intervals (M175: 0.95).
    pub level: f64,
    /// Sign flips drawn where there are more in all.
    pub flips: u32,
    /// Seed of bootstraps and flips (M175: 0).
    pub seed: u64,
}

impl Default for AuditOptions {
    /// M175: 10,000 resamples, 95 %, seed 0.
    fn default() -> Self {
        Self { resamples: 10_000, level: 0.95, flips: 10_000, seed: 0 }
    }
}
