//! Comparisons with a live Python, which the default tests do without: `make interop` runs them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod expressions;
mod respelled;
mod taxonomy;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// The rows that the script `name` beside this file prints under `python`.
fn rows<T: serde::de::DeserializeOwned>(python: &str, name: &str, arguments: [&str; 2]) -> impl Iterator<Item = T> {
    let script = format!("{}/tests/live/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut child = Command::new(python)
        .arg(script)
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a Python of this version on the path");
    let output = BufReader::new(child.stdout.take().unwrap());
    let rows = output.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap());
    rows.chain(std::iter::from_fn(move || {
        assert!(child.wait().unwrap().success(), "the script failed");
        None
    }))
}
