//! The run over a release: every text is encoded once, every repository and commit gets its vector.
//!
//! Texts are encoded in portions that follow from the release alone: repository by repository, those that no earlier one
//! holds. A run that was killed repeats the portion it was in and skips the ones before, so that it makes the same bytes as
//! an undisturbed one, even where the last bits of a number depend on the company in a batch.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

use bench::file::remove_file;
use bench::{CommitId, Release, RepoId};
use serde_json::json;
use tch::{Kind, Tensor};

use super::cache::{Cache, Layout};
use super::material::{Material, Parts, Source, Text, TextKey};
use super::{VECTORS_FORMAT, VectorsHeader, is_there, name, store};
use crate::encoder::{Encoder, PooledFile, Recipe, TextVector};
use crate::error::{Error, Result};

/// What happens during a run.
#[derive(Debug, Clone, PartialEq)]
pub enum EmbedEvent<'a> {
    /// The run begins.
    Started {
        /// Repositories of the release.
        repositories: usize,
        /// Texts that an interrupted run already encoded.
        resumed: usize,
    },
    /// Texts of a repository were encoded.
    Encoded {
        /// The repository.
        repo: &'a RepoId,
        /// New texts of it that are done.
        texts: usize,
        /// All its new texts.
        total: usize,
        /// Bytes of text a second since the run began.
        bytes_per_second: f64,
    },
    /// The vectors of a repository are made.
    Done {
        /// Repositories done so far.
        repositories: usize,
    },
}

/// Hears of the progress of a run.
pub trait EmbedObserver {
    /// Called on the thread of the run.
    fn event(&mut self, event: &EmbedEvent<'_>);
}

/// Hears nothing.
impl EmbedObserver for () {
    fn event(&mut self, _event: &EmbedEvent<'_>) {}
}

/// What a run made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbedSummary {
    /// Vectors in the file.
    pub vectors: usize,
    /// Distinct texts that were encoded.
    pub texts: usize,
    /// Those too short for a window.
    pub without_window: usize,
    /// Vectors of nothing: zeros.
    pub zeros: usize,
    /// Texts that an interrupted run had encoded.
    pub resumed: usize,
}

/// Writes the vectors of all repositories of `release`, at every commit that the kind has one for, to the file `out`. None
/// if it is there already: the same vectors of the same release.
///
/// `engine` says device and threads: the last bits of a number depend on them, so an interrupted run must be taken up with
/// the same ones.
///
/// # Errors
/// If `out` holds something else, the release lacks what the kind needs, the encoder fails, or a file cannot be read or
/// written. What was encoded until then is kept beside `out`, in a file that the next run takes up.
pub fn embed(
    release: &Release,
    encoder: &dyn Encoder,
    recipe: Recipe,
    out: &Path,
    engine: &str,
    observer: &mut dyn EmbedObserver,
) -> Result<Option<EmbedSummary>> {
    let header = VectorsHeader::new(recipe, encoder.identity(), release.id());
    if is_there(out, &header)? {
        // What a run that was killed in its last moment left.
        remove_file(&Cache::beside(out))?;
        return Ok(None);
    }
    // Whether the encoder reads such windows at all shows before anything is written.
    encoder.encode(&[], recipe.layout())?;
    let bound = json!({ "repopeft_vector_journal": VECTORS_FORMAT, "header": header, "engine": engine }).to_string();
    let layout = Layout { numbers: recipe.text_width(encoder.width()), half: recipe.is_half() };
    let cache = Cache::open(&Cache::beside(out), &bound, layout)?;
    let resumed = cache.len();
    let mut run = Run { encoder, recipe, cache, seen: BTreeSet::new(), start: Instant::now(), bytes: 0, observer };
    let repos = &release.manifest().contents.repos;
    run.observer.event(&EmbedEvent::Started { repositories: repos.len(), resumed });
    let mut vectors = BTreeMap::new();
    let mut summary = EmbedSummary { vectors: 0, texts: 0, without_window: 0, zeros: 0, resumed };
    for (done, known) in (1..).zip(repos) {
        let source = Source::open(release, &known.repo, recipe)?;
        let material = source.material(recipe)?;
        let fresh = run.encode(&known.repo, &material.texts)?;
        let texts = run.pool(&known.repo, &material, &mut vectors)?;
        summary.texts += fresh.len();
        summary.without_window += fresh.into_iter().filter(|&text| texts[text].windows == 0).count();
        run.observer.event(&EmbedEvent::Done { repositories: done });
    }
    summary.vectors = vectors.len();
    summary.zeros = vectors.values().filter(|vector| vector.count_nonzero(None).int64_value(&[]) == 0).count();
    store(out, &header, &vectors)?;
    run.cache.remove()?;
    Ok(Some(summary))
}

/// A run under way.
struct Run<'a> {
    encoder: &'a dyn Encoder,
    recipe: Recipe,
    cache: Cache,
    /// The texts of the repositories so far.
    seen: BTreeSet<TextKey>,
    start: Instant,
    bytes: usize,
    observer: &'a mut dyn EmbedObserver,
}

impl Run<'_> {
    /// Encodes the texts that no earlier repository holds, and says which.
    fn encode(&mut self, repo: &RepoId, texts: &[Text<'_>]) -> Result<Vec<usize>> {
        let indices: Vec<usize> = (0..texts.len()).filter(|&index| self.seen.insert(texts[index].key)).collect();
        let fresh: Vec<&Text<'_>> = indices.iter().map(|&index| &texts[index]).collect();
        let mut done = 0;
        for portion in portions(&fresh, self.encoder.portion_bytes()) {
            done += portion.len();
            if portion.iter().all(|text| self.cache.has(&text.key)) {
                continue;
            }
            let rows = encoded(self.encoder, self.recipe, portion, repo)?;
            self.cache.append(&rows)?;
            self.bytes += portion.iter().map(|text| text.content.len()).sum::<usize>();
            let bytes_per_second = self.bytes as f64 / self.start.elapsed().as_secs_f64().max(1e-9);
            let event = EmbedEvent::Encoded { repo, texts: done, total: fresh.len(), bytes_per_second };
            self.observer.event(&event);
        }
        Ok(indices)
    }

    /// Adds the vectors of `repo`; what its texts were encoded as.
    fn pool(
        &self,
        repo: &RepoId,
        material: &Material<'_>,
        vectors: &mut BTreeMap<String, Tensor>,
    ) -> Result<Vec<TextVector>> {
        let texts: Vec<TextVector> =
            material.texts.iter().map(|text| self.cache.get(&text.key)).collect::<Result<_>>()?;
        for (commit, parts) in &material.commits {
            let numbers = vector(self.recipe, self.encoder.width(), (material, &texts), parts);
            finite(repo, &numbers)?;
            self.insert(vectors, repo, commit, &numbers);
        }
        Ok(texts)
    }

    fn insert(&self, vectors: &mut BTreeMap<String, Tensor>, repo: &RepoId, commit: &CommitId, numbers: &[f32]) {
        let stored = if self.recipe.is_half() { Kind::Half } else { Kind::Float };
        vectors.insert(name(self.recipe.kind(), repo, commit), Tensor::from_slice(numbers).to_kind(stored));
    }
}

/// What is kept of `texts` of `repo`, encoded in one call.
pub(super) fn encoded(
    encoder: &dyn Encoder,
    recipe: Recipe,
    texts: &[&Text<'_>],
    repo: &RepoId,
) -> Result<Vec<(TextKey, TextVector)>> {
    let contents: Vec<&str> = texts.iter().map(|text| text.content).collect();
    let encoded = encoder.encode(&contents, recipe.layout())?;
    let kept = |text| recipe.text_vector(text, encoder.width());
    let rows: Vec<_> = texts.iter().zip(&encoded).map(|(text, encoded)| (text.key, kept(encoded))).collect();
    finite(repo, rows.iter().flat_map(|(_, vector)| &vector.numbers))?;
    Ok(rows)
}

/// The vector that `parts` of a material make, of whose texts is known what they were encoded as.
pub(super) fn vector(
    recipe: Recipe,
    width: usize,
    (material, texts): (&Material<'_>, &[TextVector]),
    parts: &Parts<'_>,
) -> Vec<f32> {
    match parts {
        Parts::Diff(text) => texts[*text].numbers.clone(),
        Parts::Tree(files) => {
            let file =
                |&(path, text): &(_, usize)| PooledFile { path, lines: material.texts[text].lines, text: &texts[text] };
            recipe.tree_vector(&files.iter().map(file).collect::<Vec<_>>(), width)
        }
    }
}

/// `texts` in order, in pieces of at most `bytes` bytes, or of one text.
pub(super) fn portions<'t, 'a>(texts: &'t [&'t Text<'a>], bytes: usize) -> Vec<&'t [&'t Text<'a>]> {
    let mut portions = Vec::new();
    let (mut start, mut held) = (0, 0);
    for (at, text) in texts.iter().enumerate() {
        if at > start && held + text.content.len() > bytes {
            portions.push(&texts[start..at]);
            (start, held) = (at, 0);
        }
        held += text.content.len();
    }
    if start < texts.len() {
        portions.push(&texts[start..]);
    }
    portions
}

/// Refuses numbers that 16 bits cannot hold, and what is no number.
pub(super) fn finite<'n>(repo: &RepoId, numbers: impl IntoIterator<Item = &'n f32>) -> Result<()> {
    if numbers.into_iter().all(|number| number.is_finite()) {
        return Ok(());
    }
    let reason = "the encoder answers with numbers beyond what 16-bit floats hold".to_owned();
    Err(Error::Embedding { subject: repo.to_string(), reason })
}
