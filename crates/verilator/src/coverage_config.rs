//! What a coverage build does not count: the toggles of kernel words.
//!
//! A kernel's words are declared with 32 bits whatever they hold (their declaration says why, where it waives the lint of
//! unused bits), and in a bank they are variables of the loop over neurons, of which a simulator shows the last neuron's
//! value only. Their bits are not wires of the chip. What they do to registers, memories and ports is counted.

use bruno_hdl::Design;
use std::fmt::Write;

const WAIVED: &str = "/* verilator lint_off UNUSEDSIGNAL */";
const ENDED: &str = "/* verilator lint_on UNUSEDSIGNAL */";

/// Lines for Verilator's configuration file.
pub(crate) fn kernel_words_off(design: &Design) -> String {
    let mut text = String::new();
    for file in &design.verilog {
        let mut waived = false;
        for (number, line) in (1..).zip(file.text.lines()) {
            match line.trim() {
                WAIVED => waived = true,
                ENDED => waived = false,
                declaration if waived && declaration.starts_with("reg ") => {
                    let name = &file.name;
                    let _ = writeln!(text, "coverage_off -file \"{name}\" -lines {number}");
                }
                _ => {}
            }
        }
    }
    text
}
