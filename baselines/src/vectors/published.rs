//! Vectors that published tables hold, as a file of vectors: nothing is encoded.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bench::hub::{HubVector, Published};
use bench::{Release, RepoId, VectorKind};
use tch::{Kind, Tensor};

use super::embed::finite;
use super::{VectorsHeader, is_there, name, store};
use crate::encoder::{EncoderIdentity, Recipe};
use crate::error::{Error, Result};

/// Writes the vectors of `recipe` that the tables of `published` hold of repositories of `release` to the file `out`, as
/// those of `encoder`: how many, or none if they are there already (M141, M142).
///
/// # Errors
/// If the tables hold none of the kind or of no repository of the release, a vector is not as wide as the encoder makes
/// them, stands twice or holds something that is not a number, or a file cannot be read or written.
pub fn take(
    release: &Release,
    published: &Published,
    encoder: &EncoderIdentity,
    recipe: Recipe,
    out: &Path,
) -> Result<Option<usize>> {
    let header = VectorsHeader::new(recipe, encoder, release.id());
    if is_there(out, &header)? {
        return Ok(None);
    }
    let repos = release.manifest().contents.repos.iter().map(|known| &known.repo).collect();
    let mut taken = Taken { header: &header, repos, vectors: BTreeMap::new() };
    match recipe.kind() {
        VectorKind::DiffG2 => taken.read::<true>(published)?,
        VectorKind::RepoStateG2 => taken.read::<false>(published)?,
        VectorKind::StaticG1 => {
            let reason = "published tables of commits hold `repo_state_g2` and `diff_g2`";
            return Err(Error::option("kind", VectorKind::StaticG1, reason));
        }
    }
    let vectors = taken.vectors;
    if vectors.is_empty() {
        let reason = "its tables of commits name no repository of the release";
        return Err(Error::option("stored", published.root().display(), reason));
    }
    store(out, &header, &vectors)?;
    Ok(Some(vectors.len()))
}

struct Taken<'a> {
    header: &'a VectorsHeader,
    repos: BTreeSet<&'a RepoId>,
    vectors: BTreeMap<String, Tensor>,
}

impl Taken<'_> {
    fn read<const OF_DIFF: bool>(&mut self, published: &Published) -> Result<()> {
        for rows in published.vectors::<OF_DIFF>()? {
            for HubVector { repo, commit, numbers } in rows? {
                if !self.repos.contains(&repo) {
                    continue;
                }
                let refused = |reason: String| Error::Embedding { subject: format!("{repo} at {commit}"), reason };
                let width = self.header.width();
                if numbers.len() != width {
                    let reason = format!("its published vector has {} numbers, --encoder makes {width}", numbers.len());
                    return Err(refused(reason));
                }
                finite(&repo, &numbers)?;
                let vector = Tensor::from_slice(&numbers).to_kind(Kind::Half);
                if self.vectors.insert(name(self.header.kind, &repo, &commit), vector).is_some() {
                    return Err(refused("its published vector stands twice".to_owned()));
                }
            }
        }
        Ok(())
    }
}
