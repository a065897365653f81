//! HTTP: bounded answers, failures sorted into those worth another try and the others.

use std::time::Duration;

use bench::Timestamp;
use ureq::config::RedirectAuthHeaders;
use ureq::http::{HeaderMap, Uri};
use ureq::{Agent, Body};

/// Time to wait after failures at most.
const MAX_WAIT: Duration = Duration::from_mins(5);

/// How a host is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpOptions {
    /// Time that one request may take, the answer's last byte included.
    pub timeout: Duration,
    /// Redirects to follow at most; secrets are sent on to the same host alone. With none, a redirect is an answer.
    pub max_redirects: u32,
    /// Bytes of an answer at most, unpacked.
    pub max_body: u64,
    /// Idle connections to keep.
    pub connections: usize,
}

/// Asks hosts.
#[derive(Debug)]
pub struct Http {
    agent: Agent,
    max_body: u64,
}

/// What a host answered, whatever its status.
#[derive(Debug)]
pub struct Reply {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// Why there is no whole answer.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Fault(ureq::Error);

impl Http {
    /// A client with `options`.
    pub fn new(options: HttpOptions) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(options.timeout))
            .http_status_as_error(false)
            .max_redirects(options.max_redirects)
            .redirect_auth_headers(RedirectAuthHeaders::SameHost)
            .max_idle_connections_per_host(options.connections)
            .user_agent(concat!("repopeft/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: Agent::new_with_config(config), max_body: options.max_body }
    }

    /// The answer to `GET url`.
    ///
    /// # Errors
    /// If there is no whole answer in time, or it is too long.
    pub fn get(&self, url: &str, headers: &[(&str, &str)]) -> Result<Reply, Fault> {
        let mut call = self.agent.get(url);
        for (name, value) in headers {
            call = call.header(*name, *value);
        }
        self.reply(call.call())
    }

    /// The answer to `POST url` of `body`.
    ///
    /// # Errors
    /// If there is no whole answer in time, or it is too long.
    pub fn post(&self, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Reply, Fault> {
        let mut call = self.agent.post(url);
        for (name, value) in headers {
            call = call.header(*name, *value);
        }
        self.reply(call.send(body))
    }

    fn reply(&self, answer: Result<ureq::http::Response<Body>, ureq::Error>) -> Result<Reply, Fault> {
        let mut answer = answer.map_err(Fault)?;
        let body = answer.body_mut().with_config().limit(self.max_body).read_to_vec().map_err(Fault)?;
        Ok(Reply { status: answer.status().as_u16(), headers: answer.headers().clone(), body })
    }
}

impl Reply {
    /// The status.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The value of the header `name`, if it has one that is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body, unpacked.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as text, bytes that are no UTF-8 replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// How long the host asks to wait (`Retry-After`, in seconds or as a date by the host's own clock).
    pub fn retry_after(&self) -> Option<Duration> {
        let text = self.header("retry-after")?;
        if let Ok(seconds) = text.parse::<f64>() {
            return Duration::try_from_secs_f64(seconds).ok();
        }
        let left = http_date(text)?.seconds() - http_date(self.header("date")?)?.seconds();
        Some(Duration::from_secs(u64::try_from(left).unwrap_or(0)))
    }
}

impl Fault {
    /// Whether another try cannot succeed.
    pub fn is_final(&self) -> bool {
        matches!(
            self.0,
            ureq::Error::BodyExceedsLimit(_)
                | ureq::Error::BadUri(_)
                | ureq::Error::TooManyRedirects
                | ureq::Error::LargeResponseHeader(..)
        )
    }

    /// Whether the answer was too long.
    pub fn is_oversize(&self) -> bool {
        matches!(self.0, ureq::Error::BodyExceedsLimit(_))
    }
}

/// Whether a secret can be sent to `url` without others reading it: by https, or to this very machine.
pub fn keeps_secrets(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let is_here = uri.host().is_some_and(|host| ["127.0.0.1", "[::1]", "localhost"].contains(&host));
    uri.scheme_str() == Some("https") || is_here
}

/// The time to wait after `failures` failed tries in a row: `first`, then twice as long each time, five minutes at most.
pub fn backoff(first: Duration, failures: u32) -> Duration {
    first.saturating_mul(1_u32.checked_shl(failures).unwrap_or(u32::MAX)).min(MAX_WAIT)
}

/// The moment written as `Sun, 06 Nov 1994 08:49:37 GMT`.
pub fn http_date(text: &str) -> Option<Timestamp> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let [_, day, month, year, time, "GMT"] = words[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    format!("{year}-{month:02}-{day}T{time}Z").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_answers_are_read() {
        let read = |text: &str| http_date(text).map(|moment| moment.to_string());
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT").as_deref(), Some("1994-11-06T08:49:37Z"));
        assert_eq!(read("yesterday"), None);
    }

    #[test]
    fn pauses_are_seconds_or_dates() {
        let pause = |after: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", after.parse().unwrap());
            headers.insert("date", "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap());
            Reply { status: 429, headers, body: Vec::new() }.retry_after()
        };
        assert_eq!(pause("7"), Some(Duration::from_secs(7)));
        assert_eq!(pause("0.5"), Some(Duration::from_millis(500)));
        assert_eq!(pause("Sun, 06 Nov 1994 08:50:37 GMT"), Some(Duration::from_mins(1)));
        assert_eq!(pause("Sun, 06 Nov 1994 08:40:37 GMT"), Some(Duration::ZERO));
        assert_eq!([pause("soon"), pause("-1"), pause("1e400"), pause("nan")], [None; 4]);
    }

    #[test]
    fn secrets_go_by_https_or_stay_here() {
        for url in ["https://a.example", "http://127.0.0.1:80/v1", "http://localhost", "http://[::1]:8000/v1"] {
            assert!(keeps_secrets(url), "{url}");
        }
        for url in ["http://a.example", "http://127.0.0.1.example", "http://localhost@a.example", "127.0.0.1 x", "x"] {
            assert!(!keeps_secrets(url), "{url}");
        }
    }

    #[test]
    fn waits_double_and_end() {
        let waits = [0, 1, 2, 8, 9, 40, u32::MAX].map(|failures| backoff(Duration::from_secs(1), failures).as_secs());
        assert_eq!(waits, [1, 2, 4, 256, 300, 300, 300]);
    }
}
