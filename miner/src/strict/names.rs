//! What a name means where a call stands: the test case, pytest, or one of pytest's functions (Q16).

use std::collections::BTreeMap;

use ruff_python_ast::{Parameters, Stmt, StmtImport, StmtImportFrom};

use crate::syntax::push_bodies;

/// The meaning of a name, as far as assertions look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Meaning {
    /// The first parameter of a function: the test case, or its class.
    Case,
    /// The module `pytest`.
    Pytest,
    /// `pytest.raises`.
    Raises,
    /// `pytest.approx`.
    Approx,
    /// Something else, bound in this scope.
    Other,
}

impl Meaning {
    /// What `name` means where nothing binds it: `self` and `pytest` mean what they always mean.
    pub(super) fn unbound(name: &str) -> Self {
        match name {
            "self" => Self::Case,
            "pytest" => Self::Pytest,
            _ => Self::Other,
        }
    }
}

/// The names that one scope binds by parameters, imports and definitions.
///
/// Assignments are not followed. Of several bindings the one of pytest counts, because the others are fallbacks:
/// `try: from pytest import raises` and its `except ImportError`.
#[derive(Debug, Default)]
pub(super) struct Names<'a>(BTreeMap<&'a str, Meaning>);

impl<'a> Names<'a> {
    /// The names bound in `body`, outside of the definitions in it.
    pub(super) fn of_body(body: &'a [Stmt]) -> Self {
        let mut names = Self::default();
        let mut blocks: Vec<&[Stmt]> = vec![body];
        while let Some(block) = blocks.pop() {
            for stmt in block {
                match stmt {
                    Stmt::Import(node) => names.import(node),
                    Stmt::ImportFrom(node) => names.import_from(node),
                    Stmt::FunctionDef(def) => names.bind(&def.name, Meaning::Other),
                    Stmt::ClassDef(def) => names.bind(&def.name, Meaning::Other),
                    _ => push_bodies(stmt, &mut blocks),
                }
            }
        }
        names
    }

    /// The same with the parameters of the function whose body it is.
    pub(super) fn with_parameters(mut self, parameters: &'a Parameters) -> Self {
        let first = parameters.posonlyargs.first().or(parameters.args.first());
        if let Some(first) = first {
            self.bind(&first.parameter.name, Meaning::Case);
        }
        for parameter in parameters {
            self.bind(parameter.name(), Meaning::Other);
        }
        self
    }

    /// These names, bound to what stands beside them.
    pub(super) fn bound(names: impl Iterator<Item = (&'a str, Meaning)>) -> Self {
        Self(names.collect())
    }

    /// The names with their meanings, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a str, Meaning)> {
        self.0.iter().map(|(name, meaning)| (*name, *meaning))
    }

    /// What `name` means by this scope alone.
    pub(super) fn get(&self, name: &str) -> Option<Meaning> {
        self.0.get(name).copied()
    }

    fn bind(&mut self, name: &'a str, meaning: Meaning) {
        let bound = self.0.entry(name).or_insert(meaning);
        if *bound == Meaning::Other {
            *bound = meaning;
        }
    }

    fn import(&mut self, node: &'a StmtImport) {
        for alias in &node.names {
            let path = alias.name.as_str();
            let root = path.split('.').next().unwrap_or(path);
            // `import a.b` binds `a`, `import a.b as c` binds the inner module.
            let (name, module) = alias.asname.as_ref().map_or((root, root), |name| (name.as_str(), path));
            self.bind(name, if module == "pytest" { Meaning::Pytest } else { Meaning::Other });
        }
    }

    fn import_from(&mut self, node: &'a StmtImportFrom) {
        let of_pytest = node.level == 0 && node.module.as_ref().is_some_and(|module| module == "pytest");
        for alias in &node.names {
            let meaning = match alias.name.as_str() {
                "raises" if of_pytest => Meaning::Raises,
                "approx" if of_pytest => Meaning::Approx,
                _ => Meaning::Other,
            };
            self.bind(alias.asname.as_ref().unwrap_or(&alias.name), meaning);
        }
    }
}

/// What `name` means in the innermost of `scopes`, which lists them from the module inwards, each with whether it is a
/// class: methods do not see the names of their class. A name that is not bound to something of pytest's means what it
/// means unbound.
pub(super) fn meaning(scopes: &[(bool, Names<'_>)], name: &str) -> Meaning {
    let mut seen = scopes.iter().rev().enumerate().filter(|&(depth, &(is_class, _))| depth == 0 || !is_class);
    let bound = seen.find_map(|(_, (_, names))| names.get(name)).filter(|bound| *bound != Meaning::Other);
    bound.unwrap_or_else(|| Meaning::unbound(name))
}
