//! Data flow: which value comes from which (S55–S65).

use bench::python::{Place, Syntax, SyntaxNode};

use super::leaf::{Leaf, Leaves, Name, is_token};
use super::source::{Arena, Span};

/// The reference finds no edges: something is missing where it looks, or the tree is too deep (S64).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lost;

/// Deeper trees have no edges. The reference fails at Python's recursion limit of 1,000 frames, of which its callers take
/// a few; which depth that is depends on them.
pub(super) const MAX_DEPTH: usize = 990;

/// A walk that takes more steps than this has no edges: loops are walked twice, so that nested ones take time
/// exponential in their depth, and the reference would not come back.
const MAX_STEPS: usize = 1 << 22;

/// How a value comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Relation {
    ComesFrom,
    ComputedFrom,
}

/// `text` at leaf `index` comes from its sources.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) text: Name,
    pub(super) index: u32,
    pub(super) relation: Relation,
    /// Texts of the sources.
    pub(super) names: Span,
    /// Leaves of the sources.
    indices: Span,
}

/// Where the value of each text was set last: leaves, or nothing.
type Env = Vec<Option<Span>>;

/// The edges of `syntax` after filtering and merging, sorted by leaf (S65); their sources lie in `arena`.
pub(super) fn edges(syntax: &Syntax, leaves: &Leaves<'_>, arena: &mut Arena) -> Vec<Edge> {
    arena.clear();
    if !may_flow(syntax, leaves) {
        return Vec::new();
    }
    let mut walk = Walk { syntax, leaves, arena, env: vec![None; leaves.names().len()], edges: Vec::new(), steps: 0 };
    if walk.node(0).is_err() {
        return Vec::new();
    }
    walk.filter();
    walk.merge(0, |_, _| true);
    walk.edges
}

/// Whether any edge can have a source: something is assigned, or a name is met again.
fn may_flow(syntax: &Syntax, leaves: &Leaves<'_>) -> bool {
    let flows = |node: &SyntaxNode| node.place != Place::Other || node.kind == "while_statement";
    leaves.names().len() < leaves.len() || syntax.nodes().iter().any(flows)
}

struct Walk<'a> {
    syntax: &'a Syntax,
    leaves: &'a Leaves<'a>,
    arena: &'a mut Arena,
    env: Env,
    edges: Vec<Edge>,
    steps: usize,
}

impl Walk<'_> {
    fn step(&mut self, steps: usize) -> Result<(), Lost> {
        self.steps += steps;
        if self.steps > MAX_STEPS || self.arena.len() > MAX_STEPS { Err(Lost) } else { Ok(()) }
    }

    /// S56.
    fn node(&mut self, node: usize) -> Result<(), Lost> {
        self.step(1)?;
        if is_token(self.syntax, node) {
            return self.leaf(node);
        }
        match self.syntax.nodes()[node].kind {
            "default_parameter" => self.default_parameter(node),
            "assignment" | "augmented_assignment" => self.assignment(node),
            "for_in_clause" => {
                let left = self.child(node, Place::Left)?;
                let right = self.syntax.children(node).last().ok_or(Lost)?;
                self.assign(&[left], &[right])
            }
            "if_statement" => self.if_statement(node),
            "for_statement" => self.twice(node, Self::for_once),
            "while_statement" => self.twice(node, |walk, node| walk.all(node, |_| true)),
            _ => {
                self.all(node, |kind| kind == "for_in_clause")?;
                self.all(node, |kind| kind != "for_in_clause")
            }
        }
    }

    fn child(&self, node: usize, place: Place) -> Result<usize, Lost> {
        self.syntax.child_at(node, place).ok_or(Lost)
    }

    /// The children of `node` whose kind is wanted, in order.
    fn all(&mut self, node: usize, wanted: impl Fn(&str) -> bool) -> Result<(), Lost> {
        let syntax = self.syntax;
        syntax.children(node).filter(|&child| wanted(syntax.nodes()[child].kind)).try_for_each(|child| self.node(child))
    }

    /// S57.
    fn leaf(&mut self, node: usize) -> Result<(), Lost> {
        let leaf = self.leaves.of(node)?;
        if self.leaves.is_own_kind(node, leaf) {
            return Ok(());
        }
        let (names, indices) = match self.env[leaf.name as usize] {
            Some(set) => (self.arena.list([leaf.name]), set),
            None => (Span::EMPTY, Span::EMPTY),
        };
        if indices.is_empty() && self.syntax.nodes()[node].kind == "identifier" {
            self.set(leaf);
        }
        self.push(leaf, Relation::ComesFrom, names, indices);
        Ok(())
    }

    fn set(&mut self, leaf: Leaf) {
        self.env[leaf.name as usize] = Some(self.arena.list([leaf.index]));
    }

    fn push(&mut self, leaf: Leaf, relation: Relation, names: Span, indices: Span) {
        self.edges.push(Edge { text: leaf.name, index: leaf.index, relation, names, indices });
    }

    /// S58.
    fn default_parameter(&mut self, node: usize) -> Result<(), Lost> {
        let names = self.leaves.variables(self.child(node, Place::Name)?)?;
        let Some(value) = self.syntax.child_at(node, Place::Value) else {
            for name in names {
                self.push(name, Relation::ComesFrom, Span::EMPTY, Span::EMPTY);
                self.set(name);
            }
            return Ok(());
        };
        let sources = self.leaves.variables(value)?;
        self.node(value)?;
        self.step(names.len() * sources.len())?;
        for name in names {
            for source in &sources {
                let (text, index) = (self.arena.list([source.name]), self.arena.list([source.index]));
                self.push(name, Relation::ComesFrom, text, index);
            }
            self.set(name);
        }
        Ok(())
    }

    /// S59.
    fn assignment(&mut self, node: usize) -> Result<(), Lost> {
        if self.syntax.child_at(node, Place::Right).is_none() {
            return Ok(());
        }
        let (left, right) = self.sides(node)?;
        self.assign(&left, &right)
    }

    /// The parts of both sides that are paired with each other.
    fn sides(&self, node: usize) -> Result<(Vec<usize>, Vec<usize>), Lost> {
        let (left, right) = (self.child(node, Place::Left)?, self.child(node, Place::Right)?);
        let parts = |side| self.syntax.children(side).filter(|&child| self.syntax.nodes()[child].kind != ",");
        let (lefts, rights): (Vec<_>, Vec<_>) = (parts(left).collect(), parts(right).collect());
        if lefts.len() != rights.len() || lefts.is_empty() {
            Ok((vec![left], vec![right]))
        } else {
            Ok((lefts, rights))
        }
    }

    fn assign(&mut self, left: &[usize], right: &[usize]) -> Result<(), Lost> {
        right.iter().try_for_each(|&node| self.node(node))?;
        left.iter().zip(right).try_for_each(|(&left, &right)| self.bind(left, right))
    }

    /// Every variable of the left is computed from all of the right.
    fn bind(&mut self, left: usize, right: usize) -> Result<(), Lost> {
        let targets = self.leaves.variables(left)?;
        let sources = self.leaves.variables(right)?;
        self.step(targets.len() + sources.len())?;
        let names = self.arena.list(sources.iter().map(|source| source.name));
        let indices = self.arena.list(sources.iter().map(|source| source.index));
        for target in targets {
            self.push(target, Relation::ComputedFrom, names, indices);
            self.set(target);
        }
        Ok(())
    }

    /// S60.
    fn if_statement(&mut self, node: usize) -> Result<(), Lost> {
        let entry = self.env.clone();
        let mut results = Vec::new();
        let mut has_else = false;
        let syntax = self.syntax;
        for child in syntax.children(node) {
            let kind = syntax.nodes()[child].kind;
            has_else |= kind.contains("else");
            if matches!(kind, "elif_clause" | "else_clause") {
                self.step(2 * entry.len())?;
                let current = std::mem::replace(&mut self.env, entry.clone());
                self.node(child)?;
                results.push(std::mem::replace(&mut self.env, current));
            } else {
                self.node(child)?;
            }
        }
        if !has_else {
            results.push(entry);
        }
        self.unite(&results)
    }

    /// Every text may have been set in any of these ways, or as it is now.
    fn unite(&mut self, others: &[Env]) -> Result<(), Lost> {
        self.step(self.env.len() * (others.len() + 1))?;
        for name in 0..self.env.len() {
            let ways = others.iter().filter_map(|env| env[name]).chain(self.env[name]);
            let mut all: Vec<u32> = ways.flat_map(|span| self.arena.items(span).iter().copied()).collect();
            all.sort_unstable();
            all.dedup();
            self.steps += all.len();
            self.env[name] = (!all.is_empty()).then(|| self.arena.list(all));
        }
        self.step(0)
    }

    /// S61: loops run twice, and what both runs say of a leaf is united.
    fn twice(&mut self, node: usize, run: impl Fn(&mut Self, usize) -> Result<(), Lost>) -> Result<(), Lost> {
        let from = self.edges.len();
        run(self, node)?;
        run(self, node)?;
        self.merge(from, |first, edge| first.relation == edge.relation);
        self.step(self.edges.len() - from)
    }

    fn for_once(&mut self, node: usize) -> Result<(), Lost> {
        let (left, right) = self.sides(node)?;
        self.assign(&left, &right)?;
        let syntax = self.syntax;
        let last = syntax.children(node).last().ok_or(Lost)?;
        if syntax.nodes()[last].kind == "block" { self.node(last) } else { Ok(()) }
    }

    /// Sorts the edges from `from` on by leaf and unites those of one leaf that belong together.
    ///
    /// Of edges that are united the last one says the relation.
    fn merge(&mut self, from: usize, together: impl Fn(&Edge, &Edge) -> bool) {
        let mut unmerged = self.edges.split_off(from);
        unmerged.sort_by_key(|edge| edge.index);
        for edge in unmerged {
            let same_leaf = self.edges[from..].iter_mut().rev().take_while(|kept| kept.index == edge.index);
            let Some(kept) = same_leaf.into_iter().find(|kept| together(kept, &edge)) else {
                self.edges.push(edge);
                continue;
            };
            kept.relation = edge.relation;
            kept.names = self.arena.union(kept.names, edge.names);
            kept.indices = self.arena.sorted_union(kept.indices, edge.indices);
        }
    }

    /// Keeps the edges of leaves that have a source or are one (S65).
    fn filter(&mut self) {
        let mut kept = vec![false; self.leaves.len()];
        for edge in &self.edges {
            kept[edge.index as usize] |= !edge.indices.is_empty();
            self.arena.items(edge.indices).iter().for_each(|&source| kept[source as usize] = true);
        }
        self.edges.retain(|edge| kept[edge.index as usize]);
    }
}
