//! The kernels as statements of a bank's loops: every neuron, then those that fired.

use crate::derived;
use crate::machine::{NEURONS, Parts, of_neuron, range};
use bruno_hdl::{Binding, ModelKernels, Printed, print};
use std::fmt::Write;

const LOOP: &str = "for (k = 4'd0; k < 4'd8; k = k + 4'd1) begin\n";

/// What a kernel's input is in a loop.
fn bind(parts: &Parts, name: &str) -> Option<Binding> {
    // What a loop before left in the arrays.
    let stored = name
        .strip_suffix("_moved")
        .or_else(|| name.strip_suffix("_left"))
        .or_else(|| name.strip_suffix("_next"))
        .unwrap_or(name);
    if let Some((state, bits, signed, _)) = parts.kept.iter().find(|k| k.0 == stored) {
        return Some(Binding::new(&format!("{state}[k[2:0]]"), *bits, *signed));
    }
    if name == "spike" {
        return Some(Binding::new("fired[k[2:0]][0]", 1, false));
    }
    if parts.drawn.iter().any(|d| d == name) {
        let text = of_neuron(&format!("{name}_i"), "k[2:0]", 32);
        return Some(Binding::new(&text, 32, true));
    }
    let register = parts.registers.iter().find(|r| r.name == name)?;
    let (bits, signed) = register.storage();
    Some(Binding::new(&format!("{name}_i"), bits, signed))
}

/// What a body leaves in the arrays.
fn stores(parts: &Parts, body: &Printed) -> String {
    let mut text = String::new();
    for (state, bits, ..) in &parts.kept {
        let names = ["next", "moved", "left"].map(|suffix| format!("{state}_{suffix}"));
        if let Some(value) = names.iter().find_map(|name| body.output(name).ok()) {
            let _ = writeln!(text, "        {state}[k[2:0]] = {value}[{}:0];", bits - 1);
        }
    }
    text
}

fn bank(parts: &Parts, kernels: &ModelKernels) -> String {
    let bound = |name: &str| bind(parts, name);
    let neurons = print(&[kernels.neurons("neuron").unwrap()], &bound, 4).unwrap();
    let resets = kernels.resets("reset").unwrap();
    let resets = print(&resets.into_iter().collect::<Vec<_>>(), &bound, 4).unwrap();
    let mut text = parts.head("bank");
    for (state, bits, signed, _) in &parts.kept {
        let _ = writeln!(
            text,
            "  reg {} {state} [0:{}];",
            range(*bits, *signed),
            NEURONS - 1
        );
    }
    let _ = writeln!(
        text,
        "  reg signed [31:0] fired [0:{}];\n  reg signed [31:0] happened, clips;\n  reg [3:0] k;",
        NEURONS - 1
    );
    text += &neurons.declarations(1);
    text += &resets.declarations(1);
    text += "\n  /* verilator lint_off BLKSEQ */\n  always @(posedge clk_i) begin\n";
    text += &neurons.zeroes(2);
    text += &resets.zeroes(2);
    text += "    happened = 32'sd0;\n    clips = 32'sd0;\n    k = 4'd0;\n";
    let _ = writeln!(text, "    if (load_i) {LOOP}");
    for (state, bits, ..) in &parts.kept {
        let value = of_neuron(&format!("{state}_load_i"), "k[2:0]", *bits);
        let _ = writeln!(text, "        {state}[k[2:0]] = {value};");
    }
    let _ = write!(
        text,
        "    end else if (tick_i) begin\n      {LOOP}{}",
        neurons.text()
    );
    text += &stores(parts, &neurons);
    let _ = write!(
        text,
        "        fired[k[2:0]] = {fire};\n        clips = clips + {0};\n        happened = happened | {fire};
      end\n      spike_o <= 8'd0;\n      saturated_o <= $unsigned(clips);\n      if (happened < 32'sd0) {LOOP}{1}{2}",
        neurons.output("saturated").unwrap(),
        resets.text(),
        stores(parts, &resets),
        fire = neurons.output("fire").unwrap(),
    );
    text + "        spike_o[k[2:0]] <= fired[k[2:0]][0];\n      end\n    end\n  end\n  /* verilator lint_on BLKSEQ */
endmodule\n/* verilator lint_on UNUSEDSIGNAL */\n"
}

/// The bank is clean in three tools, and every state is the interpreter's at every tick.
fn check(name: &str) {
    let derived = derived(name);
    let kernels = ModelKernels::new(&derived);
    let parts = Parts::of(&derived, &kernels);
    parts.check(&derived, "bank", bank(&parts, &kernels), 1);
}

#[test]
fn felif() {
    check("felif");
}
#[test]
fn lif() {
    check("lif");
}
#[test]
fn lif_subtractive() {
    check("lif_subtractive");
}
#[test]
fn alif() {
    check("alif");
}
#[test]
fn izhikevich() {
    check("izhikevich");
}
#[test]
fn adex() {
    check("adex");
}
#[test]
fn vo2() {
    check("vo2");
}
