//! A netlist whose energy was computed by hand.

use super::*;
use crate::power::simulate::Simulator;

/// An inverter of 2 pF and a flip-flop of 3 pF (data) and 5 pF (clock) at 2 V.
const LIBRARY: &str = r#"library(hand) {
  time_unit : "1ns"; voltage_unit : "1V"; leakage_power_unit : "1nW"; capacitive_load_unit(1, pf);
  nom_voltage : 2;
  power_lut_template(by_load) { variable_1 : total_output_net_capacitance; variable_2 : input_transition_time; }
  power_lut_template(passive) { variable_1 : input_transition_time; }
  cell(INV) {
    cell_leakage_power : 7;
    pin(A) { direction : input; capacitance : 2; }
    pin(Y) { direction : output; function : "(!A)";
      internal_power() { related_pin : "A";
        rise_power(by_load) { index_1("0, 10"); index_2("0.1"); values("1, 11"); }
        fall_power(by_load) { index_1("0, 10"); index_2("0.1"); values("3, 13"); } } }
  }
  cell(FLOP) {
    cell_leakage_power : 9;
    ff(IQ, IQN) { next_state : "D"; clocked_on : "C"; }
    pin(C) { direction : input; capacitance : 5;
      internal_power() { rise_power(passive) { index_1("0.1"); values("0.5"); }
                         fall_power(passive) { index_1("0.1"); values("1.5"); } } }
    pin(D) { direction : input; capacitance : 3;
      internal_power() { rise_power(passive) { index_1("0.1"); values("0.25"); }
                         fall_power(passive) { index_1("0.1"); values("0.75"); } } }
    pin(Q) { direction : output; function : "IQ";
      internal_power() { related_pin : "C";
        rise_power(by_load) { index_1("0, 10"); index_2("0.1"); values("4, 4"); }
        fall_power(by_load) { index_1("0, 10"); index_2("0.1"); values("6, 6"); } } }
  }
}"#;

/// Q (net 5) goes through two inverters (6, 7) to the output, and from the first one back to D: it halves the clock.
const NETLIST: &str = r#"{"modules":{"top":{
  "ports":{"clk_i":{"bits":[4]},"out_o":{"bits":[7]}},
  "cells":{
    "flop":{"type":"FLOP","attributes":{"bruno_module":"01"},"connections":{"C":[4],"D":[6],"Q":[5]}},
    "two":{"type":"INV","attributes":{"bruno_module":"10"},"connections":{"A":[6],"Y":[7]}},
    "one":{"type":"INV","attributes":{"bruno_module":"10"},"connections":{"A":[5],"Y":[6]}}}}}}"#;

fn run(cycles: u64) -> (Liberty, Netlist, Activity) {
    let liberty = Liberty::parse(LIBRARY).unwrap();
    let netlist = Netlist::parse(NETLIST, "top", &liberty).unwrap();
    let mut simulator = Simulator::new(&netlist);
    // At this edge Q rises for the first time, which the next cycle counts.
    simulator.clock();
    simulator.counts = true;
    (0..cycles).for_each(|_| simulator.clock());
    let activity = simulator.activity();
    (liberty, netlist, activity)
}

#[test]
fn three_cycles_by_hand() {
    let (liberty, netlist, activity) = run(3);
    assert_eq!(activity.toggles[5..8], [3, 3, 3]);
    let energies = by_module(&netlist, &liberty, &activity, 2);
    // Six edges of the clock pin: 1 pJ behind it and 1/2 5 pF (2 V)^2 = 10 pJ in it.
    assert_eq!(energies[1].clock_pj, 66.0);
    // Three changes of Q, 5 pJ each, and of D, 0.5 pJ each.
    assert_eq!(energies[1].internal_pj, 16.5);
    // Q drives 2 pF: 4 pJ a change.
    assert_eq!(energies[1].switching_pj, 12.0);
    // The first inverter drives 5 pF: 2 + 5 pJ in it and 10 in the pins; the second one nothing: 2 pJ in it.
    assert_eq!(energies[2].internal_pj, 3.0 * 9.0);
    assert_eq!(energies[2].switching_pj, 30.0);
    assert_eq!(energies[0], Energy::default());
    assert_eq!(leakage_nw(&netlist, &liberty), 23.0);
}

fn check_refused(from: &str, to: &str, expected: &str) {
    let liberty = Liberty::parse(LIBRARY).unwrap();
    let error = Netlist::parse(&NETLIST.replace(from, to), "top", &liberty).unwrap_err();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn another_clock() {
    check_refused(
        r#""C":[4]"#,
        r#""C":[7]"#,
        "a way to simulate flop of type FLOP",
    );
}
#[test]
fn an_unknown_cell() {
    check_refused(r#""type":"INV""#, r#""type":"ODD""#, "of type ODD");
}
#[test]
fn a_loop() {
    check_refused(r#""A":[5]"#, r#""A":[7]"#, "a loop without a flip-flop");
}
