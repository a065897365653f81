//! Pieces that several figures and tables share.

use bench::audit::Effect;
use maud::{Markup, html};

use super::axis::Axis;
use crate::render::number::NONE;

/// The left and right ends of plots, in percent of the width.
const ENDS: [f64; 2] = [9.0, 98.0];
/// Pixels above the plot.
pub(super) const TOP: u32 = 8;

/// The horizontal place of `value` on `axis`.
pub(super) fn across(axis: Axis, value: f64) -> String {
    format!("{:.3}%", ENDS[0] + axis.place(value) * (ENDS[1] - ENDS[0]))
}

/// The vertical place of `value` on `axis`, which is `height` pixels high.
pub(super) fn down(axis: Axis, height: u32, value: f64) -> String {
    format!("{:.2}", f64::from(TOP) + (1.0 - axis.place(value)) * f64::from(height))
}

/// The lines and numbers of both axes of a plot that is `height` pixels high, and the names of the axes.
pub(super) fn axes((x, y): (Axis, Axis), height: u32, [name_x, name_y]: [&str; 2]) -> Markup {
    let bottom = TOP + height;
    html! {
        @for (value, text) in x.ticks() {
            @let at = across(x, value);
            line.grid x1=(at) x2=(at) y1=(TOP) y2=(bottom) {}
            text.tick x=(at) y=(bottom + 17) text-anchor="middle" { (text) }
        }
        @for (value, text) in y.ticks() {
            @let at = down(y, height, value);
            line.grid x1=(across(x, x.ticks().next().map_or(0.0, |tick| tick.0))) x2={ (ENDS[1]) "%" } y1=(at) y2=(at) {}
            text.tick x={ (ENDS[0] - 1.0) "%" } y=(at) dy="4" text-anchor="end" { (text) }
        }
        text.tick x="50%" y=(bottom + 36) text-anchor="middle" { (name_x) }
        text.tick x="0" y=(TOP + 4) { (name_y) }
    }
}

/// `+0.0123`, or a dash.
pub(super) fn signed(value: Option<f64>) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| format!("{:+.4}", value + 0.0))
}

/// A number with so many decimals, or a dash.
pub(super) fn fixed(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| format!("{:.decimals$}", value + 0.0))
}

/// `[-0.02, +0.01]`, or nothing.
pub(super) fn interval(bounds: Option<[f64; 2]>) -> String {
    bounds.map_or_else(String::new, |[low, high]| format!("[{:+.4}, {:+.4}]", low + 0.0, high + 0.0))
}

/// The p-value, corrected where it was.
pub(super) fn p(effect: &Effect) -> String {
    effect
        .p_holm
        .or(effect.p)
        .map_or_else(|| NONE.to_owned(), |p| if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") })
}

/// A table in a frame that scrolls sideways: a caption, headings, and rows whose first cell names them.
pub(super) fn table(caption: &str, headings: &[&str], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table {
                caption { (caption) }
                thead { tr { @for heading in headings { th scope="col" { (heading) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (at, cell) in row.iter().enumerate() {
                                @if at == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A text as a cell.
pub(super) fn cell(text: impl AsRef<str>) -> Markup {
    html! { (text.as_ref()) }
}

/// An effect as a cell: its mean with the interval over repositories below.
pub(super) fn effect(effect: &Effect) -> Markup {
    html! { span.mean { (signed(effect.mean)) } span.interval { (interval(effect.cluster)) } }
}
