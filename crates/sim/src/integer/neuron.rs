//! The arithmetic of one neuron in one tick, step by step as docs/semantics.md numbers it: what all kinds share. What moves
//! the states of a kind stands in a file of its own.

mod felif;
mod lif;

use super::random::Offsets;
use bruno_chip::Rounding;
use bruno_device::{
    Codes, Coefficient, Constants, GUARD_BITS, LayerKind, MOST_STATES, NeuronModel, StateId,
};

/// Everything that a neuron remembers: its states in the order of their declaration, in LSB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct State(pub(crate) [i64; MOST_STATES]);

impl State {
    /// A state.
    pub fn get(&self, id: StateId) -> i64 {
        self.0[id.place()]
    }

    fn at(&mut self, id: StateId) -> &mut i64 {
        &mut self.0[id.place()]
    }
}

/// What a neuron did in one tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// The threshold was crossed.
    pub spike: bool,
    /// The synaptic current was clamped at an end of its word.
    pub clipped: bool,
    /// The membrane was clamped at the upper end of its word.
    pub topped: bool,
    /// The membrane was clamped at its floor.
    pub floored: bool,
    /// Updates that a program counts as saturated; the clamps above are those of other neurons.
    pub saturated: i64,
    /// What the tick tells the recorder, in the order of the declaration; zero in a refractory one.
    pub samples: [i64; MOST_STATES],
}

impl Outcome {
    /// Saturated updates.
    pub fn saturations(&self) -> i64 {
        i64::from(self.clipped) + i64::from(self.topped) + self.saturated
    }
}

/// What the ticks of one layer's neurons are computed with.
pub struct Arithmetic {
    /// Which equations move the states.
    kind: LayerKind,
    /// The synaptic current.
    current: StateId,
    /// The refractory time left, of neurons that spike.
    timer: Option<StateId>,
    k: Constants,
    rounding: Rounding,
}

impl Arithmetic {
    /// That of a kind as declared, on a chip with these constants.
    pub fn of(kind: LayerKind, model: &NeuronModel, k: Constants, rounding: Rounding) -> Self {
        Self {
            kind,
            current: model.current,
            timer: model.fires.and_then(|f| f.timer),
            k,
            rounding,
        }
    }

    /// One tick: the current, then unless the neuron is refractory its equations, threshold and reset.
    pub fn tick(&self, s: &mut State, inject: i64, codes: &Codes, offsets: &Offsets) -> Outcome {
        let clipped = self.synapse(s.at(self.current), inject, codes, offsets);
        let mut outcome = match self.timer.map(|timer| s.at(timer)) {
            Some(refr) if *refr != 0 => {
                *refr -= 1;
                Outcome::default()
            }
            _ => self.moved(s, codes, offsets),
        };
        if let (true, Some(timer)) = (outcome.spike, self.timer) {
            *s.at(timer) = i64::from(codes.t_ref);
        }
        outcome.clipped = clipped;
        outcome
    }

    /// Steps 3..7 of a neuron that is not refractory.
    fn moved(&self, s: &mut State, codes: &Codes, offsets: &Offsets) -> Outcome {
        match self.kind {
            LayerKind::Felif => felif::moved(s, codes, &self.k, offsets),
            LayerKind::Lif => lif::moved(s, codes, &self.k, self.rounding, offsets),
            // Those of a file are moved by their program (`program.rs`).
            LayerKind::File | LayerKind::Readout => Outcome::default(),
        }
    }

    /// Step 1: decay, injection, clamp. Whether it was clamped.
    fn synapse(&self, i: &mut i64, inject: i64, codes: &Codes, offsets: &Offsets) -> bool {
        let c = codes.i_dec;
        let decayed = match self.rounding {
            Rounding::Truncate => decay_toward_zero(*i, c),
            Rounding::Nearest | Rounding::Stochastic => {
                *i + ((offsets.i - *i * i64::from(c.mantissa)) >> c.shift)
            }
        };
        let wanted = decayed + inject;
        *i = wanted.clamp(i64::from(self.k.i_min), i64::from(self.k.i_max));
        *i != wanted
    }
}

fn rounded(value: i64, c: Coefficient) -> i64 {
    (value * i64::from(c.mantissa) + i64::from(c.half())) >> c.shift
}

/// The quantised `(I - g V) dt/C` of step 5, with the noise.
fn membrane_step(v: i64, i: i64, codes: &Codes, k: &Constants, offsets: &Offsets) -> i64 {
    let input = rounded(i >> k.pre, codes.input);
    let leak = rounded(v, codes.leak);
    (input - leak + offsets.v) >> GUARD_BITS
}

/// Steps 6 and 7 of a membrane that would move to `wanted`: clamps, threshold, reset. With its surrogate.
fn threshold(v: &mut i64, wanted: i64, codes: &Codes, k: &Constants) -> (Outcome, i64) {
    let floored = wanted.max(i64::from(codes.v_floor));
    *v = floored.min(i64::from(k.v_max));
    let near = surrogate(i64::from(codes.v_th) - *v, i64::from(codes.sur_w));
    let outcome = Outcome {
        spike: *v > i64::from(codes.v_th),
        topped: *v != floored,
        floored: floored != wanted,
        ..Outcome::default()
    };
    if outcome.spike {
        *v = i64::from(codes.v_reset);
    }
    (outcome, near)
}

/// The polyline surrogate of docs/semantics.md at a distance from the threshold.
fn surrogate(margin: i64, width: i64) -> i64 {
    let ramp = |ends: i64| (ends * width - margin.abs()).max(0);
    (448 * ramp(1) + 56 * ramp(3) + 7 * ramp(7) + ramp(15)) >> 7
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
    use bruno_chip::{DeviceCard, Formats, RecorderLevel};
    use bruno_device::{NeuronModel, Options, Recorder};
    use proptest::prelude::*;

    const K: fn() -> Constants = || Constants::new(&Formats::default());

    const RECORDER: Recorder = Recorder {
        level: RecorderLevel::Sample,
        window_ticks: 1000,
    };

    const NEAREST: Offsets = Offsets {
        i: 0,
        p: 128,
        v: 128,
    };

    /// States in declared order: V, p, I, refractory time; V, I, refractory time.
    fn state(first: [i64; 4]) -> State {
        let mut all = State::default();
        all.0[..4].copy_from_slice(&first);
        all
    }
    fn felif(v: i64, p: i64, i: i64, refr: i64) -> State {
        state([v, p, i, refr])
    }
    fn lif(v: i64, i: i64, refr: i64) -> State {
        state([v, i, refr, 0])
    }

    /// The arithmetic of a kind with the default formats.
    fn arithmetic(kind: LayerKind, rounding: Rounding) -> Arithmetic {
        let options = Options {
            stochastic: rounding == Rounding::Stochastic,
            noise: false,
            jacobian: false,
        };
        let model = NeuronModel::of(kind, &Formats::default(), RECORDER, options).unwrap();
        Arithmetic::of(kind, &model, K(), rounding)
    }

    fn check_order(kind: LayerKind, expected: &[&str]) {
        let options = Options {
            stochastic: false,
            noise: false,
            jacobian: false,
        };
        let model = NeuronModel::of(kind, &Formats::default(), RECORDER, options).unwrap();
        let names: Vec<&str> = model.states.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn felif_takes_its_states_as_declared() {
        check_order(LayerKind::Felif, &["v", "p", "i", "refr"]);
    }
    #[test]
    fn lif_takes_its_states_as_declared() {
        check_order(LayerKind::Lif, &["v", "i", "refr"]);
    }

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
            let mut s = felif(v, p, i, 0);
            let before = v + rounded(p, codes.kap);
            let step = membrane_step(v, i, &codes, &K(), &offsets);
            let outcome = felif::moved(&mut s, &codes, &K(), &offsets);
            let [v, p, ..] = s.0;
            prop_assume!(!outcome.spike && v > i64::from(codes.v_floor) && !outcome.topped);
            prop_assert_eq!(v + rounded(p, codes.kap), before + step);
        }

        /// A current decays toward zero and never past it, whatever the random offset.
        #[test]
        fn a_current_decays(i in -(1i64 << 23)..1 << 23, word in 0u32..) {
            let codes = codes(&DeviceCard::default());
            let offsets = Offsets::new(Rounding::Stochastic, &codes, 0, [word, 0]);
            let mut now = i;
            let readout = arithmetic(LayerKind::Readout, Rounding::Stochastic);
            readout.synapse(&mut now, 0, &codes, &offsets);
            prop_assert!(now.abs() <= i.abs() && now * i >= 0);
        }

        /// Samples of the recorder's sums stay below 2^20 from any state.
        #[test]
        fn samples_fit(v in -(1i64 << 19)..1 << 19, p in 0i64..1 << 20, sur_w in 0i32..1 << 17, x0 in -(1i32 << 18)..1 << 16) {
            let codes = Codes { sur_w, x0, ..codes(&DeviceCard::default()) };
            let mut s = felif(v, p, 0, 0);
            let [net_flow, steep_flow, rates, near, ..] =
                felif::moved(&mut s, &codes, &K(), &NEAREST).samples;
            prop_assert!(net_flow.abs() < 1 << 19);
            for sample in [steep_flow, rates, near] {
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
            let mut s = felif(v, p, i, refr);
            arithmetic(LayerKind::Felif, Rounding::Nearest).tick(&mut s, inject, &codes, &NEAREST);
            let [v, p, i, left, ..] = s.0;
            prop_assert!((-(1 << 19)..1 << 19).contains(&v));
            prop_assert!((0..1 << 20).contains(&p));
            prop_assert!((-(1 << 23)..1 << 23).contains(&i));
            prop_assert!(left == refr - 1 || refr == 0);
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
        let mut s = lif(i64::from(codes.v_th) + offset, 0, 0);
        let lif = arithmetic(LayerKind::Lif, Rounding::Nearest);
        assert_eq!(lif.tick(&mut s, 0, &codes, &NEAREST).spike, spikes);
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
