//! Trees that are made from the leaves up.

use super::kinds::{Field, Kind, Numbers};
use crate::python::form::{Form, Forms, Head, Printed};
use crate::python::syntax::{Place, Point, SyntaxNode};

/// No node.
const NONE: u32 = u32::MAX;

/// A node, made after its children.
#[derive(Debug, Clone, Copy)]
struct Node {
    kind: Kind,
    field: Field,
    place: Place,
    form: Form,
    start: u32,
    end: u32,
    child: u32,
    sibling: u32,
}

/// The nodes of a text, and those of them that have no parent yet.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    open: Vec<u32>,
    printed: Vec<Printed>,
    todo: Vec<u32>,
    /// Forms of the nodes that have children.
    forms: Vec<Form>,
}

impl Tree {
    pub(super) fn clear(&mut self) {
        self.nodes.clear();
        self.open.clear();
        self.forms.clear();
    }

    /// How many nodes have no parent yet: a mark for [`Self::close`].
    pub(super) fn mark(&self) -> usize {
        self.open.len()
    }

    /// Adds a leaf.
    pub(super) fn leaf(&mut self, kind: Kind, start: u32, end: u32) {
        let form = Forms::leaf(Head::Kind(Numbers::get().kind(kind)));
        self.push(Node {
            kind,
            field: Field::NO_FIELD,
            place: Place::Other,
            form,
            start,
            end,
            child: NONE,
            sibling: NONE,
        });
    }

    fn push(&mut self, node: Node) {
        self.open.push(u32::try_from(self.nodes.len()).unwrap_or(NONE));
        self.nodes.push(node);
    }

    /// Says what the last node is to the parent that it will get.
    pub(super) fn name(&mut self, field: Field) {
        self.name_at(self.open.len() - 1, field);
    }

    /// Says what the node at `mark` is to the parent that it will get.
    pub(super) fn name_at(&mut self, mark: usize, field: Field) {
        self.nodes[self.open[mark] as usize].field = field;
    }

    /// Says what the node at `mark` is to an assignment.
    pub(super) fn place_at(&mut self, mark: usize, place: Place) {
        self.nodes[self.open[mark] as usize].place = place;
    }

    /// The kind of the node at `mark`.
    pub(super) fn kind_at(&self, mark: usize) -> Kind {
        self.nodes[self.open[mark] as usize].kind
    }

    /// Gives the nodes since `mark`, at least one, a parent that begins and ends where they do.
    pub(super) fn close(&mut self, kind: Kind, mark: usize, forms: &mut Forms) {
        let ends =
            (self.nodes[self.open[mark] as usize].start, self.nodes[self.open[self.open.len() - 1] as usize].end);
        self.close_as(kind, mark, ends, forms);
    }

    /// Gives the nodes since `mark`, at least one, a parent from one place to another.
    pub(super) fn close_as(&mut self, kind: Kind, mark: usize, (start, end): (u32, u32), forms: &mut Forms) {
        let numbers = Numbers::get();
        self.printed.clear();
        let children = &self.open[mark..];
        for (at, &child) in children.iter().enumerate() {
            let node = &mut self.nodes[child as usize];
            node.sibling = children.get(at + 1).copied().unwrap_or(NONE);
            if !node.kind.is_token() {
                self.printed.push(Printed { field: numbers.field(node.field), form: node.form });
            }
        }
        let first = children[0];
        let form = forms.compose(Head::Kind(numbers.kind(kind)), &self.printed);
        self.forms.push(form);
        self.open.truncate(mark);
        self.push(Node {
            kind,
            field: Field::NO_FIELD,
            place: Place::Other,
            form,
            start,
            end,
            child: first,
            sibling: NONE,
        });
    }

    /// Ends the text: its nodes, parents first, and the forms of those that have children. The depth of the tree.
    pub(super) fn finish(&mut self, forms: &mut Forms, nodes: &mut Vec<SyntaxNode>, listed: &mut Vec<Form>) -> usize {
        if self.open.is_empty() {
            let form = Forms::leaf(Head::Kind(Numbers::get().kind(Kind::MODULE)));
            let start = 0;
            self.push(Node {
                kind: Kind::MODULE,
                field: Field::NO_FIELD,
                place: Place::Other,
                form,
                start,
                end: start,
                child: NONE,
                sibling: NONE,
            });
            self.forms.push(form);
        } else {
            self.close(Kind::MODULE, 0, forms);
        }
        listed.extend_from_slice(&self.forms);
        self.walk(nodes)
    }

    /// The nodes in the order in which they begin, parents first.
    fn walk(&mut self, out: &mut Vec<SyntaxNode>) -> usize {
        let mut depth = 0;
        // The nodes whose descendants are being walked, as places in `out`.
        self.todo.clear();
        let mut next = self.open[0];
        loop {
            let node = self.nodes[next as usize];
            let at = out.len();
            out.push(SyntaxNode {
                kind: node.kind.name(),
                place: node.place,
                start: Point { row: 0, column: node.start as usize },
                end: Point { row: 0, column: node.end as usize },
                after: at + 1,
            });
            depth = depth.max(self.todo.len() / 2 + 1);
            if node.child != NONE {
                self.todo.extend([next, u32::try_from(at).unwrap_or(NONE)]);
                next = node.child;
                continue;
            }
            let mut done = node;
            while done.sibling == NONE {
                let Some(place) = self.todo.pop() else { return depth };
                let parent = self.todo.pop().unwrap_or(0);
                out[place as usize].after = out.len();
                done = self.nodes[parent as usize];
            }
            next = done.sibling;
        }
    }
}
