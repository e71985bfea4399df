//! Whether a membrane can reach its threshold at all: upper bounds that hold for every input, weight and state, from the
//! codes in force.
//!
//! A tick of the current, `i + d(i) + sum`, and of the membrane, `v + step(v)`, never falls where the state before rises
//! (as long as a tick takes no more than the whole of it). So what starts at or below a state that no longer rises stays
//! there.

use crate::{Chip, Codes, DesignRule, Finding, GUARD_BITS, Layer, LayerKind};
use bruno_chip::Rounding;

/// Parts of the membrane's word in which back-switching is bounded apart.
const SEGMENTS: i64 = 4096;

impl Chip {
    /// Why no neuron of hidden layer `index` can ever fire; `None` where one might, whatever is learnt for its weights.
    pub fn out_of_reach(&self, index: usize) -> Option<String> {
        let raw = self.description.layers.get(index)?;
        let layer = &self.layers[index];
        if layer.kind == LayerKind::File {
            return None;
        }
        let v_th = raw.device.v_th_v;
        let lsb = self.description.formats.v_lsb();
        let v_max = i64::from(self.constants.v_max);
        if i64::from(layer.codes.v_th) >= v_max {
            return Some(format!(
                "the threshold of {v_th} V stands at the upper end of V, {:.4} V: V is never above it",
                v_max as f64 * lsb
            ));
        }
        let current = highest_current(self, layer);
        let membrane = Membrane::new(self, layer, current);
        membrane.stays_below_threshold().then(|| {
            format!(
                "the threshold of {v_th} V cannot be reached: at the largest current, {:.4} pA, V stays at or below {:.4} V",
                current as f64 * self.description.formats.i_lsb_pa(),
                membrane.rest().max(i64::from(layer.codes.v_reset)) as f64 * lsb
            )
        })
    }
}

pub(super) fn threshold(chip: &Chip, index: usize) -> Option<Finding> {
    let why = chip.out_of_reach(index)?;
    let text = format!("layer `{}` can never fire: {why}", chip.layers[index].name);
    let remedy = "lower `v_th_V` or `g_leak_pS`, or raise the levels, `formats.i_range_pA` or `formats.v_range_V`";
    Some(Finding::judged(true, text, remedy))
}

/// Largest current that a layer can have, LSB: of every channel's strongest level in every tick, or the end of the word.
fn highest_current(chip: &Chip, layer: &Layer) -> i64 {
    let strongest = |levels: &[i32]| i64::from(levels.iter().copied().max().unwrap_or(0).max(0));
    let recurrences = (layer.fan_in() - layer.inputs) as i64;
    let sum = strongest(&layer.levels) * layer.inputs as i64
        + strongest(&layer.recurrent_levels) * recurrences;
    let top = i64::from(chip.constants.i_max);
    let decay = layer.codes.i_dec;
    let offset = match chip.rounding {
        Rounding::Nearest => decay.half(),
        Rounding::Stochastic => decay.mask(),
        Rounding::Truncate => 0,
    };
    match (sum, decay.mantissa) {
        (0, _) => 0,
        (_, 0) => top,
        // The smallest current of which a tick takes the sum: `(offset - i*m) >>> s <= -sum`.
        (_, m) => {
            let taken = i64::from(offset) + ((sum - 1) << decay.shift);
            (taken / i64::from(m) + 1).min(top)
        }
    }
}

/// The step of a membrane at the largest current.
struct Membrane<'a> {
    chip: &'a Chip,
    codes: &'a Codes,
    /// Charge may switch back.
    switches: bool,
    /// What the current adds to the step, with the offset of the rounding and the noise; guard LSB where there are any.
    drive: i64,
}

impl<'a> Membrane<'a> {
    fn new(chip: &'a Chip, layer: &'a Layer, current: i64) -> Self {
        let codes = &layer.codes;
        let product = (current >> chip.constants.pre) * i64::from(codes.input.mantissa);
        let rounded = (product + i64::from(codes.input.half())) >> codes.input.shift;
        let noise = match layer.options.noise {
            true => (i64::from(codes.noise_m) * 255 + 128) >> 8,
            false => 0,
        };
        let drive = match chip.rounding {
            Rounding::Nearest => rounded + (1 << (GUARD_BITS - 1)) + noise,
            Rounding::Stochastic => rounded + (1 << GUARD_BITS) - 1 + noise,
            Rounding::Truncate => product >> codes.input.shift,
        };
        Self {
            chip,
            codes,
            switches: layer.model.obeys(DesignRule::Switching),
            drive,
        }
    }

    /// What a tick at the largest current adds to a membrane, LSB; without what switches.
    fn step(&self, v: i64) -> i64 {
        let leak = self.codes.leak;
        let product = v * i64::from(leak.mantissa);
        match self.chip.rounding {
            Rounding::Truncate if v >= 0 => self.drive + (-product >> leak.shift),
            Rounding::Truncate => self.drive - (product >> leak.shift),
            _ => {
                let leaked = (product + i64::from(leak.half())) >> leak.shift;
                (self.drive - leaked) >> GUARD_BITS
            }
        }
    }

    /// The smallest membrane of the word that the current no longer raises, or the word's end.
    fn rest(&self) -> i64 {
        let (mut low, mut high) = (
            i64::from(self.codes.v_floor),
            i64::from(self.chip.constants.v_max),
        );
        while low < high {
            let middle = (low + high).div_euclid(2);
            if self.step(middle) > 0 {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        high
    }

    fn stays_below_threshold(&self) -> bool {
        let (v_th, v_reset) = (i64::from(self.codes.v_th), i64::from(self.codes.v_reset));
        // With more than the whole of V taken in a tick a membrane overshoots: no claim.
        let calm = self.codes.leak_share() <= 1.0;
        calm && v_reset <= v_th && self.step(v_th) <= 0 && self.switching_stays_below(v_th)
    }

    /// Whether no charge that switches back raises a membrane over a threshold that the current alone does not reach.
    /// Less switches back the higher the membrane, so the lower end of each part bounds it.
    fn switching_stays_below(&self, v_th: i64) -> bool {
        if !self.switches {
            return true;
        }
        let floor = i64::from(self.codes.v_floor);
        let length = ((v_th - floor) / SEGMENTS).max(1);
        let parts = (0..).map(|k| floor + k * length);
        parts
            .take_while(|low| *low <= v_th)
            .map(|low| (low, self.switches_back(low)))
            .take_while(|(_, raise)| *raise > 0)
            .all(|(low, raise)| low + length + self.step(low) + raise <= v_th)
    }

    /// Largest rise of a membrane by what switches back in one tick, LSB, whatever the occupation.
    fn switches_back(&self, v: i64) -> i64 {
        let codes = self.codes;
        let rounded = |value: i64, c: crate::Coefficient| {
            (value * i64::from(c.mantissa) + i64::from(c.half())) >> c.shift
        };
        let full = i64::from(self.chip.constants.p_one) - 1;
        let x = rounded(v, codes.xv) - rounded(full, codes.xp) + i64::from(codes.x0);
        // log2 of the downward rate is concave between its corners; one octave up bounds it.
        let octave = ((i64::from(codes.xc) - x) >> 12) + 1;
        let guarded = full << GUARD_BITS;
        let emptying = match octave {
            0.. => guarded,
            _ => guarded >> (-octave).min(62),
        };
        let half = match self.chip.rounding {
            Rounding::Stochastic => 0,
            _ => 1 << (GUARD_BITS - 1),
        };
        let lost = -((half - emptying) >> GUARD_BITS);
        match lost {
            ..=0 => 0,
            _ => ((lost.min(full) * i64::from(codes.kap.mantissa)) >> codes.kap.shift) + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_chip::Description;

    /// Whether a neuron of the description's only layer might fire.
    fn check(kind: &str, device: &str, synapse: &str, expected: Option<&str>) {
        let text = format!(
            r#"{{"name":"t","inputs":2,"layers":[{{"name":"hid","kind":"{kind}","neurons":2,"device":{device},
                "synapse":{synapse}}}],"readout":{{"outputs":1,"synapse":{{"range_pA":1}}}}}}"#
        );
        let chip = Chip::resolve("t", &Description::parse("t", &text).unwrap()).unwrap();
        let found = chip.out_of_reach(0);
        match expected {
            None => assert_eq!(found, None),
            Some(part) => assert!(
                found.as_ref().is_some_and(|f| f.contains(part)),
                "{found:?}"
            ),
        }
    }

    const STRONG: &str = r#"{"range_pA":300}"#;

    #[test]
    fn at_the_end_of_the_word() {
        check(
            "lif",
            r#"{"v_th_V":2}"#,
            STRONG,
            Some("upper end of V, 2.0000 V"),
        );
        check("felif", r#"{"v_th_V":2}"#, STRONG, Some("never above it"));
        check("lif", r#"{"v_th_V":1.99}"#, STRONG, None);
    }
    #[test]
    fn above_what_the_leak_leaves() {
        // 1024 pA over 10 nS.
        let leaky = r#"{"v_th_V":1.9,"g_leak_pS":10000,"tau_syn_ms":1}"#;
        check(
            "lif",
            leaky,
            STRONG,
            Some("1023.9999 pA, V stays at or below 0.102"),
        );
        check("felif", leaky, STRONG, Some("at or below 0.102"));
        check("lif", r#"{"v_th_V":0.1,"g_leak_pS":10000}"#, STRONG, None);
        check(
            "lif",
            r#"{"v_th_V":0.103,"g_leak_pS":10000}"#,
            STRONG,
            Some("0.102"),
        );
    }
    #[test]
    fn above_what_all_channels_bring() {
        // Two channels of 1e-3 pA at every microsecond, decaying with 1 ms: 2 pA over 20 pS.
        let weak = r#"{"range_pA":1e-3}"#;
        check(
            "lif",
            r#"{"tau_syn_ms":1,"v_th_V":0.2}"#,
            weak,
            Some("cannot be reached"),
        );
        check("lif", r#"{"tau_syn_ms":1,"v_th_V":0.05}"#, weak, None);
    }
    #[test]
    fn without_a_leak_every_current_counts() {
        check("lif", r#"{"g_leak_pS":0,"v_th_V":1.9}"#, STRONG, None);
    }
    #[test]
    fn a_current_in_the_dead_zone() {
        let device = r#"{"g_leak_pS":0,"tau_syn_ms":0.02,"area_um2":1000}"#;
        check(
            "lif",
            device,
            r#"{"range_pA":1e-3}"#,
            Some("cannot be reached"),
        );
    }
    #[test]
    fn negative_levels_alone() {
        check(
            "lif",
            "{}",
            r#"{"bits":1,"levels_pA":[-2,-1]}"#,
            Some("largest current, 0.0000 pA"),
        );
    }
    #[test]
    fn charge_that_switches_back() {
        // Back-switching at the floor can raise V by more than the current: no claim.
        let device = r#"{"g_leak_pS":10000,"w_b_eV":0.7,"v_floor_V":-1,"v_th_V":0.3,"p_reset":1}"#;
        check("felif", device, STRONG, None);
        check("lif", device, STRONG, Some("cannot be reached"));
    }
}
