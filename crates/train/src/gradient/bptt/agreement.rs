//! The coarse adjoint against full backpropagation, on the same trajectory of a small recurrent net.

use crate::Agreement;
use crate::config::{DeviceParameter, DeviceTraining, GradientKind, Reset, TrainConfig};
use crate::gradient::pass::{Demand, Pass};
use crate::gradient::recording::Recording;
use crate::weights::in_force::InForce;
use crate::weights::parameters::Parameters;
use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::{Forward, IntegerModel, Stimulus};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::ops::Range;

/// One hidden layer of 8 recurrent neurons, 6 inputs, 3 outputs, currents within so many pA. Inhibited membranes reach their
/// lower clamp.
fn description(kind: &str, current_pa: u32) -> Description {
    if of_file(kind) {
        return description_of_file(kind);
    }
    let text = format!(
        r#"{{"name": "t", "inputs": 6, "recorder": "jacobian", "window_ticks": 2000,
        "formats": {{"i_range_pA": {current_pa}}}, "layers": [{{"name": "h", "kind": "{kind}", "neurons": 8, "recurrent": true,
        "synapse": {{"range_pA": 250}}, "recurrent_synapse": {{"range_pA": 40}}}}],
        "readout": {{"outputs": 3, "synapse": {{"range_pA": 100}}}}}}"#
    );
    Description::parse("t", &text).expect("a valid description")
}

/// Whether the neurons are those of a file.
fn of_file(kind: &str) -> bool {
    !["felif", "lif"].contains(&kind)
}

/// The same of neurons of a file, with levels as large as their current asks for.
fn description_of_file(model: &str) -> Description {
    let range_pa = match model {
        "adex" => 1500.0,
        "izhikevich" => 60.0,
        _ => 120.0,
    };
    let text = format!(
        r#"{{"name": "t", "inputs": 6, "recorder": "jacobian", "layers": [{{"name": "h", "model": "{model}", "neurons": 8,
        "recurrent": true, "synapse": {{"range_pA": {range_pa}}}, "recurrent_synapse": {{"range_pA": {}}}}}],
        "readout": {{"outputs": 3, "synapse": {{"range_pA": 100}}}}}}"#,
        range_pa / 6.0
    );
    Description::parse("t", &text).expect("a valid description")
}

/// Every input channel spikes at random at this rate, for so many ticks.
fn poisson(rate_hz: f64, ticks: u32, window: u32) -> Stimulus {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut events = Vec::new();
    for tick in 0..ticks {
        for channel in 0..6 {
            if rng.random_bool(rate_hz * 1e-6) {
                events.push((tick, channel));
            }
        }
    }
    Stimulus {
        events,
        windows: ticks / window,
    }
}

fn all_device() -> Vec<DeviceTraining> {
    let row = |parameter: DeviceParameter, low, high| DeviceTraining {
        parameter: parameter.name().into(),
        bounds: (low, high),
        shared: crate::Shared::Layer,
    };
    vec![
        row(DeviceParameter::Area, 2.8, 5.2),
        row(DeviceParameter::Leak, 14.0, 26.0),
        row(DeviceParameter::Threshold, 0.7, 0.9),
        row(DeviceParameter::Barrier, 1.02, 1.08),
        row(DeviceParameter::FieldDistance, 7.2, 7.8),
        row(DeviceParameter::Refractory, 1.0, 3.0),
    ]
}

/// Parameters of a file in training, a fifth to either side of their defaults.
fn of_files(model: &str) -> Vec<DeviceTraining> {
    let names: &[(&str, f64)] = match model {
        "alif" => &[
            ("C", 1.0),
            ("tau_m", 20.0),
            ("tau_syn", 5.0),
            ("tau_b", 100.0),
            ("theta_0", 0.4),
            ("jump", 0.1),
            ("t_ref", 2.0),
        ],
        "lif_subtractive" => &[("tau_syn", 5.0), ("tau_m", 20.0), ("V_th", 0.4)],
        _ => &[],
    };
    let row = |(name, value): &(&str, f64)| DeviceTraining {
        parameter: (*name).into(),
        bounds: (0.8 * value, 1.2 * value),
        shared: crate::Shared::Layer,
    };
    names.iter().map(row).collect()
}

/// What is compared, and how close it must come.
struct Case {
    kind: &'static str,
    gradient: GradientKind,
    /// Ticks.
    window: u32,
    /// Least cosine of weights.
    cosine: f64,
    /// Largest distance of any norm ratio from 1, device parameters included.
    ratio: f64,
}

/// Where the loss asks for readout currents alone.
fn check(case: &Case) {
    compare(case, 0.0, Reset::Detached, 1024);
}

/// Where the gradient sees the reset.
fn check_attached(case: &Case) {
    compare(case, 0.0, Reset::Attached, 1024);
}

/// Where it also asks this much of every window's mean membrane, 1/V.
fn check_with_membrane(case: &Case) {
    compare(case, 0.05, Reset::Detached, 1024);
}

/// Where currents are often clamped, at so many pA.
fn check_clamped(case: &Case, current_pa: u32) {
    compare(case, 0.0, Reset::Detached, current_pa);
}

/// Input, recurrent and readout weights and every device parameter, on one trajectory of 100 ms.
fn compare(case: &Case, membrane: f32, reset: Reset, current_pa: u32) {
    let mut chip = Chip::resolve("t", &description(case.kind, current_pa)).expect("a chip");
    // Shorter than any recorder could stream; the models do not mind.
    chip.window_ticks = case.window;
    let config = TrainConfig {
        gradient: case.gradient,
        device: if of_file(case.kind) {
            of_files(case.kind)
        } else {
            all_device()
        },
        reset,
        seed: 1,
        ..TrainConfig::default()
    };
    let parameters = Parameters::new(&chip, &config);
    let stimulus = poisson(60.0, 100_000, case.window);
    let mut model = IntegerModel::new(&chip);
    model.load(&parameters.program(&chip)).expect("it fits");
    let trace = model.run(&stimulus).expect("it runs");
    assert!(
        !trace.layers[0].spikes.is_empty(),
        "a silent net shows nothing"
    );
    let clamps = trace.saturations;
    assert!(current_pa >= 1024 || clamps > 30, "{clamps} clamps");
    let rate = trace.layers[0].spikes.len() as f64 / 8.0 / 0.1;
    let by_current = [1.0f32, -0.6, 0.3].repeat(stimulus.windows as usize);
    let by_spikes = [vec![0.0f32; 8]];
    let in_force = InForce::nominal(&parameters, &chip);
    let by_membrane = [vec![membrane; 8 * stimulus.windows as usize]];
    let pass = Pass {
        in_force: &in_force,
        parameters: &parameters,
        config: &config,
        stimulus: &stimulus,
        demand: Demand {
            by_current: &by_current,
            by_spikes: &by_spikes,
            by_membrane: &by_membrane,
        },
    };
    let gradient = |kind: GradientKind| {
        let recording = Recording::of(&chip, &[kind], &trace);
        pass.gradient(kind, &recording).expect("it runs")
    };
    let (fine, coarse) = (gradient(GradientKind::Bptt), gradient(case.gradient));
    for (name, place) in parts(&parameters) {
        let found = Agreement::of(&coarse[place.clone()], &fine[place]);
        // The membrane of a LIF neuron knows no barrier and no field.
        if case.kind == "lif" && ["barrier", "field_distance"].contains(&name) {
            continue;
        }
        eprintln!(
            "{} {:?}, {} ticks, {rate:.0} Hz, {clamps} clamps, {name}: cosine {:.4}, norm ratio {:.3}",
            case.kind, case.gradient, case.window, found.cosine, found.ratio
        );
        // One number of both signs, and the coarse step knows the current at a release as the window's mean.
        if ["refractory", "t_ref"].contains(&name)
            && case.window > 1
            && case.gradient != GradientKind::Transition
        {
            continue;
        }
        let good = found.cosine > case.cosine && (found.ratio - 1.0).abs() < case.ratio;
        assert!(good, "{name}: {found:?}");
    }
}

/// Names and places of what is compared.
fn parts(parameters: &Parameters) -> Vec<(&str, Range<usize>)> {
    let hidden = &parameters.layers[0];
    let mut parts = vec![
        ("input", hidden.input.place.clone()),
        ("readout", parameters.layers[1].input.place.clone()),
    ];
    parts.extend(
        hidden
            .recurrent
            .iter()
            .map(|r| ("recurrent", r.place.clone())),
    );
    let names = parameters.device().iter().map(|d| d.parameter.as_str());
    let places = hidden.device.iter().flatten().map(|k| *k..k + 1);
    parts.extend(names.zip(places));
    parts
}

/// Windows of one tick leave nothing to approximate but the state at which a step is linearised.
#[test]
fn one_tick_windows_are_exact() {
    check(&Case {
        kind: "felif",
        gradient: GradientKind::Mean,
        window: 1,
        cosine: 0.9999,
        ratio: 0.02,
    });
}
#[test]
fn one_tick_windows_are_exact_without_switching() {
    check(&Case {
        kind: "lif",
        gradient: GradientKind::Mean,
        window: 1,
        cosine: 0.9999,
        ratio: 0.02,
    });
}
/// What a spike leaves of an adaptive threshold, kernels beside the input, states that a refractory time does not hold.
#[test]
fn exact_products_of_files() {
    for kind in ["alif", "lif_subtractive"] {
        check(&Case {
            kind,
            gradient: GradientKind::Transition,
            window: 1000,
            cosine: 0.999,
            ratio: 0.05,
        });
    }
}
/// An upstroke that takes a part of a window: its spike is not where the adjoint sees it.
#[test]
fn exact_products_of_an_exponential_spike() {
    check(&Case {
        kind: "adex",
        gradient: GradientKind::Transition,
        window: 1000,
        cosine: 0.98,
        ratio: 0.2,
    });
}
#[test]
fn exact_products_of_files_with_attached_resets() {
    check_attached(&Case {
        kind: "alif",
        gradient: GradientKind::Transition,
        window: 1000,
        cosine: 0.999,
        ratio: 0.05,
    });
}
#[test]
fn means_of_files() {
    for kind in ["alif", "lif_subtractive"] {
        check(&Case {
            kind,
            gradient: GradientKind::Mean,
            window: 1000,
            cosine: 0.97,
            ratio: 0.35,
        });
    }
}
/// The mean of the slope at the state sees what the slope at the mean state does not: an upstroke.
#[test]
fn mean_linearisations_of_an_exponential_spike() {
    check(&Case {
        kind: "adex",
        gradient: GradientKind::Jacobian,
        window: 1000,
        cosine: 0.7,
        ratio: 1.0,
    });
}
#[test]
fn means() {
    check(&Case {
        kind: "felif",
        gradient: GradientKind::Mean,
        window: 1000,
        cosine: 0.99,
        ratio: 0.3,
    });
}
#[test]
fn mean_linearisations() {
    check(&Case {
        kind: "felif",
        gradient: GradientKind::Jacobian,
        window: 1000,
        cosine: 0.99,
        ratio: 0.1,
    });
}
/// A fast neuron moves through several widths of the surrogate in one window.
#[test]
fn mean_linearisations_of_fast_neurons() {
    check(&Case {
        kind: "lif",
        gradient: GradientKind::Jacobian,
        window: 1000,
        cosine: 0.99,
        ratio: 0.25,
    });
}
#[test]
fn exact_products() {
    check(&Case {
        kind: "felif",
        gradient: GradientKind::Transition,
        window: 1000,
        cosine: 0.999,
        ratio: 0.1,
    });
}
#[test]
fn exact_products_of_fast_neurons() {
    check(&Case {
        kind: "lif",
        gradient: GradientKind::Transition,
        window: 1000,
        cosine: 0.99,
        ratio: 0.1,
    });
}
#[test]
fn exact_products_of_one_tick() {
    check(&Case {
        kind: "felif",
        gradient: GradientKind::Transition,
        window: 1,
        cosine: 0.9999,
        ratio: 0.001,
    });
}
#[test]
fn checkpoints_change_nothing() {
    check(&Case {
        kind: "felif",
        gradient: GradientKind::Checkpointed,
        window: 1000,
        cosine: 0.999_999,
        ratio: 1e-6,
    });
}
#[test]
fn membranes_in_one_tick_windows_are_exact() {
    check_with_membrane(&Case {
        kind: "felif",
        gradient: GradientKind::Transition,
        window: 1,
        cosine: 0.9999,
        ratio: 0.001,
    });
}
#[test]
fn mean_membranes() {
    check_with_membrane(&Case {
        kind: "felif",
        gradient: GradientKind::Transition,
        window: 1000,
        cosine: 0.99,
        ratio: 0.1,
    });
}
#[test]
fn clamped_currents_with_means() {
    check_clamped(
        &Case {
            kind: "felif",
            gradient: GradientKind::Mean,
            window: 1000,
            cosine: 0.98,
            ratio: 0.3,
        },
        300,
    );
}
#[test]
fn clamped_currents_in_exact_products() {
    check_clamped(
        &Case {
            kind: "felif",
            gradient: GradientKind::Transition,
            window: 1000,
            cosine: 0.99,
            ratio: 0.1,
        },
        300,
    );
}
#[test]
fn clamped_currents_in_one_tick_windows() {
    check_clamped(
        &Case {
            kind: "felif",
            gradient: GradientKind::Transition,
            window: 1,
            cosine: 0.9999,
            ratio: 0.002,
        },
        300,
    );
}
#[test]
fn samples() {
    check(&Case {
        kind: "felif",
        gradient: GradientKind::Sample,
        window: 1000,
        cosine: 0.99,
        ratio: 0.3,
    });
}
/// At 130 Hz a quarter of the ticks is refractory: their held states must not count in the mean.
#[test]
fn means_of_fast_neurons() {
    check(&Case {
        kind: "lif",
        gradient: GradientKind::Mean,
        window: 1000,
        cosine: 0.99,
        ratio: 0.4,
    });
}
#[test]
fn attached_resets_of_one_tick_windows_are_exact() {
    check_attached(&Case {
        kind: "felif",
        gradient: GradientKind::Mean,
        window: 1,
        cosine: 0.9999,
        ratio: 0.02,
    });
}
#[test]
fn attached_resets_in_exact_products() {
    check_attached(&Case {
        kind: "felif",
        gradient: GradientKind::Transition,
        window: 1,
        cosine: 0.9999,
        ratio: 0.001,
    });
}
#[test]
fn attached_resets_in_products_of_a_window() {
    check_attached(&Case {
        kind: "lif",
        gradient: GradientKind::Transition,
        window: 1000,
        cosine: 0.99,
        ratio: 0.1,
    });
}
#[test]
fn attached_resets_with_means() {
    check_attached(&Case {
        kind: "felif",
        gradient: GradientKind::Mean,
        window: 1000,
        cosine: 0.99,
        ratio: 0.3,
    });
}
#[test]
fn attached_resets_with_mean_linearisations() {
    check_attached(&Case {
        kind: "felif",
        gradient: GradientKind::Jacobian,
        window: 1000,
        cosine: 0.99,
        ratio: 0.1,
    });
}
