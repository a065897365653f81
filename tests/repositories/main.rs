//! The verbs that find, fetch and pin repositories, from outside: against scripted repositories, a real `git daemon`
//! and HTTP servers on this machine.

mod discover;
mod evolution;
mod fetch;
mod fixture;
mod git_backend;
mod lock;
mod published;
#[path = "../server/mod.rs"]
mod server;
mod shipped;
