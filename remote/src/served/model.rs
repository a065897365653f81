//! A served model as a method: its card, and the request that a prefix becomes.

use std::collections::BTreeMap;

use bench::MethodCard;
use serde_json::{Map, Value, json};

use super::settings::{PREFIX, ServedSettings};
use super::unwrapping::without_echo;

/// Bytes of text that are taken for a token where a request's tokens must be known before it is answered.
const BYTES_PER_TOKEN: usize = 4;
/// What stands on a card where nothing is set.
const UNSET: &str = "none";

/// Which interface of the server is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// The prompt is the prefix.
    Completions,
    /// The prompt is an instruction that holds the prefix.
    Chat,
}

impl Api {
    /// The path below the endpoint.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Completions => "completions",
            Self::Chat => "chat/completions",
        }
    }
}

/// What a model is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelOptions {
    /// The interface.
    pub api: Api,
    /// The model's name on the server.
    pub name: String,
    /// Tokens of a completion at most.
    pub max_new_tokens: u32,
    /// Texts that end a completion.
    pub stop: Vec<String>,
    /// Characters of a prefix at most, the last ones; all if none.
    pub max_prompt_chars: Option<usize>,
}

/// A served model.
#[derive(Debug, Clone)]
pub struct ServedModel {
    options: ModelOptions,
    settings: ServedSettings,
    card: MethodCard,
}

/// A request, ready to be sent.
pub(super) struct Request {
    /// BLAKE3 of path and body.
    pub(super) hash: String,
    pub(super) body: Vec<u8>,
    /// Tokens that it will take, roughly.
    pub(super) expected_tokens: u32,
}

impl ServedModel {
    /// The model that `options` and `settings` describe.
    pub fn new(options: ModelOptions, settings: ServedSettings) -> Self {
        let card = card(&options, &settings);
        Self { options, settings, card }
    }

    /// What the method is. No address is on it, so that a run and its replay have one card.
    pub fn card(&self) -> &MethodCard {
        &self.card
    }

    /// The interface.
    pub fn api(&self) -> Api {
        self.options.api
    }

    /// The part of `prefix` that is shown.
    pub(super) fn shown<'a>(&self, prefix: &'a str) -> &'a str {
        let first = self.options.max_prompt_chars.and_then(|most| prefix.char_indices().nth_back(most.checked_sub(1)?));
        first.map_or(prefix, |(at, _)| &prefix[at..])
    }

    /// The request for the completion of `prefix`.
    pub(super) fn request(&self, prefix: &str) -> Request {
        let shown = self.shown(prefix);
        let ModelOptions { api, name, max_new_tokens, stop, .. } = &self.options;
        let mut fields = extra(&self.settings);
        fields.insert("model".to_owned(), json!(name));
        fields.insert("stream".to_owned(), json!(false));
        fields.insert(self.settings.request.max_tokens_field.clone(), json!(max_new_tokens));
        if self.settings.request.temperature_zero {
            fields.insert("temperature".to_owned(), json!(0));
        }
        if !stop.is_empty() {
            fields.insert("stop".to_owned(), json!(stop));
        }
        match api {
            Api::Completions => fields.insert("prompt".to_owned(), json!(shown)),
            Api::Chat => fields.insert("messages".to_owned(), self.messages(shown)),
        };
        let body = serde_json::to_vec(&sorted(Value::Object(fields))).expect("because JSON values have a JSON form");
        let mut hasher = blake3::Hasher::new();
        hasher.update(api.path().as_bytes()).update(b"\n").update(&body);
        let tokens = u32::try_from(body.len() / BYTES_PER_TOKEN).unwrap_or(u32::MAX);
        Request {
            hash: hasher.finalize().to_hex().to_string(),
            body,
            expected_tokens: tokens.saturating_add(*max_new_tokens),
        }
    }

    /// The completion in `text`, which a model wrote for `prefix`.
    pub(super) fn completion(&self, text: &str, prefix: &str) -> String {
        if self.options.api == Api::Completions {
            return text.to_owned();
        }
        let inside = self.settings.chat.unwrap.of(text);
        let rest = if self.settings.chat.drop_echo { without_echo(inside, self.shown(prefix)) } else { inside };
        rest.to_owned()
    }

    fn messages(&self, shown: &str) -> Value {
        let chat = &self.settings.chat;
        let (before, after) = chat.user.split_once(PREFIX).expect("because settings without it are refused");
        let content = [before, shown, after].concat();
        let user = json!({"role": "user", "content": content});
        if chat.system.is_empty() {
            return json!([user]);
        }
        json!([{"role": "system", "content": chat.system}, user])
    }
}

/// The further fields that the settings ask for.
fn extra(settings: &ServedSettings) -> Map<String, Value> {
    match serde_json::to_value(&settings.request.extra) {
        Ok(Value::Object(fields)) => fields,
        _ => unreachable!("because TOML tables have a JSON form"),
    }
}

/// `value` with the keys of every object in ascending order, whatever order this build of the JSON library keeps.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<String, Value> = fields.into_iter().collect();
            Value::Object(fields.into_iter().map(|(key, value)| (key, sorted(value))).collect())
        }
        Value::Array(values) => values.into_iter().map(sorted).collect(),
        other => other,
    }
}

fn card(options: &ModelOptions, settings: &ServedSettings) -> MethodCard {
    let ModelOptions { api, name, max_new_tokens, stop, max_prompt_chars } = options;
    let temperature = if settings.request.temperature_zero { "0" } else { "the server's own" };
    let mut list = BTreeMap::from([
        ("served.api".to_owned(), api.path().to_owned()),
        ("decoding.max_new_tokens".to_owned(), max_new_tokens.to_string()),
        ("decoding.temperature".to_owned(), temperature.to_owned()),
        ("decoding.stop".to_owned(), if stop.is_empty() { UNSET.to_owned() } else { json!(stop).to_string() }),
        ("prompt.max_chars".to_owned(), max_prompt_chars.map_or_else(|| UNSET.to_owned(), |most| most.to_string())),
    ]);
    if !settings.request.extra.is_empty() {
        list.insert("request.extra".to_owned(), sorted(Value::Object(extra(settings))).to_string());
    }
    if *api == Api::Chat {
        let chat = &settings.chat;
        let template = blake3::hash(json!([chat.system, chat.user]).to_string().as_bytes());
        list.insert("chat.template_hash".to_owned(), template.to_hex().to_string());
        list.insert("chat.unwrap".to_owned(), chat.unwrap.name().to_owned());
        list.insert("chat.drop_echo".to_owned(), chat.drop_echo.to_string());
    }
    let (method, context) = match api {
        Api::Completions => ("served", "nothing"),
        Api::Chat => ("served-chat", "an instruction"),
    };
    MethodCard {
        context: context.to_owned(),
        adaptation: "the model as it is served".to_owned(),
        settings: list,
        ..MethodCard::new(method, name, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(api: Api, max_prompt_chars: Option<usize>) -> ServedModel {
        let name = "m".to_owned();
        let options = ModelOptions { api, name, max_new_tokens: 8, stop: Vec::new(), max_prompt_chars };
        ServedModel::new(options, ServedSettings::read(None).unwrap())
    }

    #[test]
    fn requests_are_the_same_bytes_in_every_build() {
        let body = |model: &ServedModel| String::from_utf8(model.request("é = 1\nassert é ==").body).unwrap();
        let expected = r#"{"max_tokens":8,"model":"m","prompt":"é = 1\nassert é ==","stream":false,"temperature":0}"#;
        assert_eq!(body(&model(Api::Completions, None)), expected);
        let chat = body(&model(Api::Chat, Some(3)));
        assert!(chat.starts_with(r#"{"max_tokens":8,"messages":[{"content":"You complete"#), "{chat}");
        assert!(chat.contains(r"```python\n ==\n```"), "{chat}");
        let hash = |api, most| model(api, most).request("abcdef").hash;
        assert_eq!(hash(Api::Completions, Some(6)), hash(Api::Completions, None));
        assert_ne!(hash(Api::Completions, Some(5)), hash(Api::Completions, None));
    }

    #[test]
    fn the_last_characters_are_shown() {
        let shown = |most| model(Api::Completions, most).shown("aéb").to_owned();
        assert_eq!([shown(Some(2)), shown(Some(3)), shown(Some(9)), shown(None)], ["éb", "aéb", "aéb", "aéb"]);
    }

    #[test]
    fn cards_name_all_that_can_change_an_answer() {
        let card = model(Api::Chat, Some(9)).card().clone();
        assert_eq!((card.method.as_str(), card.base_model.as_str()), ("served-chat", "m"));
        assert_eq!(card.settings["prompt.max_chars"], "9");
        assert_eq!(card.settings["chat.template_hash"].len(), 64);
        assert_eq!(card.settings.len(), 8);
    }
}
