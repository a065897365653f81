//! Releases of the evolution track: who goes where, what the caps leave, and that everything is found again.

mod evolution;
mod fixture;
mod hub;
mod leaks;
#[cfg(feature = "stats")]
mod statistics;
