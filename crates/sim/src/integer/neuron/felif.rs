//! FeLIF neurons.

use super::{Offsets, Outcome, State, membrane_step, rounded, threshold};
use bruno_device::{Codes, Constants, GUARD_BITS};

/// Steps 3..7; the current of this tick is already in the state.
pub fn moved(s: &mut State, codes: &Codes, k: &Constants, offsets: &Offsets) -> Outcome {
    let [v, p, i, ..] = &mut s.0;
    let before = *p;
    let x = rounded(*v, codes.xv) - rounded(before, codes.xp) + i64::from(codes.x0);
    let y = i64::from(codes.xc) - x;
    let (up, down) = (Rate::new(x), Rate::new(y));
    let filling = up.times(i64::from(k.p_one) - before);
    let emptying = down.times(before);
    let dp = (filling - emptying + offsets.p) >> GUARD_BITS;
    *p = (before + dp).clamp(0, i64::from(k.p_one) - 1);
    let switched = rounded(*p, codes.kap) - rounded(before, codes.kap);
    let wanted = *v + membrane_step(*v, *i, codes, k, offsets) - switched;
    let (mut outcome, near) = threshold(v, wanted, codes, k);
    if outcome.spike && !codes.keep_p {
        *p = i64::from(codes.p_reset);
    }
    let below = |z: i64, flow: i64| if z < 0 { flow } else { 0 };
    let net = ((filling - emptying) >> k.flow_shift).clamp(1 - SAMPLE_END / 2, SAMPLE_END / 2 - 1);
    let steep = (below(x, filling) + below(y, emptying)) >> k.flow_shift;
    let rates = up.per_tick() + down.per_tick();
    let samples = [
        net,
        steep.min(SAMPLE_END - 1),
        rates.min(SAMPLE_END - 1),
        near,
    ];
    outcome.samples[..samples.len()].copy_from_slice(&samples);
    outcome
}

/// No sample of a tick reaches this.
const SAMPLE_END: i64 = 1 << 20;

/// Step 3: a switching rate `2^z` a tick, `z` in units of 2^-12, saturating at one.
struct Rate {
    mantissa: i64,
    shift: i64,
}

impl Rate {
    fn new(z: i64) -> Self {
        let z = z.min(0);
        let fraction = z & 4095;
        let slope = 2689 + ((1407 * fraction) >> 12);
        Self {
            mantissa: 1024 + ((slope * fraction + 8190) >> 14),
            shift: (2 - (z >> 12)).min(31),
        }
    }

    /// One product of step 4, with guard bits.
    fn times(&self, value: i64) -> i64 {
        (self.mantissa * value) >> self.shift
    }

    /// The rate, LSB 2^-24.
    fn per_tick(&self) -> i64 {
        (self.mantissa << 16) >> self.shift
    }
}
