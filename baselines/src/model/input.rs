//! What a decoder is given in one call, and where it is asked.

use tch::Tensor;

use super::place::Layout;
use crate::adapter::RowAdapters;

/// What the model reads in one call.
#[derive(Debug)]
pub struct Input<'a> {
    /// [B, T] i64: the tokens that are not in the cache yet. Padding columns may hold any valid id.
    pub ids: &'a Tensor,
    /// Where these tokens stand, and what they see.
    pub layout: Layout<'a>,
    /// Where logits are wanted.
    pub positions: Positions<'a>,
    /// The adapters of the B rows; the base model alone if there are none.
    pub adapters: Option<&'a RowAdapters>,
    /// [B, T, D], added to what the tokens are embedded as: for training (M125).
    pub noise: Option<&'a Tensor>,
}

/// The positions whose logits are computed: the head is a fifth of the work of a small model.
#[derive(Debug, Clone, Copy)]
pub enum Positions<'a> {
    /// Every column: logits [B, T, V].
    All,
    /// The last column: logits [B, V].
    Last,
    /// These indices into the B·T columns in row order ([N] i64): logits [N, V].
    At(&'a Tensor),
    /// The same indices, none of which stands before the column `from` of its row: the last layer makes nothing but keys
    /// and values of the columns before it.
    Tail {
        /// [N] i64.
        at: &'a Tensor,
        /// At least 0 and below T.
        from: i64,
    },
}
