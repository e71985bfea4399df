//! Derivatives of a tick against differences of the float model.

use super::*;
use crate::config::{DeviceTraining, Shared};
use bruno_chip::Description;
use bruno_device::Chip;
use bruno_model::FloatState;

const N: usize = 4;

/// A shipped model; with `+ heun` behind its name its steps are Heun's.
fn neuron(model: &str) -> FileNeuron {
    with(model, &[], &[])
}

/// The same with some of its parameters at other values, and some in training.
fn with(model: &str, parameters: &[(&str, f64)], trained: &[&str]) -> FileNeuron {
    let (name, heun) = match model.split_once(" + ") {
        Some((name, _)) => (name, "    equations:\n        method heun"),
        None => (model, "    equations:"),
    };
    let text = bruno_model::Shipped::named(name).unwrap().text;
    let model = serde_json::json!({"file": "t.nrn", "text": text.replace("    equations:", heun)});
    let parameters: std::collections::BTreeMap<_, _> = parameters.iter().copied().collect();
    let parameters = serde_json::json!(parameters);
    let text = format!(
        r#"{{"name":"t","inputs":1,"layers":[{{"name":"h","model":{model},"neurons":1,
            "parameters":{parameters},"synapse":{{"range_pA":10}}}}],"readout":{{"outputs":1,"synapse":{{"range_pA":1}}}}}}"#
    );
    let description = Description::parse("t", &text).unwrap();
    let chip = Chip::resolve("t", &description).unwrap();
    let program = chip.layers[0].model.program.clone().unwrap();
    let config = TrainConfig {
        device: trained.iter().map(|name| in_training(name)).collect(),
        ..TrainConfig::default()
    };
    FileNeuron::new(&program, &description.layers[0], &config)
}

fn in_training(name: &str) -> DeviceTraining {
    DeviceTraining {
        parameter: name.into(),
        bounds: (0.0, 1.0),
        shared: Shared::Layer,
    }
}

/// The moving states after a tick of the float model from `x`, with currents before and in it, pA.
fn ticked(own: &FileNeuron, x: [f64; N], [before, now]: [f64; 2]) -> [f64; N] {
    let model = &own.derived.model;
    let float = Float::new(model);
    let mut state = FloatState {
        states: own.whole(&x, before),
        refractory: 0.0,
    };
    let loss = own.propagator[model.input][model.input];
    let inject = PA * (now - before * (1.0 + loss));
    let fired = float.on(&own.parameters).step(&mut state, inject);
    assert!(!fired, "a spike has no derivative");
    let mut moved = [0.0; N];
    for (moved, place) in moved.iter_mut().zip(&own.moving) {
        *moved = state.states[*place];
    }
    moved
}

/// Every derivative of a tick against central differences of the float model, from these shares of the way from rest to
/// the upper end of the states.
fn check(model: &str, share: f64, i: [f64; 2]) {
    let own = neuron(model);
    let states = &own.derived.model.states;
    let mut x = [0.0; N];
    let mut steps = [0.0; N];
    for (k, place) in own.moving.iter().enumerate() {
        let (rest, top) = (
            states[*place].rest.constant(&own.parameters),
            states[*place].range.1,
        );
        x[k] = rest + share * (top - rest);
        steps[k] = 1e-6 * (top - rest);
    }
    let tick: LinearTick<N> = own.tick(&x, i, false);
    let close = |found: f64, up: f64, down: f64, h: f64, scale: f64| {
        let expected = (up - down) / (2.0 * h);
        assert!(
            (found - expected).abs() <= 1e-4 * scale,
            "{model}: {found} for {expected}"
        );
    };
    for column in 0..own.moving.len() {
        let at = |by: f64| {
            let mut x = x;
            x[column] += by * steps[column];
            ticked(&own, x, i)
        };
        let (up, down) = (at(1.0), at(-1.0));
        for row in 0..own.moving.len() {
            let scale = steps[row] / steps[column];
            close(
                tick.by_state[row][column],
                up[row],
                down[row],
                steps[column],
                scale,
            );
        }
    }
    let h = 1e-2 * (1.0 + i[1].abs());
    for row in 0..own.moving.len() {
        let scale = steps[row] / h;
        let (up, down) = (
            ticked(&own, x, [i[0], i[1] + h]),
            ticked(&own, x, [i[0], i[1] - h]),
        );
        close(tick.by_current[row], up[row], down[row], h, scale);
        let (up, down) = (
            ticked(&own, x, [i[0] + h, i[1]]),
            ticked(&own, x, [i[0] - h, i[1]]),
        );
        close(tick.by_current_before[row], up[row], down[row], h, scale);
    }
}

#[test]
fn alif() {
    check("alif", 0.1, [20.0, 30.0]);
}
#[test]
fn lif_subtractive() {
    check("lif_subtractive", 0.1, [20.0, 30.0]);
}
#[test]
fn izhikevich() {
    check("izhikevich", 0.2, [5.0, 6.0]);
}
#[test]
fn adex() {
    check("adex", 0.1, [200.0, 210.0]);
}
#[test]
fn vo2() {
    check("vo2", 0.15, [1e6, 1.1e6]);
}
#[test]
fn felif() {
    check("felif", 0.2, [50.0, 60.0]);
}

/// What a tick makes of the states by a parameter, against differences of the float model at fixed currents.
fn check_parameters(model: &str, share: f64, i: [f64; 2], parameters: &[(&str, f64)]) {
    let names: Vec<&str> = parameters.iter().map(|(name, _)| *name).collect();
    let own = with(model, parameters, &names);
    let states = &own.derived.model.states;
    let mut x = [0.0; N];
    for (k, place) in own.moving.iter().enumerate() {
        let rest = states[*place].rest.constant(&own.parameters);
        x[k] = rest + share * (states[*place].range.1 - rest);
    }
    let tick: LinearTick<N> = own.tick(&x, i, false);
    for (k, (name, value)) in parameters.iter().enumerate() {
        let h = 1e-4 * value.abs();
        let at = |by: f64| {
            let mut moved = parameters.to_vec();
            moved[k].1 += by;
            ticked(&with(model, &moved, &[]), x, i)
        };
        let (up, down) = (at(h), at(-h));
        for row in 0..own.moving.len() {
            let found = tick.by_parameter[k].moved[row];
            let expected = (up[row] - down[row]) / (2.0 * h);
            let scale = expected.abs() + 1e-9 * x[row].abs() / h;
            assert!(
                (found - expected).abs() <= 1e-3 * scale,
                "{model} {name}: {found} for {expected}"
            );
        }
    }
}

#[test]
fn parameters_of_adex() {
    check_parameters("adex", 0.12, [200.0, 210.0], ADEX);
}
#[test]
fn parameters_of_adex_by_heun() {
    check_parameters("adex + heun", 0.12, [200.0, 210.0], ADEX);
}
const ADEX: &[(&str, f64)] = &[
    ("C", 281.0),
    ("g_L", 30.0),
    ("Delta", 2.0),
    ("V_T", -50.4),
    ("tau_w", 144.0),
    ("a", 4.0),
];

#[test]
fn alif_by_heun() {
    check("alif + heun", 0.1, [20.0, 30.0]);
}
#[test]
fn izhikevich_by_heun() {
    check("izhikevich + heun", 0.2, [5.0, 6.0]);
}
#[test]
fn adex_by_heun() {
    check("adex + heun", 0.1, [200.0, 210.0]);
}

/// A spike of the adaptive neuron takes the threshold off its membrane: the membrane's past goes on, and with it that of
/// the threshold; a spike of the resetting one forgets the membrane alone.
#[test]
fn what_a_spike_leaves() {
    let after = |model: &str| {
        let tick: LinearTick<N> = neuron(model).tick(&[0.0; N], [0.0; 2], false);
        tick.after_spike
    };
    // I, V, b
    assert_eq!(after("alif")[1][..3], [0.0, 1.0, -1.0]);
    assert_eq!(after("alif")[2][..3], [0.0, 0.0, 1.0]);
    // V, w
    assert_eq!(after("adex")[0][..2], [0.0, 0.0]);
    assert_eq!(after("adex")[1][..2], [0.0, 1.0]);
}
