//! Level tables in the codes of the current: what is left of them.

use crate::rram::levels_pa;
use crate::{Chip, CurrentWord, Finding};
use bruno_chip::{Mapping, Synapse};

/// Tables whose levels fall together in the codes of the current, or stand at the ends of its word.
pub(super) fn levels_left(chip: &Chip) -> Vec<Finding> {
    let tables = tables(chip).into_iter();
    tables
        .flat_map(|t| [t.nominal(), t.after_drift()])
        .flatten()
        .collect()
}

/// The codes of a level table, and the synapse whose levels they stand for.
pub(super) struct Table<'a> {
    /// What it is called in findings.
    what: String,
    /// Its field in the description.
    pub field: String,
    /// In order, as levels are.
    pub codes: &'a [i32],
    /// What they are codes of.
    pub current: CurrentWord,
    synapse: &'a Synapse,
}

impl Table<'_> {
    pub fn distinct_codes(&self) -> usize {
        distinct(self.codes)
    }

    fn nominal(&self) -> Option<Finding> {
        let edge = |l: &&i32| self.current.ends().contains(l);
        let clipped = self.codes.iter().filter(edge).count();
        let (left, all) = (self.distinct_codes(), self.codes.len());
        let mut parts = Vec::new();
        if left < distinct(&levels_pa(self.synapse)) {
            let lsb = self.current.lsb_pa;
            parts.push(format!(
                "only {left} of {all} levels are left in codes of {lsb:.3e} pA"
            ));
        }
        if clipped > 0 {
            parts.push(format!(
                "{clipped} level(s) stand at the edge of the current's range and may be clipped"
            ));
        }
        let remedy = match clipped {
            0 => "raise the levels or `formats.i_bits`, or lower `formats.i_range_pA`",
            _ => "raise `formats.i_range_pA` or lower the levels",
        };
        let text = format!("{}: {}", self.what, parts.join("; "));
        (!parts.is_empty()).then(|| Finding::judged(true, text, remedy))
    }

    /// What the mean drift of pairs of devices leaves: it takes all currents down by one factor.
    fn after_drift(&self) -> Option<Finding> {
        let rram = self.synapse.rram.as_ref()?;
        let drift = rram
            .drift
            .filter(|_| rram.mapping == Mapping::Differential)?;
        let factor = (drift.time_s / drift.t0_s).powf(-drift.nu);
        let levels = levels_pa(self.synapse);
        let codes: Vec<i32> = levels
            .iter()
            .map(|l| self.current.code(l * factor))
            .collect();
        let (left, before) = (distinct(&codes), self.distinct_codes());
        let text = format!(
            "{}: on virtual chips the mean drift of {} s leaves {left} of {before} levels in codes of {:.3e} pA",
            self.what, drift.time_s, self.current.lsb_pa
        );
        let remedy = "raise the levels or `formats.i_bits`, or lower `formats.i_range_pA`";
        (left < before).then(|| Finding::judged(true, text, remedy))
    }
}

/// Different values of a list in order.
fn distinct<T: PartialEq + Clone>(sorted: &[T]) -> usize {
    let mut values = sorted.to_vec();
    values.dedup();
    values.len()
}

/// Every level table of a chip.
pub(super) fn tables(chip: &Chip) -> Vec<Table<'_>> {
    let description = &chip.description;
    let mut tables = Vec::new();
    for (index, (layer, raw)) in chip.layers.iter().zip(&description.layers).enumerate() {
        tables.push(Table {
            what: format!("layer `{}`, synapses of the input", layer.name),
            field: format!("layers[{index}].synapse"),
            codes: &layer.levels,
            current: layer.current,
            synapse: &raw.synapse,
        });
        if layer.recurrent {
            let (field, synapse) = match &raw.recurrent_synapse {
                Some(own) => ("recurrent_synapse", own),
                None => ("synapse", &raw.synapse),
            };
            tables.push(Table {
                what: format!("layer `{}`, recurrent synapses", layer.name),
                field: format!("layers[{index}].{field}"),
                codes: &layer.recurrent_levels,
                current: layer.current,
                synapse,
            });
        }
    }
    tables.push(Table {
        what: "layer `readout`, synapses".into(),
        field: "readout.synapse".into(),
        codes: &chip.layers[chip.readout()].levels,
        current: chip.layers[chip.readout()].current,
        synapse: &description.readout.synapse,
    });
    tables
}

#[cfg(test)]
mod tests {
    use crate::Verdict;
    use crate::limits::check;

    const RANGE: &str = "\"range_pA\": 300";

    #[test]
    fn levels_beyond_the_range() {
        let expected = "synapses of the input: only 2 of 8 levels are left in codes of 1.221e-4 pA; 8 level(s) stand at the edge";
        check(RANGE, "\"range_pA\": 1e5", Verdict::Act, expected);
    }
    #[test]
    fn levels_at_the_end_of_the_range() {
        let expected = "synapses of the input: 2 level(s) stand at the edge of the current's range and may be clipped";
        check(RANGE, "\"range_pA\": 1024", Verdict::Act, expected);
    }
    #[test]
    fn levels_that_fall_together() {
        let narrow = "\"levels_pA\": [-3, -2, -1, 1e-5, 2e-5, 3e-5, 1, 2]";
        let expected = "synapses of the input: only 6 of 8 levels are left";
        check(RANGE, narrow, Verdict::Act, expected);
    }
    #[test]
    fn levels_that_drift_together() {
        // A millionth of 300 pA: two codes.
        let drift = "\"range_pA\": 300, \"rram\": { \"preset\": \"wan2022\", \"drift\": { \"nu\": 1, \"time_s\": 1e6 } }";
        let expected = "on virtual chips the mean drift of 1000000 s leaves 5 of 8 levels";
        check(RANGE, drift, Verdict::Act, expected);
    }
    #[test]
    fn recurrent_levels_that_fall_together() {
        let narrow = "\"levels_pA\": [-3e-4, -2e-4, -1e-4, 0, 1e-5, 2e-5, 1e-4, 2e-4] }";
        let expected = "recurrent synapses: only 5 of 8 levels are left";
        check("\"range_pA\": 30 }", narrow, Verdict::Act, expected);
    }
}
