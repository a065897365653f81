//! The pages of a board in a browser: what a reader does, what an accessibility checker and a validator find, how long it
//! takes. `make browser-test` brings what these tests need and runs them.

mod driver;
mod pages;
mod quickstart;
mod speed;
mod synthetic;

use std::path::PathBuf;

/// The folder of what `scripts/browser-tests.sh` brings.
fn tools() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(".browser-test/node_modules")
}

/// Where pictures for people go.
fn pictures() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pictures")
}
