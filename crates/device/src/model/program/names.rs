//! Names of the ports of a program's kernels, of its states and registers: those of the file as far as Verilog and the
//! modules of a chip let them be.

use bruno_chip::is_reserved;
use bruno_model::{Below, Derived, Input, Operation, Output};
use std::collections::{HashMap, HashSet};

/// What a port carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ModelSignal {
    /// What comes from outside of the program.
    Input(Input),
    /// What it gives.
    Output(Output),
}

/// A port of a model's kernels, a signed word of 32 bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelPort {
    /// Its name.
    pub name: String,
    /// What it carries.
    pub signal: ModelSignal,
    /// Smallest value.
    pub low: i64,
    /// Largest value.
    pub high: i64,
}

impl ModelPort {
    /// Bits that hold every value, and whether a sign is among them.
    pub fn storage(&self) -> (u32, bool) {
        let signed = self.low < 0;
        let size = self.high.max(-1 - self.low).max(0);
        let bits = 64 - size.leading_zeros() + u32::from(signed);
        (bits.max(1), signed)
    }
}

/// Ports that every model has, by what they carry.
const FIXED: [(ModelSignal, &str); 6] = [
    (ModelSignal::Input(Input::Refractory), "refr"),
    (ModelSignal::Input(Input::Injection), "inject"),
    (ModelSignal::Output(Output::Left), "refr_left"),
    (ModelSignal::Output(Output::Refractory), "refr_next"),
    (ModelSignal::Output(Output::Spike), "spike"),
    (ModelSignal::Output(Output::Saturations), "saturated"),
];

/// `spike` in every bit.
pub const FIRE: &str = "fire";

/// Whole names that the modules of a chip give to something else.
const TAKEN: [&str; 35] = [
    "active",
    "base",
    "busy",
    "c",
    "clear",
    "clipped",
    "code",
    "codes",
    "draw",
    "enter",
    "final_neuron",
    "final_word",
    "fired",
    "g",
    "happened",
    "i_sat",
    "index",
    "j",
    "k",
    "lane",
    "level",
    "local_neuron",
    "mine",
    "pick",
    "random",
    "read_slot",
    "rec_level",
    "record",
    "redraw",
    "registers",
    "row",
    "seed",
    "send",
    "spikes",
    "state",
];

/// Beginnings and endings of names that the modules of a chip make from others, or use themselves.
const BEGINNINGS: [&str; 17] = [
    "c_", "col_", "draw_", "min_", "max_", "n_", "neuron_", "noise_", "offset", "out_", "rec_",
    "redraw_", "reset_", "round_", "sum_", "unused", "weight_",
];
const ENDINGS: [&str; 7] = ["_i", "_o", "_q", "_now", "_next", "_moved", "_rest"];

/// Names of all ports.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Names {
    names: HashMap<ModelSignal, String>,
    taken: HashSet<String>,
}

impl Names {
    pub fn of(derived: &Derived) -> Self {
        let mut names = Self {
            names: HashMap::new(),
            taken: HashSet::from([FIRE.into()]),
        };
        for (signal, name) in FIXED {
            names.give(signal, name);
        }
        for (i, state) in derived.model.states.iter().enumerate() {
            names.give(ModelSignal::Input(Input::State(i)), &state.name);
            let name = names
                .of_signal(ModelSignal::Input(Input::State(i)))
                .to_string();
            names.give(
                ModelSignal::Output(Output::Moved(i)),
                &format!("{name}_moved"),
            );
            names.give(
                ModelSignal::Output(Output::State(i)),
                &format!("{name}_next"),
            );
        }
        for (i, slope) in derived.slopes.iter().enumerate() {
            let [state, by] = [slope.state, slope.by].map(|s| &derived.model.states[s].name);
            let signal = ModelSignal::Output(Output::Slope(i));
            names.give(signal, &format!("{state}_by_{by}_slope"));
        }
        let inputs = derived.program.nodes().iter();
        let inputs = inputs.filter_map(|node| match node.operation {
            Operation::Input(input) => Some(input),
            _ => None,
        });
        // A decay is rounded by an offset in place of its half: the register holds what the offset is made of.
        let offsets = derived.offsets.iter();
        let halves = offsets.filter_map(|offset| match offset.bits {
            Below::Shift(index) => Some(Input::Half(index)),
            Below::Guard(_) => None,
        });
        for input in inputs.chain(halves) {
            let signal = ModelSignal::Input(input);
            if !names.names.contains_key(&signal) {
                names.give(signal, &wanted(derived, input));
            }
        }
        names
    }

    pub fn of_signal(&self, signal: ModelSignal) -> &str {
        self.names.get(&signal).map_or("", String::as_str)
    }

    /// Gives a register a name that nothing else has.
    pub fn of_rest(&mut self, state: usize, derived: &Derived) -> String {
        let wanted = format!("at_rest_{}", derived.model.states[state].name);
        let mut name = wanted.clone();
        let mut number = 2;
        while self.taken.contains(&name) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        self.taken.insert(name.clone());
        name
    }

    pub fn any_begins_with(&self, prefix: &str) -> bool {
        self.taken.iter().any(|name| name.starts_with(prefix))
    }

    fn give(&mut self, signal: ModelSignal, wanted: &str) {
        let wanted = &match signal {
            _ if FIXED.iter().any(|(fixed, _)| *fixed == signal) => wanted.to_string(),
            ModelSignal::Output(_) => wanted.to_string(),
            ModelSignal::Input(_) if is_of_chip(wanted) => format!("x_{wanted}_x"),
            ModelSignal::Input(_) => wanted.to_string(),
        };
        let mut name = wanted.clone();
        let mut number = 2;
        while is_reserved(&name) || is_temporary(&name) || self.taken.contains(&name) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        self.taken.insert(name.clone());
        self.names.insert(signal, name);
    }
}

/// The name of an input as the file gives it; the prime of a change is no letter of Verilog.
fn wanted(derived: &Derived, input: Input) -> String {
    let coefficient = |i: usize| derived.coefficients[i].name.replace('\'', "_change");
    match input {
        Input::Mantissa(i) => format!("{}_m", coefficient(i)),
        Input::Half(i) => format!("{}_h", coefficient(i)),
        Input::Shift(i) => format!("{}_s", coefficient(i)),
        Input::Code(i) => derived.codes[i].name.replace('\'', "_change"),
        Input::Offset(i) => {
            let state = &derived.model.states[derived.offsets[i].state];
            format!("{}_round", state.name)
        }
        Input::State(i) => derived.model.states[i].name.clone(),
        Input::Refractory | Input::Injection => String::new(),
    }
}

/// Whether the modules of a chip use a name, or may make it from another.
fn is_of_chip(name: &str) -> bool {
    TAKEN.contains(&name)
        || BEGINNINGS.iter().any(|b| name.starts_with(b))
        || ENDINGS.iter().any(|e| name.ends_with(e))
}

/// Whether a name is that of an operation without a port.
fn is_temporary(name: &str) -> bool {
    let digits = name.strip_prefix('t');
    digits.is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NeuronProgram;
    use bruno_model::Model;

    /// A neuron whose names are those of Verilog, of temporaries, of other ports.
    const HOSTILE: &str = "\
model reg:
    parameters:
        wire ms = 10 ms from [0.1 ms : 1000 ms]
        t12 V = 0.8 V from [0.1 V : 1 V]
        k_t1 pF = 1 pF from [0.1 pF : 10 pF]
        spike V = 0 V from [-1 V : 1 V]
    state:
        always pA = 0 pA from [-1024 pA : 1024 pA] @bits(24)
        always_next V = 0 V from [-2 V : 2 V] @bits(20)
    kernels:
        always' = -always / wire
    equations:
        always_next' = always / k_t1
    input:
        always += spikes
    onCondition(always_next > t12):
        always_next = spike
        emit_spike()
";

    #[test]
    fn names_that_verilog_keeps() {
        let model = Model::read("hostile", HOSTILE).unwrap_or_else(|e| panic!("{e}"));
        let derived = Derived::new(&model).unwrap_or_else(|e| panic!("{e}"));
        let program = NeuronProgram::new(derived);
        let ports = program.ports();
        let names: Vec<&str> = ports.iter().map(|p| p.name.as_str()).collect();
        insta::assert_snapshot!(names.join("\n"));
    }

    fn check(low: i64, high: i64, bits: u32, signed: bool) {
        let signal = ModelSignal::Input(Input::Injection);
        let name = String::new();
        let port = ModelPort {
            name,
            signal,
            low,
            high,
        };
        assert_eq!(port.storage(), (bits, signed));
    }

    #[test]
    fn storage_of_a_bit() {
        check(0, 1, 1, false);
    }
    #[test]
    fn storage_of_nothing() {
        check(0, 0, 1, false);
    }
    #[test]
    fn storage_of_a_state() {
        check(-524_288, 524_287, 20, true);
    }
    #[test]
    fn storage_beyond_a_power_of_two() {
        check(-524_289, 0, 21, true);
    }
    #[test]
    fn storage_of_a_count() {
        check(3, 1_048_576, 21, false);
    }
}
