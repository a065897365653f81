//! How much each file counts in a static vector (M17).
//!
//! The quirks are those of the published rule: patterns for upper-case names never fire, because paths are in lower case
//! when they are looked at, and a path is never without components.

use super::pool::{mean, norm, unit};

/// What the weight of a file depends on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FileFacts<'a> {
    /// The mean of the vectors of its windows.
    pub vector: &'a [f32],
    /// Its tokens.
    pub tokens: usize,
    /// Its lines.
    pub lines: usize,
    /// Its path in the repository.
    pub path: &'a str,
}

/// What the parts of a score are multiplied by: distinctness, size, length below [`SHORT_LINES`].
const FACTORS: [f64; 3] = [1.0, 0.3, 0.15];
/// What scores are divided by before the softmax.
const TEMPERATURE: f64 = 0.15;
/// Files with fewer lines count less.
const SHORT_LINES: f64 = 20.0;
/// What a file loses whose name says that it holds little.
const SLIGHT: f64 = -0.25;
/// Such names, besides `typing*.py`.
const SLIGHT_NAMES: [&str; 6] = ["__init__.py", "setup.py", "conf.py", "version.py", "constant.py", "constants.py"];
/// What a file gains that lies in one of [`CORE_FOLDERS`].
const CORE: f64 = 0.15;
/// Such folders, at any depth.
const CORE_FOLDERS: [&str; 3] = ["src", "core", "lib"];
/// What a file in the root gains.
const ROOT: f64 = 0.1;

/// The weight of each file, in order; they add up to 1 (M17).
pub fn importance(files: &[FileFacts<'_>]) -> Vec<f64> {
    let distinct = distinctness(files);
    let sizes = sizes(files);
    let score = |((file, distinct), size): ((&FileFacts<'_>, f64), f64)| {
        let short = ((file.lines as f64 / SHORT_LINES).min(1.0) + 1e-6).ln();
        FACTORS[0] * distinct + FACTORS[1] * size + place(file.path) + FACTORS[2] * short
    };
    softmax(files.iter().zip(distinct).zip(sizes).map(score).collect())
}

/// 1 - the cosine of each file with the mean of all, every file of length 1.
fn distinctness(files: &[FileFacts<'_>]) -> Vec<f64> {
    let units: Vec<Vec<f32>> = files.iter().map(|file| unit(file.vector)).collect();
    let Some(width) = units.first().map(Vec::len) else { return Vec::new() };
    let centre = mean(units.iter().map(Vec::as_slice), width);
    let length = norm(&centre).max(f64::MIN_POSITIVE);
    let cosine = |file: &Vec<f32>| {
        let product: f64 = file.iter().zip(&centre).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
        (product / length).clamp(-1.0, 1.0)
    };
    units.iter().map(|file| 1.0 - cosine(file)).collect()
}

/// The logarithm of each token count, from 0 for the smallest to 1 for the largest; 1 for a single file.
fn sizes(files: &[FileFacts<'_>]) -> Vec<f64> {
    if files.len() == 1 {
        return vec![1.0];
    }
    let logs: Vec<f64> = files.iter().map(|file| (file.tokens as f64).ln_1p()).collect();
    let least = logs.iter().copied().fold(f64::INFINITY, f64::min);
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    logs.into_iter().map(|log| (log - least) / (most - least + 1e-8)).collect()
}

/// What the path adds: at most one hit of slight names and one of core folders, and the root.
fn place(path: &str) -> f64 {
    let path = path.to_lowercase();
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let is_typing = name.starts_with("typing") && name.as_bytes().ends_with(b".py");
    let mut sum = 0.0;
    if is_typing || SLIGHT_NAMES.contains(&name) {
        sum += SLIGHT;
    }
    if folders.split('/').any(|folder| CORE_FOLDERS.contains(&folder)) {
        sum += CORE;
    }
    if folders.is_empty() {
        sum += ROOT;
    }
    sum
}

fn softmax(scores: Vec<f64>) -> Vec<f64> {
    let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = scores.into_iter().map(|score| ((score - most) / TEMPERATURE).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> FileFacts<'_> {
        FileFacts { vector: &[1.0, 0.0], tokens: 100, lines: 20, path }
    }

    #[test]
    fn m17_places() {
        for (path, expected) in [
            ("pkg/a.py", 0.0),
            ("a.py", 0.1),
            ("setup.py", -0.25 + 0.1),
            ("src/pkg/a.py", 0.15),
            ("lib/core/a.py", 0.15),
            ("src/pkg/__init__.py", -0.25 + 0.15),
            ("pkg/Typing_Extensions.py", -0.25),
            ("pkg/constants.py", -0.25),
            ("pkg/mysrc/a.py", 0.0),
            ("pkg/src.py", 0.0),
            // The published pattern for it is in upper case and never fires.
            ("README.md", 0.1),
        ] {
            assert!((place(path) - expected).abs() < 1e-12, "{path}: {}", place(path));
        }
    }

    #[test]
    fn m17_by_hand() {
        // Two files at right angles: cosine of each with the mean is 1/sqrt(2). Sizes 0 and (almost) 1.
        let files = [
            FileFacts { vector: &[2.0, 0.0], tokens: 9, lines: 10, path: "pkg/a.py" },
            FileFacts { vector: &[0.0, 5.0], tokens: 99, lines: 40, path: "src/b.py" },
        ];
        let distinct = 1.0 - 0.5_f64.sqrt();
        let size = 10_f64.ln() / (10_f64.ln() + 1e-8);
        let scores =
            [distinct + 0.15 * (0.5_f64 + 1e-6).ln(), distinct + 0.3 * size + 0.15 + 0.15 * (1.0_f64 + 1e-6).ln()];
        let odds = ((scores[1] - scores[0]) / 0.15).exp();
        let found = importance(&files);
        assert!((found[1] / found[0] / odds - 1.0).abs() < 1e-6, "{found:?}");
        assert!((found[0] + found[1] - 1.0).abs() < 1e-12);
    }

    #[test]
    fn m17_edges() {
        assert_eq!(importance(&[file("a.py")]), [1.0], "a single file");
        assert!(importance(&[]).is_empty());
        let equal = importance(&[file("pkg/a.py"), file("pkg/b.py")]);
        assert!((equal[0] - 0.5).abs() < 1e-12, "equal sizes divide by the guard, not by zero");
        let empty = FileFacts { vector: &[0.0, 0.0], tokens: 0, lines: 0, path: "pkg/a.py" };
        assert!(importance(&[empty, empty]).iter().all(|weight| weight.is_finite()));
    }
}
