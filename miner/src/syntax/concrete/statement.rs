//! Statements of the concrete tree.

use tree_sitter::Node;

use super::{Item, Walk, children, first_child, has_comma, offset, span, unwrapped};
use crate::syntax::outline::Site;

impl<'t> Walk<'t> {
    pub(super) fn visit_stmt(&mut self, node: Node<'t>) {
        match node.kind() {
            "expression_statement" => self.visit_expression_statement(node),
            "assert_statement" => self.visit_assert(node),
            "return_statement" => self.exprs(first_child(node)),
            "delete_statement" => match first_child(node) {
                Some(targets) if targets.kind() == "expression_list" => self.exprs(children(targets)),
                target => self.exprs(target),
            },
            "raise_statement" => self.exprs(children(node)),
            "function_definition" => self.visit_function(node, &[]),
            "class_definition" => self.visit_class(node, &[]),
            "decorated_definition" => self.visit_decorated(node),
            "if_statement" => self.visit_if(node),
            "for_statement" => {
                self.fields(node, ["left", "right"]);
                self.block_field(node, "body");
                self.else_clause(node.child_by_field_name("alternative"));
            }
            "while_statement" => {
                self.field(node, "condition");
                self.block_field(node, "body");
                self.else_clause(node.child_by_field_name("alternative"));
            }
            "with_statement" => self.visit_with(node),
            "try_statement" => self.visit_try(node),
            "match_statement" => self.visit_match(node),
            "import_statement"
            | "import_from_statement"
            | "future_import_statement"
            | "pass_statement"
            | "break_statement"
            | "continue_statement"
            | "global_statement"
            | "nonlocal_statement" => {}
            // Statements of Python 2 that the grammar sees in valid text, and aliases of types.
            _ => self.unknown(node),
        }
    }

    fn visit_expression_statement(&mut self, node: Node<'t>) {
        let Some(first) = first_child(node) else { return };
        match first.kind() {
            "assignment" => self.visit_assignment(first),
            "augmented_assignment" => self.fields(first, ["left", "right"]),
            _ if has_comma(node) => self.queue.push_back(Item::Tuple(node)),
            _ => self.expr(first),
        }
    }

    /// `a = b = c` nests to the right; all targets and the value are children of one node.
    fn visit_assignment(&mut self, mut node: Node<'t>) {
        self.fields(node, ["left", "type"]);
        while let Some(right) = node.child_by_field_name("right") {
            if right.kind() != "assignment" {
                return self.expr(right);
            }
            self.field(right, "left");
            node = right;
        }
    }

    fn visit_assert(&mut self, node: Node<'t>) {
        let parts = children(node);
        let test = parts.first().copied().map(unwrapped);
        let comparator =
            test.filter(|test| test.kind() == "comparison_operator").and_then(|test| children(test).get(1).copied());
        let site = Site::Assert { start: offset(node.start_byte()), comparator: comparator.map(span) };
        self.outline.sites.push(site);
        self.exprs(parts);
    }

    fn visit_if(&mut self, node: Node<'t>) {
        self.field(node, "condition");
        self.block_field(node, "consequence");
        let mut clauses: Vec<Node<'t>> = node.children_by_field_name("alternative", &mut node.walk()).collect();
        clauses.reverse();
        self.orelse(clauses);
    }

    /// An `elif` is an `if` inside the `orelse` of its predecessor.
    pub(super) fn visit_elif(&mut self, mut clauses: Vec<Node<'t>>) {
        if let Some(clause) = clauses.pop() {
            self.field(clause, "condition");
            self.block_field(clause, "consequence");
            self.orelse(clauses);
        }
    }

    /// `clauses` are in reverse order.
    fn orelse(&mut self, clauses: Vec<Node<'t>>) {
        match clauses.last() {
            Some(clause) if clause.kind() == "elif_clause" => self.queue.push_back(Item::Elif(clauses)),
            clause => self.else_clause(clause.copied()),
        }
    }

    fn else_clause(&mut self, clause: Option<Node<'t>>) {
        if let Some(clause) = clause {
            self.block_field(clause, "body");
        }
    }

    fn visit_try(&mut self, node: Node<'t>) {
        self.block_field(node, "body");
        let clauses = children(node);
        let of_kind = |kind: &str| clauses.iter().copied().find(|clause| clause.kind() == kind);
        let handlers = clauses.iter().filter(|clause| matches!(clause.kind(), "except_clause" | "except_group_clause"));
        self.queue.extend(handlers.copied().map(Item::Handler));
        self.else_clause(of_kind("else_clause"));
        if let Some(block) = of_kind("finally_clause").and_then(first_child) {
            self.block(block);
        }
    }

    pub(super) fn visit_handler(&mut self, node: Node<'t>) {
        let parts = children(node);
        let Some((&block, caught)) = parts.split_last() else { return };
        if let Some(&caught) = caught.first() {
            let named = caught.kind() == "as_pattern";
            self.exprs(if named { first_child(caught) } else { Some(caught) });
        }
        self.block(block);
    }

    fn visit_with(&mut self, node: Node<'t>) {
        let items = first_child(node).map_or_else(Vec::new, children);
        // `with (a, b):` has two items; the grammar may see one that is a tuple or stands in parentheses.
        let sole = match &items[..] {
            [item] => item.child_by_field_name("value"),
            _ => None,
        };
        match sole {
            Some(tuple) if tuple.kind() == "tuple" => {
                self.queue.extend(children(tuple).into_iter().map(Item::With));
            }
            Some(value) => self.queue.push_back(Item::With(unwrapped(value))),
            None => self.queue.extend(items.into_iter().filter_map(first_child).map(Item::With)),
        }
        self.block_field(node, "body");
    }

    pub(super) fn visit_with_item(&mut self, node: Node<'t>) {
        if node.kind() == "as_pattern" { self.exprs(children(node)) } else { self.expr(node) }
    }

    fn visit_match(&mut self, node: Node<'t>) {
        let subjects: Vec<Node<'t>> = node.children_by_field_name("subject", &mut node.walk()).collect();
        match &subjects[..] {
            [subject] if !has_comma(node) => self.expr(*subject),
            _ => self.queue.push_back(Item::Elements(subjects)),
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.queue.extend(children(body).into_iter().map(Item::Case));
        }
    }

    /// Patterns hold names, attributes and constants only.
    pub(super) fn visit_case(&mut self, node: Node<'t>) {
        self.exprs(node.child_by_field_name("guard").and_then(first_child));
        self.block_field(node, "consequence");
    }
}
