//! Chips whose neurons come from files: RTL and interpreter in lock step, every state at every tick.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_model::SHIPPED;
use bruno_sim::stimuli;
use bruno_sim::{Activity, Forward, IntegerModel, first_difference, missing_events};
use bruno_verilator::{Flavour, Lockstep, VerilatedModel};
use std::path::Path;

/// A layer of every shipped model, two neurons each, one behind the other.
fn all_models(rounding: &str, fold: usize) -> serde_json::Value {
    let layer = |model: &bruno_model::Shipped| {
        // A level is a share of the range of the model's current.
        let range_pa = match model.name {
            "vo2" => 1e6,
            "adex" => 4e3,
            _ => 200.0,
        };
        serde_json::json!({
            "name": format!("of_{}", model.name), "model": model.name, "neurons": 2, "recurrent": true,
            "synapse": {"bits": 3, "range_pA": range_pa}
        })
    };
    serde_json::json!({
        "name": "files", "inputs": 3, "rounding": rounding, "fold": fold,
        "layers": SHIPPED.iter().map(layer).collect::<Vec<_>>(),
        "readout": {"outputs": 2, "synapse": {"range_pA": 100}}
    })
}

/// The same with noise in every layer, near the largest that its registers hold, and with the sums of the level `jacobian`.
fn with_all_options(rounding: &str, fold: usize) -> serde_json::Value {
    let mut chip = all_models(rounding, fold);
    chip["recorder"] = "jacobian".into();
    for (index, shipped) in SHIPPED.iter().enumerate() {
        let model = shipped.read().unwrap();
        let state = &model.states[model.condition.state];
        let span = (state.range.1 - state.range.0) / state.unit.1.scale;
        chip["layers"][index]["noise_rms"] = (5e-5 * span).into();
    }
    chip
}

fn chip(description: &serde_json::Value) -> Chip {
    let text = description.to_string();
    let description = Description::parse("files", &text).unwrap_or_else(|e| panic!("{e}"));
    Chip::resolve("files", &description).unwrap_or_else(|e| panic!("{e}"))
}

/// Forced cases see every event; random ones draw cards within the bounds of the files.
fn check(description: &serde_json::Value) {
    let chip = chip(description);
    let design = bruno_hdl::generate(&chip).unwrap();
    let mut both = Lockstep::new(&chip, &design).unwrap();
    let random = stimuli::lively(&chip, 3_000, 5);
    let forced = stimuli::forced(&chip);
    for case in forced.iter().chain(&random) {
        both.load(&case.program).unwrap();
        let difference = both.run(&case.stimulus, |_| {}).unwrap();
        assert!(
            difference.is_none(),
            "{}: {}",
            case.name,
            difference.unwrap()
        );
    }
    let activity = both.activity();
    let missing = missing_events(chip.layers.iter().zip(&activity));
    assert_eq!(missing, Vec::<String>::new());
    spikes_everywhere(&chip, &activity);
}

fn spikes_everywhere(chip: &Chip, activity: &[Activity]) {
    for (layer, activity) in chip.layers.iter().zip(activity) {
        assert!(activity.spikes > 0 || !layer.spikes(), "{}", layer.name);
    }
}

/// The model that trains, whose texts are rewritten: layers have states of one name in words of several lengths.
#[test]
fn every_model_at_full_speed() {
    check_trained(&all_models("nearest", 1));
}
#[test]
fn every_option_at_full_speed() {
    check_trained(&with_all_options("stochastic", 1));
}

fn check_trained(description: &serde_json::Value) {
    let chip = chip(description);
    let design = bruno_hdl::generate(&chip).unwrap();
    let mut integer = IntegerModel::new(&chip);
    let mut rtl = VerilatedModel::new(&chip, &design, Flavour::Fast, Path::new("")).unwrap();
    for case in stimuli::lively(&chip, 20_000, 3) {
        integer.load(&case.program).unwrap();
        rtl.load(&case.program).unwrap();
        let expected = integer.run(&case.stimulus).unwrap();
        let found = rtl.run(&case.stimulus).unwrap();
        let difference = first_difference(&chip, case.program.window, &expected, &found);
        assert!(
            difference.is_none(),
            "{}: {}",
            case.name,
            difference.unwrap()
        );
    }
}

#[test]
fn every_model() {
    check(&all_models("nearest", 1));
}
#[test]
fn every_model_folded() {
    check(&all_models("nearest", 2));
}
#[test]
fn every_model_at_random() {
    check(&all_models("stochastic", 1));
}
#[test]
fn every_model_at_random_folded() {
    check(&all_models("stochastic", 2));
}

#[test]
fn every_option() {
    check(&with_all_options("nearest", 1));
}
#[test]
fn every_option_at_random_folded() {
    check(&with_all_options("stochastic", 2));
}

/// A refractory time in which states go on moving, beyond the threshold too: neurons only do not fire.
#[test]
fn a_refractory_time_that_holds_nothing() {
    let text = SHIPPED.iter().find(|s| s.name == "alif").unwrap().text;
    let text = text.replace("holds V", "holds nothing");
    let layer = serde_json::json!({
        "name": "hidden", "model": {"file": "t.nrn", "text": text}, "neurons": 3, "recurrent": true,
        "synapse": {"range_pA": 200}
    });
    for fold in [1, 2] {
        check(&serde_json::json!({
            "name": "forbidden", "inputs": 2, "layers": [layer], "fold": fold,
            "readout": {"outputs": 1, "synapse": {"range_pA": 100}}
        }));
    }
}

/// States, parameters and coefficients with the names of the modules' own signals, of other ports, of Verilog.
const HOSTILE: &str = "\
model always:
    parameters:
        index     ms = 5 ms    from [0.5 ms : 100 ms]
        seed      V  = 0.4 V   from [0.1 V : 1 V]
        level     pF = 1 pF    from [0.1 pF : 10 pF]
        c_random  V  = 0.01 V  from [0 V : 0.05 V]
        out_word  ms = 1 ms    from [0 ms : 10 ms]
        V_MAX     ms = 20 ms   from [2 ms : 200 ms]
        state     V  = -0.1 V  from [-0.2 V : -0.05 V]
    state:
        inject pA = 0 pA  from [-1024 pA : 1024 pA] @bits(24)
        spike  V  = state from [-2 V : 2 V]
        code   V  = 0 V   from [0 V : 2 V]
    kernels:
        inject' = -inject / index
    equations:
        spike' = inject / level - spike / V_MAX
        code'  = -code / V_MAX
    input:
        inject += spikes
    onCondition(spike > seed + code):
        spike = 0 V
        code += c_random
        refractory(out_word, holds spike)
        emit_spike()
";

#[test]
fn names_of_the_modules() {
    let model = serde_json::json!({"file": "hostile.nrn", "text": HOSTILE});
    let layer = serde_json::json!({
        "name": "hidden", "model": model, "neurons": 3, "recurrent": true, "synapse": {"range_pA": 200},
        "noise_rms": 1e-4
    });
    for fold in [1, 2] {
        let description = serde_json::json!({
            "name": "names", "inputs": 2, "rounding": "stochastic", "recorder": "minmax", "layers": [layer], "fold": fold,
            "readout": {"outputs": 1, "synapse": {"range_pA": 100}}
        });
        check(&description);
    }
}
