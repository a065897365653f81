//! Vectors of one repository outside of any release, by the code that makes those of releases.

use std::collections::HashMap;

use bench::{CommitId, RepoId, RepoView};
use tch::Tensor;

use super::as_read;
use super::embed::{encoded, finite, portions, vector};
use super::material::{Material, Source, TextKey};
use crate::encoder::{Encoder, Recipe, TextVector};
use crate::error::{Error, Result};

/// A vector: [C] f32. The binary passes it on without knowing what it is.
pub type Vector = Tensor;

/// Makes vectors by one recipe. A text is encoded once for all of them; where company matters, every text is encoded alone,
/// so that a vector is the same whatever was made before it.
pub struct SingleVectors<'a> {
    encoder: &'a dyn Encoder,
    recipe: Recipe,
    /// Looked up only, so its order cannot show.
    known: HashMap<TextKey, TextVector>,
}

impl<'a> SingleVectors<'a> {
    /// Vectors by `encoder` and `recipe`.
    pub fn new(encoder: &'a dyn Encoder, recipe: Recipe) -> Self {
        Self { encoder, recipe, known: HashMap::new() }
    }

    /// The vector of `view` as a network reads it: [C] f32 on the CPU. With an encoder that heeds no company it has the bytes
    /// that `embed` gives the same view in a release.
    ///
    /// # Errors
    /// If the recipe is that of diffs, or the encoder fails.
    pub fn tree(&mut self, view: RepoView) -> Result<Vector> {
        if self.recipe.kind() == bench::VectorKind::DiffG2 {
            return Err(Error::option("kind", self.recipe.kind(), "a tree has no diff"));
        }
        let repo = view.repo.clone();
        self.only(&Source::Snapshot(view), &repo)
    }

    /// The vector of the production diff `diff` of `commit` as a network reads it: [C] f32 on the CPU.
    ///
    /// # Errors
    /// If the recipe is that of trees, or the encoder fails.
    pub fn diff(&mut self, repo: &RepoId, commit: &CommitId, diff: String) -> Result<Vector> {
        if self.recipe.kind() != bench::VectorKind::DiffG2 {
            return Err(Error::option("kind", self.recipe.kind(), "a diff has no tree"));
        }
        let made = self.only(&Source::Diffs(vec![(commit.clone(), diff)]), repo);
        // No diff comes twice.
        self.known.clear();
        made
    }

    /// The vector of a source that has one.
    fn only(&mut self, source: &Source, repo: &RepoId) -> Result<Vector> {
        let material = source.material(self.recipe)?;
        let texts = self.encode(&material, repo)?;
        let (_, parts) = material.commits.first().expect("because the source has one commit");
        let numbers = vector(self.recipe, self.encoder.width(), (&material, &texts), parts);
        finite(repo, &numbers)?;
        Ok(as_read(self.recipe.kind(), Tensor::from_slice(&numbers)))
    }

    /// What the texts of `material` are encoded as.
    fn encode(&mut self, material: &Material<'_>, repo: &RepoId) -> Result<Vec<TextVector>> {
        let fresh: Vec<_> = material.texts.iter().filter(|text| !self.known.contains_key(&text.key)).collect();
        let bytes = if self.encoder.heeds_company() { 0 } else { self.encoder.portion_bytes() };
        for portion in portions(&fresh, bytes) {
            self.known.extend(encoded(self.encoder, self.recipe, portion, repo)?);
        }
        Ok(material.texts.iter().map(|text| self.known[&text.key].clone()).collect())
    }
}
