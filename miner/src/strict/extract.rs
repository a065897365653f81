//! The pairs of one file of the static track under the profile `strict`.

use std::collections::BTreeMap;

use bench::Track;

use super::assertion::StrictAssertion;
use super::file::StrictFile;
use super::filter::Duplicates;
use super::prefix::PrefixSource;
use crate::extract::{Budget, Details, FilePairs, Pair};
use crate::filter::SkipReason;
use crate::syntax::Reader;

/// The pairs of the test file `text` in source order, or none if Python 3.12 does not parse it.
pub(crate) fn file(text: &str, budget: &mut Budget) -> Option<FilePairs> {
    let file = StrictFile::parse(text, Track::Static)?;
    let prefixes = file.prefixes();
    let mut seen = Duplicates::default();
    let mut pairs = Vec::new();
    let mut skipped: BTreeMap<SkipReason, u64> = file.skipped().clone();
    for assertion in file.assertions() {
        let checked = file.check(assertion).and_then(|()| file.check_duplicate(assertion, &mut seen));
        match checked.and_then(|()| pair(&file, &prefixes, assertion, budget)) {
            Ok(pair) => pairs.push(pair),
            Err(reason) => *skipped.entry(reason).or_default() += 1,
        }
    }
    drop(prefixes);
    Some(FilePairs { pairs, skipped, reader: Reader::Abstract })
}

/// The pair of an assertion that passed the filters. Its prefix holds the names of all definitions around, so the
/// budget covers them.
fn pair(
    file: &StrictFile,
    prefixes: &PrefixSource<'_>,
    assertion: &StrictAssertion,
    budget: &mut Budget,
) -> Result<Pair, SkipReason> {
    budget.check()?;
    let prefix = prefixes.structured(assertion);
    budget.take(prefix.len())?;
    let around = file.enclosing(assertion);
    Ok(Pair {
        line: assertion.line,
        column: assertion.column,
        target_column: assertion.target_column,
        kind: assertion.kind,
        function: around.function.unwrap_or("").to_owned(),
        class: around.class.unwrap_or("").to_owned(),
        difficulty: assertion.difficulty,
        multiline: assertion.multiline,
        prefix,
        target: assertion.target.clone(),
        details: Some(Details {
            qualified: around.qualified,
            target_line: assertion.target_line,
            closing: assertion.closing,
        }),
    })
}
