//! Neurons from their files beside the kernels that are written by hand: the harness of the proof
//! (`testbenches/formal/equal.v`) with random inputs in place of free ones, for what the proof does not reach.

use crate::{program, support};
use bruno_hdl::kernels::{Felif, Lif, MembraneReset, OccupationReset, Synapse};
use bruno_hdl::{ModelKernels, module};
use rust_hdl_core::prelude::Block;

const HARNESS: &str = include_str!("../../../../testbenches/formal/equal.v");

/// Words of every width: ends of 20 and 24 bits, small ones, any. Coefficients are often such that neurons move and fire.
const BENCH: &str = "
module bench;
  equal dut();
  integer n, spikes, moves;
  function [31:0] word(input integer unused);
    case ($urandom & 15)
      0: word = 32'd0;
      1: word = 32'hffffffff;
      2: word = 32'h00080000;
      3: word = 32'h0007ffff;
      4: word = 32'h00800000;
      5: word = 32'h007fffff;
      6: word = $urandom & 255;
      default: word = $urandom;
    endcase
  endfunction
  function [4:0] shift(input integer unused);
    shift = ($urandom & 3) == 0 ? $urandom : 5 + $urandom % 16;
  endfunction
  function signed [23:0] logarithm(input integer unused);
    logarithm = ($urandom & 3) == 0 ? $urandom : ($urandom & 32'h1ffff) - 32'h18000;
  endfunction
  initial begin
    spikes = 0; moves = 0;
    for (n = 0; n < `COUNT; n = n + 1) begin
      dut.i = word(0); dut.v = word(0); dut.ticks = word(0); dut.inject = word(0); dut.i_round = word(0);
      dut.v_round = word(0); dut.v_th = word(0); dut.v_reset = word(0); dut.v_floor = word(0); dut.t_ref = word(0);
      dut.i_dec_m = word(0); dut.in_m = word(0); dut.leak_m = word(0);
      dut.i_dec_s = shift(0); dut.in_s = shift(0); dut.leak_s = shift(0); dut.in_h = word(0); dut.leak_h = word(0);
`ifdef FELIF
      dut.p = word(0); dut.p_reset = word(0); dut.keep_p = word(0); dut.p_round = word(0);
      dut.xv_m = word(0); dut.xp_m = word(0); dut.kap_m = word(0);
      dut.xv_s = shift(0); dut.xp_s = shift(0); dut.kap_s = shift(0);
      dut.xv_h = word(0); dut.xp_h = word(0); dut.kap_h = word(0);
      dut.x0 = logarithm(0); dut.xc = logarithm(0);
`endif
      #1;
      spikes = spikes + dut.file_spike;
      moves = moves + (dut.file_v != dut.v_w);
    end
    if (spikes < `COUNT / 50 || moves < `COUNT / 3) $display(\"DIFFERENT: %0d spikes, %0d moves\", spikes, moves);
    $display(\"AGREE %0d vectors, %0d spikes\", n, spikes);
    $finish;
  end
endmodule
";

/// So many random inputs; an assertion of the harness that fails ends the run.
fn check(name: &str, block: &dyn Block, state: &str, count: usize) {
    let program = program(name);
    let file = format!("{name}_file");
    let defines = match name {
        "felif" => "`define FELIF\n",
        _ => "",
    };
    let defines = format!(
        "{defines}`define KERNEL {name}\n`define MODEL {file}\n`define {state}\n`define COUNT {count}\n"
    );
    let modules = [
        module(name, block).unwrap(),
        module("synapse", &Synapse::default()).unwrap(),
        module("membrane_reset", &MembraneReset::default()).unwrap(),
        module("occupation_reset", &OccupationReset::default()).unwrap(),
        ModelKernels::new(&program).module(&file).unwrap(),
    ];
    support::verilator_bench(&(defines + &modules.concat() + HARNESS + BENCH), &[]);
}

#[test]
fn felif() {
    check("felif", &Felif::default(), "READY", 100_000);
}

/// `cargo test -p bruno-hdl --test from_model -- --ignored ten_million`.
#[test]
#[ignore = "takes a minute"]
fn ten_million() {
    check("felif", &Felif::default(), "READY", 10_000_000);
    check("lif", &Lif::default(), "READY", 10_000_000);
}
