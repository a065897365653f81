//! Comparisons of methods, tested from outside: values of other programs, laws, and truth in simulated benchmarks.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod golden;
mod laws;
mod limits;
mod simulation;
