//! What a chip did in one sample, thinned to what a page shows: spikes of every hidden layer, membrane and occupation of a
//! few neurons. It takes kilobytes, however long the sample is.

use super::Trainer;
use crate::measure::score::LayerActivity;
use crate::weights::in_force::nominal_program;
use crate::{Evaluation, TrainError, stimulus};
use bruno_data::{Sample, Target};
use bruno_device::{Chip, Gathers, Layer, NeuronModel, Quantity, State, StateId};
use bruno_sim::{CHUNK, LayerTrace};
use serde::{Deserialize, Serialize};

/// Most spikes of all layers.
const MOST_SPIKES: usize = 12_000;
/// Most layers of which neurons are followed.
const MOST_LAYERS: usize = 4;
/// Most records of a neuron; of a longer sample every so-manieth window is kept.
const MOST_RECORDS: u32 = 500;

/// One sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SampleTrace {
    /// Its number in the test set.
    pub sample: usize,
    /// Its class, where it has one.
    pub class: Option<String>,
    /// The class found.
    pub found: Option<String>,
    /// Its length in whole windows, ms.
    pub length_ms: f64,
    /// Hidden layers.
    pub layers: Vec<TracedLayer>,
}

/// One hidden layer in a sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TracedLayer {
    /// Layer.
    pub layer: String,
    /// Its neurons.
    pub neurons: usize,
    /// All its spikes.
    pub spikes_in_all: u64,
    /// The first of them: tick (us since the start of the sample) and neuron.
    pub spikes: Vec<(u32, u32)>,
    /// The most, the middle and the least active of its neurons on the whole test set.
    pub traces: Vec<NeuronTrace>,
}

/// States of one neuron at the ends of windows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NeuronTrace {
    /// Neuron of the layer.
    pub neuron: usize,
    /// Distance of the states, ms.
    pub every_ms: f64,
    /// Membrane, V.
    #[serde(rename = "v_V")]
    pub v_v: Vec<f32>,
    /// Occupation, 0..1; empty for a neuron without a ferroelectric.
    pub p: Vec<f32>,
}

impl Trainer<'_> {
    /// What the nominal chip does in the first test sample; none without one. `found` is the score on all of them.
    ///
    /// # Errors
    /// Those of the simulators.
    pub fn sample_trace(&mut self, found: &Evaluation) -> Result<Option<SampleTrace>, TrainError> {
        let chip = self.chip()?;
        let (Some(sample), Some(model)) = (self.data.test.first(), self.models.first_mut()) else {
            return Ok(None);
        };
        model.load(&nominal_program(
            &chip,
            &self.run.parameters,
            &self.run.config,
        ))?;
        let stimulus = stimulus(sample, chip.window_ticks);
        let mut layers: Vec<Following<'_>> = { chip.layers.iter().zip(&found.layers).enumerate() }
            .map(|(k, (layer, activity))| {
                Following::new(&chip, layer, activity, k < MOST_LAYERS, stimulus.windows)
            })
            .collect();
        let mut room = MOST_SPIKES;
        model.stream(&stimulus, CHUNK, &mut |part| {
            let pairs = layers.iter_mut().zip(part);
            pairs.for_each(|(layer, part)| layer.add(part, &mut room));
        })?;
        let window_ms = f64::from(chip.window_ticks) * 1e-3;
        Ok(Some(SampleTrace {
            sample: 0,
            class: self.class_of(sample),
            found: found.found.first().and_then(|k| self.class_name(*k)),
            length_ms: window_ms * f64::from(stimulus.windows),
            layers: layers.into_iter().map(|l| l.traced).collect(),
        }))
    }

    fn class_of(&self, sample: &Sample) -> Option<String> {
        match &sample.target {
            Target::Class { class, .. } => self.class_name(*class),
            Target::Frames { .. } => None,
        }
    }

    fn class_name(&self, class: usize) -> Option<String> {
        self.data.class_names.get(class).cloned()
    }
}

/// A layer while its sample runs.
struct Following<'a> {
    layer: &'a Layer,
    /// Place in a neuron's record and one LSB of V (V), and of p, where the layer has them.
    v: Option<(usize, f64)>,
    p: Option<(usize, f64)>,
    /// Windows so far, and of how many one is kept.
    windows: u32,
    every: u32,
    traced: TracedLayer,
}

impl<'a> Following<'a> {
    fn new(
        chip: &Chip,
        layer: &'a Layer,
        activity: &LayerActivity,
        follows: bool,
        windows: u32,
    ) -> Self {
        let every = windows.div_ceil(MOST_RECORDS).max(1);
        let trace = |neuron| NeuronTrace {
            neuron,
            every_ms: f64::from(chip.window_ticks) * 1e-3 * f64::from(every),
            v_v: Vec::new(),
            p: Vec::new(),
        };
        let neurons = if follows {
            typical(&activity.spikes)
        } else {
            Vec::new()
        };
        let model = &layer.model;
        let place = |(id, state): (StateId, &State)| {
            let at = model.word(Gathers::Last(id))?;
            Some((at, state.lsb()))
        };
        let (v, p) = match &model.program {
            Some(_) => (membrane_of_file(model), None),
            None => {
                let mut moving = model.moving();
                (moving.next().and_then(place), moving.next().and_then(place))
            }
        };
        Self {
            layer,
            v,
            p,
            windows: 0,
            every,
            traced: TracedLayer {
                layer: layer.name.clone(),
                neurons: layer.neurons,
                spikes_in_all: 0,
                spikes: Vec::new(),
                traces: neurons.into_iter().map(trace).collect(),
            },
        }
    }

    fn add(&mut self, part: &LayerTrace, room: &mut usize) {
        self.traced.spikes_in_all += part.spikes.len() as u64;
        let kept = part.spikes.len().min(*room);
        *room -= kept;
        let spikes = part.spikes[..kept].iter().map(|s| (s.tick, s.neuron));
        self.traced.spikes.extend(spikes);
        for window in part
            .records
            .chunks_exact(self.layer.model.words.len() * self.layer.neurons)
        {
            self.windows += 1;
            if self.windows.is_multiple_of(self.every) {
                self.record(window);
            }
        }
    }

    fn record(&mut self, window: &[i32]) {
        let words = self.layer.model.words.len();
        for trace in &mut self.traced.traces {
            let value = |(at, lsb): (usize, f64)| {
                let word = f64::from(window[trace.neuron * words + at]);
                (word * lsb) as f32
            };
            trace.v_v.extend(self.v.map(value));
            trace.p.extend(self.p.map(value));
        }
    }
}

/// The neurons with the most, a middle number and the fewest spikes; of equals the first.
fn typical(spikes: &[u64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..spikes.len()).collect();
    order.sort_by_key(|k| std::cmp::Reverse(spikes[*k]));
    let last = order.len().saturating_sub(1);
    let mut chosen: Vec<usize> = [0, last / 2, last]
        .iter()
        .filter_map(|k| order.get(*k))
        .copied()
        .collect();
    chosen.dedup();
    chosen
}

/// Place and LSB (V) of the state that fires, of neurons of a file, where it is a voltage whose code 0 is 0 V.
fn membrane_of_file(model: &NeuronModel) -> Option<(usize, f64)> {
    let id = model.fires?.state;
    let state = &model.states[id.place()];
    let Quantity::Coded { offset, unit, .. } = &state.quantity else {
        return None;
    };
    let is_voltage = unit.ends_with('V') && !unit.ends_with("eV") && *offset == 0.0;
    let at = model.word(Gathers::Last(id)).filter(|_| is_voltage)?;
    Some((at, model.si(id, state.lsb())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(spikes: &[u64], expected: &[usize]) {
        assert_eq!(typical(spikes), expected);
    }

    #[test]
    fn typical_neurons() {
        check(&[3, 9, 0, 4, 5], &[1, 3, 2]);
    }
    #[test]
    fn of_few() {
        check(&[1, 2], &[1, 0]);
        check(&[7], &[0]);
        check(&[], &[]);
    }
}
