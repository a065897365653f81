//! The data flow of a text in comparable form (S66–S68).

use std::borrow::Cow;

use bench::python::Syntax;

use super::flow::{Edge, MAX_DEPTH, edges};
use super::leaf::{Leaves, Name};
use super::quiet::is_quiet;
use super::source::Arena;

/// Normalised edges: each is the number of its text, its relation and the numbers of its sources. Sorted, because only
/// how often each occurs is compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Graph(Vec<Vec<u32>>);

/// What a text's graph is made of, where it depends on the order of sets.
#[derive(Debug, Clone)]
pub(super) struct Unordered {
    edges: Vec<Edge>,
    arena: Arena,
    names: Vec<String>,
}

/// The data flow of a text.
#[derive(Debug, Clone, Default)]
pub(super) struct Flow {
    /// Under the canonical order of sets.
    pub(super) graph: Graph,
    /// Present if another order could give another graph.
    pub(super) unordered: Option<Box<Unordered>>,
}

impl Flow {
    /// The data flow of `text`, whose tree is `syntax`.
    pub(super) fn new(syntax: &Syntax, text: &str, arena: &mut Arena) -> Self {
        if syntax.depth() > MAX_DEPTH || is_quiet(syntax, text) {
            return Self::default();
        }
        let leaves = Leaves::new(syntax, text);
        let edges = edges(syntax, &leaves, arena);
        if edges.is_empty() {
            return Self::default();
        }
        let mut has_choice = false;
        let graph = Graph::new(&edges, arena, &mut |items| {
            sort_by_text(items, leaves.names());
            has_choice |= items.len() > 1;
        });
        let unordered = has_choice.then(|| {
            let names = leaves.names().iter().map(|name| Cow::clone(name).into_owned()).collect();
            Box::new(Unordered { edges, arena: arena.clone(), names })
        });
        Self { graph, unordered }
    }
}

/// The canonical order: ascending by code point, each once (S66).
fn sort_by_text(items: &mut Vec<Name>, names: &[Cow<'_, str>]) {
    items.sort_unstable_by(|a, b| names[*a as usize].cmp(&names[*b as usize]));
    items.dedup();
}

impl Unordered {
    /// The texts.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The size of the work of making a graph.
    pub(super) fn size(&self) -> usize {
        self.arena.len() + self.edges.len()
    }

    /// Appends the texts of all sums of sources in the order that they have under an order of sets.
    pub(super) fn resolve(&self, order: &mut impl FnMut(&mut Vec<Name>), out: &mut Vec<Name>) {
        for edge in self.edges.iter().filter(|edge| self.arena.is_sum(edge.names)) {
            out.extend(self.arena.resolve(edge.names, order));
        }
    }

    /// The graph under an order of sets, see [`Arena::resolve`].
    pub(super) fn graph(&self, order: &mut impl FnMut(&mut Vec<Name>)) -> Graph {
        Graph::new(&self.edges, &self.arena, order)
    }
}

impl Graph {
    /// S67.
    fn new(edges: &[Edge], arena: &Arena, order: &mut impl FnMut(&mut Vec<Name>)) -> Self {
        let most = edges.iter().map(|edge| edge.text).max().unwrap_or(0);
        let mut numbers: Vec<Option<u32>> = vec![None; most as usize + 1];
        let mut next = 0;
        let mut number = |name: Name| {
            let at = name as usize;
            if numbers.len() <= at {
                numbers.resize(at + 1, None);
            }
            *numbers[at].get_or_insert_with(|| {
                next += 1;
                next
            })
        };
        let normalise = |edge: &Edge| {
            let mut normal = vec![0, edge.relation as u32];
            normal.extend(arena.resolve(edge.names, order).into_iter().map(&mut number));
            normal[0] = number(edge.text);
            normal
        };
        let mut normal: Vec<Vec<u32>> = edges.iter().map(normalise).collect();
        normal.sort_unstable();
        Self(normal)
    }

    /// The share of `reference`'s edges that `self` has as well, each used up once; 0 if there are none (S68).
    pub(super) fn matched(&self, reference: &Self) -> f64 {
        if reference.0.is_empty() {
            return 0.0;
        }
        let mut candidates = self.0.iter().peekable();
        let mut found = 0_u32;
        for edge in &reference.0 {
            while candidates.next_if(|candidate| *candidate < edge).is_some() {}
            found += u32::from(candidates.next_if(|candidate| *candidate == edge).is_some());
        }
        f64::from(found) / reference.0.len() as f64
    }
}
