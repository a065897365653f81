//! The rules of scoring, tested from outside: golden rows of the reference, tables, laws, and whole runs of `score`.

#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking; its numbers are small"
)]

mod em_ast;
mod fixture;
mod golden;
mod interval;
mod laws;
mod score;
mod strict;
mod taxonomy;
