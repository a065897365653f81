//! The figures of the paper about the data, each an SVG file of its own that follows the light or dark preference of
//! its reader.

mod activity;
mod histogram;

use bench::stats::Statistics;
use maud::{Markup, PreEscaped, html};

use crate::figure::{Scale, frame};

const STYLE: &str = include_str!("figure.css");
/// Width of a figure in pixels.
const WIDTH: u32 = 860;
/// Pixels around the drawing.
const MARGIN: u32 = 14;

/// A figure in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Figure {
    pub(super) file: &'static str,
    pub(super) title: String,
    /// What must be known to read it, a sentence each.
    pub(super) notes: Vec<String>,
    pub(super) svg: String,
}

/// The figures that `statistics` have the numbers for.
pub(super) fn figures(statistics: &Statistics) -> Vec<Figure> {
    let activity = statistics.commits.as_ref().and_then(|commits| activity::activity(&commits.activity));
    let histogram = statistics.tokens.as_ref().and_then(histogram::histogram);
    activity.into_iter().chain(histogram).collect()
}

/// A drawing of `height` pixels as a file.
fn file(id: &str, height: u32, texts: [&str; 2], body: &Markup) -> String {
    let drawing = frame(id, height, texts, body);
    let (inner, outer) = (WIDTH - 2 * MARGIN, height + 2 * MARGIN);
    let file = html! {
        svg xmlns="http://www.w3.org/2000/svg" width=(WIDTH) height=(outer) viewBox={ "0 0 " (WIDTH) " " (outer) } {
            style { (PreEscaped(STYLE)) }
            rect.page width=(WIDTH) height=(outer) {}
            svg x=(MARGIN) y=(MARGIN) width=(inner) height=(height) { (drawing) }
        }
    };
    file.into_string() + "\n"
}

/// Vertical lines at `ticks`, shares of the width with their labels.
fn axis<'a>(scale: Scale, bottom: u32, ticks: impl Iterator<Item = (f64, &'a str)>) -> Markup {
    html! {
        @for (share, label) in ticks {
            @let x = scale.place(share);
            line.grid x1=(x) x2=(x) y1="0" y2=(bottom) {}
            text.tick x=(x) y=(bottom + 17) text-anchor="middle" { (label) }
        }
    }
}
