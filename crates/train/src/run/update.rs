//! The update rule: the optimiser's step with its schedule, clipping, gates and decay.

use crate::config::StraightThrough;
use crate::gradient::pass::Gradient;
use crate::run::not_finite::NotFinite;
use crate::{Checkpoint, TrainError};

impl Checkpoint {
    /// One optimiser step down the gradient of a batch, the share `progress` of the run's steps done; returns the gradient's
    /// norm and the factor of its clipping.
    ///
    /// # Errors
    /// A number that is not finite.
    pub fn update(
        &mut self,
        mut gradient: Gradient,
        progress: f64,
    ) -> Result<(f32, f32), TrainError> {
        let config = &self.config;
        // A cosine from 1 to a hundredth.
        let schedule = 0.01 + 0.99 * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos());
        let level_rate = config.levels.as_ref().map_or(0.0, |l| l.learning_rate);
        let parameters = &mut self.parameters;
        let device: Vec<usize> = parameters
            .layers
            .iter()
            .flat_map(|l| l.device.iter().flatten().copied())
            .collect();
        let rate_of = |k: usize| match (device.contains(&k), parameters.is_level(k)) {
            (true, _) => config.device_learning_rate,
            (false, true) => level_rate,
            (false, false) => config.learning_rate,
        };
        let rates = (0..gradient.len()).map(|k| (rate_of(k) * schedule) as f32);
        let rates: Vec<f32> = rates.collect();
        if config.weights.straight_through == StraightThrough::Gated {
            parameters.gate(&mut gradient);
        }
        let (norm, clipping) = self.adam.clip(&mut gradient, config.clip as f32);
        if !norm.is_finite() {
            return Err(NotFinite::of("norm of the batch's gradient", norm).into());
        }
        self.adam
            .step(&mut parameters.values, &gradient, |k| rates[k]);
        parameters.decay(config.learning_rate * schedule * config.regularisation.weight_decay);
        parameters.clip();
        match parameters.values.iter().position(|x| !x.is_finite()) {
            None => Ok((norm, clipping)),
            Some(at) => Err(NotFinite::of(parameters.name(at), parameters.values[at]).into()),
        }
    }
}
