//! Asking the host: stored answers first, then HTTP, politely.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use bench::Timestamp;
use remote::http::{Fault, Http, HttpOptions, Reply, http_date, keeps_secrets};

use super::store::{Response, Store};
use super::verdict::{Signs, Verdict, judge, pause, retry};

/// Bytes of an answer at most; a full page of results has half a million.
const MAX_BODY_BYTES: u64 = 16 << 20;
/// Time that one request may take.
const TIMEOUT: Duration = Duration::from_mins(2);
/// Version of the host's interface.
const API_VERSION: &str = "2022-11-28";

/// The form in which an answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A JSON value; anything else counts as a failure.
    Json,
    /// The bytes of a file.
    Raw,
}

/// How the host is spoken to.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    /// Address of the interface, without a slash at the end.
    pub(crate) api: String,
    /// A token, never shown.
    pub(crate) token: Option<String>,
    /// Whether only stored answers may be used.
    pub(crate) offline: bool,
    /// Time that all waits together may take.
    pub(crate) max_wait: Duration,
}

/// Asks, waits and keeps.
pub(super) struct Client<'a> {
    access: &'a Access,
    store: Store,
    http: Http,
    /// Since when, and for how long, a kind of request may not be made. Not until when: hosts name times beyond all clocks.
    paused: BTreeMap<&'static str, (Instant, Duration)>,
    waited: Duration,
    /// Hears what is waited for.
    note: &'a dyn Fn(&str),
}

impl<'a> Client<'a> {
    /// A client that keeps answers in `store`.
    pub(super) fn new(access: &'a Access, store: Store, note: &'a dyn Fn(&str)) -> Result<Self> {
        if access.token.is_some() && !keeps_secrets(&access.api) {
            bail!("{} is not https, and a token would be read on the way; use https or give no token", access.api);
        }
        let http =
            Http::new(HttpOptions { timeout: TIMEOUT, max_redirects: 5, max_body: MAX_BODY_BYTES, connections: 1 });
        Ok(Self { access, store, http, paused: BTreeMap::new(), waited: Duration::ZERO, note })
    }

    /// The answer to `request`, a path with its query.
    ///
    /// # Errors
    /// If the host cannot be reached, refuses, answers nonsense again and again, or the waits take too long; or if it
    /// would have to be asked although only stored answers may be used.
    pub(super) fn get(&mut self, request: &str, form: Form) -> Result<Response> {
        if let Some(response) = self.store.get(request)? {
            return Ok(response);
        }
        if self.access.offline {
            bail!("no stored answer to {request}; run without --offline to ask {}", self.access.api);
        }
        let url = format!("{}{request}", self.access.api);
        let mut failures = 0;
        loop {
            self.wait_for_turn(request)?;
            let (verdict, answer) = self.ask(&url, request, form, failures);
            match (verdict, answer) {
                (Verdict::Done, Ok(response)) => {
                    self.store.put(&response)?;
                    return Ok(response);
                }
                (Verdict::Wait { time, why }, _) => self.wait(time, &format!("{why} ({url})"))?,
                (Verdict::Fail { remedy }, Err(error)) => {
                    return Err(error.context(format!("cannot read {url}: {remedy}")));
                }
                (Verdict::Fail { remedy }, Ok(response)) => {
                    let said: String = response.body.chars().take(200).collect();
                    bail!("{url} answered {}: {remedy}; it said: {said}", response.status);
                }
                (Verdict::Done, Err(error)) => return Err(error),
            }
            failures += 1;
        }
    }

    /// One request.
    fn ask(&mut self, url: &str, request: &str, form: Form, failures: u32) -> (Verdict, Result<Response>) {
        match self.exchange(url, request, form) {
            Ok((signs, response)) => {
                if let Some(pause) = pause(&signs) {
                    self.paused.insert(kind(request), (Instant::now(), pause));
                }
                let is_nonsense = form == Form::Json
                    && response.is_found()
                    && serde_json::from_str::<serde::de::IgnoredAny>(&response.body).is_err();
                if is_nonsense {
                    let verdict = retry(failures, "the host's answer is not JSON".to_owned());
                    return (verdict, Err(anyhow!("the answer is not JSON")));
                }
                (judge(&signs, failures), Ok(response))
            }
            Err(error) if error.is_final() => (Verdict::Fail { remedy: "is this the right host?" }, Err(error.into())),
            Err(error) => (retry(failures, format!("no answer, {error}")), Err(error.into())),
        }
    }

    fn exchange(&self, url: &str, request: &str, form: Form) -> Result<(Signs, Response), Fault> {
        let accept = match form {
            Form::Json => "application/vnd.github+json",
            Form::Raw => "application/vnd.github.raw+json",
        };
        let bearer = self.access.token.as_ref().map(|token| format!("Bearer {token}"));
        let mut headers = vec![("Accept", accept), ("X-GitHub-Api-Version", API_VERSION)];
        headers.extend(bearer.as_deref().map(|bearer| ("Authorization", bearer)));
        let reply = self.http.get(url, &headers)?;
        let body = reply.text();
        let signs = signs(&reply, &body);
        let date = signs.date.unwrap_or(Timestamp::from_seconds(0));
        // What a host may not show for legal reasons is as good as absent (451).
        let status = if signs.status == 451 { 404 } else { signs.status };
        Ok((signs, Response { request: request.to_owned(), status, date, body }))
    }

    fn wait_for_turn(&mut self, request: &str) -> Result<()> {
        let Some((since, pause)) = self.paused.remove(kind(request)) else { return Ok(()) };
        let time = pause.saturating_sub(since.elapsed());
        if time.is_zero() { Ok(()) } else { self.wait(time, "the rate limit is used up; a token raises it") }
    }

    fn wait(&mut self, time: Duration, why: &str) -> Result<()> {
        self.waited = self.waited.saturating_add(time);
        if self.waited > self.access.max_wait {
            return Err(anyhow!("{why}")).with_context(|| {
                format!(
                    "waiting {} s more would take longer than --max-wait, {} s; what was found is kept, run the verb \
                     again later",
                    time.as_secs(),
                    self.access.max_wait.as_secs()
                )
            });
        }
        (self.note)(&format!("waiting {} s: {why}", time.as_secs()));
        thread::sleep(time);
        Ok(())
    }
}

/// The limit that a request counts against: the host has one for searches and one for the rest.
fn kind(request: &str) -> &'static str {
    if request.starts_with("/search/") { "search" } else { "core" }
}

fn signs(reply: &Reply, body: &str) -> Signs {
    Signs {
        status: reply.status(),
        retry_after: reply.retry_after().map(|pause| pause.as_secs()),
        remaining: reply.header("x-ratelimit-remaining").and_then(|value| value.parse().ok()),
        reset: reply.header("x-ratelimit-reset").and_then(|value| value.parse().ok()),
        date: reply.header("date").and_then(http_date),
        speaks_of_limit: body.to_ascii_lowercase().contains("rate limit"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(api: &str) -> Access {
        Access { api: api.to_owned(), token: Some("t".to_owned()), offline: false, max_wait: Duration::ZERO }
    }

    #[test]
    fn a_pause_without_end_is_refused() {
        let access = access("https://api.example.org");
        let mut client = Client::new(&access, Store::at(std::path::Path::new("x")), &|_| ()).expect("a client");
        client.waited = Duration::from_secs(1);
        client.paused.insert(kind("/repos/a/b"), (Instant::now(), Duration::MAX));
        let refused = client.wait_for_turn("/repos/a/b").expect_err("it would take for ever");
        assert!(refused.to_string().contains("--max-wait"), "{refused}");
    }

    #[test]
    fn a_token_is_not_sent_in_the_clear() {
        let made = |api: &str| Client::new(&access(api), Store::at(std::path::Path::new("x")), &|_| ()).is_ok();
        assert!(made("https://api.example.org") && made("http://127.0.0.1:80") && !made("http://api.example.org"));
    }
}
