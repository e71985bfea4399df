//! LIF neurons.

use super::{Offsets, Outcome, State, decay_toward_zero, membrane_step, threshold};
use bruno_chip::Rounding;
use bruno_device::{Codes, Coefficient, Constants};

/// Steps 5..7; the current of this tick is already in the state.
pub fn moved(
    s: &mut State,
    codes: &Codes,
    k: &Constants,
    rounding: Rounding,
    offsets: &Offsets,
) -> Outcome {
    let [v, i, ..] = &mut s.0;
    let wanted = match rounding {
        Rounding::Nearest | Rounding::Stochastic => *v + membrane_step(*v, *i, codes, k, offsets),
        Rounding::Truncate => decay_toward_zero(*v, codes.leak) + driven(*i >> k.pre, codes.input),
    };
    let (mut outcome, near) = threshold(v, wanted, codes, k);
    outcome.samples[0] = near;
    outcome
}

/// A product truncated toward zero.
fn driven(value: i64, c: Coefficient) -> i64 {
    let product = value * i64::from(c.mantissa);
    if product >= 0 {
        product >> c.shift
    } else {
        -(-product >> c.shift)
    }
}
