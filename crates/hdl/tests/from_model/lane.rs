//! The kernels as the pipeline of a lane: one neuron a cycle.

use crate::derived;
use crate::machine::{NEURONS, Parts, of_neuron, range};
use bruno_hdl::{Binding, ModelKernels, Pipeline, Source, print};
use std::fmt::Write;

/// The stage in which the injected current is there, as where rows of synapses are summed before.
const LATE: usize = 2;
/// Delay of a stage as `generate/fold` gives it: a multiplier and an adder.
const BUDGET: u32 = 11;

fn bind(parts: &Parts, name: &str) -> Option<Binding> {
    if let Some((_, bits, signed, _)) = parts.kept.iter().find(|k| k.0 == name) {
        return Some(Binding::new(&format!("{name}_now"), *bits, *signed));
    }
    if parts.drawn.iter().any(|d| d == name) {
        return Some(Binding::new(&format!("{name}_q"), 32, true));
    }
    let register = parts.registers.iter().find(|r| r.name == name)?;
    let (bits, signed) = register.storage();
    Some(Binding::new(&format!("{name}_i"), bits, signed))
}

/// The lane and the cycles of a tick.
fn lane(parts: &Parts, kernels: &ModelKernels) -> (String, usize) {
    let mut stages = vec![kernels.neurons("neuron").unwrap()];
    stages.extend(kernels.resets("reset").unwrap());
    let printed = print(&stages, &|name| bind(parts, name), 2).unwrap();
    let kept = parts.kept.iter();
    let mut sources: Vec<Source> = kept
        .map(|(state, bits, signed, _)| Source::new(&format!("{state}_now"), *bits, *signed, 0))
        .collect();
    let stage = |name: &str| if name == "inject" { LATE } else { 0 };
    let drawn = parts.drawn.iter();
    sources.extend(drawn.map(|name| Source::new(&format!("{name}_q"), 32, true, stage(name))));
    let output = |name: &str| printed.output(name).unwrap();
    let mut outputs: Vec<String> = parts.kept.iter().map(|k| output(&k.3)).collect();
    outputs.extend(["spike", "saturated"].map(output));
    let pipeline = Pipeline::cut(&printed, &sources, &outputs, BUDGET);
    let last = pipeline.depth() - 1;
    let at_end = |name: &str| pipeline.name(&output(name), last);

    let mut text = parts.head("lane");
    for (state, bits, signed, _) in &parts.kept {
        let kind = range(*bits, *signed);
        let _ = writeln!(
            text,
            "  reg {kind} {state} [0:{}];\n  reg {kind} {state}_now;",
            NEURONS - 1
        );
    }
    for name in &parts.drawn {
        let _ = writeln!(text, "  reg signed [31:0] {name}_q;");
    }
    for stage in 0..=last {
        let _ = writeln!(text, "  reg [2:0] slot_s{stage};\n  reg valid_s{stage};");
    }
    text += "  reg [3:0] slot;\n  wire running = !slot[3];\n  reg [3:0] k;\n";
    text += &printed.declarations(1);
    text += &pipeline.declarations();
    text += &pipeline.blocks();
    text += "  // Waiver: only the index of the loop is assigned so.
  /* verilator lint_off BLKSEQ */
  always @(posedge clk_i) begin
    k = 4'd0;
    if (load_i) slot <= 4'd8;
    else if (tick_i) slot <= 4'd0;
    else if (running) slot <= slot + 4'd1;
    slot_s0 <= slot[2:0];
    valid_s0 <= running & !load_i;\n";
    for (state, ..) in &parts.kept {
        let _ = writeln!(text, "    {state}_now <= {state}[slot[2:0]];");
    }
    for name in &parts.drawn {
        let slot = match stage(name) {
            0 => "slot[2:0]".to_string(),
            late => format!("slot_s{}", late - 1),
        };
        let value = of_neuron(&format!("{name}_i"), &slot, 32);
        let _ = writeln!(text, "    {name}_q <= {value};");
    }
    for stage in 1..=last {
        let before = stage - 1;
        let _ = writeln!(
            text,
            "    slot_s{stage} <= slot_s{before};\n    valid_s{stage} <= valid_s{before} & !load_i;"
        );
    }
    let _ = writeln!(
        text,
        "    if (tick_i) saturated_o <= 32'd0;\n    if (load_i) begin\n      for (k = 4'd0; k < 4'd8; k = k + 4'd1) begin"
    );
    for (state, bits, ..) in &parts.kept {
        let value = of_neuron(&format!("{state}_load_i"), "k[2:0]", *bits);
        let _ = writeln!(text, "        {state}[k[2:0]] <= {value};");
    }
    let _ = writeln!(text, "      end\n    end else if (valid_s{last}) begin");
    for (state, bits, _, next) in &parts.kept {
        let value = at_end(next);
        let _ = writeln!(
            text,
            "      {state}[slot_s{last}] <= {value}[{}:0];",
            bits - 1
        );
    }
    let _ = write!(
        text,
        "      spike_o[slot_s{last}] <= {}[0];
      saturated_o <= saturated_o + $unsigned({});
    end
  end
  /* verilator lint_on BLKSEQ */
endmodule\n/* verilator lint_on UNUSEDSIGNAL */\n",
        at_end("spike"),
        at_end("saturated"),
    );
    (text, NEURONS + last + 3)
}

/// The lane is clean in three tools, and every state is the interpreter's at every tick.
fn check(name: &str) {
    let derived = derived(name);
    let kernels = ModelKernels::new(&derived);
    let parts = Parts::of(&derived, &kernels);
    let (verilog, cycles) = lane(&parts, &kernels);
    parts.check(&derived, "lane", verilog, cycles);
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
