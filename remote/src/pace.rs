//! How fast requests may follow on each other.

use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::halt::Halt;

const MINUTE: Duration = Duration::from_mins(1);

/// What may be asked for in a minute; no limit where there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Requests.
    pub requests_per_minute: Option<NonZeroU32>,
    /// Tokens, read and written.
    pub tokens_per_minute: Option<NonZeroU32>,
}

/// Spreads requests evenly over time, so that no minute holds more than the limits allow.
#[derive(Debug)]
pub(crate) struct Pacer {
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When the next request may start by the limit of requests.
    request: Instant,
    /// The same by the limit of tokens.
    tokens: Instant,
    /// Before this moment the server wants no request at all.
    pause: Instant,
}

impl Pacer {
    pub(crate) fn new(limits: Limits) -> Self {
        let now = Instant::now();
        Self { limits, state: Mutex::new(State { request: now, tokens: now, pause: now }) }
    }

    /// Waits until a request of about `tokens` tokens may start; false if the run ended before.
    pub(crate) fn wait_turn(&self, tokens: u32, halt: &Halt) -> bool {
        let mut start = self.reserve(tokens);
        // A pause that another request was told of meanwhile holds for this one as well.
        while halt.sleep_until(start) {
            let pause = self.state().pause;
            if pause <= start {
                return true;
            }
            start = pause;
        }
        false
    }

    /// Tells that a request of which `expected` tokens were expected took `found`.
    pub(crate) fn settle(&self, expected: u32, found: u32) {
        let (more, less) = (found.saturating_sub(expected), expected.saturating_sub(found));
        let mut state = self.state();
        state.tokens += share(self.limits.tokens_per_minute, more);
        if let Some(sooner) = state.tokens.checked_sub(share(self.limits.tokens_per_minute, less)) {
            state.tokens = sooner;
        }
    }

    /// Tells that the server wants no request for `time`.
    pub(crate) fn pause(&self, time: Duration) {
        let mut state = self.state();
        state.pause = state.pause.max(Instant::now() + time);
    }

    fn reserve(&self, tokens: u32) -> Instant {
        let mut state = self.state();
        let start = Instant::now().max(state.request).max(state.tokens).max(state.pause);
        state.request = start + share(self.limits.requests_per_minute, 1);
        state.tokens = start + share(self.limits.tokens_per_minute, tokens);
        start
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time that `count` things take where `limit` of them fit a minute.
fn share(limit: Option<NonZeroU32>, count: u32) -> Duration {
    limit.map_or(Duration::ZERO, |limit| MINUTE.mul_f64(f64::from(count) / f64::from(limit.get())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(limits: Limits, tokens: u32, count: u32) -> Duration {
        let (pacer, halt, begun) = (Pacer::new(limits), Halt::default(), Instant::now());
        for _ in 0..count {
            assert!(pacer.wait_turn(tokens, &halt));
        }
        begun.elapsed()
    }

    #[test]
    fn requests_and_tokens_are_spread_over_time() {
        let requests = Limits { requests_per_minute: NonZeroU32::new(1200), tokens_per_minute: None };
        assert!(started(requests, 9, 5) >= Duration::from_millis(200));
        let tokens = Limits { requests_per_minute: None, tokens_per_minute: NonZeroU32::new(60_000) };
        assert!(started(tokens, 50, 5) >= Duration::from_millis(200));
    }

    #[test]
    fn tokens_that_were_not_used_are_given_back() {
        let limits = Limits { requests_per_minute: None, tokens_per_minute: NonZeroU32::new(600) };
        let (pacer, halt, begun) = (Pacer::new(limits), Halt::default(), Instant::now());
        assert!(pacer.wait_turn(600, &halt));
        pacer.settle(600, 1);
        assert!(pacer.wait_turn(600, &halt));
        assert!(begun.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn a_pause_holds_for_all_and_the_end_of_the_run_ends_it() {
        let (pacer, halt) = (Pacer::new(Limits::default()), Halt::default());
        pacer.pause(Duration::from_millis(80));
        let begun = Instant::now();
        assert!(pacer.wait_turn(1, &halt));
        assert!(begun.elapsed() >= Duration::from_millis(80));
        pacer.pause(Duration::from_hours(1));
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| pacer.wait_turn(1, &halt));
            halt.halt();
            assert!(!waiter.join().unwrap());
        });
    }
}
