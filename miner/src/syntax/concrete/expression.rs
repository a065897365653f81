//! Expressions of the concrete tree.

use tree_sitter::Node;

use super::{Item, Walk, children, first_child, has_comma, offset, span, unwrapped};
use crate::syntax::outline::{Call, Callee, Keyword, Receiver, Site};

impl<'t> Walk<'t> {
    pub(super) fn visit_expr(&mut self, node: Node<'t>) {
        match node.kind() {
            "string" => self.interpolations(node),
            "concatenated_string" => children(node).into_iter().for_each(|part| self.interpolations(part)),
            "call" => self.visit_call(node),
            "attribute" => self.operand(node, "object"),
            "subscript" => self.visit_subscript(node),
            "binary_operator" => {
                self.operand(node, "left");
                self.field(node, "right");
            }
            "boolean_operator" => self.visit_boolean(node),
            "comparison_operator" => {
                let operands = children(node);
                self.uncertain |= operands.iter().any(|operand| is_splat(*operand));
                self.exprs(operands);
            }
            "unary_operator" | "not_operator" => self.field(node, "argument"),
            "named_expression" => self.field(node, "value"),
            "conditional_expression" => match children(node)[..] {
                [body, test, orelse] => self.exprs([test, body, orelse]),
                _ => self.uncertain = true,
            },
            "lambda" => {
                let parameters = node.child_by_field_name("parameters");
                self.queue.extend(parameters.map(Item::Parameters));
                self.field(node, "body");
            }
            "await" => {
                // Python awaits before it raises to a power, the grammar after.
                let awaited = first_child(node);
                self.uncertain |= awaited.is_some_and(|awaited| awaited.kind() == "binary_operator");
                self.exprs(awaited);
            }
            "dictionary" => self.visit_dictionary(node),
            "list_comprehension" | "set_comprehension" | "generator_expression" => {
                self.field(node, "body");
                self.clauses(node);
            }
            "dictionary_comprehension" => {
                if let Some(pair) = node.child_by_field_name("body") {
                    self.fields(pair, ["key", "value"]);
                }
                self.clauses(node);
            }
            "list" | "set" | "tuple" | "expression_list" | "pattern_list" | "tuple_pattern" | "list_pattern"
            | "slice" | "yield" | "list_splat" | "list_splat_pattern" | "dictionary_splat" => {
                self.exprs(children(node));
            }
            // Forms of types that are no expressions to the grammar, and anything else.
            _ => self.unknown(node),
        }
    }

    /// The operand before an operator. The grammar takes the star of `*f(x)` into it, where Python applies it last.
    fn operand(&mut self, node: Node<'t>, name: &str) {
        let operand = node.child_by_field_name(name);
        self.uncertain |= operand.is_some_and(is_splat);
        self.exprs(operand);
    }

    /// `a and b and c` is one node with three operands.
    fn visit_boolean(&mut self, node: Node<'t>) {
        let operator = |node: Node<'t>| node.child_by_field_name("operator").map(|operator| operator.kind_id());
        let mut operands = Vec::new();
        let mut rest = node;
        loop {
            operands.extend(rest.child_by_field_name("right"));
            match rest.child_by_field_name("left") {
                Some(left) if left.kind() == "boolean_operator" && operator(left) == operator(node) => rest = left,
                left => {
                    operands.extend(left);
                    break;
                }
            }
        }
        self.exprs(operands.into_iter().rev());
    }

    fn visit_subscript(&mut self, node: Node<'t>) {
        self.operand(node, "value");
        let indices: Vec<Node<'t>> = node.children_by_field_name("subscript", &mut node.walk()).collect();
        match &indices[..] {
            [index] if !has_comma(node) && !is_splat(*index) => self.expr(*index),
            _ => self.queue.push_back(Item::Elements(indices)),
        }
    }

    /// All keys before all values.
    fn visit_dictionary(&mut self, node: Node<'t>) {
        let entries = children(node);
        self.exprs(entries.iter().filter_map(|entry| entry.child_by_field_name("key")));
        self.exprs(entries.iter().filter_map(|entry| match entry.kind() {
            "pair" => entry.child_by_field_name("value"),
            _ => first_child(*entry),
        }));
    }

    fn clauses(&mut self, node: Node<'t>) {
        let mut clauses: Vec<(Node<'t>, Vec<Node<'t>>)> = Vec::new();
        for child in children(node) {
            match (child.kind(), clauses.last_mut()) {
                ("for_in_clause", _) => clauses.push((child, Vec::new())),
                ("if_clause", Some((_, conditions))) => conditions.extend(first_child(child)),
                _ => {}
            }
        }
        self.queue.extend(clauses.into_iter().map(|(clause, conditions)| Item::Comprehension(clause, conditions)));
    }

    pub(super) fn visit_comprehension(&mut self, clause: Node<'t>, conditions: Vec<Node<'t>>) {
        self.fields(clause, ["left", "right"]);
        self.exprs(conditions);
    }

    fn visit_call(&mut self, node: Node<'t>) {
        let arguments = node.child_by_field_name("arguments");
        let arguments = match arguments {
            // A generator as sole argument: the parentheses of the call are its own (R10).
            Some(generator) if generator.kind() == "generator_expression" => vec![generator],
            arguments => arguments.map_or_else(Vec::new, children),
        };
        if let Some(callee) = self.callee(node).filter(Callee::is_candidate) {
            let positional =
                arguments.iter().filter(|argument| !is_keyword(**argument)).map(|argument| span(*argument));
            let call = Call {
                start: offset(node.start_byte()),
                callee,
                positional: positional.collect(),
                keywords: arguments.iter().filter_map(|argument| self.keyword(*argument)).collect(),
            };
            self.outline.sites.push(Site::Call(call));
        }
        self.operand(node, "function");
        self.arguments(&arguments);
    }

    /// Positional arguments before keywords.
    pub(super) fn arguments(&mut self, arguments: &[Node<'t>]) {
        self.exprs(arguments.iter().copied().filter(|argument| !is_keyword(*argument)));
        let keywords = arguments.iter().copied().filter(|argument| is_keyword(*argument));
        self.queue.extend(
            keywords
                .filter_map(|keyword| match keyword.kind() {
                    "keyword_argument" => keyword.child_by_field_name("value"),
                    _ => first_child(keyword),
                })
                .map(Item::Around),
        );
    }

    fn keyword(&mut self, argument: Node<'t>) -> Option<Keyword> {
        let named = argument.kind() == "keyword_argument";
        let (name, value) = (argument.child_by_field_name("name")?, argument.child_by_field_name("value")?);
        named.then(|| Keyword { name: self.name(name), value: span(value) })
    }

    fn callee(&mut self, call: Node<'t>) -> Option<Callee> {
        let function = unwrapped(call.child_by_field_name("function")?);
        match function.kind() {
            "identifier" => Some(Callee::Name(self.name(function))),
            "attribute" => {
                let object = unwrapped(function.child_by_field_name("object")?);
                let receiver = match object.kind() {
                    "identifier" => Receiver::Name(self.name(object)),
                    "attribute" => Receiver::Attribute(self.name(object.child_by_field_name("attribute")?)),
                    _ => Receiver::Other,
                };
                Some(Callee::Attribute(receiver, self.name(function.child_by_field_name("attribute")?)))
            }
            _ => None,
        }
    }

    /// The formatted values of an f-string or of a format specification.
    pub(super) fn interpolations(&mut self, node: Node<'t>) {
        let values =
            children(node).into_iter().filter(|child| matches!(child.kind(), "interpolation" | "format_expression"));
        self.queue.extend(values.map(Item::Interpolation));
    }

    pub(super) fn visit_interpolation(&mut self, node: Node<'t>) {
        let expression = node.child_by_field_name("expression");
        // In `{x:=5}` the specification is `=5`; only parentheses make an assignment of it.
        self.uncertain |= expression.is_some_and(|expression| expression.kind() == "named_expression");
        self.exprs(expression);
        self.queue.extend(node.child_by_field_name("format_specifier").map(Item::Format));
    }
}

fn is_splat(node: Node<'_>) -> bool {
    matches!(node.kind(), "list_splat" | "list_splat_pattern")
}

fn is_keyword(argument: Node<'_>) -> bool {
    matches!(argument.kind(), "keyword_argument" | "dictionary_splat")
}
