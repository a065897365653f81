//! The settings of a method under a profile: commented TOML files of this crate, over which a user may lay their own.

use std::collections::BTreeMap;
use std::path::Path;

use bench::MethodProfile;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::adaptation::AdaptationSettings;
use crate::context::ContextSettings;
use crate::error::{Error, Result};

/// What every method starts from, by profile (M236).
pub(crate) const PROFILES: &str = include_str!("../configs/profiles.toml");
/// What stands for these files in messages.
const BUILT_IN: &str = "the built-in settings";

/// Everything about a method that is not the base model. `configs/` explains each key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodSettings {
    /// The conditions these settings belong to.
    pub profile: MethodProfile,
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
    /// Whether context and prefix are tokenized as one text (M94).
    pub joined: bool,
    /// How prompts are laid out.
    pub layout: PromptLayout,
    /// Tokens of the prefix that are read at all, the last ones; all if none (M34).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_prefix_tokens: Option<usize>,
}

/// How prompts are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PromptLayout {
    /// As the examples that the weights were trained on (M31).
    Trained,
    /// As the plain prefix, whatever they were trained on (M127).
    Prefix,
}

impl MethodSettings {
    /// The settings under `profile`: those that all methods share, with the TOML texts `layers` laid over them one after
    /// the other, and the file `overrides`, if any, over all, key by key. A table of a layer that is named after a
    /// profile holds under this profile only.
    ///
    /// # Errors
    /// [`Error::Settings`] if a text is no TOML, a key is unknown or of another type, or the file would turn the method
    /// into another one; [`Error::Io`] if the file cannot be read.
    pub fn read(layers: &[&str], profile: MethodProfile, overrides: Option<&Path>) -> Result<Self> {
        let mut defaults = Table::new();
        for text in [PROFILES].iter().chain(layers) {
            lay(&mut defaults, parse(text, BUILT_IN)?, profile);
        }
        defaults.insert("profile".to_owned(), Value::String(profile.name().to_owned()));
        let Some(path) = overrides else {
            return decode(defaults, BUILT_IN);
        };
        let text = std::fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
        let origin = path.display().to_string();
        let over = parse(&text, &origin)?;
        if over.contains_key("profile") {
            let reason = "the profile is chosen on the command line, not in a settings file".to_owned();
            return Err(Error::Settings { origin, reason });
        }
        let mut merged = defaults.clone();
        bench::overlay(&mut merged, over);
        let settings = decode(merged.clone(), &origin)?;
        for table in ["context", "adaptation"] {
            if defaults[table]["kind"] != merged[table]["kind"] {
                let reason = format!("{table}.kind makes the method what it is and cannot be changed");
                return Err(Error::Settings { origin, reason });
            }
        }
        Ok(settings)
    }

    /// The settings as TOML.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("because settings came from TOML")
    }

    /// Every setting by its dotted key, as a method's card lists them.
    pub fn listed(&self) -> BTreeMap<String, String> {
        let table = Table::try_from(self).expect("because settings came from TOML");
        let mut list = BTreeMap::new();
        flatten("", &table, &mut list);
        list
    }
}

/// Lays `layer` on `under`: what holds under every profile, then what holds under `profile`.
pub(crate) fn lay(under: &mut Table, mut layer: Table, profile: MethodProfile) {
    let mut own = None;
    for known in MethodProfile::ALL {
        let table = layer.remove(known.name());
        if *known == profile {
            own = table;
        }
    }
    bench::overlay(under, layer);
    if let Some(Value::Table(own)) = own {
        bench::overlay(under, own);
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
    use bench::MethodProfile::{Fair, PaperG1, PaperG2};

    use crate::context::{Best, Chunking, Fill, Query, RagSettings, Search};

    const RAG: &str = include_str!("../configs/rag.toml");

    fn overridden(text: &str) -> Result<MethodSettings> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        std::fs::write(&path, text).unwrap();
        MethodSettings::read(&[RAG], Fair, Some(&path))
    }

    fn refusal(text: &str) -> String {
        let message = overridden(text).unwrap_err().to_string();
        assert!(message.contains("mine.toml: "), "{message}");
        message
    }

    #[test]
    fn the_fair_settings_are_those_of_the_rules() {
        let MethodSettings { profile, context, adaptation, decoding } =
            MethodSettings::read(&[RAG], Fair, None).unwrap();
        assert_eq!(profile, Fair);
        let expected = RagSettings {
            search: Search::Hybrid,
            chunking: Chunking::Definitions,
            chunks: 3,
            query: Query::End,
            query_chars: 2000,
            fill: Fill::Whole,
            budget_tokens: 1536,
            best: Best::Last,
            module_chunk: true,
            max_chunk_chars: 12_000,
            window_tokens: 512,
            window_overlap: 64,
            window_least: 16,
            max_files: None,
            max_chunks: None,
            candidates: 30,
            fusion_constant: 60.0,
            half_vectors: false,
            k1: 1.5,
            b: 0.75,
        };
        assert_eq!(context, ContextSettings::Rag(Box::new(expected)));
        assert_eq!(adaptation, AdaptationSettings::Frozen {});
        let (fim_ban, bos, joined, layout, max_prefix_tokens) = (true, false, false, PromptLayout::Trained, None);
        let limits = DecodingSettings {
            max_input_tokens: 4096,
            max_new_tokens: 64,
            fim_ban,
            bos,
            joined,
            layout,
            max_prefix_tokens,
        };
        assert_eq!(decoding, limits);
    }

    #[test]
    fn a_file_changes_the_keys_it_names_and_no_others() {
        let mut expected = MethodSettings::read(&[RAG], Fair, None).unwrap();
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
        let missing = MethodSettings::read(&[RAG], Fair, Some(Path::new("absent.toml"))).unwrap_err();
        assert_eq!(missing.to_string(), "cannot read absent.toml");
    }

    #[test]
    fn a_method_stays_what_it_is() {
        let whole = "context = {kind = 'none'}\n";
        assert!(overridden(whole).is_err(), "the keys of rag are none of a context without retrieval");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rag.toml");
        std::fs::write(&path, toml::to_string(&parse(RAG, "rag").unwrap()["context"]).unwrap()).unwrap();
        let context = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("[context]\n{context}")).unwrap();
        let message = MethodSettings::read(&[], Fair, Some(&path)).unwrap_err().to_string();
        assert!(message.contains("context.kind makes the method what it is"), "{message}");
    }

    #[test]
    fn m33_m40_m236_profiles_have_the_published_limits() {
        let decoding = |layers: &[&str], profile| MethodSettings::read(layers, profile, None).unwrap().decoding;
        for (profile, input, new, bos, bans) in [
            (PaperG1, 16_384, 128, true, [false, true]),
            (PaperG2, 4096, 64, true, [true; 2]),
            (Fair, 4096, 64, false, [true; 2]),
        ] {
            for (layers, ban) in [&[][..], &[RAG][..]].into_iter().zip(bans) {
                let found = decoding(layers, profile);
                assert_eq!(
                    (found.max_input_tokens, found.max_new_tokens, found.bos, found.fim_ban),
                    (input, new, bos, ban)
                );
                assert_eq!(found.joined, profile != Fair);
            }
        }
    }

    #[test]
    fn m92_m98_published_retrieval_differs_where_the_rules_say() {
        let rag = |profile| match MethodSettings::read(&[RAG], profile, None).unwrap().context {
            ContextSettings::Rag(rag) => *rag,
            other => panic!("{other:?}"),
        };
        let g1 = RagSettings {
            search: Search::Dense,
            chunking: Chunking::Windows,
            fill: Fill::All,
            best: Best::First,
            max_files: Some(500),
            max_chunks: Some(300),
            ..rag(Fair)
        };
        assert_eq!(rag(PaperG1), g1);
        let g2 = RagSettings {
            fill: Fill::CompressedAsPublished,
            best: Best::First,
            module_chunk: false,
            half_vectors: true,
            ..rag(Fair)
        };
        assert_eq!(rag(PaperG2), g2);
    }

    #[test]
    fn the_profile_is_not_a_setting_of_files() {
        assert!(refusal("profile = 'paper-g1'\n").contains("chosen on the command line"));
        assert!(refusal("[paper-g1.decoding]\nbos = true\n").contains("unknown field `paper-g1`"));
    }

    #[test]
    fn shown_settings_can_be_read_again() {
        let settings = MethodSettings::read(&[RAG], PaperG1, None).unwrap();
        let again: MethodSettings = toml::from_str(&settings.to_toml()).unwrap();
        assert_eq!(again, settings);
    }

    #[test]
    fn cards_list_every_setting() {
        let listed = MethodSettings::read(&[RAG], Fair, None).unwrap().listed();
        assert_eq!(listed["context.k1"], "1.5");
        assert_eq!(listed["context.best"], "last");
        assert_eq!(listed["adaptation.kind"], "frozen");
        assert_eq!(listed["decoding.fim_ban"], "true");
        assert_eq!(listed["profile"], "fair");
        assert_eq!(listed.len(), 27);
    }
}
