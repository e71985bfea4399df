//! What loss, scores and energy read of a sample, gathered while it runs: memory grows by the outputs' currents alone, and
//! by the membrane where the backward pass asks for it.

use bruno_device::{Chip, Gathers, Layer, NeuronCosts, NeuronModel, Signal, StateId};
use bruno_sim::LayerTrace;

/// What is known of a sample, hidden layers in order.
pub(crate) struct Observed<'a> {
    chip: &'a Chip,
    /// Readout currents at the end of each window, pA, `[window][output]`.
    pub currents: Vec<f32>,
    /// Spikes of each neuron.
    pub spikes: Vec<Vec<u64>>,
    /// Sum over neurons and windows of what the power of a neuron at rest follows from.
    pub leaks: Vec<f64>,
    /// Membrane in each window, SI units, `[window][neuron]`; empty unless it is kept.
    pub membrane: Vec<Vec<f64>>,
    keeps_membrane: bool,
    /// Of neurons of a file.
    costs: Vec<Option<NeuronCosts>>,
}

impl<'a> Observed<'a> {
    /// Nothing yet.
    pub fn new(chip: &'a Chip, keeps_membrane: bool) -> Self {
        let hidden = &chip.layers[..chip.readout()];
        Self {
            chip,
            currents: Vec::new(),
            spikes: hidden.iter().map(|l| vec![0; l.neurons]).collect(),
            leaks: vec![0.0; hidden.len()],
            membrane: vec![Vec::new(); hidden.len()],
            keeps_membrane,
            costs: chip
                .description
                .layers
                .iter()
                .map(NeuronCosts::of)
                .collect(),
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
            let power = self.costs[index].as_ref().map(NeuronCosts::power);
            for v in membrane(self.chip, layer, part) {
                self.leaks[index] += match &power {
                    None => v * v,
                    Some(power) => power.at(v),
                };
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

/// Mean membranes of windows where they are recorded, else those at their ends, SI units.
fn membrane<'a>(
    chip: &Chip,
    layer: &'a Layer,
    part: &'a LayerTrace,
) -> impl Iterator<Item = f64> + 'a {
    let model = &layer.model;
    let ticks = f64::from(chip.window_ticks);
    let place = model.fires.and_then(|f| {
        let summed = model.word(Gathers::Sum(Signal::State(f.state)));
        let last = || model.word(Gathers::Last(f.state));
        let at = summed.or_else(last)?;
        Some((at, summed.is_some(), f.state))
    });
    let value = move |record: &[i32]| {
        let (at, summed, id) = place?;
        let (state, word) = (&model.states[id.place()], *record.get(at)?);
        let code = match (summed, state.signed()) {
            (true, true) => state.of_sum(f64::from(word) / ticks),
            (true, false) => state.of_sum(f64::from(word as u32) / ticks),
            (false, _) => f64::from(word),
        };
        Some(model.si(id, state.value(code)))
    };
    let records = part.records.chunks_exact(model.words.len());
    records.filter_map(value)
}

/// Place of a word in a record, and one LSB of a state.
fn word(model: &NeuronModel, gathers: Gathers, state: StateId) -> (Option<usize>, f64) {
    (model.word(gathers), model.states[state.place()].lsb())
}
