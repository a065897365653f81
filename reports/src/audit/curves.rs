//! What adding more and more of a residual does, with bands.

use bench::audit::{Curve, CurvePoint, Residual, Space, StratumReport};
use maud::{Markup, html};

use super::axis::Axis;
use super::parts::{across, axes, down, interval, signed};
use crate::figure::frame;
use crate::text::Shown;

const HEIGHT: u32 = 220;
const BELOW: u32 = 52;

/// The curves of `stratum` in `space`; nothing if none was scored there.
pub(super) fn curves(stratum: &StratumReport, space: Space) -> Option<Markup> {
    let drawn: Vec<&Curve> = stratum.curves.iter().filter(|curve| curve.space == space).collect();
    let points = || drawn.iter().flat_map(|curve| &curve.points);
    points().next()?;
    // Strengths double from point to point.
    let x = Axis::around(points().map(|point| place(point.lambda)), false);
    let ends = |point: &CurvePoint| {
        [point.effect.mean].into_iter().flatten().chain(point.effect.cluster.into_iter().flatten())
    };
    let y = Axis::around(points().flat_map(ends), true);
    let body = html! {
        (axes((x, y), HEIGHT, ["strength of the residual, doubling (0 = 1)", "NLL, nats"]))
        @for curve in &drawn { (band(curve, (x, y))) }
        @for curve in &drawn { (line(curve, (x, y))) }
    };
    let title = format!("{}: NLL against the mean adapter", Shown::name(&stratum.title));
    let id = format!("curve-{space}-{}", stratum.id.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
    Some(frame(&id, HEIGHT + BELOW, [&title, &describe(&drawn)], &body))
}

/// Twice as strong is one further.
fn place(lambda: f64) -> f64 {
    lambda.max(1e-3).log2()
}

fn class(residual: Residual) -> &'static str {
    match residual {
        Residual::Own => "s1",
        Residual::Next | Residual::Other => "s2",
    }
}

fn band(curve: &Curve, (x, y): (Axis, Axis)) -> Markup {
    html! {
        @for point in &curve.points {
            @if let Some([low, high]) = point.effect.cluster {
                @let at = across(x, place(point.lambda));
                line class={ "edge " (class(curve.residual)) } x1=(at) x2=(at) y1=(down(y, HEIGHT, high)) y2=(down(y, HEIGHT, low)) {}
            }
        }
    }
}

fn line(curve: &Curve, (x, y): (Axis, Axis)) -> Markup {
    let known: Vec<(f64, f64)> =
        curve.points.iter().filter_map(|point| Some((place(point.lambda), point.effect.mean?))).collect();
    html! {
        @for pair in known.windows(2) {
            line class={ "curve " (class(curve.residual)) }
                x1=(across(x, pair[0].0)) y1=(down(y, HEIGHT, pair[0].1))
                x2=(across(x, pair[1].0)) y2=(down(y, HEIGHT, pair[1].1)) {}
        }
        @for (lambda, mean) in &known {
            circle class=(class(curve.residual)) cx=(across(x, *lambda)) cy=(down(y, HEIGHT, *mean)) r="4" {}
        }
    }
}

fn describe(curves: &[&Curve]) -> String {
    let point = |point: &CurvePoint| {
        format!("{}: {} {}", point.lambda, signed(point.effect.mean), interval(point.effect.cluster))
    };
    let one = |curve: &&Curve| {
        format!("{} residual: {}", curve.residual, curve.points.iter().map(point).collect::<Vec<_>>().join(", "))
    };
    curves.iter().map(one).collect::<Vec<_>>().join("; ")
}
