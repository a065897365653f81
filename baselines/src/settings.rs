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
        lay(&mut merged, parse(&text, &origin)?);
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

fn parse(text: &str, origin: &str) -> Result<Table> {
    text.parse().map_err(|error| refused(origin, &error))
}

fn decode(table: Table, origin: &str) -> Result<MethodSettings> {
    table.try_into().map_err(|error| refused(origin, &error))
}

fn refused(origin: &str, error: &toml::de::Error) -> Error {
    Error::Settings { origin: origin.to_owned(), reason: error.to_string().trim_end().to_owned() }
}

/// Lays `over` on `under`: tables are merged, everything else is replaced.
fn lay(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => lay(under, over),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

fn flatten(prefix: &str, table: &Table, list: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let name = format!("{prefix}{key}");
        match value {
            Value::Table(inner) => flatten(&format!("{name}."), inner, list),
            Value::String(text) => drop(list.insert(name, text.clone())),
            other => drop(list.insert(name, other.to_string())),
        }
    }
}
