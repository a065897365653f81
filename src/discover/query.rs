//! The query set: what is searched for, as data.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, Result, anyhow, bail};
use bench::{Profile, Timestamp};
use serde::Deserialize;

/// The published searches.
const PAPER: &str = include_str!("queries/paper.toml");
/// The same with the repairs of `strict`.
const STRICT: &str = include_str!("queries/strict.toml");

/// A file of queries.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Queries {
    /// What makes a search result a candidate.
    pub(crate) framework: Framework,
    /// The files in the root that may name pytest (R21).
    pub(crate) dependency_files: Vec<String>,
    /// When enough was found.
    pub(crate) stop: Stop,
    /// The passes, in order.
    #[serde(rename = "pass")]
    pub(crate) passes: Vec<Pass>,
}

/// What makes a search result a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Framework {
    /// A dependency file names pytest (R21).
    Pytest,
    /// Nothing more.
    Any,
}

/// When enough was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stop {
    /// In-distribution search results in all (R18).
    pub(crate) found: u64,
    /// Accepted repositories created after the cut-off (R27).
    pub(crate) accepted_ood: u64,
}

/// One search for each licence and star range.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pass {
    /// The name under which candidates record it.
    pub(crate) name: String,
    /// Which acceptance rules hold.
    pub(crate) era: PassEra,
    /// Main language.
    pub(crate) language: String,
    /// Licences, as the host writes them; the outer loop.
    pub(crate) licences: Vec<String>,
    /// Star ranges; the inner loop.
    pub(crate) stars: Vec<Range>,
    /// Size in KB.
    pub(crate) size_kb: Range,
    /// Last push.
    pub(crate) pushed: Dates,
    /// Creation.
    pub(crate) created: Option<Dates>,
    /// The UTC date after which it must have been created (R28).
    pub(crate) created_after: Option<Timestamp>,
    /// What becomes of forks.
    pub(crate) forks: Treatment,
    /// What becomes of archived repositories.
    pub(crate) archived: Treatment,
    /// Order of the results.
    pub(crate) sort: Sort,
}

/// Which acceptance rules hold for a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PassEra {
    /// R18 to R23.
    InDistribution,
    /// R27 to R29.
    Ood,
}

/// What becomes of a search result of some kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Treatment {
    /// Its record says so.
    Recorded,
    /// It is no candidate.
    Refused,
}

/// The order of search results, descending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sort {
    /// By stars.
    Stars,
    /// By creation. The host documents no such order and answers in the best-match one if it knows none.
    Created,
}

/// Numbers between two ends, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Range {
    least: Option<u64>,
    most: Option<u64>,
}

/// Days between two ends, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Dates {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl Range {
    /// Whether `number` lies between the ends.
    pub(crate) fn holds(self, number: u64) -> bool {
        self.least.is_none_or(|least| least <= number) && self.most.is_none_or(|most| number <= most)
    }
}

/// The two ends of `text`, written `a..b`, of which one may be absent.
fn ends<T: FromStr>(text: &str) -> Option<(Option<T>, Option<T>)> {
    let end = |text: &str| if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) };
    let (low, high) = text.split_once("..")?;
    let ends = (end(low)?, end(high)?);
    if ends.0.is_none() && ends.1.is_none() { None } else { Some(ends) }
}

impl TryFrom<String> for Range {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (least, most) = ends(&text).ok_or_else(|| format!("`{text}` is no range; write 300..400 or 10001.."))?;
        match (least, most) {
            (Some(a), Some(b)) if a > b => Err(format!("the range `{text}` is empty")),
            _ => Ok(Self { least, most }),
        }
    }
}

impl TryFrom<String> for Dates {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (from, to) = ends(&text).ok_or_else(|| format!("`{text}` is no range of dates; write 2024-01-01.."))?;
        Ok(Self { from, to })
    }
}

/// As the host's search takes it: `300..400`, `>=10001`, `<=5`.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        qualifier(f, self.least, self.most)
    }
}

impl fmt::Display for Dates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        qualifier(f, self.from.map(Timestamp::day), self.to.map(Timestamp::day))
    }
}

fn qualifier<T: fmt::Display>(f: &mut fmt::Formatter<'_>, least: Option<T>, most: Option<T>) -> fmt::Result {
    match (least, most) {
        (Some(least), Some(most)) => write!(f, "{least}..{most}"),
        (Some(least), None) => write!(f, ">={least}"),
        (None, Some(most)) => write!(f, "<={most}"),
        (None, None) => Ok(()),
    }
}

impl Pass {
    /// The search for one licence and star range, created after `cutoff` if that is given.
    pub(crate) fn search(&self, licence: &str, stars: Range, cutoff: Option<Timestamp>) -> String {
        let Self { language, size_kb, pushed, .. } = self;
        let mut text = format!("language:{language} license:{licence} stars:{stars} size:{size_kb} pushed:{pushed}");
        if let Some(created) = self.created {
            text.extend([" created:", &created.to_string()]);
        }
        if let Some(cutoff) = cutoff {
            text.extend([" created:>", &cutoff.day()]);
        }
        if self.archived == Treatment::Refused {
            text.push_str(" archived:false");
        }
        text
    }

    /// The name of the order.
    pub(crate) const fn order(&self) -> &'static str {
        match self.sort {
            Sort::Stars => "stars",
            Sort::Created => "created",
        }
    }
}

/// The query set in `file`, or that of `profile`, and its text.
pub(crate) fn queries(file: Option<&Path>, profile: Profile) -> Result<(Queries, String)> {
    let (text, name) = match file {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            (text, path.display().to_string())
        }
        None if profile == Profile::Paper => (PAPER.to_owned(), "paper.toml".to_owned()),
        None => (STRICT.to_owned(), "strict.toml".to_owned()),
    };
    let queries: Queries = toml::from_str(&text).map_err(|error| anyhow!("{name}: {error}"))?;
    let odd = |word: &String| word.is_empty() || word.contains(|c: char| c.is_whitespace() || c == '/' || c == '"');
    let mut names: Vec<&str> = queries.passes.iter().map(|pass| pass.name.as_str()).collect();
    names.sort_unstable();
    if let Some([twice, _]) = names.array_windows().find(|[a, b]| a == b) {
        bail!("{name}: two passes are called {twice}");
    }
    for pass in &queries.passes {
        if pass.licences.iter().chain([&pass.language]).any(odd) {
            bail!("{name}: pass {} has a language or licence with blanks, quotes or slashes", pass.name);
        }
    }
    if let Some(file) = queries.dependency_files.iter().find(|file| odd(file)) {
        bail!("{name}: `{file}` is no file in the root of a repository");
    }
    Ok((queries, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_searches() {
        let (queries, _) = queries(None, Profile::Paper).expect("the embedded file is right");
        let first = &queries.passes[0];
        assert_eq!(
            first.search("mit", first.stars[0], None),
            "language:Python license:mit stars:300..400 size:3000..15000 pushed:>=2024-01-01",
            "R18, R19"
        );
        let ood = &queries.passes[2];
        assert_eq!(
            ood.search("apache-2.0", ood.stars[5], ood.created_after),
            "language:Python license:apache-2.0 stars:701..2000 size:100..204800 pushed:>=2025-01-01 \
             created:>2025-04-01 archived:false",
            "R27"
        );
        assert_eq!(queries.dependency_files, miner::lock::DEPENDENCY_FILES, "R21");
    }

    #[test]
    fn strict_refuses_what_the_paper_records() {
        let (queries, _) = queries(None, Profile::Strict).expect("the embedded file is right");
        let refused = |pass: &Pass| (pass.forks, pass.archived) == (Treatment::Refused, Treatment::Refused);
        assert!(queries.passes.iter().all(refused) && queries.framework == Framework::Any, "R34");
        assert!(queries.passes[0].search("mit", queries.passes[0].stars[0], None).contains("created:<=2025-03-31"));
    }

    #[test]
    fn ranges_include_their_ends() {
        let range = |text: &str| Range::try_from(text.to_owned());
        let stars = range("300..400").expect("a range");
        assert!([300, 400].iter().all(|&n| stars.holds(n)) && ![299, 401].iter().any(|&n| stars.holds(n)));
        assert_eq!(range("10001..").expect("a range").to_string(), ">=10001");
        for bad in ["", "..", "5", "5..4", "a..b", "-1..2"] {
            assert!(range(bad).is_err(), "{bad}");
        }
    }
}
