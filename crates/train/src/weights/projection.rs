//! The latent weights between two populations and their level table.

use crate::weights::level_table::TrainedLevels;
use crate::weights::quantise::{quantise, range};
use bruno_chip::Synapse;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Latent weights `[channel][neuron]` between two populations, in units of `scale_pa`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Projection {
    /// Place in the flat parameter vector.
    pub place: Range<usize>,
    /// Postsynaptic neurons.
    pub neurons: usize,
    /// Half the level table's range, pA: one latent unit.
    pub scale_pa: f32,
    /// Level table of the description, latent units, ascending.
    pub start_levels: Vec<f32>,
    /// Its table in training; that of the description where absent.
    pub trained_levels: Option<TrainedLevels>,
}

impl Projection {
    /// Its level table, latent units, ascending.
    pub fn levels<'a>(&'a self, values: &'a [f32]) -> &'a [f32] {
        match &self.trained_levels {
            Some(trained) => &values[trained.place.clone()],
            None => &self.start_levels,
        }
    }

    /// Writes a trained level table into a synapse's description.
    pub(crate) fn describe(&self, values: &[f32], synapse: &mut Synapse) {
        if self.trained_levels.is_some() {
            let scale = f64::from(self.scale_pa);
            let levels = self.levels(values).iter().map(|l| f64::from(*l) * scale);
            synapse.levels_pa = Some(levels.collect());
            synapse.range_pa = None;
        }
    }

    /// Nominal weights, pA, `[channel][neuron]`: the levels nearest to the latent ones.
    pub fn weights_pa(&self, values: &[f32]) -> Vec<f32> {
        let codes = quantise(&values[self.place.clone()], self.levels(values)).codes;
        self.levels_pa(values, &codes)
    }

    /// The levels of these codes, pA.
    pub(crate) fn levels_pa(&self, values: &[f32], codes: &[u8]) -> Vec<f32> {
        let levels = self.levels(values);
        let level = |c: &u8| levels[usize::from(*c)] * self.scale_pa;
        codes.iter().map(level).collect()
    }

    /// Takes out of a gradient by latent weights what would push those at an end of the level table further out.
    pub(crate) fn gate(&self, values: &[f32], gradient: &mut [f32]) {
        let (low, high) = range(self.levels(values));
        let place = self.place.clone();
        for (w, g) in values[place.clone()].iter().zip(&mut gradient[place]) {
            // A step goes against the gradient.
            if (*w <= low && *g > 0.0) || (*w >= high && *g < 0.0) {
                *g = 0.0;
            }
        }
    }

    pub(crate) fn clip(&mut self, values: &mut [f32]) {
        if let Some(trained) = &self.trained_levels {
            trained.restrict(values);
        }
        let (low, high) = range(self.levels(values));
        for w in &mut values[self.place.clone()] {
            *w = w.clamp(low, high);
        }
    }
}
