//! What an answer of the host means: done, wait, or give up. No clock is read: the host tells its own time.

use std::time::Duration;

use bench::Timestamp;

/// Time to wait after a first failure; doubled for each further one.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Time to wait where the host limits without saying for how long, in seconds.
const UNSPECIFIED: u64 = 60;
/// Failures of one request in a row, after which it is given up. Waits for limits are none.
const MAX_FAILURES: u32 = 6;

/// The part of an answer that decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Signs {
    /// The status.
    pub(super) status: u16,
    /// `Retry-After`, in seconds.
    pub(super) retry_after: Option<u64>,
    /// `X-RateLimit-Remaining`.
    pub(super) remaining: Option<u64>,
    /// `X-RateLimit-Reset`, in seconds since 1970.
    pub(super) reset: Option<i64>,
    /// `Date`.
    pub(super) date: Option<Timestamp>,
    /// Whether the body speaks of a rate limit.
    pub(super) speaks_of_limit: bool,
}

/// What to do with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Take it.
    Done,
    /// Ask again after a time.
    Wait {
        /// How long.
        time: Duration,
        /// What for.
        why: String,
    },
    /// Give up.
    Fail {
        /// What would help.
        remedy: &'static str,
    },
}

/// The verdict on an answer after `failures` failed tries.
pub(super) fn judge(signs: &Signs, failures: u32) -> Verdict {
    match signs.status {
        200 | 404 => Verdict::Done,
        401 => Verdict::Fail { remedy: "the host refuses the token; make another one or give none" },
        403 | 429 => limited(signs, failures),
        422 => Verdict::Fail { remedy: "the host does not understand the search; mend the query set" },
        status if status == 408 || status >= 500 => retry(failures, format!("the host answered {status}")),
        451 => Verdict::Done,
        _ => Verdict::Fail { remedy: "check the address that --api gives" },
    }
}

/// How long to wait before the next request, because this answer was the last one that the limit allows.
pub(super) fn pause(signs: &Signs) -> Option<Duration> {
    (signs.remaining == Some(0)).then(|| until_reset(signs)).flatten()
}

/// Time to wait after `failures` failed tries, because of `why`.
pub(super) fn retry(failures: u32, why: String) -> Verdict {
    if failures >= MAX_FAILURES {
        return Verdict::Fail { remedy: "it failed again and again; what was found is kept, run the verb again later" };
    }
    Verdict::Wait { time: remote::http::backoff(FIRST_WAIT, failures), why }
}

fn limited(signs: &Signs, failures: u32) -> Verdict {
    let wait = |time, why: &str| Verdict::Wait { time, why: why.to_owned() };
    if let Some(seconds) = signs.retry_after {
        return wait(Duration::from_secs(seconds), "the host asks for a pause");
    }
    if let Some(time) = pause(signs) {
        return wait(time, "the rate limit is used up until it is reset; a token raises it");
    }
    if signs.status == 429 || signs.speaks_of_limit {
        let seconds = UNSPECIFIED.saturating_mul(1 << failures.min(4));
        return wait(Duration::from_secs(seconds), "the host limits searches that follow on each other too fast");
    }
    Verdict::Fail { remedy: "access is forbidden; give a token that may read public repositories" }
}

/// Time until the limit is reset, with a second to spare.
fn until_reset(signs: &Signs) -> Option<Duration> {
    let left = signs.reset?.saturating_sub(signs.date?.seconds());
    Some(Duration::from_secs(u64::try_from(left).unwrap_or(0).saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(verdict: &Verdict) -> Option<u64> {
        match verdict {
            Verdict::Wait { time, .. } => Some(time.as_secs()),
            _ => None,
        }
    }

    #[test]
    fn limits_are_waited_for() {
        let now = Timestamp::from_seconds(1_000);
        let signs = Signs { status: 403, remaining: Some(0), reset: Some(1_030), date: Some(now), ..Signs::default() };
        assert_eq!(seconds(&judge(&signs, 0)), Some(31));
        assert_eq!(pause(&Signs { status: 200, ..signs.clone() }), Some(Duration::from_secs(31)));
        assert_eq!(seconds(&judge(&Signs { retry_after: Some(7), ..signs.clone() }, 0)), Some(7));
        assert_eq!(seconds(&judge(&Signs { reset: Some(5), ..signs.clone() }, 0)), Some(1), "a clock that runs behind");
        let secondary = Signs { status: 403, speaks_of_limit: true, ..Signs::default() };
        assert_eq!([0, 1, 9].map(|n| seconds(&judge(&secondary, n))), [Some(60), Some(120), Some(960)]);
        assert!(matches!(judge(&Signs { status: 403, ..Signs::default() }, 0), Verdict::Fail { .. }));
    }

    #[test]
    fn absurd_times_are_times() {
        let date = |seconds| Some(Timestamp::from_seconds(seconds));
        let used_up = Signs { status: 200, remaining: Some(0), ..Signs::default() };
        let wait = |reset, date| pause(&Signs { reset: Some(reset), date, ..used_up.clone() });
        assert!(wait(i64::MAX, date(-1)) > Some(Duration::from_hours(1)));
        assert_eq!(wait(i64::MIN, date(1)), Some(Duration::from_secs(1)));
    }

    #[test]
    fn failures_are_retried_ever_later_and_not_for_ever() {
        let signs = Signs { status: 502, ..Signs::default() };
        assert_eq!([0, 1, 2, 5].map(|n| seconds(&judge(&signs, n))), [Some(1), Some(2), Some(4), Some(32)]);
        assert!(matches!(judge(&signs, 6), Verdict::Fail { .. }));
        for status in [400, 401, 422] {
            assert!(matches!(judge(&Signs { status, ..Signs::default() }, 0), Verdict::Fail { .. }), "{status}");
        }
    }
}
