//! What no chip does is refused by node, value and remedy.

mod support;

use bruno_nir::{Array, Discretisation, Graph, Node, Reset, Settings};
use support::{graph, imported, linear, reference, refusal, row, small};

fn check_with(settings: &Settings, change: impl FnOnce(&mut Graph), expected: &str) {
    let mut graph = small();
    change(&mut graph);
    let said = refusal(&graph, settings);
    assert!(said.contains(expected), "`{expected}` is not in:\n{said}");
    assert!(said.starts_with("net.nir: "), "{said}");
}

fn check(change: impl FnOnce(&mut Graph), expected: &str) {
    check_with(&Settings::default(), change, expected);
}

fn set(graph: &mut Graph, node: &str, parameter: &str, value: Array) {
    let node = graph.nodes.get_mut(node).unwrap();
    node.parameters.insert(parameter.into(), value);
}

fn edge(graph: &mut Graph, from: &str, to: &str) {
    graph.edges.push((from.into(), to.into()));
}

/// Files that are refused say all of this.
fn check_file(name: &str, settings: &Settings, expected: &[&str]) {
    let Some(graph) = reference(name) else { return };
    let said = refusal(&graph, settings);
    for expected in expected {
        assert!(said.contains(expected), "`{expected}` is not in:\n{said}");
    }
}

#[test]
fn a_convolutional_network() {
    let expected = [
        "11 problem(s)",
        "`0` is a `Conv2d`",
        "`8` is a `Flatten`",
        "`4` is a `SumPool2d`",
        "`12` is a `IF`",
    ];
    check_file("cnn_sinabs.nir", &Settings::default(), &expected);
}
#[test]
fn a_file_whose_edges_name_no_node() {
    let expected = [
        "1 problem(s)",
        "`lif1/edges` is a name `lif`, which is no node of subgraph `lif1`",
    ];
    check_file(
        "braille_noDelay_bias_zero_subgraph.nir",
        &Settings::default(),
        &expected,
    );
}
#[test]
fn biases() {
    let expected = [
        "`fc1.bias` is up to 1.695; allowed: 0",
        "`lif1.w_rec.bias` is up to 1.678",
        "`fc2.bias` is up to 0.3573",
        "import with --bias channel",
    ];
    check_file(
        "braille_noDelay_bias_zero.nir",
        &Settings::default(),
        &expected,
    );
}
#[test]
fn biases_that_no_channel_reaches() {
    let settings = Settings {
        bias_channel: true,
        ..Settings::default()
    };
    let expected = [
        "1 problem(s)",
        "`fc2.bias` is up to 0.3573",
        "reaches the first layer alone",
    ];
    check_file("braille_noDelay_bias_zero.nir", &settings, &expected);
}
#[test]
fn a_lif_without_its_step() {
    let expected = ["`dt` is not in the file", "give --dt-us"];
    check_file("lif_norse.nir", &Settings::default(), &expected);
}

#[test]
fn a_rest_with_a_reset_by_subtraction() {
    let settings = Settings {
        reset: Some(Reset::Subtract),
        ..Settings::default()
    };
    check_with(
        &settings,
        |g| set(g, "lif", "v_leak", row(&[0.25; 2])),
        "`lif.v_leak` is 0.25; allowed: 0 with a reset by subtraction",
    );
}
#[test]
fn another_neuron() {
    let change = |g: &mut Graph| drop(g.nodes.insert("lif".into(), Node::new("CubaALIF", [])));
    check(change, "`lif` is a `CubaALIF`; allowed: Input, Output");
}
#[test]
fn a_missing_parameter() {
    let change = |g: &mut Graph| drop(g.nodes.get_mut("lif").unwrap().parameters.remove("tau_syn"));
    check(change, "`lif.tau_syn` is missing");
}
#[test]
fn a_weight_that_is_not_finite() {
    let change = |g: &mut Graph| {
        g.nodes
            .get_mut("fc")
            .unwrap()
            .parameters
            .get_mut("weight")
            .unwrap()
            .values[2] = f64::NAN
    };
    check(change, "`fc.weight[2]` is NaN");
}
#[test]
fn time_constants_that_differ() {
    let change = |g: &mut Graph| set(g, "lif", "tau_mem", row(&[1e-3, 2e-3]));
    check_with(
        &Settings {
            dt_us: Some(100.0),
            ..Settings::default()
        },
        change,
        "`lif.tau_mem` is 0.001 beside a mean of 0.0015",
    );
}
#[test]
fn an_unknown_step() {
    check(
        |g| set(g, "lif", "r", row(&[5.0])),
        "`dt` is not in the file",
    );
}
#[test]
fn times_in_milliseconds_taken_for_seconds() {
    let change = |g: &mut Graph| {
        set(g, "lif", "tau_mem", row(&[1000.0]));
        set(g, "lif", "tau_syn", row(&[400.0]));
        set(g, "lif", "r", row(&[1.0]));
        set(g, "lif", "w_in", row(&[0.4]));
    };
    check(change, "`dt` is 1e9 us; allowed: 0.001..1e6 us");
}
#[test]
fn a_step_longer_than_a_time_constant() {
    let settings = Settings {
        dt_us: Some(500.0),
        ..Settings::default()
    };
    check_with(
        &settings,
        |_| {},
        "`lif.tau_syn` is 0.0004; allowed: at least the step, 0.0005, with `euler`; choose --discretisation exact",
    );
}
#[test]
fn a_time_constant_that_no_register_holds() {
    let settings = Settings {
        dt_us: Some(100.0),
        step_ticks: 100_000,
        discretisation: Discretisation::Exact,
        ..Settings::default()
    };
    check_with(
        &settings,
        |g| set(g, "lif", "tau_syn", row(&[1.0])),
        "`lif.tau_syn` is 1; allowed: up to 0.001 in 100000 ticks a step",
    );
}
#[test]
fn a_threshold_at_rest() {
    check(
        |g| set(g, "lif", "v_leak", row(&[1.0])),
        "`lif.v_threshold` is 1; allowed: above v_leak, 1",
    );
}
#[test]
fn a_reset_above_the_threshold() {
    check(
        |g| set(g, "lif", "v_reset", row(&[1.5])),
        "`lif.v_reset` is 1.5 thresholds; allowed: -4..1",
    );
}
#[test]
fn resets_that_differ() {
    check(
        |g| set(g, "lif", "v_reset", row(&[0.0, 0.5])),
        "`lif.v_reset` is different from neuron to neuron",
    );
}
#[test]
fn a_bias_of_the_readout() {
    let change = |g: &mut Graph| {
        let mut out = linear(2, &[1.0, -0.5, 0.25, 0.75]);
        out.kind = "Affine".into();
        out.parameters.insert("bias".into(), row(&[0.0, 0.5]));
        g.nodes.insert("out".into(), out);
    };
    check(change, "`out.bias` is up to 0.5; allowed: 0: integrators");
}
#[test]
fn weights_that_no_current_holds() {
    check(
        |g| {
            set(
                g,
                "fc",
                "weight",
                Array {
                    shape: vec![2, 3],
                    values: vec![500.0; 6],
                },
            )
        },
        "`fc.weight` is up to 500 thresholds that a spike drives in a tick",
    );
}
#[test]
fn weights_of_another_size() {
    check(
        |g| drop(g.nodes.insert("fc".into(), linear(2, &[0.0; 8]))),
        "`fc.weight` is of shape [2, 4]; allowed: [1..4096, 3]",
    );
}
#[test]
fn fewer_weights_than_their_shape() {
    let array = Array {
        shape: vec![2, 3],
        values: vec![1.0],
    };
    check(
        |g| set(g, "fc", "weight", array),
        "`fc.weight` is 1 numbers in the shape [2, 3]",
    );
}
#[test]
fn neurons_of_another_size() {
    check(
        |g| set(g, "lif", "r", row(&[1.0; 3])),
        "`lif.r` is 3 values; allowed: 2, one a neuron that `fc` leads to",
    );
}
#[test]
fn a_way_around() {
    let change = |g: &mut Graph| {
        g.nodes.insert("skip".into(), linear(2, &[0.5; 6]));
        edge(g, "input", "skip");
        edge(g, "skip", "lif");
    };
    check(change, "`lif` is neurons with another way from `input`");
}
#[test]
fn a_way_back_from_a_later_layer() {
    let change = |g: &mut Graph| {
        g.nodes.insert("back".into(), linear(2, &[0.5; 4]));
        edge(g, "li", "back");
        edge(g, "back", "lif");
    };
    check(change, "`lif` is neurons with another way from `li`");
}
#[test]
fn a_circle_without_neurons() {
    let change = |g: &mut Graph| {
        g.nodes.insert("other".into(), linear(3, &[0.5; 9]));
        g.edges.retain(|(from, _)| from != "input");
        edge(g, "fc", "other");
        edge(g, "other", "fc");
    };
    check(change, "`fc` is on two ways, or on a circle");
}
#[test]
fn an_edge_to_nowhere() {
    check(
        |g| edge(g, "lif", "elsewhere"),
        "`edges` is a name `elsewhere`, which is no node of the graph",
    );
}
#[test]
fn a_node_without_a_way() {
    check(
        |g| drop(g.nodes.insert("lost".into(), linear(2, &[0.5; 4]))),
        "`lost` is on no way from the input to the output",
    );
}
#[test]
fn two_inputs() {
    let input = Node::new("Input", [("shape", row(&[3.0]))]);
    check(
        |g| drop(g.nodes.insert("second".into(), input)),
        "`nodes` is with 2 nodes of type Input: input, second",
    );
}
#[test]
fn an_input_of_no_size() {
    check(
        |g| set(g, "input", "shape", row(&[2.5])),
        "`input.shape` is [2.5]; allowed: 1..4096 channels",
    );
}
#[test]
fn a_network_that_never_spikes() {
    let input = Node::new("Input", [("shape", row(&[2.0]))]);
    let output = Node::new("Output", [("shape", row(&[2.0]))]);
    let only = graph(
        &[("in", input), ("li", support::li(2)), ("out", output)],
        &[("in", "li"), ("li", "out")],
    );
    let said = refusal(
        &only,
        &Settings {
            dt_us: Some(100.0),
            ..Settings::default()
        },
    );
    assert!(said.contains("`nodes` is none that spikes"), "{said}");
}
#[test]
fn a_matrix_at_the_end() {
    let change = |g: &mut Graph| {
        g.edges.retain(|(from, to)| from != "li" && to != "li");
        g.nodes.remove("li");
        edge(g, "out", "output");
    };
    check(change, "`out` is a Linear where neurons should be");
}
#[test]
fn settings_out_of_range() {
    let settings = Settings {
        bits: 9,
        headroom: 1.0,
        ..Settings::default()
    };
    check_with(&settings, |_| {}, "`--bits` is 9; allowed: 1..8 bits");
}

#[test]
fn what_the_file_leaves_open_is_told() {
    let mut graph = small();
    graph
        .nodes
        .get_mut("lif")
        .unwrap()
        .parameters
        .remove("v_reset");
    let made = imported(&graph, &Settings::default());
    assert!(
        made.warnings
            .iter()
            .any(|w| w.contains("the file does not say how a spike resets it")),
        "{:?}",
        made.warnings
    );
    let choices = made.choices.join("\n");
    for expected in [
        "times of the file in s",
        "100 us long, from the file",
        "discretisation `euler`",
        "100 times as fast",
        "4 thresholds",
    ] {
        assert!(choices.contains(expected), "{choices}");
    }
}

/// Said of the reset of the neurons `lif` in a small graph.
fn resets(metadata: Option<&str>, reset: Option<Reset>, choice: &str, warning: Option<&str>) {
    let mut graph = small();
    let lif = graph.nodes.get_mut("lif").unwrap();
    if let Some(said) = metadata {
        lif.metadata.insert("reset_mechanism".into(), said.into());
    }
    let settings = Settings {
        reset,
        ..Settings::default()
    };
    let made = imported(&graph, &settings);
    let choices = made.choices.join("\n");
    assert!(choices.contains(choice), "{choices}");
    let warned = |w: &&String| w.contains("v_reset") || w.contains("subtracts");
    let found = made.warnings.iter().find(warned);
    assert_eq!(found.is_some(), warning.is_some(), "{found:?}");
    assert!(
        warning.is_none_or(|w| found.unwrap().contains(w)),
        "{found:?}"
    );
}

#[test]
fn a_reset_that_the_file_gives() {
    resets(
        None,
        None,
        "`lif`: reset `value`, as the format has no other",
        None,
    );
}
#[test]
fn a_reset_by_subtraction_in_metadata() {
    resets(
        Some("subtract"),
        None,
        "`lif`: reset `subtract`, from the metadata of the node",
        None,
    );
}
#[test]
fn a_reset_by_subtraction_as_asked_for() {
    resets(
        None,
        Some(Reset::Subtract),
        "`lif`: reset `subtract`, as given",
        None,
    );
}
#[test]
fn a_reset_other_than_the_metadata_say() {
    resets(
        Some("subtract"),
        Some(Reset::Value),
        "`lif`: reset `value`, as given",
        Some("the metadata of the node say that a spike subtracts"),
    );
}
