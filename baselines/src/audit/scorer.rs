//! Scoring in pieces that are kept on disk: a piece is done wholly or not at all, and a run that was killed ends with the
//! bytes of one that was not.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bench::{Journal, JournalHeader};
use serde::{Deserialize, Serialize};

use super::cast::CastTask;
use super::observer::{AuditEvent, AuditObserver};
use super::scored::Scored;
use super::trial::Trial;
use crate::decode::{self, DecodeOptions, Opening};
use crate::error::Result;
use crate::language_model::LanguageModel;
use crate::settings::DecodingSettings;

/// How tasks are scored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOptions {
    /// Root hash of the release.
    pub release: String,
    /// Where finished pieces are kept until the run is over; nowhere if none.
    pub journal: Option<PathBuf>,
    /// Prompts read at a time, at most.
    pub batch_rows: usize,
    /// Columns in all rows of a batch, at most; bounds memory.
    pub batch_tokens: usize,
    /// Whether completions are made, for exact match.
    pub completions: bool,
    /// Whether residuals are blended (M167 to M170).
    pub blends: bool,
    /// Device and threads in words: the last bits of a number depend on them.
    pub engine: String,
}

/// A task with its prompt under one setting.
pub(super) struct Item<'a> {
    pub(super) task: &'a CastTask,
    pub(super) trial: Trial,
    /// The name of the trial's other repository.
    pub(super) other: Option<bench::RepoId>,
    pub(super) opening: Opening,
}

/// A finished piece.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Piece {
    key: String,
    rows: Vec<Scored>,
}

/// Scores pieces and keeps what is done.
pub(super) struct Scorer<'a> {
    model: &'a LanguageModel,
    decoding: DecodeOptions,
    completions: bool,
    journal: Option<Journal<Piece>>,
    done: BTreeMap<String, Vec<Scored>>,
    /// Pieces that this run has asked for, in order.
    order: Vec<String>,
}

impl<'a> Scorer<'a> {
    /// A scorer that goes on where the journal of the same run stopped.
    pub(super) fn new(
        model: &'a LanguageModel,
        limits: &DecodingSettings,
        options: &RunOptions,
        header: &JournalHeader,
    ) -> Result<Self> {
        let mut decoding = model.decode_options(limits.max_new_tokens);
        if !limits.fim_ban {
            decoding.banned.clear();
        }
        let RunOptions { batch_rows, batch_tokens, completions, .. } = *options;
        let decoding = DecodeOptions { batch_rows, batch_tokens, ..decoding };
        let (mut journal, mut done) = (None, BTreeMap::new());
        if let Some(path) = &options.journal {
            let (opened, pieces) = Journal::<Piece>::open(path, header)?;
            done = pieces.into_iter().map(|piece| (piece.key, piece.rows)).collect();
            journal = Some(opened);
        }
        Ok(Self { model, decoding, completions, journal, done, order: Vec::new() })
    }

    /// How many pieces the journal held.
    pub(super) fn resumed(&self) -> usize {
        self.done.len()
    }

    /// Whether the piece `key` is done.
    pub(super) fn holds(&self, key: &str) -> bool {
        self.done.contains_key(key)
    }

    /// The piece `key`, scored now if it is not done yet; `items` are what it is made of.
    pub(super) fn piece<'t>(
        &mut self,
        key: String,
        items: impl FnOnce() -> Result<Vec<Item<'t>>>,
        observer: &mut dyn AuditObserver,
    ) -> Result<()> {
        if !self.holds(&key) {
            let rows = self.score(&items()?)?;
            if let Some(journal) = &mut self.journal {
                journal.append(&[Piece { key: key.clone(), rows: rows.clone() }])?;
            }
            self.done.insert(key.clone(), rows);
        }
        self.order.push(key);
        observer.event(&AuditEvent::Done { units: self.order.len() });
        Ok(())
    }

    /// The rows of every piece that was asked for, in that order.
    pub(super) fn into_rows(mut self) -> Vec<Scored> {
        self.order.iter().filter_map(|key| self.done.remove(key)).flatten().collect()
    }

    fn score(&self, items: &[Item<'_>]) -> Result<Vec<Scored>> {
        let openings: Vec<Opening> = items.iter().map(|item| item.opening.clone()).collect();
        let targets: Vec<Vec<u32>> = items.iter().map(|item| item.task.target.clone()).collect();
        let (model, tokenizer) = (&self.model.model, &self.model.tokenizer);
        let given = (&targets[..], tokenizer.eos());
        let judged = decode::judge(model, &openings, given, self.completions, &self.decoding)?;
        let row = |(item, (judged, decoded)): (&Item<'_>, (decode::Judged, Option<decode::Decoded>))| {
            let tokens = item.task.target.len() as f64;
            Ok(Scored {
                task: item.task.task.id().clone(),
                setting: item.trial.setting,
                lambda: item.trial.lambda,
                other: item.other.clone(),
                nll: judged.nll / tokens,
                nll_with_eos: (judged.nll + judged.eos_nll) / (tokens + 1.0),
                rank: judged.first_rank,
                completion: decoded.map(|decoded| tokenizer.decode(&decoded.ids)).transpose()?,
            })
        };
        items.iter().zip(judged).map(row).collect()
    }
}
