//! Who stands with whom: letters for methods that were not found to differ, and the ranks that are left open.

use std::collections::BTreeSet;

/// The findings between methods in the order of their means, best first.
pub(super) struct Findings {
    methods: usize,
    /// Pairs that differ, the better one first.
    different: BTreeSet<(usize, usize)>,
}

impl Findings {
    /// What was found between so many methods: `different` holds pairs of ranks from 0, the better one first.
    pub(super) fn new(methods: usize, different: BTreeSet<(usize, usize)>) -> Self {
        Self { methods, different }
    }

    fn differ(&self, a: usize, b: usize) -> bool {
        self.different.contains(&(a.min(b), a.max(b)))
    }

    /// The best and the worst rank of a method that no finding rules out, from 1.
    pub(super) fn ranks(&self, method: usize) -> [u64; 2] {
        let better = (0..method).filter(|&other| self.differ(other, method)).count();
        let worse = (method + 1..self.methods).filter(|&other| self.differ(method, other)).count();
        [better as u64 + 1, (self.methods - worse) as u64]
    }

    /// The letters of each method: two methods share one exactly if they were not found to differ.
    ///
    /// A compact letter display: every letter stands for a group of methods that none can join, and none is needless.
    /// Groups are lettered by their best members; after `z` comes `a1`.
    pub(super) fn letters(&self) -> Vec<String> {
        let mut letters = vec![String::new(); self.methods];
        for (place, group) in self.groups().iter().enumerate() {
            for &method in group {
                letters[method] += &letter(place);
            }
        }
        letters
    }

    /// Groups such that each two methods that do not differ are together in one, by members.
    fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for a in 0..self.methods {
            // A method is together with itself last, so that only one that differs from all others is alone.
            for b in (a + 1..self.methods).chain([a]).filter(|&b| a == b || !self.differ(a, b)) {
                if !groups.iter().any(|group| group.contains(&a) && group.contains(&b)) {
                    groups.push(self.group_of(a, b));
                }
            }
        }
        for place in (0..groups.len()).rev() {
            if needless(&groups, place) {
                groups.remove(place);
            }
        }
        groups.sort();
        groups
    }

    /// `a`, `b` and, by rank, every method that differs from none of those taken before.
    fn group_of(&self, a: usize, b: usize) -> Vec<usize> {
        let mut group = vec![a, b];
        group.dedup();
        for method in (0..self.methods).filter(|&method| method != a && method != b) {
            if group.iter().all(|&member| !self.differ(member, method)) {
                group.push(method);
            }
        }
        group.sort_unstable();
        group
    }
}

/// Whether every two members of a group are together in another one as well.
fn needless(groups: &[Vec<usize>], place: usize) -> bool {
    let together = |a: usize, b: usize| {
        let mut others = groups.iter().enumerate().filter(|(other, _)| *other != place);
        others.any(|(_, group)| group.contains(&a) && group.contains(&b))
    };
    groups[place].iter().all(|&a| groups[place].iter().all(|&b| together(a, b)))
}

/// The name of group `place`.
fn letter(place: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(place % 26).expect("because 26 fits"));
    match place / 26 {
        0 => letter.to_string(),
        round => format!("{letter}{round}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn findings(methods: usize, different: &[(usize, usize)]) -> Findings {
        Findings::new(methods, different.iter().copied().collect())
    }

    #[test]
    fn neighbours_share_letters() {
        let found = findings(3, &[(0, 2)]);
        assert_eq!(found.letters(), ["a", "ab", "b"]);
        assert_eq!([0, 1, 2].map(|method| found.ranks(method)), [[1, 2], [1, 3], [2, 3]]);
        assert_eq!(findings(3, &[]).letters(), ["a", "a", "a"]);
        assert_eq!(findings(3, &[(0, 1), (0, 2), (1, 2)]).letters(), ["a", "b", "c"]);
        assert_eq!(findings(4, &[(0, 2), (0, 3), (1, 3)]).letters(), ["a", "ab", "bc", "c"]);
    }

    #[test]
    fn findings_need_no_order() {
        // The first and the last are alike, both unlike those between: a large spread hides a large difference.
        let found = findings(4, &[(0, 1), (0, 2), (1, 3), (2, 3)]);
        assert_eq!(found.letters(), ["a", "b", "b", "a"]);
    }

    #[test]
    fn letters_go_on_after_z() {
        assert_eq!([0, 25, 26, 53].map(letter), ["a", "z", "a1", "b2"]);
    }

    proptest! {
        #[test]
        fn methods_share_a_letter_exactly_if_they_do_not_differ(bits in prop::collection::vec(any::<bool>(), 45)) {
            let pairs = (0..10).flat_map(|a| (a + 1..10).map(move |b| (a, b)));
            let different: BTreeSet<_> = pairs.zip(bits).filter(|(_, differ)| *differ).map(|(pair, _)| pair).collect();
            let found = Findings::new(10, different);
            let groups = found.groups();
            for (a, b) in (0..10).flat_map(|a| (0..10).map(move |b| (a, b))) {
                let shared = groups.iter().any(|group| group.contains(&a) && group.contains(&b));
                prop_assert_eq!(shared, !found.differ(a, b));
            }
            prop_assert!((0..groups.len()).all(|place| !needless(&groups, place)));
            for method in 0..10 {
                let [best, worst] = found.ranks(method);
                prop_assert!((best..=worst).contains(&(method as u64 + 1)));
            }
        }
    }
}
