//! Every tick's states, by running the integer model again: it agrees with the RTL bit for bit, so what it shows are the
//! states that the forward pass went through.

use crate::gradient::pass::Pass;
use bruno_device::{Chip, StateId};
use bruno_sim::{Forward, IntegerModel, SimError, Snapshot, State, Stimulus};
use std::ops::Range;

/// One layer after one tick, in the units of its states.
pub(crate) struct Moment<const N: usize> {
    /// The states that equations move, in their order; zero where there are fewer.
    pub x: Vec<[f32; N]>,
    /// Synaptic current, pA.
    pub i: Vec<f32>,
    /// The next tick finds the neuron refractory.
    pub refractory: Vec<bool>,
    /// Neurons that fired in the tick.
    pub fired: Vec<u32>,
    /// Neurons whose current the tick clamped at an end of its word.
    pub clamped: Vec<u32>,
}

/// The integer model on one sample.
pub(crate) struct Replay<'a> {
    model: IntegerModel,
    stimulus: &'a Stimulus,
    chip: &'a Chip,
}

impl<'a> Replay<'a> {
    /// The sample of a pass, at its reset.
    pub fn new(pass: &Pass<'a>) -> Result<Self, SimError> {
        let mut model = IntegerModel::new(pass.chip());
        model.load(&pass.in_force.program)?;
        model.reset();
        Ok(Self {
            model,
            stimulus: pass.stimulus,
            chip: pass.chip(),
        })
    }

    /// Every layer as it stands, the readout last.
    pub fn now<const N: usize>(&self) -> Vec<Moment<N>> {
        let layers = self.chip.layers.iter().zip(self.model.layers());
        let layers = layers.map(|(layer, now)| {
            let model = &layer.model;
            let scaled = |id: StateId| {
                let state = &model.states[id.place()];
                let value = move |s: &State| model.si(id, state.value(s.get(id) as f64)) as f32;
                now.neurons.iter().map(value)
            };
            let mut x = vec![[0.0; N]; layer.neurons];
            for (k, (id, _)) in model.moving().enumerate() {
                x.iter_mut()
                    .zip(scaled(id))
                    .for_each(|(x, value)| x[k] = value);
            }
            let held = |s: &State| {
                let timer = model.fires.and_then(|f| f.timer);
                timer.is_some_and(|timer| s.get(timer) != 0)
            };
            let (low, high) = model.states[model.current.place()].range();
            let at_an_end = |n: &u32| {
                let current = now.neurons[*n as usize].get(model.current);
                current == low || current == high
            };
            Moment {
                clamped: now.saturated().iter().copied().filter(at_an_end).collect(),
                x,
                i: now
                    .neurons
                    .iter()
                    .map(|s| (s.get(model.current) as f64 * layer.current.lsb_pa) as f32)
                    .collect(),
                refractory: now.neurons.iter().map(held).collect(),
                fired: now.fired().to_vec(),
            }
        });
        layers.collect()
    }

    /// One tick.
    pub fn step(&mut self, tick: u32) {
        self.model.step(&spiking(self.stimulus, tick));
    }

    /// Runs the ticks of a range from the states at hand; `[tick][layer]`, the first as it stood before.
    pub fn remember<const N: usize>(&mut self, ticks: Range<u32>) -> Vec<Vec<Moment<N>>> {
        let mut all = vec![self.now()];
        for tick in ticks {
            self.step(tick);
            all.push(self.now());
        }
        all
    }

    /// Runs the ticks of a range and keeps nothing.
    pub fn skip(&mut self, ticks: Range<u32>) {
        ticks.for_each(|tick| self.step(tick));
    }

    /// The states of this moment.
    pub fn snapshot(&self) -> Snapshot {
        self.model.snapshot()
    }

    /// Back to the states of a snapshot.
    pub fn restore(&mut self, snapshot: &Snapshot) {
        self.model.restore(snapshot);
    }
}

/// Input channels that spike in a tick.
pub(crate) fn spiking(stimulus: &Stimulus, tick: u32) -> Vec<u32> {
    let start = stimulus.events.partition_point(|e| e.0 < tick);
    let here = stimulus.events[start..].iter().take_while(|e| e.0 == tick);
    here.map(|e| e.1).collect()
}
