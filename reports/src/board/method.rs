//! The methods of a board: those of all its releases, each once.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::edition::{Edition, Entrant};
use crate::leaderboard::Method;
use crate::text::Shown;

/// A method on one release or several.
#[derive(Debug, Serialize)]
pub struct BoardMethod {
    /// Its name in addresses: unique on the board, letters, digits and hyphens.
    pub key: String,
    /// Kebab-case id.
    pub id: Shown,
    /// Name for tables.
    pub label: Shown,
    /// What it reads besides the prefix.
    pub reads: Shown,
    /// Which weights read it.
    pub adaptation: Shown,
    /// The base model.
    pub model: Shown,
    /// Parameters of the base model, if known.
    pub parameters: Option<u64>,
    /// Whether anyone can have the weights, if stated.
    pub open_weights: Option<bool>,
    /// The licence of the weights.
    pub licence: Option<Shown>,
    /// Whom to ask.
    pub contact: Option<Shown>,
    /// Where to read more, as text: an address of a stranger is no link.
    pub url: Option<Shown>,
    /// What it ran on.
    pub hardware: Option<Shown>,
    /// Which adapters were used.
    pub adapters: Option<Shown>,
    /// What an audit said.
    pub audit: Option<ShownAudit>,
    /// How it was run, once a release.
    pub runs: Vec<Run>,
}

/// The verdict of an audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShownAudit {
    /// The verdict.
    pub verdict: Shown,
    /// How adapters lie to each other.
    pub geometry: Option<Shown>,
    /// Whether it is a reason to doubt the method.
    pub doubtful: bool,
}

/// A method on one release.
#[derive(Debug, Serialize)]
pub struct Run {
    /// The release, by its place on the board.
    pub edition: usize,
    /// Hash of the predictions.
    pub predictions: Shown,
    /// Hash of the base model, if known.
    pub base_model_hash: Option<Shown>,
    /// Every setting that is not about decoding.
    pub settings: Vec<(Shown, Shown)>,
    /// How answers were decoded.
    pub decoding: Vec<(Shown, Shown)>,
    /// Training examples seen.
    pub examples: Option<u64>,
    /// Tokens that a loss was computed on.
    pub supervised_tokens: Option<u64>,
    /// Hours of one accelerator.
    pub gpu_hours: Option<f64>,
    /// What the numbers on training do not say.
    pub note: Option<Shown>,
    /// Seconds until a new repository can be answered for.
    pub adaptation_seconds: Option<f64>,
    /// Bytes beyond the base model.
    pub storage_bytes: Option<u64>,
    /// Files that can be had: name and path from the page.
    pub files: Vec<(Shown, String)>,
}

impl BoardMethod {
    /// The number that the setting `name` holds, on the first release that states one.
    pub(crate) fn setting(&self, name: &str) -> Option<f64> {
        let of = |run: &Run| run.settings.iter().find(|(known, _)| known.as_str() == name)?.1.as_str().parse().ok();
        self.runs.iter().find_map(of).filter(|value: &f64| value.is_finite())
    }
}

/// The methods of `editions`, and for each edition the method of each of its entrants.
///
/// Entrants of two releases are one method if they have the same id, title and base model, and no release has two such:
/// then nothing tells which is which, and each stands alone.
pub(super) fn methods(editions: &[Edition]) -> (Vec<BoardMethod>, Vec<Vec<usize>>) {
    let identity = |entrant: &Entrant| {
        let card = &entrant.summary.card;
        (card.method.clone(), card.title.clone(), card.base_model.clone())
    };
    let ambiguous: BTreeSet<_> = editions
        .iter()
        .flat_map(|edition| {
            let mut seen = BTreeSet::new();
            let twice = edition.entrants.iter().map(identity).filter(move |found| !seen.insert(found.clone()));
            twice.collect::<Vec<_>>()
        })
        .collect();
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    let mut methods: Vec<BoardMethod> = Vec::new();
    let mut places = Vec::new();
    for (edition, found) in editions.iter().enumerate() {
        let mut of_edition = Vec::new();
        for (entrant, shown) in found.entrants.iter().zip(&found.leaderboard.methods) {
            let identity = identity(entrant);
            let at = match known.get(&identity).filter(|_| !ambiguous.contains(&identity)) {
                Some(at) => *at,
                None => {
                    known.insert(identity, methods.len());
                    methods.push(method(entrant, shown));
                    methods.len() - 1
                }
            };
            methods[at].runs.push(run(edition, entrant, shown));
            of_edition.push(at);
        }
        places.push(of_edition);
    }
    key(&mut methods);
    (methods, places)
}

fn method(entrant: &Entrant, shown: &Method) -> BoardMethod {
    let card = &entrant.summary.card;
    let sentence = |text: &Option<String>| text.as_deref().map(Shown::sentence);
    BoardMethod {
        key: String::new(),
        id: shown.id.clone(),
        label: shown.label.clone(),
        reads: shown.reads.clone(),
        adaptation: shown.adaptation.clone(),
        model: shown.base_model.clone(),
        parameters: shown.parameters,
        open_weights: card.open_weights,
        licence: sentence(&card.licence),
        contact: sentence(&card.contact),
        url: sentence(&card.url),
        hardware: sentence(&card.hardware),
        adapters: sentence(&card.adapters),
        audit: entrant.audit.as_ref().map(|audit| ShownAudit {
            verdict: Shown::name(&audit.verdict),
            geometry: audit.geometry.as_deref().map(Shown::name),
            doubtful: audit.is_doubtful(),
        }),
        runs: Vec::new(),
    }
}

fn run(edition: usize, entrant: &Entrant, shown: &Method) -> Run {
    let card = &entrant.summary.card;
    let budget = card.training_budget.clone().unwrap_or_default();
    Run {
        edition,
        predictions: shown.predictions.clone(),
        base_model_hash: shown.base_model_hash.clone(),
        settings: shown.settings.clone(),
        decoding: card.decoding.iter().map(|(name, value)| (Shown::name(name), Shown::name(value))).collect(),
        examples: budget.examples,
        supervised_tokens: budget.supervised_tokens,
        gpu_hours: budget.gpu_hours.filter(|hours| (0.0..=1e9).contains(hours)),
        note: budget.note.as_deref().map(Shown::sentence),
        adaptation_seconds: entrant.cost.and_then(|cost| cost.adaptation_seconds),
        storage_bytes: entrant.cost.and_then(|cost| cost.storage_bytes),
        files: entrant.downloads.iter().map(|(name, path)| (Shown::name(name), path.clone())).collect(),
    }
}

/// Gives each method its key: its id as far as that has letters, digits and hyphens, numbered where several are alike.
fn key(methods: &mut [BoardMethod]) {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for method in methods {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let text: String = method.id.as_str().chars().map(plain).take(60).collect();
        let text = text.trim_matches('-');
        let stem = if text.is_empty() { "method" } else { text };
        let numbered = (2..).map(|number| format!("{stem}-{number}"));
        let free = std::iter::once(stem.to_owned()).chain(numbered).find(|name| !taken.contains(name));
        method.key = free.expect("because numbers do not end");
        taken.insert(method.key.clone());
    }
}
