//! Which of the two readers an outline comes from.

use bench::python::Parser;

use super::lines::LineIndex;
use super::module::Module;
use super::outline::Outline;
use super::{abstract_tree, concrete};

/// The tree that an outline was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The concrete tree of the pinned grammar.
    Concrete,
    /// The abstract tree, because the pinned grammar does not cover the text, or would take too much.
    Abstract,
}

impl Outline {
    /// The outline of `module`, whose lines are `lines`.
    pub(crate) fn read(module: &Module<'_>, lines: &LineIndex, parser: &mut Parser) -> (Self, Reader) {
        let tree = parser.parse_soon(module.text());
        match tree.and_then(|tree| concrete::outline(&tree, module.text(), lines)) {
            Some(outline) => (outline, Reader::Concrete),
            None => (abstract_tree::outline(module, lines), Reader::Abstract),
        }
    }
}

/// The outline of either reader, for tests that hold them against each other.
#[cfg(test)]
pub(crate) fn both(module: &Module<'_>, lines: &LineIndex) -> (Option<Outline>, Outline) {
    let tree = Parser::new().parse(module.text());
    (concrete::outline(&tree, module.text(), lines), abstract_tree::outline(module, lines))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Pieces that change how the text around them is read.
    const PIECES: [&str; 44] = [
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ", ",
        ":",
        "=",
        " == ",
        " := ",
        "*",
        "**",
        "-",
        "@",
        ".",
        "; ",
        "\n",
        "    ",
        " not ",
        " in ",
        " and ",
        " or ",
        " is ",
        " if a else ",
        " for a in b ",
        "lambda: ",
        "lambda a, *b: ",
        "await ",
        "yield ",
        "print ",
        "exec ",
        "match ",
        "type ",
        "assert ",
        "async ",
        "self.assertTrue(x)",
        "assert_x(*y)",
        "f\"{",
        "}\"",
        " as b",
        "# c\n",
        "\\\n",
    ];

    /// The sources of the corpus, one after the other.
    fn sources() -> Vec<&'static str> {
        let files = [
            include_str!("../../tests/corpus/bare.txt"),
            include_str!("../../tests/corpus/expressions.txt"),
            include_str!("../../tests/corpus/families.txt"),
        ];
        let cases = files.into_iter().flat_map(|file| file.split("=== ").skip(1));
        cases.filter_map(|case| Some(case.split_once('\n')?.1.split_once("---\n")?.0)).collect()
    }

    /// `source` with one of its lines, or all of them, changed by insertions and deletions.
    fn changed(source: &str, line: prop::sample::Index, edits: &[(prop::sample::Index, Option<usize>)]) -> String {
        let lines: Vec<&str> = source.lines().filter(|line| !line.trim().is_empty()).collect();
        let mut text: Vec<char> = lines[line.index(lines.len())].trim_start().chars().collect();
        for (at, piece) in edits {
            let at = at.index(text.len() + 1);
            match piece {
                Some(piece) => drop(text.splice(at..at, PIECES[*piece].chars())),
                None => drop(text.drain(at.min(text.len())..(at + 1).min(text.len()))),
            }
        }
        let text: String = text.into_iter().collect();
        let body = if text.trim_end().ends_with(':') { " pass" } else { "" };
        format!("async def f():\n    {text}{body}\n")
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

        /// Whatever is valid, the readers read alike; nothing panics.
        #[test]
        fn readers_agree_on_changed_lines(
            source in prop::sample::select(sources()),
            line: prop::sample::Index,
            edits in prop::collection::vec((any::<prop::sample::Index>(), prop::option::weighted(0.8, 0..PIECES.len())), 0..5),
        ) {
            let text = changed(source, line, &edits);
            if let Some(module) = Module::parse(&text) {
                let (concrete, other) = both(&module, &LineIndex::new(&text));
                if let Some(concrete) = concrete {
                    prop_assert_eq!(concrete, other, "{}", text);
                }
            }
        }
    }

    /// The readers agree on every golden source, and the concrete one answers for nearly all of them.
    #[test]
    fn readers_agree_on_golden_sources() {
        let (mut concrete_files, mut files) = (0, 0);
        for line in include_str!("../../tests/golden/extract.jsonl").lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = row["source"].as_str().unwrap();
            let Some(module) = Module::parse(text) else { continue };
            let (concrete, other) = both(&module, &LineIndex::new(text));
            files += 1;
            if let Some(concrete) = concrete {
                concrete_files += 1;
                assert_eq!(concrete, other, "{}", row["id"]);
            }
        }
        assert!(concrete_files * 10 >= files * 9, "{concrete_files} of {files}");
    }
}
