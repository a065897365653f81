//! Clipping by the global norm of the gradient.

use tch::{Kind, Tensor};

use crate::error::{Error, Result};

/// Scales all `gradients` in place by min(1, `max_norm` / (norm + 1e-6)), where norm is the L2 norm over all of them
/// (M135), and returns the norm before scaling. 0 or less switches the scaling off.
///
/// # Errors
/// [`Error::Torch`] if the norm cannot be read.
pub fn clip_by_global_norm(gradients: &[Tensor], max_norm: f64) -> Result<f64> {
    let Some(first) = gradients.first() else { return Ok(0.0) };
    let _guard = tch::no_grad_guard();
    let norms: Vec<Tensor> = gradients
        .iter()
        .map(|gradient| gradient.norm_scalaropt_dtype(2, Kind::Float).to_device(first.device()))
        .collect();
    let norm = f64::try_from(Tensor::stack(&norms, 0).norm())
        .map_err(|source| Error::torch("read the norm of the gradient", source))?;
    let factor = max_norm / (norm + 1e-6);
    if max_norm > 0.0 && factor < 1.0 {
        for gradient in gradients {
            let _ = gradient.shallow_clone().g_mul_scalar_(factor);
        }
    }
    Ok(norm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_are_scaled_together_and_only_down() {
        let gradients = || [Tensor::from_slice(&[3.0_f32, 0.0]), Tensor::from_slice(&[4.0_f32])];
        let values = |gradients: &[Tensor]| Vec::<f32>::try_from(Tensor::cat(gradients, 0)).unwrap();
        let clipped = gradients();
        assert!((clip_by_global_norm(&clipped, 1.0).unwrap() - 5.0).abs() < 1e-6);
        for (found, expected) in values(&clipped).iter().zip([0.6, 0.0, 0.8]) {
            assert!((found - expected).abs() < 1e-6);
        }
        let small = gradients();
        clip_by_global_norm(&small, 6.0).unwrap();
        assert_eq!(values(&small), [3.0, 0.0, 4.0]);
        let off = gradients();
        clip_by_global_norm(&off, 0.0).unwrap();
        assert_eq!(values(&off), [3.0, 0.0, 4.0]);
    }
}
