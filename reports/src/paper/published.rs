//! Tables 8 to 12 of the paper, what it says of its figures, and why numbers of it are not comparable: typed views of
//! `data/published_tables.toml` and `data/comparability.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bench::{ErrorClass, Split};
use serde::Deserialize;

use crate::published::Figures;

/// Tables 8 to 12 and numbers of figures.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PublishedTables {
    /// The paper and its version.
    #[expect(dead_code, reason = "names the source where the numbers are")]
    paper: String,
    /// The tasks of Table 11.
    pub(crate) availability_tasks: AvailabilityTasks,
    /// What Figure 8 says of its curves.
    pub(crate) scaling_fits: ScalingFits,
    /// Table 8.
    pub(crate) retrieval: Vec<Retrieval>,
    /// Table 9.
    pub(crate) training: Vec<Training>,
    /// Table 10.
    pub(crate) scaling: Vec<Scaling>,
    /// Table 11.
    pub(crate) availability: Vec<Availability>,
    /// Table 12.
    pub(crate) cost: Vec<Cost>,
    /// Figure 6.
    pub(crate) repositories: Vec<Repositories>,
    /// Figure 12: failures by class.
    pub(crate) failures: BTreeMap<ErrorClass, u64>,
}

/// A row of Table 8.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Retrieval {
    pub(crate) method: String,
    pub(crate) title: String,
    pub(crate) window_tokens: u32,
    pub(crate) chunks: u32,
    pub(crate) split: BTreeMap<Split, Figures>,
}

/// A row of Table 9; what the paper leaves empty is none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Training {
    pub(crate) method: String,
    pub(crate) title: String,
    pub(crate) learning_rate: f64,
    pub(crate) epochs: f64,
    pub(crate) max_len: f64,
    pub(crate) batch: f64,
    pub(crate) rank: Option<f64>,
    pub(crate) alpha: Option<f64>,
    pub(crate) dropout: Option<f64>,
    pub(crate) warmup: f64,
}

/// A row of Table 10.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scaling {
    pub(crate) repositories: u64,
    pub(crate) em: f64,
}

/// A row of Table 11.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Availability {
    pub(crate) method: String,
    pub(crate) title: String,
    pub(crate) available: f64,
    pub(crate) absent: f64,
}

/// How many tasks of CR-test dependency-resolved context is available for, and how many it is not.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AvailabilityTasks {
    pub(crate) available: u64,
    pub(crate) absent: u64,
}

/// R² of the curves of Figure 8.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScalingFits {
    pub(crate) log_linear: f64,
    pub(crate) power_law: f64,
}

/// A row of Table 12, in the paper's words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cost {
    pub(crate) method: String,
    pub(crate) title: String,
    pub(crate) tokens: String,
    pub(crate) time: String,
    pub(crate) storage: Option<String>,
}

/// What Figure 6 says of a method, in percent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repositories {
    pub(crate) method: String,
    pub(crate) median: f64,
    pub(crate) deviation: Option<f64>,
    pub(crate) below_pretrained: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Comparability {
    note: Vec<Note>,
}

/// Why a published number cannot simply be laid beside ours.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Note {
    /// The tables that print it.
    pub(crate) tables: Vec<u32>,
    /// The method; none if the note is about all.
    pub(crate) method: Option<String>,
    /// The rule of the specification that says so.
    pub(crate) rule: String,
    /// The reason, a sentence.
    pub(crate) text: String,
}

/// The numbers, as embedded.
pub(crate) fn published_tables() -> &'static PublishedTables {
    static TABLES: LazyLock<PublishedTables> = LazyLock::new(|| {
        toml::from_str(include_str!("../../data/published_tables.toml"))
            .expect("because a test reads the embedded file")
    });
    &TABLES
}

/// The notes on table `number`, those about the whole first.
pub(crate) fn notes(number: u32) -> Vec<&'static Note> {
    static NOTES: LazyLock<Comparability> = LazyLock::new(|| {
        toml::from_str(include_str!("../../data/comparability.toml")).expect("because a test reads the embedded file")
    });
    let mut found: Vec<&Note> = NOTES.note.iter().filter(|note| note.tables.contains(&number)).collect();
    found.sort_by_key(|note| note.method.is_some());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_files_are_read() {
        let tables = published_tables();
        let rows = [tables.retrieval.len(), tables.training.len(), tables.scaling.len(), tables.availability.len()];
        assert_eq!(rows, [7, 5, 9, 3]);
        assert_eq!((tables.cost.len(), tables.repositories.len()), (8, 8));
        assert_eq!(tables.failures.values().sum::<u64>(), 2_321, "as the paper counts them");
        assert!(notes(2).iter().any(|note| note.rule == "M203" && note.method.as_deref() == Some("text2lora")));
        assert!(notes(1).is_empty());
    }
}
