//! The chip's run with spikes that follow the membrane.
//!
//! They do so by the primitive H of the surrogate: `s = s_run + dt/tau_s (H((V' - V_th)/w) - H_run)`. Every state is that of
//! the run plus what the equations make of the change, so at the run's own parameters the model is the chip's run to the bit.

use super::neurons::{N, Neurons, Tick};
use crate::gradient::pass::Pass;
use crate::gradient::replay::{Moment, Replay, spiking};
use bruno_device::TICK_S;

/// One layer of the model: its card and its currents, pA, `[channel][neuron]`.
#[derive(Clone)]
pub(super) struct Layer {
    /// None for the readout.
    pub neurons: Option<Neurons>,
    pub alpha: f64,
    pub input: Vec<f64>,
    pub recurrent: Vec<f64>,
    /// What the refractory time is longer than that of the run, ms: less than a tick.
    pub late_ms: f64,
    /// More spikes of the first layer's inputs than in the run: place among `[window][channel]` and how many, in equal shares
    /// of the window's ticks.
    pub more_input: (usize, f64),
}

/// States of a layer's neurons.
#[derive(Clone)]
struct State {
    x: Vec<[f64; N]>,
    i: Vec<f64>,
    spikes: Vec<f64>,
    /// The tick left the current at an end of its word, where no change of it shows.
    clamped: Vec<bool>,
}

impl State {
    fn of_run(moment: &Moment<N>) -> Self {
        let wide = |x: &[f32]| x.iter().map(|x| f64::from(*x)).collect();
        let neurons = moment.i().len();
        let mut spikes = vec![0.0; neurons];
        moment.fired.iter().for_each(|n| spikes[*n as usize] = 1.0);
        let mut clamped = vec![false; neurons];
        moment
            .clamped
            .iter()
            .for_each(|n| clamped[*n as usize] = true);
        Self {
            clamped,
            x: (0..neurons)
                .map(|n| moment.x().map(|row| f64::from(row[n])))
                .collect(),
            i: wide(moment.i()),
            spikes,
        }
    }
}

/// The smooth model around a run of the chip.
pub(super) struct Smooth<'a> {
    pub pass: &'a Pass<'a>,
    /// The run's own parameters.
    own: Vec<Layer>,
    /// The run, `[tick + 1][layer]`.
    run: Vec<Vec<State>>,
    /// `[tick + 1][layer][neuron]`: the next tick finds it refractory.
    refractory: Vec<Vec<Vec<bool>>>,
    /// What the neurons make of the run's own ticks, `[tick][layer][neuron]`; empty of outputs.
    as_run: Vec<Vec<Vec<AsRun>>>,
}

/// A tick from the run's states by the run's parameters: `dt/tau_s H`, and the states after the reset.
struct AsRun {
    spike: f64,
    x: [f64; N],
}

impl<'a> Smooth<'a> {
    pub fn new(pass: &'a Pass<'a>) -> Self {
        let chip = pass.chip();
        let wide = |pa: &[f32]| pa.iter().map(|w| f64::from(*w)).collect();
        let own = chip.layers.iter().enumerate().map(|(index, layer)| Layer {
            neurons: {
                let raw = chip.description.layers.get(index);
                raw.map(|raw| Neurons::new(layer, raw, pass.config))
            },
            alpha: 1.0 - layer.current_loss(),
            input: wide(pass.in_force.input_pa(index)),
            recurrent: wide(pass.in_force.recurrent_pa(index)),
            late_ms: 0.0,
            more_input: (0, 0.0),
        });
        let ticks = pass.stimulus.windows * chip.window_ticks;
        let run = Replay::new(pass).unwrap().remember(0..ticks);
        let states = |moments: &Vec<Moment<N>>| moments.iter().map(State::of_run).collect();
        let held = |moments: Vec<Moment<N>>| moments.into_iter().map(|m| m.refractory).collect();
        let mut new = Self {
            pass,
            own: own.collect(),
            run: run.iter().map(states).collect(),
            refractory: run.into_iter().map(held).collect(),
            as_run: Vec::new(),
        };
        let ticks = 0..new.run.len() - 1;
        new.as_run = ticks.map(|tick| new.as_run(tick)).collect();
        new
    }

    fn as_run(&self, tick: usize) -> Vec<Vec<AsRun>> {
        let [before, after] = [&self.run[tick], &self.run[tick + 1]];
        let of_layer = |(index, own): (usize, &Layer)| {
            let count = if own.neurons.is_some() {
                before[index].x.len()
            } else {
                0
            };
            let neuron = |n: usize| {
                let now = self.tick((tick, index, n), own, &before[index], after[index].i[n]);
                let neurons = own.neurons.as_ref().unwrap();
                let moved = neurons.moved(&now, self.pass.config);
                let fired = after[index].spikes[n];
                AsRun {
                    spike: moved.spike,
                    x: neurons.after(&moved, fired, fired),
                }
            };
            (0..count).map(neuron).collect()
        };
        self.own.iter().enumerate().map(of_layer).collect()
    }

    /// The tick of a neuron from a state of its layer to the current `i`.
    fn tick(
        &self,
        (tick, index, n): (usize, usize, usize),
        of: &Layer,
        state: &State,
        i: f64,
    ) -> Tick {
        let refractory = self.refractory[tick][index][n];
        let released = tick > 0 && !refractory && self.refractory[tick - 1][index][n];
        Tick {
            x: state.x[n],
            i: [state.i[n], i],
            refractory,
            // A neuron that is released later moves for less of its first tick.
            share: 1.0 - f64::from(released) * 1e-3 * of.late_ms / TICK_S,
        }
    }

    /// The loss with other parameters.
    fn loss(&self, layers: &[Layer]) -> f64 {
        let mut states = self.run[0].clone();
        for (state, pair) in states.iter_mut().zip(layers.iter().zip(&self.own)) {
            if let (Some(new), Some(own)) = (&pair.0.neurons, &pair.1.neurons) {
                let (new, own) = (new.start(), own.start());
                for x in &mut state.x {
                    *x = std::array::from_fn(|k| x[k] + new[k] - own[k]);
                }
            }
        }
        let mut loss = 0.0;
        for (tick, pair) in self.run.windows(2).enumerate() {
            let before = &pair[0];
            let mut new = pair[1].clone();
            let stimuli = [layers, &self.own].map(|of| self.stimulus(tick, of[0].more_input));
            for index in 0..layers.len() {
                let [changed, run] = &stimuli;
                let [changed, as_run] = [(layers, &states, changed), (&self.own, before, run)].map(
                    |(of, states, stimulus)| {
                        // What the layer before fired in the tick before.
                        let input = if index == 0 {
                            stimulus
                        } else {
                            &states[index - 1].spikes
                        };
                        of[index].currents(&states[index], input)
                    },
                );
                for n in 0..changed.len() {
                    let change = changed[n] - as_run[n];
                    new[index].i[n] += if new[index].clamped[n] { 0.0 } else { change };
                }
                self.move_layer(tick, index, layers, &states[index], &mut new[index]);
            }
            states = new;
            loss += self.asked(tick, &states);
        }
        loss
    }

    /// Input channels that spike in a tick, with those that are more than in the run.
    fn stimulus(&self, tick: usize, (place, more): (usize, f64)) -> Vec<f64> {
        let mut spikes = vec![0.0; self.pass.chip().layers[0].inputs];
        let channels = spiking(self.pass.stimulus, tick as u32);
        channels.iter().for_each(|c| spikes[*c as usize] = 1.0);
        let (window, ticks) = (place / spikes.len(), self.pass.chip().window_ticks as usize);
        if tick / ticks == window {
            let channel = place % spikes.len();
            spikes[channel] += more / ticks as f64;
        }
        spikes
    }

    /// The tick of a layer's membranes. `new` is the run's state after it with the currents of the model.
    fn move_layer(
        &self,
        tick: usize,
        index: usize,
        layers: &[Layer],
        state: &State,
        new: &mut State,
    ) {
        let layer = &layers[index];
        let Some(neurons) = &layer.neurons else {
            return;
        };
        for (n, as_run) in self.as_run[tick][index].iter().enumerate() {
            let now = self.tick((tick, index, n), layer, state, new.i[n]);
            let moved = neurons.moved(&now, self.pass.config);
            let fired = new.spikes[n];
            let spike = fired + moved.spike - as_run.spike;
            let x = neurons.after(&moved, fired, spike);
            new.x[n] = std::array::from_fn(|k| new.x[n][k] + x[k] - as_run.x[k]);
            new.spikes[n] = spike;
        }
    }

    /// What the demand asks of a tick.
    fn asked(&self, tick: usize, states: &[State]) -> f64 {
        let (k, demand) = (self.pass.chip().window_ticks as usize, &self.pass.demand);
        let sum = |factors: &[f32], values: &[f64], window: usize| -> f64 {
            let factors = factors.iter().skip(window * values.len());
            let products = factors.zip(values).map(|(f, x)| f64::from(*f) * x);
            products.sum()
        };
        let membranes = |index: usize, s: &State| -> Vec<f64> {
            let row = self.pass.chip().layers[index].model.membrane();
            s.x.iter().map(|x| x[row]).collect()
        };
        let hidden = states.iter().zip(demand.by_membrane).zip(demand.by_spikes);
        let mut asked: f64 = hidden
            .enumerate()
            .map(|(index, ((s, by_v), by_spike))| {
                sum(by_v, &membranes(index, s), tick / k) / k as f64
                    + sum(by_spike, &s.spikes, tick / k)
            })
            .sum();
        if (tick + 1).is_multiple_of(k) {
            asked += sum(demand.by_current, &states[states.len() - 1].i, tick / k);
        }
        asked
    }

    /// Central difference of the loss by what `change` does to the parameters.
    pub fn slope(&self, step: f64, change: impl Fn(&mut [Layer], f64)) -> f32 {
        let at = |by: f64| {
            let mut layers = self.own.clone();
            change(&mut layers, by);
            self.loss(&layers)
        };
        ((at(step) - at(-step)) / (2.0 * step)) as f32
    }
}

impl Layer {
    /// Synaptic currents after spikes of the channels and of the layer itself.
    fn currents(&self, state: &State, input: &[f64]) -> Vec<f64> {
        let mut currents: Vec<f64> = state.i.iter().map(|i| self.alpha * i).collect();
        let n = currents.len();
        let all = [(&self.input, input), (&self.recurrent, &state.spikes)];
        for (weights, spikes) in all {
            for (row, spike) in weights.chunks_exact(n).zip(spikes) {
                let row = currents.iter_mut().zip(row);
                row.for_each(|(i, w)| *i += w * spike);
            }
        }
        currents
    }
}
