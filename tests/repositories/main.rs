//! The verbs that find, fetch and pin repositories, from outside: against scripted repositories, a real `git daemon`
//! and HTTP servers on this machine.

mod discover;
mod fetch;
mod fixture;
mod lock;
mod published;
mod server;
