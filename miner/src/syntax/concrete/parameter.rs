//! Parameters of functions and lambdas.

use tree_sitter::Node;

use super::{Item, Walk, children, first_child};

impl<'t> Walk<'t> {
    /// Positional parameters, `*args`, keyword-only parameters and their defaults, `**kwargs`, positional defaults.
    pub(super) fn visit_parameters(&mut self, node: Node<'t>) {
        let mut positional = Vec::new();
        let mut starred = None;
        let mut keyword_only = Vec::new();
        let mut double_starred = None;
        for parameter in children(node) {
            let core = if parameter.kind() == "typed_parameter" { first_child(parameter) } else { Some(parameter) };
            match core.map_or("", |core| core.kind()) {
                "positional_separator" => {}
                "keyword_separator" | "list_splat_pattern" => starred = Some(parameter),
                "dictionary_splat_pattern" => double_starred = Some(parameter),
                _ if starred.is_some() => keyword_only.push(parameter),
                _ => positional.push(parameter),
            }
        }
        self.annotations(positional.iter().copied().chain(starred).chain(keyword_only.iter().copied()));
        self.defaults(&keyword_only);
        self.annotations(double_starred);
        self.defaults(&positional);
    }

    fn annotations(&mut self, parameters: impl IntoIterator<Item = Node<'t>>) {
        let types = parameters.into_iter().filter_map(|parameter| parameter.child_by_field_name("type"));
        self.queue.extend(types.map(Item::Around));
    }

    fn defaults(&mut self, parameters: &[Node<'t>]) {
        for &parameter in parameters {
            self.field(parameter, "value");
        }
    }
}
