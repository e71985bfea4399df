//! Words of a record: what the recorder gathers of a neuron in a window.

use super::NeuronModel;
use super::state::{State, StateId};
use bruno_chip::{Description, RecorderLevel, sum_growth};

/// Bits of a counter, which stops at its end.
const COUNTER_BITS: u32 = 20;
/// Bits of a sum over a window.
const SUM_BITS: u32 = 32;

/// Bits of a sample, its sign among them.
const SAMPLE_BITS: u32 = 20;

/// What a chip's recorder is made for.
#[derive(Debug, Clone, Copy)]
pub struct Recorder {
    /// What it keeps of a window.
    pub level: RecorderLevel,
    /// Length of the window, ticks.
    pub window_ticks: u32,
}

impl Recorder {
    /// That of a description.
    pub fn of(description: &Description) -> Self {
        Self {
            level: description.recorder,
            window_ticks: description.window_ticks,
        }
    }

    /// Low bits that a sum over the window leaves out of words of so many, to stay within its own.
    fn left_out(self, bits: u32) -> u32 {
        (bits + sum_growth(self.window_ticks)).saturating_sub(SUM_BITS)
    }
}

/// The words that a recorder keeps of the neurons, and the bits that their sums leave out.
pub(super) fn record(model: &mut NeuronModel, recorder: Recorder) {
    for state in &mut model.states {
        state.sum_shift = recorder.left_out(state.bits);
    }
    for sample in &mut model.samples {
        sample.sum_shift = recorder.left_out(SAMPLE_BITS);
    }
    model.words = words(model, recorder.level);
}

/// Place of a sample in its model's declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SampleId(u8);

impl SampleId {
    pub(super) const fn at(place: usize) -> Self {
        Self(place as u8)
    }

    /// The place, from 0.
    pub fn place(self) -> usize {
        usize::from(self.0)
    }
}

/// What a tick tells the recorder beside the states, to be summed over a window.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Name of its sum in a record.
    pub word: String,
    /// The kernel's output that holds it.
    pub output: String,
    /// What it is.
    pub about: String,
    /// Two's complement.
    pub signed: bool,
    /// Logarithm to base 2 of one LSB, a tick; none of the surrogate, whose LSB follows its width.
    pub log2_lsb: Option<i32>,
    /// Low bits that a sum over a window leaves out.
    pub sum_shift: u32,
}

/// What a counter counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Event {
    /// The threshold was crossed.
    Spike,
    /// A state was clamped at the end of its word.
    Saturation,
}

/// What a sum adds up, tick by tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Signal {
    /// A state after the tick.
    State(StateId),
    /// A sample of the tick.
    Sample(SampleId),
}

/// What a word of a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Gathers {
    /// A state after the window's last tick.
    Last(StateId),
    /// How often something happened in the window.
    Count(Event),
    /// A sum over the window's ticks.
    Sum(Signal),
    /// The smallest value of a state after a tick of the window.
    Least(StateId),
    /// The largest.
    Most(StateId),
}

/// A word of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordWord {
    /// Name of the word, and of its array in the RTL.
    pub name: String,
    /// What it holds.
    pub gathers: Gathers,
    /// Bits that it needs; a record has 32 for each.
    pub bits: u32,
    /// Two's complement.
    pub signed: bool,
    /// What it is, in words.
    pub about: String,
    /// One LSB in words, where it has a unit.
    pub lsb: Option<String>,
}

impl RecordWord {
    /// Gathers over a window; the others are states as they stand at its end.
    pub fn accumulates(&self) -> bool {
        !matches!(self.gathers, Gathers::Last(_))
    }
}

/// The words of a level: states, counters, then what the level adds of the states that move and of the samples.
fn words(model: &NeuronModel, level: RecorderLevel) -> Vec<RecordWord> {
    let timer = model.fires.and_then(|f| f.timer);
    let mut words: Vec<RecordWord> = model
        .places()
        .filter(|(id, _)| Some(*id) != timer)
        .map(|(id, s)| of_state(s, "", Gathers::Last(id), "after the window's last tick"))
        .collect();
    if model.fires.is_some() {
        words.push(count("n_spike", Event::Spike, "spikes"));
    }
    words.push(count("n_sat", Event::Saturation, "saturated updates"));
    for (id, state) in model.moving() {
        match level {
            RecorderLevel::Sample => {}
            RecorderLevel::Mean | RecorderLevel::Jacobian => words.push(sum_of_state(id, state)),
            RecorderLevel::Minmax => {
                words.push(end("smallest", "min_", state, Gathers::Least(id)));
                words.push(end("largest", "max_", state, Gathers::Most(id)));
            }
        }
    }
    if level == RecorderLevel::Jacobian {
        words.extend(model.sampled().map(sum_of_sample));
    }
    words
}

fn of_state(state: &State, prefix: &str, gathers: Gathers, when: &str) -> RecordWord {
    RecordWord {
        name: format!("{prefix}{}", state.name),
        gathers,
        bits: state.bits,
        signed: state.signed(),
        about: format!("{} {when}", state.about),
        lsb: state.lsb_text(),
    }
}

fn end(which: &str, prefix: &str, state: &State, gathers: Gathers) -> RecordWord {
    RecordWord {
        about: format!("{which} {} of the window", state.name),
        ..of_state(state, prefix, gathers, "")
    }
}

fn sum_of_state(id: StateId, state: &State) -> RecordWord {
    RecordWord {
        bits: SUM_BITS,
        about: sum_of(&state.name, state.sum_shift),
        ..of_state(state, "sum_", Gathers::Sum(Signal::State(id)), "")
    }
}

fn sum_of_sample((id, sample): (SampleId, &Sample)) -> RecordWord {
    RecordWord {
        name: sample.word.clone(),
        gathers: Gathers::Sum(Signal::Sample(id)),
        bits: SUM_BITS,
        signed: sample.signed,
        about: sum_of(&sample.about, sample.sum_shift),
        lsb: sample.log2_lsb.map(|log2| format!("2^{log2}")),
    }
}

fn sum_of(what: &str, left_out: u32) -> String {
    match left_out {
        0 => format!("sum of {what} over the window"),
        1 => format!("sum of {what} without its lowest bit over the window"),
        bits => format!("sum of {what} without its lowest {bits} bits over the window"),
    }
}

fn count(name: &str, event: Event, what: &str) -> RecordWord {
    RecordWord {
        name: name.into(),
        gathers: Gathers::Count(event),
        bits: COUNTER_BITS,
        signed: false,
        about: format!("{what} in the window"),
        lsb: None,
    }
}
