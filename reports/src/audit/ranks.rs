//! Own among the adapters of others, a row a repository.

use bench::audit::Ranks;
use maud::{Markup, html};

use super::axis::Axis;
use super::parts::across;
use crate::figure::frame;
use crate::text::Shown;

const ROW: u32 = 26;
const AXIS: u32 = 40;
/// Repositories that are drawn at most; the table has all.
const DRAWN: usize = 60;

/// The figure: the mean rank of own over the tasks of each repository as a dot; the dashed line is chance.
pub(super) fn ranks(ranks: &Ranks) -> Markup {
    let drawn = ranks.repos.len().min(DRAWN);
    let bottom = ROW * u32::try_from(drawn).unwrap_or(0);
    let x = Axis::around([1.0, f64::from(ranks.candidates)].into_iter(), false);
    let body = html! {
        @for (value, text) in x.ticks() {
            @let at = across(x, value);
            line.grid x1=(at) x2=(at) y1="0" y2=(bottom) {}
            text.tick x=(at) y=(bottom + 17) text-anchor="middle" { (text) }
        }
        line.chance x1=(across(x, ranks.null)) x2=(across(x, ranks.null)) y1="0" y2=(bottom) {}
        @for (top, repo) in (0..).step_by(ROW as usize).zip(ranks.repos.iter().take(DRAWN)) {
            text.label x="0" y=(top + 17) { (Shown::name(repo.repo.as_str()).shortened(28)) }
            circle class={ "dot " (if repo.by_task < ranks.null { "best" } else { "behind" }) }
                cx=(across(x, repo.by_task)) cy=(top + 13) r="5" {}
        }
        text.tick x="50%" y=(bottom + 34) text-anchor="middle" { "mean rank of the own adapter, 1 is best" }
    };
    let description = format!(
        "mean rank {:.2} of {}, {:.1} by chance; own wins {:.1} % of the tasks, {:.1} % by chance",
        ranks.mean,
        ranks.candidates,
        ranks.null,
        100.0 * ranks.wins,
        100.0 * ranks.wins_null
    );
    frame("ranks", bottom + AXIS, ["Own among other repositories", &description], &body)
}
