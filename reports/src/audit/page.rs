//! The page: verdicts, geometry, functional tests, strata, repositories, settings.

use bench::audit::{AuditReport, GeometryVerdict, Space, StratumReport};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{curves, ranks, scatter, tables};
use crate::render::html::policy;
use crate::render::number;
use crate::text::Shown;

const STYLE: &str = concat!(include_str!("../render/html/page.css"), include_str!("audit.css"));
/// There is none; the policy forbids every other.
const SCRIPT: &str = "";
/// Strata whose curves are drawn: all tasks, and those whose answer is to be had from the repository or not at hand.
const DRAWN: [&str; 4] = ["all", "not-in-prefix", "need-repository", "nll-over-1"];

/// The page of `report`, with the audits of `controls` beside.
pub(super) fn render(report: &AuditReport, controls: &[AuditReport]) -> String {
    let title = format!("Conditioning audit: {}", Shown::name(&report.title));
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy::content_security_policy(STYLE, SCRIPT));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#verdict" { "Skip to the verdict" }
                header.page {
                    div.bar { p.eyebrow { "RepoPeftBench · does the method know the repository?" } }
                    h1 { (title) }
                    dl.facts { @for (name, value) in facts(report) { div { dt { (name) } dd { (value) } } } }
                }
                main {
                    (verdicts(report))
                    (geometry(report))
                    (functional(report))
                    (strata(&report.functional.strata, report))
                    section id="repositories" { h2 { "Repositories" } (tables::repositories(report)) }
                    @if let Some(table) = tables::controls(report, controls) {
                        section id="controls" {
                            h2 { "Training controls" }
                            p { "Trained on the same examples in the same steps, without what conditioning would need (M173)." }
                            (table)
                        }
                    }
                    (settings(report))
                }
            }
        }
    };
    let mut text = page.into_string();
    text.push('\n');
    text
}

fn facts(report: &AuditReport) -> Vec<(&'static str, String)> {
    let f = &report.functional;
    let mut facts = vec![
        ("Method", Shown::name(&report.method).to_string()),
        ("Base model", Shown::name(&report.card.base_model).to_string()),
        ("Tasks", number::count(f.tasks)),
        ("Repositories", number::count(f.repos)),
        ("Candidates a task", f.ranks.as_ref().map_or_else(|| "1".to_owned(), |ranks| ranks.candidates.to_string())),
        ("Repositories in the mean", number::count(report.averaged.len() as u64)),
        ("Release", Shown::name(&report.release).shortened(13)),
    ];
    if report.left_out > 0 {
        facts.push(("Tasks left out", number::count(report.left_out)));
    }
    facts
}

fn verdicts(report: &AuditReport) -> Markup {
    let geometry = report.geometry.as_ref().and_then(|geometry| geometry.verdict);
    html! {
        section id="verdict" aria-labelledby="verdict-title" {
            h2 id="verdict-title" { "Verdict" }
            div.verdicts {
                div { span { "Functional (M176)" } b { (report.verdict) } }
                div { span { "Geometric (M164)" } b { (geometry.map_or(number::NONE, GeometryVerdict::name)) } }
                @if let Some(claim) = report.functional.temporal_claim {
                    div { span { "Temporal claim (M172)" } b { (if claim { "holds" } else { "does not hold" }) } }
                }
            }
            p {
                "Only a method that is " em { "conditioned" } " may be called repository-specific: its own adapter is better than the "
                "mean one and than those of other repositories, and ranks below chance. "
                em { "Not conditioned" } " means that the mean adapter does as well, to a hundredth of its gain; "
                em { "generic magnitude" } " that any repository's adapter is better than the mean one. "
                @if report.functional.average_of_others {
                    "Prompts have no mean: the mean over contexts of other repositories stands in for it (M174)."
                }
            }
            (tables::differences(report))
        }
    }
}

fn geometry(report: &AuditReport) -> Markup {
    let Some(geometry) = &report.geometry else { return html! {} };
    html! {
        section id="geometry" aria-labelledby="geometry-title" {
            h2 id="geometry-title" { "Geometry" }
            p {
                "ΔW is s·B·A of all layers. Residuals are to the mean adapter of " (number::count(geometry.averaged))
                " training repositories, averaged in the space of " (match geometry.space { Space::Factor => "factors", Space::Delta => "products" }) "."
                @if let Some(kept) = geometry.kept_of_mean { " Cut to the rank of the adapters, the mean keeps " (number::percent(kept)) " % of its squared norm." }
            }
            @if let Some(table) = tables::geometry(report) { (table) }
            @if let Some(figure) = scatter::scatter(geometry) {
                div.figures { figure { figcaption { b { "Do different contexts make different adapters?" } "A dot a pair of repositories." } (figure) } }
            }
            @if let Some(provenance) = &report.provenance {
                p { "Contexts of " (provenance.places) " places were held against the stored vectors: the largest difference is " (format!("{:e}", provenance.largest_difference)) "." }
            }
        }
    }
}

fn functional(report: &AuditReport) -> Markup {
    let f = &report.functional;
    let kept = f.kept.share.map_or_else(|| number::NONE.to_owned(), number::percent);
    let range = f
        .kept
        .cluster
        .map_or_else(String::new, |[low, high]| format!(" [{}, {}]", number::percent(low), number::percent(high)));
    html! {
        section id="functional" aria-labelledby="functional-title" {
            h2 id="functional-title" { "Functional tests" }
            p { "The mean adapter keeps " (kept) (range) " % of the gain of own (M165); it leaves " (number::percent(f.saturated)) " % of the tasks below 0.01 nats (M170)." }
            (tables::means(report))
            @if let Some(found) = &f.ranks {
                div.figures { figure { figcaption { b { "Own among other repositories" } "Dashed: chance." } (ranks::ranks(found)) } }
            }
            @if let Some(table) = tables::wrong(report) { (table) }
        }
    }
}

fn strata(all: &[StratumReport], report: &AuditReport) -> Markup {
    let figures: Vec<(&StratumReport, Space, Markup)> = all
        .iter()
        .filter(|stratum| DRAWN.contains(&stratum.id.as_str()))
        .flat_map(|stratum| {
            Space::ALL.iter().filter_map(move |&space| Some((stratum, space, curves::curves(stratum, space)?)))
        })
        .collect();
    html! {
        section id="strata" aria-labelledby="strata-title" {
            h2 id="strata-title" { "Strata" }
            (tables::strata(report))
            @if !figures.is_empty() {
                div.figures {
                    @for (stratum, space, figure) in &figures {
                        figure {
                            figcaption {
                                b { (Shown::name(&stratum.title)) ", residuals of " (match space { Space::Factor => "factors", Space::Delta => "products" }) }
                                "Change of NLL against the mean adapter, with 95 % intervals over repositories. "
                                ol.keys {
                                    li { span.swatch.s1 { "A" } " own residual" }
                                    li { span.swatch.s2 { "B" } " the next repository's" }
                                }
                            }
                            (figure)
                        }
                    }
                }
            }
        }
    }
}

fn settings(report: &AuditReport) -> Markup {
    html! {
        section id="settings" aria-labelledby="settings-title" {
            h2 id="settings-title" { "Settings" }
            div.cards {
                article {
                    h3 { "Audit" }
                    dl {
                        @for (name, value) in &report.settings { dt { (Shown::name(name)) } dd { (Shown::name(value)) } }
                        dt { "strata" } dd.hash { (Shown::name(&report.strata)) }
                        dt { "release" } dd.hash { (Shown::name(&report.release)) }
                    }
                }
                article {
                    h3 { (Shown::name(&report.title)) }
                    dl {
                        dt { "reads" } dd { (Shown::sentence(&report.card.context)) }
                        dt { "weights" } dd { (Shown::sentence(&report.card.adaptation)) }
                        @for (name, value) in &report.card.settings { dt { (Shown::name(name)) } dd { (Shown::name(value)) } }
                    }
                }
            }
        }
    }
}
