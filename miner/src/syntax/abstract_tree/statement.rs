//! Statements of the abstract tree.

use ruff_python_ast::{ElifElseClause, Stmt, StmtAssert};

use super::{Met, Node, SiteNode, Walk};

impl<'a> Walk<'a> {
    pub(super) fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => self.visit_function(def),
            Stmt::ClassDef(def) => self.visit_class(def),
            Stmt::Return(node) => self.optional(node.value.as_deref()),
            Stmt::Delete(node) => self.exprs(&node.targets),
            Stmt::TypeAlias(node) => {
                self.type_params(node.type_params.as_deref());
                self.expr(&node.value);
            }
            Stmt::Assign(node) => {
                self.exprs(&node.targets);
                self.expr(&node.value);
            }
            Stmt::AugAssign(node) => self.exprs([&*node.target, &*node.value]),
            Stmt::AnnAssign(node) => {
                self.exprs([&*node.target, &*node.annotation]);
                self.optional(node.value.as_deref());
            }
            Stmt::Raise(node) => {
                self.optional(node.exc.as_deref());
                self.optional(node.cause.as_deref());
            }
            Stmt::Assert(node) => self.visit_assert(node),
            Stmt::Expr(node) => self.expr(&node.value),
            Stmt::For(_) | Stmt::While(_) | Stmt::If(_) | Stmt::With(_) | Stmt::Match(_) | Stmt::Try(_) => {
                self.visit_blocks(stmt);
            }
            Stmt::Import(_)
            | Stmt::ImportFrom(_)
            | Stmt::Global(_)
            | Stmt::Nonlocal(_)
            | Stmt::Pass(_)
            | Stmt::Break(_)
            | Stmt::Continue(_)
            | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    /// Compound statements but definitions.
    fn visit_blocks(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::For(node) => {
                self.exprs([&*node.target, &*node.iter]);
                self.body(&node.body);
                self.body(&node.orelse);
            }
            Stmt::While(node) => {
                self.expr(&node.test);
                self.body(&node.body);
                self.body(&node.orelse);
            }
            Stmt::If(node) => {
                self.expr(&node.test);
                self.body(&node.body);
                self.orelse(&node.elif_else_clauses);
            }
            Stmt::With(node) => {
                self.queue.extend(node.items.iter().map(Node::Item));
                self.body(&node.body);
            }
            Stmt::Match(node) => {
                self.expr(&node.subject);
                self.queue.extend(node.cases.iter().map(Node::Case));
            }
            Stmt::Try(node) => {
                self.body(&node.body);
                self.queue.extend(node.handlers.iter().map(Node::Handler));
                self.body(&node.orelse);
                self.body(&node.finalbody);
            }
            _ => {}
        }
    }

    fn visit_assert(&mut self, node: &'a StmtAssert) {
        self.trace.sites.push(Met { level: self.trace.levels, node: SiteNode::Assert(node) });
        self.expr(&node.test);
        self.optional(node.msg.as_deref());
    }

    pub(super) fn visit_elif(&mut self, clauses: &'a [ElifElseClause]) {
        if let Some((clause, rest)) = clauses.split_first() {
            self.optional(clause.test.as_ref());
            self.body(&clause.body);
            self.orelse(rest);
        }
    }

    fn orelse(&mut self, clauses: &'a [ElifElseClause]) {
        match clauses.first() {
            Some(clause) if clause.test.is_none() => self.body(&clause.body),
            Some(_) => self.queue.push_back(Node::Elif(clauses)),
            None => {}
        }
    }
}
