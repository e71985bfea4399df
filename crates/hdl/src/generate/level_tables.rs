//! The level tables of a delivered bank: the currents of the codes, in flip-flops that a reset sets to the card.

use super::fold::synapses::{Projection, projections};
use super::lists::vector;
use super::literal;
use bruno_device::Layer;
use std::fmt::Write;

/// Name of a table's register.
pub(super) fn register(p: &Projection) -> String {
    p.table.replace("_i", "_q")
}

/// Declarations and writes. A write names its entry by one bit of a word: an index that is computed would make a shifter
/// over the whole table of it.
pub(super) fn print(layer: &Layer) -> String {
    let (bits, codes) = (layer.current.bits, layer.bits as usize);
    let count = 1 << codes;
    let (mut text, mut reset, mut writes) = (String::new(), String::new(), String::new());
    for p in projections(layer) {
        let table = register(&p);
        let _ = writeln!(text, "  reg  {} {table};", vector(bits as usize * count));
        let levels = p.levels(layer).iter().rev();
        let all: Vec<String> = levels.map(|l| literal(bits, true, *l)).collect();
        let _ = writeln!(
            reset,
            "      {table} <= {{\n        {}\n      }};",
            all.join(",\n        ")
        );
        let when = match (layer.recurrent, p.offset) {
            (false, _) => "",
            (true, 0) => " & !index_i[8]",
            (true, _) => " & index_i[8]",
        };
        let _ = writeln!(
            writes,
            "        if (level_write[c]{when}) begin
          {table}[{bits} * c +: {bits}] <= data_i;
        end"
        );
    }
    format!(
        "  // Currents of the codes, code 0 lowest.
{text}
  wire {one_a_code} level_write = {count}'d1 << index_i{code};
  integer c;

  always @(posedge clk_i) begin
    if (rst_i) begin
{reset}    end else if (levels_write_i) begin
      for (c = 0; c < {count}; c = c + 1) begin
{writes}      end
    end
  end

",
        one_a_code = vector(count),
        code = vector(codes),
    )
}

/// The entry that `index_i` names.
pub(super) fn entry(layer: &Layer) -> String {
    let (bits, code) = (layer.current.bits, vector(layer.bits as usize));
    let entries: Vec<String> = projections(layer)
        .map(|p| format!("{}[{bits} * index_i{code} +: {bits}]", register(&p)))
        .collect();
    match &entries[..] {
        [own, recurrent] => format!("index_i[8] ? {recurrent}\n    : {own}"),
        _ => entries.concat(),
    }
}
