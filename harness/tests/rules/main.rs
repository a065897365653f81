//! The rules of scoring, tested from outside: golden rows of the reference, tables, laws, and whole runs of `score`.

#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking; its numbers are small"
)]

mod em_ast;
mod fixture;
mod forms;
mod golden;
mod interval;
mod laws;
mod pairs;
mod score;
mod strict;
mod taxonomy;
