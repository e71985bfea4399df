//! The yardstick of the coarse adjoint: full backpropagation through every tick, along the integer model's own states.
//!
//! The derivatives are those of docs/semantics.md in float with the surrogate of one tick,
//! `ds/dV = dt/tau_s * h((V - V_th)/w)/w`, and the reset detached. It remembers every state of every tick, which is what
//! BRUNO avoids; so it exists in tests alone.

mod against_coarse;

use crate::adjoint::{Demand, Gradient};
use crate::config::{DeviceParameter, TrainConfig};
use crate::dynamics::Dynamics;
use crate::parameters::{LayerParameters, Parameters};
use bruno_chip::DeviceCard;
use bruno_device::{Chip, LayerKind, TICK_S};
use bruno_sim::{IntegerModel, Stimulus};

/// One layer after one tick, in V and pA.
pub struct Moment {
    v: Vec<f64>,
    p: Vec<f64>,
    i: Vec<f64>,
    refractory: Vec<bool>,
    fired: Vec<u32>,
}

/// Every state of a sample, `[tick + 1][layer]`; the first is the reset. The model has its program.
pub fn remember(chip: &Chip, model: &mut IntegerModel, stimulus: &Stimulus) -> Vec<Vec<Moment>> {
    model.reset();
    let mut all = vec![moments(chip, model)];
    for tick in 0..stimulus.windows * chip.window_ticks {
        model.step(&spiking(stimulus, tick));
        all.push(moments(chip, model));
    }
    all
}

fn moments(chip: &Chip, model: &IntegerModel) -> Vec<Moment> {
    let f = &chip.description.formats;
    let layers = model.layers().iter().map(|layer| Moment {
        v: layer
            .neurons
            .iter()
            .map(|s| s.v as f64 * f.v_lsb())
            .collect(),
        p: layer
            .neurons
            .iter()
            .map(|s| s.p as f64 * f.p_lsb())
            .collect(),
        i: layer
            .neurons
            .iter()
            .map(|s| s.i as f64 * f.i_lsb_pa())
            .collect(),
        refractory: layer.neurons.iter().map(|s| s.refr != 0).collect(),
        fired: layer.fired().to_vec(),
    });
    layers.collect()
}

fn spiking(stimulus: &Stimulus, tick: u32) -> Vec<u32> {
    let start = stimulus.events.partition_point(|e| e.0 < tick);
    let here = stimulus.events[start..].iter().take_while(|e| e.0 == tick);
    here.map(|e| e.1).collect()
}

/// `dL/d parameter` by full backpropagation, in the order of [`Parameters::values`].
pub fn gradient(
    chip: &Chip,
    parameters: &Parameters,
    config: &TrainConfig,
    stimulus: &Stimulus,
    states: &[Vec<Moment>],
    demand: &Demand<'_>,
) -> Gradient {
    let mut gradient = vec![0.0f64; parameters.values.len()];
    let mut layers: Vec<Fine> = (0..chip.layers.len())
        .map(|index| Fine::new(chip, parameters, config, index))
        .collect();
    for tick in (0..states.len() - 1).rev() {
        // What the tick after asks of this tick's spikes is known from every layer before any of them moves on.
        let asked: Vec<Vec<f64>> = (0..layers.len())
            .map(|index| asked(&layers, index, demand))
            .collect();
        for (index, layer) in layers.iter_mut().enumerate() {
            let (before, after) = (&states[tick][index], &states[tick + 1][index]);
            if let Some(rows) = readout_rows(chip, index, tick, demand) {
                layer
                    .i
                    .iter_mut()
                    .zip(rows)
                    .for_each(|(i, d)| *i += f64::from(*d));
            }
            layer.membrane(before, after, &asked[index]);
            let own = &parameters.layers[index];
            let input = match index {
                0 => spiking(stimulus, tick as u32),
                _ => states[tick][index - 1].fired.clone(),
            };
            layer.add(&input, &own.input.place, own.input.scale_pa, &mut gradient);
            if let Some(recurrent) = &own.recurrent {
                layer.add(
                    &before.fired,
                    &recurrent.place,
                    recurrent.scale_pa,
                    &mut gradient,
                );
            }
            layer.later = layer.i.clone();
            layer.i.iter_mut().for_each(|i| *i *= layer.alpha);
        }
    }
    for (layer, own) in layers.iter().zip(&parameters.layers) {
        layer.devices(own, parameters, &mut gradient);
    }
    gradient.into_iter().map(|g| g as f32).collect()
}

/// The loss's derivative by the readout's currents, at the last tick of a window.
fn readout_rows<'a>(
    chip: &Chip,
    index: usize,
    tick: usize,
    demand: &'a Demand<'_>,
) -> Option<&'a [f32]> {
    let (k, n) = (chip.window_ticks as usize, chip.layers[index].neurons);
    let here = index == chip.readout() && (tick + 1).is_multiple_of(k);
    let window = tick / k;
    here.then(|| &demand.by_current[window * n..(window + 1) * n])
}

/// `dL/d spike` of every neuron of a layer in the tick at hand.
fn asked(layers: &[Fine], index: usize, demand: &Demand<'_>) -> Vec<f64> {
    let Some(by_spikes) = demand.by_spikes.get(index) else {
        return Vec::new();
    };
    let mut asked: Vec<f64> = by_spikes.iter().map(|x| f64::from(*x)).collect();
    let mut ask = |weights: &[f32], to: &Fine| {
        for (a, row) in asked.iter_mut().zip(weights.chunks_exact(to.i.len())) {
            *a += row
                .iter()
                .zip(&to.later)
                .map(|(w, x)| f64::from(*w) * x)
                .sum::<f64>();
        }
    };
    ask(&layers[index].recurrent, &layers[index]);
    ask(&layers[index + 1].input, &layers[index + 1]);
    asked
}

/// Running adjoint of one layer.
struct Fine {
    kind: LayerKind,
    dynamics: Dynamics,
    tau_s: f64,
    width: f64,
    alpha: f64,
    input: Vec<f32>,
    recurrent: Vec<f32>,
    v: Vec<f64>,
    p: Vec<f64>,
    i: Vec<f64>,
    /// `i` with all its uses, one tick later.
    later: Vec<f64>,
    /// Device parameters in training.
    parameters: Vec<DeviceParameter>,
    /// `dL/d parameter`, by the unit of the card.
    device: Vec<f64>,
}

impl Fine {
    fn new(chip: &Chip, parameters: &Parameters, config: &TrainConfig, index: usize) -> Self {
        let layer = &chip.layers[index];
        let own = &parameters.layers[index];
        let raw = chip.description.layers.get(index);
        let card = raw.map_or(DeviceCard::default(), |l| l.device.clone());
        let weights = |p: &crate::Projection| p.weights_pa(&parameters.values);
        let zeros = vec![0.0; layer.neurons];
        Self {
            kind: layer.kind,
            dynamics: Dynamics::new(&card, layer.kind),
            tau_s: config.surrogate_tau_ms * 1e-3,
            width: config.surrogate_width_v,
            alpha: 1.0 - layer.codes.i_dec.value(),
            input: weights(&own.input),
            recurrent: own.recurrent.as_ref().map_or(Vec::new(), weights),
            v: zeros.clone(),
            p: zeros.clone(),
            i: zeros.clone(),
            later: zeros,
            device: vec![0.0; parameters.device().len()],
            parameters: parameters.device().iter().map(|d| d.parameter).collect(),
        }
    }

    /// The tick's step of V and p, backward, for every neuron that was not refractory.
    fn membrane(&mut self, before: &Moment, after: &Moment, asked: &[f64]) {
        if self.kind == LayerKind::Readout {
            return;
        }
        for n in (0..self.v.len()).filter(|n| !before.refractory[*n]) {
            let spike = after.fired.contains(&(n as u32));
            self.neuron(n, (before.v[n], before.p[n], after.i[n]), spike, asked[n]);
        }
    }

    fn neuron(&mut self, n: usize, (v, p, i): (f64, f64, f64), spike: bool, asked: f64) {
        let tick = self.dynamics.tick(v, p, i);
        let card = &self.dynamics.card;
        let u = ((tick.v - card.v_th_v) / self.width).abs();
        let slope = TICK_S / self.tau_s * 0.5 / (1.0 + u).powi(2) / self.width;
        let keep = f64::from(!spike);
        let keep_p = f64::from(!spike || card.keep_p);
        // By the new V before the clamp at the floor, and by the new p.
        let lv = if tick.floored {
            0.0
        } else {
            keep * self.v[n] + slope * asked
        };
        let lp = keep_p * self.p[n];
        for (sum, parameter) in self.device.iter_mut().zip(&self.parameters) {
            let [by_v, by_p] = self.dynamics.force(*parameter, v, p, i);
            *sum += TICK_S * (lv * by_v + lp * by_p);
            if *parameter == DeviceParameter::Threshold {
                *sum -= slope * asked;
            }
        }
        self.i[n] += lv * tick.by_current;
        let j = tick.jacobian;
        self.v[n] = lv * j[0][0] + lp * j[1][0];
        self.p[n] = lv * j[0][1] + lp * j[1][1];
    }

    fn add(&self, channels: &[u32], place: &std::ops::Range<usize>, scale: f32, to: &mut [f64]) {
        let n = self.i.len();
        for channel in channels {
            let row = place.start + *channel as usize * n;
            for (g, i) in to[row..row + n].iter_mut().zip(&self.i) {
                *g += i * f64::from(scale);
            }
        }
    }

    fn devices(&self, own: &LayerParameters, parameters: &Parameters, to: &mut [f64]) {
        for (index, place) in own.device.clone().enumerate() {
            to[place] = self.device[index] * f64::from(parameters.device_slope(index, place));
        }
    }
}
