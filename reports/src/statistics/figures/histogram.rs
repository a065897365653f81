//! Figure 3: how long prefixes are, in tokens (R143).

use bench::stats::{Component, TokenStatistics};
use maud::html;

use super::{Figure, axis, file};
use crate::figure::Scale;
use crate::render::number;
use crate::text::Shown;

/// Height of the highest bar, in pixels.
const HEIGHT: u32 = 220;
const TOP: u32 = 22;
const AXIS: u32 = 26;
/// Input windows that the paper marks, those within the axis.
const WINDOWS: [u64; 2] = [512, 2048];

/// The left panel of the figure; none if nothing was counted.
pub(super) fn histogram(tokens: &TokenStatistics) -> Option<Figure> {
    let histogram = &tokens.prefixes;
    let (bins, end) = (histogram.bins.len(), histogram.end as f64);
    let most = *histogram.bins.iter().max().filter(|most| **most > 0)?;
    let median = tokens.components.get(&Component::Prefix)?.median;
    let scale = Scale::from_zero(std::iter::once(1.0), [1.5, 98.5]);
    let bottom = TOP + HEIGHT;
    let labels: Vec<(f64, String)> = scale.ticks().map(|tick| (tick, number::decimal(tick * end, 0))).collect();
    let left = |bin: usize| bin as f64 / bins as f64;
    let body = html! {
        (axis(scale, bottom, labels.iter().map(|(tick, label)| (*tick, label.as_str()))))
        @for (bin, count) in histogram.bins.iter().enumerate().filter(|(_, count)| **count > 0) {
            @let height = f64::from(HEIGHT) * *count as f64 / most as f64;
            rect.bar x=(scale.place(left(bin))) width=(scale.width([left(bin), left(bin + 1)]))
                y=(format!("{:.2}", f64::from(bottom) - height)) height=(format!("{height:.2}")) {}
        }
        @for window in WINDOWS {
            @let x = scale.place(window as f64 / end);
            line.window x1=(x) x2=(x) y1=(TOP) y2=(bottom) {}
            text.value x=(x) dx="4" y=(TOP + 10) { (number::count(window)) }
        }
        @let x = scale.place(median / end);
        line.median x1=(x) x2=(x) y1="4" y2=(bottom) {}
        text.label x=(x) dx="6" y="14" { "median " (number::decimal(median, 0)) }
    };
    let title = "Figure 3, left: tokens of static prefixes".to_owned();
    let total = histogram.bins.iter().sum::<u64>() + histogram.beyond;
    let description = format!(
        "{} prefixes, median {} tokens, {} longer than {} tokens",
        number::count(total),
        number::decimal(median, 0),
        number::count(histogram.beyond),
        number::count(histogram.end)
    );
    let svg = file("prefix-tokens", bottom + AXIS, [&title, &description], &body);
    let notes = vec![
        format!(
            "{description}; counted by the tokenizer of {}. The paper's median is 224.",
            Shown::name(&tokens.tokenizer)
        ),
        "The right panel, with resolved context, is not drawn: a release holds no contexts.".to_owned(),
    ];
    Some(Figure { file: "figure-3.svg", title, notes, svg })
}
