//! A kernel as a module of its own: combinational, for reading, formal work and tests.

use crate::HdlError;
use crate::atoms::{Role, SignalInfo};
use crate::compose::{Binding, Stage, print, range};
use rust_hdl_core::prelude::Block;
use std::fmt::Write;

/// Kernels compute in words: of a shift amount only five bits are read, of a difference often only its sign.
const WAIVER: &str = "// Waiver: all words have 32 bits, of amounts and signs only some are read.
/* verilator lint_off UNUSEDSIGNAL */
";

/// Prints a kernel as a combinational Verilog-2001 module whose ports are the kernel's.
pub fn module(name: &str, block: &dyn Block) -> Result<String, HdlError> {
    scalar(name, Stage::new("k", block)?)
}

/// Prints one stage as such a module.
pub(crate) fn scalar(name: &str, stage: Stage) -> Result<String, HdlError> {
    let signals = stage.signals.clone();
    let bind = |port: &str| {
        let signal = signals.iter().find(|s| s.name == port)?;
        Some(Binding::new(port, signal.kind.bits, signal.kind.signed))
    };
    let printed = print(&[stage], &bind, 2)?;
    let ports: Vec<String> = signals.iter().filter_map(port).collect();
    let mut text = format!("{WAIVER}module {name} (\n{}\n);\n\n", ports.join(",\n"));
    text += &printed.declarations(1);
    let _ = write!(text, "\n  always @* begin\n{}  end\n\n", printed.text());
    for output in signals.iter().filter(|s| s.role == Role::Output) {
        let value = printed.output(&output.name)?;
        let _ = writeln!(text, "  assign {} = {value};", output.name);
    }
    Ok(text + "endmodule\n/* verilator lint_on UNUSEDSIGNAL */\n")
}

/// Declaration of a port; none for a local signal.
fn port(signal: &SignalInfo) -> Option<String> {
    let direction = match signal.role {
        Role::Input => "input ",
        Role::Output => "output",
        Role::Local => return None,
    };
    Some(format!(
        "  {direction} {}{}",
        range(signal.kind),
        signal.name
    ))
}
