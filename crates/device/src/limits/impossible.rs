//! What a chip cannot do at all.

use crate::{Chip, Layer};
use bruno_chip::{Problem, RecorderInterface};

impl Chip {
    /// Largest sum of level codes in one tick, LSB of I: 32-bit words hold it beside a full current of `i_bits` and its
    /// step (`testbenches/formal/current.v` proves it).
    pub fn largest_sum(&self) -> i64 {
        (1 << 31) - 1 - (1 << self.description.formats.i_bits)
    }
}

/// Limits that generation refuses.
pub(crate) fn impossible(chip: &Chip) -> Vec<Problem> {
    let mut problems = Vec::new();
    for layer in &chip.layers {
        record_fits(chip, layer, &mut problems);
        problems.extend(injection(
            chip,
            layer,
            &layer.levels,
            &layer.recurrent_levels,
        ));
    }
    merged_records_fit(chip, &mut problems);
    let bits = u32::max(
        chip.description.formats.v_bits,
        chip.description.formats.p_bits,
    );
    let longest = 1u64 << (32 - bits);
    if u64::from(chip.window_ticks) > longest {
        problems.push(Problem {
            field: "window_ticks".into(),
            value: chip.window_ticks.to_string(),
            allowed: format!("1..{longest} with states of {bits} bits (window sums have 32)"),
            remedy: "shorten the window or the word".into(),
        });
    }
    problems
}

fn record_fits(chip: &Chip, layer: &Layer, problems: &mut Vec<Problem>) {
    let words = layer.record_words(chip.recorder).len();
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
    let words =
        |l: &Layer| (l.record_words(chip.recorder).len() + reads) * l.neurons + l.banks.len();
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

/// The problem of a layer whose adders overflow when every channel spikes in one tick with these level tables.
pub(crate) fn injection(
    chip: &Chip,
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
    let most = chip.largest_sum();
    (sum > most).then(|| Problem {
        field: format!("synapse levels of layer `{}`", layer.name),
        value: format!("{sum} LSB when every channel spikes in one tick"),
        allowed: format!("at most {most} LSB"),
        remedy:
            "use fewer `formats.i_bits`, a larger `i_range_pA`, smaller levels or fewer channels"
                .into(),
    })
}
