//! The random numbers of one layer: the generator that all of its banks draw from, one step a tick.

use super::header;
use crate::kernels::Generator;
use crate::{Binding, HdlError, Stage};
use bruno_device::{Chip, Layer};

pub(super) fn module_name(chip: &Chip, layer: &Layer) -> String {
    format!("{}_{}_random", chip.name, layer.name)
}

/// The module.
pub(super) fn print(chip: &Chip, layer: &Layer, index: usize) -> Result<String, HdlError> {
    let stages = [Stage::new("generator", &Generator::default())?];
    let bind = |name: &str| (name == "state").then(|| Binding::new("random_o", 32, false));
    let printed = crate::print(&stages, &bind, 2)?;
    let about = format!("Random numbers of layer `{}` (layer {index}).", layer.name);
    Ok(header(chip, &about)
        + &format!(
            "module {} (
  input             clk_i,
  input             clear_i,         // start from the seed
  input             advance_i,       // a tick ends
  input      [29:0] seed_i,
  output reg [31:0] random_o         // state of this tick, never zero
);

{}
  always @* begin
{}  end

  always @(posedge clk_i) begin
    if (clear_i) random_o <= {{seed_i, 2'b01}}; // odd: zero would stay zero
    else if (advance_i) random_o <= {};
  end

endmodule
",
            module_name(chip, layer),
            printed.declarations(1),
            printed.text(),
            printed.output("state_next")?,
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
