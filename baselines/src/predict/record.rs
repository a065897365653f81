//! What a run has answered so far, and how its answers become predictions.

use bench::{JournalHeader, Ledger, Prediction, Task};

use super::plan::{Asked, Common, WindowLimits};
use super::{Answer, PredictOptions};
use crate::error::Result;
use crate::method::Method;

/// The answers so far of the run of `method` over `order`.
pub(super) fn open(method: &dyn Method, order: &[&Task], options: &PredictOptions) -> Result<Ledger> {
    let PredictOptions { batch_rows, batch_tokens, draft, share, engine, .. } = options;
    let window = WindowLimits::of(method);
    let batches = format!("{window}/{batch_rows}/{batch_tokens}/{draft}/{share}/{engine}");
    let header = JournalHeader::new(&options.release, order, &batches, method.card());
    Ok(Ledger::open(options.journal.as_deref(), &header)?)
}

/// The predictions that `answers` make of `batch`.
pub(super) fn predictions(asked: &[Asked<'_>], batch: &[Common], answers: &[Answer]) -> Vec<Prediction> {
    let rows = |(common, answer): (&Common, _)| {
        common.tasks.iter().map(|&at| prediction(&asked[at], answer)).collect::<Vec<_>>()
    };
    batch.iter().zip(answers).flat_map(rows).collect()
}

fn prediction(asked: &Asked<'_>, answer: &Answer) -> Prediction {
    Prediction {
        task: asked.task.id().clone(),
        completion: answer.completion.clone(),
        prompt_tokens: Some(asked.prompt.prompt_tokens()),
        context_tokens: Some(asked.prompt.context_tokens),
        new_tokens: Some(answer.new_tokens),
        stop: Some(answer.stop),
    }
}
