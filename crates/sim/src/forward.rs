//! What every simulator of a chip takes and returns.

use crate::trace::{Counters, LayerTrace, Trace, append};
use bruno_chip::longest_window;
use bruno_device::{Chip, Codes, Layer};
use serde::{Deserialize, Serialize};

/// Input of one sample: it starts from a reset of every state.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stimulus {
    /// `(tick, channel)`, sorted by tick; a channel occurs at most once in a tick.
    pub events: Vec<(u32, u32)>,
    /// Length in whole windows of K ticks.
    pub windows: u32,
}

/// What one layer's registers and memories hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerProgram {
    /// Register values.
    pub codes: Codes,
    /// Level table of the input synapses, LSB of I, 2^bits entries.
    pub levels: Vec<i32>,
    /// Level table of the recurrent synapses, empty without recurrence.
    pub recurrent_levels: Vec<i32>,
    /// Weight codes `[channel][neuron]`; recurrent channels follow the inputs.
    pub weights: Vec<u8>,
}

/// What is loaded into a chip before it runs: one program a layer, the readout last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// Layers in order.
    pub layers: Vec<LayerProgram>,
    /// Window length K, ticks.
    pub window: u32,
}

impl Program {
    /// The chip's own codes and levels, with every weight at the code whose level is nearest to zero.
    pub fn silent(chip: &Chip) -> Self {
        let layer = |l: &Layer| {
            let weights = [
                vec![quietest(&l.levels); l.inputs * l.neurons],
                vec![quietest(&l.recurrent_levels); (l.fan_in() - l.inputs) * l.neurons],
            ];
            LayerProgram {
                codes: l.codes.clone(),
                levels: l.levels.clone(),
                recurrent_levels: l.recurrent_levels.clone(),
                weights: weights.concat(),
            }
        };
        Self {
            layers: chip.layers.iter().map(layer).collect(),
            window: chip.window_ticks,
        }
    }
}

fn quietest(levels: &[i32]) -> u8 {
    let nearest = levels.iter().enumerate().min_by_key(|(_, l)| l.abs());
    nearest.map_or(0, |(code, _)| code as u8)
}

/// Windows that a run goes on for before it hands on what the chip did: so many that handing on costs nothing, so few that
/// their records are small.
pub const CHUNK: u32 = 16;

/// A simulator of one chip.
pub trait Forward: Send {
    /// Loads codes, levels and weights; they stay until the next call.
    fn load(&mut self, program: &Program) -> Result<(), SimError>;
    /// Resets every state and runs one sample, `chunk` windows (at least one) at a time. `take` hears in order what the
    /// chip did, layer by layer: the records and the spikes of the next whole windows; at least once, and every window
    /// once. What is kept meanwhile does not grow with the sample.
    fn stream(
        &mut self,
        stimulus: &Stimulus,
        chunk: u32,
        take: &mut dyn FnMut(&[LayerTrace]),
    ) -> Result<Counters, SimError>;
    /// The same with the whole sample in memory.
    fn run(&mut self, stimulus: &Stimulus) -> Result<Trace, SimError> {
        let mut layers = Vec::new();
        let counters = self.stream(stimulus, CHUNK, &mut |part| append(&mut layers, part))?;
        Ok(Trace::new(layers, counters))
    }
    /// How many of `waiting` samples, at least one, run soonest when [`Forward::stream_all`] is given them.
    fn at_once(&mut self, _waiting: usize) -> usize {
        1
    }
    /// Runs samples as [`Forward::stream`] does, in any order or side by side; `take` also hears which of them it was.
    fn stream_all(
        &mut self,
        stimuli: &[Stimulus],
        chunk: u32,
        take: &mut dyn FnMut(usize, &[LayerTrace]),
    ) -> Result<Vec<Counters>, SimError> {
        let one_by_one = stimuli.iter().enumerate();
        one_by_one
            .map(|(k, stimulus)| self.stream(stimulus, chunk, &mut |part| take(k, part)))
            .collect()
    }
}

/// What can go wrong in a simulation.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// A program or stimulus does not fit the chip.
    #[error("{what} is {found}; the chip takes {expected}")]
    Mismatch {
        /// What does not fit.
        what: String,
        /// What was given.
        found: String,
        /// What fits.
        expected: String,
    },
    /// A comparison in which something never took place: it would say nothing about it.
    #[error("{what}: nothing was compared of what never happens: {missing}; {remedy}")]
    Uneventful {
        /// What was run.
        what: String,
        /// What never happened, by layer.
        missing: String,
        /// What the user can do.
        remedy: String,
    },
    /// An external tool failed: its command line and everything it printed.
    #[error("`{command}` failed\n{output}\n{remedy}")]
    Tool {
        /// The command as it was run.
        command: String,
        /// Its whole output.
        output: String,
        /// What the user can do.
        remedy: String,
    },
    /// The cache of models is not used as it is.
    #[error(
        "{dir}: the cache of models {what}; name a folder of your own with {variable}, or mend this one"
    )]
    Cache {
        /// The directory.
        dir: String,
        /// What is wrong with it.
        what: String,
        /// The environment variable that names another.
        variable: &'static str,
    },
    /// No build of a model does what the integer model does.
    #[error(
        "{}\nno build of the model of `{chip}` does what the integer model does: this is a bug in bruno; please report it with \
         that folder. BRUNO_REWRITES=off builds the model without rewrites of the tools' texts",
        builds.join("\n")
    )]
    Differs {
        /// Name of the chip.
        chip: String,
        /// Of each build: how it was compiled, case and first difference, where the evidence is.
        builds: Vec<String>,
    },
    /// The delivered Verilog does not do what the integer model does.
    #[error(
        "case `{case}`: {difference}\nthe delivered Verilog of `{chip}` does not do what the integer model does: this is a bug \
         in bruno; please report it with the description. `bruno cosim` compares all of it"
    )]
    Delivered {
        /// Name of the chip.
        chip: String,
        /// Name of the case.
        case: String,
        /// Its first difference.
        difference: String,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

/// Longest window of any chip, ticks: sums of states of 12 bits have 32 bits.
const LONGEST_WINDOW: u32 = 1 << 20;

impl Program {
    /// Checks that the program fits the chip.
    pub fn check(&self, chip: &Chip) -> Result<(), SimError> {
        let expect = |what: String, found: usize, expected: usize| {
            if found == expected {
                return Ok(());
            }
            Err(SimError::Mismatch {
                what,
                found: found.to_string(),
                expected: expected.to_string(),
            })
        };
        expect(
            "number of layers".into(),
            self.layers.len(),
            chip.layers.len(),
        )?;
        if !(1..=LONGEST_WINDOW).contains(&self.window) {
            return Err(SimError::Mismatch {
                what: "window".into(),
                found: format!("{} ticks", self.window),
                expected: format!("1..{LONGEST_WINDOW} ticks"),
            });
        }
        for (program, layer) in self.layers.iter().zip(&chip.layers) {
            let name = &layer.name;
            let table = 1 << layer.bits;
            let recurrent = if layer.recurrent { table } else { 0 };
            expect(format!("levels of `{name}`"), program.levels.len(), table)?;
            expect(
                format!("recurrent levels of `{name}`"),
                program.recurrent_levels.len(),
                recurrent,
            )?;
            let weights = layer.fan_in() * layer.neurons;
            expect(
                format!("weights of `{name}`"),
                program.weights.len(),
                weights,
            )?;
            program.check_numbers(layer)?;
            crate::fits::check(program, layer, chip)?;
            if let Some(code) = program.weights.iter().find(|w| usize::from(**w) >= table) {
                return Err(SimError::Mismatch {
                    what: format!("a weight code of `{name}`"),
                    found: code.to_string(),
                    expected: format!("0..{}", table - 1),
                });
            }
        }
        Ok(())
    }
}

impl LayerProgram {
    /// Checks that registers and level tables hold what they are asked to.
    fn check_numbers(&self, layer: &Layer) -> Result<(), SimError> {
        let mismatch = |what: String, found: i64, low: i64, high: i64| SimError::Mismatch {
            what,
            found: found.to_string(),
            expected: format!("{low}..{high}"),
        };
        if let Some(misfit) = self.codes.misfit() {
            let what = format!("register `{}` of `{}`", misfit.register, layer.name);
            let (low, high) = misfit.allowed;
            return Err(mismatch(what, misfit.value, low, high));
        }
        let [low, high] = layer.current.ends();
        let mut levels = self.levels.iter().chain(&self.recurrent_levels);
        match levels.find(|level| !(low..=high).contains(level)) {
            None => Ok(()),
            Some(level) => {
                let what = format!("a level of `{}`", layer.name);
                Err(mismatch(what, i64::from(*level), low.into(), high.into()))
            }
        }
    }
}

impl Program {
    /// Checks that no window would overrun the chip's recorder, which sends one word a tick and bank.
    pub fn check_window(&self, chip: &Chip) -> Result<(), SimError> {
        let longest = longest_record(chip);
        let most = longest_window(chip.window_ticks);
        if (longest..=most).contains(&self.window) {
            return Ok(());
        }
        Err(SimError::Mismatch {
            what: "window".into(),
            found: format!("{} ticks", self.window),
            expected: format!("{longest}..{most} ticks (a shorter one would overrun the recorder)"),
        })
    }
}

/// Words of the longest record of any bank: the ticks that its stream takes.
pub fn longest_record(chip: &Chip) -> u32 {
    let words = |l: &Layer| l.model.words.len() * l.banks.iter().max().copied().unwrap_or(0);
    chip.layers.iter().map(words).max().unwrap_or(0) as u32
}

impl Stimulus {
    /// Checks that the events are sorted, unique and fit the chip; `window` in ticks.
    pub fn check(&self, chip: &Chip, window: u32) -> Result<(), SimError> {
        let ticks = u64::from(self.windows) * u64::from(window);
        for (index, event) in self.events.iter().enumerate() {
            let sorted = index == 0 || self.events[index - 1] < *event;
            if !sorted || u64::from(event.0) >= ticks || event.1 as usize >= chip.inputs {
                return Err(SimError::Mismatch {
                    what: format!("event {index}"),
                    found: format!("tick {}, channel {}", event.0, event.1),
                    expected: format!(
                        "events sorted by tick and channel, each once, below tick {ticks} and channel {}",
                        chip.inputs
                    ),
                });
            }
        }
        Ok(())
    }
}
