//! The audit of conditioning (section 13 of the methods' rules): does a method that claims to know repositories use that?
//!
//! Geometry is a function of adapters: how far those of different repositories are apart. The functional part
//! scores the tasks of a [`Cast`] of repositories under their own adapter, the mean one, those of others, and
//! [blends](Space), and writes a row for each ([`run`]); what rows say is computed elsewhere, from the rows alone. Methods
//! whose weights know no repository, but whose prompts do, are scored behind the contexts of others instead (M174).

mod beside;
mod blend;
mod cast;
mod geometry;
mod low_rank;
mod mean;
mod observer;
mod prompts;
mod provenance;
mod run;
mod scored;
mod scorer;
mod shelf;
mod trial;

pub use bench::audit::Space;
pub use beside::{per_repository, untrained};
pub use blend::{delta_blend, factor_blend};
pub use cast::{Cast, CastOptions, CastRepo, CastTask, Place};
pub use geometry::{Gram, geometry_of, spread_of};
pub use low_rank::LowRank;
pub use mean::{MeanAdapter, mean_adapter};
pub use observer::{AuditEvent, AuditObserver};
pub use prompts::run_prompts;
pub use provenance::check_contexts;
pub use run::{Findings, Subject, run};
pub use scored::Scored;
pub use scorer::RunOptions;
pub use trial::Trial;
