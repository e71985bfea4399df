//! Everything that training changes: latent weights, device parameters, output biases; and the way from there to a chip.

mod fresh;
mod tensor;

use crate::config::DeviceTraining;
use crate::weights::projection::Projection;
use crate::weights::quantise::{Quantised, quantise, quantise_at_random};
use bruno_chip::{ChipError, Description};
use bruno_device::{Chip, Codes};
use bruno_sim::{LayerProgram, LayerQuantisation, Program};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::ops::Range;
pub use tensor::Tensor;

/// Keeps the random numbers of weights' rounding apart from those of initial weights ("rounding" in ASCII).
const WEIGHT_ROUNDING: u64 = 0x726f_756e_6469_6e67;

/// Projections onto one layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerParameters {
    /// From the layer before or the inputs.
    pub input: Projection,
    /// From itself.
    pub recurrent: Option<Projection>,
    /// Places of the layer's device parameters, in the order of the configuration; none of one that its neurons do not have.
    /// Layers of a die may share one. Empty for the readout.
    pub device: Vec<Option<usize>>,
}

impl LayerParameters {
    fn recurrent_levels_are_trained(&self) -> bool {
        self.recurrent
            .as_ref()
            .is_some_and(|r| r.trained_levels.is_some())
    }
}

/// All parameters of a chip in training, one flat vector with a map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameters {
    /// The values that the optimiser sees: latent weights, device logits, output biases.
    pub values: Vec<f32>,
    /// Map of the layers, the readout last.
    pub layers: Vec<LayerParameters>,
    /// Place of the output biases (one a logit, added by whoever reads the chip).
    pub bias: Range<usize>,
    device: Vec<DeviceTraining>,
    /// Width of the surrogate that the recorder sums (level `jacobian`), V.
    surrogate_v: f64,
}

impl Parameters {
    /// The map alone, without values.
    pub(crate) fn map(&self) -> Self {
        Self {
            values: Vec::new(),
            layers: self.layers.clone(),
            bias: self.bias.clone(),
            device: self.device.clone(),
            surrogate_v: self.surrogate_v,
        }
    }

    /// Weights and levels of every projection, input then recurrent, layer by layer.
    pub(crate) fn tables(&self) -> Vec<(usize, usize)> {
        let layers = self.layers.iter();
        let projections = layers.flat_map(|l| std::iter::once(&l.input).chain(&l.recurrent));
        projections
            .map(|p| (p.place.len(), p.start_levels.len()))
            .collect()
    }

    /// Takes out of a gradient what would push latent weights at an end of their level table further out.
    pub fn gate(&self, gradient: &mut [f32]) {
        for layer in &self.layers {
            for projection in std::iter::once(&layer.input).chain(&layer.recurrent) {
                projection.gate(&self.values, gradient);
            }
        }
    }

    /// Ends of step: latent weights return into their level table's range.
    pub fn clip(&mut self) {
        let Self { values, layers, .. } = self;
        for layer in layers {
            layer.input.clip(values);
            if let Some(recurrent) = &mut layer.recurrent {
                recurrent.clip(values);
            }
        }
    }

    /// Takes a share off every latent weight.
    pub(crate) fn decay(&mut self, share: f64) {
        let Self { values, layers, .. } = self;
        let projections = layers
            .iter()
            .flat_map(|l| std::iter::once(&l.input).chain(&l.recurrent));
        for projection in projections {
            for weight in &mut values[projection.place.clone()] {
                *weight -= share as f32 * *weight;
            }
        }
    }

    /// The description with its trained device parameters and level tables.
    pub fn describe(&self, description: &Description) -> Description {
        let mut new = description.clone();
        for (layer, raw) in self.layers.iter().zip(&mut new.layers) {
            for (place, d) in layer.device.iter().zip(&self.device) {
                if let (Some(place), Some(parameter)) = (place, d.of(raw)) {
                    parameter.set(raw, bounded(self.values[*place], d.bounds));
                }
            }
            if raw.recurrent
                && (layer.input.trained_levels.is_some() || layer.recurrent_levels_are_trained())
            {
                // Each projection has its own table from now on.
                raw.recurrent_synapse
                    .get_or_insert_with(|| raw.synapse.clone());
            }
            layer.input.describe(&self.values, &mut raw.synapse);
            if let (Some(recurrent), Some(synapse)) = (&layer.recurrent, &mut raw.recurrent_synapse)
            {
                recurrent.describe(&self.values, synapse);
            }
        }
        if let Some(readout) = self.layers.last() {
            readout
                .input
                .describe(&self.values, &mut new.readout.synapse);
        }
        new
    }

    /// The same weights without trained device parameters: they leave a description's cards as they are.
    pub fn without_device(&self) -> Self {
        let mut new = self.clone();
        new.device.clear();
        new.layers.iter_mut().for_each(|l| l.device.clear());
        new
    }

    /// The chip with its trained device parameters.
    pub fn chip(&self, file: &str, description: &Description) -> Result<Chip, ChipError> {
        Chip::resolve(file, &self.describe(description))
    }

    /// Codes of every projection, input then recurrent, layer by layer.
    pub fn quantised(&self) -> Vec<(Quantised, Option<Quantised>)> {
        let codes =
            |p: &Projection| quantise(&self.values[p.place.clone()], p.levels(&self.values));
        let layer = |l: &LayerParameters| (codes(&l.input), l.recurrent.as_ref().map(codes));
        self.layers.iter().map(layer).collect()
    }

    /// Nearest codes of every projection, input then recurrent, layer by layer.
    pub(crate) fn codes(&self) -> Vec<Vec<u8>> {
        let layers = self.quantised().into_iter();
        layers
            .flat_map(|(input, recurrent)| std::iter::once(input).chain(recurrent))
            .map(|quantised| quantised.codes)
            .collect()
    }

    /// The same as [`Parameters::quantised`] with weights rounded at random, which follows from seed and optimiser step alone.
    pub(crate) fn rounded_at_random(
        &self,
        seed: u64,
        step: usize,
    ) -> Vec<(Quantised, Option<Quantised>)> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ WEIGHT_ROUNDING);
        rng.set_stream(step as u64);
        let mut codes = |p: &Projection| {
            quantise_at_random(
                &self.values[p.place.clone()],
                p.levels(&self.values),
                &mut rng,
            )
        };
        let layers = self.layers.iter();
        layers
            .map(|l| (codes(&l.input), l.recurrent.as_ref().map(&mut codes)))
            .collect()
    }

    /// What is loaded into the chip, every weight at its nearest level.
    pub fn program(&self, chip: &Chip) -> Program {
        self.program_of(chip, &self.quantised())
    }

    /// The program with these codes.
    pub(crate) fn program_of(
        &self,
        chip: &Chip,
        codes: &[(Quantised, Option<Quantised>)],
    ) -> Program {
        let layers = chip
            .layers
            .iter()
            .zip(codes)
            .map(|(layer, (input, recurrent))| {
                let recurrent = recurrent.as_ref().map_or(&[][..], |r| &r.codes);
                let weights = [&input.codes[..], recurrent].concat();
                let width = (self.surrogate_v / chip.description.formats.v_lsb()).round();
                LayerProgram {
                    codes: Codes {
                        sur_w: (width as i32).clamp(1, Codes::MAX_SURROGATE),
                        ..layer.codes.clone()
                    },
                    levels: layer.levels.clone(),
                    recurrent_levels: layer.recurrent_levels.clone(),
                    weights,
                }
            });
        Program {
            layers: layers.collect(),
            window: chip.window_ticks,
        }
    }

    /// Puts every weight at the level of its code in these programs, and takes these output biases; the programs fit the chip
    /// that the parameters are of.
    pub(crate) fn take(&mut self, programs: &[LayerProgram], bias: &[f32]) {
        for (layer, program) in self.layers.iter().zip(programs) {
            let (inputs, recurrences) = program.weights.split_at(layer.input.place.len());
            let projections = std::iter::once(&layer.input).chain(&layer.recurrent);
            for (projection, codes) in projections.zip([inputs, recurrences]) {
                let levels = projection.levels(&self.values).to_vec();
                let weights = self.values[projection.place.clone()].iter_mut();
                weights
                    .zip(codes)
                    .for_each(|(w, code)| *w = levels[usize::from(*code)]);
            }
        }
        self.values[self.bias.clone()].copy_from_slice(bias);
    }

    /// The quantisation report of [`Parameters::program`], with the latent weights that stand at their bounds.
    pub fn quantisation(&self, chip: &Chip) -> Vec<LayerQuantisation> {
        let mut report = self.program(chip).quantisation(chip);
        for (layer, (input, recurrent)) in report.iter_mut().zip(self.quantised()) {
            let quantised = std::iter::once(input).chain(recurrent);
            for (projection, quantised) in layer.projections.iter_mut().zip(quantised) {
                projection.clipped = Some(quantised.clipped);
            }
        }
        report
    }

    /// What the parameter at `place` is called in messages.
    pub fn name(&self, place: usize) -> String {
        for (index, layer) in self.layers.iter().enumerate() {
            let named = [
                ("input weights", Some(&layer.input)),
                ("recurrent weights", layer.recurrent.as_ref()),
            ];
            for (name, projection) in named {
                if let Some(p) = projection.filter(|p| p.place.contains(&place)) {
                    let at = place - p.place.start;
                    return format!(
                        "{name} of layer {index}, channel {}, neuron {}",
                        at / p.neurons,
                        at % p.neurons
                    );
                }
                let levels = projection.and_then(|p| p.trained_levels.as_ref());
                if let Some(levels) = levels.filter(|l| l.place.contains(&place)) {
                    let at = place - levels.place.start;
                    return format!("level {at} of the {name} of layer {index}");
                }
            }
            if let Some(at) = layer.device.iter().position(|p| *p == Some(place)) {
                let name = &self.device[at].parameter;
                return format!("device parameter {name} of layer {index}");
            }
        }
        format!("output bias {}", place.saturating_sub(self.bias.start))
    }

    /// `d value / d logit` of device parameter `index`, at its place.
    pub fn device_slope(&self, index: usize, place: usize) -> f32 {
        let (low, high) = self.device[index].bounds;
        let s = sigmoid(self.values[place]);
        (high - low) as f32 * s * (1.0 - s)
    }

    /// Whether the parameter at `place` is a level of a table in training.
    pub(crate) fn is_level(&self, place: usize) -> bool {
        let projections = |l: &LayerParameters| {
            std::iter::once(&l.input)
                .chain(&l.recurrent)
                .filter_map(|p| p.trained_levels.as_ref())
                .any(|levels| levels.place.contains(&place))
        };
        self.layers.iter().any(projections)
    }

    /// Label and place of every device parameter that layer `index`, called `name`, is the first to have.
    pub(crate) fn device_labels(&self, index: usize, name: &str) -> Vec<(String, usize)> {
        let all = self.own_device(index);
        all.map(|(place, d)| (d.label(name), place)).collect()
    }

    /// Place and settings of the same.
    pub(crate) fn own_device(
        &self,
        index: usize,
    ) -> impl Iterator<Item = (usize, &DeviceTraining)> {
        let earlier = &self.layers[..index];
        let own = self.layers[index].device.iter().zip(&self.device);
        let new = own.filter(move |(place, _)| !earlier.iter().any(|l| l.device.contains(place)));
        new.filter_map(|(place, d)| Some(((*place)?, d)))
    }

    /// Device parameters in training, in order.
    pub fn device(&self) -> &[DeviceTraining] {
        &self.device
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

fn bounded(logit: f32, (low, high): (f64, f64)) -> f64 {
    low + (high - low) * f64::from(sigmoid(logit))
}

fn logit(value: f64, (low, high): (f64, f64)) -> f32 {
    let s = (value - low) / (high - low);
    (s / (1.0 - s)).ln() as f32
}
