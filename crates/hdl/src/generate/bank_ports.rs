//! The ports of a delivered bank, folded or not.

use super::bank::memory::{data_width, index_width};
use super::lists::{port, wires};
use super::readback;
use super::register_file::value_type;
use super::register_map::register_ports;
use bruno_device::{Chip, Layer};

/// Declarations with their comments.
pub(super) type Ports = Vec<(String, String)>;

/// The ports of a bank of `size` neurons; `timing` are those that say when a tick is computed.
pub(super) fn bank_ports(chip: &Chip, layer: &Layer, size: usize, timing: Ports) -> Ports {
    let mut ports = vec![
        port("input", "wire", "clk_i", ""),
        port("input", "wire", "rst_i", "level tables to the chip's card"),
        port("input", "wire", "clear_i", "states to rest"),
    ];
    ports.extend(timing);
    ports.extend([
        port("input", "wire", "first_i", "first tick of a window"),
        port("input", "wire", "last_i", "last tick of a window"),
    ]);
    ports.extend(neuron_ports(layer, size));
    ports.extend(write_ports(layer));
    ports.extend(result_ports());
    if readback(chip) {
        ports.extend(read_ports(layer));
    }
    ports.extend(register_ports(layer).map(|r| {
        let kind = format!("wire {}", value_type(&r));
        port("input", kind.trim_end(), &format!("{}_i", r.name), &r.about)
    }));
    ports
}

/// What the neurons see and say.
fn neuron_ports(layer: &Layer, size: usize) -> Ports {
    let mut ports = vec![port(
        "input",
        &wires(layer.inputs),
        "pre_i",
        "presynaptic spikes",
    )];
    if layer.recurrent {
        let about = "the layer's own spikes of the last tick";
        ports.push(port("input", &wires(layer.neurons), "rec_spike_i", about));
    }
    if size != layer.neurons {
        let about = "first neuron of the bank (constant)";
        ports.push(port("input", &wires(26), "base_i", about));
    }
    if layer.options.random() {
        let about = "state of the layer's random numbers";
        ports.push(port("input", &wires(32), "random_i", about));
    }
    if layer.spikes() {
        let about = "spikes of the last tick";
        ports.push(port("output", &wires(size), "spike_o", about));
    }
    ports
}

fn write_ports(layer: &Layer) -> Ports {
    let mut ports = Vec::new();
    if !layer.frozen {
        let about = "write data_i to level index_i";
        ports.push(port("input", "wire", "levels_write_i", about));
    }
    let about = "write data_i to weight index_i";
    ports.extend([
        port("input", "wire", "codes_write_i", about),
        port("input", &wires(index_width(layer)), "index_i", ""),
        port("input", &wires(data_width(layer)), "data_i", ""),
    ]);
    ports
}

fn result_ports() -> Ports {
    let saturated = "saturated updates of the last tick";
    let valid = "a word of the recorder's stream";
    vec![
        port("output", "wire [31:0]", "saturated_o", saturated),
        port("output", "wire", "overrun_o", "a record was dropped"),
        port("output", "wire", "rec_valid_o", valid),
        port("output", "wire", "rec_last_o", "the window's last"),
        port("output", "wire [31:0]", "rec_data_o", ""),
        port("input", "wire", "rec_ready_i", "the word is taken"),
    ]
}

fn read_ports(layer: &Layer) -> Ports {
    let mut ports = Vec::new();
    if !layer.frozen {
        let about = "read level index_i into memory_o";
        ports.push(port("input", "wire", "levels_read_i", about));
    }
    let about = "read weight index_i into memory_o; 0 for one of another bank";
    ports.extend([
        port("input", "wire", "codes_read_i", about),
        port("output", "wire [31:0]", "memory_o", ""),
    ]);
    ports
}
