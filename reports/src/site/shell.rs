//! The one page of a site: its frame. Everything else is put into it by the site's script.

use maud::{DOCTYPE, html};

use crate::board::Board;

/// What the page may do: run its own scripts and apply its own style, from its own server or the folder it lies in.
/// Nothing of another host, no form, no frame, no request.
const POLICY: &str = "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file:; \
                      base-uri 'none'; form-action 'none'";

/// `index.html` of `board`. `summary` is the page that says the same without scripts, by its path.
pub(super) fn page(board: &Board, summary: &str) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { (board.title) }
                link rel="icon" href="site/icon.svg";
                link rel="stylesheet" href="site/site.css";
                script src="site/app.js" {}
                script src="site/data/board.js" {}
            }
            body {
                a.skip href="#main" { "Skip to the results" }
                header.page {
                    div.bar {
                        p.eyebrow { (board.title) }
                        button.theme type="button" hidden { "Dark" }
                    }
                    nav.site aria-label="Pages" {
                        a href="#/" data-views="suite compare tasks task repo" { "Leaderboard" }
                        a href="#/methods" data-views="methods method" { "Methods" }
                        a href="#/figures" data-views="figures" { "Figures" }
                        a href="#/notes" data-views="notes" { "Notes" }
                    }
                }
                aside.warnings aria-label="Warnings" hidden {}
                main id="main" tabindex="-1" {
                    h1 { (board.title) }
                    noscript {
                        p { "These pages need scripts. " a href=(summary) { "A page without scripts" } " has the main tables." }
                    }
                }
            }
        }
    };
    let mut text = page.into_string();
    text.push('\n');
    text
}
