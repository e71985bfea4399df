//! What a chip cannot do at all.

use super::levels;
use crate::{Chip, Codes, DesignRule, Felif, Layer, LayerKind, NeuronModel, TICK_S};
use bruno_chip::{DeviceCard, DeviceRegister, Problem, RecorderInterface};

/// Limits that generation refuses.
pub(crate) fn impossible(chip: &Chip) -> Vec<Problem> {
    let mut problems = Vec::new();
    for layer in &chip.layers {
        record_fits(chip, layer, &mut problems);
        problems.extend(chip.beyond_adders(layer, &layer.levels, &layer.recurrent_levels));
    }
    let hidden = chip.layers.iter().zip(&chip.description.layers).enumerate();
    // The bounds of a file's parameters keep its registers.
    let of_kinds = hidden.filter(|(_, (layer, _))| layer.kind != LayerKind::File);
    for (index, (layer, raw)) in of_kinds {
        let own = registers(&layer.model, &raw.device, &layer.codes);
        problems.extend(own.into_iter().map(|p| Problem {
            field: format!("layers[{index}].device.{}", p.field),
            ..p
        }));
    }
    let tables = levels::tables(chip).into_iter();
    let of_one_code = tables.filter(|table| table.distinct_codes() == 1);
    problems.extend(of_one_code.map(|table| one_code(&table)));
    merged_records_fit(chip, &mut problems);
    problems
}

/// Share of V from which a leak makes the explicit step unstable.
const UNSTABLE: f64 = 2.0;

/// What the registers of a card cannot do, by field of the card: a rate that does not fit its register, a leak that takes
/// so much of V in a tick that V grows instead.
pub(crate) fn registers(model: &NeuronModel, card: &DeviceCard, codes: &Codes) -> Vec<Problem> {
    let mut problems = Vec::new();
    if codes.leak_share() >= UNSTABLE {
        let capacitance_f = Felif::new(card).capacitance_f;
        problems.push(Problem {
            field: "g_leak_pS".into(),
            value: format!("{}, {:.3} of V in a tick", card.g_leak_ps, codes.leak_share()),
            allowed: format!(
                "below {:.4e} pS (2 C/1 us with C = {:.4e} pF): beyond it the explicit step is unstable",
                UNSTABLE * capacitance_f / TICK_S * 1e12,
                capacitance_f * 1e12
            ),
            remedy: "lower `g_leak_pS` or raise `area_um2`: a time constant C/g of many ticks".into(),
        });
    }
    if !model.obeys(DesignRule::Switching) {
        return problems;
    }
    let rates = [
        (DeviceRegister::X0, "e_off_MV_m"),
        (DeviceRegister::Xc, "w_b_eV"),
    ];
    for (register, field) in rates {
        let value = codes.value(register);
        if !register.register().holds(i64::from(value)) {
            problems.push(Problem {
                field: field.into(),
                value: format!(
                    "in force as a log2 of the switching rate of {:.1}",
                    f64::from(value) / 4096.0
                ),
                allowed: "-2048..2047 (24 bits)".into(),
                remedy: "bring the value, `d_e_nm` or `temperature_K` nearer to its default".into(),
            });
        }
    }
    problems
}

fn one_code(table: &levels::Table) -> Problem {
    Problem {
        field: table.field.clone(),
        value: format!(
            "{} levels that all have the code {}",
            table.codes.len(),
            table.codes.first().copied().unwrap_or_default()
        ),
        allowed: format!(
            "levels that differ by more than one code of the current, {:.3e} pA",
            table.current.lsb_pa
        ),
        remedy: "raise the levels or `formats.i_bits`, or lower `formats.i_range_pA`; at the ends of the range, the \
                 other way round"
            .into(),
    }
}

fn record_fits(chip: &Chip, layer: &Layer, problems: &mut Vec<Problem>) {
    let words = layer.model.words.len();
    let largest = layer.banks.iter().max().copied().unwrap_or(0);
    if words * largest > chip.window_ticks as usize {
        let neurons = chip.window_ticks as usize / words;
        problems.push(Problem {
            field: "window_ticks".into(),
            value: format!(
                "{} ticks for {} words of a bank of layer `{}`",
                chip.window_ticks,
                words * largest,
                layer.name
            ),
            allowed: format!("at least {} (one word leaves a tick)", words * largest),
            remedy: format!("lengthen the window, set `bank_neurons` to {neurons} or less, or record level `sample`"),
        });
    }
}

/// One AXI4-Stream carries the records of all banks: a word a cycle, a cycle for each bank's turn, and in a folded bank
/// one for reading each neuron's.
fn merged_records_fit(chip: &Chip, problems: &mut Vec<Problem>) {
    let Some(interfaces) = chip.description.interfaces else {
        return;
    };
    if interfaces.recorder != RecorderInterface::AxiStream {
        return;
    }
    let reads = usize::from(chip.fold > 1);
    let words = |l: &Layer| (l.model.words.len() + reads) * l.neurons + l.banks.len();
    let needed: usize = chip.layers.iter().map(words).sum();
    let cycles = chip.window_ticks as usize * interfaces.clock_mhz as usize;
    if needed > cycles {
        problems.push(Problem {
            field: "interfaces.recorder".into(),
            value: format!("axi-stream with records of {needed} cycles in a window of {cycles}"),
            allowed: format!("at most {cycles} (window_ticks * interfaces.clock_mhz)"),
            remedy: "raise `interfaces.clock_mhz`, lengthen the window, record level `sample`, or use `bank`".into(),
        });
    }
}

impl Chip {
    /// The problem of a layer whose adders overflow when every channel spikes in one tick with these level tables.
    pub fn beyond_adders(
        &self,
        layer: &Layer,
        levels: &[i32],
        recurrent: &[i32],
    ) -> Option<Problem> {
        let largest = |levels: &[i32]| {
            let size = |l: &i32| i64::from(*l).abs();
            levels.iter().map(size).max().unwrap_or(0)
        };
        let recurrences = if layer.recurrent { layer.neurons } else { 0 };
        let sum = largest(levels) * layer.inputs as i64 + largest(recurrent) * recurrences as i64;
        let most = layer.current.largest_sum();
        (sum > most).then(|| Problem {
            field: format!("synapse levels of layer `{}`", layer.name),
            value: format!("{sum} LSB when every channel spikes in one tick"),
            allowed: format!("at most {most} LSB"),
            remedy:
                "use fewer `formats.i_bits`, a larger `i_range_pA`, smaller levels or fewer channels"
                    .into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_chip::Description;

    /// The problem of a chip with this device, input synapse and recurrence.
    fn check(kind: &str, device: &str, synapse: &str, formats: &str, expected: &str) {
        let text = format!(
            r#"{{"name":"t","inputs":2,"formats":{formats},"layers":[{{"name":"hid","kind":"{kind}","neurons":2,
                "device":{device},"synapse":{synapse}}}],"readout":{{"outputs":1,"synapse":{{"range_pA":1}}}}}}"#
        );
        let error = Chip::resolve("t", &Description::parse("t", &text).unwrap()).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }

    const STRONG: &str = r#"{"range_pA":300}"#;

    #[test]
    fn a_leak_that_takes_more_than_there_is() {
        // 1 uS on 0.253 pF: 3.95 of V in a microsecond.
        let leaky = r#"{"g_leak_pS":1e6}"#;
        for kind in ["lif", "felif"] {
            check(
                kind,
                leaky,
                STRONG,
                "{}",
                "`layers[0].device.g_leak_pS` is 1000000, 3.953 of V in a tick",
            );
            check(kind, leaky, STRONG, "{}", "allowed: below 5.0595e5 pS");
        }
    }
    #[test]
    fn a_leak_on_a_small_effective_capacitance() {
        // The series capacitor leaves a third: 1.5e5 pS over 0.083 pF.
        let series = r#"{"g_leak_pS":1.8e5,"c_series_F_m2":0.03}"#;
        check(
            "felif",
            series,
            STRONG,
            "{}",
            "`layers[0].device.g_leak_pS` is 180000",
        );
    }
    #[test]
    fn a_rate_beyond_its_register() {
        let device = r#"{"e_off_MV_m":500,"d_e_nm":50,"temperature_K":200,"t_fe_nm":50}"#;
        check(
            "felif",
            device,
            STRONG,
            "{}",
            "`layers[0].device.e_off_MV_m` is in force as a log2",
        );
    }
    #[test]
    fn levels_of_one_code() {
        let formats = r#"{"i_bits":16}"#;
        let expected = "`layers[0].synapse` is 8 levels that all have the code 0; allowed: levels that differ by more \
                        than one code of the current, 3.125e-2 pA";
        check("lif", "{}", r#"{"range_pA":0.01}"#, formats, expected);
    }
    #[test]
    fn levels_beyond_the_range() {
        check(
            "lif",
            "{}",
            r#"{"bits":1,"levels_pA":[2000,3000]}"#,
            "{}",
            "2 levels that all have the code 8388607",
        );
    }
}
