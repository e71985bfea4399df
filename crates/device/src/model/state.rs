//! A state of a neuron.

use super::RegisterId;
use crate::Codes;

/// Place of a state in its model's declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateId(u8);

impl StateId {
    pub(super) const fn at(place: usize) -> Self {
        Self(place as u8)
    }

    /// The place, from 0.
    pub fn place(self) -> usize {
        usize::from(self.0)
    }
}

/// What one LSB of a state is.
#[derive(Debug, Clone, PartialEq)]
pub enum Quantity {
    /// Two's complement, from `-range` to `range`.
    Physical {
        /// One LSB, in the unit.
        lsb: f64,
        /// End of the range, in the unit.
        range: f64,
        /// The unit, e.g. `V`.
        unit: String,
    },
    /// `offset + code * lsb`.
    Coded {
        /// One LSB, in the unit.
        lsb: f64,
        /// Value of code 0, in the unit.
        offset: f64,
        /// Smallest and largest code.
        codes: (i64, i64),
        /// The unit, e.g. `mV`.
        unit: String,
    },
    /// A share of one, without a sign.
    Share,
    /// Ticks of 1 us.
    Ticks,
}

/// What a state is after a reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// Always this code.
    Code(i32),
    /// What the register holds.
    Register(RegisterId),
}

impl Rest {
    /// The code with these registers.
    pub fn code(self, codes: &Codes) -> i32 {
        match self {
            Self::Code(code) => code,
            Self::Register(register) => codes.value(register),
        }
    }

    /// The register, where there is one.
    pub fn register(self) -> Option<RegisterId> {
        match self {
            Self::Code(_) => None,
            Self::Register(register) => Some(register),
        }
    }
}

/// What a neuron keeps from tick to tick.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Name of its array in the RTL, of its kernel's input, and of its word in a record.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Several of them, for counts.
    pub plural: String,
    /// What one LSB of it is.
    pub quantity: Quantity,
    /// Bits of a word.
    pub bits: u32,
    /// Its value at rest.
    pub rest: Rest,
    /// The register whose 1 lets it pass a spike unchanged.
    pub kept_if: Option<RegisterId>,
    /// Registers whose values it takes over, that at rest among them.
    pub takes: Vec<RegisterId>,
    /// The kernel's output that holds it after a tick and before a spike resets it; none where no spike does.
    pub before_reset: Option<String>,
    /// Bits that a sum over a window leaves out.
    pub sum_shift: u32,
}

impl State {
    /// The kernel's output that holds it after a tick.
    pub fn next(&self) -> String {
        format!("{}_next", self.name)
    }

    /// Two's complement.
    pub fn signed(&self) -> bool {
        match self.quantity {
            Quantity::Physical { .. } => true,
            Quantity::Coded { codes, .. } => codes.0 < 0,
            Quantity::Share | Quantity::Ticks => false,
        }
    }

    /// Smallest and largest value of a word.
    pub fn range(&self) -> (i64, i64) {
        if let Quantity::Coded { codes, .. } = self.quantity {
            return codes;
        }
        match self.signed() {
            true => (-(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1),
            false => (0, (1 << self.bits) - 1),
        }
    }

    /// The unit of its values; empty of a share.
    pub fn unit(&self) -> &str {
        match &self.quantity {
            Quantity::Physical { unit, .. } | Quantity::Coded { unit, .. } => unit,
            Quantity::Share => "",
            Quantity::Ticks => "ticks",
        }
    }

    /// One LSB: in the unit, of one, or of a tick.
    pub fn lsb(&self) -> f64 {
        match &self.quantity {
            Quantity::Physical { lsb, .. } | Quantity::Coded { lsb, .. } => *lsb,
            Quantity::Share => (-f64::from(self.bits)).exp2(),
            Quantity::Ticks => 1.0,
        }
    }

    /// The value of a code, or of a mean of codes: in the unit, of one, or in ticks.
    pub fn value(&self, code: f64) -> f64 {
        let (offset, lsb) = self.line();
        offset + code * lsb
    }

    /// The value of code 0 and of a step of the code.
    pub fn line(&self) -> (f64, f64) {
        match &self.quantity {
            Quantity::Coded { lsb, offset, .. } => (*offset, *lsb),
            Quantity::Physical { .. } | Quantity::Share | Quantity::Ticks => (0.0, self.lsb()),
        }
    }

    /// The mean code of which a recorder's sum has this mean: what the sum leaves out is half of it on average.
    pub fn of_sum(&self, mean: f64) -> f64 {
        match self.sum_shift {
            0 => mean,
            shift => (mean + 0.5) * f64::from(shift).exp2() - 0.5,
        }
    }

    /// One LSB in words, e.g. `3.8147e-6 V`; none of a count of ticks.
    pub fn lsb_text(&self) -> Option<String> {
        match &self.quantity {
            Quantity::Physical { lsb, unit, .. } => Some(format!("{lsb:.4e} {unit}")),
            Quantity::Coded {
                lsb, offset, unit, ..
            } => Some(match *offset {
                0.0 => format!("{lsb:.4e} {unit}"),
                offset => format!("{lsb:.4e} {unit}, 0 is {offset} {unit}"),
            }),
            Quantity::Share => Some(format!("2^-{}", self.bits)),
            Quantity::Ticks => None,
        }
    }

    /// The range in words; none of a count of ticks.
    pub fn range_text(&self) -> Option<String> {
        match &self.quantity {
            Quantity::Physical { range, unit, .. } => Some(format!("+-{range} {unit}")),
            Quantity::Coded { codes, unit, .. } => {
                let [low, high] = [codes.0, codes.1].map(|code| self.value(code as f64));
                Some(format!("{low:.6} to {high:.6} {unit}"))
            }
            Quantity::Share => Some("0 to 1 (1 - LSB is the largest)".into()),
            Quantity::Ticks => None,
        }
    }

    /// What a spike leaves in it by these registers; none where it passes a spike unchanged.
    pub fn after_spike(&self, codes: &Codes) -> Option<i32> {
        let kept = self
            .kept_if
            .is_some_and(|register| codes.value(register) == 1);
        let rest = self.rest.register().filter(|_| !kept);
        rest.map(|register| codes.value(register))
    }

    /// The number that the low bits of a word stand for.
    pub fn decoded(&self, word: u32) -> i64 {
        match self.signed() {
            true => i64::from((word << (32 - self.bits)) as i32 >> (32 - self.bits)),
            false => i64::from(word),
        }
    }
}
