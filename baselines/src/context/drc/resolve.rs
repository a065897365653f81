//! From an import to the files that it takes names from (M107).

use bench::SourceFile;
use ruff_python_ast::StmtImportFrom;

use super::import::{Import, Named, Taken};
use super::modules::{Modules, is_init};
use super::reading::Uses;
use super::settings::Rules;
use super::{text, tree};

/// Packages that a name is followed through, where it is followed through more than one. Our choice: longer chains are
/// rare.
const MAX_STEPS: usize = 4;

/// A file, and the names that an import takes from it; as they are called in it, and in the test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) file: usize,
    pub(super) names: Vec<Named>,
}

/// The files of a repository, how imports are resolved in it, and what a test uses.
pub(super) struct Resolver<'a> {
    pub(super) modules: &'a Modules,
    pub(super) files: &'a [SourceFile],
    pub(super) rules: Rules,
    pub(super) uses: &'a Uses<'a>,
}

impl Resolver<'_> {
    /// What `import` in the file at `path` takes from files of this repository; nothing if it is of another.
    pub(super) fn resolve(&self, import: &Import, path: &str) -> Vec<Target> {
        let Some(module) = absolute(import, path) else { return Vec::new() };
        let names = match (&import.taken, self.rules) {
            (Taken::Names(names), Rules::Repaired) => names.clone(),
            // Aliases are ignored (M105): the name itself must be in use.
            (Taken::Names(names), Rules::Published) => names.iter().map(|named| same(&named.name)).collect(),
            (Taken::Module(bound), Rules::Repaired) => self.attributes(bound),
            (Taken::Module(_), Rules::Published) => vec![same(module.rsplit('.').next().unwrap_or(&module))],
        };
        if !self.modules.is_ours(&module) {
            // Code of others, but for a set-up file that is imported by its bare name.
            let conftest = (module == "conftest").then(|| self.modules.conftest(path)).flatten();
            return conftest.map(|file| Target { file, names }).into_iter().collect();
        }
        match (&import.taken, self.rules) {
            (Taken::Module(_), Rules::Published) => {
                self.modules.get(&module).map(|file| Target { file, names }).into_iter().collect()
            }
            _ => self.names(&module, names, MAX_STEPS),
        }
    }

    /// The files that `names` of `module` are taken from: those that a package re-exports them from, its own, and those
    /// of its sub-modules among the names.
    fn names(&self, module: &str, names: Vec<Named>, steps: usize) -> Vec<Target> {
        let mut targets = Vec::new();
        let mut rest = names;
        let file = self.modules.get(module);
        if let Some(file) = file.filter(|file| is_init(self.files[*file].path.as_str())) {
            targets = self.reexports(file, module, &mut rest, steps);
        }
        let submodule = |named: &Named| format!("{module}.{}", named.name);
        let (submodules, own): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|named| self.modules.get(&submodule(named)).is_some());
        // As published the package's own file is asked for the names of sub-modules as well.
        let asked = if self.rules == Rules::Published { [own, submodules.clone()].concat() } else { own };
        targets.extend(file.filter(|_| !asked.is_empty()).map(|file| Target { file, names: asked }));
        for named in submodules {
            match (self.rules, self.modules.get(&submodule(&named))) {
                (Rules::Published, Some(file)) => targets.push(Target { file, names: Vec::new() }),
                (Rules::Repaired, _) if steps > 0 => {
                    targets.extend(self.names(&submodule(&named), self.attributes(&named.bound), steps - 1));
                }
                _ => {}
            }
        }
        targets
    }

    /// Takes out of `names` those that `init`, the own file of `package`, takes from a sub-module itself, and says where
    /// they come from; one step as published, several if repaired.
    fn reexports(&self, init: usize, package: &str, names: &mut Vec<Named>, steps: usize) -> Vec<Target> {
        let source = text(&self.files[init]);
        let Some(tree) = tree(&source) else { return Vec::new() };
        let mut targets = Vec::new();
        let imports = tree.root().body.iter().filter_map(|stmt| stmt.as_import_from_stmt()).filter_map(relative);
        for (level, module, reexported) in imports {
            let from = beside(package, level, &module);
            let Some((from, file)) = from.and_then(|from| self.modules.get(&from).map(|file| (from, file))) else {
                continue;
            };
            let taken = self.take(names, &reexported);
            match self.rules {
                _ if taken.is_empty() => {}
                Rules::Repaired if steps > 0 => targets.extend(self.names(&from, taken, steps - 1)),
                _ => targets.push(Target { file, names: taken }),
            }
        }
        targets
    }

    /// Removes from `names` those that are `reexported`, and says what they are called where they come from. As published
    /// aliases are overlooked.
    fn take(&self, names: &mut Vec<Named>, reexported: &[Named]) -> Vec<Named> {
        let mut taken = Vec::new();
        names.retain(|wanted| {
            let found = reexported.iter().find(|known| match self.rules {
                Rules::Published => known.name == wanted.name,
                Rules::Repaired => known.bound == wanted.name,
            });
            taken.extend(found.map(|known| Named { name: known.name.clone(), bound: wanted.bound.clone() }));
            found.is_none()
        });
        taken
    }

    /// What the test reads from `base`, a dotted name that stands for a module.
    fn attributes(&self, base: &str) -> Vec<Named> {
        let attribute = |name: &str| Named { name: name.to_owned(), bound: format!("{base}.{name}") };
        self.uses.attributes_of(base).into_iter().map(attribute).collect()
    }
}

fn same(name: &str) -> Named {
    Named { name: name.to_owned(), bound: name.to_owned() }
}

/// Level, module and names of `import`, if it is relative and names a module.
fn relative(import: &StmtImportFrom) -> Option<(u32, String, Vec<Named>)> {
    let module = import.module.as_ref().filter(|_| import.level > 0)?.to_string();
    Some((import.level, module, Named::all(&import.names)))
}

/// The dotted name of the module that `import` in the file at `path` means; none if it leads out of the repository.
fn absolute(import: &Import, path: &str) -> Option<String> {
    if import.level == 0 {
        return Some(import.module.clone());
    }
    let components: Vec<&str> = path.split('/').collect();
    let kept = components.len().checked_sub(import.level as usize)?;
    let module = Some(import.module.as_str()).filter(|module| !module.is_empty());
    let name = components[..kept].iter().copied().chain(module).collect::<Vec<_>>().join(".");
    (!name.is_empty()).then_some(name)
}

/// The module called `module`, `level` dots away from inside of `package`.
fn beside(package: &str, level: u32, module: &str) -> Option<String> {
    let mut base = package;
    for _ in 1..level {
        base = base.rsplit_once('.').map(|(base, _)| base)?;
    }
    Some(format!("{base}.{module}"))
}
