//! Emissions, a commit at a time.

use crate::error::Result;
use crate::evolution::Emission;

/// The runs of `batches` with equal commit, in their order; memory holds one run and one batch.
pub(crate) fn by_commit(
    batches: impl Iterator<Item = Result<Vec<Emission>>>,
) -> impl Iterator<Item = Result<Vec<Emission>>> {
    let mut rows = batches.flat_map(|batch| match batch {
        Ok(rows) => rows.into_iter().map(Ok).collect::<Vec<_>>(),
        Err(error) => vec![Err(error)],
    });
    let mut next = rows.next();
    std::iter::from_fn(move || {
        let first = match next.take()? {
            Ok(first) => first,
            Err(error) => return Some(Err(error)),
        };
        let mut run = vec![first];
        for row in rows.by_ref() {
            match row {
                Ok(row) if row.commit_index == run[0].commit_index => run.push(row),
                other => {
                    next = Some(other);
                    break;
                }
            }
        }
        Some(Ok(run))
    })
}
