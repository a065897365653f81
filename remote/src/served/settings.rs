//! The settings of a served model: a commented TOML file of this crate, over which a user may lay their own.

use std::path::Path;

use serde::{Deserialize, Serialize};
use toml::Table;

use super::unwrapping::Unwrapping;
use crate::error::{Error, Result};

/// The file that explains each key.
const BUILT_IN: &str = include_str!("../../configs/served.toml");
/// What stands for the prefix in a template.
pub(super) const PREFIX: &str = "{prefix}";
/// Fields of a request that are not settings.
const OWN_FIELDS: [&str; 7] = ["model", "prompt", "messages", "temperature", "stop", "stream", "n"];

/// What is sent besides the prompt, and what is taken from the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServedSettings {
    /// Fields of every request.
    pub request: RequestSettings,
    /// Messages and answers of the chat interface.
    pub chat: ChatSettings,
}

/// Fields of every request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestSettings {
    /// The name of the limit of new tokens.
    pub max_tokens_field: String,
    /// Whether temperature 0 is sent.
    pub temperature_zero: bool,
    /// Further fields.
    pub extra: Table,
}

/// Messages and answers of the chat interface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatSettings {
    /// The first message, not sent if empty.
    pub system: String,
    /// The second message, with a place for the prefix.
    pub user: String,
    /// Which part of an answer is taken.
    pub unwrap: Unwrapping,
    /// Whether a repetition of the prefix's last line is removed.
    pub drop_echo: bool,
}

impl ServedSettings {
    /// The built-in settings, with the file `overrides`, if any, laid over them key by key.
    ///
    /// # Errors
    /// [`Error::Settings`] if the file is no TOML, or a key is unknown or of another type; [`Error::Io`] if the file
    /// cannot be read.
    ///
    /// # Panics
    /// Never: the built-in settings are read by a test.
    pub fn read(overrides: Option<&Path>) -> Result<Self> {
        let mut table: Table = BUILT_IN.parse().expect("because the built-in settings are TOML");
        let mut origin = "the built-in settings".to_owned();
        if let Some(path) = overrides {
            let text = std::fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
            origin = path.display().to_string();
            bench::overlay(&mut table, text.parse().map_err(|error| refused(&origin, &error))?);
        }
        let settings: Self = table.try_into().map_err(|error| refused(&origin, &error))?;
        settings.check().map_err(|reason| Error::Settings { origin, reason })?;
        Ok(settings)
    }

    fn check(&self) -> std::result::Result<(), String> {
        let RequestSettings { max_tokens_field, extra, .. } = &self.request;
        if let Some(field) = extra.keys().find(|key| OWN_FIELDS.contains(&key.as_str()) || *key == max_tokens_field) {
            return Err(format!("request.extra sets `{field}`, which is set by an option or is always the same"));
        }
        if OWN_FIELDS.contains(&max_tokens_field.as_str()) {
            return Err(format!("request.max_tokens_field is `{max_tokens_field}`, which means something else"));
        }
        if self.chat.user.matches(PREFIX).count() != 1 {
            return Err(format!("chat.user must hold {PREFIX} once"));
        }
        Ok(())
    }
}

fn refused(origin: &str, error: &toml::de::Error) -> Error {
    Error::Settings { origin: origin.to_owned(), reason: error.to_string().trim_end().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overridden(text: &str) -> Result<ServedSettings> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        std::fs::write(&path, text).unwrap();
        ServedSettings::read(Some(&path))
    }

    #[test]
    fn a_file_changes_the_keys_it_names_and_no_others() {
        let built_in = ServedSettings::read(None).unwrap();
        assert!(built_in.request.temperature_zero && built_in.chat.drop_echo && built_in.request.extra.is_empty());
        assert!(!built_in.chat.system.contains('\n'), "one line");
        let mut expected = built_in;
        expected.chat.unwrap = Unwrapping::None;
        expected.request.extra.insert("seed".to_owned(), 3.into());
        assert_eq!(overridden("chat.unwrap = 'none'\nrequest.extra = {seed = 3}").unwrap(), expected);
    }

    #[test]
    fn settings_that_cannot_be_are_refused() {
        for (text, part) in [
            ("chat.tone = 'kind'", "unknown field `tone`"),
            ("chat.unwrap = 'all'", "unknown variant `all`"),
            ("chat.user = 'go on'", "chat.user must hold {prefix} once"),
            ("request.extra = {model = 'x'}", "request.extra sets `model`"),
            ("request.extra = {max_tokens = 1}", "request.extra sets `max_tokens`"),
            ("request.max_tokens_field = 'stop'", "means something else"),
            ("request", "mine.toml"),
        ] {
            let message = overridden(text).unwrap_err().to_string();
            assert!(message.contains(part) && message.contains("mine.toml: "), "{message}");
        }
        assert_eq!(ServedSettings::read(Some(Path::new("absent"))).unwrap_err().to_string(), "cannot read absent");
    }
}
