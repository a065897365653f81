//! Which file a dotted module name means (M106).

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::Path;

use bench::SourceFile;
use bench::paper::SKIPPED_FOLDERS;

/// Top-level folders that hold packages rather than being one (M106).
const SOURCE_ROOTS: [&str; 5] = ["src", "lib", "app", "python", "py"];
/// The base name of a package's own file.
const INIT: &str = "__init__.py";
/// The base name of a folder's pytest set-up.
const CONFTEST: &str = "conftest.py";

/// The modules of one repository at one commit. Files are named by their numbers.
#[derive(Debug, Default)]
pub(super) struct Modules {
    by_name: BTreeMap<String, usize>,
    by_path: BTreeMap<String, usize>,
    /// First components of what can be imported: folders and modules below the root and below each source root.
    firsts: BTreeSet<String>,
}

impl Modules {
    /// The modules among `files`, numbered in their order. A name below a source root hides the same name below the
    /// root.
    pub(super) fn of<'a>(files: impl Iterator<Item = (usize, &'a SourceFile)>) -> Self {
        let files: Vec<(usize, &str)> =
            files.map(|(at, file)| (at, file.path.as_str())).filter(|(_, path)| is_module(path)).collect();
        let mut modules = Self::default();
        modules.add(&files, "");
        for root in source_roots(&files) {
            modules.add(&files, &format!("{root}/"));
        }
        modules.by_path = files.into_iter().map(|(at, path)| (path.to_owned(), at)).collect();
        modules
    }

    /// Names the files below `root`, which is empty or ends in a slash.
    fn add(&mut self, files: &[(usize, &str)], root: &str) {
        for (at, path) in files {
            let Some(path) = path.strip_prefix(root) else { continue };
            let first = path.split('/').next().unwrap_or(path);
            self.firsts.insert(first.strip_suffix(".py").unwrap_or(first).to_owned());
            let stem = path.strip_suffix(".py").unwrap_or(path);
            let name = stem.strip_suffix("/__init__").unwrap_or(stem).replace('/', ".");
            self.by_name.insert(name, *at);
        }
    }

    /// The file of the module called `name`.
    pub(super) fn get(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Whether a module whose name begins as `name` does can be of this repository (M107).
    pub(super) fn is_ours(&self, name: &str) -> bool {
        let first = name.split('.').next().unwrap_or(name);
        self.firsts.contains(first) || self.by_name.contains_key(name)
    }

    /// The `conftest.py` nearest to the file at `path`, from its folder upwards (M107).
    pub(super) fn conftest(&self, path: &str) -> Option<usize> {
        let mut folder = path;
        loop {
            folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
            let path = if folder.is_empty() { CONFTEST.to_owned() } else { format!("{folder}/{CONFTEST}") };
            if let Some(found) = self.by_path.get(&path) {
                return Some(*found);
            }
            if folder.is_empty() {
                return None;
            }
        }
    }
}

/// Whether the file at `path` is the own file of a package.
pub(super) fn is_init(path: &str) -> bool {
    path == INIT || path.ends_with("/__init__.py")
}

fn is_module(path: &str) -> bool {
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    Path::new(path).extension() == Some(OsStr::new("py"))
        && !folders.split('/').any(|folder| SKIPPED_FOLDERS.contains(&folder))
}

/// The source roots: the known ones first, then those told by what they hold, by name.
fn source_roots<'a>(files: &[(usize, &'a str)]) -> Vec<&'a str> {
    let (mut folders, mut packages, mut holders) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (_, path) in files {
        let Some((top, rest)) = path.split_once('/') else { continue };
        folders.insert(top);
        if rest == INIT {
            packages.insert(top);
        }
        if rest.split_once('/').is_some_and(|(_, rest)| rest == INIT) {
            holders.insert(top);
        }
    }
    let known = SOURCE_ROOTS.iter().filter_map(|root| folders.get(root).copied());
    let told = holders.iter().copied().filter(|top| !packages.contains(top) && !SOURCE_ROOTS.contains(top));
    known.chain(told).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::files;
    use super::*;

    fn modules(paths: &[&str]) -> (Modules, Vec<String>) {
        let files = files(&paths.iter().map(|path| (*path, "")).collect::<Vec<_>>());
        let paths = files.iter().map(|file| file.path.to_string()).collect();
        (Modules::of(files.iter().enumerate()), paths)
    }

    #[test]
    fn m106_modules_are_named_from_the_root_and_from_source_roots() {
        let (modules, paths) = modules(&[
            "setup.py",
            "src/shop/__init__.py",
            "src/shop/cart.py",
            "shop.py",
            "backend/core/__init__.py",
            "backend/core/run.py",
            "backend/manage.py",
            "plain/tool.py",
            "package/__init__.py",
            "package/inner/__init__.py",
            "venv/lib/dep.py",
            "data/notes.txt",
        ]);
        let file = |name: &str| modules.get(name).map(|at| paths[at].as_str());
        assert_eq!(file("setup"), Some("setup.py"));
        assert_eq!(file("src.shop.cart"), Some("src/shop/cart.py"));
        assert_eq!(file("shop.cart"), Some("src/shop/cart.py"));
        assert_eq!(file("shop"), Some("src/shop/__init__.py"), "a source root hides the root");
        assert_eq!(file("core.run"), Some("backend/core/run.py"), "a folder that holds a package is a source root");
        assert_eq!(file("manage"), Some("backend/manage.py"));
        assert_eq!(file("plain.tool"), Some("plain/tool.py"));
        assert_eq!(file("tool"), None, "a folder without a package is none");
        assert_eq!(file("inner"), None, "nor is a package");
        assert_eq!(file("venv.lib.dep"), None);
        assert!(modules.is_ours("core") && modules.is_ours("plain.absent") && modules.is_ours("setup"));
        assert!(!modules.is_ours("numpy") && !modules.is_ours("venv") && !modules.is_ours("data"));
    }

    #[test]
    fn m107_the_nearest_conftest_is_found_upwards() {
        let (modules, paths) = modules(&["conftest.py", "tests/conftest.py", "tests/a/test_x.py", "b/test_y.py"]);
        let nearest = |path: &str| modules.conftest(path).map(|at| paths[at].as_str());
        assert_eq!(nearest("tests/a/test_x.py"), Some("tests/conftest.py"));
        assert_eq!(nearest("tests/test_z.py"), Some("tests/conftest.py"));
        assert_eq!(nearest("b/test_y.py"), Some("conftest.py"));
        assert_eq!(nearest("test_w.py"), Some("conftest.py"));
    }
}
