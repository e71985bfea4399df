//! Registers of a program: which there are, what each holds for a card, what they may hold.

use super::names::{ModelSignal, Names};
use super::{NeuronProgram, RoundingBits, RoundingOffset};
use crate::RegisterId;
use bruno_chip::{Register, Rounding};
use bruno_model::{Below, CardError, Derived, Input, Mantissa, Operation, Output, Registers};
use std::cmp::Ordering;

/// A register of a program.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OwnRegister {
    pub row: Register,
    pub holds: Holds,
    /// Smallest and largest value that the proofs of the program's intervals assume.
    pub range: (i64, i64),
}

/// What a register of a program holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// An input of the program.
    Input(Input),
    /// The half of the coefficient that a decay is rounded by; with stochastic rounding the mask of its random offset.
    Offset(usize),
    /// A state at rest.
    Rest(usize),
}

/// The registers of a program: its inputs, what its decays are rounded by, states at rest that depend on parameters.
pub(super) fn of(derived: &Derived, names: &mut Names) -> Vec<OwnRegister> {
    let mut own = inputs(derived, names);
    own.extend(halves(derived, names));
    own.extend(rests(derived, names));
    own
}

impl NeuronProgram {
    /// A register's row of the map.
    pub(in crate::model) fn row(&self, place: usize) -> Register {
        self.own[place].row.clone()
    }

    /// Values of a register for which the program's intervals are proved.
    pub(in crate::model) fn range(&self, place: usize) -> (i64, i64) {
        self.own[place].range
    }

    /// The place of a register by its name.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.own.iter().position(|r| r.row.name == name)
    }

    /// Values of its registers for parameters in the order of the model, SI units.
    ///
    /// # Errors
    /// A parameter outside of its bounds, or a coefficient that its registers cannot hold.
    pub fn values(&self, parameters: &[f64], rounding: Rounding) -> Result<Vec<i32>, CardError> {
        let registers = self.derived.registers(parameters)?;
        let value = |own: &OwnRegister| match own.holds {
            Holds::Input(input) => self.derived.input(&registers, input).unwrap_or(0),
            Holds::Offset(index) => offset_of(registers.coefficients[index], rounding),
            Holds::Rest(state) => self.rest_code(state, parameters),
        };
        Ok(self.own.iter().map(value).collect())
    }

    pub(super) fn rest_code(&self, state: usize, parameters: &[f64]) -> i32 {
        let rest = self.derived.model.states[state].rest.constant(parameters);
        self.derived.words[state].code(rest) as i32
    }

    /// Share of its input that a tick takes, as the registers have it.
    pub fn input_loss(&self, own: &[i32]) -> f64 {
        let input = self.derived.model.input;
        let mut offsets = self.derived.offsets.iter();
        let decay = offsets.find_map(|offset| match offset.bits {
            Below::Shift(index) if offset.state == input => Some(index),
            _ => None,
        });
        let Some(index) = decay else {
            return 0.0;
        };
        let coefficient = &self.derived.coefficients[index];
        let held = |input| {
            let mut all = self.own.iter().zip(own);
            let found = all.find(|(r, _)| r.holds == Holds::Input(input));
            found.map(|(_, value)| f64::from(*value))
        };
        let coded = match (held(Input::Mantissa(index)), held(Input::Shift(index))) {
            (Some(mantissa), Some(shift)) => mantissa * (-shift).exp2(),
            _ => coefficient.range.high,
        };
        coefficient.exact(coded)
    }

    /// The registers as the interpreter takes them; those that the program has as numbers stay zero.
    pub fn registers(&self, own: &[i32]) -> Registers {
        let zero = Mantissa {
            mantissa: 0,
            shift: 0,
        };
        let mut registers = Registers {
            coefficients: vec![zero; self.derived.coefficients.len()],
            codes: vec![0; self.derived.codes.len()],
            halves: Vec::new(),
        };
        for (register, value) in self.own.iter().zip(own) {
            match register.holds {
                Holds::Input(Input::Mantissa(i)) => registers.coefficients[i].mantissa = *value,
                Holds::Input(Input::Shift(i)) => registers.coefficients[i].shift = *value,
                Holds::Input(Input::Code(i)) => registers.codes[i] = *value,
                Holds::Input(_) | Holds::Offset(_) | Holds::Rest(_) => {}
            }
        }
        registers.halves = self.offsets.iter().map(|o| half(o, own)).collect();
        registers
    }

    /// The first register that does not hold what the program's proofs assume: its value and the values that it may have. A
    /// half follows from its shift, and so does the largest mantissa.
    pub fn misfit(&self, own: &[i32], rounding: Rounding) -> Option<(String, i64, (i64, i64))> {
        let registers = self.registers(own);
        let allowed = |register: &OwnRegister| match register.holds {
            Holds::Input(Input::Half(i)) => {
                let half = i64::from(registers.coefficients[i].half());
                (half, half)
            }
            Holds::Offset(i) => {
                let offset = i64::from(offset_of(registers.coefficients[i], rounding));
                (offset, offset)
            }
            Holds::Input(Input::Mantissa(i)) => {
                let largest = self.derived.coefficients[i].largest();
                match registers.coefficients[i].shift.cmp(&largest.shift) {
                    Ordering::Less => (0, 0),
                    Ordering::Equal => (0, largest.mantissa.into()),
                    Ordering::Greater => register.range,
                }
            }
            Holds::Input(_) | Holds::Rest(_) => register.range,
        };
        let outside = |(low, high): (i64, i64), value: i32| !(low..=high).contains(&value.into());
        let all = || self.own.iter().zip(own);
        // Ranges before what follows from shifts, which a bad shift does not have.
        let half =
            |r: &OwnRegister| matches!(r.holds, Holds::Input(Input::Half(_)) | Holds::Offset(_));
        let out_of_range = all().find(|(r, value)| !half(r) && outside(r.range, **value));
        let found = out_of_range.or_else(|| all().find(|(r, v)| outside(allowed(r), **v)));
        found.map(|(r, value)| (r.row.name.to_string(), i64::from(*value), allowed(r)))
    }

    /// What a register of a program holds; 0 where it has no such one.
    pub fn held(id: RegisterId, own: &[i32]) -> i32 {
        match id {
            RegisterId::Own(place) => own.get(usize::from(place)).copied().unwrap_or(0),
            RegisterId::Card(_) => 0,
        }
    }

    /// Number of its registers.
    pub fn registers_count(&self) -> usize {
        self.own.len()
    }

    /// The refractory time of these registers, ticks.
    pub fn refractory_ticks(&self, own: &[i32]) -> u32 {
        if let Some((place, _)) = self.refractory_register() {
            return own[place] as u32;
        }
        // No parameter moves it.
        let model = &self.derived.model;
        let time = model
            .refractory
            .as_ref()
            .map(|r| r.time.constant(&model.defaults()));
        time.map_or(0, |s| (s / crate::TICK_S).round() as u32)
    }

    /// The register of the refractory time, ticks, and its bounds; none where no parameter moves it or there is none.
    pub fn refractory_register(&self) -> Option<(usize, (i64, i64))> {
        let nodes = self.derived.program.nodes();
        let Operation::Select([_, _, time, _]) =
            nodes[self.value(&Output::Refractory)?.0].operation
        else {
            return None;
        };
        let Operation::Input(input) = nodes[time.0].operation else {
            return None;
        };
        let mut all = self.own.iter();
        let place = all.position(|r| r.holds == Holds::Input(input))?;
        Some((place, self.own[place].range))
    }
}

/// What the register of a decay's offset holds: the half, or the mask of random bits.
fn offset_of(coefficient: Mantissa, rounding: Rounding) -> i32 {
    match rounding {
        Rounding::Stochastic => (1 << coefficient.shift.clamp(0, 30)) - 1,
        Rounding::Nearest | Rounding::Truncate => coefficient.half(),
    }
}

/// A rounding offset without random numbers.
fn half(offset: &RoundingOffset, own: &[i32]) -> i32 {
    match offset.bits {
        RoundingBits::Fixed(0) => 0,
        RoundingBits::Fixed(bits) => 1 << (bits - 1),
        RoundingBits::Register(id) => NeuronProgram::held(id, own),
    }
}

/// Registers that are inputs of the program.
fn inputs(derived: &Derived, names: &Names) -> Vec<OwnRegister> {
    let nodes = derived.program.nodes().iter();
    let inputs = nodes.filter_map(|node| match node.operation {
        Operation::Input(
            input @ (Input::Mantissa(_) | Input::Half(_) | Input::Shift(_) | Input::Code(_)),
        ) => Some((input, (node.low, node.high))),
        _ => None,
    });
    let register = |(input, range): (Input, (i64, i64))| OwnRegister {
        row: row(
            names.of_signal(ModelSignal::Input(input)),
            range,
            about(derived, input),
        ),
        holds: Holds::Input(input),
        range,
    };
    inputs.map(register).collect()
}

fn about(derived: &Derived, input: Input) -> String {
    let coefficient = |i: usize| format!("coefficient `{}`", derived.coefficients[i].name);
    match input {
        Input::Mantissa(i) => format!("{}, mantissa", coefficient(i)),
        Input::Half(_) => "its rounding half".into(),
        Input::Shift(_) => "its shift".into(),
        Input::Code(i) => format!("constant `{}`", derived.codes[i].name),
        Input::State(_) | Input::Refractory | Input::Injection | Input::Offset(_) => String::new(),
    }
}

/// Registers that decays are rounded by.
fn halves(derived: &Derived, names: &Names) -> Vec<OwnRegister> {
    let has_registers = |index: usize| {
        let mut all = derived.program.nodes().iter();
        all.any(|n| n.operation == Operation::Input(Input::Mantissa(index)))
    };
    let range = (0, (1 << 30) - 1);
    let register = |index: usize| OwnRegister {
        row: row(
            names.of_signal(ModelSignal::Input(Input::Half(index))),
            range,
            "its rounding half; with stochastic rounding 2^s - 1, the mask of its random offset"
                .into(),
        ),
        holds: Holds::Offset(index),
        range,
    };
    let offsets = derived.offsets.iter();
    let decays = offsets.filter_map(|offset| match offset.bits {
        Below::Shift(index) if has_registers(index) => Some(index),
        _ => None,
    });
    decays.map(register).collect()
}

/// Registers of the states whose rest depends on parameters.
fn rests(derived: &Derived, names: &mut Names) -> Vec<OwnRegister> {
    let states = derived.model.states.iter().enumerate();
    let resting = states.filter(|(_, state)| state.rest.has_parameter());
    let register = |(index, state): (usize, &bruno_model::State)| {
        let word = &derived.words[index];
        let range = (word.low, word.high);
        OwnRegister {
            row: row(
                &names.of_rest(index, derived),
                range,
                format!("`{}` at rest", state.name),
            ),
            holds: Holds::Rest(index),
            range,
        }
    };
    resting.map(register).collect()
}

fn row(name: &str, (low, high): (i64, i64), about: String) -> Register {
    let signed = low < 0;
    let size = high.max(-1 - low).max(0);
    Register {
        name: name.to_string().into(),
        bits: (64 - size.leading_zeros() + u32::from(signed)).max(1),
        signed,
        writable: true,
        about: about.into(),
    }
}
