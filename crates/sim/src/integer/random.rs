//! Random words of a layer and what is made of them, as docs/semantics.md gives them.

use bruno_chip::Rounding;
use bruno_device::{Codes, GUARD_BITS};

/// The generator of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generator(u32);

impl Generator {
    /// The state of the first tick.
    pub fn new(seed: i32) -> Self {
        Self(((seed as u32) << 2) | 1)
    }

    /// One tick on.
    pub fn advance(&mut self) {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
    }

    /// The random words of this tick of neuron `index` of the layer.
    pub fn words(self, index: usize) -> [u32; 2] {
        let index = index as u32;
        let mut w = self.0.wrapping_add(index | index << 12 | index << 24);
        for (right, left) in [(16, 5), (11, 3), (13, 9)] {
            w ^= w >> right;
            w = w.wrapping_add(w << left);
        }
        w ^= w >> 15;
        let second = w.wrapping_add(w << 9).wrapping_add(0x1bd1_e995);
        [w, second ^ (second >> 14)]
    }
}

/// What is added below the LSB of each state before it is rounded, in this tick and neuron.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offsets {
    /// Synaptic current, LSB 2^-i_dec_s of I's.
    pub i: i64,
    /// Occupation, LSB 2^-8 of p's.
    pub p: i64,
    /// Membrane, LSB 2^-8 of V's; with the noise.
    pub v: i64,
}

impl Offsets {
    /// The offsets of a rounding (without meaning for `truncate`) from a neuron's random words, with noise of the
    /// amplitude `noise_m` (0 without its hardware).
    pub fn new(rounding: Rounding, codes: &Codes, noise_m: i32, words: [u32; 2]) -> Self {
        let [first, second] = words.map(i64::from);
        let half = 1 << (GUARD_BITS - 1);
        let [i, p, v] = match rounding {
            Rounding::Stochastic => [
                first & i64::from(codes.i_dec.mask()),
                (second >> 8) % 256,
                second % 256,
            ],
            _ => [i64::from(codes.i_dec.half()), half, half],
        };
        let size = (i64::from(noise_m) * ((second >> 16) % 256) + 128) >> 8;
        let noise = if second >> 31 == 1 { -size } else { size };
        Self { i, p, v: v + noise }
    }
}
