//! Networks as the tests make and run them.

#![allow(dead_code)] // each test binary uses its own part

use bruno_device::Chip;
use bruno_nir::{Array, Graph, Import, Node, Settings, import};
use bruno_sim::{Forward, IntegerModel, Stimulus};
use std::collections::BTreeMap;
use std::path::Path;

/// A file of the reference data; `None`, said, where there are none.
pub fn reference(name: &str) -> Option<Graph> {
    let path = folder()?.join(name);
    Some(bruno_nir::load(&path).unwrap())
}

/// The bytes of such a file.
pub fn reference_bytes(name: &str) -> Option<Vec<u8>> {
    Some(std::fs::read(folder()?.join(name)).unwrap())
}

/// The columns `input` and `spike` of the reference data's stimulus.
pub fn stimulus() -> Option<Vec<usize>> {
    let text = std::fs::read_to_string(folder()?.join("lif_norse.csv")).unwrap();
    let rows = text.lines().enumerate();
    let spiking = rows.filter(|(_, line)| line.split(',').next().unwrap().trim() == "1.0");
    Some(spiking.map(|(row, _)| row).collect())
}

fn folder() -> Option<std::path::PathBuf> {
    let Some(dir) = std::env::var_os("BRUNO_REFERENCE_DATA") else {
        eprintln!("skipped: BRUNO_REFERENCE_DATA is not set");
        return None;
    };
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    Some(root.join(dir).join("nir"))
}

pub fn row(values: &[f64]) -> Array {
    Array::row(values.to_vec())
}

pub fn linear(rows: usize, values: &[f64]) -> Node {
    let shape = vec![rows, values.len() / rows];
    let values = values.to_vec();
    Node::new("Linear", [("weight", Array { shape, values })])
}

/// Neurons of `tau_mem` 10 and `tau_syn` 4 steps of 0.1 ms in the form of snnTorch.
pub fn cubalif(neurons: usize) -> Node {
    let all = |v: f64| row(&vec![v; neurons]);
    Node::new(
        "CubaLIF",
        [
            ("tau_mem", all(1e-3)),
            ("tau_syn", all(4e-4)),
            ("r", all(10.0)),
            ("w_in", all(4.0)),
            ("v_leak", all(0.0)),
            ("v_threshold", all(1.0)),
            ("v_reset", all(0.0)),
        ],
    )
}

pub fn li(outputs: usize) -> Node {
    let all = |v: f64| row(&vec![v; outputs]);
    Node::new(
        "LI",
        [("tau", all(2e-3)), ("r", all(1.0)), ("v_leak", all(0.25))],
    )
}

pub fn graph(nodes: &[(&str, Node)], edges: &[(&str, &str)]) -> Graph {
    Graph {
        version: Some("1.0".into()),
        nodes: nodes
            .iter()
            .map(|(n, node)| (n.to_string(), node.clone()))
            .collect(),
        edges: edges
            .iter()
            .map(|(a, b)| (a.to_string(), b.to_string()))
            .collect(),
        metadata: BTreeMap::new(),
    }
}

/// Three inputs, two recurrent neurons, two integrators.
pub fn small() -> Graph {
    graph(
        &[
            ("input", Node::new("Input", [("shape", row(&[3.0]))])),
            ("fc", linear(2, &[0.5, -0.25, 1.27, 0.3, 0.9, -0.4])),
            ("lif", cubalif(2)),
            ("rec", linear(2, &[-0.2, 0.6, 0.35, -0.1])),
            ("out", linear(2, &[1.0, -0.5, 0.25, 0.75])),
            ("li", li(2)),
            ("output", Node::new("Output", [("shape", row(&[2.0]))])),
        ],
        &[
            ("input", "fc"),
            ("fc", "lif"),
            ("lif", "rec"),
            ("rec", "lif"),
            ("lif", "out"),
            ("out", "li"),
            ("li", "output"),
        ],
    )
}

pub fn imported(graph: &Graph, settings: &Settings) -> Import {
    import("net.nir", graph, settings).unwrap()
}

/// What is said of a graph that is refused.
pub fn refusal(graph: &Graph, settings: &Settings) -> String {
    import("net.nir", graph, settings).unwrap_err().to_string()
}

/// `(tick, neuron)` of each hidden layer's spikes, and each output's currents in pA at the ends of the windows.
pub struct Ran {
    pub spikes: Vec<Vec<(u32, u32)>>,
    pub currents: Vec<Vec<f64>>,
}

/// The integer model of an imported network, driven by `(step, channel)`.
pub fn run(made: &Import, ticks: u32, steps: u32, events: &[(u32, u32)]) -> Ran {
    let chip = Chip::resolve("net.nir", &made.description).unwrap();
    made.program.check(&chip).unwrap();
    let mut model = IntegerModel::new(&chip);
    model.load(&made.program.program()).unwrap();
    let events = events
        .iter()
        .map(|(step, channel)| (step * ticks, *channel))
        .collect();
    let windows = (steps * ticks).div_ceil(chip.window_ticks);
    let trace = model.run(&Stimulus { events, windows }).unwrap();
    let (readout, hidden) = trace.layers.split_last().unwrap();
    let outputs = chip.layers[chip.readout()].neurons;
    let spikes = hidden
        .iter()
        .map(|l| l.spikes.iter().map(|s| (s.tick, s.neuron)).collect());
    let lsb = chip.description.formats.i_lsb_pa();
    let currents = (0..outputs).map(|k| {
        let of_window = |w: usize| f64::from(readout.records[(w * outputs + k) * 2]) * lsb;
        (0..windows as usize).map(of_window).collect()
    });
    Ran {
        spikes: spikes.collect(),
        currents: currents.collect(),
    }
}
