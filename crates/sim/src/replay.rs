//! A case for `testbenches/replay.v`, which drives a chip (or its netlist) in any Verilog simulator, and what the integer
//! model says that the testbench must print.

use crate::bus::global;
use crate::stimuli::Case;
use crate::{Forward, IntegerModel, SimError, Trace, Word};
use bruno_device::Chip;
use std::fmt::Write;

/// Macros of the testbench: the top module and its widths.
pub fn macros(chip: &Chip) -> [String; 4] {
    [
        format!("CHIP={}", chip.name),
        format!("INPUTS={}", chip.inputs),
        format!("HIDDEN={}", bruno_hdl::hidden_neurons(chip)),
        format!("STREAMS={}", bruno_hdl::streams(chip)),
    ]
}

/// The first difference between what the testbench printed and the integer model, if there is one.
pub fn difference(chip: &Chip, case: &Case, printed: &str) -> Result<Option<String>, SimError> {
    let mut model = IntegerModel::new(chip);
    model.load(&case.program)?;
    let trace = model.run(&case.stimulus)?;
    let (events, banks) = expected(chip, &trace);
    if !printed.ends_with("end\n") {
        return Ok(Some(format!("the testbench did not end:\n{printed}")));
    }
    let mut lists = vec![("event ".to_string(), events)];
    lists.extend(
        (0..)
            .zip(banks)
            .map(|(bank, words)| (format!("word {bank} "), words)),
    );
    let differences = lists.iter().map(|(prefix, expected)| {
        let found = printed
            .lines()
            .filter_map(|l| l.strip_prefix(prefix.as_str()));
        first_difference(prefix, &found.collect::<Vec<_>>(), expected)
    });
    Ok(differences.flatten().next())
}

fn first_difference(what: &str, found: &[&str], expected: &[String]) -> Option<String> {
    let longest = usize::max(found.len(), expected.len());
    let mut at = 0..longest;
    let at = at.find(|&n| found.get(n).copied() != expected.get(n).map(String::as_str))?;
    let (found, expected) = (found.get(at), expected.get(at));
    Some(format!(
        "{what}#{at}: {found:?}, the integer model says {expected:?}"
    ))
}

/// A case as commands of the testbench.
pub fn commands(chip: &Chip, case: &Case) -> String {
    let mut text = String::new();
    let clear = Word {
        address: global("clear"),
        data: 1,
    };
    for word in case.program.words(chip).into_iter().chain([clear]) {
        let _ = writeln!(text, "w {:x} {:x}", word.address, word.data);
    }
    text += "i 8\n";
    let mut now = 0;
    let events = &case.stimulus.events;
    for group in events.chunk_by(|a, b| a.0 == b.0) {
        let channels = vector(group.iter().map(|e| e.1), chip.inputs);
        let _ = writeln!(text, "t {}\ns {channels}", group[0].0 - now);
        now = group[0].0 + 1;
    }
    let _ = writeln!(
        text,
        "t {}\ni {}",
        case.stimulus.windows * case.program.window - now,
        leaving(chip)
    );
    text
}

/// Cycles in which the last tick ends and the last window's record leaves the largest bank: a few a word.
fn leaving(chip: &Chip) -> usize {
    let banks = chip.layers.iter();
    let words = banks.flat_map(|l| l.banks.iter().map(|neurons| neurons * l.model.words.len()));
    80 + 4 * words.max().unwrap_or(0)
}

/// What the integer model says, in the testbench's words: events by tick, then each bank's words in order.
fn expected(chip: &Chip, trace: &Trace) -> (Vec<String>, Vec<Vec<String>>) {
    let mut spikes = std::collections::BTreeMap::<u32, Vec<u32>>::new();
    let mut base = 0;
    for (layer, trace) in chip.layers.iter().zip(&trace.layers) {
        for spike in &trace.spikes {
            let neurons = spikes.entry(spike.tick).or_default();
            neurons.push(base + spike.neuron);
        }
        base += layer.neurons as u32;
    }
    let hidden = bruno_hdl::hidden_neurons(chip);
    let events = spikes
        .into_iter()
        .map(|(tick, neurons)| format!("{tick} {}", vector(neurons, hidden)))
        .collect();
    let mut banks = Vec::new();
    for (layer, trace) in chip.layers.iter().zip(&trace.layers) {
        let words = layer.model.words.len();
        let mut first = 0;
        for size in &layer.banks {
            let windows = trace.records.chunks(layer.neurons * words);
            let own = windows.flat_map(|w| &w[first * words..(first + size) * words]);
            banks.push(own.map(|w| format!("{:08x}", *w as u32)).collect());
            first += size;
        }
    }
    (events, banks)
}

/// A vector of so many bits, hexadecimal, with ones at these places.
fn vector(places: impl IntoIterator<Item = u32>, bits: usize) -> String {
    let mut digits = vec![0u8; bits.div_ceil(4)];
    for place in places {
        digits[place as usize / 4] |= 1 << (place % 4);
    }
    digits.iter().rev().map(|d| format!("{d:x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stimuli;

    #[test]
    fn vectors_of_any_width() {
        assert_eq!(vector([0, 5], 6), "21");
        assert_eq!(vector([69], 70), "200000000000000000");
    }

    #[test]
    fn a_lost_record_is_found() {
        let text = r#"{"name":"few","inputs":1,
            "layers":[{"name":"one","kind":"lif","neurons":1,"synapse":{"range_pA":300}}],
            "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;
        let description = bruno_chip::Description::parse("few", text).unwrap();
        let chip = Chip::resolve("few", &description).unwrap();
        let case = &stimuli::corners(&chip)[0];
        let found = difference(&chip, case, "end\n").unwrap().unwrap();
        assert!(
            found.contains("#0: None, the integer model says Some"),
            "{found}"
        );
    }
}
