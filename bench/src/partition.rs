//! Who goes where: repositories into partitions (R80, R81), tasks of training repositories into splits (R82, R86).

use std::collections::BTreeMap;

use crate::closed::closed_set;
use crate::error::{Error, Result};
use crate::ids::{RepoId, RepoPath};
use crate::mt19937::Mt19937;
use crate::paper::{MIN_REPOSITORIES, SPLIT_SEED};
use crate::profile::Profile;
use crate::split::{Partition, Split};
use crate::task::Assertion;

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
/// The draw is of all candidates but the out-of-distribution ones. A fixed candidate counts in it and takes a seat of its
/// part, so fixing some changes who is drawn, not how many repositories a part has. With none fixed it is the published
/// draw, bit for bit. It visits repositories by owner, then name, so the order of `candidates` does not matter.
///
/// # Errors
/// If some are left to be drawn and the draw is of fewer than three.
pub fn place(candidates: &[Candidate]) -> Result<BTreeMap<RepoId, Partition>> {
    let mut placed: BTreeMap<RepoId, Partition> =
        candidates.iter().filter_map(|c| Some((c.repo.clone(), c.fixed?))).collect();
    if candidates.iter().all(|c| c.fixed.is_some()) {
        return Ok(placed);
    }
    let mut members: Vec<&Candidate> = candidates.iter().filter(|c| c.fixed != Some(Partition::OodTest)).collect();
    if members.len() < MIN_REPOSITORIES {
        return Err(Error::Split {
            found: members.len(),
            reason: format!(
                "the published draw needs at least {MIN_REPOSITORIES}; add repositories, lower the minimum of pairs, or \
                 set partition = \"train\" | \"cr_val\" | \"cr_test\" | \"ood_test\" for each in repos.toml"
            ),
        });
    }
    members.sort_by_key(|c| (c.repo.owner().to_owned(), c.repo.name().to_owned()));
    placed.extend(draw(&members));
    Ok(placed)
}

/// The parts of the draw, in the order in which it fills them.
const DRAWN: [Partition; 3] = [Partition::Train, Partition::CrossRepoVal, Partition::CrossRepoTest];

/// The published draw: shuffle, three bins by number of pairs, each bin shuffled and cut 80 / 10 / 10 (R81); where those
/// of `members` go that are not fixed.
fn draw(members: &[&Candidate]) -> Vec<(RepoId, Partition)> {
    let mut generator = Mt19937::new(SPLIT_SEED);
    let mut shuffled = members.to_vec();
    generator.shuffle(&mut shuffled);
    let mut counts: Vec<usize> = members.iter().map(|c| c.pairs).collect();
    counts.sort_unstable();
    let (low, high) = (counts[counts.len() / 3], counts[2 * counts.len() / 3]);
    let bin_of = |pairs: usize| usize::from(pairs > low) + usize::from(pairs > low && pairs > high);
    let mut drawn = Vec::new();
    for bin in 0..3 {
        let mut bin: Vec<&Candidate> = shuffled.iter().copied().filter(|c| bin_of(c.pairs) == bin).collect();
        generator.shuffle(&mut bin);
        let taken = DRAWN.map(|part| bin.iter().filter(|c| c.fixed == Some(part)).count());
        let seats =
            DRAWN.iter().zip(seats_left(bin.len(), taken)).flat_map(|(part, left)| std::iter::repeat_n(*part, left));
        drawn.extend(bin.iter().filter(|c| c.fixed.is_none()).map(|c| c.repo.clone()).zip(seats));
    }
    drawn
}

/// The seats of each part that are left in a bin of `size`, of which `taken` are fixed (R81).
///
/// Where more are fixed than a part has seats, the others give theirs up: training first, then validation, then test.
fn seats_left(size: usize, taken: [usize; 3]) -> [usize; 3] {
    let train = (size * 8 / 10).max(1).min(size);
    let validation = (size / 10).min(size - train);
    let seats = [train, validation, size - train - validation];
    let mut excess: usize = seats.iter().zip(taken).map(|(seats, taken)| taken.saturating_sub(*seats)).sum();
    std::array::from_fn(|part| {
        let left = seats[part].saturating_sub(taken[part]);
        let given = excess.min(left);
        excess -= given;
        left - given
    })
}

closed_set! {
    /// What stays together when the pairs of a training repository are split (R86).
    pub enum Grouping as "group" {
        /// All pairs of one (file, class, function).
        Function = "function",
        /// All pairs of one file.
        File = "file",
        /// Nothing: every pair is drawn for itself, as published.
        Pair = "pair",
    }
}

impl Grouping {
    /// The grouping under `profile`: `strict` groups as `asked`, by function if nothing was asked; `paper` draws pairs.
    ///
    /// # Errors
    /// If something else than pairs is asked of `paper`.
    pub fn under(profile: Profile, asked: Option<Self>) -> Result<Self> {
        match (profile, asked) {
            (Profile::Strict, asked) => Ok(asked.unwrap_or(Self::Function)),
            (Profile::Paper, None | Some(Self::Pair)) => Ok(Self::Pair),
            (Profile::Paper, Some(asked)) => Err(Error::Grouping { asked }),
        }
    }

    /// Whether this is how the published data was split.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(crate) fn is_published(&self) -> bool {
        *self == Self::Pair
    }

    /// What the pairs of one group share, for `assertion`, the pair number `index`.
    pub fn key(self, index: usize, assertion: &Assertion) -> GroupKey {
        let Assertion { path, class, function, .. } = assertion;
        match self {
            Self::Function => GroupKey::Function(path.clone(), class.clone(), function.clone()),
            Self::File => GroupKey::File(path.clone()),
            Self::Pair => GroupKey::Pair(index),
        }
    }
}

/// The name of a group, see [`Grouping`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupKey {
    /// File, class and function.
    Function(RepoPath, String, String),
    /// The file.
    File(RepoPath),
    /// The pair's place in the selection.
    Pair(usize),
}

/// Divides the selected pairs of one repository, in selection order, into splits (R82, R86).
///
/// Those of a training repository are put together by `group`, which gets their place; the groups are shuffled and cut
/// 80 / 10 / 10 by pairs, the remainder going to test. A group goes where its middle lies, which for groups of one is
/// the published draw. The pairs of any other repository stay together in selection order.
pub fn divide<T, K: Ord>(partition: Partition, pairs: Vec<T>, group: impl Fn(usize, &T) -> K) -> Vec<(Split, Vec<T>)> {
    match partition {
        Partition::Train => divide_groups(gather(pairs, group)),
        Partition::CrossRepoVal => vec![(Split::CrossRepoVal, pairs)],
        Partition::CrossRepoTest => vec![(Split::CrossRepoTest, pairs)],
        Partition::OodTest => vec![(Split::OodTest, pairs)],
    }
}

fn divide_groups<T>(mut groups: Vec<Vec<T>>) -> Vec<(Split, Vec<T>)> {
    Mt19937::new(SPLIT_SEED).shuffle(&mut groups);
    let total: usize = groups.iter().map(Vec::len).sum();
    let train_end = total * 8 / 10;
    let validation_end = train_end + total / 10;
    let (mut train, mut validation, mut test) = (Vec::new(), Vec::new(), Vec::new());
    let mut start = 0;
    for group in groups {
        let twice_middle = 2 * start + group.len();
        start += group.len();
        if twice_middle < 2 * train_end {
            train.extend(group);
        } else if twice_middle < 2 * validation_end {
            validation.extend(group);
        } else {
            test.extend(group);
        }
    }
    vec![(Split::Train, train), (Split::InRepoVal, validation), (Split::InRepoTest, test)]
}

/// The members of each group in their order, groups in order of first appearance.
fn gather<T, K: Ord>(pairs: Vec<T>, group: impl Fn(usize, &T) -> K) -> Vec<Vec<T>> {
    let mut places: BTreeMap<K, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<T>> = Vec::new();
    for (index, pair) in pairs.into_iter().enumerate() {
        let place = *places.entry(group(index, &pair)).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(pair);
    }
    groups
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// How many repositories each part has.
    fn sizes(placed: &BTreeMap<RepoId, Partition>) -> BTreeMap<Partition, usize> {
        placed.values().fold(BTreeMap::new(), |mut sizes, part| {
            *sizes.entry(*part).or_default() += 1;
            sizes
        })
    }

    #[test]
    fn seats_of_a_part_that_overflows_come_from_the_others() {
        assert_eq!(seats_left(20, [0, 0, 0]), [16, 2, 2]);
        assert_eq!(seats_left(20, [3, 1, 2]), [13, 1, 0]);
        assert_eq!(seats_left(20, [0, 0, 5]), [13, 2, 0]);
        assert_eq!(seats_left(20, [15, 0, 4]), [0, 1, 0]);
        assert_eq!(seats_left(20, [0, 19, 0]), [0, 0, 1]);
        assert_eq!(seats_left(1, [0, 0, 1]), [0, 0, 0]);
        assert_eq!(seats_left(0, [0, 0, 0]), [0, 0, 0]);
    }

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
        fn fixed_repositories_take_seats(places in prop::collection::vec((30_usize..200, 0_usize..9), 3..80)) {
            let repo = |i: usize| RepoId::new(format!("o{i:03}/r{i}")).expect("a valid id");
            let fixed = |fixed: Option<Partition>, i: usize, pairs| Candidate { repo: repo(i), pairs, fixed };
            let free: Vec<_> = places.iter().enumerate().map(|(i, &(pairs, _))| fixed(None, i, pairs)).collect();
            let published = sizes(&place(&free).expect("enough repositories"));
            // As many as have seats are fixed, so no part may gain or lose one.
            let drawn = place(&free).expect("enough repositories");
            let kept: Vec<_> = free
                .iter()
                .zip(&places)
                .map(|(c, &(_, die))| Candidate { fixed: drawn.get(&c.repo).copied().filter(|_| die < 3), ..c.clone() })
                .collect();
            let placed = place(&kept).expect("enough repositories");
            prop_assert_eq!(sizes(&placed), published);
            for candidate in &kept {
                prop_assert!(candidate.fixed.is_none_or(|part| placed[&candidate.repo] == part));
            }
        }

        #[test]
        fn every_pair_is_in_one_split(n in 0_usize..300) {
            let parts = divide(Partition::Train, (0..n).collect(), |index, _| index);
            let mut all: Vec<usize> = parts.into_iter().flat_map(|(_, part)| part).collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..n).collect::<Vec<_>>());
        }

        #[test]
        fn a_group_is_in_one_split(sizes in prop::collection::vec(1_usize..6, 0..80)) {
            let pairs: Vec<(usize, usize)> =
                sizes.iter().enumerate().flat_map(|(group, &size)| (0..size).map(move |member| (group, member))).collect();
            let total = pairs.len();
            let parts = divide(Partition::Train, pairs, |_, &(group, _)| group);
            let train = parts[0].1.len();
            prop_assert!(train.abs_diff(total * 8 / 10) <= 5 / 2 + 1, "{} of {}", train, total);
            let mut split_of = BTreeMap::new();
            for (split, part) in parts {
                for (group, _) in part {
                    prop_assert_eq!(*split_of.entry(group).or_insert(split), split);
                }
            }
            prop_assert_eq!(split_of.len(), sizes.len());
        }
    }

    #[test]
    fn paper_draws_pairs_and_strict_functions() {
        assert_eq!(Grouping::under(Profile::Strict, None).ok(), Some(Grouping::Function));
        assert_eq!(Grouping::under(Profile::Strict, Some(Grouping::File)).ok(), Some(Grouping::File));
        assert_eq!(Grouping::under(Profile::Paper, None).ok(), Some(Grouping::Pair));
        let refused = Grouping::under(Profile::Paper, Some(Grouping::File)).expect_err("not published");
        assert!(refused.to_string().contains("`file`"), "{refused}");
    }

    #[test]
    fn two_repositories_cannot_be_drawn() {
        let repo = RepoId::new("a/b").expect("a valid id");
        let error = place(&[Candidate { repo, pairs: 40, fixed: None }]).expect_err("too few");
        assert!(error.to_string().contains("partition = "), "{error}");
    }
}
