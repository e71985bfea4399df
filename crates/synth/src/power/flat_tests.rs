//! Energies of modules, computed by hand, of a netlist that Yosys flattens: two instances of a module share a row, and each
//! adds what it took itself.

use super::*;
use crate::power::energy::{self, Energy};
use crate::power::simulate::Simulator;
use crate::{Memories, Target};
use std::time::Duration;

/// Written as the OSU libraries are: the function of a state by any name, a pad with a pin of both directions, tables over
/// more lines. An inverter of 2 pF; a flip-flop of 3 pF (data) and 5 pF (clock).
const LIBRARY: &str = r#"/* by hand */
library(hand) {
  time_unit : "1ns"; voltage_unit : "1V"; leakage_power_unit : "1nW";
  capacitive_load_unit (1,pf);
  nom_voltage : VOLTS;
  power_lut_template(by_load) {
    variable_1 : total_output_net_capacitance; variable_2 : input_transition_time;
    index_1 ("1000.0, 1001.0"); index_2 ("1000.0");
  }
  power_lut_template(passive) { variable_1 : input_transition_time; index_1 ("1000.0"); }
  cell (INV) {
    area : 1;
    pin(A) { direction : input; capacitance : 2; }
    pin(Y) { direction : output; capacitance : 0; function : "(!A)";
      internal_power() { related_pin : "A";
        fall_power(by_load) { index_1 ("0, 10"); index_2 ("0.1"); values ( \
          "3", \
          "13"); }
        rise_power(by_load) { index_1 ("0, 10"); index_2 ("0.1"); values ( \
          "1", \
          "11"); } } }
  }
  cell (FLOP) {
    ff (DS0000,P0002) { next_state : "D"; clocked_on : "C"; }
    pin(C) { direction : input; capacitance : 5; clock : true;
      internal_power() { rise_power(passive) { index_1 ("0.1"); values ("0.5"); }
                         fall_power(passive) { index_1 ("0.1"); values ("1.5"); } } }
    pin(D) { direction : input; capacitance : 3;
      internal_power() { rise_power(passive) { index_1 ("0.1"); values ("0.25"); }
                         fall_power(passive) { index_1 ("0.1"); values ("0.75"); } } }
    pin(Q) { direction : output; capacitance : 0; function : "DS0000";
      internal_power() { related_pin : "C";
        rise_power(by_load) { index_1 ("0, 10"); index_2 ("0.1"); values ("4", "4"); }
        fall_power(by_load) { index_1 ("0, 10"); index_2 ("0.1"); values ("6", "6"); } } }
  }
  cell (PADINOUT) {
    pad_cell : true;
    pin(DO) { direction : input; capacitance : 9; }
    pin(YPAD) { direction : inout; is_pad : true; function : "DO"; }
  }
}"#;

/// `halves` feeds itself; `follows` takes what enters. An inverter of the top is behind the first.
const NETLIST: &str = "
module stage(input clk_i, input d_i, output n_o);
  wire q;
  FLOP flop(.C(clk_i), .D(d_i), .Q(q));
  INV inverter(.A(q), .Y(n_o));
endmodule
module top(input clk_i, input d_i, output a_o, output b_o);
  wire a;
  stage halves(.clk_i(clk_i), .d_i(a), .n_o(a));
  stage follows(.clk_i(clk_i), .d_i(d_i), .n_o(b_o));
  INV inverter(.A(a), .Y(a_o));
endmodule
";

/// Internal, pins, clock in pJ of three cycles, from the second after power-up; `data` enters before the first of them.
/// Rows: what ports drive, both stages, the top's inverter.
fn check(volts: &str, data: u64, expected: [[f64; 3]; 3]) {
    let dir = tempfile::tempdir().unwrap();
    let library = dir.path().join("hand.lib");
    std::fs::write(&library, LIBRARY.replace("VOLTS", volts)).unwrap();
    std::fs::write(dir.path().join(files::NETLIST), NETLIST).unwrap();
    let options = Options {
        target: Target::Osu018, // the library is named apart
        memories: Memories::Apart,
        device: None,
        limit: Duration::from_secs(60),
        dir: dir.path().into(),
    };
    let modules = ["stage", "top"];
    let (liberty, netlist) = netlist("top", &modules, &library, &options).unwrap();
    let mut simulator = Simulator::new(&netlist);
    simulator.clock();
    simulator.counts = true;
    simulator.set("d_i", data);
    (0..3).for_each(|_| simulator.clock());
    let energies = energy::by_module(&netlist, &liberty, &simulator.activity(), modules.len());
    let figures = |e: &Energy| [e.internal_pj, e.switching_pj, e.clock_pj];
    let found: Vec<[f64; 3]> = energies.iter().map(figures).collect();
    assert_eq!(found, expected);
}

// Of the stage that halves, in each cycle Q changes (5 pJ, and 2 pF behind it), the inverter (7 pJ at 5 pF, and these: the
// flip-flop's data and the top's inverter) and the data (0.5 pJ): 37.5 pJ inside; in pins 3 (1 + 2.5) = 10.5 pJ at 1 V,
// four times that at 2 V. A clock pin takes 1 pJ and 1/2 5 pF V^2 an edge: of two in three cycles 42 pJ, 132 pJ at 2 V.
// The top's inverter drives nothing: 2 pJ a change.
#[test]
fn an_instance_at_rest_takes_its_clock() {
    check(
        "1",
        0,
        [[0.0, 0.0, 0.0], [37.5, 10.5, 42.0], [6.0, 0.0, 0.0]],
    );
    check(
        "2",
        0,
        [[0.0, 0.0, 0.0], [37.5, 42.0, 132.0], [6.0, 0.0, 0.0]],
    );
}
// The other stage's data rises once, and so does its Q, and its inverter, which drives nothing, falls: 0.5 + 5 + 2 pJ
// inside; in pins 1 pJ of Q, and 1.5 pJ of the port that drives the data, four times that at 2 V.
#[test]
fn an_instance_adds_what_it_took() {
    check(
        "1",
        1,
        [[0.0, 1.5, 0.0], [45.0, 11.5, 42.0], [6.0, 0.0, 0.0]],
    );
    check(
        "2",
        1,
        [[0.0, 6.0, 0.0], [45.0, 46.0, 132.0], [6.0, 0.0, 0.0]],
    );
}
