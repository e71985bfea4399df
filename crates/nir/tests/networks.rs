//! Graphs in other forms are the same chips.

mod support;

use bruno_nir::{Graph, Import, Node, Settings};
use support::{cubalif, graph, imported, linear, row, run, small};

/// The codes of every layer.
fn codes(made: &Import) -> Vec<Vec<u8>> {
    made.program
        .layers
        .iter()
        .map(|l| l.weights.clone())
        .collect()
}

/// Two graphs give one chip.
fn check(other: &Graph) {
    let [one, other] = [&small(), other].map(|g| imported(g, &Settings::default()));
    assert_eq!(
        one.description.layers[0].device,
        other.description.layers[0].device
    );
    assert_eq!(
        one.description.readout.tau_ms,
        other.description.readout.tau_ms
    );
    assert_eq!(codes(&one), codes(&other));
}

#[test]
fn a_subgraph() {
    let size = |n: f64| [("shape", row(&[n]))];
    let inner = graph(
        &[
            ("input", Node::new("Input", size(2.0))),
            ("lif", cubalif(2)),
            ("lin", linear(2, &[-0.2, 0.6, 0.35, -0.1])),
            ("output", Node::new("Output", size(2.0))),
        ],
        &[
            ("input", "lif"),
            ("lif", "lin"),
            ("lin", "lif"),
            ("lif", "output"),
        ],
    );
    let mut outer = small();
    outer.nodes.remove("rec");
    outer
        .edges
        .retain(|(from, to)| from != "rec" && to != "rec");
    let lif = Node {
        graph: Some(inner),
        ..Node::new("NIRGraph", [])
    };
    outer.nodes.insert("lif".into(), lif);
    check(&outer);
}
#[test]
fn a_scale_before_the_weights() {
    let mut scaled = small();
    scaled.nodes.insert(
        "fc".into(),
        linear(2, &[0.25, -0.25, 12.7, 0.15, 0.9, -4.0]),
    );
    scaled.nodes.insert(
        "scale".into(),
        Node::new("Scale", [("scale", row(&[2.0, 1.0, 0.1]))]),
    );
    scaled.edges.retain(|(from, _)| from != "input");
    for (from, to) in [("input", "scale"), ("scale", "fc")] {
        scaled.edges.push((from.into(), to.into()));
    }
    check(&scaled);
}
#[test]
fn two_matrices_in_a_row() {
    let mut two = small();
    two.nodes
        .insert("fc".into(), linear(2, &[0.0, 1.0, 1.0, 0.0]));
    two.nodes.insert(
        "first".into(),
        linear(2, &[0.3, 0.9, -0.4, 0.5, -0.25, 1.27]),
    );
    two.edges.retain(|(from, _)| from != "input");
    for (from, to) in [("input", "first"), ("first", "fc")] {
        two.edges.push((from.into(), to.into()));
    }
    check(&two);
}
/// What differs between neurons moves into their weights: threshold, rest, resistance, input weight.
#[test]
fn neurons_of_other_sizes() {
    let mut other = small();
    let lif = &mut other.nodes.get_mut("lif").unwrap().parameters;
    for (name, values) in [
        ("v_threshold", [3.0, 0.5]),
        ("v_leak", [1.0, 0.0]),
        ("v_reset", [1.0, 0.0]),
        ("r", [20.0, 10.0]),
        ("w_in", [4.0, 2.0]),
    ] {
        lif.insert(name.into(), row(&values));
    }
    let [one, other] = [(&small(), None), (&other, Some(100.0))].map(|(graph, dt_us)| {
        let settings = Settings {
            dt_us,
            ..Settings::default()
        };
        imported(graph, &settings)
    });
    assert_eq!(codes(&one), codes(&other));
}
#[test]
fn times_in_milliseconds() {
    let mut other = small();
    for (node, names) in [("lif", &["tau_mem", "tau_syn"][..]), ("li", &["tau"][..])] {
        for name in names {
            let array = other
                .nodes
                .get_mut(node)
                .unwrap()
                .parameters
                .get_mut(*name)
                .unwrap();
            array.values.iter_mut().for_each(|tau| *tau *= 1e3);
        }
    }
    let settings = Settings {
        dt_us: Some(100.0),
        unit: bruno_nir::TimeUnit::Milliseconds,
        ..Settings::default()
    };
    assert_eq!(
        codes(&imported(&small(), &Settings::default())),
        codes(&imported(&other, &settings))
    );
}

/// Integrators give their potential: a step after the spike a weight of 1 adds dt/tau, and v_leak is the bias.
#[test]
fn a_readout_of_integrators() {
    let made = imported(
        &small(),
        &Settings {
            window_us: 50,
            ..Settings::default()
        },
    );
    assert_eq!(made.program.decision.bias, [0.25, 0.25]);
    let ran = run(&made, 1, 50, &[(10, 0), (11, 0), (12, 0)]);
    let mut expected = [0.0f64; 2];
    let weights = [[1.0, -0.5], [0.25, 0.75]];
    for step in 0..50u32 {
        for (v, weights) in expected.iter_mut().zip(weights) {
            let fired = ran.spikes[0].iter().filter(|(tick, _)| tick + 1 == step);
            let drive: f64 = fired.map(|(_, neuron)| weights[*neuron as usize]).sum();
            *v = 0.95 * *v + 0.05 * drive;
        }
    }
    assert!(ran.spikes[0].len() > 1, "{:?}", ran.spikes);
    for (expected, found) in expected.iter().zip(&ran.currents) {
        let found = found[0] * made.program.decision.logit_per_pa;
        assert!(
            (found - expected).abs() < 0.01 * expected.abs(),
            "{found}, not {expected}"
        );
    }
}
/// The output's spikes are counted.
#[test]
fn a_readout_of_spikes() {
    let mut spiking = small();
    spiking
        .edges
        .retain(|(from, to)| !["out", "li"].iter().any(|n| n == from || n == to));
    spiking.nodes.remove("out");
    spiking.nodes.remove("li");
    spiking.edges.push(("lif".into(), "output".into()));
    let made = imported(
        &spiking,
        &Settings {
            readout_tau_ms: 1000.0,
            window_us: 200,
            ..Settings::default()
        },
    );
    let events: Vec<(u32, u32)> = (0..60)
        .flat_map(|step| [(2 * step, 0), (2 * step, 2)])
        .collect();
    let ran = run(&made, 1, 200, &events);
    for (neuron, currents) in (0..).zip(&ran.currents) {
        let count = ran.spikes[0].iter().filter(|(_, n)| *n == neuron).count() as f64;
        let logit = currents[0] * made.program.decision.logit_per_pa;
        assert!(
            count > 5.0 && (logit - count).abs() < 0.1 * count,
            "{logit} of {count}"
        );
    }
}
/// A channel more brings the biases of the first layer, the recurrent ones too.
#[test]
fn a_channel_of_biases() {
    let mut biased = small();
    for (node, bias) in [("fc", [0.1, 0.2]), ("rec", [0.3, -0.2])] {
        let node = biased.nodes.get_mut(node).unwrap();
        node.kind = "Affine".into();
        node.parameters.insert("bias".into(), row(&bias));
    }
    let settings = Settings {
        bias_channel: true,
        ..Settings::default()
    };
    let made = imported(&biased, &settings);
    assert_eq!(made.description.inputs, 4);
    let levels = made.description.layers[0]
        .synapse
        .levels_pa
        .clone()
        .unwrap();
    let of_channel =
        |c: usize| [0, 1].map(|n| levels[usize::from(made.program.layers[0].weights[2 * c + n])]);
    // Sums of 0.4 and 0 beside weights of 0.5 and 0.3 from channel 0.
    let [first, bias] = [of_channel(0), of_channel(3)];
    assert!(
        (bias[0] / first[0] - 0.8).abs() < 0.02 && bias[1] == 0.0,
        "{first:?} {bias:?}"
    );
    assert!(
        made.choices
            .iter()
            .any(|c| c.contains("input channel 3 brings the biases")),
        "{:?}",
        made.choices
    );
}
/// Of few bits the table is fitted: better than even steps.
#[test]
fn three_bits() {
    let made = imported(
        &small(),
        &Settings {
            bits: 3,
            ..Settings::default()
        },
    );
    assert_eq!(made.program.layers[0].levels.len(), 8);
    let loss = made
        .losses
        .iter()
        .find(|l| l.quantity == "weights")
        .unwrap();
    assert!(loss.error_percent < 0.1, "{loss:?}");
}
/// Losses name the register and what is in force.
#[test]
fn losses() {
    let made = imported(&small(), &Settings::default());
    let named: Vec<&str> = made.losses.iter().map(|l| l.quantity.as_str()).collect();
    assert_eq!(
        named,
        [
            "v_threshold",
            "v_reset",
            "tau_mem",
            "tau_syn",
            "tau",
            "weights",
            "recurrent weights",
            "weights"
        ]
    );
    assert!(
        made.losses.iter().all(|l| l.error_percent.abs() < 1.0),
        "{:?}",
        made.losses
    );
    assert_eq!(made.losses[3].code, "64 / 2^8");
}
