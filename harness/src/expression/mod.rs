//! Python expressions as CPython 3.12 reads them, for text that may be none.
//!
//! [`Expression::read`] takes a text for one expression, as `ast.parse(text, mode="eval")` does (S100);
//! [`Expression::read_arguments`] for what stands between the brackets of a call. Either gives the tree in a flat
//! form, in which spacing, quotes, the spelling of numbers, redundant brackets, trailing commas and implicit
//! concatenation have left no trace. Equality of expressions is equality of trees.
//!
//! Held against live CPython 3.12 and 3.13 on 100,000 texts each, expressions of the standard library and mutations of
//! them (`tests/live`): whether a text parses, its shape, names and constants, and which texts have equal trees. What is
//! known to differ:
//!
//! - Depth. CPython 3.12 refuses trees of more than about 2,990 levels (3.13: 9,990), as this reader does; more than 200
//!   brackets, 149 f-strings or 746 lambdas in each other's parameters are refused by all three. CPython also refuses
//!   what overflows the stack of its parser otherwise, which is not imitated: about 200 brackets that each hold a
//!   comparison, a power, an `or` or a lambda; 2,987 powers or lambdas in a row.
//! - In an f-string of single quotes, CPython takes a format that is nothing but a line break; this reader refuses it.
//! - CPython 3.12 unescapes the format of raw f-strings, ends a format that ends with a field with an empty constant, and
//!   fails on `{x=}` in a format. This reader does as 3.13 does.
//! - Letters and names of characters (`\N{…}`) that are newer than Unicode 15 are known here.

mod constant;
mod f_string;
mod mark;
mod reading;
mod shape;
mod walk;

pub use constant::Constant;
pub use reading::Expression;
pub use shape::Shape;
