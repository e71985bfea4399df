//! The small recurrent nets on which gradients are compared.

use crate::config::{DeviceParameter, DeviceTraining};
use bruno_chip::Description;
use bruno_sim::Stimulus;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One hidden layer of 8 recurrent neurons, 6 inputs, 3 outputs, currents within so many pA. Inhibited membranes reach their
/// lower clamp.
pub(super) fn description(kind: &str, current_pa: u32) -> Description {
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
pub(super) fn of_file(kind: &str) -> bool {
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
pub(super) fn poisson(rate_hz: f64, ticks: u32, window: u32) -> Stimulus {
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

pub(super) fn all_device() -> Vec<DeviceTraining> {
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
pub(super) fn of_files(model: &str) -> Vec<DeviceTraining> {
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
