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
    /// One entry a method and track, in the order of the paper.
    #[serde(rename = "result")]
    pub results: Vec<Reported>,
}

/// One row of a table of the paper.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reported {
    /// The track.
    pub track: Track,
    /// The tables of its track.
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

    fn rows(track: Track, split: Split) -> usize {
        published().results.iter().filter(|row| row.track == track && row.split.contains_key(&split)).count()
    }

    fn figures(track: Track, split: Split, method: &str) -> Figures {
        let row = published().results.iter().find(|row| row.track == track && row.method == method).expect("a row");
        row.split[&split]
    }

    #[test]
    fn table_2_is_complete() {
        assert_eq!(rows(Track::Static, Split::CrossRepoTest), 8, "the per-repository adapter has no unseen repository");
        assert_eq!(rows(Track::Static, Split::InRepoTest), 9);
        assert_eq!(
            figures(Track::Static, Split::CrossRepoTest, "static"),
            Figures { em: 63.8, edit_similarity: 0.784, token_bleu: 0.778 }
        );
    }

    #[test]
    fn tables_3_and_4_are_complete() {
        assert_eq!(rows(Track::Evolution, Split::CrossRepoTest), 7, "full fine-tuning has no row");
        assert_eq!(rows(Track::Evolution, Split::InRepoTest), 8);
        assert_eq!(rows(Track::Evolution, Split::OodTest), 7);
        assert_eq!(
            figures(Track::Evolution, Split::InRepoTest, "evo"),
            Figures { em: 64.5, edit_similarity: 0.828, token_bleu: 0.790 }
        );
        assert_eq!(
            figures(Track::Evolution, Split::OodTest, "slora"),
            Figures { em: 72.3, edit_similarity: 0.836, token_bleu: 0.817 }
        );
    }
}
