//! From predictions to numbers: [`score`] joins tasks with what a method answered, cleans, measures and summarises.
//!
//! A completion is raw text; nothing here measures raw text. It first becomes an [`Answer`], and only the module
//! `answer` can build one, so that scoring an uncleaned completion does not compile. There are two cleanings, and the
//! type says which one was applied:
//!
//! - [`Paper`] cuts a completion down *by looking at the target*, exactly as the authors of the benchmark do. Its
//!   numbers can be laid beside published ones, and they forgive and punish in odd ways (see [`Reference`]).
//! - [`Strict`] never sees the target. A completion ends where the expression that fills the [`Slot`] ends, as
//!   Python's brackets, quotes and lines say; the same cut is made on the target, and spacing between lexemes is
//!   ignored.
//!
//! ```
//! use harness::{Answer, Paper, Reference, Slot, Strict, edit_similarity, em_paper, em_strict};
//!
//! // A target-aware cut calls two different colours equal …
//! let reference = Reference::<Paper>::clean("'#fff'");
//! let answer = Answer::<Paper>::clean("'#000'", &reference);
//! assert!(em_paper(&answer, &reference));
//! assert_eq!(edit_similarity(&answer, &reference), 1.0);
//!
//! // … which the strict one does not.
//! let reference = Reference::<Strict>::clean("'#fff'", Slot::Comparand);
//! assert!(!em_strict(&Answer::<Strict>::clean("'#000'", Slot::Comparand), &reference));
//! ```
//!
//! The metrics are [`em_paper`], [`em_strict`], [`em_ast`], [`edit_similarity`], [`token_bleu`] and [`CodeBleu`]. Each is a
//! pure function of two texts; [`Scorer`] applies them all, [`PairScorer`] those that need no task. Failures are classed by
//! [`error_class`], [`slot_error_class`] and [`failure_mode`], tasks divided by [`groupings`]. Means are over tasks;
//! intervals come from resampling either repositories (the default to quote, because tasks of one repository resemble
//! each other) or tasks (as published), see [`Bootstrap`]; methods are compared by [`compare`].
//!
//! [`compare`] says which methods can be told apart on the tasks that they share, with repositories as what was drawn:
//! an interval for each difference and the test that agrees with it, corrected for the number of pairs.
//!
//! [`audit`](mod@audit) says of a method that claims to know repositories whether it does.
//!
//! Rules are cited by number, `S1` and so on, in the documentation of what implements them. [`RULES_VERSION`] names
//! the whole set and belongs into every result. The same inputs give the same bytes at any number of threads and any
//! order of the predictions. No file, network, clock or environment is touched.

mod answer;
mod asked;
pub mod audit;
mod compare;
mod error;
mod expression;
mod grouping;
mod interval;
mod join;
mod lexeme;
mod literal;
mod measure;
mod metric;
mod pairs;
mod pcg64;
mod pool;
mod scaling;
mod score;
mod selftest;
mod summary;
mod taxonomy;

pub use answer::{Answer, CleaningSteps, Paper, Reference, Slot, Strict};
pub use asked::Asked;
pub use compare::{CompareOptions, MOST_METHODS, Series, compare, holm, mcnemar};
pub use error::{Error, Faults, Result};
pub use expression::{Constant, Expression, Shape};
pub use grouping::{Grouping, groupings};
pub use interval::{Bootstrap, MeanInterval, Unit};
pub use metric::{
    CodeBleu, CodeBleuComponents, HashSensitivity, Matcher, TokenBleu, edit_similarity, em_ast, em_paper, em_strict,
    token_bleu,
};
pub use pairs::{PairScorer, PairScores};
pub use pcg64::{Pcg64, StreamSeed};
pub use pool::{Lent, Pool};
pub use scaling::{Fit, fit_logarithm, fit_power_law};
pub use score::{RULES_VERSION, ScoreOptions, Scorer, score, versions};
pub use selftest::{Difference, Golden};
pub use taxonomy::{error_class, failure_mode, slot_error_class};
