//! Which states the kernels of a chip keep in the range of their registers, so that no bit is lost where a register is
//! written: shown for the chip's own word lengths, kernels and options each time it is asked (docs/formal.md).
//!
//! Assumed: a state is in its range before the tick, and registers hold what
//! [`bruno_device::NeuronModel::register_range`] grants them. The reset
//! of the states writes registers of that kind, or zero.

use super::names::{CLIPPED, FIRED, INJECT};
use super::{Bank, arrays, stages};
use crate::generate::register_map::bank_registers;
use crate::interval::{Interval, outputs};
use crate::{HdlError, Stage};
use bruno_device::{Chip, Layer};

/// Those of the [`super::states`] of a layer that stay in their range.
pub fn states_in_range(chip: &Chip, layer: &Layer) -> Result<Vec<(String, u32, bool)>, HdlError> {
    let bank = Bank {
        chip,
        layer,
        size: layer.neurons,
        arrays: arrays(chip, layer),
    };
    if layer.model.program.is_some() {
        // Its states are clamped at the ends of their words: the intervals of the program say so.
        return Ok(super::states(chip, layer));
    }
    let stages = stages(chip, layer)?;
    let bodies = [
        stages.neurons,
        stages.spikes,
        stages.saturations,
        stages.records,
    ];
    let mut kept = super::states(chip, layer);
    for body in &bodies {
        bank.retain_kept(body, &mut kept)?;
    }
    Ok(kept)
}

impl Bank<'_> {
    /// Leaves out the states that a body may write beyond their range.
    fn retain_kept(
        &self,
        body: &[Stage],
        kept: &mut Vec<(String, u32, bool)>,
    ) -> Result<(), HdlError> {
        let found = outputs(body, &|name| self.bounds(name))?;
        kept.retain(|(state, bits, signed)| {
            let results = self.array(state).map_or(&[][..], |a| &a.results);
            let written = results.iter().find_map(|name| found.get(name));
            written.is_none_or(|bounds| bounds.within(Interval::of(*bits, *signed)))
        });
        Ok(())
    }

    /// Bounds of a kernel's input in a loop.
    fn bounds(&self, name: &str) -> Option<Interval> {
        if let Some(array) = self.array(name) {
            return Some(Interval::of(array.bits, array.signed));
        }
        if let Some(value) = self.constant(name) {
            return Some(Interval::point(value.into()));
        }
        let register = bank_registers(self.layer).find(|(_, r)| r.name == name);
        match (name, register) {
            (_, Some((register, _))) => {
                let (low, high) = self.layer.model.register_range(register);
                Some(Interval { low, high })
            }
            ("spike", _) => Some(Interval::of(1, false)),
            (INJECT | CLIPPED | FIRED | "saturated" | "i_sat", _) => Some(Interval::of(32, true)),
            _ => self.bind(name).map(|_| Interval::of(32, false)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::states_in_range;
    use bruno_chip::Description;
    use bruno_device::{Chip, NeuronModel, Recorder};
    use std::sync::Arc;

    /// A hidden layer and a readout with these formats.
    fn chip(kind: &str, rounding: &str, [v, p, i]: [u32; 3]) -> Chip {
        let noise = match kind {
            "felif" => r#","noise_pA_rms":20"#,
            _ => "",
        };
        let text = format!(
            r#"{{"name":"ranges","inputs":2,"rounding":"{rounding}","recorder":"jacobian",
                "formats":{{"v_bits":{v},"p_bits":{p},"i_bits":{i}}},
                "layers":[{{"name":"hidden","kind":"{kind}","neurons":2,"synapse":{{"range_pA":1}},
                           "device":{{"area_um2":1{noise}}}}}],
                "readout":{{"outputs":1,"synapse":{{"range_pA":1}}}}}}"#
        );
        let description = Description::parse("ranges", &text).unwrap();
        Chip::resolve("ranges", &description).unwrap()
    }

    /// Every state of every layer, for every word length that a description can have.
    fn check(kind: &str, rounding: &str) {
        let given = chip(kind, rounding, [20, 20, 24]);
        for v_bits in 12..=20 {
            for p_bits in 12..=20 {
                for i_bits in 16..=24 {
                    // Resolved again only as far as the kernels see it: some lengths suit no device card.
                    let mut chip = given.clone();
                    let formats = &mut chip.description.formats;
                    (formats.v_bits, formats.p_bits, formats.i_bits) = (v_bits, p_bits, i_bits);
                    chip.constants = bruno_device::Constants::new(formats);
                    for layer in &mut chip.layers {
                        let d = &chip.description;
                        let recorder = Recorder::of(d);
                        let model =
                            NeuronModel::of(layer.kind, &d.formats, recorder, layer.options);
                        layer.model = Arc::new(model.unwrap());
                    }
                    for layer in &chip.layers {
                        let kept = states_in_range(&chip, layer).unwrap();
                        let all = crate::states(&chip, layer);
                        assert_eq!(kept, all, "v {v_bits}, p {p_bits}, i {i_bits}");
                    }
                }
            }
        }
    }

    #[test]
    fn felif() {
        check("felif", "nearest");
    }
    #[test]
    fn felif_at_random() {
        check("felif", "stochastic");
    }
    #[test]
    fn lif() {
        check("lif", "nearest");
    }
    #[test]
    fn lif_at_random() {
        check("lif", "stochastic");
    }
    #[test]
    fn lif_toward_zero() {
        check("lif", "truncate");
    }

    /// Arrays have 17 bits at least, so a chip with shorter words than its kernels' clamps allow is one of longer ones.
    fn check_lost(v_max: i32, p_one: i32, i_max: i32, lost: &str) {
        let mut chip = chip("felif", "nearest", [18, 18, 20]);
        (
            chip.constants.v_max,
            chip.constants.p_one,
            chip.constants.i_max,
        ) = (v_max, p_one, i_max);
        let kept = states_in_range(&chip, &chip.layers[0]).unwrap();
        let expected = ["v", "p", "i", "refr"].into_iter().filter(|s| *s != lost);
        assert!(
            expected.eq(kept.iter().map(|state| state.0.as_str())),
            "{kept:?}"
        );
    }

    #[test]
    fn clamps_at_the_ends_of_the_registers() {
        check_lost(131_071, 262_144, 524_287, "");
    }
    #[test]
    fn membrane_clamped_one_too_high() {
        check_lost(131_072, 262_144, 524_287, "v");
    }
    #[test]
    fn occupation_clamped_one_too_high() {
        check_lost(131_071, 262_145, 524_287, "p");
    }
    #[test]
    fn current_clamped_one_too_high() {
        check_lost(131_071, 262_144, 524_288, "i");
    }
}
