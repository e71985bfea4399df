//! Every tick's states, by running the integer model again: it agrees with the RTL bit for bit, so what it shows are the
//! states that the forward pass went through.

use crate::gradient::pass::Pass;
use crate::neuron::ticks::Start;
use bruno_device::{Chip, Layer, StateId};
use bruno_sim::{Forward, IntegerModel, SimError, Snapshot, State, Stimulus};
use std::ops::Range;

/// One layer after one tick, in the units of its states.
pub(crate) struct Moment<const N: usize> {
    /// `[state][neuron]`: the states that equations move, in their order, zero where there are fewer; at the end the synaptic
    /// currents, pA.
    rows: Vec<f32>,
    /// The next tick finds the neuron refractory.
    pub refractory: Vec<bool>,
    /// Neurons that fired in the tick.
    pub fired: Vec<u32>,
    /// Neurons whose current the tick clamped at an end of its word.
    pub clamped: Vec<u32>,
}

impl<const N: usize> Moment<N> {
    /// The states that equations move.
    pub fn x(&self) -> [&[f32]; N] {
        std::array::from_fn(|k| self.row(k))
    }

    /// Synaptic currents, pA.
    pub fn i(&self) -> &[f32] {
        self.row(N)
    }

    fn row(&self, k: usize) -> &[f32] {
        let neurons = self.refractory.len();
        &self.rows[k * neurons..(k + 1) * neurons]
    }

    /// What the next tick starts from, which leaves the layer as `after`.
    pub fn start<'a>(&'a self, after: &'a Self) -> Start<'a, N> {
        Start {
            x: self.x(),
            i: [self.i(), after.i()],
            refractory: &self.refractory,
        }
    }
}

/// The integer model on one sample.
pub(crate) struct Replay<'a> {
    model: IntegerModel,
    stimulus: &'a Stimulus,
    chip: &'a Chip,
    /// By layer: the values of the states that equations move.
    scales: Vec<Vec<Scale>>,
}

/// The value of a state, SI units where the state is of a file: `unit (offset + lsb code)`.
struct Scale {
    state: StateId,
    offset: f64,
    lsb: f64,
    unit: f64,
}

impl Scale {
    /// Those of the states of a layer that equations move.
    fn moving(layer: &Layer) -> Vec<Self> {
        let model = &layer.model;
        let scale = |(state, declared): (StateId, &bruno_device::State)| {
            let ((offset, lsb), unit) = (declared.line(), model.si(state, 1.0));
            Self {
                state,
                offset,
                lsb,
                unit,
            }
        };
        model.moving().map(scale).collect()
    }

    fn value(&self, now: &State) -> f32 {
        (self.unit * (self.offset + self.lsb * now.get(self.state) as f64)) as f32
    }
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
            scales: pass.chip().layers.iter().map(Scale::moving).collect(),
        })
    }

    /// Every layer as it stands, the readout last.
    pub fn now<const N: usize>(&self) -> Vec<Moment<N>> {
        let layers = self.chip.layers.iter().zip(&self.scales);
        let layers = layers.zip(self.model.layers());
        let layers = layers.map(|((layer, scales), now)| {
            let model = &layer.model;
            let mut rows = Vec::with_capacity((N + 1) * layer.neurons);
            for scale in scales {
                rows.extend(now.neurons.iter().map(|s| scale.value(s)));
            }
            rows.resize(N * layer.neurons, 0.0);
            let current = |s: &State| (s.get(model.current) as f64 * layer.current.lsb_pa) as f32;
            rows.extend(now.neurons.iter().map(current));
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
                rows,
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
