//! Which kernels a layer is made of, wired by the names of their ports.

use crate::from_model::{random_words, shifted};
use crate::kernels::{
    Draw, NeuronKernels, Noise, Redraw, Synapse, SynapseOffset, SynapseTruncate, WindowCount,
    WindowMax, WindowMin, WindowSum,
};
use crate::{HdlError, ModelKernels, Stage};
use bruno_chip::Rounding;
use bruno_device::{Chip, Event, Gathers, Layer, NeuronProgram, RecordWord, Signal};

/// The kernels of a layer in order of evaluation, by the neurons that need them.
pub(in crate::generate) struct Stages {
    /// All: the new states before a spike resets them, and sums of what only lasts a tick.
    pub neurons: Vec<Stage>,
    /// Those that fire: resets, and the count of spikes.
    pub spikes: Vec<Stage>,
    /// Those that saturate: the count of that.
    pub saturations: Vec<Stage>,
    /// All: the recorder's lanes of the states.
    pub records: Vec<Stage>,
}

impl Stages {
    /// One after the other, for a datapath that computes all of them for every neuron.
    pub fn in_a_row(self) -> Vec<Stage> {
        let all = [self.neurons, self.spikes, self.saturations, self.records];
        all.into_iter().flatten().collect()
    }
}

/// The kernels of a layer.
pub(in crate::generate) fn stages(chip: &Chip, layer: &Layer) -> Result<Stages, HdlError> {
    let mut stages = match &layer.model.program {
        Some(program) => of_program(layer, program)?,
        None => of_kind(chip, layer)?,
    };
    for word in &layer.model.words {
        let group = match word.gathers {
            Gathers::Last(_) => continue,
            Gathers::Count(Event::Spike) => &mut stages.spikes,
            Gathers::Count(Event::Saturation) => &mut stages.saturations,
            Gathers::Sum(Signal::Sample(_)) => &mut stages.neurons,
            Gathers::Sum(Signal::State(_)) | Gathers::Least(_) | Gathers::Most(_) => {
                &mut stages.records
            }
        };
        group.extend(lane(layer, word)?);
    }
    Ok(stages)
}

/// Kernels written by hand.
fn of_kind(chip: &Chip, layer: &Layer) -> Result<Stages, HdlError> {
    let kernels = NeuronKernels::of(layer.kind, chip.rounding)?;
    let mut neurons = random(layer, kernels.offsets)?;
    neurons.push(synapse(chip.rounding)?);
    neurons.extend(kernels.neuron.map(|n| match layer.options.noise {
        true => n.rename("v_round", "v_noisy"),
        false => n,
    }));
    if layer.options.jacobian {
        neurons.extend(kernels.samples);
    }
    Ok(Stages {
        neurons,
        spikes: kernels.resets,
        saturations: Vec::new(),
        records: Vec::new(),
    })
}

/// Kernels of a neuron file.
fn of_program(layer: &Layer, program: &NeuronProgram) -> Result<Stages, HdlError> {
    let kernels = ModelKernels::new(program);
    let mut neurons = random_words(program, layer.options)?;
    neurons.push(kernels.offsets(&layer.model, layer.options));
    neurons.push(kernels.neurons("neuron")?);
    Ok(Stages {
        neurons,
        spikes: kernels.resets("reset")?.into_iter().collect(),
        saturations: Vec::new(),
        records: Vec::new(),
    })
}

/// Random words, and what is made of them: rounding offsets, noise.
fn random(layer: &Layer, offsets: Vec<Stage>) -> Result<Vec<Stage>, HdlError> {
    let mut stages = Vec::new();
    if !layer.options.random() {
        return Ok(stages);
    }
    stages.push(Stage::new("draw", &Draw::default())?);
    if layer.spikes() {
        stages.push(Stage::new("redraw", &Redraw::default())?);
    }
    if layer.options.stochastic {
        stages.push(Stage::new("i_offset", &SynapseOffset::default())?);
        stages.extend(offsets);
    }
    if layer.options.noise {
        stages.push(Stage::new("noise", &Noise::default())?);
    }
    Ok(stages)
}

fn synapse(rounding: Rounding) -> Result<Stage, HdlError> {
    match rounding {
        Rounding::Nearest => Stage::new("syn", &Synapse::default()),
        Rounding::Stochastic => {
            Ok(Stage::new("syn", &Synapse::default())?.rename("i_dec_h", "i_round"))
        }
        Rounding::Truncate => Stage::new("syn", &SynapseTruncate::default()),
    }
}

/// The output that tells of saturated updates.
pub(in crate::generate) fn saturations(layer: &Layer) -> &'static str {
    if layer.spikes() { "saturated" } else { "i_sat" }
}

/// The recorder lane of a word that gathers over a window.
fn lane(layer: &Layer, word: &RecordWord) -> Result<Vec<Stage>, HdlError> {
    let name = word.name.as_str();
    let model = &layer.model;
    let (stage, kept, port) = match word.gathers {
        Gathers::Count(_) => (Stage::new(name, &WindowCount::default())?, "count", "add"),
        Gathers::Least(_) => (Stage::new(name, &WindowMin::default())?, "least", "state"),
        Gathers::Most(_) => (Stage::new(name, &WindowMax::default())?, "most", "state"),
        Gathers::Sum(_) | Gathers::Last(_) => {
            (Stage::new(name, &WindowSum::default())?, "sum", "state")
        }
    };
    let input = match word.gathers {
        Gathers::Count(Event::Spike) => "spike".into(),
        Gathers::Count(Event::Saturation) => saturations(layer).into(),
        Gathers::Sum(Signal::Sample(id)) => model.samples[id.place()].output.clone(),
        Gathers::Sum(Signal::State(id))
        | Gathers::Least(id)
        | Gathers::Most(id)
        | Gathers::Last(id) => model.states[id.place()].next(),
    };
    let cut = match word.gathers {
        Gathers::Sum(Signal::State(id)) => model.states[id.place()].sum_shift,
        Gathers::Sum(Signal::Sample(id)) => model.samples[id.place()].sum_shift,
        _ => 0,
    };
    let (input, before) = match cut {
        0 => (input, None),
        bits => {
            let short = format!("{name}_short");
            (short.clone(), Some(shifted(&input, &short, bits)))
        }
    };
    let wired = stage.rename(kept, name).rename(port, &input);
    let wired = wired.rename(&format!("{kept}_next"), &format!("{name}_next"));
    Ok(before.into_iter().chain([wired]).collect())
}
