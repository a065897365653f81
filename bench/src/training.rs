//! What a training run reports of its steps: one row of its curve.

/// One step of an optimizer, or the validation before the first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainingStep {
    /// Steps taken so far, this one included; 0 before the first.
    pub step: u64,
    /// Examples presented so far.
    pub examples: u64,
    /// Supervised tokens presented so far.
    pub tokens: u64,
    /// Mean loss per supervised token of this step, in nats, before its update.
    pub loss: Option<f64>,
    /// The learning rate of the update.
    pub lr: Option<f64>,
    /// Global norm of the gradient before clipping; where every micro-step is clipped, of the last of them.
    pub norm: Option<f64>,
    /// Whether the gradient was scaled down.
    pub clipped: bool,
    /// Mean loss per supervised token of the validation sample after the update, where it was measured.
    pub validation: Option<f64>,
    /// How far the adapters that a network makes are apart after the update, where it was measured (M232).
    pub spread: Option<AdapterSpread>,
}

/// How far the adapters of different repositories are apart: what neither loss nor exact match shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdapterSpread {
    /// Mean cosine of Delta-W over pairs.
    pub cosine: f64,
    /// Mean of |own - mean| / |own| of Delta-W.
    pub residual: f64,
}
