//! What a page says of a release.

use std::collections::BTreeMap;

use bench::partition::Grouping;
use bench::{Need, Release, Split, Track};
use reports::{Context, Origin, SplitFacts};

/// How often a method is right there that knows the vocabularies and not the repository.
const CHANCE: [(Need, f64); 2] = [(Need::Repository, miner::probe::CHANCE), (Need::History, miner::probe::CHANCE)];

/// What the page called `title` says of `release`.
pub(super) fn context(title: &str, release: &Release) -> Context {
    let contents = &release.manifest().contents;
    let probe = contents.repos.iter().all(|repo| repo.repo.owner() == miner::probe::OWNER);
    let splits = release.splits().into_iter().map(|split| {
        let tasks = contents.repos.iter().filter_map(|repo| repo.tasks.get(&split)).filter(|n| **n > 0);
        SplitFacts { split, repos: tasks.clone().count() as u64, tasks: tasks.sum() }
    });
    Context {
        title: title.to_owned(),
        corpus: format!("{}{} repositories", if probe { "Probe corpus, " } else { "" }, contents.repos.len()),
        track: contents.track,
        origin: Origin::Other { differences: differences(release, probe) },
        splits: splits.collect(),
        chance: if probe { CHANCE.into() } else { BTreeMap::new() },
        costs: Vec::new(),
        warnings: warnings(release),
        commands: Vec::new(),
        files: Vec::new(),
    }
}

/// What a reader must know before the numbers.
fn warnings(release: &Release) -> Vec<String> {
    let contents = &release.manifest().contents;
    let in_repo = release.splits().contains(&Split::InRepoTest);
    if contents.group == Grouping::Pair && contents.track == Track::Static && in_repo {
        let text = "This release divides training repositories task by task, so a training prefix can hold the answer of a \
                    held-out task: whoever trained on them is favoured in the IR suites. CR and OOD are clean.";
        return vec![text.to_owned()];
    }
    Vec::new()
}

/// Why published figures are not comparable with those of `release`.
fn differences(release: &Release, probe: bool) -> Vec<String> {
    let contents = &release.manifest().contents;
    let mut reasons = Vec::new();
    if probe {
        reasons.push("The repositories were generated, not mined from public ones.".to_owned());
    }
    let count =
        |split: Split| contents.repos.iter().filter(|repo| repo.tasks.get(&split).is_some_and(|n| *n > 0)).count();
    let (train, test) = (count(Split::Train), count(Split::CrossRepoTest));
    reasons.push(format!(
        "This release has {train} training and {test} CR-test repositories; the published one has 409 and 52."
    ));
    reasons.push("The base model is not the one of the paper, unless the method table says so.".to_owned());
    reasons
}
