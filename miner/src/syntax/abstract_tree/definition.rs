//! Functions, classes and parameters.

use ruff_python_ast::{ParameterWithDefault, Parameters, StmtClassDef, StmtFunctionDef, TypeParams};

use super::{Node, Walk};

impl<'a> Walk<'a> {
    pub(super) fn visit_function(&mut self, def: &'a StmtFunctionDef) {
        self.trace.functions.push(def);
        self.parameters(&def.parameters);
        self.body(&def.body);
        self.exprs(def.decorator_list.iter().map(|decorator| &decorator.expression));
        self.optional(def.returns.as_deref());
        self.type_params(def.type_params.as_deref());
    }

    pub(super) fn visit_class(&mut self, def: &'a StmtClassDef) {
        self.trace.classes.push(def);
        if let Some(arguments) = &def.arguments {
            self.arguments(arguments);
        }
        self.body(&def.body);
        self.exprs(def.decorator_list.iter().map(|decorator| &decorator.expression));
        self.type_params(def.type_params.as_deref());
    }

    pub(super) fn visit_parameters(&mut self, parameters: &'a Parameters) {
        let node = |parameter: &'a ParameterWithDefault| Node::Parameter(&parameter.parameter);
        self.queue.extend(parameters.posonlyargs.iter().chain(&parameters.args).map(node));
        self.queue.extend(parameters.vararg.as_deref().map(Node::Parameter));
        self.queue.extend(parameters.kwonlyargs.iter().map(node));
        self.exprs(parameters.kwonlyargs.iter().filter_map(|parameter| parameter.default.as_deref()));
        self.queue.extend(parameters.kwarg.as_deref().map(Node::Parameter));
        let positional = parameters.posonlyargs.iter().chain(&parameters.args);
        self.exprs(positional.filter_map(|parameter| parameter.default.as_deref()));
    }

    pub(super) fn parameters(&mut self, parameters: &'a Parameters) {
        if !parameters.is_empty() {
            self.queue.push_back(Node::Parameters(parameters));
        }
    }

    pub(super) fn type_params(&mut self, params: Option<&'a TypeParams>) {
        self.queue.extend(params.into_iter().flat_map(|params| params.iter()).map(Node::TypeParam));
    }
}
