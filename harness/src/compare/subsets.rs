//! Random halves: sums over units each of which is in or out by the toss of a coin.
//!
//! Flipping the sign of a sum's terms by coins and splitting the terms into two halves by coins are one and the same:
//! the flipped sum is one half minus the other. So one table of sums over halves, shared by all pairs of methods,
//! serves every test and interval.

use bench::Seed;
use rand_chacha::rand_core::Rng;
use rayon::prelude::*;

/// Draws that share a stream of random numbers; results depend on it.
const CHUNK: usize = 128;
/// Units that share a word of random bits.
const WORD: usize = 64;
/// Units whose 16 possible sums are looked up at once.
const QUARTER: usize = 4;

/// The sums of each column over subsets of the rows.
pub(super) struct Subsets {
    columns: usize,
    sums: Vec<f64>,
    /// Whether every subset is there once; otherwise they are drawn.
    pub(super) exact: bool,
}

impl Subsets {
    /// All subsets of the rows of `columns` values in `table` if they are at most `draws`, else `draws` random ones.
    ///
    /// The same at any number of threads: chunk i of the draws has a stream derived from i.
    pub(super) fn of(table: &[f64], columns: usize, draws: u32, seed: Seed) -> Self {
        let units = table.len() / columns;
        let all = u32::try_from(units).ok().and_then(|units| 1_u32.checked_shl(units));
        let all = all.filter(|&all| all <= draws);
        let count = all.unwrap_or(draws) as usize;
        let mut sums = vec![0.0; count * columns];
        sums.par_chunks_mut(CHUNK * columns).enumerate().for_each(|(chunk, sums)| {
            if all.is_some() {
                // Few units: one word counts through their subsets.
                let mut every = (chunk * CHUNK) as u64..;
                fill(sums, table, columns, || every.next().expect("because the range has no end"));
            } else {
                let mut stream = seed.chunk(chunk as u64).rng();
                fill(sums, table, columns, || stream.next_u64());
            }
        });
        Self { columns, sums, exact: all.is_some() }
    }

    /// How many subsets.
    pub(super) fn len(&self) -> usize {
        self.sums.len() / self.columns
    }

    /// The sums of each subset, a value a column.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[f64]> {
        self.sums.chunks_exact(self.columns)
    }
}

/// Adds to each row of `sums` the rows of `table` that its bits choose; `bits` gives a word a row for each 64 units.
fn fill(sums: &mut [f64], table: &[f64], columns: usize, mut bits: impl FnMut() -> u64) {
    let mut looked_up = vec![0.0; WORD / QUARTER * (columns << QUARTER)];
    for units in table.chunks(WORD * columns) {
        tabulate(units, columns, &mut looked_up);
        for sum in sums.chunks_exact_mut(columns) {
            let mut word = bits();
            for quarter in looked_up.chunks_exact(columns << QUARTER) {
                let place = (word & 0xF) as usize * columns;
                word >>= QUARTER;
                sum.iter_mut().zip(&quarter[place..place + columns]).for_each(|(sum, part)| *sum += part);
            }
        }
    }
}

/// The 16 sums of every four of `units`, which are at most a word; units beyond the last are nought.
fn tabulate(units: &[f64], columns: usize, sums: &mut [f64]) {
    for (quarter, sums) in sums.chunks_exact_mut(columns << QUARTER).enumerate() {
        for subset in 1..1_usize << QUARTER {
            let unit = (quarter * QUARTER + subset.trailing_zeros() as usize) * columns;
            let without = (subset & (subset - 1)) * columns;
            for column in 0..columns {
                let value = units.get(unit + column).copied().unwrap_or(0.0);
                sums[subset * columns + column] = sums[without + column] + value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_units_have_every_subset() {
        let table = [1.0, 10.0, 2.0, 20.0, 4.0, 40.0];
        let found = Subsets::of(&table, 2, 8, Seed(0));
        let sums: Vec<Vec<f64>> = found.iter().map(<[f64]>::to_vec).collect();
        let every: Vec<Vec<f64>> = (0..8_u8).map(|sum| vec![f64::from(sum), f64::from(10 * sum)]).collect();
        assert_eq!((found.exact, sums), (true, every));
        assert!(!Subsets::of(&table, 2, 7, Seed(0)).exact);
    }

    #[test]
    fn every_unit_is_in_every_second_subset() {
        // Unit u adds 1 to column u, so that a sum says whether it was in.
        let units = 70;
        let mut table = vec![0.0; units * units];
        (0..units).for_each(|unit| table[unit * units + unit] = 1.0);
        let found = Subsets::of(&table, units, 4000, Seed(3));
        for unit in 0..units {
            let share = found.iter().map(|sums| sums[unit]).sum::<f64>() / found.len() as f64;
            assert!((share - 0.5).abs() < 0.04, "{unit}: {share}");
            assert!(found.iter().all(|sums| matches!(sums[unit], 0.0 | 1.0)));
        }
    }
}
