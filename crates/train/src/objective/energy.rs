//! The energy of a sample, by a proxy that needs no more than the chip reports: spike counts, events and the recorder's
//! membrane (docs/method.md, Energy).
//!
//! With the card's capacitance C, its voltage per switched occupation kappa and its leak g, and a supply U:
//!
//!     a spike           C ((V_th - V_reset) + kappa (1 - p_reset)) V_th     (kappa = 0 for LIF and where p is kept)
//!     a synaptic event  |I_level| tau_syn U
//!     a window          g V^2 T, V its mean where it is recorded, else its end
//!
//! Neurons of a file take what its block `costs` says, of a spike and in place of `g V^2`.

use crate::Parameters;
use crate::measure::observed::Observed;
use crate::weights::projection::Projection;
use bruno_chip::DeviceCard;
use bruno_device::{Chip, DeviceParameter, Felif, NeuronCosts, NeuronParameter, TICK_S};
use bruno_sim::Stimulus;
use serde::{Deserialize, Serialize};

const PA: f64 = 1e-12;
/// Relative step of the central differences by a card's field: the formulas are smooth, so nothing is lost.
const STEP: f64 = 1e-5;

/// Energy by cause, J.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Energy {
    /// What spikes discharge and switch back.
    pub spikes_j: f64,
    /// What synaptic events draw from the supply.
    pub synapses_j: f64,
    /// What the leak turns into heat.
    pub leak_j: f64,
}

impl Energy {
    /// The sum, J.
    pub fn total_j(&self) -> f64 {
        self.spikes_j + self.synapses_j + self.leak_j
    }

    /// Adds another sample's.
    pub fn add(&mut self, other: &Self) {
        self.spikes_j += other.spikes_j;
        self.synapses_j += other.synapses_j;
        self.leak_j += other.leak_j;
    }
}

/// What a sample did, as the chip reports it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Activity {
    /// Events of each input channel.
    pub inputs: Vec<f64>,
    /// Spikes of each hidden neuron, by layer.
    pub spikes: Vec<Vec<f64>>,
    /// Sum over neurons and windows of the squared membrane, V2, by layer; of neurons of a file of their power, W.
    pub leaks: Vec<f64>,
    /// Membrane in each window, SI units, by layer: `[window][neuron]`; what [`EnergyModel::slopes`] asks for.
    pub membrane: Vec<Vec<f64>>,
}

impl Activity {
    /// Of a sample that has run.
    pub fn of(chip: &Chip, stimulus: &Stimulus, observed: Observed<'_>) -> Self {
        let mut inputs = vec![0.0; chip.inputs];
        let events = stimulus.events.iter();
        events.for_each(|(_, channel)| inputs[*channel as usize] += 1.0);
        let float = |own: &Vec<u64>| own.iter().map(|s| *s as f64).collect();
        Self {
            inputs,
            spikes: observed.spikes.iter().map(float).collect(),
            leaks: observed.leaks,
            membrane: observed.membrane,
        }
    }
}

/// What an energy asks of the backward pass.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct EnergySlopes {
    /// By each neuron's spike count, by layer.
    pub by_spikes: Vec<Vec<f64>>,
    /// By the membrane of each window (1/V), by layer: `[window][neuron]`.
    pub by_membrane: Vec<Vec<f64>>,
    /// By the parameters themselves, in their order.
    pub direct: Vec<f64>,
}

/// The proxy for one chip with its parameters.
pub(crate) struct EnergyModel<'a> {
    chip: &'a Chip,
    parameters: &'a Parameters,
    supply_v: f64,
    /// Of neurons of a file, by layer.
    costs: Vec<Option<NeuronCosts>>,
}

impl<'a> EnergyModel<'a> {
    pub fn new(chip: &'a Chip, parameters: &'a Parameters, supply_v: f64) -> Self {
        Self {
            chip,
            parameters,
            supply_v,
            costs: {
                let hidden = chip.description.layers.iter().map(NeuronCosts::of);
                hidden.chain([None]).collect()
            },
        }
    }

    /// The energy of a sample.
    pub fn of(&self, activity: &Activity) -> Energy {
        let mut energy = Energy::default();
        for index in 0..self.chip.layers.len() {
            for (projection, events) in self.projections(index, activity) {
                let charges = self.charges(index, projection);
                energy.synapses_j += dot(&charges, events);
            }
            if let Some(card) = self.card(index) {
                let spikes: f64 = activity.spikes[index].iter().sum();
                energy.spikes_j += spikes * self.spike_j(index, card);
                energy.leak_j += self.leak_j(card, activity.leaks[index]);
            }
            if let Some(costs) = &self.costs[index] {
                let spikes: f64 = activity.spikes[index].iter().sum();
                energy.spikes_j += spikes * costs.spike_j();
                energy.leak_j += self.window_s() * activity.leaks[index];
            }
        }
        energy
    }

    /// Synapses that the events of a sample read: an event reads those of its row.
    pub fn reads(&self, activity: &Activity) -> u64 {
        let of_layer = |index: usize| -> f64 {
            let projections = self.projections(index, activity);
            let of =
                |(p, events): (&Projection, &[f64])| p.neurons as f64 * events.iter().sum::<f64>();
            projections.map(of).sum()
        };
        (0..self.chip.layers.len()).map(of_layer).sum::<f64>() as u64
    }

    /// `factor` times the derivatives of the energy of a sample.
    pub fn slopes(&self, activity: &Activity, factor: f64) -> EnergySlopes {
        let mut slopes = EnergySlopes {
            by_spikes: activity.spikes.iter().map(|s| vec![0.0; s.len()]).collect(),
            by_membrane: activity.membrane.iter().map(|_| Vec::new()).collect(),
            direct: vec![0.0; self.parameters.values.len()],
        };
        for index in 0..self.chip.layers.len() {
            self.synapse_slopes(index, activity, factor, &mut slopes);
            if let Some(card) = self.card(index) {
                let spike = factor * self.spike_j(index, card);
                let by_spikes = slopes.by_spikes[index].iter_mut();
                by_spikes.for_each(|s| *s += spike);
                let leak = factor * self.leak_j(card, 2.0);
                let membrane = activity.membrane[index].iter();
                slopes.by_membrane[index] = membrane.map(|v| leak * v).collect();
                self.device_slopes(index, card, activity, factor, &mut slopes.direct);
            }
            if let Some(costs) = &self.costs[index] {
                self.file_slopes(index, costs, activity, factor, &mut slopes);
            }
        }
        slopes
    }

    fn synapse_slopes(
        &self,
        index: usize,
        activity: &Activity,
        factor: f64,
        slopes: &mut EnergySlopes,
    ) {
        let by_current = factor * self.event_j(index);
        for (k, (projection, events)) in self.projections(index, activity).enumerate() {
            let weights = projection.weights_pa(&self.parameters.values);
            let rows = weights.chunks_exact(projection.neurons);
            for ((row, events), start) in rows.zip(events).zip((0..).step_by(projection.neurons)) {
                let place = projection.place.start + start;
                for (slope, weight) in slopes.direct[place..].iter_mut().zip(row) {
                    *slope +=
                        by_current * events * f64::from(weight.signum() * projection.scale_pa);
                }
            }
            // The input channels' events are the data's; others are spikes of this chip.
            let from = match k {
                0 => index.checked_sub(1),
                _ => Some(index),
            };
            if let Some(from) = from {
                let charges = self.charges(index, projection);
                let by_spikes = slopes.by_spikes[from].iter_mut();
                by_spikes
                    .zip(charges)
                    .for_each(|(s, charge)| *s += factor * charge);
            }
        }
    }

    /// Central differences of the closed formulas by each trained field of the layer's card.
    fn device_slopes(
        &self,
        index: usize,
        card: &DeviceCard,
        activity: &Activity,
        factor: f64,
        direct: &mut [f64],
    ) {
        let spikes: f64 = activity.spikes[index].iter().sum();
        let squares = activity.leaks[index];
        let places = &self.parameters.layers[index].device;
        for (k, (place, device)) in places.iter().zip(self.parameters.device()).enumerate() {
            let (Some(place), Some(parameter)) = (place, DeviceParameter::named(&device.parameter))
            else {
                continue;
            };
            let value = parameter.of(card);
            let at = |by: f64| {
                let mut card = card.clone();
                parameter.set(&mut card, value * (1.0 + by));
                spikes * self.spike_j(index, &card) + self.leak_j(&card, squares)
            };
            let slope = (at(STEP) - at(-STEP)) / (2.0 * STEP * value);
            direct[*place] += factor * slope * f64::from(self.parameters.device_slope(k, *place));
        }
    }

    /// Derivatives by the activity and the trained parameters of neurons of a file.
    fn file_slopes(
        &self,
        index: usize,
        costs: &NeuronCosts,
        activity: &Activity,
        factor: f64,
        slopes: &mut EnergySlopes,
    ) {
        let spike = factor * costs.spike_j();
        slopes.by_spikes[index].iter_mut().for_each(|s| *s += spike);
        let power = costs.power_by_membrane();
        let membrane = activity.membrane[index].iter();
        let by_membrane = membrane.map(|v| factor * self.window_s() * power.at(*v));
        slopes.by_membrane[index] = by_membrane.collect();
        let spikes: f64 = activity.spikes[index].iter().sum();
        let events = self.projections(index, activity);
        let charge = |(projection, events): (&Projection, &[f64])| {
            dot(&self.charges_of(projection, PA * self.supply_v), events)
        };
        let charge: f64 = events.map(charge).sum();
        let raw = &self.chip.description.layers[index];
        let places = self.parameters.layers[index].device.iter();
        for (k, (place, device)) in places.zip(self.parameters.device()).enumerate() {
            let parameter = device.of(raw);
            let own = parameter.as_ref().and_then(NeuronParameter::of_file);
            let (Some(place), Some(own)) = (place, own) else {
                continue;
            };
            let power = costs.power_by(own);
            let powers: f64 = activity.membrane[index].iter().map(|v| power.at(*v)).sum();
            let slope = spikes * costs.spike_j_by(own)
                + self.window_s() * powers
                + charge * costs.tau_syn_s_by(own);
            slopes.direct[*place] +=
                factor * slope * f64::from(self.parameters.device_slope(k, *place));
        }
    }

    /// The projections onto a layer with the events of their channels, input first.
    fn projections(
        &self,
        index: usize,
        activity: &'a Activity,
    ) -> impl Iterator<Item = (&'a Projection, &'a [f64])> {
        let own = &self.parameters.layers[index];
        let input: &[f64] = match index.checked_sub(1) {
            None => &activity.inputs,
            Some(before) => &activity.spikes[before],
        };
        let recurrent = own.recurrent.as_ref();
        let recurrent = recurrent.map(|r| (r, activity.spikes[index].as_slice()));
        std::iter::once((&own.input, input)).chain(recurrent)
    }

    /// Energy of one event of each channel, J.
    fn charges(&self, index: usize, projection: &Projection) -> Vec<f64> {
        self.charges_of(projection, self.event_j(index))
    }

    /// The same where an event of 1 pA takes `by_current`.
    fn charges_of(&self, projection: &Projection, by_current: f64) -> Vec<f64> {
        let weights = projection.weights_pa(&self.parameters.values);
        let rows = weights.chunks_exact(projection.neurons);
        let sum = |row: &[f32]| row.iter().map(|w| f64::from(w.abs())).sum::<f64>();
        rows.map(|row| by_current * sum(row)).collect()
    }

    /// Energy of an event of 1 pA, J.
    fn event_j(&self, index: usize) -> f64 {
        let of_file = self.chip.layers[index].model.program.is_some();
        let tau_ms = match self.card(index) {
            Some(card) => card.tau_syn_ms,
            None if of_file => 1e3 * self.chip.layers[index].tau_syn_s(),
            None => self.chip.description.readout.tau_ms,
        };
        PA * tau_ms * 1e-3 * self.supply_v
    }

    /// None for the readout, and for neurons of a file.
    fn card(&self, index: usize) -> Option<&'a DeviceCard> {
        let chip: &'a Chip = self.chip;
        let raw = chip.description.layers.get(index)?;
        raw.model.is_none().then_some(&raw.device)
    }

    /// 0 of outputs.
    fn spike_j(&self, index: usize, card: &DeviceCard) -> f64 {
        let kind = self.chip.layers[index].kind;
        kind.equations(card).map_or(0.0, |neuron| neuron.spike_j())
    }

    /// Of windows whose squared membrane voltages have this sum, V2.
    fn leak_j(&self, card: &DeviceCard, squares: f64) -> f64 {
        Felif::new(card).leak_s * squares * self.window_s()
    }

    fn window_s(&self) -> f64 {
        f64::from(self.chip.window_ticks) * TICK_S
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests;
