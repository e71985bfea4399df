//! The forward pass: one core, a whole sample a run, Poisson inputs, random weights.

use super::{inputs, memory};
use crate::failure::Failure;
use crate::running::fast_model;
use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::{CHUNK, Forward, Program, Stimulus};
use bruno_verilator::{Builder, Built, Several, VerilatedModel};
use cpu_time::ThreadTime;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

/// Runs of which the median is taken where no number is given.
pub const RUNS: usize = 7;

/// What is measured where no chip is given.
pub struct Case {
    neurons: usize,
    inputs: usize,
    rate_hz: f64,
    seconds: f64,
}

const fn case(neurons: usize, inputs: usize, rate_hz: f64, seconds: f64) -> Case {
    Case {
        neurons,
        inputs,
        rate_hz,
        seconds,
    }
}

/// Against the size, the inputs, the rate and the length; the first two are the quick ones.
pub const CASES: [Case; 12] = [
    case(128, 24, 50.0, 0.2),
    case(32, 24, 50.0, 0.2),
    case(64, 24, 50.0, 0.2),
    case(1024, 24, 50.0, 0.1),
    case(4096, 24, 50.0, 0.02),
    case(128, 128, 50.0, 0.2),
    case(1024, 128, 50.0, 0.1),
    case(128, 1024, 50.0, 0.2),
    case(128, 24, 0.0, 0.2),
    case(128, 24, 500.0, 0.2),
    case(128, 24, 50.0, 1.0),
    case(128, 24, 50.0, 10.0),
];

/// Neuron-seconds of a run of a chip from a file: about half a second of work.
const NEURON_SECONDS: f64 = 128.0;

/// One measurement.
#[derive(Serialize)]
pub struct Row {
    pub neurons: usize,
    pub inputs: usize,
    pub rate_hz: f64,
    pub seconds: f64,
    /// Nanoseconds per neuron-tick: median, least, most.
    pub ns: [f64; 3],
    /// Mean rate of the neurons.
    pub fired_hz: f64,
    /// The same of several samples that run at once in copies of a small chip, where that is faster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_once: Option<AtOnce>,
    /// What a sample adds to the process's memory at its peak, bytes per neuron and window.
    pub bytes_per_neuron_window: f64,
    /// How the model came about.
    pub model: Built,
}

/// Samples that run at once.
#[derive(Serialize)]
pub struct AtOnce {
    pub samples: usize,
    /// Nanoseconds per neuron-tick: median, least, most.
    pub ns: [f64; 3],
}

impl Case {
    pub fn measure(&self, runs: usize) -> Result<Row, Failure> {
        let chip = layer(self.neurons, self.inputs)?;
        measure(&chip, self.rate_hz, self.seconds, runs, &mut || ())
    }
}

/// A recurrent FeLIF layer with recorder level `mean`. The more neurons, the smaller the levels of the readout: the
/// datapath must hold the sum of all in one tick.
pub fn layer(neurons: usize, inputs: usize) -> Result<Chip, Failure> {
    let readout = if neurons > 1024 { 25 } else { 100 };
    let text = format!(
        r#"{{"name":"bench","inputs":{inputs},"recorder":"mean",
            "layers":[{{"name":"hidden","kind":"felif","neurons":{neurons},"recurrent":true,
                       "synapse":{{"range_pA":150}},"recurrent_synapse":{{"range_pA":10}}}}],
            "readout":{{"outputs":1,"synapse":{{"range_pA":{readout}}}}}}}"#
    );
    let description = Description::parse("bench", &text)?;
    Ok(Chip::resolve("bench", &description)?)
}

/// Length of a run of a chip from a file, s: at most 1, less for many neurons.
pub fn seconds(chip: &Chip) -> f64 {
    (NEURON_SECONDS / spiking(chip) as f64).min(1.0)
}

/// Neurons that spike.
fn spiking(chip: &Chip) -> usize {
    let layers = chip.layers.iter().filter(|l| l.spikes());
    layers.map(|l| l.neurons).sum()
}

/// Runs samples of a chip with random weights; `done` is told when the model is loaded, and of every run.
pub fn measure(
    chip: &Chip,
    rate_hz: f64,
    seconds: f64,
    runs: usize,
    done: &mut dyn FnMut(),
) -> Result<Row, Failure> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let stimulus = stimulus(chip, rate_hz, seconds, &mut rng);
    let design = bruno_hdl::generate(chip)?;
    let mut model = fast_model(chip, &design)?;
    let built = model.built().cloned().unwrap_or_default();
    let program = random_weights(chip, &mut rng);
    model.load(&program)?;
    done();
    let neurons = spiking(chip);
    let ticks = f64::from(stimulus.windows * chip.window_ticks);
    memory::reset_peak();
    let before = memory::peak();
    let mut ns = Vec::new();
    let mut spikes = 0usize;
    for _ in 0..runs {
        spikes = 0;
        let start = ThreadTime::now();
        model.stream(&stimulus, CHUNK, &mut |part| {
            spikes += part.iter().map(|l| l.spikes.len()).sum::<usize>();
        })?;
        ns.push(start.elapsed().as_secs_f64() * 1e9 / ticks / neurons as f64);
        done();
    }
    let added = (memory::peak() - before).max(0.0);
    Ok(Row {
        at_once: at_once(chip, model, &program, &stimulus, runs)?,
        neurons,
        inputs: chip.inputs,
        rate_hz,
        seconds: ticks * 1e-6,
        ns: median(ns),
        fired_hz: spikes as f64 / neurons as f64 / (ticks * 1e-6),
        bytes_per_neuron_window: added / (neurons as f64 * f64::from(stimulus.windows)),
        model: built,
    })
}

/// The same stimulus in every copy of the chip, where it has copies that are faster.
fn at_once(
    chip: &Chip,
    one: VerilatedModel,
    program: &Program,
    stimulus: &Stimulus,
    runs: usize,
) -> Result<Option<AtOnce>, Failure> {
    let mut model = Several::new(chip, one, Builder::Another);
    if !model.complete()? {
        return Ok(None);
    }
    model.load(program)?;
    let samples = model.at_once(usize::MAX);
    let stimuli = vec![stimulus.clone(); samples];
    let ticks = f64::from(stimulus.windows * chip.window_ticks);
    let mut ns = Vec::new();
    for _ in 0..runs {
        let start = ThreadTime::now();
        model.stream_all(&stimuli, CHUNK, &mut |_, _| ())?;
        let all = ticks * (samples * spiking(chip)) as f64;
        ns.push(start.elapsed().as_secs_f64() * 1e9 / all);
    }
    let ns = median(ns);
    Ok(Some(AtOnce { samples, ns }))
}

/// Median, least and most.
fn median(mut all: Vec<f64>) -> [f64; 3] {
    all.sort_by(f64::total_cmp);
    let last = all.len().saturating_sub(1);
    [all.len() / 2, 0, last].map(|k| all.get(k).copied().unwrap_or(f64::NAN))
}

fn stimulus(chip: &Chip, rate_hz: f64, seconds: f64, rng: &mut ChaCha8Rng) -> Stimulus {
    let windows = ((seconds * 1e6) as u32).div_ceil(chip.window_ticks).max(1);
    let ticks = windows * chip.window_ticks;
    let events = inputs::poisson(chip.inputs as u32, rate_hz, ticks, rng);
    Stimulus { events, windows }
}

/// Every code as often, but for the two that inhibit most: the neurons then fire.
fn random_weights(chip: &Chip, rng: &mut ChaCha8Rng) -> Program {
    let mut program = Program::silent(chip);
    for (layer, codes) in chip.layers.iter().zip(&mut program.layers) {
        let all = 1u16 << layer.bits;
        codes
            .weights
            .fill_with(|| rng.random_range(all / 4..all) as u8);
    }
    program
}
