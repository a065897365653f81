//! What plots are painted on: pixels of a drawing area, with one font, one palette and one scale.

use std::sync::Once;

use plotters::coord::Shift;
use plotters::drawing::DrawingAreaErrorKind;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// The result of painting on the backend `D`.
pub(super) type Painted<D> = Result<(), DrawingAreaErrorKind<<D as DrawingBackend>::ErrorType>>;

/// Colours that people with any colour vision tell apart (Okabe and Ito), darkest first so that prints keep an order.
pub(super) const COLOURS: [RGBColor; 8] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(230, 159, 0),
    RGBColor(90, 90, 90),
    RGBColor(190, 175, 30),
];
pub(super) const INK: RGBColor = RGBColor(28, 27, 26);
pub(super) const SOFT: RGBColor = RGBColor(92, 88, 83);
pub(super) const GRID: RGBColor = RGBColor(222, 218, 211);

/// The name under which the font is known to plotters, and that SVG files ask for.
const FONT: &str = "sans-serif";

/// Where a text stands relative to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Left,
    Middle,
    Right,
}

/// A drawing area whose coordinates are those of the plot: multiplied by `scale` they are pixels.
pub(super) struct Canvas<'a, D: DrawingBackend> {
    pub(super) area: &'a DrawingArea<D, Shift>,
    pub(super) scale: f64,
}

impl<D: DrawingBackend> Canvas<'_, D> {
    /// `value` of the plot in pixels.
    #[expect(clippy::cast_possible_truncation, reason = "plots have a few thousand pixels")]
    pub(super) fn pixels(&self, value: f64) -> i32 {
        (value * self.scale).round() as i32
    }

    /// `size` of the plot in pixels, at least one.
    #[expect(clippy::cast_sign_loss, reason = "sizes are positive")]
    pub(super) fn size(&self, size: f64) -> u32 {
        self.pixels(size).max(1) as u32
    }

    fn point(&self, (x, y): (f64, f64)) -> (i32, i32) {
        (self.pixels(x), self.pixels(y))
    }

    /// A filled rectangle from one corner to the opposite one.
    pub(super) fn bar(&self, from: (f64, f64), to: (f64, f64), colour: RGBAColor) -> Painted<D> {
        let corners = [self.point(from), self.point(to)];
        self.area.draw(&Rectangle::new(corners, colour.filled()))
    }

    /// A line through `points`, `width` wide.
    pub(super) fn line(&self, points: &[(f64, f64)], colour: RGBColor, width: f64) -> Painted<D> {
        let points: Vec<(i32, i32)> = points.iter().map(|point| self.point(*point)).collect();
        self.area.draw(&PathElement::new(points, colour.stroke_width(self.size(width))))
    }

    /// A line of dashes from `from` to `to`.
    pub(super) fn dashes(&self, from: (f64, f64), to: (f64, f64), colour: RGBColor, width: f64) -> Painted<D> {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let at = |along: f64| (from.0 + (to.0 - from.0) * along / length, from.1 + (to.1 - from.1) * along / length);
        let mut start = 0.0;
        while start < length {
            self.line(&[at(start), at((start + 5.0).min(length))], colour, width)?;
            start += 9.0;
        }
        Ok(())
    }

    /// A dot; every series has another shape, so that prints without colour keep them apart.
    pub(super) fn mark(&self, at: (f64, f64), series: usize, radius: f64) -> Painted<D> {
        let colour = colour(series);
        let (x, y) = at;
        match (series + series / COLOURS.len()) % 4 {
            0 => self.area.draw(&Circle::new(self.point(at), self.size(radius), colour.filled())),
            1 => self.bar((x - radius * 0.9, y - radius * 0.9), (x + radius * 0.9, y + radius * 0.9), colour.to_rgba()),
            2 => {
                let corners = [(x, y - radius * 1.2), (x + radius * 1.1, y + radius), (x - radius * 1.1, y + radius)];
                self.polygon(&corners, colour)
            }
            _ => {
                let corners =
                    [(x, y - radius * 1.3), (x + radius * 1.3, y), (x, y + radius * 1.3), (x - radius * 1.3, y)];
                self.polygon(&corners, colour)
            }
        }
    }

    fn polygon(&self, corners: &[(f64, f64)], colour: RGBColor) -> Painted<D> {
        let corners: Vec<(i32, i32)> = corners.iter().map(|corner| self.point(*corner)).collect();
        self.area.draw(&Polygon::new(corners, colour))
    }

    /// `text` at a point, vertically centred on it.
    pub(super) fn text(&self, text: &str, at: (f64, f64), anchor: Anchor, size: f64, colour: RGBColor) -> Painted<D> {
        if text.is_empty() {
            return Ok(());
        }
        let place = match anchor {
            Anchor::Left => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::Right => HPos::Right,
        };
        let style = font(size * self.scale).color(&colour).pos(Pos::new(place, VPos::Center));
        self.area.draw(&Text::new(text.to_owned(), self.point(at), style))
    }
}

/// The colour of the series at `index`.
pub(super) const fn colour(index: usize) -> RGBColor {
    COLOURS[index % COLOURS.len()]
}

/// The one font, in `size` pixels.
pub(super) fn font(size: f64) -> FontDesc<'static> {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        let found = plotters::style::register_font(FONT, FontStyle::Normal, dejavu::sans::regular());
        assert!(found.is_ok(), "the font of the crate can be read");
    });
    (FONT, size).into_font()
}

/// `text` cut to `limit` characters, with an ellipsis in its middle.
pub(super) fn shortened(text: &str, limit: usize) -> String {
    let length = text.chars().count();
    if length <= limit {
        return text.to_owned();
    }
    let tail = limit.saturating_sub(1) / 2;
    let head = limit.saturating_sub(1) - tail;
    text.chars().take(head).chain(std::iter::once('…')).chain(text.chars().skip(length - tail)).collect()
}
