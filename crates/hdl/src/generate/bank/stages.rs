//! Which kernels a layer is made of, wired by the names of their ports.

use super::Array;
use crate::kernels::{
    Draw, Felif, Lif, LifTruncate, Linearisation, MembraneOffset, MembraneReset, Noise,
    OccupationOffset, OccupationReset, Redraw, Surrogate, Synapse, SynapseOffset, SynapseTruncate,
    WindowCount, WindowMax, WindowMin, WindowSum,
};
use crate::{HdlError, Stage};
use bruno_chip::Rounding;
use bruno_device::{Chip, Layer, LayerKind};

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
pub(in crate::generate) fn stages(
    chip: &Chip,
    layer: &Layer,
    arrays: &[Array],
) -> Result<Stages, HdlError> {
    let mut stages = Stages {
        neurons: neuron(chip, layer)?,
        spikes: resets(layer)?,
        saturations: Vec::new(),
        records: Vec::new(),
    };
    for array in arrays {
        let group = match array.name {
            "n_spike" => &mut stages.spikes,
            "n_sat" => &mut stages.saturations,
            "sum_v" | "sum_p" | "min_v" | "max_v" | "min_p" | "max_p" => &mut stages.records,
            _ => &mut stages.neurons,
        };
        group.extend(lane(layer, array.name)?);
    }
    Ok(stages)
}

/// What a spike resets.
fn resets(layer: &Layer) -> Result<Vec<Stage>, HdlError> {
    let mut stages = Vec::new();
    if layer.kind != LayerKind::Readout {
        stages.push(Stage::new("reset_v", &MembraneReset::default())?);
    }
    if layer.kind == LayerKind::Felif {
        stages.push(Stage::new("reset_p", &OccupationReset::default())?);
    }
    Ok(stages)
}

/// From the spikes of the last tick to the states of this one.
fn neuron(chip: &Chip, layer: &Layer) -> Result<Vec<Stage>, HdlError> {
    let truncate = chip.rounding == Rounding::Truncate;
    let mut stages = random(layer)?;
    stages.push(synapse(chip.rounding)?);
    let neuron = match (layer.kind, truncate) {
        (LayerKind::Felif, _) => Some(Stage::new("neuron", &Felif::default())?),
        (LayerKind::Lif, false) => Some(Stage::new("neuron", &Lif::default())?),
        (LayerKind::Lif, true) => Some(Stage::new("neuron", &LifTruncate::default())?),
        (LayerKind::Readout, _) => None,
    };
    stages.extend(neuron.map(|n| match layer.options.noise {
        true => n.rename("v_round", "v_noisy"),
        false => n,
    }));
    if layer.options.jacobian {
        if layer.kind == LayerKind::Felif {
            stages.push(Stage::new("lin", &Linearisation::default())?);
        }
        stages.push(Stage::new("sur", &Surrogate::default())?);
    }
    Ok(stages)
}

/// Random words, and what is made of them: rounding offsets, noise.
fn random(layer: &Layer) -> Result<Vec<Stage>, HdlError> {
    let mut stages = Vec::new();
    if !layer.options.random() {
        return Ok(stages);
    }
    stages.push(Stage::new("draw", &Draw::default())?);
    if layer.kind != LayerKind::Readout {
        stages.push(Stage::new("redraw", &Redraw::default())?);
    }
    if layer.options.stochastic {
        stages.push(Stage::new("i_offset", &SynapseOffset::default())?);
        if layer.kind != LayerKind::Readout {
            stages.push(Stage::new("v_offset", &MembraneOffset::default())?);
        }
        if layer.kind == LayerKind::Felif {
            stages.push(Stage::new("p_offset", &OccupationOffset::default())?);
        }
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

/// The recorder lane of one window accumulator, `None` for a state.
fn lane(layer: &Layer, name: &str) -> Result<Option<Stage>, HdlError> {
    let saturated = match layer.kind {
        LayerKind::Readout => "i_sat",
        _ => "saturated",
    };
    let count = || Ok::<_, HdlError>((Stage::new(name, &WindowCount::default())?, "count", "add"));
    let sum = || Ok::<_, HdlError>((Stage::new(name, &WindowSum::default())?, "sum", "state"));
    let min = || Ok::<_, HdlError>((Stage::new(name, &WindowMin::default())?, "least", "state"));
    let max = || Ok::<_, HdlError>((Stage::new(name, &WindowMax::default())?, "most", "state"));
    let ((stage, kept, port), input) = match name {
        "n_spike" => (count()?, "spike"),
        "n_sat" => (count()?, saturated),
        "sum_v" => (sum()?, "v_next"),
        "sum_p" => (sum()?, "p_next"),
        "sum_f" => (sum()?, "net_flow"),
        "sum_x" => (sum()?, "steep_flow"),
        "sum_k" => (sum()?, "rates"),
        "sum_h" => (sum()?, "nearness"),
        "min_v" => (min()?, "v_next"),
        "max_v" => (max()?, "v_next"),
        "min_p" => (min()?, "p_next"),
        "max_p" => (max()?, "p_next"),
        _ => return Ok(None),
    };
    let wired = stage.rename(kept, name).rename(port, input);
    Ok(Some(
        wired.rename(&format!("{kept}_next"), &format!("{name}_next")),
    ))
}
