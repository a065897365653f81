//! A repository at one commit, before it is text: which modules exist, what is tested, which conventions hold.

use std::collections::BTreeSet;

use super::dimension::{Dimension, Values};
use super::filler;
use super::surface::Role;

/// A production module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Module {
    /// The module of a role.
    Role(Role),
    /// The module of the filler at this place of the surface's list.
    Filler(usize),
}

/// One step of a repository's life.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// A module is written.
    Add(Module),
    /// A module is tested from now on, and this many suites exist.
    Cover(Module, usize),
    /// A convention gets another value, in production code only.
    Adopt(Dimension, usize),
    /// The tests follow the production code in one convention.
    Follow(Dimension),
    /// A filler gets another function.
    Extend(usize),
    /// The first filler's module gets another name.
    Rename,
    /// A module that will be removed is written.
    AddScratch,
    /// It is removed.
    DropScratch,
    /// The version is raised.
    Release,
    /// The description grows.
    Describe,
}

/// See the module's description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    pub(super) modules: BTreeSet<Module>,
    pub(super) covered: BTreeSet<Module>,
    pub(super) suites: usize,
    /// How many pieces of each filler are written.
    pub(super) levels: Vec<usize>,
    /// The conventions of the production code.
    pub(super) values: Values,
    /// The conventions that the tests assert.
    pub(super) asserted: Values,
    pub(super) renamed: bool,
    pub(super) scratch: bool,
    pub(super) release: usize,
    pub(super) notes: usize,
}

impl State {
    /// The state before the first commit.
    pub(super) fn new(values: Values, fillers: usize) -> Self {
        Self {
            modules: BTreeSet::new(),
            covered: BTreeSet::new(),
            suites: 0,
            levels: vec![1; fillers],
            values,
            asserted: values,
            renamed: false,
            scratch: false,
            release: 0,
            notes: 0,
        }
    }

    /// Takes one step.
    pub(super) fn apply(&mut self, change: &Change) {
        match *change {
            Change::Add(module) => {
                self.modules.insert(module);
            }
            Change::Cover(module, suites) => {
                self.covered.insert(module);
                self.suites = self.suites.max(suites);
            }
            Change::Adopt(dimension, level) => self.values.set(dimension, level),
            Change::Follow(dimension) => self.asserted.set(dimension, self.values.level(dimension)),
            Change::Extend(filler) => self.levels[filler] = (self.levels[filler] + 1).min(filler::LEVELS),
            Change::Rename => self.renamed = true,
            Change::AddScratch => self.scratch = true,
            Change::DropScratch => self.scratch = false,
            Change::Release => self.release += 1,
            Change::Describe => self.notes += 1,
        }
    }

    /// Whether the module of `role` exists.
    pub(super) fn has(&self, role: Role) -> bool {
        self.modules.contains(&Module::Role(role))
    }
}
