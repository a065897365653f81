//! Which nodes are assertions, and where each is cut into prefix and target (R46–R58).
//!
//! One file a family. Each family sees a [`Site`] and answers with the pieces of its target; this module decides who
//! is asked (R47) and joins the pieces.

mod bare;
mod pytest;
mod star;
mod unittest;

use bench::{AssertionKind, pytext};

use crate::syntax::{Call, Callee, Receiver, Site, Span};

/// An assertion of a file, not yet filtered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// The published type.
    pub(crate) kind: AssertionKind,
    /// First byte of the assertion node.
    pub(crate) start: u32,
    /// First byte of the node at which the source is cut.
    pub(crate) cut: u32,
    /// What a model is asked for, collapsed if it held a line feed (R58).
    pub(crate) target: String,
    /// Whether it did.
    pub(crate) multiline: bool,
}

/// What a family makes of a node: the kind, the node to cut at, and the target as written.
struct Found {
    kind: AssertionKind,
    cut: Span,
    target: String,
}

/// The assertion at `site` of `text`, if it is one. At most one family takes a node (R47).
pub(crate) fn find(site: &Site, text: &str) -> Option<Candidate> {
    let (start, found) = match site {
        Site::Assert { start, comparator } => (*start, bare::find(*comparator, text)),
        Site::Call(call) => (call.start, dispatch(call, text)),
    };
    let Found { kind, cut, target } = found?;
    Candidate::new(kind, start, cut.start, target)
}

impl Candidate {
    /// The assertion at `start`, cut at `cut`, with `target` as written (R58); none if that is blank.
    pub(crate) fn new(kind: AssertionKind, start: u32, cut: u32, target: String) -> Option<Self> {
        let multiline = target.contains('\n');
        let target = if multiline { pytext::collapse(&target) } else { target };
        let blank = pytext::strip(&target).is_empty();
        (!blank).then_some(Self { kind, start, cut, target, multiline })
    }
}

fn dispatch(call: &Call, text: &str) -> Option<Found> {
    match &call.callee {
        Callee::Attribute(Receiver::Name(receiver), method) if receiver == "self" => {
            match AssertionKind::of_self_method(method) {
                Some(kind) => unittest::find(kind, call, text),
                None => star::find(call, text),
            }
        }
        Callee::Attribute(Receiver::Name(receiver), function) if receiver == "pytest" => match &**function {
            "raises" => pytest::find(AssertionKind::PytestRaises, call, text),
            "approx" => pytest::find(AssertionKind::PytestApprox, call, text),
            _ => star::find(call, text),
        },
        _ => star::find(call, text),
    }
}

/// The text of `span` with the closing parenthesis of its call; none if the segment is empty (Q13).
fn closed(kind: AssertionKind, span: Span, text: &str) -> Option<Found> {
    let segment = segment(span, text)?;
    Some(Found { kind, cut: span, target: format!("{segment})") })
}

fn segment(span: Span, text: &str) -> Option<&str> {
    Some(span.of(text)).filter(|segment| !segment.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{LineIndex, Module, Outline, both};

    const CORPUS: [&str; 3] = [
        include_str!("../../tests/corpus/bare.txt"),
        include_str!("../../tests/corpus/expressions.txt"),
        include_str!("../../tests/corpus/families.txt"),
    ];

    /// `kind line:column target-column target`, one line a pair, in walk order.
    fn listing(outline: &Outline, text: &str, lines: &LineIndex) -> String {
        let row = |found: Candidate| {
            let (line, column) = (lines.line(found.start), lines.column(found.start));
            format!("{} {line}:{column} {} {}\n", found.kind, lines.column(found.cut), found.target)
        };
        outline.sites.iter().filter_map(|site| find(site, text)).map(row).collect()
    }

    /// Title, source and expected listing of every case. CPython made the listings: see `tests/golden/make_walk.py`.
    fn cases() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
        CORPUS.iter().flat_map(|file| file.split("=== ").skip(1)).map(|case| {
            let (title, rest) = case.split_once('\n').unwrap();
            let at = rest.find("---\n").unwrap();
            (title, &rest[..at], rest[at + 4..].trim_end_matches('\n'))
        })
    }

    #[test]
    fn both_readers_list_what_cpython_lists() {
        let mut concrete_cases = 0;
        for (title, source, expected) in cases() {
            let Some(module) = Module::parse(source) else {
                assert_eq!(expected, "invalid", "{title}");
                continue;
            };
            let lines = LineIndex::new(source);
            let (concrete, other) = both(&module, &lines);
            assert_eq!(listing(&other, source, &lines).trim_end(), expected, "{title}, abstract tree");
            if let Some(concrete) = concrete {
                concrete_cases += 1;
                assert_eq!(concrete, other, "{title}, concrete tree");
            }
        }
        assert!(concrete_cases >= 12, "the concrete tree answered for {concrete_cases} cases");
    }
}
