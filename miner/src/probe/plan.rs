//! Which repository gets which values, and which of them change during its history.
//!
//! Every draw is stratified within a partition, dimension by dimension, so that each value is equally frequent there and
//! independent of the values of other dimensions and of everything that a reader sees before the cut.

use bench::{Partition, Seed};

use super::ProbeOptions;
use super::dimension::{Dimension, LEVELS, Values};
use super::draw::Draw;
use super::surface::{ADJECTIVES, DOMAINS, Domain, OOD_DOMAINS};

/// A convention and the values it goes through, oldest first; the last one is valid at the head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) dimension: Dimension,
    pub(super) levels: Vec<usize>,
}

/// All that is decided about a repository before its text is written.
#[derive(Debug, Clone)]
pub(super) struct RepoPlan {
    /// The part of the id after the slash.
    pub(super) name: String,
    pub(super) partition: Partition,
    pub(super) adjective: &'static str,
    pub(super) domain: &'static Domain,
    /// The conventions at the head.
    pub(super) head: Values,
    /// The conventions that were others before.
    pub(super) changes: Vec<Change>,
    /// The root of the repository's own choices.
    pub(super) seed: Seed,
}

impl RepoPlan {
    /// Whether the repository is of the later family: other domains, other modules, another layout.
    pub(super) fn is_ood(&self) -> bool {
        self.partition == Partition::OodTest
    }

    /// The conventions at the first commit.
    pub(super) fn first(&self) -> Values {
        let mut values = self.head;
        for change in &self.changes {
            values.set(change.dimension, change.levels[0]);
        }
        values
    }
}

/// The plans of all repositories: train, CR-val, CR-test, OOD.
pub(super) fn corpus(options: &ProbeOptions) -> Vec<RepoPlan> {
    let seed = options.seed.derive("probe");
    let adjectives = Draw::new(seed.derive("adjectives")).shuffled(ADJECTIVES.to_vec());
    let parts = [
        (Partition::Train, options.train),
        (Partition::CrossRepoVal, options.cross_repo_val),
        (Partition::CrossRepoTest, options.cross_repo_test),
        (Partition::OodTest, options.ood),
    ];
    let mut plans = Vec::new();
    for (partition, count) in parts {
        let domains: &'static [Domain] = if partition == Partition::OodTest { &OOD_DOMAINS } else { &DOMAINS };
        let start = if partition == Partition::OodTest { 0 } else { plans.len() };
        let conventions = conventions(partition, count, seed.derive(partition.name()));
        for (index, (head, changes)) in conventions.into_iter().enumerate() {
            let (name, adjective, domain) = name(start + index, &adjectives, domains);
            let seed = seed.derive(&name);
            plans.push(RepoPlan { name, partition, adjective, domain, head, changes, seed });
        }
    }
    plans
}

/// The `index`-th name: domains in turn, each with another adjective every time.
fn name(
    index: usize,
    adjectives: &[&'static str],
    domains: &'static [Domain],
) -> (String, &'static str, &'static Domain) {
    let (round, place) = (index / domains.len(), index % domains.len());
    let domain = &domains[place];
    let adjective = adjectives[(round + 5 * place) % adjectives.len()];
    let again = round / adjectives.len();
    let suffix = if again == 0 { String::new() } else { format!("-{}", again + 1) };
    (format!("{adjective}-{}{suffix}", domain.package), adjective, domain)
}

fn conventions(partition: Partition, count: usize, seed: Seed) -> Vec<(Values, Vec<Change>)> {
    let columns: Vec<Vec<usize>> = Dimension::ALL
        .iter()
        .map(|dimension| Draw::new(seed.derive(dimension.name())).stratified(count, LEVELS))
        .collect();
    let changing = changing(count, seed.derive("changing"));
    (0..count)
        .map(|repo| {
            let head = Values::from_levels(|dimension| columns[dimension as usize][repo]);
            let mut draw = Draw::new(seed.derive(&format!("{partition} {repo}")));
            let twice = draw.below(changing[repo].len());
            let changes = changing[repo]
                .iter()
                .enumerate()
                .map(|(index, &dimension)| Change {
                    dimension,
                    levels: path(head.level(dimension), index == twice, &mut draw),
                })
                .collect();
            (head, changes)
        })
        .collect()
}

/// Earlier values in random order, one or two of them, then `head`.
fn path(head: usize, two: bool, draw: &mut Draw) -> Vec<usize> {
    let others = draw.shuffled((0..LEVELS).filter(|&level| level != head).collect());
    others.into_iter().take(if two { 2 } else { 1 }).chain([head]).collect()
}

/// For each repository one error, one fraction and four others; neighbours take complementary fours.
fn changing(count: usize, seed: Seed) -> Vec<Vec<Dimension>> {
    let mut draw = Draw::new(seed);
    let errors = draw.stratified(count, Dimension::ERRORS.len());
    let fractions = draw.stratified(count, Dimension::FRACTIONS.len());
    let mut rest = Vec::new();
    (0..count)
        .map(|repo| {
            let half = Dimension::PLAIN.len() / 2;
            let four = if rest.is_empty() {
                let mut all = draw.shuffled(Dimension::PLAIN.to_vec());
                rest = all.split_off(half);
                all
            } else {
                std::mem::take(&mut rest)
            };
            let mut dimensions = vec![Dimension::ERRORS[errors[repo]], Dimension::FRACTIONS[fractions[repo]]];
            dimensions.extend(four);
            dimensions
        })
        .collect()
}
