//! Resolution over a fixture repository (M239).

use bench::{CommitId, RepoId, RepoPath};

use super::*;

/// Files of one commit, by path; those below `tests/` are test files.
pub(super) fn files(texts: &[(&str, &str)]) -> Vec<SourceFile> {
    let file = |(path, text): &(&str, &str)| SourceFile {
        repo: RepoId::new("a/b").unwrap(),
        commit: CommitId::new("0".repeat(40)).unwrap(),
        path: RepoPath::new(*path).unwrap(),
        role: if path.starts_with("tests/") { Role::Test } else { Role::Production },
        text: (*text).to_owned(),
    };
    let mut files: Vec<SourceFile> = texts.iter().map(file).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

const FIXTURE: &[(&str, &str)] = &[
    ("src/shop/__init__.py", "from .cart import Cart, Basket as Bag\nfrom .deep import deepest\nVERSION = '1'\n"),
    ("src/shop/cart.py", "class Cart:\n    def total(self): return 0\n\nclass Basket: pass\n"),
    ("src/shop/prices.py", "def price(good):\n    return 3\n\ndef tax(good):\n    return 1\n"),
    ("src/shop/deep/__init__.py", "from .inner.core import deepest\n"),
    ("src/shop/deep/inner/core.py", "def deepest(): return 'core'\n"),
    ("tools/run.py", "def run(): return 1\n"),
    ("tests/__init__.py", ""),
    ("tests/conftest.py", "def client(): return 'client'\n"),
    ("tests/support/__init__.py", ""),
    ("tests/support/fakes.py", "def fake(): return 'fake'\n"),
    ("tests/unit/test_shop.py", ""),
];

const PATH: &str = "tests/unit/test_shop.py";

/// Sources and first lines of the blocks for a test that begins with `imports` and asserts on `used`.
fn blocks(imports: &str, used: &str, scope: Scope, rules: Rules, test_helpers: bool) -> Vec<String> {
    let prefix = format!("{imports}\n\ndef test_it():\n    assert ");
    let whole = format!("{prefix}{used}\n");
    let read = match scope {
        Scope::Prefix => whole.trim_end().to_owned() + " == ",
        Scope::Function => prefix.clone(),
    };
    let texts: Vec<(&str, &str)> =
        FIXTURE.iter().map(|&(path, text)| (path, if path == PATH { whole.as_str() } else { text })).collect();
    let files = files(&texts);
    let view = RepoView { repo: files[0].repo.clone(), commit: files[0].commit.clone(), files };
    let settings = DrcSettings {
        scope,
        rules,
        test_helpers,
        budget_tokens: 4096,
        rest_of_tokens: None,
        whole_blocks_within: None,
        best: crate::context::Best::First,
    };
    let mut drc = Drc::new(settings).unwrap();
    drc.enter(&view).unwrap();
    let (path, line) = (RepoPath::new(PATH).unwrap(), u32::try_from(whole.lines().count()).unwrap());
    let question = Question { repo: &view.repo, path: &path, line, column: 4, commit_index: None, prefix: &read };
    let two = |text: String| text.lines().take(2).collect::<Vec<_>>().join(" | ").replacen("# Source: ", "", 1);
    drc.extraction(question, &view).into_iter().map(two).collect()
}

fn published(imports: &str, used: &str) -> Vec<String> {
    blocks(imports, used, Scope::Function, Rules::Published, true)
}

fn repaired(imports: &str, used: &str) -> Vec<String> {
    blocks(imports, used, Scope::Prefix, Rules::Repaired, true)
}

#[test]
fn m107_absolute_imports_are_found_below_source_roots() {
    for of in [published, repaired] {
        assert_eq!(of("from shop.prices import price, tax", "price(1)"), ["src/shop/prices.py | def price(good):"]);
        assert_eq!(of("from src.shop.prices import tax", "tax(1)"), ["src/shop/prices.py | def tax(good):"]);
        assert_eq!(of("from numpy import array\nimport os.path", "array(os.path)"), [""; 0]);
        assert_eq!(of("from shop.absent import thing", "thing"), [""; 0]);
        assert_eq!(of("from shop.prices import price", "other(1)"), [""; 0], "what is not used is not shown");
    }
}

#[test]
fn m107_relative_imports_count_from_the_test_file() {
    for of in [published, repaired] {
        assert_eq!(
            of("from ..support.fakes import fake", "fake()"),
            ["tests/support/fakes.py | def fake(): return 'fake'"]
        );
        assert_eq!(of("from ...tools.run import run", "run()"), ["tools/run.py | def run(): return 1"]);
        assert_eq!(of("from .....tools.run import run", "run()"), [""; 0]);
        assert_eq!(
            of("from conftest import client", "client()"),
            ["tests/conftest.py | def client(): return 'client'"]
        );
    }
}

#[test]
fn m102_test_helpers_are_followed_only_where_the_settings_say_so() {
    for (scope, rules) in [(Scope::Function, Rules::Published), (Scope::Prefix, Rules::Repaired)] {
        let of = |imports, used| blocks(imports, used, scope, rules, false);
        assert_eq!(of("from ..support.fakes import fake", "fake()"), [""; 0]);
        assert_eq!(of("from conftest import client", "client()"), [""; 0]);
        assert_eq!(of("from tools.run import run", "run()").len(), 1);
    }
}

#[test]
fn m107_reexports_of_packages_are_followed() {
    for of in [published, repaired] {
        assert_eq!(of("from shop import Cart", "Cart()"), ["src/shop/cart.py | class Cart:"]);
        assert_eq!(
            of("from shop import Cart, VERSION", "Cart() == VERSION"),
            ["src/shop/cart.py | class Cart:", "src/shop/__init__.py | VERSION = '1'"]
        );
    }
    // One level as published: the name is only mentioned in the next package.
    let next = ["src/shop/deep/__init__.py | from .inner.core import deepest"];
    assert_eq!(published("from shop import deepest", "deepest()"), next);
    let core = ["src/shop/deep/inner/core.py | def deepest(): return 'core'"];
    assert_eq!(repaired("from shop import deepest", "deepest()"), core);
    // An alias of a package is overlooked as published.
    assert_eq!(repaired("from shop import Bag", "Bag()"), ["src/shop/cart.py | class Basket: pass"]);
    assert_eq!(published("from shop import Bag", "Bag()")[0].split(" | ").next(), Some("src/shop/__init__.py"));
}

#[test]
fn m105_aliases_are_ignored_as_published_and_followed_if_repaired() {
    let (imports, used) = ("from shop.prices import price as cost", "cost(1)");
    assert_eq!(published(imports, used), [""; 0]);
    assert_eq!(repaired(imports, used), ["src/shop/prices.py | def price(good):"]);
}

#[test]
fn m107_plain_imports_contribute_only_if_repaired() {
    for (imports, used) in [
        ("import shop.prices", "shop.prices.tax(1)"),
        ("import shop.prices as p", "p.tax(1)"),
        ("import shop", "shop.prices.tax(1)"),
        ("from shop import prices", "prices.tax(1)"),
        ("from shop import prices as p", "p.tax(1)"),
    ] {
        assert_eq!(repaired(imports, used), ["src/shop/prices.py | def tax(good):"], "{imports}");
    }
    assert_eq!(published("import shop.prices", "shop.prices.tax(1)"), [""; 0]);
    assert_eq!(repaired("import shop", "shop.Cart().total()"), ["src/shop/cart.py | class Cart:"]);
}

#[test]
fn m108_a_file_is_used_up_by_its_first_import_as_published() {
    let (imports, used) = ("from shop.prices import tax\nfrom shop.prices import price", "price(1)");
    assert_eq!(published(imports, used), [""; 0]);
    assert_eq!(repaired(imports, used), ["src/shop/prices.py | def price(good):"]);
}

#[test]
fn m103_names_of_the_target_select_definitions_only_in_the_scope_of_the_authors() {
    let imports = "from shop.prices import price";
    let seen = blocks(imports, "1 == price(1)", Scope::Function, Rules::Published, false);
    assert_eq!(seen, ["src/shop/prices.py | def price(good):"], "the whole line is read");
    let prefix_only = blocks(imports, "1", Scope::Prefix, Rules::Repaired, false);
    assert_eq!(prefix_only, [""; 0]);
}

#[test]
fn the_own_test_file_is_never_shown() {
    for of in [published, repaired] {
        assert_eq!(of("from .test_shop import test_it", "test_it()"), [""; 0]);
        assert_eq!(of("from tests.unit.test_shop import test_it", "test_it()"), [""; 0]);
    }
}
