//! `predict` with a model elsewhere, from outside: the same bytes whatever happens on the way.

mod corpus;
mod live;
mod plugin;
mod served;
#[allow(dead_code, reason = "other tests use more of it")]
#[path = "../server/mod.rs"]
mod server;
