//! Level tables in the codes of the current: what is left of them.

use super::Finding;
use crate::Chip;
use crate::rram::levels_pa;

/// Tables whose levels fall together in the codes of the current, or stand at the ends of its word.
pub(super) fn levels_left(chip: &Chip) -> Vec<Finding> {
    let of = |table: Table| {
        let edge = |l: &&i32| **l == chip.constants.i_max || **l == chip.constants.i_min;
        let clipped = table.codes.iter().filter(edge).count();
        let at_edge = match clipped {
            0 => String::new(),
            n => {
                format!("{n} level(s) stand at the edge of the current's range and may be clipped")
            }
        };
        let together = table.distinct_levels() > table.distinct_codes();
        let text = match (together, clipped) {
            (false, 0) => return None,
            (false, _) => format!("{}: {at_edge}", table.what),
            (true, _) => format!(
                "{}: only {} of {} levels are left in codes of {:.3e} pA{}",
                table.what,
                table.distinct_codes(),
                table.codes.len(),
                chip.description.formats.i_lsb_pa(),
                if clipped > 0 {
                    format!("; {at_edge}")
                } else {
                    String::new()
                }
            ),
        };
        let remedy = match clipped {
            0 => "raise the levels or `formats.i_bits`, or lower `formats.i_range_pA`",
            _ => "raise `formats.i_range_pA` or lower the levels",
        };
        Some(Finding::judged(true, text, remedy))
    };
    tables(chip).into_iter().filter_map(of).collect()
}

/// The codes of a level table, and the levels that they stand for.
pub(super) struct Table<'a> {
    /// What it is called in findings.
    what: String,
    /// Its field in the description.
    pub field: String,
    pub codes: &'a [i32],
    levels: Vec<f64>,
}

impl Table<'_> {
    /// Codes are in order, as levels are.
    pub fn distinct_codes(&self) -> usize {
        let mut codes = self.codes.to_vec();
        codes.dedup();
        codes.len()
    }

    fn distinct_levels(&self) -> usize {
        let mut levels = self.levels.clone();
        levels.dedup();
        levels.len()
    }
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
            levels: levels_pa(&raw.synapse),
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
                levels: levels_pa(synapse),
            });
        }
    }
    tables.push(Table {
        what: "layer `readout`, synapses".into(),
        field: "readout.synapse".into(),
        codes: &chip.layers[chip.readout()].levels,
        levels: levels_pa(&description.readout.synapse),
    });
    tables
}

#[cfg(test)]
mod tests {
    use crate::Severity;
    use crate::limits::check;

    const RANGE: &str = "\"range_pA\": 300";

    #[test]
    fn levels_beyond_the_range() {
        let expected = "synapses of the input: only 2 of 8 levels are left in codes of 1.221e-4 pA; 8 level(s) stand at the edge";
        check(RANGE, "\"range_pA\": 1e5", Severity::Warning, expected);
    }
    #[test]
    fn levels_at_the_end_of_the_range() {
        let expected = "synapses of the input: 2 level(s) stand at the edge of the current's range and may be clipped";
        check(RANGE, "\"range_pA\": 1024", Severity::Warning, expected);
    }
    #[test]
    fn levels_that_fall_together() {
        let narrow = "\"levels_pA\": [-3, -2, -1, 1e-5, 2e-5, 3e-5, 1, 2]";
        let expected = "synapses of the input: only 6 of 8 levels are left";
        check(RANGE, narrow, Severity::Warning, expected);
    }
    #[test]
    fn recurrent_levels_that_fall_together() {
        let narrow = "\"levels_pA\": [-3e-4, -2e-4, -1e-4, 0, 1e-5, 2e-5, 1e-4, 2e-4] }";
        let expected = "recurrent synapses: only 5 of 8 levels are left";
        check("\"range_pA\": 30 }", narrow, Severity::Warning, expected);
    }
}
