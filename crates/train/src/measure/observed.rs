//! What loss, scores and energy read of a sample, gathered while it runs: memory grows by the outputs' currents alone, and
//! by the membrane where the backward pass asks for it.

use bruno_device::{Chip, Gathers, Layer, NeuronModel, Signal, StateId};
use bruno_sim::LayerTrace;

/// What is known of a sample, hidden layers in order.
pub(crate) struct Observed<'a> {
    chip: &'a Chip,
    /// Readout currents at the end of each window, pA, `[window][output]`.
    pub currents: Vec<f32>,
    /// Spikes of each neuron.
    pub spikes: Vec<Vec<u64>>,
    /// Sum over neurons and windows of the squared membrane, V2.
    pub squares: Vec<f64>,
    /// Membrane in each window, V, `[window][neuron]`; empty unless it is kept.
    pub membrane: Vec<Vec<f64>>,
    keeps_membrane: bool,
}

impl<'a> Observed<'a> {
    /// Nothing yet.
    pub fn new(chip: &'a Chip, keeps_membrane: bool) -> Self {
        let hidden = &chip.layers[..chip.readout()];
        Self {
            chip,
            currents: Vec::new(),
            spikes: hidden.iter().map(|l| vec![0; l.neurons]).collect(),
            squares: vec![0.0; hidden.len()],
            membrane: vec![Vec::new(); hidden.len()],
            keeps_membrane,
        }
    }

    /// Adds the next windows.
    pub fn add(&mut self, part: &[LayerTrace]) {
        for (index, (layer, part)) in self.chip.layers.iter().zip(part).enumerate() {
            if !layer.spikes() {
                self.currents.extend(currents(layer, part));
                continue;
            }
            for spike in &part.spikes {
                self.spikes[index][spike.neuron as usize] += 1;
            }
            for v in membrane(self.chip, layer, part) {
                self.squares[index] += v * v;
                if self.keeps_membrane {
                    self.membrane[index].push(v);
                }
            }
        }
    }
}

/// Currents at the ends of windows, pA.
fn currents<'a>(layer: &'a Layer, part: &'a LayerTrace) -> impl Iterator<Item = f32> + 'a {
    let model = &layer.model;
    let (at, lsb) = word(model, Gathers::Last(model.current), model.current);
    let records = part.records.chunks_exact(model.words.len());
    records.filter_map(move |r| Some(*r.get(at?)? as f32 * lsb as f32))
}

/// Mean membranes of windows where they are recorded, else those at their ends, V.
fn membrane<'a>(
    chip: &Chip,
    layer: &'a Layer,
    part: &'a LayerTrace,
) -> impl Iterator<Item = f64> + 'a {
    let model = &layer.model;
    let mean = |id| match word(model, Gathers::Sum(Signal::State(id)), id) {
        (Some(at), lsb) => {
            let shift = model.states[id.place()].sum_shift;
            let ticks = f64::from(chip.window_ticks);
            (Some(at), lsb * f64::from(shift).exp2() / ticks)
        }
        (None, _) => word(model, Gathers::Last(id), id),
    };
    let (at, lsb) = model.fires.map_or((None, 0.0), |f| mean(f.state));
    let records = part.records.chunks_exact(model.words.len());
    records.filter_map(move |r| Some(f64::from(*r.get(at?)?) * lsb))
}

/// Place of a word in a record, and one LSB of a state.
fn word(model: &NeuronModel, gathers: Gathers, state: StateId) -> (Option<usize>, f64) {
    (model.word(gathers), model.states[state.place()].lsb())
}
