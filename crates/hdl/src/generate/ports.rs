//! Ports of a chip: one table, from which Verilog, the C++ driver's constants and the documentation are generated.

use super::lists::{net, port};
use bruno_device::Chip;

/// One port of the top module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Name with its direction suffix.
    pub name: &'static str,
    /// Width in bits.
    pub bits: usize,
    /// Driven by the chip.
    pub output: bool,
    /// What it carries and when.
    pub about: String,
}

impl Port {
    /// The declaration without its comma.
    pub fn declaration(&self) -> String {
        self.listed().0
    }

    /// It in a list of ports.
    pub(super) fn listed(&self) -> (String, String) {
        let direction = if self.output { "output" } else { "input" };
        port(direction, &net(self.bits), self.name, &self.about)
    }
}

/// `[n-1:0]`, empty for one bit.
pub(crate) fn range(bits: usize) -> String {
    if bits == 1 {
        String::new()
    } else {
        format!("[{}:0]", bits - 1)
    }
}

/// `[n-1:0]` as a select of the low bits, `[0]` for one.
pub(crate) fn low(bits: usize) -> String {
    if bits == 1 { "[0]".into() } else { range(bits) }
}

/// Number of recorder streams: one a bank.
pub fn streams(chip: &Chip) -> usize {
    chip.layers.iter().map(|l| l.banks.len()).sum()
}

/// Number of spiking neurons, all hidden layers together.
pub fn hidden_neurons(chip: &Chip) -> usize {
    let hidden = chip.layers.iter().filter(|l| l.spikes());
    hidden.map(|l| l.neurons).sum()
}

/// The ports of a chip's top module, in order.
pub fn ports(chip: &Chip) -> Vec<Port> {
    let streams = streams(chip);
    let folded = chip.fold > 1;
    let input = |name, bits, about: &str| Port {
        name,
        bits,
        output: false,
        about: about.into(),
    };
    let output = |name, bits, about: &str| Port {
        output: true,
        ..input(name, bits, about)
    };
    vec![
        input(
            "clk_i",
            1,
            if folded {
                "clock of the array, several cycles a tick of 1 us"
            } else {
                "clock of the array, one cycle a tick of 1 us"
            },
        ),
        input(
            "rst_i",
            1,
            "synchronous reset: registers to the chip's card, states to rest; two cycles",
        ),
        input("cfg_valid_i", 1, "a bus transfer is offered"),
        input("cfg_write_i", 1, "1: write, 0: read"),
        input(
            "cfg_addr_i",
            32,
            "word address: layer + 1 [31:28], kind [27:26], index [25:0]",
        ),
        input("cfg_wdata_i", 32, "data to write"),
        output(
            "cfg_ready_o",
            1,
            if folded {
                "the transfer is taken; it acts between two ticks"
            } else {
                "the transfer is taken (always)"
            },
        ),
        output(
            "cfg_rvalid_o",
            1,
            if folded {
                "answer to a transfer, in order"
            } else {
                "answer to a transfer, four cycles later"
            },
        ),
        output("cfg_rdata_o", 32, "data read"),
        output(
            "cfg_error_o",
            1,
            "no such address, or not writable or readable: nothing changed",
        ),
        input("tick_i", 1, "a tick is offered; states hold without it"),
        output(
            "tick_ready_o",
            1,
            if folded {
                "the tick is taken"
            } else {
                "the tick is taken (always)"
            },
        ),
        input(
            "spike_i",
            chip.inputs,
            "input channels that spike in this tick",
        ),
        output(
            "event_valid_o",
            1,
            "neurons fired in the tick named by event_tick_o",
        ),
        output(
            "event_tick_o",
            32,
            "tick of the spikes, us since the states' reset",
        ),
        output(
            "event_spikes_o",
            hidden_neurons(chip),
            "neurons that fired, all hidden layers in order",
        ),
        output(
            "rec_valid_o",
            streams,
            "recorder stream of each bank: a word is offered",
        ),
        output("rec_last_o", streams, "it is the window's last word"),
        output("rec_data_o", 32 * streams, "32-bit word of each bank"),
        input("rec_ready_i", streams, "the word is taken"),
    ]
}
