//! The recipes of the three kinds of vectors: which files, which windows, which pooling.

use bench::paper::{
    MAX_ENCODED_BYTES, MAX_ENCODED_FILES, UNWALKED_FOLDERS, WINDOWS_DIFF, WINDOWS_REPO_STATE, WINDOWS_STATIC,
};
use bench::{RepoPath, Role, VectorKind};
use half::f16;

use super::importance::FileFacts;
use super::pool::{diff, mean, repo_state, static_context};
use super::{EncodedText, WindowLayout};
use crate::error::{Error, Result};

/// What the names of files end in that a static vector reads (M15).
const STATIC_SUFFIXES: [&str; 3] = [".py", ".md", ".rst"];
/// What names of generated files contain (M15).
const GENERATED: &str = ".min.";

/// How vectors of one kind are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipe {
    kind: VectorKind,
    exclude_tests: bool,
}

/// What is kept of a text that was encoded: a file's vector, or that of a diff.
#[derive(Debug, Clone, PartialEq)]
pub struct TextVector {
    /// Tokens of the text.
    pub tokens: usize,
    /// Windows it had; without any, `numbers` are zeros.
    pub windows: usize,
    /// The mean of the windows of a file; maximum and mean of those of a diff.
    pub numbers: Vec<f32>,
}

/// A file of a tree, as it enters the pool.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PooledFile<'a> {
    /// Its path.
    pub path: &'a RepoPath,
    /// Lines of its text.
    pub lines: usize,
    /// What its text was encoded as.
    pub text: &'a TextVector,
}

impl Recipe {
    /// The recipe of `kind`; `exclude_tests` leaves test files out of the state of a repository (M22).
    ///
    /// # Errors
    /// [`Error::Option`] if `exclude_tests` is set for another kind: the others never read tests.
    pub fn new(kind: VectorKind, exclude_tests: bool) -> Result<Self> {
        match kind {
            VectorKind::RepoStateG2 => Ok(Self { kind, exclude_tests }),
            _ if exclude_tests => {
                Err(Error::option("exclude-tests", true, format!("vectors of the kind {kind} never read test files")))
            }
            _ => Ok(Self { kind, exclude_tests: true }),
        }
    }

    /// The kind of vector.
    pub fn kind(self) -> VectorKind {
        self.kind
    }

    /// Whether test files are left out.
    pub fn exclude_tests(self) -> bool {
        self.exclude_tests
    }

    /// How texts are cut: M16, M20, M23.
    pub fn layout(self) -> WindowLayout {
        let [length, overlap, least] = match self.kind {
            VectorKind::StaticG1 => WINDOWS_STATIC,
            VectorKind::RepoStateG2 => WINDOWS_REPO_STATE,
            VectorKind::DiffG2 => WINDOWS_DIFF,
        };
        WindowLayout::new(length, overlap, least)
    }

    /// Whether vectors are stored as 16-bit floats, those of texts before they are pooled too (M20, M21, M23).
    pub fn is_half(self) -> bool {
        self.kind != VectorKind::StaticG1
    }

    /// Whether a file with this path, role and size is read (M15, M19). Which files of a tree come first does not matter
    /// before [`Recipe::max_files`] are read.
    pub fn reads(self, path: &RepoPath, role: Role, bytes: usize) -> bool {
        let named = match self.kind {
            VectorKind::StaticG1 => {
                let folders = path.components().count() - 1;
                let suffixed = STATIC_SUFFIXES.iter().any(|suffix| ends_with(path, suffix));
                suffixed
                    && !path.file_name().contains(GENERATED)
                    && !path.components().take(folders).any(|folder| UNWALKED_FOLDERS.contains(&folder))
            }
            VectorKind::RepoStateG2 | VectorKind::DiffG2 => path.as_str().as_bytes().ends_with(b".py"),
        };
        named && (1..=MAX_ENCODED_BYTES).contains(&bytes) && !(self.exclude_tests && role == Role::Test)
    }

    /// Files of a tree at most, the first ones by path (M15).
    pub fn max_files(self) -> usize {
        if self.kind == VectorKind::StaticG1 { MAX_ENCODED_FILES } else { usize::MAX }
    }

    /// What is kept of `text`, by an encoder of `width` numbers.
    pub fn text_vector(self, text: &EncodedText, width: usize) -> TextVector {
        let numbers = match self.kind {
            VectorKind::DiffG2 => diff(&text.windows, width),
            _ => mean(text.windows.iter().map(Vec::as_slice), width),
        };
        TextVector { tokens: text.tokens, windows: text.windows.len(), numbers: self.rounded(numbers) }
    }

    /// Numbers of a text's vector, by an encoder of `width` numbers.
    pub fn text_width(self, width: usize) -> usize {
        if self.kind == VectorKind::DiffG2 { 2 * width } else { width }
    }

    /// The vector of a tree, of twice `width` numbers. A static vector leaves files without a window out (M16), a state
    /// does not (M20).
    ///
    /// # Panics
    /// If this is the recipe of diffs, which have no tree.
    pub fn tree_vector(self, files: &[PooledFile<'_>], width: usize) -> Vec<f32> {
        match self.kind {
            VectorKind::StaticG1 => {
                let windowed = files.iter().filter(|file| file.text.windows > 0);
                let facts = windowed.map(|file| FileFacts {
                    vector: &file.text.numbers,
                    tokens: file.text.tokens,
                    lines: file.lines,
                    path: file.path.as_str(),
                });
                static_context(&facts.collect::<Vec<_>>(), width)
            }
            VectorKind::RepoStateG2 => {
                let vectors: Vec<&[f32]> = files.iter().map(|file| file.text.numbers.as_slice()).collect();
                self.rounded(repo_state(&vectors, width))
            }
            VectorKind::DiffG2 => unreachable!("because the vector of a diff is that of its text"),
        }
    }

    /// The numbers as they are once they were stored.
    fn rounded(self, mut numbers: Vec<f32>) -> Vec<f32> {
        if self.is_half() {
            numbers.iter_mut().for_each(|number| *number = f16::from_f32(*number).to_f32());
        }
        numbers
    }
}

/// Whether `path` ends with `suffix`, in letters of either case (R133).
fn ends_with(path: &RepoPath, suffix: &str) -> bool {
    let path = path.as_str().as_bytes();
    path.len().checked_sub(suffix.len()).is_some_and(|start| path[start..].eq_ignore_ascii_case(suffix.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(kind: VectorKind) -> Recipe {
        Recipe::new(kind, false).unwrap()
    }

    fn reads(recipe: Recipe, path: &str, role: Role) -> bool {
        recipe.reads(&RepoPath::new(path).unwrap(), role, 100)
    }

    #[test]
    fn m15_files_of_a_static_vector() {
        let g1 = recipe(VectorKind::StaticG1);
        for path in ["a.py", "docs/a.rst", "README.md", "README.MD", "src/environment/a.py", "dist.py", "env.py"] {
            assert!(reads(g1, path, Role::Production), "{path}");
        }
        for path in ["a.pyi", "venv/a.py", "src/build/lib/a.py", "a.min.py", ".git/a.py", "a.txt"] {
            assert!(!reads(g1, path, Role::Production), "{path}");
        }
        assert!(!reads(g1, "tests/test_a.py", Role::Test));
        let (path, role) = (RepoPath::new("a.py").unwrap(), Role::Production);
        assert!(!g1.reads(&path, role, 0) && g1.reads(&path, role, 2_000_000) && !g1.reads(&path, role, 2_000_001));
        assert_eq!(g1.max_files(), 4000);
    }

    #[test]
    fn m19_m22_files_of_a_state() {
        let g2 = recipe(VectorKind::RepoStateG2);
        assert!(reads(g2, "tests/test_a.py", Role::Test) && reads(g2, "build/a.min.py", Role::Production));
        assert!(!reads(g2, "README.md", Role::Production));
        let path = RepoPath::new("a.py").unwrap();
        assert!(!g2.reads(&path, Role::Production, 0) && !g2.reads(&path, Role::Production, 2_000_001));
        let clean = Recipe::new(VectorKind::RepoStateG2, true).unwrap();
        assert!(!reads(clean, "tests/test_a.py", Role::Test) && reads(clean, "a.py", Role::Production));
        assert_ne!(clean, g2);
        for kind in [VectorKind::StaticG1, VectorKind::DiffG2] {
            assert!(Recipe::new(kind, true).is_err() && recipe(kind).exclude_tests());
        }
    }

    #[test]
    fn m16_m20_texts_without_a_window() {
        let path = RepoPath::new("pkg/a.py").unwrap();
        let whole = EncodedText { tokens: 40, windows: vec![vec![-2.0, 2.0], vec![-4.0, 4.0]] };
        for (kind, expected) in [
            (VectorKind::StaticG1, [0.6 * -3.0, 0.6 * 3.0, 1.4 * -3.0, 1.4 * 3.0]),
            (VectorKind::RepoStateG2, [-1.5, 1.5, 0.0, 3.0].map(|n: f32| n / 13.5_f32.sqrt())),
        ] {
            let recipe = recipe(kind);
            let [long, short] = [&whole, &EncodedText::default()].map(|text| recipe.text_vector(text, 2));
            let files = [&long, &short].map(|text| PooledFile { path: &path, lines: 30, text });
            let found = recipe.tree_vector(&files, 2);
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-3), "{kind}: {found:?}");
        }
    }

    #[test]
    fn m20_vectors_of_texts_are_rounded_where_they_are_stored_so() {
        let text = EncodedText { tokens: 9, windows: vec![vec![1.0 / 3.0]] };
        let kept = |kind| recipe(kind).text_vector(&text, 1).numbers[0];
        assert_eq!(kept(VectorKind::StaticG1).to_bits(), (1.0_f32 / 3.0).to_bits());
        assert_eq!(kept(VectorKind::RepoStateG2).to_bits(), f16::from_f32(1.0 / 3.0).to_f32().to_bits());
        assert_eq!(recipe(VectorKind::DiffG2).text_vector(&text, 1).numbers.len(), 2);
    }
}
