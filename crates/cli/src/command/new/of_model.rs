//! A chip whose neurons are those of a file, with settings of training that follow from how the file behaves.

use crate::command::model::derived;
use crate::failure::Failure;
use bruno_circuit::from_model::FileNeuron;
use bruno_model::{Float, Shipped};
use std::path::{Path, PathBuf};

/// A shipped model, or a file and where it is to stand beside the chip.
pub(super) struct Start {
    /// The text of the description.
    pub description: String,
    /// Where the file goes and its text.
    pub copy: Option<(PathBuf, String)>,
}

/// The built-in data is played ten times as fast to neurons whose synaptic currents decay within so much, s, or that fire
/// by themselves: a window is then a quarter of a millisecond, in which one step follows them better (docs/models.md).
const FAST_S: f64 = 3e-3;
/// The level tables reach this many times the smallest constant input that makes the neuron fire; with the fast data, whose
/// classes show in more spikes, the larger number.
const OVER_FIRING: f64 = 3.0;
const OVER_FIRING_FAST: f64 = 7.5;
/// The same of a neuron that fires by itself, or under no constant input: this share of the input's range.
const OF_RANGE: f64 = 0.1;
/// Largest current of a level, pA.
const LARGEST_PA: f64 = 1e6;
/// Recurrent synapses beside those of the inputs.
const RECURRENT: f64 = 0.1;

/// A chip of a model, to be written to `chip`, which is called `name`.
pub(super) fn start(model: &str, chip: &Path, name: &str) -> Result<Start, Failure> {
    let source = Path::new(model);
    let derived = derived(source)?;
    let shipped = Shipped::named(model).is_some() && !source.exists();
    let (called, copy) = match source.file_name() {
        Some(file) if !shipped => {
            let place = chip.with_file_name(file);
            let text = derived.model.text().to_string();
            let copy = (!same(source, &place)).then_some((place, text));
            (file.to_string_lossy().into_owned(), copy)
        }
        _ => (model.to_string(), None),
    };
    let neuron = FileNeuron::new(&derived.model, derived.model.defaults());
    let description = description(&neuron, name, &called);
    Ok(Start { description, copy })
}

/// Whether two paths are one file.
fn same(a: &Path, b: &Path) -> bool {
    let [a, b] = [a, b].map(|p| p.canonicalize().ok());
    a.is_some() && a == b
}

fn description(neuron: &FileNeuron, name: &str, model: &str) -> String {
    let firing_a = neuron.firing_input_a();
    let fast = decay_s(neuron) < FAST_S || firing_a == Some(0.0);
    let over = if fast { OVER_FIRING_FAST } else { OVER_FIRING };
    let input = &neuron.model.states[neuron.model.input];
    let reach_a = match firing_a {
        Some(a) if a > 0.0 => over * a,
        _ => OF_RANGE * input.range.1,
    };
    let range_pa = two_digits((1e12 * reach_a.min(0.5 * input.range.1)).min(LARGEST_PA));
    let recurrent_pa = two_digits(RECURRENT * range_pa);
    // What is ten times as fast costs a tenth, and has time to learn from more.
    let (window, data, epochs) = match fast {
        true => (250, r#""train": 60, "acceleration": 10"#, 12),
        false => (1000, r#""train": 30"#, 6),
    };
    let time = if fast { 0.1 } else { 1.0 };
    let [tau_ms, slow_hz, fast_hz] = [20.0 * time, 3.0 / time, 150.0 / time];
    let penalty = two_digits(0.003 * time * time);
    format!(
        r#"{{
  "name": {name:?},
  "inputs": 24,
  "window_ticks": {window},
  "layers": [
    {{
      "name": "hidden",
      "model": {model:?},
      "neurons": 32,
      "recurrent": true,
      "synapse": {{ "bits": 3, "range_pA": {range_pa} }},
      "recurrent_synapse": {{ "bits": 3, "range_pA": {recurrent_pa} }}
    }}
  ],
  "readout": {{ "outputs": 7, "tau_ms": {tau_ms}, "synapse": {{ "bits": 3, "range_pA": 100 }} }},
  "training": {{
    "data": {{ "kind": "braille", "letters": 7, {data} }},
    "epochs": {epochs},
    "batch": 8,
    "learning_rate": 0.08,
    "logit_per_pA": 0.02,
    "surrogate_tau_ms": {tau_ms},
    "rate_Hz": [{slow_hz}, {fast_hz}],
    "rate_penalty": {penalty},
    "init": {{ "readout_std": 0.3 }}
  }}
}}
"#
    )
}

/// How long a spike's current lasts, s: the time constant of the input's own decay.
fn decay_s(neuron: &FileNeuron) -> f64 {
    let input = neuron.model.input;
    let lost = Float::new(&neuron.model).propagator(&neuron.parameters)[input][input];
    -bruno_model::TICK_S / lost.ln_1p()
}

/// Rounded to two digits.
fn two_digits(x: f64) -> f64 {
    format!("{x:.1e}").parse().unwrap_or(x)
}
