//! The coarse adjoint against full backpropagation, on the same trajectory of a small recurrent net.

use super::{gradient, remember};
use crate::adjoint::{Demand, backward};
use crate::config::{DeviceParameter, DeviceTraining, GradientKind, TrainConfig};
use crate::parameters::Parameters;
use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::{Forward, IntegerModel, Stimulus};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Cosine and ratio of norms (coarse by fine) of parts of the gradient.
#[derive(Debug)]
struct Agreement {
    rate_hz: f64,
    input: (f64, f64),
    recurrent: (f64, f64),
    readout: (f64, f64),
    /// Area, leak, threshold, barrier: ratio alone.
    device: Vec<f64>,
}

/// One hidden layer of 8 recurrent neurons, 6 inputs, 3 outputs.
fn description(kind: &str) -> Description {
    let text = format!(
        r#"{{"name": "t", "inputs": 6, "layers": [{{"name": "h", "kind": "{kind}", "neurons": 8,
        "recurrent": true, "synapse": {{"range_pA": 250}}, "recurrent_synapse": {{"range_pA": 40}}}}],
        "readout": {{"outputs": 3, "synapse": {{"range_pA": 100}}}}}}"#
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
    let row = |parameter, low, high| DeviceTraining {
        parameter,
        bounds: (low, high),
    };
    vec![
        row(DeviceParameter::Area, 2.8, 5.2),
        row(DeviceParameter::Leak, 14.0, 26.0),
        row(DeviceParameter::Threshold, 0.7, 0.9),
        row(DeviceParameter::Barrier, 1.02, 1.08),
    ]
}

fn compare(
    kind: &str,
    gradient_kind: GradientKind,
    window: u32,
    input_hz: f64,
    seed: u64,
) -> Agreement {
    let description = description(kind);
    let mut chip = Chip::resolve("t", &description).expect("a possible chip");
    // Shorter than any recorder could stream; the models do not mind.
    chip.window_ticks = window;
    let config = TrainConfig {
        gradient: gradient_kind,
        device: all_device(),
        seed,
        ..TrainConfig::default()
    };
    let parameters = Parameters::new(&chip, &config);
    let ticks = 100_000;
    let stimulus = poisson(input_hz, ticks, window);
    let mut model = IntegerModel::new(&chip);
    model.load(&parameters.program(&chip)).expect("it fits");
    let trace = model.run(&stimulus).expect("it runs");
    let states = remember(&chip, &mut model, &stimulus);
    let windows = stimulus.windows as usize;
    let by_current = [1.0f32, -0.6, 0.3].repeat(windows);
    let by_spikes = [vec![0.0f32; 8]];
    let demand = Demand {
        by_current: &by_current,
        by_spikes: &by_spikes,
    };
    let fine = gradient(&chip, &parameters, &config, &stimulus, &states, &demand);
    let coarse = backward(&chip, &parameters, &config, &stimulus, &trace, &demand);
    let layer = &parameters.layers[0];
    let part =
        |place: &std::ops::Range<usize>| agreement(&coarse[place.clone()], &fine[place.clone()]);
    let recurrent = layer.recurrent.as_ref().expect("a recurrent layer");
    Agreement {
        rate_hz: trace.layers[0].spikes.len() as f64 / 8.0 / (f64::from(ticks) * 1e-6),
        input: part(&layer.input.place),
        recurrent: part(&recurrent.place),
        readout: part(&parameters.layers[1].input.place),
        device: layer
            .device
            .clone()
            .map(|k| f64::from(coarse[k] / fine[k]))
            .collect(),
    }
}

fn agreement(a: &[f32], b: &[f32]) -> (f64, f64) {
    let dot = |x: &[f32], y: &[f32]| -> f64 {
        x.iter()
            .zip(y)
            .map(|(x, y)| f64::from(*x) * f64::from(*y))
            .sum()
    };
    let (aa, bb) = (dot(a, a).sqrt(), dot(b, b).sqrt());
    (dot(a, b) / (aa * bb), aa / bb)
}

#[test]
fn survey() {
    for kind in ["felif", "lif"] {
        for g in [GradientKind::Mean, GradientKind::Sample] {
            for window in [1, 1000, 4000] {
                for hz in [25.0, 60.0] {
                    for seed in [1, 2] {
                        println!(
                            "{kind} {g:?} {window} {hz} {:.3?}",
                            compare(kind, g, window, hz, seed)
                        );
                    }
                }
            }
        }
    }
}
