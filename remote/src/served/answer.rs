//! What a server says to a request: read strictly, so that nothing half-said counts as an answer.

use bench::{MAX_COMPLETION_BYTES, Stop};
use serde::Deserialize;

use super::model::Api;

/// A whole answer of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// What the model wrote, nothing removed.
    pub(super) text: String,
    pub(super) prompt_tokens: Option<u32>,
    pub(super) new_tokens: Option<u32>,
    pub(super) stop: Option<Stop>,
}

#[derive(Deserialize)]
struct Body {
    choices: Option<Vec<Choice>>,
    usage: Option<Usage>,
    error: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Choice {
    text: Option<String>,
    message: Option<Message>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
}

impl Answer {
    /// The answer in the `body` that the interface `api` gave.
    ///
    /// # Errors
    /// What is missing, in words.
    pub(super) fn read(body: &str, api: Api) -> Result<Self, String> {
        let body: Body =
            serde_json::from_str(body).map_err(|error| format!("the answer is not of the form: {error}"))?;
        if let Some(error) = body.error.filter(|error| !error.is_null()) {
            return Err(format!("the server answers with an error: {}", message(&error)));
        }
        let mut choices = body.choices.ok_or("the answer has no `choices`")?;
        let choice = match (choices.pop(), choices.len()) {
            (Some(choice), 0) => choice,
            (None, _) => return Err("the answer has no choice in `choices`".to_owned()),
            (_, more) => return Err(format!("the answer has {} choices, one was asked for", more + 1)),
        };
        let stop = stop(choice.finish_reason.as_deref())?;
        let text = match api {
            Api::Completions => choice.text.ok_or("the choice has no `text`")?,
            Api::Chat => {
                choice.message.and_then(|message| message.content).ok_or("the choice has no `message.content`")?
            }
        };
        if text.len() > MAX_COMPLETION_BYTES {
            return Err(format!("the completion has {} bytes, {MAX_COMPLETION_BYTES} are allowed", text.len()));
        }
        let count = |count: Option<u64>| count.and_then(|count| u32::try_from(count).ok());
        let (prompt_tokens, new_tokens) =
            body.usage.map_or((None, None), |usage| (count(usage.prompt_tokens), count(usage.completion_tokens)));
        Ok(Self { text, prompt_tokens, new_tokens, stop })
    }
}

/// Why the completion ended; none where the server does not say it in words that are known.
fn stop(reason: Option<&str>) -> Result<Option<Stop>, String> {
    match reason {
        Some("stop") => Ok(Some(Stop::Eos)),
        Some("length") => Ok(Some(Stop::Length)),
        Some(reason @ ("content_filter" | "tool_calls" | "function_call" | "error")) => {
            Err(format!("the model ended by `{reason}`, not with a completion"))
        }
        _ => Ok(None),
    }
}

/// The message of an error that a server put in JSON.
pub(super) fn message(error: &serde_json::Value) -> String {
    let inner = error.get("error").unwrap_or(error);
    let text = inner.get("message").or_else(|| inner.get("detail")).unwrap_or(inner);
    text.as_str().map_or_else(|| text.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_answers_are_read() {
        let body = r#"{"id":"x","choices":[{"index":0,"text":" 3)","finish_reason":"length","logprobs":null}],
            "usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9},"error":null}"#;
        let answer = Answer::read(body, Api::Completions).unwrap();
        let expected =
            Answer { text: " 3)".to_owned(), prompt_tokens: Some(7), new_tokens: Some(2), stop: Some(Stop::Length) };
        assert_eq!(answer, expected);
        let body = r#"{"choices":[{"message":{"role":"assistant","content":""},"finish_reason":"stop"}]}"#;
        let answer = Answer::read(body, Api::Chat).unwrap();
        assert_eq!((answer.text.as_str(), answer.new_tokens, answer.stop), ("", None, Some(Stop::Eos)));
        let body = r#"{"choices":[{"text":"x","finish_reason":"eos_token"}],"usage":{"prompt_tokens":99999999999}}"#;
        let answer = Answer::read(body, Api::Completions).unwrap();
        assert_eq!((answer.prompt_tokens, answer.stop), (None, None));
    }

    #[test]
    fn anything_less_is_refused() {
        for (body, part) in [
            ("", "not of the form"),
            ("{\"choices\":[{\"text\":\"a\"", "not of the form"),
            ("[1]", "not of the form"),
            ("{\"choices\":[{\"text\":3}]}", "not of the form"),
            ("{}", "no `choices`"),
            ("{\"choices\":null}", "no `choices`"),
            ("{\"choices\":[]}", "no choice"),
            ("{\"choices\":[{\"text\":null}]}", "no `text`"),
            ("{\"choices\":[{\"message\":{\"content\":\"a\"}}]}", "no `text`"),
            ("{\"choices\":[{\"text\":\"a\"},{\"text\":\"b\"}]}", "2 choices"),
            ("{\"choices\":[{\"text\":\"a\",\"finish_reason\":\"content_filter\"}]}", "content_filter"),
            ("{\"error\":{\"message\":\"no credit\"}}", "no credit"),
        ] {
            let error = Answer::read(body, Api::Completions).unwrap_err();
            assert!(error.contains(part), "{body}: {error}");
        }
        let null = "{\"choices\":[{\"message\":{\"content\":null,\"refusal\":\"no\"}}]}";
        assert!(Answer::read(null, Api::Chat).unwrap_err().contains("no `message.content`"));
        let long = format!("{{\"choices\":[{{\"text\":\"{}\"}}]}}", "a".repeat(MAX_COMPLETION_BYTES + 1));
        assert!(Answer::read(&long, Api::Completions).unwrap_err().contains("65537 bytes"));
        let deep = "[".repeat(100_000);
        assert!(Answer::read(&deep, Api::Completions).is_err());
    }
}
