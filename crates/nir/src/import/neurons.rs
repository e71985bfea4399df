//! A layer of neurons: device card, registers, currents.
//!
//! The membrane is counted in thresholds, `(v - v_leak)/(v_threshold - v_leak)`, so that thresholds, resistances and input
//! weights that differ between neurons all become factors of their synapses. What a chip has once a layer (time constants,
//! reset) must not differ. A spike over a weight then moves the membrane by `share * share * weight/(1 - decay)` thresholds
//! altogether; the level is the current that brings this charge.

mod circuit;
mod equations;
mod registers;

use super::Parts;
use super::stored::Stored;
use crate::error::problem;
use crate::loss::short;
use crate::matrix::Matrix;
use crate::network::Layer;
use bruno_chip::{LayerDescription, Problem};
use bruno_device::Coefficient;
use circuit::Circuit;
use equations::Neuron;
use registers::Registers;

/// A layer of a chip.
pub(super) struct Neurons {
    /// Name of the node.
    pub name: String,
    pub description: LayerDescription,
    pub input: Stored,
    pub recurrent: Option<Stored>,
    /// Decay of the current where it is faster than a description takes.
    pub decay: Option<Coefficient>,
}

/// How far parameters of a layer may differ, relative: a register's mantissa of 7 bits rounds coarser.
const SAME: f64 = 1e-3;

/// Shortest and longest time constant of a current that a description takes, us.
const TAU_US: (f64, f64) = (20.0, 1e6);

/// Room between the largest current that is expected and the end of its word.
pub(super) const MARGIN: f64 = 1.1;

impl Neurons {
    pub fn of(layer: &Layer, index: usize, parts: &mut Parts) -> Result<Self, Vec<Problem>> {
        let settings = parts.settings;
        let neuron = Neuron::of(layer, parts)?;
        let mut input = layer.input.weights.clone();
        let mut recurrent = layer.recurrent.as_ref().map(|r| r.weights.clone());
        if let Some(bias) = biases(layer, index, settings.bias_channel)? {
            parts.choices.push(format!(
                "`{}`: input channel {} brings the biases (--bias channel): it must spike in every step",
                layer.name, input.columns
            ));
            input.push_column(&bias);
        }
        for matrix in std::iter::once(&mut input).chain(&mut recurrent) {
            matrix.scale_rows(&neuron.thresholds_by_weight);
            matrix.scale_rows(&[neuron.charge()]);
        }
        let circuit = Circuit::of(&neuron, &input, recurrent.as_ref(), settings.headroom);
        let registers = Registers::of(&layer.name, &neuron, &circuit)?;
        let pa = registers.pa_by_threshold();
        let stored = |mut matrix: Matrix| {
            matrix.scale_rows(&[pa]);
            Stored::of(matrix, settings.bits)
        };
        let largest = pa
            * recurrent
                .iter()
                .map(Matrix::largest)
                .fold(input.largest(), f64::max);
        // Products of large numbers may be beyond all.
        if !largest.is_finite() || largest > 0.999 * I_RANGE_PA {
            let thresholds = |pa: f64| short(pa / I_RANGE_PA * circuit.reach);
            return Err(vec![problem(
                format!("{}.weight", layer.input.name),
                format!(
                    "up to {} thresholds that a spike drives in a tick",
                    thresholds(largest)
                ),
                format!(
                    "up to {}, what the current's word holds",
                    thresholds(I_RANGE_PA)
                ),
                "lower the weights, or raise --step-ticks",
            )]);
        }
        registers.tell(&layer.name, &neuron, &circuit, parts);
        let input = stored(input);
        let recurrent = recurrent.map(stored);
        Ok(Self {
            name: layer.name.clone(),
            description: LayerDescription {
                name: String::new(),
                neurons: layer.input.weights.height(),
                recurrent: recurrent.is_some(),
                synapse: input.synapse.clone(),
                recurrent_synapse: recurrent.as_ref().map(|r| r.synapse.clone()),
                ..registers.description
            },
            input,
            recurrent,
            decay: registers.decay,
        })
    }
}

/// The nearest coefficient of a share of 0..=1, which every mantissa holds.
pub(super) fn encode(share: f64, bits: u32) -> Coefficient {
    let none = Coefficient {
        mantissa: 0,
        shift: 0,
    };
    Coefficient::encode(share, bits).unwrap_or(none)
}

/// What comes in every step beside the spikes, where something does.
fn biases(layer: &Layer, index: usize, channel: bool) -> Result<Option<Vec<f64>>, Vec<Problem>> {
    let mut sum = layer.input.bias.clone();
    let recurrent = layer.recurrent.iter().flat_map(|r| &r.bias);
    sum.iter_mut().zip(recurrent).for_each(|(s, b)| *s += b);
    let all_zero = |bias: &[f64]| bias.iter().all(|b| *b == 0.0);
    let first = index == 0;
    if channel && first {
        return Ok(Some(sum));
    }
    let projections = std::iter::once(&layer.input).chain(&layer.recurrent);
    let bad = projections.filter(|p| !all_zero(&p.bias)).map(|p| {
        let largest = p.bias.iter().fold(0.0f64, |m, b| m.max(b.abs()));
        let remedy = match first {
            true => "train without, or import with --bias channel: an input channel that spikes in every step brings them",
            false => "train without: an input channel that could bring them reaches the first layer alone",
        };
        problem(
            format!("{}.bias", p.name),
            format!("up to {}", short(largest)),
            "0: neurons of a chip have no constant input",
            remedy,
        )
    });
    let bad: Vec<Problem> = bad.collect();
    match bad.is_empty() {
        true => Ok(None),
        false => Err(bad),
    }
}

/// Full scale of the current, pA.
pub(super) const I_RANGE_PA: f64 = 1024.0;

/// Largest sum of level codes that the adders take, over one full current.
pub(super) const ADDER_CURRENTS: f64 = 253.0;
