//! The events of a repository's life, in order: growth, conventions that change, and everything around them.

use super::dimension::Dimension;
use super::draw::Draw;
use super::error::{Error, Result};
use super::plan::RepoPlan;
use super::state::{Change, Module};
use super::suite::SUITES;
use super::surface::{Role, Surface};

/// The smallest number of first-parent commits into which all planned events fit.
pub(super) const LEAST_COMMITS: usize = 32;
const FIRST_SUITES: usize = 2;

/// What one commit changes, and what its author says of it.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    pub(super) changes: Vec<Change>,
    pub(super) message: String,
}

/// One or two commits of the first-parent line.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// An ordinary commit.
    Commit(Edit),
    /// A commit on a side branch and one on the main line, then their merge.
    Merge {
        /// On the side branch.
        side: Edit,
        /// On the main line, from the same parent.
        main: Edit,
    },
}

impl Event {
    /// How many commits it adds to the first-parent line.
    pub(super) fn commits(&self) -> usize {
        match self {
            Self::Commit(_) => 1,
            Self::Merge { .. } => 2,
        }
    }
}

fn commit(message: impl Into<String>, changes: Vec<Change>) -> Event {
    Event::Commit(Edit { changes, message: message.into() })
}

/// Groups of events that stay together, in order.
struct Timeline(Vec<Vec<Event>>);

impl Timeline {
    /// Inserts `group` somewhere at or after `from`, never before the first commit, and tells where.
    fn insert(&mut self, group: Vec<Event>, from: usize, draw: &mut Draw) -> usize {
        let from = from.max(1);
        let at = from + draw.below(self.0.len() + 1 - from);
        self.0.insert(at, group);
        at
    }

    /// The place of the group that writes the module of `role`.
    fn birth(&self, role: Role) -> usize {
        let writes = |edit: &Edit| {
            edit.changes.iter().any(|change| matches!(change, Change::Add(Module::Role(added)) if *added == role))
        };
        self.0
            .iter()
            .position(|group| {
                group.iter().any(|event| match event {
                    Event::Commit(edit) => writes(edit),
                    Event::Merge { side, main } => writes(side) || writes(main),
                })
            })
            .unwrap_or(0)
    }
}

/// The events of the repository of `plan`: exactly `commits` first-parent commits.
///
/// # Errors
/// If `commits` is too small.
pub(super) fn plan(plan: &RepoPlan, surface: &Surface, commits: usize) -> Result<Vec<Event>> {
    if commits < LEAST_COMMITS {
        return Err(Error::TooFewCommits { asked: commits, least: LEAST_COMMITS });
    }
    let mut draw = Draw::new(plan.seed.derive("events"));
    let mut timeline = Timeline(vec![vec![first(surface)]]);
    timeline.0.extend(growth(surface, &mut draw));
    for change in &plan.changes {
        let mut from = timeline.birth(change.dimension.role()) + 1;
        for &level in &change.levels[1..] {
            let group = convention(change.dimension, level, &mut draw);
            from = timeline.insert(group, from, &mut draw) + 1;
        }
    }
    surroundings(&mut timeline, &mut draw);
    fill(&mut timeline, commits, surface, &mut draw);
    Ok(timeline.0.into_iter().flatten().collect())
}

fn first(surface: &Surface) -> Event {
    let modules =
        [Module::Role(Role::Errors), Module::Role(Role::Settings), Module::Role(Role::Store), Module::Filler(0)];
    let changes = modules.into_iter().flat_map(|module| [Change::Add(module), Change::Cover(module, FIRST_SUITES)]);
    commit(format!("Start {}", surface.package), changes.collect())
}

/// The other modules one by one: three on side branches, three with tests that come a commit later.
fn growth(surface: &Surface, draw: &mut Draw) -> Vec<Vec<Event>> {
    let roles = [Role::Pricing, Role::Paging, Role::Report, Role::Labels, Role::Checks, Role::Client];
    let modules: Vec<(Module, &str)> = roles
        .into_iter()
        .map(|role| (Module::Role(role), surface.module(role)))
        .chain((1..surface.fillers.len()).map(|index| (Module::Filler(index), surface.fillers[index].names[0])))
        .collect();
    let count = modules.len();
    let manners = draw.shuffled((0..count).collect());
    draw.shuffled(modules)
        .into_iter()
        .enumerate()
        .map(|(index, (module, name))| {
            let suites = FIRST_SUITES + ((SUITES - FIRST_SUITES) * (index + 1)).div_ceil(count);
            let (add, cover) = (Change::Add(module), Change::Cover(module, suites));
            match manners[index] {
                0..3 => {
                    let main = Edit { changes: vec![Change::Describe], message: "Say more in the readme".to_owned() };
                    let side = Edit { changes: vec![add, cover], message: format!("Add {name} with tests") };
                    vec![Event::Merge { side, main }]
                }
                3..6 => vec![commit(format!("Add {name}"), vec![add]), commit(format!("Test {name}"), vec![cover])],
                _ => vec![commit(format!("Add {name} and its tests"), vec![add, cover])],
            }
        })
        .collect()
}

/// Another value for `dimension`; the tests follow at once or a commit later.
fn convention(dimension: Dimension, level: usize, draw: &mut Draw) -> Vec<Event> {
    let subject = dimension.name().replace('_', " ");
    let (adopt, follow) = (Change::Adopt(dimension, level), Change::Follow(dimension));
    if draw.chance(3, 7) {
        vec![
            commit(format!("Change the {subject}"), vec![adopt]),
            commit(format!("Let tests follow the new {subject}"), vec![follow]),
        ]
    } else {
        vec![commit(format!("Change the {subject} everywhere"), vec![adopt, follow])]
    }
}

/// A module that comes and goes, and one that is renamed.
fn surroundings(timeline: &mut Timeline, draw: &mut Draw) {
    let third = timeline.0.len() / 3;
    let added = 1 + draw.below(third);
    timeline.0.insert(added, vec![commit("Keep a sketch", vec![Change::AddScratch])]);
    timeline.insert(vec![commit("Remove the sketch", vec![Change::DropScratch])], (2 * third).max(added + 1), draw);
    let half = timeline.0.len() / 2;
    timeline.insert(vec![commit("Give a module a better name", vec![Change::Rename])], half, draw);
}

/// Small commits until there are enough.
fn fill(timeline: &mut Timeline, commits: usize, surface: &Surface, draw: &mut Draw) {
    let present: usize = timeline.0.iter().flatten().map(Event::commits).sum();
    for index in present..commits {
        let event = match draw.below(5) {
            0 => commit("Explain a little more", vec![Change::Describe]),
            1 => commit("Prepare a release", vec![Change::Release]),
            _ => {
                let filler = index % surface.fillers.len();
                commit(format!("Extend {}", surface.fillers[filler].names[0]), vec![Change::Extend(filler)])
            }
        };
        timeline.insert(vec![event], 1, draw);
    }
}
