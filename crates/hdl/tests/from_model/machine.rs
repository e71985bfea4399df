//! A clocked module of eight neurons around a model's kernels, and the bench that compares it with the interpreter tick by
//! tick: states, refractory time, spikes, saturations.

use crate::cases::Cards;
use crate::support::{self, Dut};
use bruno_hdl::{ModelKernels, ModelPort, ModelSignal};
use bruno_model::{Derived, Input, Output};
use std::fmt::Write;

pub const NEURONS: usize = 8;
const CARDS: usize = 60;
const TICKS: usize = 25;

/// Where a value of every neuron stands in a port: 32 bits each.
pub fn of_neuron(port: &str, index: &str, bits: u32) -> String {
    format!("{port}[{{{index}, 5'd0}} +: {bits}]")
}

/// `signed [b-1:0]`.
pub fn range(bits: u32, signed: bool) -> String {
    let sign = if signed { "signed " } else { "" };
    format!("{sign}[{}:0]", bits - 1)
}

/// What a model's module keeps, takes and gives.
pub struct Parts {
    /// States and refractory time: name, bits, signed, name after the tick.
    pub kept: Vec<(String, u32, bool, String)>,
    /// What each neuron gets anew in a tick: injected current, rounding offsets.
    pub drawn: Vec<String>,
    /// Registers.
    pub registers: Vec<ModelPort>,
}

impl Parts {
    pub fn of(derived: &Derived, kernels: &ModelKernels) -> Self {
        let mut parts = Self {
            kept: Vec::new(),
            drawn: Vec::new(),
            registers: Vec::new(),
        };
        for port in kernels.ports() {
            match port.signal {
                ModelSignal::Input(Input::State(i)) => {
                    let word = &derived.words[i];
                    let next = kernels.port(ModelSignal::Output(Output::State(i))).into();
                    parts.kept.push((port.name, word.bits, word.signed, next));
                }
                ModelSignal::Input(Input::Refractory) => {
                    let next = kernels.port(ModelSignal::Output(Output::Refractory)).into();
                    parts.kept.push((port.name, 20, false, next));
                }
                ModelSignal::Input(Input::Injection | Input::Offset(_)) => {
                    parts.drawn.push(port.name)
                }
                ModelSignal::Input(_) => parts.registers.push(port),
                ModelSignal::Output(_) => {}
            }
        }
        parts
    }

    /// Ports of the module `name` up to the closing bracket.
    pub fn head(&self, name: &str) -> String {
        let mut text = format!(
            "// Waiver: words of 32 bits, of which some are read in part.
/* verilator lint_off UNUSEDSIGNAL */
module {name} (\n  input clk_i,\n  input load_i,\n  input tick_i,\n"
        );
        let words = range(32 * NEURONS as u32, false);
        for (state, ..) in &self.kept {
            let _ = writeln!(text, "  input {words} {state}_load_i,");
        }
        for port in &self.drawn {
            let _ = writeln!(text, "  input {words} {port}_i,");
        }
        for port in &self.registers {
            let (bits, signed) = port.storage();
            let _ = writeln!(text, "  input {} {}_i,", range(bits, signed), port.name);
        }
        let spikes = range(NEURONS as u32, false);
        text + &format!("  output reg {spikes} spike_o,\n  output reg [31:0] saturated_o\n);\n\n")
    }

    /// Runs the module beside the interpreter; it computes a tick in so many cycles.
    pub fn check(&self, derived: &Derived, name: &'static str, verilog: String, cycles: usize) {
        let dut = Dut {
            name,
            verilog,
            inputs: Vec::new(),
            outputs: Vec::new(),
            vectors: Vec::new(),
        };
        support::lint(&dut);
        let kernels = ModelKernels::new(derived);
        let words = self.words(derived, &kernels);
        support::verilator_bench(
            &(dut.verilog + &self.bench(name, cycles, words.len())),
            &words,
        );
    }

    /// Registers, states, then tick by tick what is drawn and what comes of it.
    fn words(&self, derived: &Derived, kernels: &ModelKernels) -> Vec<u32> {
        let ports = kernels.ports();
        let signal = |name: &str| ports.iter().find(|p| p.name == name).unwrap().signal;
        let mut words = Vec::new();
        let mut fired = 0;
        for mut card in Cards::new(derived, NEURONS).take(CARDS) {
            words.extend(self.registers.iter().map(|p| card.values(p.signal)[0]));
            for (state, ..) in &self.kept {
                words.extend(card.values(signal(state)));
            }
            for _ in 0..TICKS {
                card.draw();
                for port in &self.drawn {
                    words.extend(card.values(signal(port)));
                }
                card.tick();
                for (.., next) in &self.kept {
                    words.extend(card.values(signal(next)));
                }
                let spikes = card.values(ModelSignal::Output(Output::Spike));
                fired += spikes.iter().sum::<i32>();
                words.extend(spikes);
                let clips = card.values(ModelSignal::Output(Output::Saturations));
                words.push(clips.iter().sum());
            }
        }
        assert!(fired > 10, "{fired} spikes");
        words.into_iter().map(|w| w as u32).collect()
    }

    fn bench(&self, name: &str, cycles: usize, count: usize) -> String {
        let mut text = format!(
            "module bench;
  reg [31:0] words [0:{count}-1];
  reg signed [31:0] seen;
  integer at, n, card, tick, cycle;
  reg clk_i, load_i, tick_i;
  wire [{NEURONS}-1:0] spike_o;
  wire [31:0] saturated_o;
"
        );
        let mut ports = vec!["clk_i", "load_i", "tick_i", "spike_o", "saturated_o"]
            .into_iter()
            .map(String::from)
            .collect::<Vec<_>>();
        let loads = self.kept.iter().map(|k| format!("{}_load_i", k.0));
        let drawn = self.drawn.iter().map(|d| format!("{d}_i"));
        let wide: Vec<String> = loads.chain(drawn).collect();
        for port in &wide {
            let _ = writeln!(text, "  reg [32*{NEURONS}-1:0] {port};");
        }
        for port in &self.registers {
            let _ = writeln!(text, "  reg [31:0] {}_i;", port.name);
        }
        ports.extend(wide.iter().cloned());
        let mut wires: Vec<String> = ports.iter().map(|p| format!(".{p}({p})")).collect();
        wires.extend(self.registers.iter().map(|p| {
            let (bits, _) = p.storage();
            format!(".{0}_i({0}_i[{1}:0])", p.name, bits - 1)
        }));
        let _ = write!(
            text,
            "  {name} dut ({});
  task next; begin seen = words[at]; at = at + 1; end endtask
  task same(input signed [31:0] found); begin
    next;
    if (found !== seen) begin
      $display(\"DIFFERENT word %0d: %0d, expected %0d; card %0d tick %0d neuron %0d\", at - 1, found, seen, card, tick, n);
      $finish;
    end
  end endtask
  initial begin
    $readmemh(\"words.hex\", words);
    at = 0; clk_i = 0; tick_i = 0;
    for (card = 0; card < {CARDS}; card = card + 1) begin\n",
            wires.join(", ")
        );
        for port in &self.registers {
            let _ = writeln!(text, "      next; {}_i = seen;", port.name);
        }
        let each = format!("for (n = 0; n < {NEURONS}; n = n + 1) begin");
        for (state, ..) in &self.kept {
            let _ = writeln!(
                text,
                "      {each} next; {state}_load_i[32*n +: 32] = seen; end"
            );
        }
        let _ = writeln!(
            text,
            "      load_i = 1; #1 clk_i = 1; #1 clk_i = 0; load_i = 0;
      for (tick = 0; tick < {TICKS}; tick = tick + 1) begin"
        );
        for port in &self.drawn {
            let _ = writeln!(
                text,
                "        {each} next; {port}_i[32*n +: 32] = seen; end"
            );
        }
        let _ = writeln!(
            text,
            "        tick_i = 1;
        for (cycle = 0; cycle < {cycles}; cycle = cycle + 1) begin #1 clk_i = 1; #1 clk_i = 0; tick_i = 0; end"
        );
        for (state, ..) in &self.kept {
            let _ = writeln!(text, "        {each} same(dut.{state}[n]); end");
        }
        let _ = writeln!(text, "        {each} same({{31'd0, spike_o[n]}}); end");
        text + "        same(saturated_o);\n      end\n    end\n    $display(\"AGREE\");\n    $finish;\n  end\nendmodule\n"
    }
}
