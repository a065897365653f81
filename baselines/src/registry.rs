//! The one table of methods.

use std::path::Path;

use crate::error::{Error, Result};
use crate::method::{Base, Composed, Method};
use crate::settings::MethodSettings;

/// A row of [`METHODS`].
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Kebab-case; equals the stem of the settings file and the name of the artifact folder.
    pub id: &'static str,
    /// Name for tables.
    pub title: &'static str,
    /// The text of `configs/<id>.toml`.
    pub config: &'static str,
    /// Makes the method.
    pub build: fn(&Entry, MethodSettings, &Base<'_>) -> Result<Box<dyn Method>>,
}

/// Every method, in the order of tables.
pub const METHODS: &[Entry] = &[
    Entry {
        id: "pretrained",
        title: "Pretrained",
        config: include_str!("../configs/pretrained.toml"),
        build: composed,
    },
    Entry { id: "rag", title: "RAG (BM25)", config: include_str!("../configs/rag.toml"), build: composed },
    Entry { id: "fft", title: "FFT", config: include_str!("../configs/fft.toml"), build: composed },
    Entry { id: "slora", title: "Single LoRA", config: include_str!("../configs/slora.toml"), build: composed },
    Entry {
        id: "slora-shared",
        title: "Single LoRA, shared layers",
        config: include_str!("../configs/slora-shared.toml"),
        build: composed,
    },
    Entry { id: "plora", title: "Per-repo LoRA", config: include_str!("../configs/plora.toml"), build: composed },
];

impl Entry {
    /// Whether the method answers with what [`fit`](crate::fit) made: an artifact must be named then.
    pub fn is_trained(&self) -> bool {
        crate::fit::RECIPES.iter().any(|recipe| recipe.id == self.id)
    }

    /// The settings of the method, with the TOML file `overrides`, if any, laid over them.
    ///
    /// # Errors
    /// As [`MethodSettings::read`].
    pub fn settings(&self, overrides: Option<&Path>) -> Result<MethodSettings> {
        MethodSettings::read(self.config, overrides)
    }

    /// The method on `base`, with the TOML file `overrides`, if any, laid over its settings.
    ///
    /// # Errors
    /// If the settings cannot be read or do not fit the model.
    pub fn method(&self, base: &Base<'_>, overrides: Option<&Path>) -> Result<Box<dyn Method>> {
        (self.build)(self, self.settings(overrides)?, base)
    }
}

/// The method called `id`.
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

fn composed(entry: &Entry, settings: MethodSettings, base: &Base<'_>) -> Result<Box<dyn Method>> {
    Ok(Box::new(Composed::new(entry.id, entry.title, settings, base)?))
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn every_method_has_the_settings_file_of_its_name_and_every_file_a_method() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs");
        for entry in METHODS {
            let text = std::fs::read_to_string(folder.join(format!("{}.toml", entry.id))).unwrap();
            assert_eq!(text, entry.config);
            entry.settings(None).unwrap();
        }
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), METHODS.len());
    }

    #[test]
    fn rows_are_comparable_because_all_decode_alike() {
        let decoding = |entry: &Entry| entry.settings(None).unwrap().decoding;
        assert!(METHODS.iter().all(|entry| decoding(entry) == decoding(&METHODS[0])));
    }

    #[test]
    fn an_unknown_method_is_answered_with_the_list_and_a_guess() {
        let message = |id| find(id).unwrap_err().to_string();
        assert_eq!(
            message("pre-trained"),
            "unknown method `pre-trained`; did you mean `pretrained`? known: pretrained, rag, fft, slora, slora-shared, plora"
        );
        assert_eq!(
            message("RAG"),
            "unknown method `RAG`; did you mean `rag`? known: pretrained, rag, fft, slora, slora-shared, plora"
        );
        assert_eq!(
            message("quantum"),
            "unknown method `quantum`; known: pretrained, rag, fft, slora, slora-shared, plora"
        );
        assert_eq!(find("rag").unwrap().id, "rag");
    }
}
