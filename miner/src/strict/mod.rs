//! The profile `strict`: what the paper describes, with the quirks of the reference repaired (section 10).
//!
//! Nothing of this folder is used under the profile `paper`. [`StrictFile`] finds the assertions of one file for both
//! tracks and builds their prefixes, [`StrictVersion`] holds those of one version of a file, read in pieces, [`files`]
//! tells tests from production code, [`select`](mod@select) makes the balanced selection. The profiles part in three
//! places of this crate: `Extractor::of`, `FileRules::of` and `mine`.

mod assertion;
mod bound;
mod difficulty;
pub(crate) mod extract;
mod family;
mod file;
pub(crate) mod files;
mod filter;
mod find;
mod framework;
mod names;
mod outline;
mod piece;
mod prefix;
mod select;
mod target;
pub(crate) mod text;
mod version;

pub use assertion::{Closing, StrictAssertion};
pub use file::{Enclosing, PrefixKind, StrictFile};
pub use filter::Duplicates;
pub use framework::Framework;
pub use select::{Choice, StrictEntry, select_strict};
pub(crate) use version::{StrictCut, StrictReader, StrictVersion};
