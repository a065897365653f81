//! Which summaries may share a leaderboard.

use bench::{Estimate, SplitSummary, Summary};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::text::Shown;

/// The summary that all others agree with: the first.
pub(super) fn agreement<'a>(summaries: &'a [Summary], context: &Context) -> Result<&'a Summary> {
    let first = summaries.first().ok_or(Error::Empty)?;
    for (index, summary) in summaries.iter().enumerate() {
        let file = file(index, summaries, context);
        same_release((first, summary), || (self::file(0, summaries, context), file.clone()))?;
        for split in &summary.splits {
            plausible(split).map_err(|reason| Error::Summary { file: file.clone(), split: split.split, reason })?;
        }
        distinct_splits(summary, &file)?;
        for (earlier, other) in summaries[..index].iter().enumerate() {
            let names = || (self::file(earlier, summaries, context), file.clone());
            comparable((other, summary), names)?;
        }
    }
    Ok(first)
}

/// How an error names the summary at `index`: its file if known, else its method.
fn file(index: usize, summaries: &[Summary], context: &Context) -> String {
    context.files.get(index).map_or_else(
        || format!("the scores of `{}`", Shown::name(&summaries[index].card.method)),
        |file| Shown::sentence(file).to_string(),
    )
}

fn same_release(pair: (&Summary, &Summary), names: impl Fn() -> (String, String)) -> Result<()> {
    let facts = |summary: &Summary| {
        [
            ("release", Shown::name(&summary.release).to_string()),
            ("profile", summary.profile.to_string()),
            ("rules version", Shown::name(&summary.rules).to_string()),
            ("format version", summary.format.to_string()),
        ]
    };
    for ((what, left), (_, right)) in facts(pair.0).into_iter().zip(facts(pair.1)) {
        if left != right {
            let (first, second) = names();
            return Err(Error::Mixed { first, second, what, left, right });
        }
    }
    Ok(())
}

/// Two summaries of one release must be of different methods and count the same tasks.
fn comparable((left, right): (&Summary, &Summary), names: impl Fn() -> (String, String)) -> Result<()> {
    if left.card == right.card {
        let (first, second) = names();
        return Err(Error::Twice { first, second });
    }
    for split in &left.splits {
        let twin = right.splits.iter().find(|twin| twin.split == split.split && twin.tasks != split.tasks);
        if let Some(twin) = twin {
            let (first, second) = names();
            return Err(Error::Counts { split: split.split, first, left: split.tasks, second, right: twin.tasks });
        }
    }
    Ok(())
}

fn distinct_splits(summary: &Summary, file: &str) -> Result<()> {
    for (index, split) in summary.splits.iter().enumerate() {
        if summary.splits[..index].iter().any(|earlier| earlier.split == split.split) {
            let reason = "the split appears twice".to_owned();
            return Err(Error::Summary { file: file.to_owned(), split: split.split, reason });
        }
    }
    Ok(())
}

/// Why a scorer cannot have written `split`, if so.
fn plausible(split: &SplitSummary) -> std::result::Result<(), String> {
    if split.missing > split.tasks {
        return Err(format!("{} of {} tasks are missing", split.missing, split.tasks));
    }
    if !split.slices.iter().any(|slice| slice.by == "all") {
        return Err("there is no slice `all`".to_owned());
    }
    for slice in &split.slices {
        if slice.tasks > split.tasks {
            let group = Shown::name(&slice.group);
            return Err(format!("the slice `{group}` has {} of {} tasks", slice.tasks, split.tasks));
        }
        slice.estimates.iter().try_for_each(in_range)?;
    }
    Ok(())
}

fn in_range(estimate: &Estimate) -> std::result::Result<(), String> {
    let intervals = [estimate.cluster, estimate.tasks];
    let values = estimate.mean.into_iter().chain(intervals.into_iter().flatten().flatten());
    let outside = values.into_iter().find(|value| !(0.0..=1.0).contains(value));
    let reversed = intervals.into_iter().flatten().find(|[low, high]| low > high);
    match (outside, reversed) {
        (Some(value), _) => Err(format!("{} is {value:e}, outside 0..=1", estimate.metric)),
        (None, Some([low, high])) => Err(format!("{} has the interval {low} to {high}", estimate.metric)),
        (None, None) => Ok(()),
    }
}
