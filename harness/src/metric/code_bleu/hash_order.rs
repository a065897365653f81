//! What other values the reference can give, because it takes texts out of hash sets (S66).
//!
//! Python hashes texts with a secret that changes from process to process. Within one process a text has one hash, so that
//! two sets of the same texts mostly have the same order; but a text that finds its slot taken goes elsewhere, so that it
//! depends on which came first. Neither all orders of all sets nor one order of all texts is what can happen. Here the
//! layout of CPython's sets is rebuilt, and hashes are drawn.

use std::collections::BTreeSet;

use bench::Seed;
use rand_chacha::rand_core::Rng;

use super::graph::{Flow, Graph, Unordered};
use super::leaf::Name;

/// Draws of hashes for a pair. An order that one draw in fifty gives is missed in one pair of 500 million.
const DRAWS: usize = 1024;

/// Draws stop before they have taken more steps than this.
const MAX_WORK: usize = 1 << 21;

/// As many orders of all sets of a text are gone through one by one.
const FEW: usize = 64;

/// Slots looked at in a row before a set jumps.
const NEIGHBOURS: usize = 9;

/// The data-flow scores that can happen.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Possible {
    /// Different ones, ascending.
    pub(super) values: Vec<f64>,
    /// Whether the graphs were so large that fewer hashes were drawn.
    pub(super) is_cut_short: bool,
}

/// The data-flow scores of `prediction` against `reference` under different hashes; none if the order of sets makes no difference.
pub(super) fn possible(prediction: &Flow, reference: &Flow) -> Option<Possible> {
    let sides = [prediction, reference].map(|flow| flow.unordered.as_deref());
    if sides.iter().all(Option::is_none) {
        return None;
    }
    if is_the_same_in_any_order(prediction, reference) {
        return None;
    }
    let texts: BTreeSet<&String> = sides.iter().flatten().flat_map(|side| side.names()).collect();
    let texts: Vec<&String> = texts.into_iter().collect();
    let places = sides.map(|side| side.map(|side| places(side, &texts)));
    let work = texts.len() + sides.iter().flatten().map(|side| side.size()).sum::<usize>();
    let draws = (MAX_WORK / work).clamp(1, DRAWS);
    let mut rng = Seed(0).derive("hash order").rng();
    let mut values = vec![prediction.graph.matched(&reference.graph)];
    let mut seen: BTreeSet<Vec<Name>> = BTreeSet::new();
    let mut set = HashSet::default();
    let mut hashes = Vec::new();
    for _ in 0..draws {
        hashes.clear();
        hashes.extend(texts.iter().map(|_| rng.next_u64()));
        let mut orders = Vec::new();
        for (side, places) in
            sides.iter().zip(&places).filter_map(|(side, places)| Some((side.as_ref()?, places.as_ref()?)))
        {
            side.resolve(&mut |items| set.order(items, |name| hashes[places[name as usize]]), &mut orders);
        }
        if seen.insert(orders) {
            let mut graph = |at: usize| {
                let (side, places) = (sides[at]?, places[at].as_ref()?);
                Some(side.graph(&mut |items| set.order(items, |name| hashes[places[name as usize]])))
            };
            let graphs: [Option<Graph>; 2] = [graph(0), graph(1)];
            let candidate = graphs[0].as_ref().unwrap_or(&prediction.graph);
            values.push(candidate.matched(graphs[1].as_ref().unwrap_or(&reference.graph)));
        }
    }
    values.sort_unstable_by(f64::total_cmp);
    values.dedup();
    Some(Possible { values, is_cut_short: draws < DRAWS })
}

/// Whether no order of any set, however unlikely, makes a difference; told only where the orders are few.
fn is_the_same_in_any_order(prediction: &Flow, reference: &Flow) -> bool {
    let (Some(candidates), Some(references)) = (any_order(prediction), any_order(reference)) else {
        return false;
    };
    let value = prediction.graph.matched(&reference.graph).to_bits();
    let same = |reference: &Graph| candidates.iter().all(|graph| graph.matched(reference).to_bits() == value);
    references.iter().all(same)
}

/// The graphs of `flow` under all orders of all its sets, if these are at most [`FEW`].
fn any_order(flow: &Flow) -> Option<BTreeSet<Graph>> {
    let Some(side) = flow.unordered.as_deref() else {
        return Some(BTreeSet::from([flow.graph.clone()]));
    };
    let mut graphs = BTreeSet::new();
    let mut orders = 1;
    let mut choice = 0;
    while choice < orders {
        let mut rest = choice;
        orders = 1;
        graphs.insert(side.graph(&mut |items| {
            items.sort_unstable();
            items.dedup();
            // A swap with a chosen later item at each place reaches every order.
            for at in 0..items.len() {
                let left = items.len() - at;
                items.swap(at, at + rest % left);
                rest /= left;
                orders = usize::saturating_mul(orders, left);
            }
        }));
        if orders > FEW {
            return None;
        }
        choice += 1;
    }
    Some(graphs)
}

/// The place of every text of `side` among all `texts`.
fn places(side: &Unordered, texts: &[&String]) -> Vec<usize> {
    let place = |name| texts.binary_search(&name).expect("because the texts of both sides were collected");
    side.names().iter().map(place).collect()
}

/// The slots of a CPython set, of which the number is a power of two.
#[derive(Debug, Default)]
struct HashSet {
    slots: Vec<Option<(Name, u64)>>,
}

impl HashSet {
    /// Puts `items` in and replaces them by what comes out.
    fn order(&mut self, items: &mut Vec<Name>, hash: impl Fn(Name) -> u64) {
        self.slots.clear();
        self.slots.resize(8, None);
        let mut size = 0;
        for &name in &*items {
            if !self.insert((name, hash(name))) {
                continue;
            }
            size += 1;
            if size * 5 >= (self.slots.len() - 1) * 3 {
                self.grow(size);
            }
        }
        items.clear();
        items.extend(self.slots.iter().flatten().map(|slot| slot.0));
    }

    /// Whether `item` was not there yet.
    fn insert(&mut self, item: (Name, u64)) -> bool {
        let mask = self.slots.len() - 1;
        let mut perturbation = item.1;
        let mut at = low_bits(item.1, mask);
        loop {
            let more = if at + NEIGHBOURS <= mask { NEIGHBOURS } else { 0 };
            for slot in &mut self.slots[at..=at + more] {
                match slot {
                    Some(other) if other.0 == item.0 => return false,
                    Some(_) => {}
                    None => {
                        *slot = Some(item);
                        return true;
                    }
                }
            }
            perturbation >>= 5;
            let next = (at as u64).wrapping_mul(5).wrapping_add(1).wrapping_add(perturbation);
            at = low_bits(next, mask);
        }
    }

    fn grow(&mut self, size: usize) {
        let least = if size > 50_000 { size * 2 } else { size * 4 };
        let slots = (least + 1).next_power_of_two();
        let old = std::mem::replace(&mut self.slots, vec![None; slots]);
        for item in old.into_iter().flatten() {
            self.insert(item);
        }
    }
}

fn low_bits(value: u64, mask: usize) -> usize {
    usize::try_from(value & mask as u64).expect("because a mask is smaller than a table")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What CPython 3.12 answers for these numbers, whose hashes they are.
    #[test]
    fn sets_are_laid_out_as_in_cpython() {
        let order = |items: &[u32]| {
            let mut items = items.to_vec();
            HashSet::default().order(&mut items, u64::from);
            items
        };
        for (items, out) in CPYTHON {
            assert_eq!(order(items), *out, "{items:?}");
        }
    }

    const CPYTHON: &[(&[u32], &[u32])] = &[
        (&[8, 0], &[8, 0]),
        (&[0, 8], &[0, 8]),
        (&[16, 8, 0, 24], &[16, 8, 0, 24]),
        (&[1, 9, 17, 2], &[1, 2, 9, 17]),
        (&[7, 15, 23, 31], &[31, 15, 23, 7]),
        (&[5, 13, 5, 21], &[13, 21, 5]),
        (&[60, 151, 139, 33, 94], &[33, 139, 151, 60, 94]),
        (&[154, 121, 160, 148, 16, 155], &[160, 16, 148, 121, 154, 155]),
        (
            &[163, 38, 59, 162, 38, 133, 99, 189, 3, 171, 198, 16, 40, 194, 151, 10, 77, 199, 7, 68, 121],
            &[3, 133, 7, 10, 16, 151, 162, 163, 38, 40, 171, 59, 189, 194, 68, 198, 199, 77, 99, 121],
        ),
    ];
}
