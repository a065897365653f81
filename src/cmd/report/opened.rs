//! The releases and scores of a board, read and checked against each other.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use bench::Release;
use reports::board::{read_audit, read_cost};
use reports::{Edition, Entrant};

use super::facts;
use crate::cmd::compare::{Scored, all_pairs, name_apart, open, too_many};
use crate::cmd::score::{manifest_path, summary_path, table_path};
use crate::ui::Ui;

/// A release and the methods scored on it, in the order of the entrants of its edition.
pub(super) struct Opened {
    pub(super) release: Release,
    pub(super) scored: Vec<Scored>,
}

/// The releases in `releases`, each with those of the folders `scores` that score it. A release that no folder scores is
/// left out.
pub(super) fn read(releases: &[PathBuf], scores: &[PathBuf]) -> Result<Vec<Opened>> {
    let mut opened = releases.iter().map(|root| release(root)).collect::<Result<Vec<Opened>>>()?;
    for folder in scores {
        let scored = open(folder)?;
        let Some(home) = opened.iter_mut().find(|one| one.release.id() == scored.summary.release) else {
            let known: Vec<String> = opened
                .iter()
                .map(|one| format!("{} is release {}", one.release.root().display(), one.release.id()))
                .collect();
            bail!(
                "{} scores release {}, but {}",
                summary_path(folder).display(),
                scored.summary.release,
                known.join(", ")
            );
        };
        home.scored.push(scored);
    }
    opened.retain(|one| !one.scored.is_empty());
    for one in &mut opened {
        one.scored.sort_by(|a, b| key(a).cmp(&key(b)));
        name_apart(&mut one.scored);
    }
    opened.sort_by_key(|one| one.release.manifest().contents.track);
    Ok(opened)
}

fn release(root: &Path) -> Result<Opened> {
    let release =
        Release::open(root).with_context(|| format!("{} is no release that `build` wrote", root.display()))?;
    Ok(Opened { release, scored: Vec::new() })
}

/// What orders the entrants of an edition.
fn key(scored: &Scored) -> (&String, &String, &String) {
    let card = &scored.summary.card;
    (&card.method, &card.base_model, &scored.summary.predictions)
}

impl Opened {
    /// What a board shows of the release under the heading `title`, its methods compared.
    pub(super) fn edition(&self, title: &str, ui: &Ui) -> Result<Edition> {
        let mut context = facts::context(title, &self.release);
        let not_compared = too_many(&self.scored);
        not_compared.iter().for_each(|sentence| ui.note(sentence));
        context.warnings.extend(not_compared);
        let entrants = self.scored.iter().map(entrant).collect::<Result<Vec<Entrant>>>()?;
        let addresses = self.release.provenance()?.map_or_else(Default::default, |found| found.made.addresses);
        // Before anything is compared: this refuses what cannot stand side by side, and says so better.
        let mut edition = Edition::new(context, entrants, addresses)?;
        if self.scored.len() > 1 {
            edition.compare(all_pairs(&self.scored, ui)?);
        }
        Ok(edition)
    }
}

fn entrant(scored: &Scored) -> Result<Entrant> {
    let folder = &scored.folder;
    Ok(Entrant {
        summary: scored.summary.clone(),
        file: summary_path(folder).display().to_string(),
        audit: read_audit(folder)?,
        cost: read_cost(folder)?,
        downloads: downloads(scored).into_iter().map(|(name, path, _)| (name, format!("site/{path}"))).collect(),
    })
}

/// The files of `scored` that can be had: name, path inside the site, and where they are.
pub(super) fn downloads(scored: &Scored) -> Vec<(String, String, PathBuf)> {
    let folder = &scored.folder;
    // The hash is 64 digits: scores whose summary says otherwise are not what their manifest describes.
    let place: String = scored.summary.predictions.chars().filter(char::is_ascii_hexdigit).take(16).collect();
    let file = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (name.clone(), format!("files/{place}/{name}"), path)
    };
    [summary_path(folder), table_path(folder), manifest_path(folder)].map(file).into()
}
