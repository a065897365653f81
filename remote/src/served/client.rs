//! Asking a server until it answers, politely, and giving up where that is of no use.

use std::time::Duration;

use bench::Seed;

use super::answer::{Answer, message};
use super::endpoint::Endpoint;
use super::model::{Api, Request};
use crate::halt::Halt;
use crate::http::{Http, HttpOptions, Reply, backoff};
use crate::pace::{Limits, Pacer};
use crate::secret::Secret;

/// Bytes of an answer at most: a completion of the longest kind, with room for what servers add.
const MAX_BODY_BYTES: u64 = 4 << 20;
/// A pause that a server may ask for at most; nobody waits longer for one answer.
const MAX_PAUSE: Duration = Duration::from_hours(1);
/// Characters of a server's message that are shown.
const MAX_MESSAGE_CHARS: usize = 300;
/// Steps between the shortest and the longest wait after a failure.
const JITTER_STEPS: u64 = 1000;

/// How a server is asked.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Where it is.
    pub endpoint: Endpoint,
    /// The key it wants.
    pub key: Option<Secret>,
    /// How often it may be asked.
    pub limits: Limits,
    /// Requests under way at a time, at most.
    pub concurrency: usize,
    /// Further tries after a failure.
    pub retries: u32,
    /// Time to wait after a first failure; doubled for each further one.
    pub first_wait: Duration,
    /// Time that one try may take.
    pub timeout: Duration,
    /// Root of the spread of waits.
    pub seed: Seed,
}

/// Asks one server.
#[derive(Debug)]
pub struct Client {
    options: ClientOptions,
    http: Http,
    pacer: Pacer,
}

/// A whole answer with the text it was read from.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) body: String,
    pub(super) answer: Answer,
}

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The run ended.
    Halted,
    /// No further request would fare better.
    Run(String),
    /// This request is refused, or answered with something that is no completion; others may fare better.
    Request(String),
}

impl Failure {
    /// Whether the run ends by it, where `skip_failed` says that single requests may fail.
    pub(super) fn ends_run(&self, skip_failed: bool) -> bool {
        match self {
            Self::Halted => false,
            Self::Run(_) => true,
            Self::Request(_) => !skip_failed,
        }
    }
}

/// Why one try failed.
struct Trouble {
    failure: Failure,
    /// Whether another try may succeed.
    passes: bool,
    /// How long the server asks to wait.
    pause: Option<Duration>,
}

impl Trouble {
    fn passing(failure: Failure) -> Self {
        Self { failure, passes: true, pause: None }
    }

    fn lasting(failure: Failure) -> Self {
        Self { failure, passes: false, pause: None }
    }
}

impl Client {
    /// A client with `options`. Nothing is sent yet.
    pub fn new(options: ClientOptions) -> Self {
        let http = Http::new(HttpOptions {
            timeout: options.timeout,
            max_redirects: 0,
            max_body: MAX_BODY_BYTES,
            connections: options.concurrency,
        });
        Self { pacer: Pacer::new(options.limits), http, options }
    }

    /// Requests under way at a time, at most.
    pub(super) fn concurrency(&self) -> usize {
        self.options.concurrency.max(1)
    }

    /// The answer to `request`; `say` hears of every wait for another try.
    pub(super) fn ask(
        &self,
        request: &Request,
        api: Api,
        halt: &Halt,
        say: &dyn Fn(Duration, &str),
    ) -> Result<Answered, Failure> {
        let mut failures = 0;
        loop {
            if !self.pacer.wait_turn(request.expected_tokens, halt) {
                return Err(Failure::Halted);
            }
            let trouble = match self.ask_once(request, api) {
                Ok(answered) => {
                    let Answer { prompt_tokens, new_tokens, .. } = answered.answer;
                    if let (Some(read), Some(written)) = (prompt_tokens, new_tokens) {
                        self.pacer.settle(request.expected_tokens, read.saturating_add(written));
                    }
                    return Ok(answered);
                }
                Err(trouble) => trouble,
            };
            if !trouble.passes || failures >= self.options.retries || trouble.pause > Some(MAX_PAUSE) {
                return Err(trouble.failure);
            }
            let time = self.wait(&request.hash, failures).max(trouble.pause.unwrap_or_default());
            if let Some(pause) = trouble.pause {
                self.pacer.pause(pause);
            }
            if let Failure::Run(reason) | Failure::Request(reason) = &trouble.failure {
                say(time, reason);
            }
            if !halt.sleep(time) {
                return Err(Failure::Halted);
            }
            failures += 1;
        }
    }

    /// Time to wait before the next try: half to all of the doubling time, spread by request.
    fn wait(&self, hash: &str, failures: u32) -> Duration {
        let spread = self.options.seed.derive("retry").derive(hash).chunk(failures.into()).0 % JITTER_STEPS;
        let longest = backoff(self.options.first_wait, failures);
        longest.mul_f64(0.5 + 0.5 * spread as f64 / JITTER_STEPS as f64)
    }

    fn ask_once(&self, request: &Request, api: Api) -> Result<Answered, Trouble> {
        let bearer = self.options.key.as_ref().map(Secret::bearer);
        let mut headers = vec![("Content-Type", "application/json"), ("Accept", "application/json")];
        if let Some(bearer) = &bearer {
            headers.push(("Authorization", bearer));
        }
        match self.http.post(&self.options.endpoint.url(api), &headers, &request.body) {
            Ok(reply) if reply.status() == 200 => self.read(&reply, api),
            Ok(reply) => Err(self.judge(&reply)),
            Err(fault) if fault.is_oversize() => {
                let reason = format!("the answer has more than {MAX_BODY_BYTES} bytes");
                Err(Trouble::lasting(Failure::Request(reason)))
            }
            Err(fault) => {
                let reason = self.shown(&format!("no whole answer from the server, {fault}"));
                let failure = Failure::Run(reason);
                Err(if fault.is_final() { Trouble::lasting(failure) } else { Trouble::passing(failure) })
            }
        }
    }

    fn read(&self, reply: &Reply, api: Api) -> Result<Answered, Trouble> {
        let nonsense = |reason: &str| Trouble::passing(Failure::Request(self.shown(reason)));
        let body = std::str::from_utf8(reply.body()).map_err(|_| nonsense("the answer is not UTF-8"))?;
        let answer = Answer::read(body, api).map_err(|reason| nonsense(&reason))?;
        if self.options.key.as_ref().is_some_and(|key| key.is_in(body) || key.is_in(&answer.text)) {
            let reason = "the server's answer repeats the API key, so it is not kept";
            return Err(Trouble::lasting(Failure::Run(reason.to_owned())));
        }
        Ok(Answered { body: body.to_owned(), answer })
    }

    /// What an answer of another status than 200 means.
    fn judge(&self, reply: &Reply) -> Trouble {
        let status = reply.status();
        let said = match serde_json::from_slice(reply.body()) {
            Ok(value) => message(&value),
            Err(_) => reply.text(),
        };
        let answered = |remedy: &str| {
            let said = if said.trim().is_empty() { String::new() } else { format!("; it said: {said}") };
            self.shown(&format!("the server answered {status}: {remedy}{said}"))
        };
        match status {
            429 | 503 => Trouble {
                failure: Failure::Run(answered("it wants fewer requests; lower --concurrency or set a rate limit")),
                passes: true,
                pause: reply.retry_after(),
            },
            408 | 409 | 425 | 500.. => Trouble {
                failure: Failure::Run(answered(
                    "it is in trouble; what was answered is kept, run the verb again later",
                )),
                passes: true,
                pause: reply.retry_after(),
            },
            400 | 413 | 422 => Trouble::lasting(Failure::Request(answered(
                "it does not take the request; is the prompt too long (--max-prompt-chars), or a field unknown (--config)?",
            ))),
            401 | 403 => Trouble::lasting(Failure::Run(answered("it refuses the key; see --api-key-env"))),
            404 | 405 => Trouble::lasting(Failure::Run(answered("check --endpoint, --api and --model-name"))),
            300..=399 => {
                Trouble::lasting(Failure::Run(answered("it redirects, which is not followed; mend --endpoint")))
            }
            _ => Trouble::lasting(Failure::Run(answered("this is no answer to a completion; check --endpoint"))),
        }
    }

    /// `text` as it may be shown: the key masked, on one line, not too long.
    fn shown(&self, text: &str) -> String {
        let masked = self.options.key.as_ref().map_or_else(|| text.to_owned(), |key| key.mask(text));
        let line: String = masked.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        match line.char_indices().nth(MAX_MESSAGE_CHARS) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    }
}
