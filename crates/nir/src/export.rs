//! A chip and its program as a graph.
//!
//! A tick is a step of forward Euler, so that with `dt` a tick the graph computes what the registers do, but for roundings
//! and clamps: `tau = dt/loss` of every decay, `r = tau_mem/dt` and `w_in = tau_syn/dt`, the form in which snnTorch writes
//! graphs. Weights are then what a spike adds: to the membrane, V a tick, or to the current of an output, pA.

use crate::error::{NirError, problem};
use crate::graph::{Array, Graph, Node};
use crate::own;
use bruno_chip::{Problem, Rounding};
use bruno_device::{Chip, GUARD_BITS, Layer, LayerKind};
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
        problems.extend(impossible(index, layer, own));
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
    let codes = &program.codes;
    let by_current = 1.0 / codes.i_dec.value();
    if layer.kind == LayerKind::Readout {
        return Node::new(
            "LI",
            [
                ("tau", all(dt * by_current)),
                ("r", all(by_current)),
                ("v_leak", all(0.0)),
            ],
        );
    }
    let by_leak = 1.0 / codes.leak_share();
    let volts = |code: i32| all(f64::from(code) * chip.description.formats.v_lsb());
    Node::new(
        "CubaLIF",
        [
            ("tau_mem", all(dt * by_leak)),
            ("tau_syn", all(dt * by_current)),
            ("r", all(by_leak)),
            ("w_in", all(by_current)),
            ("v_leak", all(0.0)),
            ("v_threshold", volts(codes.v_th)),
            ("v_reset", volts(codes.v_reset)),
        ],
    )
}

/// What an LSB of the current adds: to the membrane in a tick, V; to the current of an output, pA.
pub(crate) fn weight_of_lsb(chip: &Chip, layer: &Layer, program: &LayerProgram) -> f64 {
    let formats = &chip.description.formats;
    if layer.kind == LayerKind::Readout {
        return formats.i_lsb_pa();
    }
    let guard = match chip.rounding {
        Rounding::Nearest | Rounding::Stochastic => GUARD_BITS,
        Rounding::Truncate => 0,
    };
    let shift = f64::from(chip.constants.pre + guard).exp2();
    program.codes.input.value() / shift * formats.v_lsb()
}

/// What of a layer no graph says.
fn impossible(index: usize, layer: &Layer, program: &LayerProgram) -> Vec<Problem> {
    let codes = &program.codes;
    let at = |field: &str| format!("layers[{index}].{field}");
    let mut problems = Vec::new();
    if layer.kind == LayerKind::Felif {
        problems.push(problem(
            at("kind"),
            "felif",
            "lif",
            "NIR has no ferroelectric neuron: train a chip of `lif`",
        ));
    }
    if layer.kind == LayerKind::File {
        return vec![problem(
            at("model"),
            "a neuron file",
            "lif",
            "NIR has no such neuron: train a chip of `lif`",
        )];
    }
    if codes.i_dec.mantissa == 0 {
        problems.push(problem(
            at("codes.i_dec"),
            0,
            "a decay above 0",
            "give the current a time constant",
        ));
    }
    if layer.kind == LayerKind::Readout {
        return problems;
    }
    if codes.leak.mantissa == 0 {
        problems.push(problem(
            at("codes.leak"),
            0,
            "a leak above 0",
            "CubaLIF has a time constant: raise `g_leak_pS`",
        ));
    }
    if codes.t_ref > 0 {
        problems.push(problem(
            at("codes.t_ref"),
            format!("{} us", codes.t_ref),
            "0",
            "NIR's neurons have no refractory time: train with `t_ref_ms` 0",
        ));
    }
    problems
}

/// What the graph leaves out without being another network.
fn notes(chip: &Chip) -> Vec<String> {
    let mut notes = Vec::new();
    for layer in &chip.description.layers {
        notes.push(format!(
            "`{}`: NIR's membranes have no lower end; the chip's is clamped at {} V",
            layer.name, layer.device.v_floor_v
        ));
        if let Some(noise) = layer.device.noise_pa_rms {
            notes.push(format!(
                "`{}`: NIR has no noise; the chip's membrane has {noise} pA rms",
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
