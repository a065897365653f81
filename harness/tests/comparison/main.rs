//! Comparisons of methods, tested from outside: values of other programs, laws, and truth in simulated benchmarks.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stdout, reason = "a test that measures prints its figures")]

mod golden;
mod laws;
mod limits;
mod simulation;
