//! Tests and production code by the profile `strict` (R40).

use bench::RepoPath;
use ruff_python_ast::{Expr, Stmt, StmtClassDef};

use crate::rules;
use crate::syntax::{Module, push_bodies};

/// Folders that hold tests.
const FOLDERS: [&str; 3] = ["test", "tests", "testing"];

/// Whether a Python file is a test file: by its path, or because it imports pytest or unittest and defines a test. One
/// that Python 3.12 does not parse counts as one if it may be one: a broken version does not end the state of a test
/// file (Q30), nor shows its text as production code.
pub(crate) fn is_test(path: &RepoPath, text: &str) -> bool {
    is_test_path(path) || is_test_content(text)
}

/// The path half of R40: whole names instead of the letters "test" anywhere (Q34).
pub(crate) fn is_test_path(path: &RepoPath) -> bool {
    let name = path.file_name();
    let stem = name.strip_suffix(".py").unwrap_or("");
    let named = stem.starts_with("test_") || stem.ends_with("_test") || name == "conftest.py";
    named || rules::folders(path).any(|folder| FOLDERS.contains(&folder))
}

/// Whether the file at `path` is production code, unless its content makes it a test.
pub(crate) fn is_production(path: &RepoPath) -> bool {
    rules::is_production(path) && !is_test_path(path)
}

/// Whether `text` imports `unittest` or a part of it.
pub(crate) fn imports_unittest(text: &str) -> bool {
    text.contains("unittest") && Module::parse(text).is_some_and(|module| Evidence::of(&module).unittest)
}

fn is_test_content(text: &str) -> bool {
    let mentioned = text.contains("pytest") || text.contains("unittest");
    mentioned
        && may_define_test(text)
        && Module::parse(text).is_none_or(|module| {
            let Evidence { pytest, unittest, test } = Evidence::of(&module);
            (pytest || unittest) && test
        })
}

/// Whether `text` may hold what makes a test, without parsing it. Names are written in many ways beyond ASCII.
fn may_define_test(text: &str) -> bool {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\x0c' | b'\\' | b'\r' | b'\n');
    let behind_def = |at: usize| {
        let before = &text.as_bytes()[..at];
        let end = before.iter().rposition(|byte| !is_blank(byte)).map_or(0, |last| last + 1);
        end < at && before[..end].ends_with(b"def")
    };
    !text.is_ascii() || text.contains("TestCase") || memchr::memmem::find_iter(text.as_bytes(), "test").any(behind_def)
}

/// What the statements of a module say about tests, at any nesting.
#[derive(Default)]
struct Evidence {
    /// `pytest` is imported.
    pytest: bool,
    /// `unittest` is imported.
    unittest: bool,
    /// A function is named `test…`, or a class has a base named `…TestCase`.
    test: bool,
}

impl Evidence {
    fn of(module: &Module<'_>) -> Self {
        let mut evidence = Self::default();
        let mut blocks: Vec<&[Stmt]> = vec![&module.tree().body];
        while let Some(block) = blocks.pop() {
            for stmt in block {
                match stmt {
                    Stmt::Import(node) => node.names.iter().for_each(|alias| evidence.import(&alias.name)),
                    Stmt::ImportFrom(node) if node.level == 0 => {
                        node.module.iter().for_each(|module| evidence.import(module));
                    }
                    Stmt::FunctionDef(def) => evidence.test |= def.name.starts_with("test"),
                    Stmt::ClassDef(def) => evidence.test |= is_test_case(def),
                    _ => {}
                }
                push_bodies(stmt, &mut blocks);
            }
        }
        evidence
    }

    fn import(&mut self, path: &str) {
        let root = path.split('.').next().unwrap_or(path);
        self.pytest |= root == "pytest";
        self.unittest |= root == "unittest";
    }
}

fn is_test_case(def: &StmtClassDef) -> bool {
    def.arguments.iter().flat_map(|arguments| &arguments.args).any(|base| match base {
        Expr::Name(name) => name.id.ends_with("TestCase"),
        Expr::Attribute(attribute) => attribute.attr.ends_with("TestCase"),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_make_a_test() {
        let is = |path: &str| is_test_path(&RepoPath::new(path).unwrap());
        let yes = ["test_a.py", "a/a_test.py", "conftest.py", "tests/a.py", "a/testing/b/c.py", "test/readme.md"];
        assert!(yes.iter().all(|path| is(path)));
        let no = ["latest/a.py", "attest.py", "testa.py", "a_tests.py", "contest/a.py", "test_data.json", "tests"];
        assert!(!no.iter().any(|path| is(path)));
    }

    #[test]
    fn content_needs_an_import_and_a_test() {
        for text in
            ["import pytest\ndef testfoo(): pass\n", "from unittest.mock import x\nclass A:\n  def test_a(self): 0\n"]
        {
            assert!(is_test_content(text), "{text}");
        }
        let case = "if a:\n  import unittest as u\nclass A(u.IsolatedAsyncioTestCase): pass\n";
        assert!(is_test_content(case) && imports_unittest(case));
        assert!(
            is_test_content("import pytest\ndef \\\n test(): 0\n")
                && is_test_content("import pytest\ndef \u{1d42d}est(): 0\n")
        );
        for text in
            ["# import pytest\ndef test_a(): pass\n", "import pytest\ndef check(): pass\n", "class TestA: pass\n"]
        {
            assert!(!is_test_content(text), "{text}");
        }
        assert!(!imports_unittest("from .unittest import x\n"));
    }
}
