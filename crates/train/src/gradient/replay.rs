//! Every tick's states, by running the integer model again: it agrees with the RTL bit for bit, so what it shows are the
//! states that the forward pass went through.

use crate::gradient::pass::Pass;
use bruno_sim::{Forward, IntegerModel, SimError, Snapshot, Stimulus};
use std::ops::Range;

/// One layer after one tick, in V and pA.
pub(crate) struct Moment {
    /// Membrane, V.
    pub v: Vec<f32>,
    /// Occupation.
    pub p: Vec<f32>,
    /// Synaptic current, pA.
    pub i: Vec<f32>,
    /// The next tick finds the neuron refractory.
    pub refractory: Vec<bool>,
    /// Neurons that fired in the tick.
    pub fired: Vec<u32>,
}

/// The integer model on one sample.
pub(crate) struct Replay<'a> {
    model: IntegerModel,
    stimulus: &'a Stimulus,
    lsb: [f64; 3],
}

impl<'a> Replay<'a> {
    /// The sample of a pass, at its reset.
    pub fn new(pass: &Pass<'a>) -> Result<Self, SimError> {
        let mut model = IntegerModel::new(pass.chip());
        model.load(&pass.in_force.program)?;
        model.reset();
        let f = &pass.chip().description.formats;
        Ok(Self {
            model,
            stimulus: pass.stimulus,
            lsb: [f.v_lsb(), f.p_lsb(), f.i_lsb_pa()],
        })
    }

    /// Every layer as it stands, the readout last.
    pub fn now(&self) -> Vec<Moment> {
        let [v_lsb, p_lsb, i_lsb] = self.lsb;
        let layers = self.model.layers().iter().map(|layer| {
            let scaled = |code: fn(&bruno_sim::State) -> i64, lsb: f64| {
                let value = |s| (code(s) as f64 * lsb) as f32;
                layer.neurons.iter().map(value).collect()
            };
            Moment {
                v: scaled(|s| s.v, v_lsb),
                p: scaled(|s| s.p, p_lsb),
                i: scaled(|s| s.i, i_lsb),
                refractory: layer.neurons.iter().map(|s| s.refr != 0).collect(),
                fired: layer.fired().to_vec(),
            }
        });
        layers.collect()
    }

    /// One tick.
    pub fn step(&mut self, tick: u32) {
        self.model.step(&spiking(self.stimulus, tick));
    }

    /// Runs the ticks of a range from the states at hand; `[tick][layer]`, the first as it stood before.
    pub fn remember(&mut self, ticks: Range<u32>) -> Vec<Vec<Moment>> {
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
