//! One file a verb: options in, an [`Answer`](crate::exit::Answer) out.

pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod diff;
pub(crate) mod discover;
pub(crate) mod experiment;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod fetch;
pub(crate) mod import;
pub(crate) mod leaks;
pub(crate) mod lock;
pub(crate) mod mine;
pub(crate) mod predict;
pub(crate) mod probe;
pub(crate) mod quickstart;
pub(crate) mod report;
pub(crate) mod score;
pub(crate) mod selftest;
pub(crate) mod stats;
pub(crate) mod steps;
pub(crate) mod torch;
pub(crate) mod verify;
