//! The register file of one layer: device codes, written and read over the bus, reset to the chip's card.

use super::{
    header, literal,
    ports::{low, range},
    register_map::registers,
};
use bruno_chip::Register;
use bruno_device::{Chip, Layer};
use std::fmt::Write;

pub(super) fn module_name(chip: &Chip, layer: &Layer) -> String {
    format!("{}_{}_registers", chip.name, layer.name)
}

/// Declaration of a register's value, `signed [w-1:0]`.
pub(super) fn value_type(r: &Register) -> String {
    let sign = if r.signed { "signed " } else { "" };
    format!("{sign}{}", range(r.bits as usize))
}

/// Bits of a register's address: five hold those of the table.
pub(super) fn index_bits(layer: &Layer) -> usize {
    let last = registers(layer)
        .map(|(id, _)| layer.model.address(id))
        .max();
    super::index_bits(last.unwrap_or(0) as usize + 1).max(5)
}

/// The module of a layer.
pub(super) fn print(chip: &Chip, layer: &Layer, index: usize) -> String {
    let about = format!(
        "Device registers of layer `{}` (layer {index}).",
        layer.name
    );
    let mut text = header(chip, &about);
    let _ = writeln!(text, "module {} (", module_name(chip, layer));
    text += "  input             clk_i,\n  input             rst_i,\n";
    text += "  input             write_i,   // write data_i to register index_i\n";
    text += "  input             read_i,    // read register index_i into read_o\n";
    let index = format!("{:<6}", range(index_bits(layer)));
    let _ = write!(
        text,
        "  input      {index} index_i,\n  input      [29:0] data_i,\n"
    );
    text += "  output reg [31:0] read_o";
    for (_, r) in registers(layer) {
        let _ = write!(text, ",\n  output reg {} {}_o", value_type(&r), r.name);
    }
    text += "\n);\n\n";
    text += &write_block(layer);
    text += &read_block(layer);
    text += "endmodule\n";
    text
}

fn write_block(layer: &Layer) -> String {
    let bits = index_bits(layer);
    let mut text = String::from("  always @(posedge clk_i) begin\n    if (rst_i) begin\n");
    for (id, r) in registers(layer) {
        let value = layer.codes.value(id);
        let _ = writeln!(
            text,
            "      {}_o <= {}; // {}",
            r.name,
            literal(r.bits, r.signed, value),
            r.about
        );
    }
    text += "    end else if (write_i) begin\n      case (index_i)\n";
    for (id, r) in registers(layer) {
        let (at, slice) = (layer.model.address(id), low(r.bits as usize));
        let _ = writeln!(text, "        {bits}'d{at}: {}_o <= data_i{slice};", r.name);
    }
    text + "        default: ;\n      endcase\n    end\n  end\n\n"
}

/// Reads are clocked and gated: a multiplexer that follows every register would cost a simulator time in each tick.
fn read_block(layer: &Layer) -> String {
    let bits = index_bits(layer);
    let mut text = String::from(
        "  always @(posedge clk_i) begin\n    if (read_i) begin\n      case (index_i)\n",
    );
    for (id, r) in registers(layer) {
        let at = layer.model.address(id);
        let value = super::extend(&format!("{}_o", r.name), r.bits, r.signed);
        let _ = writeln!(text, "        {bits}'d{at}: read_o <= {value};");
    }
    text + "        default: read_o <= 32'd0;\n      endcase\n    end\n  end\n\n"
}
