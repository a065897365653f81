//! The settings of a method: a commented TOML file of this crate, over which a user may lay their own.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::adaptation::AdaptationSettings;
use crate::context::ContextSettings;
use crate::error::{Error, Result};

/// Everything about a method that is not the base model. `configs/<method>.toml` explains each key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodSettings {
    /// What is put before the prefix.
    pub context: ContextSettings,
    /// Which weights read it.
    pub adaptation: AdaptationSettings,
    /// Limits of prompts and completions.
    pub decoding: DecodingSettings,
}

/// Limits of prompts and completions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecodingSettings {
    /// Tokens of a prompt at most; the last ones are kept.
    pub max_input_tokens: usize,
    /// Tokens of a completion at most.
    pub max_new_tokens: usize,
    /// Whether fill-in-the-middle and chat tokens are forbidden (M40).
    pub fim_ban: bool,
    /// Whether the prompt opens with the beginning-of-sequence token (M33).
    pub bos: bool,
}

impl MethodSettings {
    /// The settings of the TOML text `defaults`, with the file `overrides`, if any, laid over them key by key.
    ///
    /// # Errors
    /// [`Error::Settings`] if a text is no TOML, a key is unknown or of another type, or the file would turn the method
    /// into another one; [`Error::Io`] if the file cannot be read.
    pub fn read(defaults: &str, overrides: Option<&Path>) -> Result<Self> {
        let defaults = parse(defaults, "the built-in settings")?;
        let Some(path) = overrides else {
            return decode(defaults, "the built-in settings");
        };
        let text = std::fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
        let origin = path.display().to_string();
        let mut merged = defaults.clone();
        bench::overlay(&mut merged, parse(&text, &origin)?);
        let settings = decode(merged.clone(), &origin)?;
        for table in ["context", "adaptation"] {
            if defaults[table]["kind"] != merged[table]["kind"] {
                let reason = format!("{table}.kind makes the method what it is and cannot be changed");
                return Err(Error::Settings { origin, reason });
            }
        }
        Ok(settings)
    }

    /// Every setting by its dotted key, as a method's card lists them.
    pub fn listed(&self) -> BTreeMap<String, String> {
        let table = Table::try_from(self).expect("because settings came from TOML");
        let mut list = BTreeMap::new();
        flatten("", &table, &mut list);
        list
    }
}

/// The TOML `text`, which came from `origin`.
pub(crate) fn parse(text: &str, origin: &str) -> Result<Table> {
    text.parse().map_err(|error| refused(origin, &error))
}

fn decode(table: Table, origin: &str) -> Result<MethodSettings> {
    table.try_into().map_err(|error| refused(origin, &error))
}

pub(crate) fn refused(origin: &str, error: &toml::de::Error) -> Error {
    Error::Settings { origin: origin.to_owned(), reason: error.to_string().trim_end().to_owned() }
}

/// Puts every value of `table` into `list`, under `prefix` and its dotted key.
pub(crate) fn flatten(prefix: &str, table: &Table, list: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let name = format!("{prefix}{key}");
        match value {
            Value::Table(inner) => flatten(&format!("{name}."), inner, list),
            Value::String(text) => drop(list.insert(name, text.clone())),
            other => drop(list.insert(name, other.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::{Best, RagSettings};

    const RAG: &str = include_str!("../configs/rag.toml");

    fn overridden(text: &str) -> Result<MethodSettings> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        std::fs::write(&path, text).unwrap();
        MethodSettings::read(RAG, Some(&path))
    }

    fn refusal(text: &str) -> String {
        let message = overridden(text).unwrap_err().to_string();
        assert!(message.contains("mine.toml: "), "{message}");
        message
    }

    #[test]
    fn the_fair_settings_are_those_of_the_rules() {
        let MethodSettings { context, adaptation, decoding } = MethodSettings::read(RAG, None).unwrap();
        let expected = RagSettings {
            chunks: 3,
            query_chars: 2000,
            budget_tokens: 1536,
            best: Best::Last,
            module_chunk: true,
            max_chunk_chars: 12_000,
            k1: 1.5,
            b: 0.75,
        };
        assert_eq!(context, ContextSettings::Rag(expected));
        assert_eq!(adaptation, AdaptationSettings::Frozen {});
        let limits = DecodingSettings { max_input_tokens: 4096, max_new_tokens: 64, fim_ban: true, bos: false };
        assert_eq!(decoding, limits);
    }

    #[test]
    fn a_file_changes_the_keys_it_names_and_no_others() {
        let mut expected = MethodSettings::read(RAG, None).unwrap();
        assert_eq!(overridden("").unwrap(), expected);
        expected.decoding.bos = true;
        let ContextSettings::Rag(rag) = &mut expected.context else { panic!("rag is rag") };
        (rag.chunks, rag.best) = (5, Best::First);
        assert_eq!(overridden("[context]\nchunks = 5\nbest = 'first'\n[decoding]\nbos = true\n").unwrap(), expected);
        assert_eq!(overridden("decoding.bos = true\ncontext = {best = 'first', chunks = 5}").unwrap(), expected);
    }

    #[test]
    fn unknown_keys_and_wrong_values_are_refused() {
        assert!(refusal("[decoding]\nmax_tokens = 1\n").contains("unknown field `max_tokens`"));
        assert!(refusal("[context]\nchunk = 1\n").contains("unknown field `chunk`"));
        assert!(refusal("[training]\n").contains("unknown field `training`"));
        assert!(refusal("[adaptation]\nrank = 4\n").contains("unknown field `rank`"));
        assert!(refusal("[context]\nbest = 'middle'\n").contains("unknown variant `middle`"));
        assert!(refusal("[context]\nchunks = -1\n").contains("invalid value"));
        assert!(refusal("context = 3\n").contains("mine.toml"));
        assert!(refusal("[context\n").contains("mine.toml"));
        let missing = MethodSettings::read(RAG, Some(Path::new("absent.toml"))).unwrap_err();
        assert_eq!(missing.to_string(), "cannot read absent.toml");
    }

    #[test]
    fn a_method_stays_what_it_is() {
        let whole = "context = {kind = 'none'}\n";
        assert!(overridden(whole).is_err(), "the keys of rag are none of a context without retrieval");
        let pretrained = include_str!("../configs/pretrained.toml");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rag.toml");
        std::fs::write(&path, RAG).unwrap();
        let message = MethodSettings::read(pretrained, Some(&path)).unwrap_err().to_string();
        assert!(message.contains("context.kind makes the method what it is"), "{message}");
    }

    #[test]
    fn cards_list_every_setting() {
        let listed = MethodSettings::read(RAG, None).unwrap().listed();
        assert_eq!(listed["context.k1"], "1.5");
        assert_eq!(listed["context.best"], "last");
        assert_eq!(listed["adaptation.kind"], "frozen");
        assert_eq!(listed["decoding.fim_ban"], "true");
        assert_eq!(listed.len(), 14);
    }
}
