//! A word to all threads of a run that it is over, heard even in sleep.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Whether the run is to end early.
#[derive(Debug, Default)]
pub(crate) struct Halt {
    is_over: Mutex<bool>,
    woken: Condvar,
}

impl Halt {
    /// Ends the run: every sleeper wakes.
    pub(crate) fn halt(&self) {
        *self.is_over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.woken.notify_all();
    }

    /// Whether the run goes on.
    pub(crate) fn goes_on(&self) -> bool {
        !*self.is_over.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps until `moment`; false if the run ended before.
    pub(crate) fn sleep_until(&self, moment: Instant) -> bool {
        let mut is_over = self.is_over.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let left = moment.saturating_duration_since(Instant::now());
            if *is_over || left.is_zero() {
                return !*is_over;
            }
            is_over = self.woken.wait_timeout(is_over, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Sleeps for `time`; false if the run ended before.
    pub(crate) fn sleep(&self, time: Duration) -> bool {
        self.sleep_until(Instant::now() + time)
    }
}
