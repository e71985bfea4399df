//! An imported chip fires when the network does: in the rows of the reference data, and in every step of the equations in float.

mod support;

use bruno_device::Chip;
use bruno_nir::{Array, Discretisation, Graph, Import, Reset, Settings};
use support::{imported, reference, run, small, stimulus};

fn settings(by: Discretisation, ticks: u32) -> Settings {
    Settings {
        dt_us: Some(100.0),
        discretisation: by,
        step_ticks: ticks,
        ..Settings::default()
    }
}

/// The rows of the shared stimulus in which the one neuron of a file fires.
fn rows(file: &str, by: Discretisation, ticks: u32, expected: [u32; 4]) {
    rows_with(file, settings(by, ticks), expected);
}

fn rows_with(file: &str, settings: Settings, expected: [u32; 4]) {
    let (Some(graph), Some(spiking)) = (reference(file), stimulus()) else {
        return;
    };
    assert_eq!(spiking.len(), 34);
    let ticks = settings.step_ticks;
    let made = imported(&graph, &settings);
    let events: Vec<(u32, u32)> = spiking.iter().map(|row| (*row as u32, 0)).collect();
    let ran = run(&made, ticks, 1000, &events);
    let found: Vec<u32> = ran.spikes[0].iter().map(|(tick, _)| tick / ticks).collect();
    assert_eq!(found, expected);
}

#[test]
fn exact_in_real_time() {
    rows(
        "lif_norse.nir",
        Discretisation::Exact,
        100,
        [460, 510, 710, 760],
    );
}
#[test]
fn exact_in_steps() {
    rows(
        "lif_norse.nir",
        Discretisation::Exact,
        1,
        [460, 510, 710, 760],
    );
}
#[test]
fn euler_in_real_time() {
    rows(
        "lif_norse.nir",
        Discretisation::Euler,
        100,
        [460, 510, 710, 760],
    );
}
#[test]
fn euler_in_steps() {
    rows(
        "lif_norse.nir",
        Discretisation::Euler,
        1,
        [460, 510, 710, 760],
    );
}
/// Rockpool and Sinabs.
#[test]
fn impulse_in_real_time() {
    rows(
        "lif_norse.nir",
        Discretisation::Impulse,
        100,
        [450, 500, 710, 760],
    );
}
#[test]
fn impulse_in_steps() {
    rows(
        "lif_norse.nir",
        Discretisation::Impulse,
        1,
        [450, 500, 710, 760],
    );
}
/// Weight and resistance of this file bring a membrane 0.96 times as far.
#[test]
fn another_file_of_the_neuron() {
    rows(
        "lif_rockpool.nir",
        Discretisation::Impulse,
        1,
        [460, 510, 710, 760],
    );
}

/// Rockpool and Sinabs subtract the threshold.
#[test]
fn subtractive_in_steps() {
    subtractive("lif_norse.nir", 1, [450, 500, 710, 760]);
}
#[test]
fn subtractive_in_real_time() {
    subtractive("lif_norse.nir", 100, [450, 500, 710, 760]);
}

fn subtractive(file: &str, ticks: u32, expected: [u32; 4]) {
    let settings = Settings {
        reset: Some(Reset::Subtract),
        ..settings(Discretisation::Impulse, ticks)
    };
    rows_with(file, settings, expected);
}

/// A layer in float: `i = decay i + share x`, `v = decay v + share i`, then the reset.
struct Layer {
    weights: Array,
    recurrent: Option<Array>,
    current: (f64, f64),
    membrane: (f64, f64),
    threshold: f64,
    reset: Reset,
    i: Vec<f64>,
    v: Vec<f64>,
    fired: Vec<f64>,
}

impl Layer {
    /// Forward Euler of nodes of a graph, with steps of 0.1 ms.
    fn of(graph: &Graph, linear: &str, neurons: &str, recurrent: Option<&str>) -> Self {
        let array = |node: &str, name: &str| graph.nodes[node].parameters[name].clone();
        let value = |name: &str| array(neurons, name).values[0];
        let [syn, mem] = ["tau_syn", "tau_mem"].map(|name| 1e-4 / value(name));
        let weights = array(linear, "weight");
        let zero = vec![0.0; weights.shape[0]];
        Self {
            weights,
            recurrent: recurrent.map(|node| array(node, "weight")),
            current: (1.0 - syn, syn * value("w_in")),
            membrane: (1.0 - mem, mem * value("r")),
            threshold: value("v_threshold"),
            reset: Reset::Value,
            i: zero.clone(),
            v: zero.clone(),
            fired: zero,
        }
    }

    fn subtracting(self) -> Self {
        Self {
            reset: Reset::Subtract,
            ..self
        }
    }

    fn step(&mut self, input: &[f64]) {
        let mut drive = product(&self.weights, input);
        if let Some(recurrent) = &self.recurrent {
            let more = product(recurrent, &self.fired);
            drive.iter_mut().zip(more).for_each(|(d, m)| *d += m);
        }
        for (k, drive) in drive.iter().enumerate() {
            self.i[k] = self.current.0 * self.i[k] + self.current.1 * drive;
            self.v[k] = self.membrane.0 * self.v[k] + self.membrane.1 * self.i[k];
            self.fired[k] = f64::from(u8::from(self.v[k] > self.threshold));
            self.v[k] -= self.fired[k]
                * match self.reset {
                    Reset::Value => self.v[k],
                    Reset::Subtract => self.threshold,
                };
        }
    }
}

fn product(weights: &Array, input: &[f64]) -> Vec<f64> {
    let rows = weights.values.chunks(weights.shape[1]);
    rows.map(|row| row.iter().zip(input).map(|(w, x)| w * x).sum())
        .collect()
}

fn in_steps(graph: &Graph) -> Import {
    // A floor far below, for membranes in float have none.
    let settings = Settings {
        headroom: 16.0,
        ..settings(Discretisation::Euler, 1)
    };
    imported(graph, &settings)
}

fn in_steps_subtracting(graph: &Graph) -> Import {
    let settings = Settings {
        headroom: 16.0,
        reset: Some(Reset::Subtract),
        ..settings(Discretisation::Euler, 1)
    };
    imported(graph, &settings)
}

/// The graph of an imported chip, with steps of 0.1 ms.
fn exported(made: &Import) -> Graph {
    let chip = Chip::resolve("net", &made.description).unwrap();
    bruno_nir::export("net", &chip, &made.program, 100.0)
        .unwrap()
        .graph
}

/// Spikes of layers in float and of a chip, each layer's, on random input.
fn compared(made: &Import, layers: &mut [Layer], rate: u64) -> Vec<[Vec<(u32, u32)>; 2]> {
    let (steps, channels) = (400u32, made.description.inputs as u32);
    // A multiplicative generator (Lehmer) is random enough for input.
    let mut state = 1u64;
    let mut chance = || {
        state = state * 48271 % 0x7fff_ffff;
        state % 100 < rate
    };
    let mut events = Vec::new();
    let mut expected = vec![Vec::new(); layers.len()];
    for step in 0..steps {
        let spiking: Vec<u32> = (0..channels).filter(|_| chance()).collect();
        events.extend(spiking.iter().map(|c| (step, *c)));
        let mut input: Vec<f64> = (0..channels)
            .map(|c| f64::from(u8::from(spiking.contains(&c))))
            .collect();
        for (layer, expected) in layers.iter_mut().zip(&mut expected) {
            // A layer hears what the one before did a tick ago.
            let before = layer.fired.clone();
            layer.step(&input);
            let fired = layer.fired.iter().enumerate().filter(|(_, f)| **f > 0.0);
            expected.extend(fired.map(|(neuron, _)| (step, neuron as u32)));
            input = before;
        }
    }
    let found = run(made, 1, steps, &events).spikes.into_iter();
    let within = |layer: Vec<(u32, u32)>| layer.into_iter().filter(|s| s.0 < steps).collect();
    expected
        .into_iter()
        .zip(found.map(within))
        .map(|(e, f)| [e, f])
        .collect()
}

/// All spikes are in the same steps, and there are some.
fn the_same(made: &Import, layers: &mut [Layer], rate: u64) {
    for [expected, found] in compared(made, layers, rate) {
        assert!(expected.len() > 50);
        assert_eq!(expected, found);
    }
}

#[test]
fn two_recurrent_neurons() {
    let graph = small();
    let mut layers = [Layer::of(&graph, "fc", "lif", Some("rec"))];
    the_same(&in_steps(&graph), &mut layers, 30);
}
#[test]
fn braille() {
    let Some(graph) = reference("braille_noDelay_noBias_subtract.nir") else {
        return;
    };
    let made = in_steps(&graph);
    let mut layers = [
        Layer::of(&graph, "fc1", "lif1.lif", Some("lif1.w_rec")),
        Layer::of(&graph, "fc2", "lif2", None),
    ];
    // The recurrence carries the rounding of a weight on: spikes move, their number stays.
    for [expected, found] in compared(&made, &mut layers, 40) {
        let share = found.len() as f64 / expected.len() as f64;
        assert!(
            (0.9..1.1).contains(&share),
            "{} of {}",
            found.len(),
            expected.len()
        );
    }
}
/// With the weights in force nothing is left to differ.
#[test]
fn braille_as_exported() {
    let Some(graph) = reference("braille_noDelay_noBias_subtract.nir") else {
        return;
    };
    let made = in_steps(&graph);
    let graph = exported(&made);
    let mut layers = [
        Layer::of(
            &graph,
            "lif1_lif.input",
            "lif1_lif",
            Some("lif1_lif.recurrent"),
        ),
        Layer::of(&graph, "lif2.input", "lif2", None),
    ];
    the_same(&made, &mut layers, 40);
}
#[test]
fn two_recurrent_neurons_that_subtract() {
    let graph = small();
    let mut layers = [Layer::of(&graph, "fc", "lif", Some("rec")).subtracting()];
    the_same(&in_steps_subtracting(&graph), &mut layers, 30);
}
/// With the weights in force, as above: the reset that the network was trained with.
#[test]
fn braille_as_trained() {
    let Some(graph) = reference("braille_noDelay_noBias_subtract.nir") else {
        return;
    };
    let made = in_steps_subtracting(&graph);
    let graph = exported(&made);
    let recurrent = Layer::of(
        &graph,
        "lif1_lif.input",
        "lif1_lif",
        Some("lif1_lif.recurrent"),
    );
    let last = Layer::of(&graph, "lif2.input", "lif2", None);
    let mut layers = [recurrent.subtracting(), last.subtracting()];
    the_same(&made, &mut layers, 40);
}
