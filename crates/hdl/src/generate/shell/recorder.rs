//! The recorder's side: one stream a bank passed through, all merged into one AXI4-Stream, or none; and the registers that
//! keep what the readout said last.

use super::{Side, core_ports, core_wires, input, instance, output, pins};
use crate::generate::memory::{Kind, Memory, Pin};
use crate::generate::{Port, index_bits, ports::range, streams};
use bruno_chip::RecorderInterface;
use bruno_device::Chip;
use std::fmt::Write;

pub(super) fn side(chip: &Chip, kind: RecorderInterface) -> Side {
    let core = core_ports(chip, &["rec_"]);
    let mut body = String::from("  // Recorder.\n");
    let mut parts = vec!["bruno_results"];
    let ports = match kind {
        RecorderInterface::Bank => core.clone(),
        RecorderInterface::AxiStream => {
            let ports = ports(index_bits(streams(chip)));
            parts.push("bruno_axi_stream_recorder");
            body += &core_wires(&core);
            body += &merged(chip, &ports);
            ports
        }
        RecorderInterface::None => {
            body += &core_wires(&core);
            body += &unread(chip);
            vec![]
        }
    };
    body += &results(chip, kind);
    Side { ports, body, parts }
}

fn merged(chip: &Chip, ports: &[Port]) -> String {
    let banks = streams(chip);
    let own = [
        ("clear_i", "clear"),
        ("rec_valid_i", "core_rec_valid"),
        ("rec_last_i", "core_rec_last"),
        ("rec_data_i", "core_rec_data"),
        ("rec_ready_o", "core_rec_ready"),
    ];
    let parameters = [
        ("BANKS", banks.to_string()),
        ("BANK_BITS", index_bits(banks).to_string()),
    ];
    let module = "bruno_axi_stream_recorder";
    instance(module, &parameters, "recorder", &pins(ports, &own))
}

/// Every word is taken; those of the hidden layers go nowhere.
fn unread(chip: &Chip) -> String {
    let banks = streams(chip);
    let unused = "  wire unused_record = &{1'b0, core_rec_valid, core_rec_last, core_rec_data};\n";
    format!("  assign core_rec_ready = {{{banks}{{1'b1}}}};\n{unused}\n")
}

/// One unit a bank of the readout, whose streams are the last ones.
fn results(chip: &Chip, kind: RecorderInterface) -> String {
    let readout = &chip.layers[chip.readout()];
    let (all, count) = (streams(chip), readout.banks.len());
    let net = |name: &str, ready: bool| match (kind, ready) {
        (RecorderInterface::Bank, true) => format!("rec_{name}_i"),
        (RecorderInterface::Bank, false) => format!("rec_{name}_o"),
        _ => format!("core_rec_{name}"),
    };
    let mut text = String::from("  // What the readout said last.\n");
    let (mut instances, mut values, mut first) = (String::new(), Vec::new(), 0);
    for (bank, size) in readout.banks.iter().enumerate() {
        let stream = all - count + bank;
        let bit = |net: String| {
            if all == 1 {
                net
            } else {
                format!("{net}[{stream}]")
            }
        };
        let take = format!("{} & {}", bit(net("valid", false)), bit(net("ready", true)));
        let last = bit(net("last", false));
        let data = format!(
            "{}[{}:{}]",
            net("data", false),
            32 * stream + 31,
            32 * stream
        );
        let done = match count {
            1 => "result_done".to_string(),
            _ => format!("result_done[{bank}]"),
        };
        let value = format!("result_value_{bank}");
        let [read, kept, write, write_address] =
            ["read", "word", "write", "write_address"].map(|net| format!("kept_{bank}_{net}"));
        let bits = index_bits(*size);
        let memory = Memory::new(Kind::TwoPorts, 32, 2 << bits);
        let address = range(bits + 1);
        let _ = writeln!(
            text,
            "  wire [31:0] {kept};\n  wire {write};\n  wire {address} {read}, {write_address};"
        );
        let access: [&[Pin]; 2] = [
            &[
                ("read_i", "1'b1"),
                ("read_address_i", &read),
                ("data_o", &kept),
            ],
            &[
                ("write_i", &write),
                ("write_address_i", &write_address),
                ("data_i", &data),
            ],
        ];
        let own = [
            ("clear_i", "clear"),
            ("take_i", &take),
            ("last_i", &last),
            ("done_o", &done),
            ("index_i", "result_index"),
            ("value_o", &value),
            ("kept_read_address_o", &read),
            ("kept_i", &kept),
            ("kept_write_o", &write),
            ("kept_write_address_o", &write_address),
        ];
        let words = &readout.model.words;
        let current = words.iter().position(|w| w.name == "i").unwrap_or(0);
        let parameters = [
            ("NEURONS", format!("13'd{size}")),
            ("FIRST", format!("13'd{first}")),
            ("WORDS", format!("8'd{}", words.len())),
            ("WORD", format!("8'd{current}")),
            ("BITS", bits.to_string()),
        ];
        let name = format!("results_{bank}");
        let _ = writeln!(text, "  wire [31:0] {value};");
        instances += &instance("bruno_results", &parameters, &name, &pins(&[], &own));
        instances += &(memory.instance(chip, &format!("kept_{bank}"), &access) + "\n");
        values.push(value);
        first += size;
    }
    let _ = writeln!(text, "  assign result_value = {};\n", values.join(" | "));
    text + &instances
}

fn ports(bits: usize) -> Vec<Port> {
    vec![
        output(
            "m_axis_tvalid",
            1,
            "recorder word, a packet is a bank's record of a window",
        ),
        input("m_axis_tready", 1, "it is taken"),
        output("m_axis_tdata", 32, "the word"),
        output("m_axis_tlast", 1, "last of its packet"),
        output("m_axis_tid", bits, "bank"),
        output("m_axis_tdest", bits, "bank"),
        output(
            "m_axis_tuser",
            1,
            "with tlast: a clear broke the record off, throw the packet away",
        ),
    ]
}
