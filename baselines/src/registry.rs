//! The one table of methods.

use std::path::Path;

use bench::MethodProfile::{self, Fair, PaperG1, PaperG2};

use crate::adaptation::AdaptationSettings;
use crate::context::ContextSettings;
use crate::error::{Error, Result};
use crate::method::{Base, Composed, Method};
use crate::settings::MethodSettings;

/// A row of [`METHODS`].
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Kebab-case.
    pub id: &'static str,
    /// Name for tables.
    pub title: &'static str,
    /// Texts of `configs/`, laid one over the other: what the method has besides what all methods share.
    pub layers: &'static [&'static str],
    /// The id of the recipe of training whose artifact it answers with, if any.
    pub trained: Option<&'static str>,
    /// The profiles it can be run under.
    pub profiles: &'static [MethodProfile],
    /// The rules that describe it.
    pub rules: &'static str,
    /// Makes the method.
    pub build: fn(&Entry, MethodSettings, &Base<'_>) -> Result<Box<dyn Method>>,
}

const RAG: &str = include_str!("../configs/rag.toml");
const DRC: &str = include_str!("../configs/drc.toml");
const ICL: &str = include_str!("../configs/icl.toml");
const FFT: &str = include_str!("../configs/fft.toml");
const SLORA: &str = include_str!("../configs/slora.toml");
const SLORA_SHARED: &str = include_str!("../configs/slora-shared.toml");
const PLORA: &str = include_str!("../configs/plora.toml");
const FFT_RAG: &str = include_str!("../configs/fft-rag.toml");
const NETWORK: &str = include_str!("../configs/network.toml");
const TEXT2LORA: &str = include_str!("../configs/text2lora.toml");
const ANCHOR: &str = include_str!("../configs/network-anchor.toml");
/// Every profile, in the order of tables.
const ALL: &[MethodProfile] = &[Fair, PaperG1, PaperG2];
const FAIR: &[MethodProfile] = &[Fair];

/// Every method, in the order of tables.
#[rustfmt::skip] // a line a method
pub const METHODS: &[Entry] = &[
    Entry { id: "pretrained", title: "Pretrained", layers: &[], trained: None, profiles: ALL, rules: "M91", build: composed },
    Entry { id: "rag", title: "RAG", layers: &[RAG], trained: None, profiles: ALL, rules: "M92-M100", build: composed },
    Entry { id: "drc", title: "DRC", layers: &[DRC], trained: None, profiles: ALL, rules: "M101-M113", build: composed },
    Entry { id: "icl", title: "ICL", layers: &[ICL], trained: None, profiles: &[Fair, PaperG1], rules: "M130", build: composed },
    Entry { id: "fft", title: "FFT", layers: &[FFT], trained: Some("fft"), profiles: ALL, rules: "M114-M116", build: composed },
    Entry { id: "slora", title: "Single LoRA", layers: &[SLORA], trained: Some("slora"), profiles: ALL, rules: "M117-M118", build: composed },
    Entry { id: "slora-shared", title: "Single LoRA, shared layers", layers: &[SLORA_SHARED], trained: Some("slora-shared"), profiles: &[Fair], rules: "M50, M173", build: composed },
    Entry { id: "plora", title: "Per-repo LoRA", layers: &[PLORA], trained: Some("plora"), profiles: ALL, rules: "M119-M120", build: composed },
    Entry { id: "text2lora", title: "Text2LoRA", layers: &[NETWORK, TEXT2LORA], trained: Some("text2lora"), profiles: ALL, rules: "M121-M128", build: composed },
    Entry { id: "text2lora-shared", title: "Text2LoRA, shared layers", layers: &[NETWORK], trained: Some("text2lora-shared"), profiles: FAIR, rules: "M128", build: composed },
    Entry { id: "paw", title: "Shared-basis generator", layers: &[NETWORK], trained: Some("paw"), profiles: FAIR, rules: "M131", build: composed },
    Entry { id: "static", title: "Code2LoRA-Static", layers: &[NETWORK], trained: Some("static"), profiles: ALL, rules: "M57-M75", build: composed },
    Entry { id: "static-anchor", title: "Code2LoRA-Static, anchor", layers: &[NETWORK, ANCHOR], trained: Some("static"), profiles: FAIR, rules: "M57-M75", build: composed },
    Entry { id: "static-layers", title: "Static, LoRA per layer", layers: &[NETWORK], trained: Some("static-layers"), profiles: FAIR, rules: "M128", build: composed },
    Entry { id: "static-constant", title: "Static, constant context", layers: &[NETWORK], trained: Some("static-constant"), profiles: FAIR, rules: "M173", build: composed },
    Entry { id: "static-permuted", title: "Static, permuted contexts", layers: &[NETWORK], trained: Some("static-permuted"), profiles: FAIR, rules: "M173", build: composed },
    Entry { id: "static-random", title: "Static, random contexts", layers: &[NETWORK], trained: Some("static-random"), profiles: FAIR, rules: "M173", build: composed },
    Entry { id: "residual", title: "Residual LoRA", layers: &[NETWORK], trained: Some("residual"), profiles: FAIR, rules: "M178", build: composed },
    Entry { id: "residual-anchor", title: "Residual LoRA, anchor", layers: &[NETWORK, ANCHOR], trained: Some("residual"), profiles: FAIR, rules: "M178", build: composed },
    Entry { id: "residual-constant", title: "Residual LoRA, constant context", layers: &[NETWORK], trained: Some("residual-constant"), profiles: FAIR, rules: "M173", build: composed },
    Entry { id: "residual-permuted", title: "Residual LoRA, permuted contexts", layers: &[NETWORK], trained: Some("residual-permuted"), profiles: FAIR, rules: "M173", build: composed },
    Entry { id: "residual-evo", title: "Residual LoRA, evolving", layers: &[NETWORK], trained: Some("residual-evo"), profiles: FAIR, rules: "M178", build: composed },
    Entry { id: "evo", title: "Code2LoRA-Evo", layers: &[NETWORK], trained: Some("evo"), profiles: &[Fair, PaperG2], rules: "M76-M90", build: composed },
    Entry { id: "fft-rag", title: "FFT + RAG", layers: &[RAG, FFT, FFT_RAG], trained: Some("fft"), profiles: ALL, rules: "M95, M114-M116", build: composed },
];

impl Entry {
    /// What the method is called under `profile`, in files and on the command line: its id, with the generation after it
    /// where the profile is of the paper.
    pub fn name(&self, profile: MethodProfile) -> String {
        format!("{}{}", self.id, suffix(profile))
    }

    /// The name for tables under `profile`.
    pub fn titled(&self, profile: MethodProfile) -> String {
        match profile {
            Fair => self.title.to_owned(),
            PaperG1 => format!("{} (G1)", self.title),
            PaperG2 => format!("{} (G2)", self.title),
        }
    }

    /// The settings of the method under `profile`, with the TOML file `overrides`, if any, laid over them.
    ///
    /// # Errors
    /// As [`MethodSettings::read`]; [`Error::Option`] if the method is not run under this profile.
    pub fn settings(&self, profile: MethodProfile, overrides: Option<&Path>) -> Result<MethodSettings> {
        if !self.profiles.contains(&profile) {
            let known: Vec<&str> = self.profiles.iter().map(|profile| profile.name()).collect();
            let reason = format!("{} is run under {} only", self.id, known.join(", "));
            return Err(Error::option("profile", profile, reason));
        }
        MethodSettings::read(self.layers, profile, overrides)
    }

    /// The method on `base` under `profile`, with the TOML file `overrides`, if any, laid over its settings.
    ///
    /// # Errors
    /// If the settings cannot be read, do not fit the model, or need a resource that is not there.
    pub fn method(&self, base: &Base<'_>, profile: MethodProfile, overrides: Option<&Path>) -> Result<Box<dyn Method>> {
        (self.build)(self, self.settings(profile, overrides)?, base)
    }

    /// The prompts of the same method without a context, in its own format and limits: what those with a context are held
    /// against. The weights are those of `base` as they are.
    ///
    /// # Errors
    /// As [`Entry::method`].
    pub fn bare(&self, base: &Base<'_>, profile: MethodProfile, overrides: Option<&Path>) -> Result<Box<dyn Method>> {
        let settings = self.settings(profile, overrides)?;
        let (context, adaptation) = (ContextSettings::None {}, AdaptationSettings::Frozen {});
        (self.build)(self, MethodSettings { context, adaptation, ..settings }, base)
    }
}

/// The method called `name`, and the profile it is to be run under: `profile`, or the one in the name, or the fair one.
///
/// # Errors
/// [`Error::UnknownMethod`], which lists all ids and guesses the one that was meant; [`Error::Option`] if name and
/// profile contradict each other.
pub fn named(name: &str, profile: Option<MethodProfile>) -> Result<(&'static Entry, MethodProfile)> {
    let written = [PaperG1, PaperG2].into_iter().find_map(|of| Some((name.strip_suffix(suffix(of))?, of)));
    match written {
        Some((id, of)) if METHODS.iter().any(|entry| entry.id == id) => match profile {
            Some(profile) if profile != of => {
                Err(Error::option("profile", profile, format!("{name} is {id} under {of}; leave one of them out")))
            }
            _ => Ok((find(id)?, of)),
        },
        _ => Ok((find(name)?, profile.unwrap_or(Fair))),
    }
}

/// The method with the id `id`.
///
/// # Errors
/// [`Error::UnknownMethod`], which lists all ids and guesses the one that was meant.
pub fn find(id: &str) -> Result<&'static Entry> {
    METHODS.iter().find(|entry| entry.id == id).ok_or_else(|| Error::UnknownMethod {
        id: id.to_owned(),
        guess: bench::nearest(id, METHODS.iter().map(|entry| entry.id))
            .map_or_else(String::new, |guess| format!("; did you mean `{guess}`?")),
        known: METHODS.iter().map(|entry| entry.id).collect::<Vec<_>>().join(", "),
    })
}

/// What `profile` adds to names.
fn suffix(profile: MethodProfile) -> &'static str {
    match profile {
        Fair => "",
        PaperG1 => "-g1",
        PaperG2 => "-g2",
    }
}

fn composed(entry: &Entry, settings: MethodSettings, base: &Base<'_>) -> Result<Box<dyn Method>> {
    let (name, title) = (entry.name(settings.profile), entry.titled(settings.profile));
    Ok(Box::new(Composed::new(&name, &title, settings, base)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::{Query, RagSettings};

    #[test]
    fn ids_are_unique_and_kebab_case() {
        for (at, entry) in METHODS.iter().enumerate() {
            assert!(
                METHODS[..at].iter().all(|other| other.id != entry.id && other.title != entry.title),
                "{}",
                entry.id
            );
            let parts = entry.id.split('-');
            let fits =
                |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
            assert!(parts.into_iter().all(fits), "{}", entry.id);
        }
    }

    #[test]
    fn every_method_has_settings_under_each_of_its_profiles_and_every_file_is_used() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs");
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let is_layer = METHODS.iter().any(|entry| entry.layers.contains(&text.as_str()));
            assert!(is_layer || text == crate::settings::PROFILES);
        }
        for entry in METHODS {
            for profile in MethodProfile::ALL {
                let settings = entry.settings(*profile, None);
                assert_eq!(settings.is_ok(), entry.profiles.contains(profile), "{} {profile}", entry.id);
            }
        }
        let message = find("icl").unwrap().settings(PaperG2, None).unwrap_err().to_string();
        assert_eq!(message, "`profile` is paper-g2, but icl is run under fair, paper-g1 only");
    }

    #[test]
    fn fair_rows_are_comparable_because_all_decode_alike() {
        let decoding = |entry: &Entry| entry.settings(Fair, None).unwrap().decoding;
        assert!(METHODS.iter().all(|entry| decoding(entry) == decoding(&METHODS[0])));
    }

    /// M92, M95, M119: rows that the published runs made under conditions of their own.
    #[test]
    fn published_rows_have_their_own_conditions() {
        let settings = |id: &str, profile| find(id).unwrap().settings(profile, None).unwrap();
        let retrieval = |id: &str, profile| match settings(id, profile).context {
            ContextSettings::Rag(rag) => *rag,
            other => panic!("{other:?}"),
        };
        let own = RagSettings {
            window_tokens: 256,
            max_chunks: Some(1000),
            chunks: 5,
            query: Query::Whole,
            ..retrieval("rag", PaperG1)
        };
        assert_eq!(retrieval("fft-rag", PaperG1), own);
        for profile in [Fair, PaperG2] {
            assert_eq!(retrieval("fft-rag", profile), retrieval("rag", profile));
        }
        let limits = |id: &str| {
            let decoding = settings(id, PaperG2).decoding;
            (decoding.max_input_tokens, decoding.max_new_tokens)
        };
        assert_eq!((limits("plora"), limits("slora")), ((16_384, 128), (4096, 64)));
    }

    #[test]
    fn names_of_the_paper_bring_their_profile() {
        let of = |name, profile| named(name, profile).map(|(entry, profile)| (entry.id, profile));
        assert_eq!(of("rag", None).unwrap(), ("rag", Fair));
        assert_eq!(of("rag", Some(PaperG2)).unwrap(), ("rag", PaperG2));
        assert_eq!(of("rag-g1", None).unwrap(), ("rag", PaperG1));
        assert_eq!(of("drc-g2", Some(PaperG2)).unwrap(), ("drc", PaperG2));
        let message = of("rag-g1", Some(Fair)).unwrap_err().to_string();
        assert_eq!(message, "`profile` is fair, but rag-g1 is rag under paper-g1; leave one of them out");
        assert!(of("none-g1", None).is_err());
        for entry in METHODS {
            for profile in entry.profiles {
                let found = named(&entry.name(*profile), None).unwrap();
                assert_eq!((found.0.id, found.1), (entry.id, *profile));
            }
        }
    }

    #[test]
    fn an_unknown_method_is_answered_with_the_list_and_a_guess() {
        let message = |id| find(id).unwrap_err().to_string();
        let known = "known: pretrained, rag, drc, icl, fft, slora, slora-shared, plora, text2lora, text2lora-shared, paw, static, static-anchor, static-layers, \
                     static-constant, static-permuted, static-random, residual, residual-anchor, residual-constant, residual-permuted, residual-evo, evo, fft-rag";
        assert_eq!(message("pre-trained"), format!("unknown method `pre-trained`; did you mean `pretrained`? {known}"));
        assert_eq!(message("RAG"), format!("unknown method `RAG`; did you mean `rag`? {known}"));
        assert_eq!(message("quantum"), format!("unknown method `quantum`; {known}"));
        assert_eq!(find("rag").unwrap().id, "rag");
    }
}
