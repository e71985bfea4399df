//! A named value: the bits of it that stand in the Verilog, and what it can be.

use super::Reads;
use crate::atoms::Type;
use crate::interval::Interval;

/// Bits `low..low + kind.bits` of a name of `whole` bits.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    name: String,
    whole: Type,
    low: u32,
    kind: Type,
    /// What it can be.
    pub range: Interval,
}

impl Word {
    /// A declared name that holds whatever its type holds.
    pub fn new(name: &str, bits: u32, signed: bool) -> Self {
        Self::within(name, Type { bits, signed }, Interval::of(bits, signed))
    }

    /// A declared name that holds less than its type could.
    pub fn within(name: &str, kind: Type, range: Interval) -> Self {
        Self {
            name: name.into(),
            whole: kind,
            low: 0,
            kind,
            range,
        }
    }

    /// The same with a narrower range.
    pub fn bounded(&self, range: Interval) -> Self {
        Self {
            range,
            ..self.clone()
        }
    }

    /// Whether it can be one value only.
    pub fn is_constant(&self) -> bool {
        self.range.low == self.range.high
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn kind(&self) -> Type {
        self.kind
    }

    /// It shifted right by so many bits; `None` where nothing is left but the sign of a value without one.
    pub fn shifted(&self, bits: u32) -> Option<Self> {
        let range = Interval {
            low: self.range.low >> bits.min(63),
            high: self.range.high >> bits.min(63),
        };
        let cut = match (bits < self.kind.bits, self.kind.signed) {
            (true, _) => bits,
            (false, true) => self.kind.bits - 1,
            (false, false) => return None,
        };
        let kind = Type {
            bits: self.kind.bits - cut,
            ..self.kind
        };
        Some(Self {
            low: self.low + cut,
            kind,
            range,
            ..self.clone()
        })
    }

    /// One of its bits; those above the highest are its sign. `None`: it is zero.
    pub fn bit(&self, bit: u32) -> Option<Self> {
        if bit >= self.kind.bits && !self.kind.signed {
            return None;
        }
        let kind = Type {
            bits: 1,
            signed: false,
        };
        Some(Self {
            low: self.low + bit.min(self.kind.bits - 1),
            kind,
            range: Interval::of(1, false),
            ..self.clone()
        })
    }

    /// Its low `bits`, extended by its sign where it has fewer: unsigned in Verilog's eyes, unless it is whole.
    pub fn fitted(&self, bits: u32, reads: &mut Reads) -> String {
        let own = bits.min(self.kind.bits);
        let text = self.part(own, reads);
        match (bits - own, self.kind.signed, own) {
            (0, ..) => text,
            (gap, false, _) => format!("{{{gap}'d0, {text}}}"),
            (gap, true, 1) => format!("{{{}{{{text}}}}}", gap + 1),
            (1, true, _) => format!("{{{}[{}], {text}}}", self.name, self.low + own - 1),
            (gap, true, _) => {
                let sign = self.low + own - 1;
                format!("{{{{{gap}{{{}[{sign}]}}}}, {text}}}", self.name)
            }
        }
    }

    fn part(&self, bits: u32, reads: &mut Reads) -> String {
        let mask = Interval::of(bits, false).high as u64;
        *reads.entry(self.name.clone()).or_default() |= mask << self.low;
        match bits {
            _ if bits == self.whole.bits => self.name.clone(),
            1 => format!("{}[{}]", self.name, self.low),
            _ => format!("{}[{}:{}]", self.name, self.low + bits - 1, self.low),
        }
    }

    /// It with a sign in Verilog's eyes, with the bits that its range needs, and these bits.
    pub fn with_sign(&self, reads: &mut Reads) -> (String, u32) {
        let needed = Type {
            signed: true,
            bits: self.range.signed_bits(),
        };
        let plain = self.kind.signed && needed.bits >= self.kind.bits;
        match plain && self.kind.bits == self.whole.bits {
            true => (self.fitted(self.kind.bits, reads), self.kind.bits),
            false => (
                format!("$signed({})", self.fitted(needed.bits, reads)),
                needed.bits,
            ),
        }
    }

    /// It without a sign, with the bits that its range needs.
    pub fn without_sign(&self, reads: &mut Reads) -> String {
        self.fitted(self.range.kind().bits, reads)
    }
}
