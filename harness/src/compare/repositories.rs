//! Which task is of which repository.

use std::collections::BTreeMap;

/// The repositories of some tasks, numbered in the order of the indices they were given by.
pub(super) struct Repositories {
    places: Vec<usize>,
    sizes: Vec<u64>,
}

impl Repositories {
    /// The repositories of tasks that bear these indices; gaps between indices do not matter.
    pub(super) fn of(indices: &[u32]) -> Self {
        let mut numbers: BTreeMap<u32, usize> = indices.iter().map(|&index| (index, 0)).collect();
        numbers.values_mut().enumerate().for_each(|(number, place)| *place = number);
        let places: Vec<usize> = indices.iter().map(|index| numbers[index]).collect();
        let mut sizes = vec![0; numbers.len()];
        for &place in &places {
            sizes[place] += 1;
        }
        Self { places, sizes }
    }

    /// How many tasks.
    pub(super) fn tasks(&self) -> usize {
        self.places.len()
    }

    /// How many tasks each has, at least one.
    pub(super) fn sizes(&self) -> &[u64] {
        &self.sizes
    }

    /// What each repository's `values`, one a task, add up to.
    pub(super) fn sums(&self, values: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut sums = vec![0.0; self.sizes.len()];
        self.places.iter().zip(values).for_each(|(&place, value)| sums[place] += value);
        sums
    }
}
