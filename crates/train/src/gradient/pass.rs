//! The backward pass of one sample: what it is given, and the choice of gradient.

use crate::TrainError;
use crate::config::{GradientKind, TrainConfig};
use crate::gradient::adjoint;
use crate::gradient::bptt;
use crate::gradient::recorded::RecordedSteps;
use crate::gradient::recording::Recording;
use crate::gradient::transition::ExactSteps;
use crate::run::not_finite::NotFinite;
use crate::weights::in_force::{InForce, Physical};
use crate::weights::parameters::Parameters;
use bruno_device::{Chip, MOST_STATES};
use bruno_sim::Stimulus;

/// Places for the moving states of neurons of a file: all but the input and the refractory time.
const MOST_MOVING: usize = MOST_STATES - 2;

/// `dL/d parameter` of one sample, in the order of [`Parameters::values`].
pub type Gradient = Vec<f32>;

/// What the loss asks of the chip's outputs.
pub struct Demand<'a> {
    /// `dL/d(readout current, pA)` at the end of every window, `[window][output]`.
    pub by_current: &'a [f32],
    /// `dL/d(spike count of a window)` of every hidden neuron, by layer: `[window][neuron]`, or `[neuron]` where it is the
    /// same in every window.
    pub by_spikes: &'a [Vec<f32>],
    /// `dL/d(mean membrane of a window)` of every hidden neuron, by layer: `[window][neuron]`; empty where nothing asks. The
    /// membrane of neurons of a file is the state that the condition of their spike compares, in SI units; else it is V.
    pub by_membrane: &'a [Vec<f32>],
}

impl<'a> Demand<'a> {
    /// `dL/d(spike count)` of the neurons of a hidden layer in a window.
    pub(crate) fn spikes(&self, layer: usize, window: usize, neurons: usize) -> &'a [f32] {
        let all = &self.by_spikes[layer];
        match all.len() == neurons {
            true => all,
            false => &all[window * neurons..(window + 1) * neurons],
        }
    }
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
        let physical = self.physical(kind, recording, false)?;
        self.by_parameters(physical)
    }

    /// The same, and `dL/d(spikes of an input channel in a window)`, `[window][channel]`: by a spike at an unknown time in the
    /// window, so the mean over its ticks.
    ///
    /// # Errors
    /// Those of [`Pass::gradient`].
    pub fn gradient_and_inputs(
        &self,
        kind: GradientKind,
        recording: &Recording,
    ) -> Result<(Gradient, Vec<f32>), TrainError> {
        let mut physical = self.physical(kind, recording, true)?;
        let inputs = std::mem::take(&mut physical.inputs);
        Ok((self.by_parameters(physical)?, inputs))
    }

    /// By the currents and cards in force.
    fn physical(
        &self,
        kind: GradientKind,
        recording: &Recording,
        by_input: bool,
    ) -> Result<Physical, TrainError> {
        let moving = self.chip().layers.iter().map(|l| l.model.moving().count());
        // Places for the states of all layers: few of them cost little.
        match moving.max().unwrap_or(0) {
            0..=2 => self.with_places::<2>(kind, recording, by_input),
            3 => self.with_places::<3>(kind, recording, by_input),
            4 => self.with_places::<4>(kind, recording, by_input),
            _ => self.with_places::<MOST_MOVING>(kind, recording, by_input),
        }
    }

    /// The same with places for `N` states of a neuron.
    fn with_places<const N: usize>(
        &self,
        kind: GradientKind,
        recording: &Recording,
        by_input: bool,
    ) -> Result<Physical, TrainError> {
        match kind {
            GradientKind::Sample | GradientKind::Mean | GradientKind::Jacobian => {
                let steps = |index| RecordedSteps::new(self, index, recording, kind);
                adjoint::backward::<_, N>(self, recording, &steps, by_input)
            }
            GradientKind::Transition => {
                let exact = ExactSteps::<N>::of(self)?;
                adjoint::backward(self, recording, &|index| exact.layer(index), by_input)
            }
            GradientKind::Bptt => bptt::full::<N>(self, by_input),
            GradientKind::Checkpointed => bptt::checkpointed::<N>(self, by_input),
        }
    }

    fn by_parameters(&self, physical: Physical) -> Result<Gradient, TrainError> {
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
