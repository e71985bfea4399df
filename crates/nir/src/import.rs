//! A graph as a chip and its program, with every choice that the format leaves open and what the codes lose.

mod neurons;
mod readout;
mod settings;
mod stored;

use crate::error::NirError;
use crate::graph::Graph;
use crate::loss::Loss;
use crate::network::{Network, Readout};
use crate::own;
use bruno_chip::{
    Card, Description, Formats, LayerDescription, ReadoutDescription, RecorderLevel, Rounding,
};
use bruno_device::Chip;
use bruno_train::TrainedProgram;
use neurons::Neurons;
use readout::Outputs;
use settings::Timing;
pub use settings::{Settings, identifier};

/// A chip that computes a network.
#[derive(Debug, Clone)]
pub struct Import {
    /// The chip.
    pub description: Description,
    /// What it is loaded with, and how it decides.
    pub program: TrainedProgram,
    /// What the format leaves open, and how it was taken.
    pub choices: Vec<String>,
    /// What computes otherwise than the graph says.
    pub warnings: Vec<String>,
    /// What the codes lose.
    pub losses: Vec<Loss>,
}

/// Makes a chip of a graph. A graph that [`crate::export`] wrote says its chip, which is taken unless the settings ask for a
/// new one.
///
/// # Errors
/// Everything that no chip does, by node and parameter; settings that do not fit; a chip that cannot be.
pub fn import(file: &str, graph: &Graph, settings: &Settings) -> Result<Import, NirError> {
    let refused = |problems| NirError::refused(file, problems);
    let problems = settings.problems();
    if !problems.is_empty() {
        return Err(refused(problems));
    }
    let network = Network::of(graph).map_err(refused)?;
    match graph.metadata.get(own::KEY) {
        Some(text) if !settings.new_chip => own::import(file, text, &network),
        _ => new_chip(file, &network, settings),
    }
}

/// Everything that a new chip is made of.
struct Parts<'a> {
    settings: &'a Settings,
    timing: Timing,
    choices: Vec<String>,
    warnings: Vec<String>,
    losses: Vec<Loss>,
}

fn new_chip(file: &str, network: &Network, settings: &Settings) -> Result<Import, NirError> {
    let refused = |problems| NirError::refused(file, problems);
    let timing = Timing::of(network, settings).map_err(|p| refused(vec![*p]))?;
    let mut parts = Parts {
        settings,
        choices: timing.choices(settings),
        timing,
        warnings: Vec::new(),
        losses: Vec::new(),
    };
    let mut problems = Vec::new();
    let mut layers = Vec::new();
    for (index, layer) in network.layers.iter().enumerate() {
        match Neurons::of(layer, index, &mut parts) {
            Ok(neurons) => layers.push(neurons),
            Err(found) => problems.extend(found),
        }
    }
    let outputs = match &network.readout {
        Readout::Spikes => Ok(Outputs::spikes(network, &mut parts)),
        Readout::Integrator(layer) => Outputs::integrators(layer, &mut parts),
    };
    let outputs = match outputs {
        Ok(outputs) if problems.is_empty() => outputs,
        Ok(_) => return Err(refused(problems)),
        Err(more) => return Err(refused([problems, more].concat())),
    };
    let description = describe(network, &layers, &outputs, settings);
    let chip = Chip::resolve(file, &description)?;
    let program = parts.program(&chip, &layers, &outputs);
    Ok(Import {
        description,
        program,
        choices: parts.choices,
        warnings: parts.warnings,
        losses: parts.losses,
    })
}

/// Most words of a neuron's record: v, i, n_spike, n_sat, sum_v, and sum_i of a neuron of a file.
fn record_words(layers: &[Neurons]) -> usize {
    match layers.iter().any(|l| l.description.model.is_some()) {
        true => 6,
        false => 5,
    }
}

fn describe(
    network: &Network,
    layers: &[Neurons],
    outputs: &Outputs,
    settings: &Settings,
) -> Description {
    let names = names(network);
    let layer = |(neurons, name): (&Neurons, String)| LayerDescription {
        name,
        ..neurons.description.clone()
    };
    Description {
        name: settings.name.clone(),
        inputs: network.inputs + usize::from(settings.bias_channel),
        layers: layers.iter().zip(names).map(layer).collect(),
        readout: ReadoutDescription {
            outputs: outputs.count,
            tau_ms: outputs.tau_ms,
            synapse: outputs.stored.synapse.clone(),
        },
        formats: Formats::default(),
        rounding: Rounding::default(),
        seed: 1,
        window_ticks: settings.window_us,
        recorder: RecorderLevel::Mean,
        bank_neurons: (settings.window_us as usize / record_words(layers)).clamp(1, 128),
        interfaces: None,
        fold: 1,
        stage_ns: bruno_chip::STAGE_NS,
        card: Card::Programmable,
        training: None,
    }
}

/// Names of the layers: those of the nodes, as far as names of Verilog can be; `layerN` where they cannot.
fn names(network: &Network) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (index, layer) in network.layers.iter().enumerate() {
        let name = identifier(&layer.name);
        let usable = name
            .as_ref()
            .filter(|n| !names.contains(n) && *n != "readout");
        names.push(usable.cloned().unwrap_or(format!("layer{index}")));
    }
    names
}
