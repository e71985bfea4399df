//! The exported netlists in the simulators themselves, against the adaptive solver: ngspice with behavioural sources, VACASK
//! with the Verilog-A model compiled by openvaf-r.

mod reference;

use bruno_chip::DeviceCard;
use bruno_circuit::Neuron;
use bruno_circuit::netlist::{Stimulus, Testbench};
use bruno_circuit::simulator::{Comparison, Simulator, compare};
use bruno_device::Felif;
use std::time::Duration;

/// V may differ by so much, V.
const BOUND_V: f64 = 1e-3;

/// Runs a testbench; V and p agree, and spikes are as many and within 20 us.
fn check(simulator: Simulator, testbench: &Testbench, spikes: usize) -> Comparison {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in simulator.files(testbench) {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let trace = simulator.run(testbench, dir.path(), Duration::from_secs(300));
    let (found, _) = compare(testbench, &trace.unwrap_or_else(|e| panic!("{e}"))).unwrap();
    eprintln!("{simulator:?}, {}: {found:?}", testbench.title);
    assert_eq!(found.spikes, [spikes; 2]);
    assert!(found.v_max_v < BOUND_V && found.p_max < 1e-3, "{found:?}");
    assert!(
        found.spike_max_s < 20e-6 && found.points > 1000,
        "{found:?}"
    );
    found
}

fn both(testbench: &Testbench, spikes: usize) {
    check(Simulator::Ngspice, testbench, spikes);
    check(Simulator::Vacask, testbench, spikes);
}

fn testbench(card: DeviceCard, fires: bool, stimulus: Stimulus, stop_s: f64) -> Testbench {
    Testbench {
        title: "a neuron".into(),
        neuron: Neuron {
            card,
            fires,
            start_v: 0.0,
            start_p: 0.0,
        },
        stimulus,
        stop_s,
    }
}

#[test]
fn the_neuron_of_a_chip() {
    let card = DeviceCard::default();
    let stimulus = Stimulus::built_in(card.area_um2, 1e-3 * card.tau_syn_ms);
    both(&testbench(card, true, stimulus, 0.04), 4);
}

/// The series layers, a reset that keeps p, and a reset below 0 V.
#[test]
fn every_value_of_the_card() {
    let card = DeviceCard {
        c_series_f_m2: Some(0.25),
        p_ref: 0.3,
        keep_p: true,
        v_reset_v: -0.1,
        t_ref_ms: 0.5,
        ..DeviceCard::default()
    };
    let stimulus = Stimulus::built_in(card.area_um2, 1e-3 * card.tau_syn_ms);
    both(&testbench(card, true, stimulus, 0.01), 3);
}

#[test]
fn a_recorded_current() {
    let card = DeviceCard {
        v_th_v: 0.7,
        p_reset: 0.1,
        ..DeviceCard::default()
    };
    let points = [
        (1e-3, 0.0),
        (5e-3, 400e-12),
        (5.001e-3, 0.0),
        (8e-3, -300e-12),
    ];
    let mut testbench = testbench(card, true, Stimulus::Current(points.into()), 0.01);
    testbench.neuron.start_v = 0.2;
    testbench.neuron.start_p = 0.05;
    both(&testbench, 1);
}

/// The neuron of the reference folder `felif-ode`, where that is given.
fn reference_neuron(fires: bool, stop_s: f64) -> Option<Testbench> {
    let path = reference::path("felif-ode", "input.csv")?;
    let stimulus = Stimulus::load(&path, 0.01).unwrap();
    let mut card = DeviceCard {
        area_um2: 1.0,
        v_th_v: 0.75,
        t_ref_ms: 0.0,
        ..DeviceCard::default()
    };
    // tau_m = C/g = 20 ms
    card.g_leak_ps = Felif::new(&card).capacitance_f / 20e-3 * 1e12;
    Some(testbench(card, fires, stimulus, stop_s))
}

#[test]
fn the_reference_membrane() {
    if let Some(testbench) = reference_neuron(false, 0.04) {
        both(&testbench, 0);
    }
}

#[test]
fn the_reference_neuron() {
    if let Some(testbench) = reference_neuron(true, 0.1) {
        both(&testbench, 2);
    }
}

/// A failing simulator shows what it printed.
#[test]
fn a_failing_simulator() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("testbench.cir"),
        "title\n.include nowhere\n.end\n",
    )
    .unwrap();
    let stimulus = Stimulus::Current(vec![(0.0, 0.0)]);
    let testbench = testbench(DeviceCard::default(), true, stimulus, 1e-3);
    let error = Simulator::Ngspice.run(&testbench, dir.path(), Duration::from_secs(60));
    let text = error.unwrap_err().to_string();
    assert!(
        text.contains("-b testbench.cir` failed") && text.contains("nowhere"),
        "{text}"
    );
}
