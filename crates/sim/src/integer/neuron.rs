//! The arithmetic of one neuron in one tick, step by step as docs/semantics.md numbers it.

use super::random::Offsets;
use bruno_chip::Rounding;
use bruno_device::{Codes, Coefficient, Constants};

/// Everything a neuron remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct State {
    /// Membrane, LSB of V.
    pub v: i64,
    /// Occupation, LSB of p.
    pub p: i64,
    /// Synaptic current, LSB of I.
    pub i: i64,
    /// Ticks of refractory time left.
    pub refr: i64,
}

impl State {
    /// A state by its name in the RTL.
    pub fn get(&self, name: &str) -> i64 {
        match name {
            "v" => self.v,
            "p" => self.p,
            "i" => self.i,
            _ => self.refr,
        }
    }
}

/// What a neuron did in one tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// The threshold was crossed.
    pub spike: bool,
    /// Saturated updates of the membrane (0 or 1).
    pub saturations: i64,
    /// The membrane was clamped at its floor.
    pub floored: bool,
    /// What the tick adds to the sums of the recorder level `jacobian`; zero in a refractory one.
    pub linear: Linear,
}

/// A tick's samples for the mean linearisation of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Linear {
    /// `k+ (1-p) - k- p`.
    pub net_flow: i64,
    /// `k+ (1-p) + k- p` of the rates below saturation.
    pub steep_flow: i64,
    /// `k+ + k-`.
    pub rates: i64,
    /// Surrogate of the membrane before a reset.
    pub near: i64,
}

fn rounded(value: i64, c: Coefficient) -> i64 {
    (value * i64::from(c.mantissa) + i64::from(c.half())) >> c.shift
}

/// Step 1: decay, injection, clamp. Returns the saturations.
pub fn synapse(
    s: &mut State,
    inject: i64,
    codes: &Codes,
    k: &Constants,
    rounding: Rounding,
    offsets: &Offsets,
) -> i64 {
    let c = codes.i_dec;
    let decayed = match rounding {
        Rounding::Truncate => decay_toward_zero(s.i, c),
        _ => s.i + ((offsets.i - s.i * i64::from(c.mantissa)) >> c.shift),
    };
    let wanted = decayed + inject;
    s.i = wanted.clamp(i64::from(k.i_min), i64::from(k.i_max));
    i64::from(s.i != wanted)
}

/// Steps 2, 5, 6, 7 of a LIF neuron; the current of this tick is already in `s.i`.
pub fn lif(
    s: &mut State,
    codes: &Codes,
    k: &Constants,
    rounding: Rounding,
    offsets: &Offsets,
) -> Outcome {
    if s.refr != 0 {
        s.refr -= 1;
        return Outcome::default();
    }
    let v = match rounding {
        Rounding::Nearest | Rounding::Stochastic => s.v + membrane_step(s, codes, k, offsets),
        Rounding::Truncate => {
            let product = (s.i >> k.pre) * i64::from(codes.input.mantissa);
            decay_toward_zero(s.v, codes.leak) + toward_zero(product, codes.input.shift)
        }
    };
    threshold(s, v, codes, k)
}

/// Steps 2..7 of a FeLIF neuron; the current of this tick is already in `s.i`.
pub fn felif(s: &mut State, codes: &Codes, k: &Constants, offsets: &Offsets) -> Outcome {
    if s.refr != 0 {
        s.refr -= 1;
        return Outcome::default();
    }
    let x = rounded(s.v, codes.xv) - rounded(s.p, codes.xp) + i64::from(codes.x0);
    let y = i64::from(codes.xc) - x;
    let (up, down) = (Rate::new(x), Rate::new(y));
    let filling = up.times(i64::from(k.p_one) - s.p);
    let emptying = down.times(s.p);
    let dp = (filling - emptying + offsets.p) >> bruno_device::GUARD_BITS;
    let p = (s.p + dp).clamp(0, i64::from(k.p_one) - 1);
    let switched = rounded(p, codes.kap) - rounded(s.p, codes.kap);
    let v = s.v + membrane_step(s, codes, k, offsets) - switched;
    s.p = p;
    let mut outcome = threshold(s, v, codes, k);
    if outcome.spike && !codes.keep_p {
        s.p = i64::from(codes.p_reset);
    }
    let below = |z: i64, flow: i64| if z < 0 { flow } else { 0 };
    outcome.linear.net_flow =
        ((filling - emptying) >> k.flow_shift).clamp(1 - SAMPLE_END / 2, SAMPLE_END / 2 - 1);
    let steep = below(x, filling) + below(y, emptying);
    outcome.linear.steep_flow = (steep >> k.flow_shift).min(SAMPLE_END - 1);
    outcome.linear.rates = (up.per_tick() + down.per_tick()).min(SAMPLE_END - 1);
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

/// The quantised `(I - g V) dt/C` of step 5, with the noise.
fn membrane_step(s: &State, codes: &Codes, k: &Constants, offsets: &Offsets) -> i64 {
    let input = rounded(s.i >> k.pre, codes.input);
    let leak = rounded(s.v, codes.leak);
    (input - leak + offsets.v) >> bruno_device::GUARD_BITS
}

/// Steps 6 and 7.
fn threshold(s: &mut State, v: i64, codes: &Codes, k: &Constants) -> Outcome {
    let floored = v.max(i64::from(codes.v_floor));
    s.v = floored.min(i64::from(k.v_max));
    let saturations = i64::from(s.v != floored);
    let near = surrogate(i64::from(codes.v_th) - s.v, i64::from(codes.sur_w));
    let spike = s.v > i64::from(codes.v_th);
    if spike {
        s.v = i64::from(codes.v_reset);
        s.refr = i64::from(codes.t_ref);
    }
    let linear = Linear {
        near,
        ..Linear::default()
    };
    Outcome {
        spike,
        saturations,
        floored: floored != v,
        linear,
    }
}

/// The polyline surrogate of docs/semantics.md at a distance from the threshold.
fn surrogate(margin: i64, width: i64) -> i64 {
    let ramp = |ends: i64| (ends * width - margin.abs()).max(0);
    (448 * ramp(1) + 56 * ramp(3) + 7 * ramp(7) + ramp(15)) >> 7
}

fn toward_zero(value: i64, shift: u32) -> i64 {
    if value >= 0 {
        value >> shift
    } else {
        -(-value >> shift)
    }
}

/// `value * (1 - c)`, truncated toward zero: what is taken off is rounded away from zero.
fn decay_toward_zero(value: i64, c: Coefficient) -> i64 {
    let product = value * i64::from(c.mantissa);
    let taken = if value >= 0 {
        -(-product >> c.shift)
    } else {
        product >> c.shift
    };
    value - taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_chip::{DeviceCard, Formats};
    use proptest::prelude::*;

    const K: fn() -> Constants = || Constants::new(&Formats::default());

    const NEAREST: Offsets = Offsets {
        i: 0,
        p: 128,
        v: 128,
    };

    fn codes(card: &DeviceCard) -> Codes {
        Codes::new(card, &Formats::default(), Rounding::Nearest).unwrap()
    }

    proptest! {
        /// Charge: `v + rnd(kappa p)` changes by exactly the quantised current's step, whatever switches and however the
        /// flow and the step are rounded.
        #[test]
        fn charge_is_conserved(
            v in -131_071i64..209_715, p in 0i64..1 << 20, i in -(1i64 << 23)..1 << 23,
            p_offset in 0i64..256, v_offset in -65_280i64..65_536,
        ) {
            let codes = codes(&DeviceCard::default());
            let offsets = Offsets { i: 0, p: p_offset, v: v_offset };
            let mut s = State { v, p, i, refr: 0 };
            let before = s.v + rounded(s.p, codes.kap);
            let step = membrane_step(&s, &codes, &K(), &offsets);
            let outcome = felif(&mut s, &codes, &K(), &offsets);
            let free = !outcome.spike && s.v > i64::from(codes.v_floor) && outcome.saturations == 0;
            prop_assume!(free);
            prop_assert_eq!(s.v + rounded(s.p, codes.kap), before + step);
        }

        /// A current decays toward zero and never past it, whatever the random offset.
        #[test]
        fn a_current_decays(i in -(1i64 << 23)..1 << 23, word in 0u32..) {
            let codes = codes(&DeviceCard::default());
            let offsets = Offsets::new(Rounding::Stochastic, &codes, 0, [word, 0]);
            let mut s = State { i, ..State::default() };
            synapse(&mut s, 0, &codes, &K(), Rounding::Stochastic, &offsets);
            prop_assert!(s.i.abs() <= i.abs() && s.i * i >= 0);
        }

        /// Samples of the recorder's sums stay below 2^20 from any state.
        #[test]
        fn samples_fit(v in -(1i64 << 19)..1 << 19, p in 0i64..1 << 20, sur_w in 0i32..1 << 17, x0 in -(1i32 << 18)..1 << 16) {
            let codes = Codes { sur_w, x0, ..codes(&DeviceCard::default()) };
            let mut s = State { v, p, i: 0, refr: 0 };
            let found = felif(&mut s, &codes, &K(), &NEAREST).linear;
            prop_assert!(found.net_flow.abs() < 1 << 19);
            for sample in [found.steep_flow, found.rates, found.near] {
                prop_assert!((0..1 << 20).contains(&sample));
            }
        }

        /// States stay in their words and the refractory time runs out, from any state under any current.
        #[test]
        fn states_stay_in_range(
            v in -(1i64 << 19)..1 << 19, p in 0i64..1 << 20, i in -(1i64 << 23)..1 << 23, refr in 0i64..3,
            inject in -(1i64 << 30)..1 << 30,
        ) {
            let codes = codes(&DeviceCard::default());
            let mut s = State { v, p, i, refr };
            synapse(&mut s, inject, &codes, &K(), Rounding::Nearest, &NEAREST);
            felif(&mut s, &codes, &K(), &NEAREST);
            prop_assert!((-(1 << 19)..1 << 19).contains(&s.v));
            prop_assert!((0..1 << 20).contains(&s.p));
            prop_assert!((-(1 << 23)..1 << 23).contains(&s.i));
            prop_assert!(s.refr == refr - 1 || refr == 0);
        }
    }

    /// The surrogate's polyline at a distance in widths against `0.5/(1+|u|)^2`.
    fn check_surrogate(u: f64, below: f64, above: f64) {
        let width = 26_214;
        let found = surrogate((u * f64::from(width)) as i64, i64::from(width));
        let h = found as f64 * 128.0 * 0.375 / 512.0 / f64::from(width);
        let curve = 0.5 / (1.0 + u.abs()).powi(2);
        assert!(
            (curve - below..=curve + above).contains(&h),
            "h({u}) = {h} for {curve}"
        );
    }

    #[test]
    fn surrogate_at_the_threshold() {
        check_surrogate(0.0, 0.003, 0.0);
    }
    #[test]
    fn surrogate_at_a_corner() {
        check_surrogate(-3.0, 0.003, 0.0);
    }
    #[test]
    fn surrogate_between_corners() {
        check_surrogate(0.556, 0.0, 0.41 * 0.207);
    }
    #[test]
    fn surrogate_far_away() {
        check_surrogate(20.0, 0.0012, 0.0);
    }

    /// The threshold is strict: a membrane exactly on it stays.
    fn check_threshold(offset: i64, spikes: bool) {
        let card = DeviceCard {
            g_leak_ps: 0.0,
            ..DeviceCard::default()
        };
        let codes = codes(&card);
        let mut s = State {
            v: i64::from(codes.v_th) + offset,
            ..State::default()
        };
        assert_eq!(
            lif(&mut s, &codes, &K(), Rounding::Nearest, &NEAREST).spike,
            spikes
        );
    }

    #[test]
    fn on_the_threshold() {
        check_threshold(0, false);
    }
    #[test]
    fn above_the_threshold() {
        check_threshold(1, true);
    }
}
