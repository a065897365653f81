//! Which assertion of a version was which in the version before (R104).

use super::digest::Digest;

/// What pairing looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// Of qualified function name, kind and in-line prefix.
    pub(super) identity: Digest,
    /// Of the target.
    pub(super) answer: Digest,
    /// Line and column of the node: the source order.
    pub(super) line: u32,
    pub(super) column: u32,
}

/// What became of an old assertion. Numbers are places in the list of old marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// There was none.
    None,
    /// The same assertion with the same target.
    Same(usize),
    /// The same assertion with another target.
    Changed(usize),
}

/// Where every mark of `new` comes from; no old mark is taken twice.
///
/// Marks that agree in identity and answer are paired in source order, then the remaining ones that agree in identity.
pub(super) fn pair(old: &[Mark], new: &[Mark]) -> Vec<Origin> {
    let mut origins = vec![Origin::None; new.len()];
    let (mut old_places, mut new_places): (Vec<usize>, Vec<usize>) =
        ((0..old.len()).collect(), (0..new.len()).collect());
    let exact = |mark: &Mark| (mark.identity, mark.answer);
    let mut taken = vec![false; old.len()];
    for (from, to) in matches(old, &mut old_places, new, &mut new_places, exact) {
        origins[to] = Origin::Same(from);
        taken[from] = true;
    }
    old_places.retain(|&from| !taken[from]);
    new_places.retain(|&to| origins[to] == Origin::None);
    for (from, to) in matches(old, &mut old_places, new, &mut new_places, |mark| mark.identity) {
        origins[to] = Origin::Changed(from);
    }
    origins
}

/// Pairs of places whose marks agree in `key`, first with first in source order.
fn matches<K: Ord>(
    old: &[Mark],
    old_places: &mut [usize],
    new: &[Mark],
    new_places: &mut [usize],
    key: impl Fn(&Mark) -> K,
) -> Vec<(usize, usize)> {
    let order = |mark: &Mark| (key(mark), mark.line, mark.column);
    old_places.sort_by_key(|&place| order(&old[place]));
    new_places.sort_by_key(|&place| order(&new[place]));
    let mut pairs = Vec::new();
    let (mut from, mut to) = (old_places.iter().peekable(), new_places.iter().peekable());
    while let (Some(&&a), Some(&&b)) = (from.peek(), to.peek()) {
        let (left, right) = (key(&old[a]), key(&new[b]));
        if left == right {
            pairs.push((a, b));
        }
        from.next_if(|_| left <= right);
        to.next_if(|_| right <= left);
    }
    pairs
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn marks(all: &[(u8, u8)]) -> Vec<Mark> {
        let mark = |(&(identity, answer), line): (&(u8, u8), u32)| Mark {
            identity: identity.into(),
            answer: answer.into(),
            line,
            column: 0,
        };
        all.iter().zip(1..).map(mark).collect()
    }

    #[test]
    fn exact_pairs_come_first() {
        let old = marks(&[(1, 10), (1, 11), (2, 20), (3, 30)]);
        let new = marks(&[(1, 12), (1, 11), (1, 13), (2, 20), (4, 30)]);
        let expected = [Origin::Changed(0), Origin::Same(1), Origin::None, Origin::Same(2), Origin::None];
        assert_eq!(pair(&old, &new), expected);
    }

    proptest! {
        /// Pairing is one to one, pairs agree, and as many are exact as multisets allow.
        #[test]
        fn pairs_are_matchings(
            old in prop::collection::vec((0..4_u8, 0..4_u8), 0..20),
            new in prop::collection::vec((0..4_u8, 0..4_u8), 0..20),
        ) {
            let origins = pair(&marks(&old), &marks(&new));
            let mut used = Vec::new();
            let mut same = 0;
            for (origin, (identity, answer)) in origins.iter().zip(&new) {
                match *origin {
                    Origin::None => continue,
                    Origin::Same(from) => {
                        prop_assert_eq!(old[from], (*identity, *answer));
                        same += 1;
                        used.push(from);
                    }
                    Origin::Changed(from) => {
                        prop_assert!(old[from].0 == *identity && old[from].1 != *answer);
                        used.push(from);
                    }
                }
            }
            used.sort_unstable();
            prop_assert!(used.windows(2).all(|pair| pair[0] < pair[1]));
            let counts = |all: &[(u8, u8)]| {
                let mut counts = BTreeMap::new();
                all.iter().for_each(|mark| *counts.entry(*mark).or_insert(0_usize) += 1);
                counts
            };
            let (old, new) = (counts(&old), counts(&new));
            let common: usize = old.iter().map(|(mark, count)| *count.min(new.get(mark).unwrap_or(&0))).sum();
            prop_assert_eq!(same, common);
        }
    }
}
