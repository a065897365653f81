//! The tables of the page.

use bench::audit::{AuditReport, Cosines, Effect, Geometry, Residual, StratumReport};
use maud::Markup;

use super::parts::{cell, effect, fixed, interval, p, signed, table};
use crate::render::number;
use crate::text::Shown;

/// The geometry of the method and of what stands beside.
pub(super) fn geometry(report: &AuditReport) -> Option<Markup> {
    let own = report.geometry.as_ref()?;
    let all: Vec<(&str, &Geometry)> = std::iter::once((report.title.as_str(), own))
        .chain(report.controls.iter().map(|control| (control.name.as_str(), &control.geometry)))
        .collect();
    let cosines = |cosines: Option<&Cosines>| {
        let bounds = cosines.map(|c| format!("[{:.4}, {:.4}]", c.min, c.max)).unwrap_or_default();
        maud::html! { span.mean { (fixed(cosines.map(|c| c.mean), 4)) } span.interval { (bounds) } }
    };
    let row = |(name, geometry): &(&str, &Geometry)| {
        vec![
            cell(Shown::name(name).as_str()),
            cell(geometry.verdict.map_or(number::NONE, bench::audit::GeometryVerdict::name)),
            cosines(geometry.contexts.as_ref()),
            cosines(geometry.factor_a.as_ref()),
            cosines(geometry.factor_b.as_ref()),
            cosines(geometry.delta.as_ref()),
            cell(geometry.delta.map_or_else(|| number::NONE.to_owned(), |c| number::percent(c.above_0_999))),
            cell(fixed(geometry.residual_factor, 4)),
            cell(fixed(geometry.residual_delta, 4)),
            cell(fixed(geometry.effective_rank, 2)),
            cell(fixed(geometry.norm_share, 4)),
            cell(fixed(geometry.sensitivity, 4)),
        ]
    };
    let headings = [
        "Adapters",
        "Verdict",
        "Contexts, cosine",
        "A, cosine",
        "B, cosine",
        "ΔW, cosine",
        "ΔW > 0.999, %",
        "Residual, factors",
        "Residual, ΔW",
        "Effective rank",
        "Norm of the mean",
        "Sensitivity",
    ];
    Some(table(
        "Geometry: means over pairs of repositories, least and greatest below",
        &headings,
        &all.iter().map(row).collect::<Vec<_>>(),
    ))
}

/// Means by setting.
pub(super) fn means(report: &AuditReport) -> Markup {
    let row = |mean: &bench::audit::SettingMean| {
        let lambda = mean.lambda.map_or_else(String::new, |lambda| format!(", λ = {lambda}"));
        vec![
            cell(format!("{}{lambda}", mean.setting.title())),
            cell(fixed(Some(mean.nll), 4)),
            cell(fixed(Some(mean.nll_with_eos), 4)),
            cell(fixed(Some(mean.first_rank), 1)),
            cell(mean.em.map_or_else(|| number::NONE.to_owned(), number::percent)),
        ]
    };
    let rows: Vec<Vec<Markup>> = report.functional.means.iter().map(row).collect();
    table("Means over tasks", &["Scored under", "NLL, nats", "with end", "Rank of first token", "EM, %"], &rows)
}

/// The differences that the verdict follows from.
pub(super) fn differences(report: &AuditReport) -> Markup {
    let f = &report.functional;
    let row = |name: &str, of: &Effect| {
        vec![cell(name), cell(signed(of.mean)), cell(interval(of.cluster)), cell(interval(of.by_task)), cell(p(of))]
    };
    let mut rows = vec![
        row("Base - avg (gain), NLL", &f.gain),
        row("Own - avg (d1), NLL", &f.own_average),
        row("Own - avg, NLL with the end of sequence", &f.own_average_with_eos),
        row("Own - avg, EM", &f.em_own_average),
        row("Own - others (d2), NLL", &f.own_others),
        row("Own - others, EM", &f.em_own_others),
    ];
    rows.extend(f.ranks.as_ref().map(|ranks| row("Rank of own - chance", &ranks.below_null)));
    rows.extend(f.blend_check.as_ref().map(|check| row("ΔW blend of λ = 1 - own, NLL (must be nought)", check)));
    rows.extend(f.swapped.as_ref().map(|swapped| row("Vector of another kind - own, NLL", swapped)));
    let temporal = |contrast: &bench::audit::TemporalContrast| {
        row(&format!("State of the commit - {}, NLL", contrast.against.title().to_lowercase()), &contrast.nll)
    };
    rows.extend(f.temporal.iter().map(temporal));
    table("Paired differences", &["Difference", "Mean", "95 % over repositories", "95 % over tasks", "p"], &rows)
}

/// The strata.
pub(super) fn strata(report: &AuditReport) -> Markup {
    let best = |stratum: &StratumReport, residual: Residual| {
        let points = stratum.curves.iter().filter(|curve| curve.residual == residual).flat_map(|curve| &curve.points);
        let means = points.filter_map(|point| Some((point.lambda, point.effect.mean?, point.effect)));
        let found = means.min_by(|a, b| a.1.total_cmp(&b.1));
        found.map_or_else(
            || number::NONE.to_owned(),
            |(lambda, mean, effect)| format!("{} at λ = {lambda}, p {}", signed(Some(mean)), p(&effect)),
        )
    };
    let row = |stratum: &StratumReport| {
        vec![
            cell(Shown::name(&stratum.title).as_str()),
            cell(number::count(stratum.tasks)),
            cell(number::percent(stratum.share)),
            effect(&stratum.gain),
            effect(&stratum.own_average),
            effect(&stratum.own_others),
            effect(&stratum.em_own_average),
            effect(&stratum.em_own_others),
            cell(best(stratum, Residual::Own)),
            cell(best(stratum, Residual::Next)),
        ]
    };
    let headings = [
        "Stratum",
        "Tasks",
        "Share, %",
        "Base - avg",
        "Own - avg",
        "Own - others",
        "EM, own - avg",
        "EM, own - others",
        "Best λ, own residual",
        "Best λ, next one's",
    ];
    let rows: Vec<Vec<Markup>> = report.functional.strata.iter().map(row).collect();
    table("Strata, declared before the run; NLL in nats; p corrected by Holm within a stratum", &headings, &rows)
}

/// Residuals of wrong repositories.
pub(super) fn wrong(report: &AuditReport) -> Option<Markup> {
    let row = |share: &bench::audit::WrongShare| {
        vec![
            cell(format!("{}, λ = {}", share.space, share.lambda)),
            cell(number::percent(share.beaten)),
            cell(number::percent(share.beaten_by_repo)),
            effect(&share.own),
            effect(&share.wrong),
        ]
    };
    let rows: Vec<Vec<Markup>> = report.functional.wrong.iter().map(row).collect();
    let headings = ["Residuals", "Beaten by own, %", "within repositories, %", "Own", "Wrong ones"];
    (!rows.is_empty()).then(|| table("All wrong repositories: 50 % by chance", &headings, &rows))
}

/// The method beside its training controls.
pub(super) fn controls(report: &AuditReport, controls: &[AuditReport]) -> Option<Markup> {
    let row = |one: &AuditReport| {
        let f = &one.functional;
        vec![
            cell(Shown::name(&one.title).as_str()),
            cell(one.verdict.name()),
            cell(
                one.geometry.as_ref().and_then(|g| g.verdict).map_or(number::NONE, bench::audit::GeometryVerdict::name),
            ),
            effect(&f.gain),
            effect(&f.own_average),
            effect(&f.own_others),
            cell(fixed(f.ranks.as_ref().map(|ranks| ranks.mean), 2)),
            cell(number::count(f.tasks)),
        ]
    };
    let rows: Vec<Vec<Markup>> = std::iter::once(report).chain(controls).map(row).collect();
    let headings = ["Method", "Verdict", "Geometry", "Base - avg", "Own - avg", "Own - others", "Rank of own", "Tasks"];
    (!controls.is_empty()).then(|| table("Training controls", &headings, &rows))
}

/// The audited repositories.
pub(super) fn repositories(report: &AuditReport) -> Markup {
    let ranks = report.functional.ranks.as_ref();
    let row = |one: &bench::audit::AuditedRepo| {
        let rank = ranks.and_then(|ranks| ranks.repos.iter().find(|rank| rank.repo == one.repo));
        vec![
            cell(Shown::name(one.repo.as_str()).as_str()),
            cell(number::count(one.tasks)),
            cell(number::count(one.commits)),
            cell(fixed(rank.map(|rank| rank.by_task), 2)),
            cell(fixed(rank.map(|rank| rank.whole), 1)),
            cell(fixed(rank.map(|rank| rank.own), 4)),
            cell(fixed(rank.map(|rank| rank.others), 4)),
        ]
    };
    let rows: Vec<Vec<Markup>> = report.audited.iter().map(row).collect();
    let headings =
        ["Repository", "Tasks", "Commits", "Rank of own, by task", "by repository", "NLL, own", "NLL, others"];
    table("Audited repositories", &headings, &rows)
}
