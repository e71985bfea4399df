//! A chip and its program as a graph.
//!
//! A tick is a step of forward Euler, so that with `dt` a tick the graph computes what the registers do, but for roundings
//! and clamps: `tau = dt/loss` of every decay, `r = tau_mem/dt` and `w_in = tau_syn/dt`, the form in which snnTorch writes
//! graphs. Weights are then what a spike adds: to the membrane, V a tick, or to the current of an output, pA.

use crate::error::{NirError, problem};
use crate::graph::{Array, Graph, Node};
use crate::own;
use crate::reset::{self, Reset};
use crate::tick::{SUBTRACTIVE, Tick};
use bruno_chip::{Problem, Rounding};
use bruno_device::{Chip, Layer, LayerKind};
use bruno_sim::LayerProgram;
use bruno_train::TrainedProgram;

/// A graph of a chip.
#[derive(Debug, Clone)]
pub struct Export {
    /// The graph, with its chip in the metadata.
    pub graph: Graph,
    /// What the graph does not say of the chip.
    pub notes: Vec<String>,
}

/// The version of the format that is written.
const VERSION: &str = "1.0";

/// Makes a graph of a chip and its program; `dt_us` is the length that a tick has in the file, us.
///
/// # Errors
/// Neurons that the format does not have: ferroelectric ones, refractory ones, membranes or currents without decay.
pub fn export(
    file: &str,
    chip: &Chip,
    program: &TrainedProgram,
    dt_us: f64,
) -> Result<Export, NirError> {
    let dt = dt_us * 1e-6;
    let mut graph = Graph {
        version: Some(VERSION.into()),
        ..Graph::default()
    };
    let mut problems = Vec::new();
    let mut before = "input".to_string();
    let shape = |n: usize| Array::row(vec![n as f64]);
    graph.nodes.insert(
        "input".into(),
        Node::new("Input", [("shape", shape(chip.inputs))]),
    );
    for (index, (layer, own)) in chip.layers.iter().zip(&program.layers).enumerate() {
        problems.extend(impossible(chip, index, layer, own));
        before = add(&mut graph, chip, layer, own, &before, dt);
    }
    let outputs = chip.layers.last().map_or(0, |l| l.neurons);
    graph.nodes.insert(
        "output".into(),
        Node::new("Output", [("shape", shape(outputs))]),
    );
    graph.edges.push((before, "output".into()));
    graph
        .metadata
        .insert(own::KEY.into(), own::text(chip, program, dt_us));
    match problems.is_empty() {
        true => Ok(Export {
            graph,
            notes: notes(chip),
        }),
        false => Err(NirError::refused(file, problems)),
    }
}

/// The nodes of a layer behind another; the name of its neurons.
fn add(
    graph: &mut Graph,
    chip: &Chip,
    layer: &Layer,
    program: &LayerProgram,
    before: &str,
    dt: f64,
) -> String {
    // No layer is called `input` or `output`: Verilog keeps these words for itself.
    let name = layer.name.clone();
    let unit = weight_of_lsb(chip, layer, program);
    let (input, recurrent) = program.weights.split_at(layer.inputs * layer.neurons);
    let linear = |codes: &[u8], levels: &[i32], channels: usize| {
        let level = |code: &u8| levels.get(usize::from(*code)).copied().unwrap_or_default();
        let by_channel: Vec<f64> = codes.iter().map(|c| f64::from(level(c)) * unit).collect();
        let row = |neuron: usize| {
            by_channel
                .iter()
                .copied()
                .skip(neuron)
                .step_by(layer.neurons)
        };
        let values = (0..layer.neurons).flat_map(row).collect();
        let shape = vec![layer.neurons, channels];
        Node::new("Linear", [("weight", Array { shape, values })])
    };
    let weights = format!("{name}.input");
    graph.nodes.insert(
        weights.clone(),
        linear(input, &program.levels, layer.inputs),
    );
    graph.edges.push((before.into(), weights.clone()));
    graph.edges.push((weights, name.clone()));
    if layer.recurrent {
        let weights = format!("{name}.recurrent");
        graph.nodes.insert(
            weights.clone(),
            linear(recurrent, &program.recurrent_levels, layer.neurons),
        );
        graph.edges.push((name.clone(), weights.clone()));
        graph.edges.push((weights, name.clone()));
    }
    graph
        .nodes
        .insert(name.clone(), neurons(chip, layer, program, dt));
    name
}

fn neurons(chip: &Chip, layer: &Layer, program: &LayerProgram, dt: f64) -> Node {
    let all = |value: f64| Array::row(vec![value; layer.neurons]);
    let Some(tick) = tick(chip, layer, program) else {
        let by_current = 1.0 / program.codes.i_dec.value();
        return Node::new(
            "LI",
            [
                ("tau", all(dt * by_current)),
                ("r", all(by_current)),
                ("v_leak", all(0.0)),
            ],
        );
    };
    let (by_current, by_leak) = (1.0 / tick.current_loss.value, 1.0 / tick.leak.value);
    let mut node = Node::new(
        "CubaLIF",
        [
            ("tau_mem", all(dt * by_leak)),
            ("tau_syn", all(dt * by_current)),
            ("r", all(by_leak)),
            ("w_in", all(by_current)),
            ("v_leak", all(0.0)),
            ("v_threshold", all(tick.threshold.value)),
            ("v_reset", all(tick.reset.as_ref().map_or(0.0, |r| r.value))),
        ],
    );
    if tick.reset.is_none() {
        let subtract = Reset::Subtract.name().to_string();
        node.metadata.insert(reset::KEY.into(), subtract);
    }
    node
}

/// What the neurons of a layer do in a tick, where NIR has such neurons.
fn tick(chip: &Chip, layer: &Layer, program: &LayerProgram) -> Option<Tick> {
    Tick::of(
        layer,
        &program.codes,
        &chip.description.formats,
        chip.rounding,
    )
}

/// What an LSB of the current adds: to the membrane in a tick, V; to the current of an output, pA.
pub(crate) fn weight_of_lsb(chip: &Chip, layer: &Layer, program: &LayerProgram) -> f64 {
    let volts_by_pa = tick(chip, layer, program).map_or(1.0, |tick| tick.volts_by_pa);
    volts_by_pa * layer.current.lsb_pa
}

/// What of a layer no graph says.
fn impossible(chip: &Chip, index: usize, layer: &Layer, program: &LayerProgram) -> Vec<Problem> {
    let at = |field: &str| format!("layers[{index}].{field}");
    let neurons = format!("`lif` or the model `{SUBTRACTIVE}`");
    let mut problems = Vec::new();
    let mut no_decay = |field: &str, what: &str, remedy: &str| {
        problems.push(problem(at(field), 0, format!("a {what} above 0"), remedy));
    };
    let no_current = "give the current a time constant";
    let tick = match (layer.kind, tick(chip, layer, program)) {
        (LayerKind::Readout, _) => {
            if program.codes.i_dec.mantissa == 0 {
                no_decay("codes.i_dec", "decay", no_current);
            }
            return problems;
        }
        (LayerKind::Felif, _) => {
            let remedy = "NIR has no ferroelectric neuron: train a chip of `lif`";
            return vec![problem(at("kind"), "felif", neurons, remedy)];
        }
        (_, Some(tick)) => tick,
        (_, None) => {
            let remedy = "NIR has no such neuron: train a chip of `lif`";
            return vec![problem(at("model"), "another neuron file", neurons, remedy)];
        }
    };
    if tick.current_loss.value == 0.0 {
        no_decay("codes.i_dec", "decay", no_current);
    }
    if tick.leak.value == 0.0 {
        let remedy = "CubaLIF has a time constant: raise `g_leak_pS`";
        no_decay("codes.leak", "leak", remedy);
    }
    if tick.refractory > 0 {
        problems.push(problem(
            at("codes.t_ref"),
            format!("{} us", tick.refractory),
            "0",
            "NIR's neurons have no refractory time: train with a time of 0",
        ));
    }
    problems
}

/// What the graph leaves out without being another network.
fn notes(chip: &Chip) -> Vec<String> {
    let mut notes = Vec::new();
    for layer in &chip.description.layers {
        let floor = match &layer.model {
            None => format!("{} V", layer.device.v_floor_v),
            Some(_) => "its floor, and at the upper end of its word".into(),
        };
        notes.push(format!(
            "`{}`: NIR's membranes have no lower end; the chip's is clamped at {floor}",
            layer.name
        ));
        if layer.model.is_some() {
            notes.push(format!(
                "`{}`: a spike subtracts the threshold, which stands in the metadata of the node (`reset`) alone",
                layer.name
            ));
        }
        let of_kind = layer.device.noise_pa_rms.map(|rms| format!("{rms} pA rms"));
        let of_file = layer.noise_rms.map(|rms| format!("{rms} rms a tick"));
        if let Some(noise) = of_kind.or(of_file) {
            notes.push(format!(
                "`{}`: NIR has no noise; the chip's membrane has {noise}",
                layer.name
            ));
        }
    }
    if chip.rounding == Rounding::Stochastic {
        notes.push("NIR has no rounding at random, which the chip has".into());
    }
    notes.push("each layer of the chip answers a tick after the one before; the decision (scale, bias, classes) stands in the metadata".into());
    notes
}
