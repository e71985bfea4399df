//! The chip's run with spikes that follow the membrane.
//!
//! They do so by the primitive H of the surrogate: `s = s_run + dt/tau_s (H((V' - V_th)/w) - H_run)`. Every state is that of
//! the run plus what the equations make of the change, so at the run's own parameters the model is the chip's run to the bit.

use crate::gradient::pass::Pass;
use crate::gradient::replay::{Moment, Replay, spiking};
use crate::neuron::dynamics::Dynamics;
use crate::neuron::reset::SpikeReset;
use bruno_device::TICK_S;

/// One layer of the model: its card and its currents, pA, `[channel][neuron]`.
#[derive(Clone)]
pub(super) struct Layer {
    /// None for the readout.
    pub neurons: Option<(Dynamics, SpikeReset)>,
    alpha: f64,
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
    v: Vec<f64>,
    p: Vec<f64>,
    i: Vec<f64>,
    spikes: Vec<f64>,
}

impl State {
    fn of_run(moment: &Moment<2>) -> Self {
        let wide = |x: &[f32]| x.iter().map(|x| f64::from(*x)).collect();
        let mut spikes = vec![0.0; moment.x.len()];
        moment.fired.iter().for_each(|n| spikes[*n as usize] = 1.0);
        Self {
            v: moment.x.iter().map(|x| f64::from(x[0])).collect(),
            p: moment.x.iter().map(|x| f64::from(x[1])).collect(),
            i: wide(&moment.i),
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
}

impl<'a> Smooth<'a> {
    pub fn new(pass: &'a Pass<'a>) -> Self {
        let chip = pass.chip();
        let wide = |pa: &[f32]| pa.iter().map(|w| f64::from(*w)).collect();
        let own = chip.layers.iter().enumerate().map(|(index, layer)| Layer {
            neurons: chip.description.layers.get(index).map(|l| {
                let dynamics = Dynamics::new(&l.device, layer.kind).unwrap();
                let reset = SpikeReset::new(&dynamics, pass.config);
                (dynamics, reset)
            }),
            alpha: 1.0 - layer.codes.i_dec.value(),
            input: wide(pass.in_force.input_pa(index)),
            recurrent: wide(pass.in_force.recurrent_pa(index)),
            late_ms: 0.0,
            more_input: (0, 0.0),
        });
        let ticks = pass.stimulus.windows * chip.window_ticks;
        let run = Replay::new(pass).unwrap().remember(0..ticks);
        let states = |moments: &Vec<Moment<2>>| moments.iter().map(State::of_run).collect();
        let held = |moments: Vec<Moment<2>>| moments.into_iter().map(|m| m.refractory).collect();
        Self {
            pass,
            own: own.collect(),
            run: run.iter().map(states).collect(),
            refractory: run.into_iter().map(held).collect(),
        }
    }

    /// The loss with other parameters.
    fn loss(&self, layers: &[Layer]) -> f64 {
        let mut states = self.run[0].clone();
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
                for (n, i) in new[index].i.iter_mut().enumerate() {
                    *i += changed[n] - as_run[n];
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
        let [layer, own] = [&layers[index], &self.own[index]];
        let [before, after] = [tick, tick + 1].map(|t| &self.run[t][index]);
        for n in 0..new.v.len() {
            if self.refractory[tick][index][n] || layer.neurons.is_none() {
                // Held, at the state of the model.
                new.v[n] = state.v[n];
                new.p[n] = state.p[n];
                continue;
            }
            let released = tick > 0 && self.refractory[tick - 1][index][n];
            let of_run = [before.v[n], before.p[n], after.i[n]];
            let at = [state.v[n], state.p[n], new.i[n]];
            let fired = new.spikes[n];
            let moved = self.moved(layer, at, released);
            let as_run = self.moved(own, of_run, released);
            let spike = fired + moved.spike - as_run.spike;
            let [v, p] = layer.after(&moved, fired, spike);
            let [v_run, p_run] = own.after(&as_run, fired, fired);
            new.v[n] += v - v_run;
            new.p[n] += p - p_run;
            new.spikes[n] = spike;
        }
    }

    fn moved(&self, layer: &Layer, [v, p, i]: [f64; 3], released: bool) -> Moved {
        let dynamics = &layer.neurons.as_ref().unwrap().0;
        let tick = dynamics.tick([v, p], i);
        // A neuron that is released later moves for less of its first tick.
        let share = 1.0 - f64::from(released) * 1e-3 * layer.late_ms / TICK_S;
        let v = (v + share * (tick.v - v)).max(dynamics.card.v_floor_v);
        let p = p + share * (tick.p - p);
        let config = self.pass.config;
        let u = (v - dynamics.card.v_th_v) / config.surrogate_width_v;
        // The primitive of the fast sigmoid.
        let primitive = 0.5 * u / (1.0 + u.abs());
        let spike = TICK_S / (1e-3 * config.surrogate_tau_ms) * primitive;
        Moved { v, p, spike }
    }

    /// What the demand asks of a tick.
    fn asked(&self, tick: usize, states: &[State]) -> f64 {
        let (k, demand) = (self.pass.chip().window_ticks as usize, &self.pass.demand);
        let sum = |factors: &[f32], values: &[f64], window: usize| -> f64 {
            let factors = factors.iter().skip(window * values.len());
            let products = factors.zip(values).map(|(f, x)| f64::from(*f) * x);
            products.sum()
        };
        let hidden = states.iter().zip(demand.by_membrane).zip(demand.by_spikes);
        let mut asked: f64 = hidden
            .map(|((s, by_v), by_spike)| {
                sum(by_v, &s.v, tick / k) / k as f64 + sum(by_spike, &s.spikes, tick / k)
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

/// A neuron moved by a tick, before its reset, with `dt/tau_s H` there.
struct Moved {
    v: f64,
    p: f64,
    spike: f64,
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

    /// (V, p) after the reset by `fired` where it is detached, by the smooth spike where it is not.
    fn after(&self, moved: &Moved, fired: f64, spike: f64) -> [f64; 2] {
        let (_, reset) = self.neurons.as_ref().unwrap();
        let s = if reset.attached { spike } else { fired };
        let [v, p] = reset.state([moved.v, moved.p]);
        [(1.0 - s) * moved.v + s * v, (1.0 - s) * moved.p + s * p]
    }
}
