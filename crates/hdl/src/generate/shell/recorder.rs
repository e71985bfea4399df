//! The recorder's side: one stream a bank passed through, or all merged into one AXI4-Stream.

use super::{Side, core_ports, core_wires, input, instance, output, pins};
use crate::generate::{Port, index_bits, streams};
use bruno_chip::RecorderInterface;
use bruno_device::Chip;

pub(super) fn side(chip: &Chip, kind: RecorderInterface) -> Side {
    let core = core_ports(chip, &["rec_"]);
    if kind == RecorderInterface::Bank {
        return Side {
            ports: core,
            body: String::new(),
            parts: vec![],
        };
    }
    let banks = streams(chip);
    let bits = index_bits(banks);
    let ports = ports(bits);
    let own = [
        ("clear_i", "clear"),
        ("rec_valid_i", "core_rec_valid"),
        ("rec_last_i", "core_rec_last"),
        ("rec_data_i", "core_rec_data"),
        ("rec_ready_o", "core_rec_ready"),
    ];
    let parameters = [
        ("BANKS", banks.to_string()),
        ("BANK_BITS", bits.to_string()),
    ];
    let module = "bruno_axi_stream_recorder";
    let body = String::from("  // Recorder.\n")
        + &core_wires(&core)
        + &instance(module, &parameters, "recorder", &pins(&ports, &own));
    Side {
        ports,
        body,
        parts: vec![module],
    }
}

fn ports(bits: usize) -> Vec<Port> {
    vec![
        output(
            "m_axis_tvalid_o",
            1,
            "recorder word, a packet is a bank's record of a window",
        ),
        input("m_axis_tready_i", 1, "it is taken"),
        output("m_axis_tdata_o", 32, "the word"),
        output("m_axis_tlast_o", 1, "last of its packet"),
        output("m_axis_tid_o", bits, "bank"),
        output("m_axis_tdest_o", bits, "bank"),
        output(
            "m_axis_tuser_o",
            1,
            "with tlast: a clear broke the record off, throw the packet away",
        ),
    ]
}
