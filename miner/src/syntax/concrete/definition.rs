//! Functions, classes and the module's own section.

use tree_sitter::Node;

use super::{Item, Walk, children, first_child, has_comma, offset, unwrapped};
use crate::syntax::outline::{Class, Function, LineRange};

impl<'t> Walk<'t> {
    pub(super) fn visit_decorated(&mut self, node: Node<'t>) {
        let (decorators, definition) = parts(node);
        match definition.kind() {
            "class_definition" => self.visit_class(definition, &decorators),
            _ => self.visit_function(definition, &decorators),
        }
    }

    pub(super) fn visit_function(&mut self, node: Node<'t>, decorators: &[Node<'t>]) {
        let function = self.function(node, decorators);
        self.outline.functions.push(function);
        self.queue.extend(node.child_by_field_name("parameters").map(Item::Parameters));
        self.block_field(node, "body");
        self.exprs(decorators.iter().copied());
        self.field(node, "return_type");
        self.type_parameters(node);
    }

    pub(super) fn visit_class(&mut self, node: Node<'t>, decorators: &[Node<'t>]) {
        let class = self.class(node);
        self.outline.classes.push(class);
        if let Some(arguments) = node.child_by_field_name("superclasses") {
            self.arguments(&children(arguments));
        }
        self.block_field(node, "body");
        self.exprs(decorators.iter().copied());
        self.type_parameters(node);
    }

    /// Bounds of type variables are rare, and the grammar's view of them is its own.
    fn type_parameters(&mut self, node: Node<'t>) {
        if let Some(parameters) = node.child_by_field_name("type_parameters") {
            self.unknown(parameters);
        }
    }

    pub(super) fn read_module(&mut self, module: Node<'t>) {
        let statements = children(module);
        self.outline.top_functions =
            statements.iter().filter_map(|statement| self.direct_function(*statement)).collect();
        let is_definition = |node: &Node<'_>| {
            matches!(node.kind(), "function_definition" | "class_definition" | "decorated_definition")
        };
        for statement in statements.into_iter().take_while(|node| !is_definition(node)) {
            let kept = match statement.kind() {
                "import_statement" | "import_from_statement" | "future_import_statement" => true,
                "expression_statement" => !is_string(statement, self.text),
                // Valid text holds no statement of Python 2: what looks like one is an expression.
                "print_statement" | "exec_statement" => {
                    self.uncertain = true;
                    false
                }
                _ => false,
            };
            if kept {
                let lines = self.lines_of(statement);
                self.outline.header.push(lines);
            }
        }
    }

    fn function(&mut self, node: Node<'t>, decorators: &[Node<'t>]) -> Function {
        let lines = self.lines_of(node);
        let heads = decorators.iter().map(|decorator| self.lines.line(offset(unwrapped(*decorator).start_byte())));
        let head = heads.chain([lines.first]).min().unwrap_or(lines.first);
        let name = node.child_by_field_name("name").map_or_else(String::new, |name| self.name(name));
        Function { name, lines, head }
    }

    fn class(&mut self, node: Node<'t>) -> Class {
        let body = node.child_by_field_name("body").map_or_else(Vec::new, children);
        let assignments = body.iter().filter(|statement| is_assignment(**statement));
        Class {
            lines: self.lines_of(node),
            assignments: assignments.map(|statement| self.lines_of(*statement)).collect(),
            methods: body.iter().filter_map(|statement| self.direct_function(*statement)).collect(),
            name: node.child_by_field_name("name").map_or_else(String::new, |name| self.name(name)),
        }
    }

    /// The function that `statement` defines, if it does.
    fn direct_function(&mut self, statement: Node<'t>) -> Option<Function> {
        let (decorators, definition) = match statement.kind() {
            "decorated_definition" => parts(statement),
            _ => (Vec::new(), statement),
        };
        (definition.kind() == "function_definition").then(|| self.function(definition, &decorators))
    }

    /// From the first to the last token; comments behind the last statement do not count.
    fn lines_of(&self, node: Node<'_>) -> LineRange {
        let mut last = node;
        loop {
            let tokens = last.children(&mut last.walk()).filter(|child| !child.is_extra()).last();
            match tokens {
                Some(token) => last = token,
                None => break,
            }
        }
        LineRange { first: self.lines.line(offset(node.start_byte())), last: self.lines.line(offset(last.end_byte())) }
    }
}

/// The decorator expressions and the definition of a decorated definition.
fn parts(node: Node<'_>) -> (Vec<Node<'_>>, Node<'_>) {
    let decorators = children(node).into_iter().filter(|child| child.kind() == "decorator");
    (decorators.filter_map(first_child).collect(), node.child_by_field_name("definition").unwrap_or(node))
}

fn is_assignment(statement: Node<'_>) -> bool {
    first_child(statement).is_some_and(|child| child.kind() == "assignment")
        && statement.kind() == "expression_statement"
}

/// Whether an expression statement is a bare string constant: no bytes, no f-string, no tuple.
fn is_string(statement: Node<'_>, text: &str) -> bool {
    let Some(value) = first_child(statement).map(unwrapped).filter(|_| !has_comma(statement)) else { return false };
    let strings = if value.kind() == "concatenated_string" { children(value) } else { vec![value] };
    strings.into_iter().all(|string| {
        let prefix = text[string.byte_range()].split(['"', '\'']).next().unwrap_or("");
        string.kind() == "string" && !prefix.contains(['b', 'B', 'f', 'F'])
    })
}
