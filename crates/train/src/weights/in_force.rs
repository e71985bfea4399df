//! What a sample runs on: the chip in force, what is loaded into it, and the way back from a gradient by its currents
//! and cards to one by the parameters.
//!
//! Without device effects that is the nominal chip. With them it is a virtual chip (docs/variability.md) that follows
//! from the seed and the place in the run alone.

use crate::config::{DeviceTraining, Draw, HardwareConfig, TrainConfig, WeightRounding};
use crate::gradient::pass::Gradient;
use crate::weights::parameters::Parameters;
use crate::weights::projection::Projection;
use crate::weights::quantise::Quantised;
use crate::weights::virtual_program::{held_program, ideal_program};
use bruno_chip::ChipError;
use bruno_device::{Chip, Draws, HeldProjection, VirtualLayer};
use bruno_sim::Program;
use std::ops::Range;

/// Keeps training's virtual chips apart from those of a Monte-Carlo run with the same seed ("training" in ASCII).
const TRAINING: u64 = 0x7472_6169_6e69_6e67;

/// A place in a training run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    /// Epoch, from 1.
    pub epoch: usize,
    /// Optimiser step of the whole run.
    pub step: usize,
    /// Sample of the whole run.
    pub sample: usize,
}

/// The chip in force.
pub struct InForce {
    /// With the registers and cards in force.
    pub chip: Chip,
    /// What it is loaded with.
    pub program: Program,
    layers: Vec<LayerInForce>,
}

/// One layer of it.
struct LayerInForce {
    input: Weights,
    recurrent: Option<Weights>,
    /// Value in force by nominal value of each device parameter in training.
    devices: Vec<f64>,
}

/// A gradient by what is in force.
pub(crate) struct Physical {
    /// By currents in pA at the places of weights, 0 elsewhere.
    pub weights: Vec<f64>,
    /// By the device parameters in the units of each layer's card.
    pub devices: Vec<Vec<f64>>,
    /// By the spikes of input channels, `[window][channel]`; empty where nobody asks.
    pub inputs: Vec<f32>,
}

/// Synapses of a projection, `[channel][neuron]`.
pub(crate) struct Weights {
    /// Nominal codes.
    codes: Vec<u8>,
    /// Currents in force, pA.
    pub pa: Vec<f32>,
    /// Derivative of each by its nominal level; empty where all are 1.
    slopes: Vec<f32>,
}

/// The chip that the simulators of a run must simulate: virtual chips need 8-bit synapses.
pub fn simulated(chip: &Chip, config: &TrainConfig) -> Chip {
    match config.hardware {
        None => chip.clone(),
        Some(_) => chip.with_fine_synapses(),
    }
}

/// What the nominal chip is loaded with in a simulator of [`simulated`].
pub fn nominal_program(chip: &Chip, parameters: &Parameters, config: &TrainConfig) -> Program {
    let program = parameters.program(chip);
    match config.hardware {
        None => program,
        Some(_) => ideal_program(chip, &program),
    }
}

impl InForce {
    /// What is in force at a place of a run; `chip` has the device parameters at hand.
    ///
    /// # Errors
    /// A virtual chip whose registers or adders cannot hold it.
    pub fn at(
        parameters: &Parameters,
        config: &TrainConfig,
        chip: &Chip,
        at: At,
    ) -> Result<Self, ChipError> {
        let codes = match config.weights.rounding {
            WeightRounding::Nearest => parameters.quantised(),
            WeightRounding::Stochastic => parameters.rounded_at_random(config.seed, at.step),
        };
        match &config.hardware {
            None => Ok(Self::of_codes(parameters, chip, &codes)),
            Some(hardware) => {
                let ideal = parameters.program_of(chip, &codes);
                Self::drawn(parameters, hardware, chip, &ideal, (config.seed, at))
            }
        }
    }

    /// The nominal chip with every weight at the nearest level.
    pub fn nominal(parameters: &Parameters, chip: &Chip) -> Self {
        Self::of_codes(parameters, chip, &parameters.quantised())
    }

    fn of_codes(
        parameters: &Parameters,
        chip: &Chip,
        codes: &[(Quantised, Option<Quantised>)],
    ) -> Self {
        let values = &parameters.values;
        let layers = parameters.layers.iter().zip(codes);
        let layers = layers.map(|(own, (input, recurrent))| LayerInForce {
            input: Weights::ideal(&own.input, values, input),
            recurrent: own
                .recurrent
                .as_ref()
                .zip(recurrent.as_ref())
                .map(|(projection, codes)| Weights::ideal(projection, values, codes)),
            devices: vec![1.0; own.device.len()],
        });
        Self {
            chip: chip.clone(),
            program: parameters.program_of(chip, codes),
            layers: layers.collect(),
        }
    }

    /// A virtual chip with the effects that are asked for.
    fn drawn(
        parameters: &Parameters,
        hardware: &HardwareConfig,
        chip: &Chip,
        ideal: &Program,
        (seed, at): (u64, At),
    ) -> Result<Self, ChipError> {
        let mut asked = chip.clone();
        hardware.keep_asked(&mut asked.description);
        let number = match hardware.draw {
            Draw::Sample => at.sample,
            Draw::Step => at.step,
            Draw::Epoch => at.epoch,
        };
        let draws = Draws {
            seed: seed ^ TRAINING,
            chip: number as u32,
        };
        let programs = ideal.layers.iter().enumerate();
        let drawn = programs
            .map(|(index, p)| VirtualLayer::new(&asked, index, &p.weights, &p.codes, draws));
        let drawn: Vec<VirtualLayer<'_>> = drawn.collect::<Result<_, _>>()?;
        let (program, tables) = held_program(&asked, &drawn, at.sample as u32)?;
        let mut own = asked.with_fine_synapses();
        let mut layers = Vec::new();
        for (index, (layer, held)) in drawn.iter().zip(tables).enumerate() {
            let mut devices = Vec::new();
            let lsb_pa = chip.layers[index].current.lsb_pa;
            let channels = chip.layers[index].inputs * chip.layers[index].neurons;
            let (inputs, recurrences) = ideal.layers[index].weights.split_at(channels);
            own.layers[index].codes = program.layers[index].codes.clone();
            if let Some(neurons) = &layer.neurons {
                let place = &mut own.description.layers[index];
                let nominal = std::mem::replace(place, neurons.clone());
                let factor = |training: &DeviceTraining| {
                    let parameter = training.of(neurons)?;
                    let (drawn, value) = (parameter.of(neurons), parameter.of(&nominal));
                    // A factor leaves zero where it is.
                    (value != 0.0).then(|| drawn / value)
                };
                let fields = parameters.device().iter();
                devices.extend(fields.map(|d| factor(d).unwrap_or(1.0)));
            }
            layers.push(LayerInForce {
                input: Weights::held(held.input, inputs, lsb_pa),
                recurrent: held
                    .recurrent
                    .map(|held| Weights::held(held, recurrences, lsb_pa)),
                devices,
            });
        }
        Ok(Self {
            chip: own,
            program,
            layers,
        })
    }

    /// Currents of a layer's input synapses, pA, `[channel][neuron]`.
    pub(crate) fn input_pa(&self, layer: usize) -> &[f32] {
        &self.layers[layer].input.pa
    }

    /// Those of its recurrent synapses; empty without recurrence.
    pub(crate) fn recurrent_pa(&self, layer: usize) -> &[f32] {
        self.layers[layer].recurrent.as_ref().map_or(&[], |r| &r.pa)
    }

    /// The gradient by the parameters from one by what is in force. Weights pass straight through the rounding to levels.
    pub(crate) fn to_parameters(&self, parameters: &Parameters, physical: Physical) -> Gradient {
        let mut gradient = physical.weights;
        let layers = parameters.layers.iter().zip(&self.layers);
        for ((own, held), devices) in layers.zip(&physical.devices) {
            let recurrent = own.recurrent.iter().zip(&held.recurrent);
            for (projection, weights) in std::iter::once((&own.input, &held.input)).chain(recurrent)
            {
                let by_pa = &mut gradient[projection.place.clone()];
                weights.by_level(by_pa);
                let scale = f64::from(projection.scale_pa);
                by_pa.iter_mut().for_each(|g| *g *= scale);
                if let Some(levels) = &projection.trained_levels {
                    weights.sum_by_code(&projection.place, &levels.place, &mut gradient);
                }
            }
            let places = own.device.iter().zip(&held.devices).zip(devices);
            for (index, ((place, factor), by_card)) in places.enumerate() {
                let Some(place) = place else { continue };
                let slope = factor * f64::from(parameters.device_slope(index, *place));
                gradient[*place] += by_card * slope;
            }
        }
        gradient.into_iter().map(|g| g as f32).collect()
    }
}

impl Weights {
    /// Synapses at their nominal levels.
    fn ideal(projection: &Projection, values: &[f32], codes: &Quantised) -> Self {
        Self {
            pa: projection.levels_pa(values, &codes.codes),
            codes: codes.codes.clone(),
            slopes: Vec::new(),
        }
    }

    /// Synapses of a virtual chip, programmed to these codes.
    fn held(held: HeldProjection, codes: &[u8], lsb_pa: f64) -> Self {
        let pa = held.currents().map(|c| (f64::from(c) * lsb_pa) as f32);
        Self {
            pa: pa.collect(),
            codes: codes.to_vec(),
            slopes: held.slopes,
        }
    }

    /// The gradient by a level is the sum of that by all weights which stand at it.
    fn sum_by_code(&self, weights: &Range<usize>, levels: &Range<usize>, gradient: &mut [f64]) {
        for (place, code) in weights.clone().zip(&self.codes) {
            gradient[levels.start + usize::from(*code)] += gradient[place];
        }
    }

    /// A gradient by the currents in force becomes one by their nominal levels.
    fn by_level(&self, gradient: &mut [f64]) {
        let slopes = gradient.iter_mut().zip(&self.slopes);
        slopes.for_each(|(g, slope)| *g *= f64::from(*slope));
    }
}
