//! Nanoseconds per neuron-tick of the Verilated array with recorder, one core:
//! `cargo bench -p bruno-sim --bench forward [-- NEURONS INPUTS RATE_HZ OPTION...]`, options: `stochastic`, `noise`, and
//! the recorder's levels `sample`, `jacobian`, `minmax`.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::{Flavour, Forward, Program, Stimulus, VerilatedModel};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::path::Path;
use std::time::Instant;

fn chip(neurons: usize, inputs: usize, options: &[String]) -> Chip {
    let asked = |name: &&str| options.iter().any(|o| o == name);
    let level = ["sample", "jacobian", "minmax"].into_iter().find(asked);
    let recorder = level.unwrap_or("mean");
    let rounding = Some("stochastic").filter(asked).unwrap_or("nearest");
    let noise = Some(r#""noise_pA_rms":10"#).filter(|_| asked(&"noise"));
    // A record of many words needs a longer window for its bank.
    let window = match recorder {
        "jacobian" | "minmax" => 2000,
        _ => 1000,
    };
    let text = format!(
        r#"{{"name":"bench","inputs":{inputs},"recorder":"{recorder}","rounding":"{rounding}","window_ticks":{window},
            "layers":[{{"name":"hidden","kind":"felif","neurons":{neurons},"recurrent":true,
                       "device":{{{}}},"synapse":{{"range_pA":150}},"recurrent_synapse":{{"range_pA":10}}}}],
            "readout":{{"outputs":1,"synapse":{{"range_pA":100}}}}}}"#,
        noise.unwrap_or_default()
    );
    let description = Description::parse("bench", &text).expect("a valid description");
    Chip::resolve("bench", &description).expect("a possible chip")
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let given: Vec<f64> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    let at = |k: usize, default: f64| given.get(k).copied().unwrap_or(default);
    let (neurons, inputs, rate) = (at(0, 128.0) as usize, at(1, 24.0) as usize, at(2, 50.0));
    let chip = chip(neurons, inputs, &arguments);
    let design = bruno_hdl::generate(&chip).expect("a printable chip");
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut program = Program::silent(&chip);
    for layer in &mut program.layers {
        layer.weights.fill_with(|| rng.random_range(2..8));
    }
    let windows = 1_000_000 / chip.window_ticks;
    let mut events = Vec::new();
    for tick in 0..windows * chip.window_ticks {
        for channel in 0..inputs as u32 {
            if rng.random_bool(rate * 1e-6) {
                events.push((tick, channel));
            }
        }
    }
    let stimulus = Stimulus { events, windows };
    let start = Instant::now();
    let mut model =
        VerilatedModel::new(&chip, &design, Flavour::Fast, Path::new("")).expect("a model");
    println!(
        "start (build or cache): {:.2} s",
        start.elapsed().as_secs_f64()
    );
    model.load(&program).expect("a fitting program");
    let mut figures: Vec<f64> = (0..7)
        .map(|_| sample(&mut model, &stimulus, neurons))
        .collect();
    figures.sort_by(f64::total_cmp);
    println!(
        "N = {neurons}, M = {inputs}, {rate} Hz inputs: {:.3} ns per neuron-tick (median of 7, {:.3} .. {:.3})",
        figures[3], figures[0], figures[6]
    );
}

fn sample(model: &mut VerilatedModel, stimulus: &Stimulus, neurons: usize) -> f64 {
    let ticks = 1e6;
    let start = Instant::now();
    let trace = model.run(stimulus).expect("a run");
    let elapsed = start.elapsed().as_secs_f64();
    let rate = trace.layers[0].spikes.len() as f64 / neurons as f64 / (ticks * 1e-6);
    eprintln!(
        "  {:.3} ns, {rate:.1} Hz, {} saturations",
        elapsed * 1e9 / ticks / neurons as f64,
        trace.saturations
    );
    elapsed * 1e9 / ticks / neurons as f64
}
