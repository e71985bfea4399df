//! The register file of one layer: device codes, written and read over the bus, reset to the chip's card.

use super::lists::{assignments, list, port, wires};
use super::{
    header, literal,
    ports::{low, range},
    register_map::registers,
};
use bruno_chip::Register;
use bruno_device::{Chip, Layer, RegisterId};

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
    [
        header(chip, &about),
        format!(
            "module {} (\n{});\n\n",
            module_name(chip, layer),
            list(&ports(layer))
        ),
        write_block(layer),
        read_block(layer),
        "endmodule\n".into(),
    ]
    .concat()
}

fn ports(layer: &Layer) -> Vec<(String, String)> {
    let read = "read register index_i into read_o";
    let mut ports = vec![
        port("input", "wire", "clk_i", ""),
        port("input", "wire", "rst_i", ""),
        port(
            "input",
            "wire",
            "write_i",
            "write data_i to register index_i",
        ),
        port("input", "wire", "read_i", read),
        port("input", &wires(index_bits(layer)), "index_i", ""),
        port("input", "wire [29:0]", "data_i", ""),
        port("output", "reg  [31:0]", "read_o", ""),
    ];
    ports.extend(registers(layer).map(|(_, r)| {
        let kind = format!("reg  {}", value_type(&r));
        port(
            "output",
            kind.trim_end(),
            &format!("{}_o", r.name),
            &r.about,
        )
    }));
    ports
}

fn write_block(layer: &Layer) -> String {
    let bits = index_bits(layer);
    let reset = |(id, r): (RegisterId, Register)| {
        let value = literal(r.bits, r.signed, layer.codes.value(id));
        (format!("{}_o", r.name), format!("{value};"))
    };
    let write = |(id, r): (RegisterId, Register)| {
        let (at, slice) = (layer.model.address(id), low(r.bits as usize));
        format!("        {bits}'d{at}: {}_o <= data_i{slice};\n", r.name)
    };
    let reset: Vec<_> = registers(layer).map(reset).collect();
    format!(
        "  always @(posedge clk_i) begin
    if (rst_i) begin
{}    end else if (write_i) begin
      case (index_i)
{}        default: ;
      endcase
    end
  end

",
        assignments(&reset, 3, "<="),
        registers(layer).map(write).collect::<String>()
    )
}

/// Reads are clocked and gated: a multiplexer that follows every register would cost a simulator time in each tick.
fn read_block(layer: &Layer) -> String {
    let bits = index_bits(layer);
    let read = |(id, r): (RegisterId, Register)| {
        let at = layer.model.address(id);
        let value = super::extend(&format!("{}_o", r.name), r.bits, r.signed);
        format!("        {bits}'d{at}: read_o <= {value};\n")
    };
    format!(
        "  always @(posedge clk_i) begin
    if (read_i) begin
      case (index_i)
{}        default: read_o <= 32'd0;
      endcase
    end
  end

",
        registers(layer).map(read).collect::<String>()
    )
}
