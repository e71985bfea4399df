//! Cases for co-simulation: programs and stimuli that reach what random data of a task would not.

mod forced;

use crate::{LayerProgram, Program, Stimulus};
use bruno_chip::longest_window;
use bruno_device::{Chip, Codes};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

pub use forced::forced;

/// One sample of a co-simulation.
#[derive(Debug, Clone, Serialize)]
pub struct Case {
    /// What it is about.
    pub name: String,
    /// What is loaded.
    pub program: Program,
    /// What is fed.
    pub stimulus: Stimulus,
}

/// How recorder words are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// In every cycle.
    Always,
    /// In every other cycle.
    Slow,
    /// Not before the last tick has ended: every record but the first is dropped.
    Stopped,
}

/// Longest random sample, in windows: a new program is loaded after it.
const SAMPLE_WINDOWS: u32 = 50;

/// Random cases of together at least `ticks` ticks. Weights are random in every sample; input rates change from window
/// to window between silence and one spike in ten ticks, so that states at rest, at threshold and in saturation occur.
pub fn random(chip: &Chip, ticks: u64, seed: u64) -> Vec<Case> {
    let windows = ticks.div_ceil(u64::from(chip.window_ticks));
    let mut cases = Vec::new();
    let mut left = windows;
    while left > 0 {
        let length = left.min(u64::from(SAMPLE_WINDOWS)) as u32;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(cases.len() as u64);
        cases.push(Case {
            name: format!("random {} of seed {seed}", cases.len()),
            program: random_weights(chip, &mut rng),
            stimulus: random_stimulus(chip, length, &mut rng),
        });
        left -= u64::from(length);
    }
    cases
}

/// The same with a sixteenth of the threshold and a short refractory time, so that spikes are dense in every layer, and
/// with random levels, none beyond the largest of its table. Neurons of a file have a card drawn within its bounds.
pub fn lively(chip: &Chip, ticks: u64, seed: u64) -> Vec<Case> {
    let mut cases = random(chip, ticks, seed);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    for case in &mut cases {
        case.name = format!("{}, low threshold", case.name);
        for (layer, of) in case.program.layers.iter_mut().zip(&chip.layers) {
            match &of.model.program {
                Some(program) => {
                    layer.codes.own = program.drawn(&of.codes.own, chip.rounding, &mut rng);
                }
                None => {
                    layer.codes.v_th /= 16;
                    layer.codes.t_ref = layer.codes.t_ref.min(3);
                }
            }
            for table in [&mut layer.levels, &mut layer.recurrent_levels] {
                let largest = table.iter().map(|l| l.abs()).max().unwrap_or(0);
                table.fill_with(|| rng.random_range(-largest..=largest));
            }
        }
        on_card(chip, &mut case.program);
    }
    cases
}

/// The chip's own codes and levels with random weights.
pub fn random_program(chip: &Chip, seed: u64) -> Program {
    random_weights(chip, &mut ChaCha8Rng::seed_from_u64(seed))
}

fn random_weights(chip: &Chip, rng: &mut ChaCha8Rng) -> Program {
    let mut program = Program::silent(chip);
    for (layer, description) in program.layers.iter_mut().zip(&chip.layers) {
        let codes = 1u32 << description.bits;
        layer.weights.fill_with(|| rng.random_range(0..codes) as u8);
    }
    program
}

/// Spikes at one rate, a tick and channel.
pub fn poisson(chip: &Chip, windows: u32, rate: f64, seed: u64) -> Stimulus {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let ticks = 0..windows * chip.window_ticks;
    let places = ticks.flat_map(|tick| (0..chip.inputs as u32).map(move |channel| (tick, channel)));
    Stimulus {
        events: places.filter(|_| rng.random_bool(rate)).collect(),
        windows,
    }
}

/// Spikes at a rate that is drawn anew for every window, log-uniform from 1 to 10^5 a second and channel.
fn random_stimulus(chip: &Chip, windows: u32, rng: &mut ChaCha8Rng) -> Stimulus {
    let mut events = Vec::new();
    for window in 0..windows {
        let rate: f64 = 10f64.powf(rng.random_range(-6.0..-1.0));
        for tick in window * chip.window_ticks..(window + 1) * chip.window_ticks {
            for channel in 0..chip.inputs as u32 {
                if rng.random_bool(rate) {
                    events.push((tick, channel));
                }
            }
        }
    }
    Stimulus { events, windows }
}

/// Three windows each with a slow and with a stopped reader, as short as these allow. No slow reader where it could not
/// follow in the longest window there is.
pub fn readers(chip: &Chip, seed: u64) -> Vec<(Case, Reader)> {
    let longest = longest_window(chip.window_ticks);
    let stopped = with_shortest_window(chip);
    let slow = Chip {
        // A word takes the slow reader two cycles; some cycles to start.
        window_ticks: 2 * stopped.window_ticks + 8,
        ..stopped.clone()
    };
    let readers = [
        (slow, Reader::Slow, "slow"),
        (stopped, Reader::Stopped, "stopped"),
    ];
    let mut cases = Vec::new();
    for (chip, reader, name) in readers {
        if chip.window_ticks <= longest {
            for mut case in lively(&chip, 3 * u64::from(chip.window_ticks), seed) {
                case.name = format!("{name} reader, seed {seed}");
                cases.push((case, reader));
            }
        }
    }
    cases
}

/// The chip with the shortest window that its recorder can follow.
pub fn with_shortest_window(chip: &Chip) -> Chip {
    Chip {
        window_ticks: crate::forward::longest_record(chip),
        ..chip.clone()
    }
}

/// Cases at the edges of the arithmetic, four windows each: the strongest levels up and down with every channel in
/// every tick, silence, no refractory time, occupation kept over spikes, the
/// largest noise where there is any.
pub fn corners(chip: &Chip) -> Vec<Case> {
    let strongest = |layer: &mut LayerProgram| layer.weights.fill((layer.levels.len() - 1) as u8);
    let weakest = |layer: &mut LayerProgram| layer.weights.fill(0);
    let alternating = |layer: &mut LayerProgram| {
        let top = (layer.levels.len() - 1) as u8;
        for (at, code) in layer.weights.iter_mut().enumerate() {
            *code = if at % 2 == 0 { top } else { 0 };
        }
    };
    let restless = |layer: &mut LayerProgram| {
        strongest(layer);
        layer.codes.t_ref = 0;
    };
    let keeping = |layer: &mut LayerProgram| {
        strongest(layer);
        layer.codes.keep_p = true;
    };
    let extreme = |layer: &mut LayerProgram| {
        restless(layer);
        // Neither threshold nor floor is ever met: the membrane must saturate at both ends of its word.
        layer.codes.v_th = chip.constants.v_max;
        layer.codes.v_floor = -chip.constants.v_max - 1;
    };
    let extreme_down = |layer: &mut LayerProgram| {
        extreme(layer);
        weakest(layer);
    };
    let noisiest = |layer: &mut LayerProgram| {
        alternating(layer);
        layer.codes.noise_m = (1 << 16) - 1;
        layer.codes.seed = 0;
    };
    vec![
        case(chip, "silence", 0, &strongest),
        case(chip, "all channels, strongest level", 1, &strongest),
        case(chip, "all channels, most negative level", 1, &weakest),
        case(chip, "all channels, alternating levels", 1, &alternating),
        case(chip, "sparse, strongest level", 97, &strongest),
        case(chip, "no refractory time", 1, &restless),
        case(chip, "occupation kept", 7, &keeping),
        case(chip, "membrane to its upper end", 1, &extreme),
        case(chip, "membrane to its lower end", 1, &extreme_down),
        case(chip, "largest noise, seed 0", 1, &noisiest),
    ]
}

/// Takes back what a chip with a frozen card does not take: registers but the seed, levels.
pub fn on_card(chip: &Chip, program: &mut Program) {
    let layers = program.layers.iter_mut().zip(&chip.layers);
    for (own, layer) in layers.filter(|(_, layer)| layer.frozen) {
        own.codes = Codes {
            seed: own.codes.seed,
            ..layer.codes.clone()
        };
        own.levels.clone_from(&layer.levels);
        own.recurrent_levels.clone_from(&layer.recurrent_levels);
    }
}

/// A case in which every channel spikes every `period` ticks (never for 0).
fn case(chip: &Chip, name: &str, period: u32, edit: &dyn Fn(&mut LayerProgram)) -> Case {
    let windows = 4;
    let mut program = Program::silent(chip);
    program.layers.iter_mut().for_each(edit);
    on_card(chip, &mut program);
    let ticks = (0..windows * chip.window_ticks).filter(|t| period > 0 && t % period == 0);
    let channels = chip.inputs as u32;
    let events = ticks
        .flat_map(|t| (0..channels).map(move |c| (t, c)))
        .collect();
    Case {
        name: name.into(),
        program,
        stimulus: Stimulus { events, windows },
    }
}
