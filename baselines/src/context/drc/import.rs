//! Import statements: what they name and what they bind (M104, M105).

use ruff_python_ast::{Alias, Identifier, Stmt, StmtImport, StmtImportFrom};

/// An import statement; each name of a plain `import` is one of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    /// Leading dots.
    pub(super) level: u32,
    /// The dotted module; empty after `from .`.
    pub(super) module: String,
    /// What is taken from it.
    pub(super) taken: Taken,
}

/// What an import takes from its module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Taken {
    /// `from module import names`.
    Names(Vec<Named>),
    /// `import module`, with the text that the module's attributes are read from: its name, or its alias.
    Module(String),
}

/// A name of a `from` import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// What it is called in the module.
    pub(super) name: String,
    /// What it is called in the importing file.
    pub(super) bound: String,
}

impl Named {
    /// Those of `aliases`.
    pub(super) fn all(aliases: &[Alias]) -> Vec<Self> {
        let named = |alias: &Alias| Self {
            name: alias.name.to_string(),
            bound: alias.asname.as_ref().unwrap_or(&alias.name).to_string(),
        };
        aliases.iter().map(named).collect()
    }
}

impl Import {
    /// The imports that `stmt` is; none if it is no import.
    pub(super) fn of(stmt: &Stmt) -> Vec<Self> {
        match stmt {
            Stmt::Import(StmtImport { names, .. }) => {
                let plain = |alias: &Alias| Self::plain(&alias.name, alias.asname.as_ref().map(Identifier::as_str));
                names.iter().map(plain).collect()
            }
            Stmt::ImportFrom(StmtImportFrom { module, names, level, .. }) => {
                let module = module.as_ref().map(ToString::to_string).unwrap_or_default();
                vec![Self { level: *level, module, taken: Taken::Names(Named::all(names)) }]
            }
            _ => Vec::new(),
        }
    }

    /// `import module as alias`.
    pub(super) fn plain(module: &str, alias: Option<&str>) -> Self {
        let bound = alias.unwrap_or(module).to_owned();
        Self { level: 0, module: module.to_owned(), taken: Taken::Module(bound) }
    }

    /// The imports on the one line `line`, as a search by pattern finds them; none if it holds none (M104).
    pub(super) fn on_line(line: &str) -> Vec<Self> {
        let line = bench::pytext::strip(line.split('#').next().unwrap_or(line));
        if let Some(rest) = line.strip_prefix("from ").map(bench::pytext::strip_start) {
            let Some((module, names)) = rest.split_once(" import") else { return Vec::new() };
            let module = bench::pytext::strip(module);
            let stem = module.trim_start_matches('.');
            let level = u32::try_from(module.len() - stem.len()).unwrap_or(u32::MAX);
            let names = names.trim_matches(|c: char| bench::pytext::is_space(c) || matches!(c, '(' | ')' | '\\' | ';'));
            let named = |part| {
                let (name, alias) = alias(part)?;
                Some(Named { name: name.to_owned(), bound: alias.unwrap_or(name).to_owned() })
            };
            let names: Vec<Named> = names.split(',').filter_map(named).collect();
            let fits = !names.is_empty() && (stem.is_empty() || is_dotted(stem)) && !module.is_empty();
            return fits
                .then(|| Self { level, module: stem.to_owned(), taken: Taken::Names(names) })
                .into_iter()
                .collect();
        }
        let Some(rest) = line.strip_prefix("import ") else { return Vec::new() };
        rest.split(',').filter_map(alias).filter(|(name, _)| is_dotted(name)).map(|(m, a)| Self::plain(m, a)).collect()
    }
}

/// Name and alias in `name as alias`.
fn alias(part: &str) -> Option<(&str, Option<&str>)> {
    let mut words = bench::pytext::words(part);
    let name = words.next()?;
    match (words.next(), words.next()) {
        (Some("as"), Some(alias)) => Some((name, Some(alias))),
        (None, _) => Some((name, None)),
        _ => None,
    }
}

fn is_dotted(name: &str) -> bool {
    name.split('.').all(bench::pytext::is_identifier)
}

#[cfg(test)]
mod tests {
    use bench::python::AbstractTree;

    use super::*;

    fn written(import: &Import) -> String {
        let dots = ".".repeat(import.level as usize);
        match &import.taken {
            Taken::Module(bound) => format!("import {dots}{} as {bound}", import.module),
            Taken::Names(names) => {
                let names: Vec<String> =
                    names.iter().map(|named| format!("{} as {}", named.name, named.bound)).collect();
                format!("from {dots}{} import {}", import.module, names.join(", "))
            }
        }
    }

    #[test]
    fn statements_and_lines_are_read_alike() {
        let cases = [
            ("import a", vec!["import a as a"]),
            ("import a.b as c, d.e", vec!["import a.b as c", "import d.e as d.e"]),
            ("from a.b import c, d as e", vec!["from a.b import c as c, d as e"]),
            ("from . import a", vec!["from . import a as a"]),
            ("from ..a import (b, c)  # why", vec!["from ..a import b as b, c as c"]),
            ("from a import *", vec!["from a import * as *"]),
            ("x = 'import a'", vec![]),
        ];
        for (line, expected) in cases {
            let tree = AbstractTree::module(line).unwrap();
            let read: Vec<Import> = tree.root().body.iter().flat_map(Import::of).collect();
            assert_eq!(read.iter().map(written).collect::<Vec<_>>(), expected, "{line}");
            assert_eq!(Import::on_line(line), read, "{line}");
            assert_eq!(Import::on_line(&format!("    {line}\n")), read, "{line}");
        }
    }

    #[test]
    fn m104_of_broken_lines_only_what_is_whole_is_seen() {
        for line in
            ["import", "from a import", "from a import (", "from import b", "import 3", "fromage import b", "from"]
        {
            assert_eq!(Import::on_line(line), [], "{line}");
        }
        assert_eq!(
            Import::on_line("from a import b, c d").iter().map(written).collect::<Vec<_>>(),
            ["from a import b as b"]
        );
    }
}
