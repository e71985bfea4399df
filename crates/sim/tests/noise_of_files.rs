//! Noise of neurons of a file: what a description asks for is what the membrane does.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::{Forward, IntegerModel, Program, Stimulus};

/// Ticks of a window, at whose end a membrane is read.
const WINDOW: u32 = 4000;
const WINDOWS: u32 = 400;
const NEURONS: usize = 16;

/// A leaky membrane at rest with white noise is an Ornstein-Uhlenbeck process: its variance is `rms^2 tau / (2 dt)` for
/// `tau = 2 ms`, to the 3 % that 6400 samples, hardly correlated, tell it.
fn check(rounding: &str, fold: usize) {
    let text = format!(
        r#"{{"name":"noisy","inputs":1,"rounding":"{rounding}","window_ticks":{WINDOW},"fold":{fold},
            "layers":[{{"name":"hidden","model":"lif_subtractive","neurons":{NEURONS},"noise_rms":1e-4,
                "parameters":{{"tau_m":2,"V_th":1}},"synapse":{{"range_pA":1}}}}],
            "readout":{{"outputs":1,"synapse":{{"range_pA":1}}}}}}"#
    );
    let chip = Chip::resolve("noisy", &Description::parse("noisy", &text).unwrap()).unwrap();
    let mut model = IntegerModel::new(&chip);
    model.load(&Program::silent(&chip)).unwrap();
    let silence = Stimulus {
        events: Vec::new(),
        windows: WINDOWS,
    };
    let trace = model.run(&silence).unwrap();
    let layer = &chip.layers[0];
    let place = layer
        .model
        .words
        .iter()
        .position(|w| w.name == "V")
        .unwrap();
    let lsb = layer.model.program.as_ref().unwrap().derived.words[1].lsb;
    let records = trace.layers[0].records.chunks(layer.model.words.len());
    let square = |record: &[i32]| (f64::from(record[place]) * lsb).powi(2);
    let squares: Vec<f64> = records.skip(NEURONS).map(square).collect();
    let rms = (squares.iter().sum::<f64>() / squares.len() as f64).sqrt();
    let expected = 1e-4 * (2e-3 / 2e-6_f64).sqrt();
    assert!(
        (rms / expected - 1.0).abs() < 0.03,
        "{rms} V for {expected} V"
    );
}

#[test]
fn rounding_to_nearest() {
    check("nearest", 1);
}
#[test]
fn rounding_at_random() {
    check("stochastic", 2);
}
