//! The flat form of a tree.

use super::constant::Constant;

/// A piece of an expression. A tree is the list of its marks, parents first; since every mark says how many follow for
/// it, two trees are equal if and only if their lists are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Mark {
    /// A node of this kind with so many children.
    Node(&'static str, usize),
    /// A name that is looked up or bound (`Name` of CPython).
    Name(Box<str>),
    /// The name of an attribute.
    Attribute(Box<str>),
    /// The name of an argument or a parameter.
    Label(Box<str>),
    /// A constant.
    Constant(Constant),
    /// A child that is not there.
    Absent,
}
