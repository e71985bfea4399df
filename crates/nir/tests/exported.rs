//! A chip that goes out and comes back is the same chip.

mod support;

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_nir::{Graph, NirError, Settings, export, read, write};
use bruno_sim::Program;
use bruno_train::{DecisionRule, Rule, TrainedProgram};
use proptest::prelude::*;
use support::{imported, refusal, small};

const CHIP: &str = r#"{"name":"two","inputs":3,"rounding":"nearest",
    "layers":[
      {"name":"first","kind":"lif","neurons":4,"recurrent":true,"device":{"t_ref_ms":0},
       "synapse":{"bits":3,"levels_pA":[-40,-11,-3,0,2,9,25,60]},"recurrent_synapse":{"range_pA":20}},
      {"name":"second","kind":"lif","neurons":3,"device":{"t_ref_ms":0,"tau_syn_ms":3},"synapse":{"bits":8,"range_pA":90}}],
    "readout":{"outputs":2,"synapse":{"bits":2,"levels_pA":[-5,-1,1,5]}}}"#;

/// Neurons whose spike subtracts the threshold.
const SUBTRACTIVE: &str = r#"{"name":"two","inputs":3,"rounding":"nearest",
    "layers":[
      {"name":"first","model":"lif_subtractive","neurons":4,"recurrent":true,"parameters":{"tau_m":0.02,"tau_syn":0.004,"C":0.01},
       "synapse":{"bits":3,"levels_pA":[-40,-11,-3,0,2,9,25,60]},"recurrent_synapse":{"range_pA":20}},
      {"name":"second","kind":"lif","neurons":3,"device":{"t_ref_ms":0,"tau_syn_ms":3},"synapse":{"bits":8,"range_pA":90}}],
    "readout":{"outputs":2,"synapse":{"bits":2,"levels_pA":[-5,-1,1,5]}}}"#;

fn chip(text: &str) -> Chip {
    Chip::resolve("two", &Description::parse("two", text).unwrap()).unwrap()
}

/// A program whose codes are drawn from a list.
fn program(chip: &Chip, draws: &[u8]) -> TrainedProgram {
    let mut program = Program::silent(chip);
    let mut draws = draws.iter().cycle();
    for layer in &mut program.layers {
        let levels = layer.levels.len();
        layer
            .weights
            .iter_mut()
            .for_each(|w| *w = (usize::from(*draws.next().unwrap()) % levels) as u8);
    }
    let decision = DecisionRule {
        rule: Rule::LargestMean,
        logit_per_pa: 0.05,
        bias: vec![0.5, -0.25],
        classes: vec!["left".into(), "right".into()],
        frame_us: None,
    };
    TrainedProgram::new(decision, program)
}

fn out_and_back(chip: &Chip, program: &TrainedProgram, dt_us: f64) -> Graph {
    let made = export("two", chip, program, dt_us).unwrap();
    read("two.nir", write("two.nir", &made.graph).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn codes_come_back(draws in prop::collection::vec(any::<u8>(), 40..80), dt_us in 0.5f64..200.0, subtracts: bool) {
        let chip = chip(if subtracts { SUBTRACTIVE } else { CHIP });
        let program = program(&chip, &draws);
        let made = imported(&out_and_back(&chip, &program, dt_us), &Settings::default());
        prop_assert_eq!(made.description, chip.description);
        prop_assert_eq!(made.program, program);
        prop_assert!(made.losses.iter().all(|l| l.error_percent == 0.0));
    }
}

/// The program of an imported network comes back with the registers that its description cannot say.
#[test]
fn an_imported_network() {
    let made = imported(&small(), &Settings::default());
    let chip = Chip::resolve("net", &made.description).unwrap();
    let again = imported(
        &out_and_back(&chip, &made.program, 100.0),
        &Settings::default(),
    );
    assert_eq!(
        (again.description, again.program),
        (made.description, made.program)
    );
}
/// A new chip of it holds the same weights.
#[test]
fn a_new_chip() {
    let made = imported(&small(), &Settings::default());
    let chip = Chip::resolve("net", &made.description).unwrap();
    let settings = Settings {
        new_chip: true,
        ..Settings::default()
    };
    let again = imported(&out_and_back(&chip, &made.program, 100.0), &settings);
    let codes = |program: &TrainedProgram| {
        program
            .layers
            .iter()
            .map(|l| (l.codes.i_dec, l.codes.leak, l.weights.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(&again.program), codes(&made.program));
}
#[test]
fn weights_that_were_trained_on() {
    let chip = chip(CHIP);
    let mut graph = out_and_back(&chip, &program(&chip, &[0, 3, 1]), 1.0);
    let weights = &mut graph
        .nodes
        .get_mut("second.input")
        .unwrap()
        .parameters
        .get_mut("weight")
        .unwrap()
        .values;
    weights.iter_mut().for_each(|w| *w *= 0.5);
    let made = imported(&graph, &Settings::default());
    assert_eq!(made.description, chip.description);
    let loss = made.losses.iter().find(|l| l.layer == "second").unwrap();
    assert!(loss.error_percent > 0.0, "{loss:?}");
}

/// A graph that was changed in more than its weights is another chip.
fn changed(change: impl FnOnce(&mut Graph), expected: &str) {
    let chip = chip(CHIP);
    let mut graph = out_and_back(&chip, &program(&chip, &[0, 3, 1]), 1.0);
    change(&mut graph);
    let said = refusal(&graph, &Settings::default());
    assert!(
        said.contains(expected) && said.contains("--new-chip"),
        "{said}"
    );
}

#[test]
fn a_threshold_that_was_changed() {
    let change = |g: &mut Graph| {
        g.nodes
            .get_mut("second")
            .unwrap()
            .parameters
            .get_mut("v_threshold")
            .unwrap()
            .values[1] = 0.7
    };
    changed(
        change,
        "v_threshold 0.7 of `second` where the chip has 0.799",
    );
}
#[test]
fn metadata_that_are_no_chip() {
    changed(
        |g| drop(g.metadata.insert("bruno_chip".into(), "{}".into())),
        "`metadata.bruno_chip` is no chip (missing field",
    );
}
#[test]
fn metadata_of_another_chip() {
    let other = |g: &mut Graph| {
        let text = g.metadata["bruno_chip"].replace("\"inputs\":3", "\"inputs\":5");
        g.metadata.insert("bruno_chip".into(), text);
    };
    changed(other, "`metadata.bruno_chip` is a chip of 5 inputs");
}

#[test]
fn the_reset_that_a_graph_says() {
    let chip = chip(SUBTRACTIVE);
    let graph = export("two", &chip, &program(&chip, &[1]), 1.0)
        .unwrap()
        .graph;
    let said = |node: &str| graph.nodes[node].metadata.get("reset").map(String::as_str);
    assert_eq!((said("first"), said("second")), (Some("subtract"), None));
}
#[test]
fn another_reset() {
    let chip = chip(SUBTRACTIVE);
    let mut graph = export("two", &chip, &program(&chip, &[1]), 1.0)
        .unwrap()
        .graph;
    graph.nodes.get_mut("first").unwrap().metadata.clear();
    let said = refusal(&graph, &Settings::default());
    assert!(said.contains("another reset of `first`"), "{said}");
}

/// What NIR does not have is refused.
fn refused(from: &str, to: &str, expected: &str) {
    assert!(CHIP.contains(from));
    let chip = chip(&CHIP.replacen(from, to, 1));
    let error: NirError = export("two", &chip, &program(&chip, &[1]), 1.0).unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
}

#[test]
fn a_ferroelectric_neuron() {
    refused(
        "\"kind\":\"lif\"",
        "\"kind\":\"felif\"",
        "`layers[0].kind` is felif; allowed: `lif` or the model `lif_subtractive`; NIR has no ferroelectric neuron",
    );
}
#[test]
fn a_neuron_of_another_file() {
    refused(
        "\"kind\":\"lif\",\"neurons\":4,\"recurrent\":true,\"device\":{\"t_ref_ms\":0}",
        "\"model\":\"alif\",\"neurons\":4,\"recurrent\":true",
        "`layers[0].model` is another neuron file; allowed: `lif` or the model `lif_subtractive`",
    );
}
#[test]
fn a_refractory_neuron() {
    refused(
        "\"t_ref_ms\":0",
        "\"t_ref_ms\":2",
        "`layers[0].codes.t_ref` is 2000 us; allowed: 0",
    );
}
#[test]
fn a_membrane_without_leak() {
    refused(
        "\"t_ref_ms\":0",
        "\"t_ref_ms\":0,\"g_leak_pS\":0",
        "`layers[0].codes.leak` is 0; allowed: a leak above 0",
    );
}
