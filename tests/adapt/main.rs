//! `adapt` and `convert` from outside: adapters of clones are those that `predict` answers with.

#![cfg(feature = "torch")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod answers;
mod corpus;
mod history;
mod imported;
mod interop;
mod released;
mod vectors;
