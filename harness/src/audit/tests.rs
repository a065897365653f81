//! Audits of made-up methods whose truth is known.

use bench::audit::{AuditRow, AuditVerdict, Residual, Setting, Space};
use bench::{Need, RepoId, TaskId};

use super::*;

const REPOS: usize = 8;
const TASKS: usize = 30;

fn repo(at: usize) -> RepoId {
    format!("owner/repo-{at}").parse().unwrap()
}

/// A number between -1 and 1 that depends on its arguments alone.
fn noise(parts: &[usize]) -> f64 {
    let mixed = parts.iter().fold(0x9E37_79B9_u64, |state, &part| {
        (state ^ part as u64).wrapping_mul(0xBF58_476D_1CE4_E5B9).rotate_left(29) ^ (state >> 7)
    });
    (mixed >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

/// What a made-up method scores for task `task` of repository `own` under the adapter of `of` (none: the mean).
type Score = fn(own: usize, task: usize, of: Option<usize>) -> f64;

fn rows(score: Score) -> Vec<AuditRow> {
    let mut rows = Vec::new();
    for own in 0..REPOS {
        for task in 0..TASKS {
            let row = |setting, lambda: Option<f64>, other: Option<usize>, nll: f64| AuditRow {
                task: TaskId::of(&[&[u8::try_from(own).unwrap(), u8::try_from(task).unwrap()]]),
                repo: repo(own),
                commit: "0".repeat(40).parse().unwrap(),
                setting,
                lambda,
                other: other.map(repo),
                nll,
                nll_with_eos: nll + 0.1,
                rank: if nll > 1.0 { 12 } else { 1 },
                em: Some(nll < 0.4),
                need: Some(if task % 2 == 0 { Need::Prefix } else { Need::Repository }),
                target_in_prefix: task % 3 == 0,
                target_tokens: u32::try_from(task % 5 + 1).unwrap(),
            };
            let average = score(own, task, None);
            rows.push(row(Setting::Base, None, None, average + 1.0));
            rows.push(row(Setting::Average, None, None, average));
            rows.push(row(Setting::Own, None, None, score(own, task, Some(own))));
            for step in 1..REPOS {
                let other = (own + step) % REPOS;
                let nll = score(own, task, Some(other));
                rows.push(row(Setting::Other, None, Some(other), nll));
                rows.push(row(Setting::FactorOther, Some(4.0), Some(other), average + 4.0 * (nll - average)));
            }
            for lambda in [0.5, 1.0, 2.0, 4.0, 8.0] {
                let (own_nll, next) = (score(own, task, Some(own)), score(own, task, Some((own + 1) % REPOS)));
                let along = |nll: f64| average + lambda * (nll - average);
                rows.push(row(Setting::FactorOwn, Some(lambda), None, along(own_nll)));
                rows.push(row(Setting::FactorNext, Some(lambda), Some((own + 1) % REPOS), along(next)));
            }
        }
    }
    rows
}

fn evaluated(score: Score) -> (Functional, AuditVerdict) {
    audit(&rows(score), &Strata::default(), &AuditOptions { resamples: 2000, ..AuditOptions::default() }).unwrap()
}

/// One adapter for all.
fn generic(own: usize, task: usize, _of: Option<usize>) -> f64 {
    0.6 + 0.3 * noise(&[own, task])
}

/// Every adapter helps as much, but none its own repository more.
fn magnitude(own: usize, task: usize, of: Option<usize>) -> f64 {
    let jitter = of.map_or(0.0, |of| 0.02 * noise(&[own, task, of, 7]) - 0.05);
    generic(own, task, None) + jitter
}

/// Own helps where the repository is needed, others do harm.
fn conditioned(own: usize, task: usize, of: Option<usize>) -> f64 {
    let needed = f64::from(u8::from(task % 2 == 1));
    let change = of.map_or(0.0, |of| if of == own { -0.2 } else { 0.1 });
    generic(own, task, None) + needed * change + of.map_or(0.0, |of| 0.01 * noise(&[own, task, of]))
}

#[test]
fn one_adapter_for_all_is_told() {
    let (found, verdict) = evaluated(generic);
    assert_eq!(verdict, AuditVerdict::NotConditioned);
    let ranks = found.ranks.unwrap();
    assert!((ranks.mean - 4.5).abs() < 1e-12 && (ranks.wins - 0.125).abs() < 1e-12 && ranks.candidates == 8);
    assert_eq!(ranks.below_null.p, Some(1.0));
    assert!((found.kept.share.unwrap() - 1.0).abs() < 1e-9);
    assert!((found.gain.mean.unwrap() - 1.0).abs() < 1e-12);
    assert!(found.wrong.iter().all(|share| (share.beaten - 0.5).abs() < 1e-12));
}

#[test]
fn help_that_any_repository_gives_is_told() {
    let (found, verdict) = evaluated(magnitude);
    assert_eq!(verdict, AuditVerdict::GenericMagnitude);
    assert!(found.own_average.is_below() && found.own_others.holds_nought());
}

#[test]
fn conditioning_is_told_and_stands_where_it_belongs() {
    let (found, verdict) = evaluated(conditioned);
    assert_eq!(verdict, AuditVerdict::Conditioned);
    let of = |id: &str| found.strata.iter().find(|stratum| stratum.id == id).unwrap();
    assert_eq!(of("all").tasks, (REPOS * TASKS) as u64);
    assert!((of("need-repository").own_average.mean.unwrap() + 0.2).abs() < 0.01);
    assert!(of("need-prefix").own_average.mean.unwrap().abs() < 0.01);
    assert!(found.strata.iter().all(|stratum| stratum.id != "need-history"), "no task, no stratum");
    let curves = &of("need-repository").curves;
    assert_eq!(curves.len(), 2);
    let last = |residual| {
        let curve = curves.iter().find(|curve| (curve.space, curve.residual) == (Space::Factor, residual)).unwrap();
        assert_eq!(curve.points.iter().map(|point| point.lambda).collect::<Vec<_>>(), [0.5, 1.0, 2.0, 4.0, 8.0]);
        curve.points[4].effect
    };
    assert!((last(Residual::Own).mean.unwrap() + 1.6).abs() < 0.05 && last(Residual::Own).is_below());
    assert!(last(Residual::Next).mean.unwrap() > 0.5);
    // Ten points, each p at least 2 / 2^8.
    assert!(last(Residual::Own).p_holm.unwrap() >= 10.0 * 2.0 / 256.0 - 1e-9);
    let strengths: Vec<f64> = found.wrong.iter().map(|share| share.lambda).collect();
    assert_eq!(strengths, [1.0, 4.0]);
    assert!(found.wrong.iter().all(|share| share.beaten > 0.99 && share.beaten_by_repo > 0.99));
    let ranks = found.ranks.unwrap();
    assert!(ranks.mean < 3.5 && ranks.repos.len() == REPOS && ranks.repos.iter().all(|repo| repo.whole < 1.5));
}

#[test]
fn order_and_threads_do_not_matter() {
    let whole = rows(conditioned);
    let mut turned: Vec<AuditRow> = whole.iter().rev().cloned().collect();
    turned.rotate_left(777);
    let options = AuditOptions { resamples: 500, ..AuditOptions::default() };
    let of = |rows: &[AuditRow]| serde_json::to_string(&audit(rows, &Strata::default(), &options).unwrap().0).unwrap();
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(of(&whole), alone.install(|| of(&turned)));
}

/// M174: without a mean adapter the mean over other repositories stands in for it.
#[test]
fn prompt_methods_are_held_against_other_contexts() {
    let only = [Setting::Base, Setting::Own, Setting::Other];
    let kept: Vec<AuditRow> = rows(conditioned).into_iter().filter(|row| only.contains(&row.setting)).collect();
    let options = AuditOptions { resamples: 1000, ..AuditOptions::default() };
    let (found, verdict) = audit(&kept, &Strata::default(), &options).unwrap();
    assert!(found.average_of_others && found.own_average.mean == found.own_others.mean);
    assert_eq!(verdict, AuditVerdict::Conditioned);
}

#[test]
fn rows_that_do_not_fit_are_refused() {
    let refusal =
        |rows: &[AuditRow]| audit(rows, &Strata::default(), &AuditOptions::default()).unwrap_err().to_string();
    let whole = rows(generic);
    assert!(refusal(&[]).contains("nothing was scored"));
    let without = |setting| whole.iter().filter(|row| row.setting != setting).cloned().collect::<Vec<_>>();
    assert!(refusal(&without(Setting::Own)).contains("nothing was scored under `own`"));
    let mut twice = whole.clone();
    twice.push(whole[0].clone());
    assert!(refusal(&twice).contains("two rows of `base`"));
    let mut short = whole.clone();
    let at = short.iter().rposition(|row| row.setting == Setting::Other).unwrap();
    short.remove(at);
    assert!(refusal(&short).contains("rows of `other`"));
    let mut contrary = whole;
    contrary[1].target_tokens += 1;
    assert!(refusal(&contrary).contains("contradict"));
}

/// M172: the contrasts and the claim.
#[test]
fn states_are_held_against_each_other() {
    let mut all = rows(conditioned);
    let own: Vec<AuditRow> = all.iter().filter(|row| row.setting == Setting::Own).cloned().collect();
    let states =
        [(Setting::Initial, 0.3), (Setting::MeanOfRepository, 0.2), (Setting::ZeroDiffs, 0.3), (Setting::Last, 0.0)];
    for (setting, worse) in states {
        all.extend(own.iter().map(|row| AuditRow { setting, nll: row.nll + worse, ..row.clone() }));
    }
    let options = AuditOptions { resamples: 1000, ..AuditOptions::default() };
    let (found, _) = audit(&all, &Strata::default(), &options).unwrap();
    let order: Vec<Setting> = found.temporal.iter().map(|contrast| contrast.against).collect();
    assert_eq!(order, [Setting::Initial, Setting::Last, Setting::MeanOfRepository, Setting::ZeroDiffs]);
    assert_eq!(found.temporal_claim, Some(true));
    assert!((found.temporal[0].nll.mean.unwrap() + 0.3).abs() < 1e-9);
    all.retain(|row| row.setting != Setting::ZeroDiffs);
    assert_eq!(audit(&all, &Strata::default(), &options).unwrap().0.temporal_claim, Some(false));
}
