//! How far contexts are apart, and how far the adapters made of them.

use bench::audit::Geometry;
use maud::{Markup, html};

use super::axis::Axis;
use super::parts::{across, axes, down};
use crate::figure::frame;

const HEIGHT: u32 = 260;
const BELOW: u32 = 52;

/// A dot a pair of repositories: distance of contexts across, of Delta-W upwards. Nothing without contexts.
pub(super) fn scatter(geometry: &Geometry) -> Option<Markup> {
    let pairs = geometry.pairs.iter().filter_map(|pair| Some([1.0 - pair.context?, 1.0 - pair.delta?]));
    let points: Vec<[f64; 2]> = pairs.collect();
    if points.is_empty() {
        return None;
    }
    let x = Axis::around(points.iter().map(|point| point[0]), true);
    let y = Axis::around(points.iter().map(|point| point[1]), true);
    let body = html! {
        (axes((x, y), HEIGHT, ["distance of contexts (1 - cosine)", "of adapters"]))
        @for [context, delta] in &points {
            circle.s1 cx=(across(x, *context)) cy=(down(y, HEIGHT, *delta)) r="3" fill-opacity="0.55" {}
        }
    };
    let description = format!(
        "{} pairs of repositories; mean distance of contexts {:.4}, of adapters {:.4}",
        points.len(),
        mean(&points, 0),
        mean(&points, 1)
    );
    Some(frame("scatter", HEIGHT + BELOW, ["Distance of adapters by distance of contexts", &description], &body))
}

fn mean(points: &[[f64; 2]], at: usize) -> f64 {
    points.iter().map(|point| point[at]).sum::<f64>() / points.len() as f64
}
