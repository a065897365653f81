//! The rules of scoring, tested from outside: golden rows of the reference, tables, laws, and whole runs of `score`.

mod fixture;
mod golden;
mod interval;
mod laws;
mod score;
mod strict;
