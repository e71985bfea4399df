//! The top module: control, register files and banks, wired by name.

use super::lists::{self, declarations, line, list, net};
use super::{
    Port, bank, bank_module, control, fold, header, hidden_neurons, ports,
    ports::range,
    random, readback, register_file,
    register_map::{register_ports, registers},
    streams,
};
use crate::narrow::short_lines;
use bruno_device::{Chip, Layer};
use std::fmt::Write;

/// The module.
pub(super) fn print(chip: &Chip) -> String {
    let ports: Vec<_> = ports(chip).iter().map(Port::listed).collect();
    let mut text = header(chip, "Top of the chip.");
    let _ = write!(text, "module {} (\n{});\n\n", chip.name, list(&ports));
    text += &nets(chip);
    text += &control_instance(chip);
    if chip.fold > 1 {
        text += &sequencer_instance(chip);
    }
    let mut stream = 0;
    for (index, layer) in chip.layers.iter().enumerate() {
        text += &registers_instance(chip, layer, index);
        if layer.options.random() {
            text += &random::instance(chip, layer);
        }
        let mut base = 0;
        for size in &layer.banks {
            text += &bank_instance(chip, index, *size, base, stream);
            base += size;
            stream += 1;
        }
    }
    if readback(chip) {
        text += &memory_values(chip);
    }
    text += &events(chip);
    text + "endmodule\n"
}

/// The nets between control, register files and banks.
fn nets(chip: &Chip) -> String {
    let (layers, banks) = (chip.layers.len(), streams(chip));
    let mut lines = vec![
        line("wire", "clear, tick, first, last, event_any;"),
        (net(chip.inputs), "spike;".into()),
        line(
            &net(layers),
            "device_write, levels_write, codes_write, device_read;",
        ),
        (lists::wires(control::index_width(chip)), "index;".into()),
        line("wire [29:0]", "data;"),
        line(&net(32 * layers), "device_value;"),
        (net(banks), "overrun;".into()),
        line(&net(32 * banks), "saturated;"),
        line("wire [31:0]", "saturated_sum;"),
    ];
    if readback(chip) {
        lines.push(line(&net(layers), "levels_read, codes_read;"));
        lines.push(line(&net(32 * layers), "memory_value;"));
        for (layer, base) in memories(chip) {
            lines.push(("wire [31:0]".into(), format!("{layer}_{base}_memory;")));
        }
    }
    if chip.fold > 1 {
        lines.push(line("wire", "read, done;"));
        lines.push((lists::wires(fold::slot_bits(chip)), "slot;".into()));
    }
    for layer in chip.layers.iter().filter(|l| l.spikes()) {
        lines.push((net(layer.neurons), format!("{}_spike;", layer.name)));
    }
    for layer in &chip.layers {
        lines.extend(registers(layer).map(|(_, r)| {
            let kind = format!("wire {}", register_file::value_type(&r));
            (
                kind.trim_end().into(),
                format!("{}_{};", layer.name, r.name),
            )
        }));
    }
    declarations(&lines) + &unused_bits(chip) + "\n"
}

/// A chip whose cards are frozen has weights alone to write.
fn unused_bits(chip: &Chip) -> String {
    if !chip.layers.iter().all(|l| l.frozen) {
        return String::new();
    }
    let read = if readback(chip) { ", levels_read" } else { "" };
    format!(
        "
  // A weight has few bits, and there is no level to write.
  wire unused_bits = &{{1'b0, index, data, levels_write{read}}};
"
    )
}

fn control_instance(chip: &Chip) -> String {
    let mut text = format!("  {} control (\n", control::module_name(chip));
    let through = [
        "clk_i",
        "rst_i",
        "cfg_valid_i",
        "cfg_write_i",
        "cfg_addr_i",
        "cfg_wdata_i",
        "cfg_ready_o",
        "cfg_rvalid_o",
        "cfg_rdata_o",
        "cfg_error_o",
        "tick_i",
        "tick_ready_o",
        "spike_i",
        "event_tick_o",
    ];
    for port in through {
        let _ = writeln!(text, "    .{port}({port}),");
    }
    if chip.fold > 1 {
        text += "    .done_i(done),\n";
    }
    let own = [
        ("event_o", "event_any"),
        ("clear_o", "clear"),
        ("tick_o", "tick"),
        ("first_o", "first"),
        ("last_o", "last"),
        ("spike_o", "spike"),
        ("device_write_o", "device_write"),
        ("levels_write_o", "levels_write"),
        ("codes_write_o", "codes_write"),
        ("index_o", "index"),
        ("data_o", "data"),
        ("device_read_o", "device_read"),
        ("device_value_i", "device_value"),
        ("saturated_i", "saturated_sum"),
        ("overrun_i", "|overrun"),
    ];
    if readback(chip) {
        for (port, wire) in [
            ("levels_read_o", "levels_read"),
            ("codes_read_o", "codes_read"),
            ("memory_value_i", "memory_value"),
        ] {
            let _ = writeln!(text, "    .{port}({wire}),");
        }
    }
    for (index, (port, wire)) in own.iter().enumerate() {
        let comma = if index + 1 < own.len() { "," } else { "" };
        let _ = writeln!(text, "    .{port}({wire}){comma}");
    }
    text + "  );\n\n"
}

/// Layer and first neuron of every bank.
fn memories(chip: &Chip) -> Vec<(&str, usize)> {
    let mut all = Vec::new();
    for layer in &chip.layers {
        let mut base = 0;
        for size in &layer.banks {
            all.push((layer.name.as_str(), base));
            base += size;
        }
    }
    all
}

/// What each layer's banks say when a level or weight is read: a bank without the weight says 0.
fn memory_values(chip: &Chip) -> String {
    let mut text = String::new();
    for (index, layer) in chip.layers.iter().enumerate() {
        let banks = memories(chip).into_iter().filter(|m| m.0 == layer.name);
        let banks: Vec<String> = banks.map(|(l, b)| format!("{l}_{b}_memory")).collect();
        let (high, low) = (32 * index + 31, 32 * index);
        let _ = writeln!(
            text,
            "  assign memory_value[{high}:{low}] = {};",
            banks.join(" | ")
        );
    }
    text + "\n"
}

fn sequencer_instance(chip: &Chip) -> String {
    format!(
        "  {} sequencer (
    .clk_i(clk_i),
    .rst_i(rst_i),
    .start_i(tick),
    .read_o(read),
    .slot_o(slot),
    .done_o(done)
  );

",
        fold::sequencer_module(chip)
    )
}

/// `[index]` of a vector with `of` elements, nothing for a scalar.
fn element(index: usize, of: usize) -> String {
    if of == 1 {
        String::new()
    } else {
        format!("[{index}]")
    }
}

fn registers_instance(chip: &Chip, layer: &Layer, index: usize) -> String {
    let name = &layer.name;
    let of = chip.layers.len();
    if registers(layer).next().is_none() {
        let bit = element(index, of);
        return format!(
            "  // The card of `{name}` is frozen.
  assign device_value[{}:{}] = 32'd0;
  wire {name}_unused = &{{1'b0, device_write{bit}, device_read{bit}}};\n\n",
            32 * index + 31,
            32 * index
        );
    }
    let mut text = format!(
        "  {} {name}_registers (
    .clk_i(clk_i),
    .rst_i(rst_i),
    .write_i(device_write{}),
    .read_i(device_read{}),
    .index_i(index{}),
    .data_i(data),
    .read_o(device_value[{}:{}])",
        register_file::module_name(chip, layer),
        element(index, of),
        element(index, of),
        range(register_file::index_bits(layer)),
        32 * index + 31,
        32 * index
    );
    for (_, r) in registers(layer) {
        let _ = write!(text, ",\n    .{0}_o({name}_{0})", r.name);
    }
    text + "\n  );\n\n"
}

fn bank_instance(chip: &Chip, index: usize, size: usize, base: usize, stream: usize) -> String {
    let layer = &chip.layers[index];
    let name = &layer.name;
    let before = match index {
        0 => "spike".to_string(),
        _ => format!("{}_spike", chip.layers[index - 1].name),
    };
    let of = streams(chip);
    let layers = chip.layers.len();
    let timing = if chip.fold > 1 {
        "    .start_i(tick),\n    .read_i(read),\n    .slot_i(slot),\n    .done_i(done),\n"
    } else {
        "    .tick_i(tick),\n"
    };
    let mut text = format!(
        "  {} {name}_{base} (
    .clk_i(clk_i),
    .rst_i(rst_i),
    .clear_i(clear),
{timing}    .first_i(first),
    .last_i(last),
    .pre_i({before}),
",
        bank_module(chip, layer, size)
    );
    if layer.recurrent {
        let _ = writeln!(text, "    .rec_spike_i({name}_spike),");
    }
    if layer.options.random() {
        let _ = writeln!(text, "    .random_i({name}_state),");
    }
    if size != layer.neurons {
        let _ = writeln!(text, "    .base_i(26'd{base}),");
    }
    if layer.spikes() {
        let slice = if layer.neurons == 1 {
            String::new()
        } else {
            format!("[{}:{base}]", base + size - 1)
        };
        let _ = writeln!(text, "    .spike_o({name}_spike{slice}),");
    }
    if !layer.frozen {
        let _ = writeln!(
            text,
            "    .levels_write_i(levels_write{}),",
            element(index, layers)
        );
    }
    let _ = write!(
        text,
        "    .codes_write_i(codes_write{0}),
    .index_i(index{4}),
    .data_i(data{5}),
    .saturated_o(saturated[{2}:{3}]),
    .overrun_o(overrun{1}),
    .rec_valid_o(rec_valid_o{1}),
    .rec_last_o(rec_last_o{1}),
    .rec_data_o(rec_data_o[{2}:{3}]),
    .rec_ready_i(rec_ready_i{1})",
        element(index, layers),
        element(stream, of),
        32 * stream + 31,
        32 * stream,
        range(bank::memory::index_width(layer)),
        range(bank::memory::data_width(layer)),
    );
    if readback(chip) {
        let bit = element(index, layers);
        if !layer.frozen {
            let _ = write!(text, ",\n    .levels_read_i(levels_read{bit})");
        }
        let _ = write!(
            text,
            ",\n    .codes_read_i(codes_read{bit}),\n    .memory_o({name}_{base}_memory)"
        );
    }
    for r in register_ports(layer) {
        let _ = write!(text, ",\n    .{0}_i({name}_{0})", r.name);
    }
    text + "\n  );\n\n"
}

/// The event port and the sum of saturations over the banks.
fn events(chip: &Chip) -> String {
    let hidden = chip.layers.iter().filter(|l| l.spikes());
    let mut vectors: Vec<String> = hidden.map(|l| format!("{}_spike", l.name)).collect();
    vectors.reverse();
    let spikes = if hidden_neurons(chip) == 0 {
        "1'b0".into()
    } else {
        format!("{{{}}}", vectors.join(", "))
    };
    let terms: Vec<String> = (0..streams(chip))
        .map(|s| format!("saturated[{}:{}]", 32 * s + 31, 32 * s))
        .collect();
    format!(
        "  assign event_spikes_o = {spikes};
  assign event_valid_o  = event_any & (|event_spikes_o);

{}
",
        short_lines(&format!("  assign saturated_sum = {};", terms.join(" + ")))
    )
}
