//! Kernels in a row keep the charge of a spike although the mantissas of their decays are rounded.
//!
//! The charge that reaches the last one is the product of the couplings over that of the decays, so a coupling is encoded
//! times what the rounding of the decays beside it makes of them: that of the kernel which it feeds, and of the kernel which
//! spikes are added to.

use super::{Coded, Coefficient, Derived};
use crate::coefficient::Mantissa;
use crate::interval::Interval;

/// One decay as its registers hold it is off by at most this: half a code of seven bits, with room.
const MOST: f64 = 1.0 / 64.0;

/// Bounds of a coupling of which those of its exact value are known.
pub(super) fn widened(exact: Interval) -> Interval {
    let most = (1.0 + MOST) * (1.0 + MOST);
    Interval::new(exact.low / most, exact.high * most)
}

impl Derived {
    /// What the registers of a coefficient hold but for their own rounding, in LSB of its sum over LSB of its factor.
    pub(crate) fn wanted(&self, c: &Coefficient, parameters: &[f64]) -> f64 {
        let exact = self.scaled(c, parameters);
        match c.value {
            Coded::Propagator { row, column } if row != column => {
                let fed = self.decay_in_force(row, parameters);
                let first = self.constants.kernels.states[column] == self.model.input;
                exact
                    * fed
                    * if first {
                        self.decay_in_force(column, parameters)
                    } else {
                        1.0
                    }
            }
            _ => exact,
        }
    }

    /// The decay of a kernel as its registers hold it, over the exact one.
    fn decay_in_force(&self, kernel: usize, parameters: &[f64]) -> f64 {
        let own = Coded::Propagator {
            row: kernel,
            column: kernel,
        };
        let Some(c) = self.coefficients.iter().find(|c| c.value == own) else {
            return 1.0;
        };
        let exact = self.scaled(c, parameters);
        let held = Mantissa::encode(exact, c.mantissa_bits).map_or(exact, Mantissa::value);
        if exact == 0.0 {
            return 1.0;
        }
        (held / exact).clamp(1.0 / (1.0 + MOST), 1.0 + MOST)
    }
}
