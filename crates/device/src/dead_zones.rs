//! Dead zones: how much a word length loses, from the codes that are in force.

use crate::{Codes, DesignRule, Felif, GUARD_BITS, Layer, TICK_S};
use bruno_chip::{Formats, Rounding};

/// The smallest quantities that still have an effect in one layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DeadZones {
    /// Smallest constant current that moves V, pA.
    pub current_pa: f64,
    /// Smallest rate that moves p, 1/s; none without p.
    pub rate_per_s: Option<f64>,
    /// Smallest |V| that the leak alone moves, V; none where the leak moves no V of the format.
    pub leak_v: Option<f64>,
    /// Largest synaptic current that no longer decays, pA.
    pub rest_pa: f64,
}

impl DeadZones {
    /// Dead zones of a hidden layer.
    pub fn of(layer: &Layer, model: &Felif, formats: &Formats, rounding: Rounding) -> Self {
        let guard = (-f64::from(GUARD_BITS)).exp2();
        let (v_steps, p_steps) = match rounding {
            Rounding::Nearest => (0.5, 0.5),
            // What the guard bits hold is right on average.
            Rounding::Stochastic => (0.5 * guard, guard),
            Rounding::Truncate => (1.0, 1.0),
        };
        let smallest_rate = p_steps * formats.p_lsb() / TICK_S;
        let switches = layer.model.obeys(DesignRule::Switching);
        let largest_v = (1 << (formats.v_bits - 1)) - 1;
        let leak = leak_moves(&layer.codes, rounding).filter(|v| *v <= largest_v);
        Self {
            current_pa: v_steps * current_per_lsb_pa(model, formats),
            rate_per_s: switches.then_some(smallest_rate),
            leak_v: leak.map(|v| v as f64 * formats.v_lsb()),
            rest_pa: rest_pa(layer, formats, rounding),
        }
    }
}

/// Current that moves V by one LSB a tick, pA.
pub(crate) fn current_per_lsb_pa(model: &Felif, formats: &Formats) -> f64 {
    formats.v_lsb() * model.capacitance_f / TICK_S * 1e12
}

/// Largest synaptic current of a layer that no longer decays, pA.
pub(crate) fn rest_pa(layer: &Layer, formats: &Formats, rounding: Rounding) -> f64 {
    current_rests(&layer.codes, rounding) as f64 * formats.i_lsb_pa()
}

/// Smallest positive code of V that a tick without current lowers; none without a leak.
///
/// Nearest: `(128 - lk) >>> 8 < 0` needs `lk = (v*m + h) >>> s` of 129; at random an `lk` of 1 is enough for some
/// offsets; toward zero every tick takes at least one LSB.
fn leak_moves(codes: &Codes, rounding: Rounding) -> Option<i64> {
    let leak = codes.leak;
    let needed = match rounding {
        Rounding::Nearest => (1i64 << (GUARD_BITS - 1)) + 1,
        Rounding::Stochastic | Rounding::Truncate => 1,
    };
    let (mantissa, half) = (i64::from(leak.mantissa), i64::from(leak.half()));
    match (mantissa, rounding) {
        (0, _) => None,
        (_, Rounding::Truncate) => Some(1),
        _ => Some(((needed << leak.shift) - half + mantissa - 1) / mantissa),
    }
}

/// Largest positive code of the current that stays: `(h - i*m) >>> s = 0`.
fn current_rests(codes: &Codes, rounding: Rounding) -> i64 {
    match rounding {
        Rounding::Nearest if codes.i_dec.mantissa > 0 => {
            i64::from(codes.i_dec.half() / codes.i_dec.mantissa)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Chip;
    use bruno_chip::Description;
    use proptest::prelude::*;

    fn codes(g_leak: f64, tau_ms: f64, v_bits: u32) -> Codes {
        let text = format!(
            r#"{{"name":"t","inputs":1,"formats":{{"v_bits":{v_bits}}},"layers":[{{"name":"h","kind":"lif","neurons":1,
                "device":{{"g_leak_pS":{g_leak},"tau_syn_ms":{tau_ms}}},"synapse":{{"range_pA":100}}}}],
                "readout":{{"outputs":1,"synapse":{{"range_pA":100}}}}}}"#
        );
        let description = Description::parse("t", &text).unwrap();
        Chip::resolve("t", &description).unwrap().layers[0]
            .codes
            .clone()
    }

    /// Steps 1 and 5 of the tick semantics without input: the change of V by the leak and of I by its decay.
    fn changes(codes: &Codes, v: i64, i: i64) -> (i64, i64) {
        let part = |y: i64, c: crate::Coefficient| (y * i64::from(c.mantissa), i64::from(c.half()));
        let (leak, leak_half) = part(v, codes.leak);
        let (decay, decay_half) = part(i, codes.i_dec);
        let lk = (leak + leak_half) >> codes.leak.shift;
        let d = (decay_half - decay) >> codes.i_dec.shift;
        ((128 - lk) >> 8, d)
    }

    proptest! {
        #[test]
        fn zones_end_where_the_datapath_moves(
            g_leak in 0.5f64..50.0, tau in 1.0f64..100.0, v_bits in 12u32..=20,
        ) {
            let codes = codes(g_leak, tau, v_bits);
            let v = leak_moves(&codes, Rounding::Nearest).unwrap();
            let i = current_rests(&codes, Rounding::Nearest);
            prop_assert_eq!(changes(&codes, v - 1, i), (0, 0));
            let (dv, di) = changes(&codes, v, i + 1);
            prop_assert!(dv < 0 && di < 0);
        }
    }
}
