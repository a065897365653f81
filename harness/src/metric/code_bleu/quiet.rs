//! Texts that plainly have no data flow, as most targets: nothing is assigned, and no name is met again.

use bench::python::{Place, Syntax};

use super::leaf::is_token;

/// More variables are left to the walk.
const FEW: usize = 24;

/// Whether no edge of `text`, whose tree is `syntax`, can have a source; if false, one may or may not.
///
/// Only looked for where columns in bytes are characters (S63) and every token has a place of its own (S54).
pub(super) fn is_quiet(syntax: &Syntax, text: &str) -> bool {
    if !text.is_ascii() || text.contains('\n') {
        return false;
    }
    let flows = |node: usize| {
        let node = &syntax.nodes()[node];
        node.place != Place::Other || node.kind == "while_statement"
    };
    let mut seen = [""; FEW];
    let mut count = 0;
    let mut node = 0;
    while node < syntax.nodes().len() {
        if flows(node) {
            return false;
        }
        if !is_token(syntax, node) {
            node += 1;
            continue;
        }
        let read = &syntax.nodes()[node];
        let token = text.get(read.start.column..read.end.column).unwrap_or_default();
        if token != read.kind {
            if token.is_empty() || count == FEW || seen[..count].contains(&token) {
                return false;
            }
            seen[count] = token;
            count += 1;
        }
        node = syntax.after(node);
    }
    true
}
