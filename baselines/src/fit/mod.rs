//! Training of methods: from a release, a base model and settings to an artifact that `predict` reads.
//!
//! ```text
//! artifact.json       written last: what was trained, on what, and a hash of every file of weights
//! training.json       what it took (M237)
//! curve.parquet       its steps; one beside each adapter where there are many
//! model/              full fine-tuning: a checkpoint folder
//! adapter/            LoRA: a folder of the library PEFT
//! adapters/<repo>/    LoRA for each repository
//! state/              an unfinished run
//! ```

mod artifact;
mod calibration;
mod conditions;
mod convert;
mod estimate;
mod generated;
mod hold_out;
mod lora;
mod network;
mod outlook;
mod recipe;
mod record;
mod run;
mod session;
mod settings;

pub use artifact::{ARTIFACT_FORMAT, Artifact, ArtifactManifest};
pub use calibration::Calibration;
pub(crate) use conditions::step_input;
pub use convert::{Converted, ReleasedCheckpoint};
pub use estimate::{Estimate, estimate};
pub use network::{ArchitectureSettings, NetworkSettings};
pub use outlook::{Outlook, outlook};
pub use recipe::{RECIPES, Recipe, recipe};
pub use record::{Presented, TrainingRecord};
pub use run::{FitOptions, fit};
pub use settings::{Kind, LoraSettings, OptimizerSettings, TrainingSettings, ValidationSettings};
