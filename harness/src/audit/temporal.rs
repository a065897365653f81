//! The state of the commit against other states (M172).

use bench::audit::{Setting, TemporalContrast};

use super::Ground;
use super::board::Key;
use crate::error::Result;

/// What a claim of temporal conditioning must beat: no history, the repository's mean, a history that says nothing.
const CLAIM: [Setting; 3] = [Setting::Initial, Setting::MeanOfRepository, Setting::ZeroDiffs];

/// The contrasts of every state that was scored, in the order of the rule.
pub(super) fn of(ground: &Ground<'_>) -> Result<Vec<TemporalContrast>> {
    let mut found = Vec::new();
    for against in Setting::TEMPORAL {
        if let Some(cells) = ground.board.single(Key::new(against, None))? {
            let (nll, em) = (ground.nll(&ground.own, &cells), ground.em(&ground.own, &cells));
            found.push(TemporalContrast { against, nll, em });
        }
    }
    Ok(found)
}

/// Whether the state of the commit is better than each that the claim needs; none if nothing temporal was scored.
pub(super) fn claim(contrasts: &[TemporalContrast]) -> Option<bool> {
    let better = |wanted: &Setting| {
        contrasts.iter().find(|contrast| contrast.against == *wanted).is_some_and(|contrast| contrast.nll.is_below())
    };
    (!contrasts.is_empty()).then(|| CLAIM.iter().all(better))
}
