//! Who goes where: repositories into partitions (R80, R81), tasks of training repositories into splits (R82).

use std::collections::BTreeMap;

use crate::error::{Error, Result};
use crate::ids::RepoId;
use crate::mt19937::Mt19937;
use crate::paper::{MIN_REPOSITORIES, SPLIT_SEED};
use crate::split::{Partition, Split};

/// A repository that is to be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The repository.
    pub repo: RepoId,
    /// Its selected pairs.
    pub pairs: usize,
    /// Where it must go; drawn if absent.
    pub fixed: Option<Partition>,
}

/// Places every candidate: the fixed ones where they must go, the rest by the published draw (R81).
///
/// The draw visits repositories by owner, then name, so the order of `candidates` does not matter.
///
/// # Errors
/// If some but fewer than three are left to be drawn.
pub fn place(candidates: &[Candidate]) -> Result<BTreeMap<RepoId, Partition>> {
    let mut placed: BTreeMap<RepoId, Partition> =
        candidates.iter().filter_map(|c| Some((c.repo.clone(), c.fixed?))).collect();
    let mut drawn: Vec<&Candidate> = candidates.iter().filter(|c| c.fixed.is_none()).collect();
    if drawn.is_empty() {
        return Ok(placed);
    }
    if drawn.len() < MIN_REPOSITORIES {
        return Err(Error::Split {
            found: drawn.len(),
            reason: format!(
                "the published draw needs at least {MIN_REPOSITORIES}; add repositories, lower the minimum of pairs, or \
                 set partition = \"train\" | \"cr_val\" | \"cr_test\" | \"ood_test\" for each in repos.toml"
            ),
        });
    }
    drawn.sort_by_key(|c| (c.repo.owner().to_owned(), c.repo.name().to_owned()));
    for (partition, repos) in draw(&drawn) {
        placed.extend(repos.into_iter().map(|repo| (repo, partition)));
    }
    Ok(placed)
}

/// The published draw: shuffle, three bins by number of pairs, each bin shuffled and cut 80 / 10 / 10 (R81).
fn draw(candidates: &[&Candidate]) -> [(Partition, Vec<RepoId>); 3] {
    let mut generator = Mt19937::new(SPLIT_SEED);
    let mut shuffled = candidates.to_vec();
    generator.shuffle(&mut shuffled);
    let mut counts: Vec<usize> = candidates.iter().map(|c| c.pairs).collect();
    counts.sort_unstable();
    let (low, high) = (counts[counts.len() / 3], counts[2 * counts.len() / 3]);
    let bin_of = |pairs: usize| usize::from(pairs > low) + usize::from(pairs > low && pairs > high);
    let mut parts = [Vec::new(), Vec::new(), Vec::new()];
    for bin in 0..3 {
        let mut members: Vec<&Candidate> = shuffled.iter().copied().filter(|c| bin_of(c.pairs) == bin).collect();
        generator.shuffle(&mut members);
        let n = members.len();
        let train = (n * 8 / 10).max(1).min(n);
        let validation = (train + n / 10).min(n);
        for (part, range) in parts.iter_mut().zip([0..train, train..validation, validation..n]) {
            part.extend(members[range].iter().map(|c| c.repo.clone()));
        }
    }
    let [train, validation, test] = parts;
    [(Partition::Train, train), (Partition::CrossRepoVal, validation), (Partition::CrossRepoTest, test)]
}

/// Divides the selected pairs of one repository, in selection order, into splits (R82).
///
/// Those of a training repository are shuffled and cut 80 / 10 / 10, the remainder going to test; those of any other
/// repository stay together in selection order.
pub fn divide<T>(partition: Partition, mut pairs: Vec<T>) -> Vec<(Split, Vec<T>)> {
    match partition {
        Partition::Train => {
            Mt19937::new(SPLIT_SEED).shuffle(&mut pairs);
            let (train, validation) = (pairs.len() * 8 / 10, pairs.len() / 10);
            let mut rest = pairs.split_off(train);
            let test = rest.split_off(validation);
            vec![(Split::Train, pairs), (Split::InRepoVal, rest), (Split::InRepoTest, test)]
        }
        Partition::CrossRepoVal => vec![(Split::CrossRepoVal, pairs)],
        Partition::CrossRepoTest => vec![(Split::CrossRepoTest, pairs)],
        Partition::OodTest => vec![(Split::OodTest, pairs)],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_repository_is_placed_once(counts in prop::collection::vec(30_usize..200, 3..80)) {
            let repo = |i: usize| RepoId::new(format!("o{i:03}/r{i}")).expect("a valid id");
            let candidates: Vec<_> =
                counts.iter().enumerate().map(|(i, &pairs)| Candidate { repo: repo(i), pairs, fixed: None }).collect();
            let placed = place(&candidates).expect("enough repositories");
            prop_assert_eq!(placed.len(), counts.len());
            let mut reversed = candidates.clone();
            reversed.reverse();
            prop_assert_eq!(place(&reversed).expect("enough repositories"), placed);
        }

        #[test]
        fn every_pair_is_in_one_split(n in 0_usize..300) {
            let mut all: Vec<usize> =
                divide(Partition::Train, (0..n).collect()).into_iter().flat_map(|(_, part)| part).collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..n).collect::<Vec<_>>());
        }
    }

    #[test]
    fn two_repositories_cannot_be_drawn() {
        let repo = RepoId::new("a/b").expect("a valid id");
        let error = place(&[Candidate { repo, pairs: 40, fixed: None }]).expect_err("too few");
        assert!(error.to_string().contains("partition = "), "{error}");
    }
}
