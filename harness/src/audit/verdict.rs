//! The functional verdict (M176).

use bench::audit::{AuditVerdict, Effect, Ranks};

use crate::compare::significant;

/// How near to nought d1 must be, as a share of the gain of the mean adapter, to count as none.
const BAND: f64 = 0.01;

/// The verdict on G, d1, d2 and own's ranks.
///
/// Own ranks significantly below chance if both the interval over repositories and the flips of their signs say so.
pub(super) fn of(gain: &Effect, d1: &Effect, d2: &Effect, ranks: Option<&Ranks>, level: f64) -> AuditVerdict {
    let low_rank = ranks
        .is_some_and(|ranks| ranks.below_null.is_below() && ranks.below_null.p.is_some_and(|p| significant(p, level)));
    let band = BAND * gain.mean.unwrap_or(0.0).max(0.0);
    if d1.is_below() && d2.is_below() && low_rank {
        AuditVerdict::Conditioned
    } else if d1.is_within(band) && d2.holds_nought() {
        AuditVerdict::NotConditioned
    } else if d1.is_below() && d2.holds_nought() {
        AuditVerdict::GenericMagnitude
    } else {
        AuditVerdict::Inconclusive
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effect(mean: f64, low: f64, high: f64) -> Effect {
        Effect { tasks: 9, repos: 9, mean: Some(mean), cluster: Some([low, high]), p: Some(0.01), ..Effect::default() }
    }

    fn ranks(below_null: Effect) -> Ranks {
        let (candidates, null) = (8, 4.5);
        Ranks { candidates, null, mean: 2.0, below_null, wins: 0.5, wins_null: 0.125, repos: Vec::new() }
    }

    #[test]
    fn every_verdict_can_be_had() {
        let gain = effect(1.0, 0.9, 1.1);
        let (below, nought, tiny) = (effect(-0.2, -0.3, -0.1), effect(0.0, -0.1, 0.1), effect(0.0, -0.009, 0.009));
        let low = ranks(effect(-2.0, -3.0, -1.0));
        let verdict = |d1: &Effect, d2: &Effect, ranks: &Ranks| of(&gain, d1, d2, Some(ranks), 0.95);
        assert_eq!(verdict(&below, &below, &low), AuditVerdict::Conditioned);
        assert_eq!(verdict(&tiny, &nought, &low), AuditVerdict::NotConditioned);
        assert_eq!(verdict(&below, &nought, &low), AuditVerdict::GenericMagnitude);
        assert_eq!(verdict(&nought, &nought, &low), AuditVerdict::Inconclusive);
        // Ranks decide too, by both tests.
        assert_eq!(verdict(&below, &below, &ranks(nought)), AuditVerdict::Inconclusive);
        let unsure = Effect { p: Some(0.2), ..effect(-2.0, -3.0, -1.0) };
        assert_eq!(verdict(&below, &below, &ranks(unsure)), AuditVerdict::Inconclusive);
        assert_eq!(of(&gain, &below, &below, None, 0.95), AuditVerdict::Inconclusive);
    }

    #[test]
    fn one_adapter_for_all_is_not_conditioned() {
        let none = effect(0.0, 0.0, 0.0);
        assert_eq!(of(&effect(1.0, 0.5, 2.0), &none, &none, None, 0.95), AuditVerdict::NotConditioned);
    }
}
