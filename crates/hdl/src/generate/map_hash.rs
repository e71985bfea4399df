//! What a program must fit, as one number.

use super::{register_map::bank_registers, registers};
use bruno_chip::{MAP_VERSION, Section, address};
use bruno_device::Chip;
use sha2::{Digest, Sha256};

/// The first 32 bits of the SHA-256 of what decides whether a program fits a chip: version of the map, sizes, registers with
/// their addresses and widths, and what a code of each state means. Reset values are not in it, for a
/// program replaces them; constants of a frozen card are.
pub fn map_hash(chip: &Chip) -> u32 {
    let digest = Sha256::digest(text(chip).as_bytes());
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

fn text(chip: &Chip) -> String {
    let mut lines = vec![format!("map {MAP_VERSION} inputs {}", chip.inputs)];
    for (index, layer) in chip.layers.iter().enumerate() {
        lines.push(format!(
            "layer {} inputs {} recurrent {} bits {}",
            layer.neurons, layer.inputs, layer.recurrent, layer.bits
        ));
        for (id, r) in registers(layer) {
            let at = address(Section::Device(index), layer.model.address(id));
            lines.push(format!("{at:08x} {} {} {}", r.name, r.bits, r.signed));
        }
        if layer.frozen {
            let codes = bank_registers(layer).map(|(id, _)| layer.codes.value(id));
            let codes: Vec<i32> = codes.collect();
            lines.push(format!(
                "frozen {codes:?} {:?} {:?}",
                layer.levels, layer.recurrent_levels
            ));
        }
        for state in &layer.model.states {
            let lsb = state.lsb_text().unwrap_or_default();
            lines.push(format!("{} {} {lsb}", state.name, state.bits));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_chip::Description;

    fn hash(change: (&str, &str)) -> u32 {
        let text = r#"{"name":"dut","inputs":3,
            "layers":[{"name":"hidden","kind":"felif","neurons":2,"synapse":{"range_pA":300}}],
            "readout":{"outputs":2,"synapse":{"range_pA":100}}}"#;
        let text = text.replace(change.0, change.1);
        map_hash(&Chip::resolve("dut", &Description::parse("dut", &text).unwrap()).unwrap())
    }

    #[test]
    fn names_and_cards_change_nothing() {
        assert_eq!(hash(("dut", "dut")), hash(("dut", "other")));
        assert_eq!(
            hash(("dut", "dut")),
            hash(("\"range_pA\":300", "\"range_pA\":200"))
        );
    }
    /// A program has nothing that it could replace them with.
    #[test]
    fn frozen_cards_do() {
        let frozen = |range: u32| {
            let text = format!(
                "\"card\":\"frozen\",\"readout\":{{\"outputs\":2,\"synapse\":{{\"range_pA\":{range}}}}}"
            );
            hash((
                "\"readout\":{\"outputs\":2,\"synapse\":{\"range_pA\":100}}",
                &text,
            ))
        };
        assert_ne!(frozen(100), frozen(90));
        assert_ne!(frozen(100), hash(("dut", "dut")));
    }
    #[test]
    fn sizes_and_kinds_do() {
        assert_ne!(hash(("dut", "dut")), hash(("\"inputs\":3", "\"inputs\":4")));
        assert_ne!(hash(("dut", "dut")), hash(("felif", "lif")));
    }
}
