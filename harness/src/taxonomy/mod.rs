//! Why wrong answers are wrong: [`error_class`] as the authors tell it, [`slot_error_class`] by what the slot needs,
//! and [`failure_mode`] by text alone. Shares are of the failures, not of all tasks (S107).
//!
//! # What the authors' classes do not mean (S108)
//!
//! The authors read the cleaned texts as they stand. A target that ends a call has a bracket too many, so neither it nor
//! a right answer parses: nearly all failures of such tasks that are not near misses are `Syntax Error`s.
//! And attribute names are no identifiers to them, so `a.b` for `a.c` is a `Type Mismatch`.
//!
//! # The second classification
//!
//! [`slot_error_class`] asks the same questions in the same order of the strictly cleaned texts, which end before the
//! bracket that the slot supplies, and of what they are in their slot. It explains the failures of `em_strict`.
//!
//! | slot | target | answer | authors | second |
//! | ---- | ------ | ------ | ------- | ------ |
//! | argument | `x)` | `y)` | Syntax Error | Wrong Identifier |
//! | argument | `len(x))` | `3)` | Syntax Error | Type Mismatch |
//! | argument | `x)` | `f(y` | Syntax Error | Syntax Error |
//! | argument | `x)` | `)` | Syntax Error | Empty/Truncated |
//! | comparand | `a.b` | `a.c` | Type Mismatch | Wrong Identifier |
//! | comparand | `[]` | `f(x, y)` | Syntax Error, cut to `f(x` | Type Mismatch |
//! | arguments | `E, match="m")` | `E)` | Syntax Error | Type Mismatch |
//! | arguments | `E, match="m")` | `E, match="no match at all")` | Syntax Error | Wrong Literal |

mod contents;
mod error_class;
mod failure_mode;
mod slot;

pub use error_class::error_class;
pub use failure_mode::failure_mode;
pub use slot::slot_error_class;
