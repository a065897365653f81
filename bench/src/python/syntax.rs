//! A concrete tree as a flat list, and the forms of its subtrees.

use std::sync::OnceLock;

use tree_sitter::{Node, TreeCursor};

use super::Parser;
use super::form::{Form, Forms, Head, Printed};
use super::plain::Plain;
use super::printed::Reader;

/// A place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// Line feeds before it.
    pub row: usize,
    /// Bytes between the last of them and it.
    pub column: usize,
}

/// What a node is to its parent, where the parent is an assignment, a loop or a parameter with a default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A default parameter's name.
    Name,
    /// A default parameter's value.
    Value,
    /// What is assigned to.
    Left,
    /// What is assigned.
    Right,
    /// Anything else.
    Other,
}

/// A visible node: named, or a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyntaxNode {
    /// Its kind by name; `ERROR` for what does not fit the grammar.
    pub kind: &'static str,
    /// What it is to its parent.
    pub place: Place,
    /// Where it begins.
    pub start: Point,
    /// Where it ends.
    pub end: Point,
    /// The index after its last descendant.
    pub(super) after: usize,
}

/// A text's concrete tree: nodes in the order in which they begin, parents before children.
///
/// Reading is iterative, so that nesting as deep as the text is long does no harm. Buffers are kept from text to text.
///
/// ```
/// use bench::python::{Forms, Parser, Syntax};
///
/// let (mut parser, mut forms, mut syntax) = (Parser::new(), Forms::default(), Syntax::default());
/// let mut forms_of = |text| {
///     syntax.read(text, &mut parser, &mut forms);
///     syntax.forms().to_vec()
/// };
/// assert_eq!(forms_of("f(x)"), forms_of("g(y)"));
/// assert_ne!(forms_of("f(x)"), forms_of("f(1)"));
/// ```
#[derive(Debug, Default)]
pub struct Syntax {
    nodes: Vec<SyntaxNode>,
    forms: Vec<Form>,
    depth: usize,
    open: Vec<Open>,
    printed: Vec<Printed>,
    plain: Plain,
}

/// A node whose descendants are being read.
#[derive(Debug)]
struct Open {
    node: usize,
    head: Head,
    /// The kind that the grammar renames it to, which Python's binding takes for that of its extra children as well.
    alias: Option<u16>,
    field: u16,
    /// Whether it appears in the S-expression of its parent; tokens do not, and have no children.
    is_printed: bool,
    /// Its printed descendants are those from here on.
    printed_from: usize,
    /// Which child has which place.
    places: [(usize, Place); 2],
}

/// No node has this id.
const NOWHERE: [(usize, Place); 2] = [(0, Place::Other); 2];

impl Syntax {
    /// Reads the tree of `text`; whatever was read before is gone.
    pub fn read(&mut self, text: &str, parser: &mut Parser, forms: &mut Forms) {
        self.clear();
        match self.plain.read(text, forms, &mut self.nodes, &mut self.forms) {
            Some(depth) => self.depth = depth,
            None => self.read_with_grammar(text, parser, forms),
        }
    }

    /// Whether [`read`](Self::read) needs no parser for `text`: what it then reads is what the parser would have.
    pub fn is_plain(&mut self, text: &str, forms: &mut Forms) -> bool {
        self.clear();
        self.plain.read(text, forms, &mut self.nodes, &mut self.forms).is_some()
    }

    /// Reads the tree of `text` as the grammar's parser makes it, plain or not.
    pub fn read_with_grammar(&mut self, text: &str, parser: &mut Parser, forms: &mut Forms) {
        let tree = parser.parse(text);
        self.clear();
        let mut cursor = tree.walk();
        let mut reader = tree.root_node().has_error().then(|| {
            let depth = depth(&mut cursor);
            Reader::new(&tree, depth, tree_sitter_python::language())
        });
        loop {
            self.enter(&cursor, reader.as_mut(), forms);
            if cursor.goto_first_child() {
                continue;
            }
            loop {
                self.leave(reader.as_mut(), forms);
                if cursor.goto_next_sibling() {
                    break;
                }
                if !cursor.goto_parent() {
                    return;
                }
            }
        }
    }

    fn clear(&mut self) {
        self.nodes.clear();
        self.forms.clear();
        self.open.clear();
        self.printed.clear();
        self.depth = 0;
    }

    /// The nodes; the first is the root.
    pub fn nodes(&self) -> &[SyntaxNode] {
        &self.nodes
    }

    /// How many nodes lie on the longest way from the root to a leaf, both included.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// The forms of the root and of every other node that has children, one for each node, in no particular order (S50).
    ///
    /// They are those of Python's binding, in which a node that stands outside of the grammar, such as an error, takes over
    /// the kind of a renamed parent: the error in `{* ,b}` is a `list_splat` where it is printed by itself.
    pub fn forms(&self) -> &[Form] {
        &self.forms
    }

    /// Whether the node at `index` has no children.
    pub fn is_leaf(&self, index: usize) -> bool {
        self.nodes[index].after == index + 1
    }

    /// The index after the last descendant of the node at `index`.
    pub fn after(&self, index: usize) -> usize {
        self.nodes[index].after
    }

    /// The indices of the children of the node at `index`, in order.
    pub fn children(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let after = self.nodes[index].after;
        let first = Some(index + 1).filter(|&child| child < after);
        std::iter::successors(first, move |&child| Some(self.nodes[child].after).filter(|&next| next < after))
    }

    /// The child of the node at `index` that has this place.
    pub fn child_at(&self, index: usize, place: Place) -> Option<usize> {
        self.children(index).find(|&child| self.nodes[child].place == place)
    }

    fn enter(&mut self, cursor: &TreeCursor<'_>, reader: Option<&mut Reader>, forms: &mut Forms) {
        let node = cursor.node();
        let kind_id = node.kind_id();
        let is_extra = node.is_extra();
        let alias = if is_extra { self.open.last().and_then(|parent| parent.alias) } else { alias(node) };
        let kind = kind_name(alias.unwrap_or(kind_id));
        let is_missing = node.is_missing();
        let is_printed = is_missing || node.is_named();
        let place = self.open.last().map_or(Place::Other, |parent| parent.place_of(node.id()));
        let mut head = if is_missing { Head::Missing(kind_id) } else { Head::Kind(kind_id) };
        if let Some(reader) = reader.filter(|_| is_printed) {
            self.pass_hidden(reader, forms);
            head = reader.open().unwrap_or(head);
        }
        let field = cursor.field_id().map_or(0, u16::from);
        let node_index = self.nodes.len();
        self.nodes.push(SyntaxNode {
            kind,
            place,
            start: point(node.start_position()),
            end: point(node.end_position()),
            after: node_index + 1,
        });
        let printed_from = self.printed.len();
        let places = places(node, kind);
        self.open.push(Open { node: node_index, head, alias, field, is_printed, printed_from, places });
        self.depth = self.depth.max(self.open.len());
    }

    fn leave(&mut self, reader: Option<&mut Reader>, forms: &mut Forms) {
        let is_printed = self.open.last().is_some_and(|open| open.is_printed);
        if let Some(reader) = reader.filter(|_| is_printed) {
            self.pass_hidden(reader, forms);
            reader.close();
        }
        let open = self.open.pop().expect("because every node left was entered");
        let after = self.nodes.len();
        self.nodes[open.node].after = after;
        let has_children = after > open.node + 1;
        let form = forms.compose(open.head, &self.printed[open.printed_from..]);
        if has_children || open.node == 0 {
            let head = open.alias.map_or(open.head, Head::Kind);
            let listed = if head == open.head { form } else { forms.compose(head, &self.printed[open.printed_from..]) };
            self.forms.push(listed);
        }
        if open.is_printed {
            self.printed.truncate(open.printed_from);
            self.printed.push(Printed { field: open.field, form });
        }
    }

    /// Hidden tokens that recovery made up are printed children like others.
    fn pass_hidden(&mut self, reader: &mut Reader, forms: &mut Forms) {
        while let Some((field, head)) = reader.hidden() {
            self.printed.push(Printed { field, form: forms.compose(head, &[]) });
        }
    }
}

impl Open {
    fn place_of(&self, id: usize) -> Place {
        self.places.iter().find(|place| place.0 == id).map_or(Place::Other, |place| place.1)
    }
}

/// Which children of `node` have a place.
fn places(node: Node<'_>, kind: &str) -> [(usize, Place); 2] {
    let named = |name, place| (node.child_by_field_name(name).map_or(0, |child| child.id()), place);
    match kind {
        "default_parameter" => [named("name", Place::Name), named("value", Place::Value)],
        "assignment" | "augmented_assignment" | "for_in_clause" | "for_statement" => {
            [named("left", Place::Left), named("right", Place::Right)]
        }
        _ => NOWHERE,
    }
}

/// The kind that the grammar renames `node` to, if it does.
fn alias(node: Node<'_>) -> Option<u16> {
    let (kind, own) = (node.kind_id(), node.grammar_id());
    (kind != own && kind_name(kind) != kind_name(own)).then_some(kind)
}

fn point(point: tree_sitter::Point) -> Point {
    Point { row: point.row, column: point.column }
}

/// How many nodes lie on the longest way down; leaves `cursor` at the root.
fn depth(cursor: &mut TreeCursor<'_>) -> usize {
    let (mut depth, mut most) = (1, 1);
    loop {
        if cursor.goto_first_child() {
            depth += 1;
            most = most.max(depth);
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return most;
            }
            depth -= 1;
        }
    }
}

/// The name of a kind; asking tree-sitter each time would measure the name anew.
fn kind_name(kind: u16) -> &'static str {
    static NAMES: OnceLock<Vec<&'static str>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let language = tree_sitter_python::language();
        let kinds = 0..u16::try_from(language.node_kind_count()).unwrap_or(u16::MAX);
        kinds.map(|kind| language.node_kind_for_id(kind).unwrap_or_default()).collect()
    });
    names.get(usize::from(kind)).copied().unwrap_or("ERROR")
}
