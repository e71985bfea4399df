//! The random numbers of one layer: the generator that all of its banks draw from, one step a tick.

use super::header;
use super::lists::{list, port, wires};
use crate::kernels::Generator;
use crate::narrow::{Statements, Word};
use crate::{HdlError, Stage};
use bruno_device::{Chip, Layer};

pub(super) fn module_name(chip: &Chip, layer: &Layer) -> String {
    format!("{}_{}_random", chip.name, layer.name)
}

/// The module.
pub(super) fn print(chip: &Chip, layer: &Layer, index: usize) -> Result<String, HdlError> {
    let stages = [Stage::new("generator", &Generator::default())?];
    let bind = |name: &str| (name == "state").then(|| Word::new("state_q", 32, false));
    let kernel = Statements::narrow(&stages, &bind, &[("state_next".into(), 32)], 2)?;
    let next = kernel.output("state_next")?;
    let about = format!("Random numbers of layer `{}` (layer {index}).", layer.name);
    let ports = [
        port("input", "wire", "clk_i", ""),
        port("input", "wire", "clear_i", "start from the seed"),
        port("input", "wire", "advance_i", "a tick ends"),
        port("input", &wires(30), "seed_i", ""),
        port(
            "output",
            &wires(32),
            "random_o",
            "state of this tick, never zero",
        ),
    ];
    Ok(format!(
        "{header}module {module} (
{ports});

  reg  [31:0] state_q;

{declarations}
  always @* begin
{text}  end

  always @(posedge clk_i) begin
    if (clear_i) begin
      state_q <= {{seed_i, 2'b01}}; // odd: zero would stay zero
    end else if (advance_i) begin
      state_q <= {next};
    end
  end

  assign random_o = state_q;

endmodule
",
        header = header(chip, &about),
        module = module_name(chip, layer),
        ports = list(&ports),
        declarations = kernel.declarations(),
        text = kernel.text(),
        next = next.fitted(32, &mut Default::default()),
    ))
}

/// Its instance in the top module.
pub(super) fn instance(chip: &Chip, layer: &Layer) -> String {
    let name = &layer.name;
    let advance = if chip.fold > 1 { "done" } else { "tick" };
    format!(
        "  wire [31:0] {name}_state;

  {} {name}_random (
    .clk_i(clk_i),
    .clear_i(clear),
    .advance_i({advance}),
    .seed_i({name}_seed),
    .random_o({name}_state)
  );

",
        module_name(chip, layer)
    )
}
