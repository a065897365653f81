//! Altered inputs for everything that reads what others wrote.
//!
//! A target is a function of bytes that panics on what must not happen; [`feed`] calls it with altered inputs and names
//! the one that it fails on. A target never decides by the seed, so any other program can call it as well.

mod engine;
mod histories;
mod oracle;
mod python;
mod submissions;
mod tables;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// No altered input may take longer, even in a build without optimisation on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// Altered inputs a target gets in a test run by default, and for the published figures.
const FEW: usize = 300;
const MANY: usize = 10_000;

/// How a target took an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Accepted,
    Refused,
}

/// Feeds `count` inputs of `next` to `target` and prints how it took them.
fn feed(name: &str, count: usize, mut next: impl FnMut() -> Vec<u8>, target: impl Fn(&[u8]) -> Verdict) {
    let (mut accepted, mut slowest) = (0, Duration::ZERO);
    let begin = Instant::now();
    for number in 0..count {
        let data = next();
        let started = Instant::now();
        let verdict = catch_unwind(AssertUnwindSafe(|| target(&data)));
        let took = started.elapsed();
        slowest = slowest.max(took);
        let verdict = verdict.unwrap_or_else(|_| panic!("{name}: input {number} fails; {}", kept(name, &data)));
        assert!(took < PATIENCE, "{name}: input {number} takes {took:?}; {}", kept(name, &data));
        accepted += usize::from(verdict == Verdict::Accepted);
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!("{name}: {count} inputs, {accepted} accepted, {seconds:.1} s, slowest {:.3} s", slowest.as_secs_f64());
}

/// Keeps an input that fails.
fn kept(name: &str, data: &[u8]) -> String {
    let path = std::env::temp_dir().join(format!("{}.failed", name.replace(' ', "-")));
    std::fs::write(&path, data).expect("written");
    format!("it is kept in {}", path.display())
}
