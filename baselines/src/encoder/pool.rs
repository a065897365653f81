//! Vectors of files and repositories from those of their parts: pure functions on numbers.
//!
//! Sums are taken in f64, so that their order hardly shows; results are f32.

use super::importance::{FileFacts, importance};

/// What keeps the zero vector from being divided by zero (M21).
const UNIT_GUARD: f64 = 1e-12;
/// How much the two halves of a static vector count (M18).
const STATIC_HALVES: [f32; 2] = [0.6, 1.4];

/// The mean of `vectors`, each of `width` numbers; zeros if there are none.
pub fn mean<'a>(vectors: impl IntoIterator<Item = &'a [f32]>, width: usize) -> Vec<f32> {
    weighted(vectors.into_iter().map(|vector| (1.0, vector)), width)
}

/// The sum of `vectors` times their weights, over the sum of the weights; zeros if there are none.
#[expect(clippy::cast_possible_truncation, reason = "vectors are f32")]
fn weighted<'a>(vectors: impl Iterator<Item = (f64, &'a [f32])>, width: usize) -> Vec<f32> {
    let (mut sums, mut total) = (vec![0.0; width], 0.0);
    for (weight, vector) in vectors {
        assert_eq!(vector.len(), width, "vectors of one encoder have one width");
        total += weight;
        for (sum, &number) in sums.iter_mut().zip(vector) {
            *sum += weight * f64::from(number);
        }
    }
    let total = if total > 0.0 { total } else { 1.0 };
    sums.into_iter().map(|sum| (sum / total) as f32).collect()
}

/// The largest number at each place; zeros if there are no vectors.
fn largest<'a>(vectors: impl IntoIterator<Item = &'a [f32]>, width: usize) -> Vec<f32> {
    let mut vectors = vectors.into_iter();
    let Some(first) = vectors.next() else { return vec![0.0; width] };
    let mut largest = first.to_vec();
    for vector in vectors {
        for (most, &number) in largest.iter_mut().zip(vector) {
            *most = most.max(number);
        }
    }
    largest
}

/// `vector` / (|`vector`| + 1e-12), so that a zero vector stays one (M21).
#[expect(clippy::cast_possible_truncation, reason = "vectors are f32")]
pub fn unit(vector: &[f32]) -> Vec<f32> {
    let norm = norm(vector) + UNIT_GUARD;
    vector.iter().map(|&number| (f64::from(number) / norm) as f32).collect()
}

/// The Euclidean length.
pub(super) fn norm(vector: &[f32]) -> f64 {
    vector.iter().map(|&number| f64::from(number).powi(2)).sum::<f64>().sqrt()
}

/// The static vector of a repository: weighted mean and maximum of its files, scaled and joined, of any length (M18).
/// Zeros if there are no files.
pub fn static_context(files: &[FileFacts<'_>], width: usize) -> Vec<f32> {
    let weights = importance(files);
    let mean = weighted(weights.into_iter().zip(files.iter().map(|file| file.vector)), width);
    let halves = [mean, largest(files.iter().map(|file| file.vector), width)];
    halves.into_iter().zip(STATIC_HALVES).flat_map(|(half, scale)| half.into_iter().map(move |n| n * scale)).collect()
}

/// The vector of a tree: mean and maximum of its files, joined, of length 1 (M21). A file without a window takes part as
/// zeros, and one that lies at two paths twice (M20). Zeros if there are no files.
pub fn repo_state(files: &[&[f32]], width: usize) -> Vec<f32> {
    let mut joined = mean(files.iter().copied(), width);
    joined.extend(largest(files.iter().copied(), width));
    unit(&joined)
}

/// The vector of a diff: maximum and mean of its windows, in this order, of any length (M23). Zeros if there are no
/// windows.
pub fn diff(windows: &[Vec<f32>], width: usize) -> Vec<f32> {
    let mut joined = largest(windows.iter().map(Vec::as_slice), width);
    joined.extend(mean(windows.iter().map(Vec::as_slice), width));
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: &[f32], expected: &[f32]) {
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?} is not {expected:?}");
    }

    #[test]
    fn m21_mean_then_maximum_of_unit_length() {
        // mean (2, 0), maximum (3, 4): length sqrt(4 + 0 + 9 + 16).
        let root = 29_f32.sqrt();
        near(&repo_state(&[&[3.0, -4.0], &[1.0, 4.0]], 2), &[2.0 / root, 0.0, 3.0 / root, 4.0 / root]);
        assert_eq!(repo_state(&[], 2), [0.0; 4]);
    }

    #[test]
    fn m20_zero_files_lower_the_mean_and_raise_a_negative_maximum() {
        // mean (-1, 1), maximum (0, 2).
        let root = 6_f32.sqrt();
        near(&repo_state(&[&[-2.0, 2.0], &[0.0, 0.0]], 2), &[-1.0 / root, 1.0 / root, 0.0, 2.0 / root]);
    }

    #[test]
    fn m21_a_text_at_two_paths_counts_twice() {
        let (a, b): (&[f32], &[f32]) = (&[6.0], &[0.0]);
        // mean 4, maximum 6.
        near(&repo_state(&[a, a, b], 1), &[4.0 / 52_f32.sqrt(), 6.0 / 52_f32.sqrt()]);
    }

    #[test]
    fn m23_maximum_then_mean_and_no_unit_length() {
        assert_eq!(diff(&[vec![1.0, -4.0], vec![3.0, -2.0]], 2), [3.0, -2.0, 2.0, -3.0]);
        assert_eq!(diff(&[], 2), [0.0; 4]);
    }

    #[test]
    fn m18_halves_are_scaled() {
        let file = FileFacts { vector: &[2.0, -1.0], tokens: 100, lines: 50, path: "pkg/a.py" };
        near(&static_context(&[file], 2), &[1.2, -0.6, 2.8, -1.4]);
        assert_eq!(static_context(&[], 2), [0.0; 4]);
    }
}
