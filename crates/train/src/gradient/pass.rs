//! The backward pass of one sample: what it is given, and the choice of gradient.

use crate::TrainError;
use crate::config::{GradientKind, TrainConfig};
use crate::gradient::adjoint;
use crate::gradient::bptt;
use crate::gradient::recorded::RecordedSteps;
use crate::gradient::recording::Recording;
use crate::gradient::transition::ExactSteps;
use crate::run::not_finite::NotFinite;
use crate::weights::in_force::InForce;
use crate::weights::parameters::Parameters;
use bruno_device::Chip;
use bruno_sim::Stimulus;

/// `dL/d parameter` of one sample, in the order of [`Parameters::values`].
pub type Gradient = Vec<f32>;

/// What the loss asks of the chip's outputs.
pub struct Demand<'a> {
    /// `dL/d(readout current, pA)` at the end of every window, `[window][output]`.
    pub by_current: &'a [f32],
    /// `dL/d(spike count)` of every hidden neuron, by layer; the same in every window.
    pub by_spikes: &'a [Vec<f32>],
    /// `dL/d(mean membrane of a window, V)` of every hidden neuron, by layer: `[window][neuron]`; empty where nothing asks.
    pub by_membrane: &'a [Vec<f32>],
}

/// One sample that has run forward, and the loss's derivatives.
pub struct Pass<'a> {
    /// The chip, its weights and its cards in force.
    pub in_force: &'a InForce,
    /// What the gradient is by.
    pub parameters: &'a Parameters,
    /// Settings: gradient, surrogate.
    pub config: &'a TrainConfig,
    /// What went in.
    pub stimulus: &'a Stimulus,
    /// What the loss asks.
    pub demand: Demand<'a>,
}

impl<'a> Pass<'a> {
    /// The chip in force.
    pub fn chip(&self) -> &'a Chip {
        &self.in_force.chip
    }

    /// The gradient of this kind, from a recording of the forward pass that was kept for it. Output biases are left at zero: the loss
    /// knows them.
    ///
    /// # Errors
    /// Gradients that need every tick run the integer model again; its errors are those of a program that does not fit. A
    /// number that is not finite is named with its window and neuron, or as an entry of the gradient.
    pub fn gradient(
        &self,
        kind: GradientKind,
        recording: &Recording,
    ) -> Result<Gradient, TrainError> {
        let physical = match kind {
            GradientKind::Sample | GradientKind::Mean | GradientKind::Jacobian => {
                let steps = |index| RecordedSteps::new(self, index, recording, kind);
                adjoint::backward(self, recording, &steps)?
            }
            GradientKind::Transition => {
                let exact = ExactSteps::of(self)?;
                adjoint::backward(self, recording, &|index| exact.layer(index))?
            }
            GradientKind::Bptt => bptt::full(self)?,
            GradientKind::Checkpointed => bptt::checkpointed(self)?,
        };
        let gradient = self.in_force.to_parameters(self.parameters, physical);
        match gradient.iter().position(|g| !g.is_finite()) {
            None => Ok(gradient),
            Some(at) => {
                let tensor = format!("gradient of {}", self.parameters.name(at));
                Err(NotFinite::of(tensor, gradient[at]).into())
            }
        }
    }
}
