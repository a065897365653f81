//! Methods in a process of their own, which speak JSON lines on standard input and output.
//!
//! [`Plugin::start`] starts one and learns its card; [`run`] answers tasks with it.

mod message;
mod process;
mod run;
mod words;

pub use run::{Plugin, PluginOptions, Views, run};
