//! [`Board`]: releases side by side, with every method that was scored on them. It decides what the pages of a site and
//! the files beside it say; like a [`Leaderboard`](crate::Leaderboard), of which it has one a release, it draws nothing.

mod beside;
mod edition;
mod method;
mod suite;

use std::collections::{BTreeMap, BTreeSet};

use bench::{Metric, Split, Track};
use serde::Serialize;

pub use beside::{AUDIT, Audit, COST, MeasuredCost, read_audit, read_cost};
pub use edition::{Edition, Entrant};
pub use method::{BoardMethod, Run, ShownAudit};
pub use suite::{BoardGroup, BoardPair, BoardSlice, BoardSuite, Stand, Standings, SuiteRow, Triple};

use crate::error::{Error, Result};
use crate::gallery::Listed;
use crate::render::notes::{bootstraps, notes};
use crate::text::Shown;

/// Version of the data of a site.
const FORMAT: u32 = 1;
/// Tasks in a file of tasks: few enough to be read at once, enough for few files.
pub(crate) const CHUNK: usize = 64;

/// What the pages of a site read first.
#[derive(Debug, Serialize)]
pub struct Board {
    /// Version of this form.
    pub format: u32,
    /// Heading.
    pub title: Shown,
    /// What a reader must know before the numbers.
    pub warnings: Vec<Shown>,
    /// The metrics, in the order of every list of estimates.
    pub metrics: Vec<ShownMetric>,
    /// The releases.
    pub editions: Vec<ShownEdition>,
    /// The methods.
    pub methods: Vec<BoardMethod>,
    /// The suites, those of the static track first.
    pub suites: Vec<BoardSuite>,
    /// Submissions that are not on the board.
    pub rejected: Vec<Rejected>,
    /// Terms and what they mean.
    pub notes: Vec<(&'static str, String)>,
    /// Figures, in their order.
    pub figures: Vec<Listed>,
    /// Files that can be had: name and path from the page.
    pub files: Vec<(Shown, String)>,
    /// For each release, the methods of its entrants.
    #[serde(skip)]
    pub(crate) places: Vec<Vec<usize>>,
}

/// A submission that is not on the board, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Its name.
    pub name: Shown,
    /// What is wrong with it.
    pub reasons: Vec<Shown>,
}

/// A metric as pages show it.
#[derive(Debug, Serialize)]
pub struct ShownMetric {
    /// Its name in files.
    pub id: Metric,
    /// Its name for people.
    pub title: &'static str,
    /// Whether it is right or wrong, and so printed in percent.
    pub binary: bool,
}

/// A release as pages show it.
#[derive(Debug, Serialize)]
pub struct ShownEdition {
    /// Its track.
    pub track: Track,
    /// How it was built.
    pub profile: String,
    /// What its tasks were mined from.
    pub corpus: Shown,
    /// Its root hash.
    pub release: Shown,
    /// Version of the scoring rules.
    pub rules: Shown,
    /// How intervals were made.
    pub bootstraps: String,
    /// Why published figures cannot be compared with its own; empty if they can.
    pub differences: Vec<Shown>,
    /// Where repositories can be had; only addresses of the web.
    pub addresses: BTreeMap<String, String>,
}

impl Board {
    /// The board of `editions`, of different tracks.
    ///
    /// # Errors
    /// [`Error::Empty`] without editions; [`Error::Track`] if two are of one track.
    pub fn of(title: &str, editions: &[Edition]) -> Result<Self> {
        let mut tracks = BTreeSet::new();
        if let Some(twin) = editions.iter().find(|edition| !tracks.insert(edition.context.track)) {
            return Err(Error::Track { track: twin.context.track });
        }
        let first = editions.first().ok_or(Error::Empty)?;
        let (methods, places) = method::methods(editions);
        let mut suites: Vec<BoardSuite> = Vec::new();
        for (place, edition) in editions.iter().enumerate() {
            let found = edition.leaderboard.suites.iter();
            suites.extend(found.map(|one| suite::suite(place, edition, one, &places[place], CHUNK)));
        }
        let named = |edition: &Edition, warning: &Shown| {
            if editions.len() == 1 {
                warning.clone()
            } else {
                Shown::sentence(&format!("{}: {warning}", edition.context.track))
            }
        };
        let warnings =
            editions.iter().flat_map(|edition| edition.leaderboard.warnings.iter().map(|w| named(edition, w)));
        Ok(Self {
            format: FORMAT,
            title: Shown::name(title),
            warnings: warnings.collect(),
            metrics: Metric::ALL
                .iter()
                .map(|m| ShownMetric { id: *m, title: m.title(), binary: m.is_binary() })
                .collect(),
            editions: editions.iter().map(shown).collect(),
            methods,
            suites,
            rejected: Vec::new(),
            notes: notes(&first.leaderboard),
            figures: Vec::new(),
            files: Vec::new(),
            places,
        })
    }

    /// The pairs of methods of a suite, by metric.
    pub(crate) fn pairs(&self, editions: &[Edition], suite: &BoardSuite) -> BTreeMap<Metric, Vec<BoardPair>> {
        suite::pairs(&editions[suite.edition], suite.split, &self.places[suite.edition])
    }
}

/// The slices of the suite of `split` of `edition`; none if it was not scored.
pub(crate) fn slices(edition: &Edition, split: Split) -> Vec<BoardSlice> {
    let suite = edition.leaderboard.suites.iter().find(|suite| suite.split == split);
    suite.map_or_else(Vec::new, |suite| suite::slices(edition, suite))
}

fn shown(edition: &Edition) -> ShownEdition {
    let board = &edition.leaderboard;
    let differences = board.reported.as_ref().map_or_else(Vec::new, |reported| reported.differences.clone());
    let web = |address: &String| address.starts_with("https://") || address.starts_with("http://");
    ShownEdition {
        track: board.track,
        profile: board.profile.to_string(),
        corpus: board.corpus.clone(),
        release: board.release.clone(),
        rules: board.rules.clone(),
        bootstraps: bootstraps(board),
        differences,
        addresses: edition
            .addresses
            .iter()
            .filter(|(_, address)| web(address))
            .map(|(repo, address)| (repo.to_string(), address.clone()))
            .collect(),
    }
}
