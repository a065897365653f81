//! The results reported in the paper: a typed view of `data/published.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bench::{Split, Track};
use serde::Deserialize;

/// Every reported result that is shown beside ours.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// The paper and its version.
    pub paper: String,
    /// One entry a method and table, in the order of the paper.
    #[serde(rename = "result")]
    pub results: Vec<Reported>,
}

/// One row of a table of the paper.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reported {
    /// The track.
    pub track: Track,
    /// The table it stands in.
    pub source: String,
    /// Method id, as ours where there is one.
    pub method: String,
    /// Name for tables.
    pub title: String,
    /// The figures, by split.
    pub split: BTreeMap<Split, Figures>,
}

/// The reported figures of one method on one split.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// Exact match in percent, 0..=100.
    pub em: f64,
    /// Edit similarity, 0..=1.
    pub edit_similarity: f64,
    /// Token BLEU, 0..=1, printed as CodeBLEU (S73).
    pub token_bleu: f64,
}

/// The reported results, as embedded.
pub fn published() -> &'static Published {
    static PUBLISHED: LazyLock<Published> = LazyLock::new(|| {
        toml::from_str(include_str!("../data/published.toml")).expect("because a test reads the embedded file")
    });
    &PUBLISHED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_is_in_its_range() {
        for row in &published().results {
            assert!(!row.split.is_empty(), "{}", row.method);
            for figures in row.split.values() {
                assert!((0.0..=100.0).contains(&figures.em) && figures.em > 1.0, "{}", row.method);
                assert!((0.0..=1.0).contains(&figures.edit_similarity), "{}", row.method);
                assert!((0.0..=1.0).contains(&figures.token_bleu), "{}", row.method);
            }
        }
    }

    #[test]
    fn table_2_is_complete() {
        let rows = |split| published().results.iter().filter(|row| row.split.contains_key(&split)).count();
        assert_eq!(rows(Split::CrossRepoTest), 8, "the per-repository adapter has no unseen repository");
        assert_eq!(rows(Split::InRepoTest), 9);
        let static_row = published().results.iter().find(|row| row.method == "c2l-static").expect("a row");
        assert_eq!(
            static_row.split[&Split::CrossRepoTest],
            Figures { em: 63.8, edit_similarity: 0.784, token_bleu: 0.778 }
        );
    }
}
