//! The update of `AdamW` on the CPU in one pass: memory is what it costs, so every number is read and written once.

use rayon::prelude::*;
use tch::{Device, Kind, Tensor};

/// Numbers that a thread updates at a time.
const PIECE: usize = 1 << 14;

/// The constants of one application.
#[derive(Debug, Clone, Copy)]
pub(super) struct Update {
    /// What weight decay leaves of a parameter.
    pub(super) kept: f32,
    /// What the gradient counts in the mean.
    pub(super) first: f32,
    /// What its square counts in the mean of squares.
    pub(super) second: f32,
    /// The root of what corrects the bias of the latter.
    pub(super) root_bias: f32,
    /// Added to the root.
    pub(super) epsilon: f32,
    /// The learning rate, the bias of the mean corrected.
    pub(super) rate: f32,
}

impl Update {
    /// Updates `parameter` and what is remembered of it, if all of them are numbers of 32 bits that lie in the processor's
    /// memory one after the other; says whether they do.
    pub(super) fn apply(self, [parameter, first, second]: [&mut Tensor; 3], gradient: &Tensor) -> bool {
        let gradient = gradient.contiguous();
        let Some(gradient) = numbers(&gradient) else { return false };
        let (Some(parameter), Some(first), Some(second)) =
            (numbers_mut(parameter), numbers_mut(first), numbers_mut(second))
        else {
            return false;
        };
        parameter
            .par_chunks_mut(PIECE)
            .zip(first.par_chunks_mut(PIECE).zip(second.par_chunks_mut(PIECE)))
            .zip(gradient.par_chunks(PIECE))
            .for_each(|((parameter, (first, second)), gradient)| self.piece(parameter, first, second, gradient));
        true
    }

    fn piece(self, parameter: &mut [f32], first: &mut [f32], second: &mut [f32], gradient: &[f32]) {
        for (((p, m), v), g) in parameter.iter_mut().zip(first).zip(second).zip(gradient) {
            *m += self.first * (g - *m);
            *v += self.second * (g * g - *v);
            *p = *p * self.kept - *m / (v.sqrt() / self.root_bias + self.epsilon) * self.rate;
        }
    }
}

fn is_plain(tensor: &Tensor) -> bool {
    tensor.device() == Device::Cpu && tensor.kind() == Kind::Float && tensor.is_contiguous() && tensor.numel() > 0
}

#[expect(unsafe_code, reason = "the bindings lend no numbers of a tensor without copying them")]
fn numbers(tensor: &Tensor) -> Option<&[f32]> {
    // SAFETY: a contiguous tensor of this kind on the CPU is `numel` numbers from its pointer on, for as long as it is
    // borrowed; nobody writes gradients while the optimizer reads them.
    is_plain(tensor).then(|| unsafe { std::slice::from_raw_parts(tensor.data_ptr().cast::<f32>(), tensor.numel()) })
}

#[expect(unsafe_code, reason = "the bindings lend no numbers of a tensor without copying them")]
fn numbers_mut(tensor: &mut Tensor) -> Option<&mut [f32]> {
    let count = tensor.numel();
    // SAFETY: as above; parameters and what is remembered of each are tensors with storage of their own.
    is_plain(tensor).then(|| unsafe { std::slice::from_raw_parts_mut(tensor.data_ptr().cast::<f32>(), count) })
}
