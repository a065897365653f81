//! Figures as inline SVG: fixed heights and type sizes, horizontal places in percent of the width, so that a figure is as
//! legible on a phone as on paper. Colours come from the style sheet of the page.

mod bars;
mod forest;
mod scale;

pub(crate) use bars::{SERIES, bars, key};
pub(crate) use forest::forest;

use maud::{Markup, html};

pub(crate) use scale::Scale;

/// Characters of a method's name beside a value.
const LABEL: usize = 30;

/// The frame of a figure: an image with a name and a description for those who cannot see it.
pub(crate) fn frame(id: &str, height: u32, [title, description]: [&str; 2], body: &Markup) -> Markup {
    html! {
        svg.chart id=(id) role="img" width="100%" height=(height)
            aria-labelledby={ (id) "-title " (id) "-desc" } xmlns="http://www.w3.org/2000/svg" {
            title id={ (id) "-title" } { (title) }
            desc id={ (id) "-desc" } { (description) }
            (body)
        }
    }
}

/// Vertical lines at the ticks of `scale` down to `bottom`, and their values below.
fn grid(scale: &Scale, bottom: u32) -> Markup {
    html! {
        @for tick in scale.ticks() {
            @let x = scale.place(tick);
            line.grid x1=(x) x2=(x) y1="0" y2=(bottom) {}
            text.tick x=(x) y=(bottom + 17) text-anchor="middle" { (format!("{:.0}", tick * 100.0)) }
        }
    }
}
