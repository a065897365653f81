//! What a page says of a release.

use std::collections::BTreeMap;

use bench::partition::Grouping;
use bench::stats::Part;
use bench::{Need, Profile, Release, Split, TaskSet, Track};
use reports::statistics::published_statistics;
use reports::{Context, Origin, SplitFacts};

/// How often a method is right there that knows the vocabularies and not the repository.
const CHANCE: [(Need, f64); 2] = [(Need::Repository, miner::probe::CHANCE), (Need::History, miner::probe::CHANCE)];

/// The splits whose repositories a reader would take for those of the paper.
const COUNTED: [Split; 2] = [Split::Train, Split::CrossRepoTest];

/// What the page called `title` says of `release`.
pub(super) fn context(title: &str, release: &Release) -> Context {
    let contents = &release.manifest().contents;
    let probe = contents.repos.iter().all(|repo| repo.repo.owner() == miner::probe::OWNER);
    let splits = release.splits().into_iter().map(|split| {
        let tasks = contents.repos.iter().filter_map(|repo| repo.tasks.get(&split)).filter(|n| **n > 0);
        SplitFacts { split, repos: tasks.clone().count() as u64, tasks: tasks.sum() }
    });
    let splits: Vec<SplitFacts> = splits.collect();
    let repos = COUNTED.map(|split| splits.iter().find(|facts| facts.split == split).map_or(0, |facts| facts.repos));
    Context {
        title: title.to_owned(),
        corpus: format!("{}{} repositories", if probe { "Probe corpus, " } else { "" }, contents.repos.len()),
        track: contents.track,
        origin: Origin::Other { differences: differences(contents.track, contents.profile, repos, probe) },
        splits,
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

/// Why published figures are not comparable with those of a release of `track` and `profile` that has `repos` repositories
/// in the splits of [`COUNTED`] and may be of the `probe` corpus.
fn differences(track: Track, profile: Profile, repos: [u64; 2], probe: bool) -> Vec<String> {
    let mut reasons = Vec::new();
    if probe {
        reasons.push("The repositories were generated, not mined from public ones.".to_owned());
    }
    if profile == Profile::Strict {
        reasons.push(
            "The release is of the profile strict; the published one was made by the rules of the profile paper."
                .to_owned(),
        );
    }
    let parts = COUNTED.map(|split| Part::of(track, TaskSet::Split(split)));
    let published = parts.map(|part| published_statistics().parts.iter().find(|row| row.part == part));
    if let [Some(train), Some(test)] = published.map(|row| row.map(|row| row.counts.repos))
        && repos != [train, test]
    {
        reasons.push(format!(
            "This release has {} training and {} CR-test repositories; the published one has {train} and {test}.",
            repos[0], repos[1]
        ));
    }
    reasons.push("The base model is not the one of the paper, unless the method table says so.".to_owned());
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_given_where_it_holds() {
        let of = |track, profile, repos| differences(track, profile, repos, false);
        let published = [(Track::Static, [409, 52]), (Track::Evolution, [400, 51])];
        for (track, repos) in published {
            assert_eq!(of(track, Profile::Paper, repos).len(), 1, "the base model alone");
            assert!(of(track, Profile::Strict, repos)[0].contains("strict"));
        }
        let counts = &of(Track::Evolution, Profile::Paper, [409, 52])[0];
        assert!(counts.contains("has 409 training and 52 CR-test") && counts.contains("has 400 and 51"), "{counts}");
    }
}
