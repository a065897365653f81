//! The column layout of the published data sets, for programs that read those (R14, R76, R109–R114, R129–R131).
//!
//! ```text
//! commits/<part>.parquet          kept commits of a partition                         R109, R114
//! qna/<part>.parquet              tasks of a split                                    R110, R114; static track: R76
//! anchor/commits, anchor/qna/     the static view: anchors and their tasks            R129, R130
//! qna_static/ood_test.parquet     the static set of OOD                               R110 or R76
//! repos/<part>.parquet            static track: repositories of a partition           R76, without embeddings
//! ```
//!
//! A sealed release gives one file a split, a mining folder one file a repository, before caps. Columns of ours come
//! last (R147). [`Published`] reads such folders, ours or the authors'; [`import`] makes a release of one.

mod anchor;
mod card;
mod commit;
mod export;
mod import;
mod pair;
mod published;
mod static_pair;
mod vector;

pub use anchor::HubAnchorPair;
pub use commit::{HubAnchorCommit, HubCommit, HubRepo};
pub use export::{Exported, export_mining, export_release};
pub use import::import;
pub(crate) use pair::published_event;
pub use pair::{HubPair, PrefixKind};
pub use published::{Published, PublishedTasks};
pub use static_pair::HubStaticPair;
pub use vector::HubVector;
