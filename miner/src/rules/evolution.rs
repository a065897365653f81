//! Files of the evolution track, told by their paths alone (R41, R42).

use super::{NOT_PRODUCTION, SUFFIXES, contains_ignoring_case, suffix};

/// Whether the file at `path` is a test file of the evolution track: Python, in none of the folders that hold no sources, and
/// with "test" in a component (R41). What metadata add is the caller's.
///
/// ```
/// assert!(miner::is_evolution_test("src/latest/x.PY") && !miner::is_evolution_test("dist/test_x.py"));
/// ```
pub fn is_evolution_test(path: &str) -> bool {
    has_suffix(path, &SUFFIXES[..1]) && !is_elsewhere(path) && says_test(path)
}

/// Whether the file at `path` is a production file of the evolution track: Python or documentation, in none of the folders
/// that hold no sources, and without "test" in any component (R42, Q34).
///
/// ```
/// assert!(miner::is_evolution_production("docs/index.rst") && !miner::is_evolution_production("src/latest/x.py"));
/// ```
pub fn is_evolution_production(path: &str) -> bool {
    has_suffix(path, &SUFFIXES) && !is_elsewhere(path) && !says_test(path)
}

fn has_suffix(path: &str, known: &[&str]) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    suffix(name).is_some_and(|suffix| known.iter().any(|known| known.eq_ignore_ascii_case(suffix)))
}

/// Whether a component, the file name included, is one of the folders of R41.
fn is_elsewhere(path: &str) -> bool {
    path.split('/').any(|component| NOT_PRODUCTION.contains(&component))
}

/// The path rule (R36). No component ends in the middle of "test", so the whole path can be asked.
fn says_test(path: &str) -> bool {
    contains_ignoring_case(path, "test")
}
