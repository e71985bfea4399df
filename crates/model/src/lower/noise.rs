//! Noise beside the rounding of the state that the condition compares: uniform, symmetric, white.

use super::{GUARD_BITS, Lowering};

/// Bits of the amplitude's register.
const AMPLITUDE_BITS: u32 = 16;
/// Bits of the uniform number that multiplies it.
const UNIFORM_BITS: u32 = 8;
/// Bits of a state that feels noise in units of its guard LSB; that of a longer one has fewer fraction bits, so that the
/// largest noise is the same share of every range, some 2^-12.
const STATE_BITS: u32 = 20;

/// What a tick adds to an offset: `+-((amplitude * u + 2^(shift-1)) >> shift)`, sign and `u` (8 bits) at random.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noise {
    /// Which of [`super::Derived::offsets`] it is added to.
    pub offset: usize,
    /// Right shift of the product, up to 8.
    pub shift: u32,
}

impl Noise {
    /// Size of the noise of a tick, guard LSB of the state.
    pub fn size(self, amplitude: i32, uniform: i32) -> i32 {
        (amplitude * uniform + self.half()) >> self.shift
    }

    /// What rounds the product.
    pub fn half(self) -> i32 {
        (1 << self.shift) >> 1
    }

    /// The largest size.
    fn most(self) -> i64 {
        let largest = |bits: u32| (1 << bits) - 1;
        i64::from(self.size(largest(AMPLITUDE_BITS), largest(UNIFORM_BITS)))
    }
}

impl Lowering<'_> {
    /// Puts noise on the offset that comes next, of a state with so many guard bits; the largest size. 0: none is wanted.
    pub(super) fn noise_on(&mut self, state: usize, guard: u32) -> i64 {
        if !self.is_noisy(state) {
            return 0;
        }
        let below = (self.words[state].bits + guard).saturating_sub(STATE_BITS + GUARD_BITS);
        let noise = Noise {
            offset: self.built.offsets.len(),
            shift: UNIFORM_BITS.saturating_sub(below),
        };
        self.built.noise = Some(noise);
        noise.most()
    }

    /// Whether a state is the one that feels noise.
    pub(super) fn is_noisy(&self, state: usize) -> bool {
        self.extras.noise && self.model.condition.state == state && !self.model.states[state].kernel
    }
}
