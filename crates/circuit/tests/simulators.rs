//! The exported netlists in the simulators themselves, against the adaptive solver: ngspice with behavioural sources, VACASK
//! with the Verilog-A model compiled by openvaf-r.

mod reference;

use bruno_chip::DeviceCard;
use bruno_circuit::netlist::{RAW_FILE, Stimulus, Testbench, ngspice_fecap};
use bruno_circuit::simulator::{Simulator, compare};
use bruno_circuit::{
    DEFAULT_TOLERANCE, Drive, FecapCard, Measures, Method, Neuron, Waveform, simulate,
    simulate_reduced,
};
use bruno_device::Felif;
use std::collections::BTreeMap;
use std::time::Duration;

/// Runs a testbench; V (V) and p agree within `bound`, and spikes are as many and within 2 us.
fn check(simulator: Simulator, testbench: &Testbench, spikes: usize, bound: f64) {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in simulator.files(testbench) {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let trace = simulator.run(testbench, dir.path(), Duration::from_secs(300));
    let (found, _) = compare(testbench, &trace.unwrap_or_else(|e| panic!("{e}"))).unwrap();
    eprintln!("{simulator:?}, {}: {found:?}", testbench.title);
    assert_eq!(found.spikes, [spikes; 2]);
    assert!(found.v_max_v < bound && found.p_max < bound, "{found:?}");
    assert!(found.spike_max_s < 2e-6 && found.points > 1000, "{found:?}");
}

fn both(testbench: &Testbench, spikes: usize, bound: f64) {
    check(Simulator::Ngspice, testbench, spikes, bound);
    check(Simulator::Vacask, testbench, spikes, bound);
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
    both(&testbench(card, true, stimulus, 0.04), 4, 1e-3);
}

/// The values that ngspice gives for the `.meas` lines of a testbench.
fn measured(testbench: &Testbench) -> BTreeMap<String, f64> {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in Simulator::Ngspice.files(testbench) {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let mut ngspice = std::process::Command::new("ngspice");
    ngspice
        .args(["-n", "-b", "testbench.cir"])
        .current_dir(dir.path());
    let printed = ngspice.output().unwrap().stdout;
    let printed = String::from_utf8_lossy(&printed);
    let value = |line: &str| {
        let (name, rest) = line.split_once('=')?;
        let value = rest.split_whitespace().next()?.parse().ok()?;
        Some((name.trim().to_string(), value))
    };
    printed.lines().filter_map(value).collect()
}

/// What a user's own bench measures is what bruno measures of its own solver's course.
#[test]
fn measures_of_a_bench() {
    let card = DeviceCard::default();
    let stimulus = Stimulus::built_in(card.area_um2, 1e-3 * card.tau_syn_ms);
    let testbench = testbench(card, true, stimulus, 0.04);
    let times: Vec<f64> = (0..=40_000).map(|k| 1e-6 * f64::from(k)).collect();
    let current = testbench.stimulus.waveform().unwrap();
    let method = Method::Adaptive {
        tolerance: DEFAULT_TOLERANCE,
    };
    let own = simulate_reduced(&testbench.neuron, &current, &times, method).unwrap();
    let own = Measures::of(&own);
    let found = measured(&testbench);
    let pairs = [
        ("first_spike", own.first_spike_s),
        ("period", own.period_s),
        ("swing", Some(own.swing_v)),
        ("energy", own.energy_j),
    ];
    for (name, own) in pairs {
        let (found, own) = (found[name], own.unwrap());
        assert!((found / own - 1.0).abs() < 5e-4, "{name}: {found}, {own}");
    }
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
    both(&testbench(card, true, stimulus, 0.01), 3, 1e-3);
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
    both(&testbench, 1, 1e-3);
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
        both(&testbench, 0, 1e-5);
    }
}

#[test]
fn the_reference_neuron() {
    if let Some(testbench) = reference_neuron(true, 0.1) {
        both(&testbench, 2, 1e-3);
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
        text.contains("ngspice -n -b testbench.cir` failed") && text.contains("nowhere"),
        "{text}"
    );
}

/// The subcircuit of the full model under a source of ngspice, against the full model.
fn check_capacitor(source: &str, drive: &Drive, stop_s: f64) {
    let card = FecapCard {
        area: 1e-12,
        ..FecapCard::default()
    };
    let dir = tempfile::tempdir().unwrap();
    let model = ngspice_fecap(&card, 300.15).unwrap();
    std::fs::write(dir.path().join("fecap.lib"), model).unwrap();
    let bench = format!(
        "capacitor\n.include fecap.lib\n{source}\nX1 m 0 occ fecap\n\
         .options method=gear reltol=1e-6 abstol=1e-20 vntol=1e-9 chgtol=1e-24 gmin=1e-22 trtol=1\n\
         .control\nset noaskquit\nset filetype=binary\nsave v(m) v(occ)\ntran 1u {stop_s} 0 1u uic\n\
         write {RAW_FILE} v(m) v(occ)\nquit\n.endc\n.end\n"
    );
    std::fs::write(dir.path().join("bench.cir"), bench).unwrap();
    let raw = Simulator::Ngspice.execute(dir.path(), "bench.cir", Duration::from_secs(100));
    let raw = raw.unwrap_or_else(|e| panic!("{e}"));
    let column = |name: &str| raw.column(name).unwrap();
    // Where ngspice comes to a time twice, only the first counts.
    let mut times: Vec<f64> = Vec::new();
    let mut rows = Vec::new();
    for (k, &t) in column("time").iter().enumerate() {
        if times.last().is_none_or(|&last| t > last) {
            times.push(t);
            rows.push(k);
        }
    }
    assert!(times.last().unwrap() / stop_s > 0.999_999);
    let own = simulate(&card, 300.15, drive, &times, DEFAULT_TOLERANCE).unwrap();
    let largest = |name: &str, own: &[f64]| {
        let apart = rows
            .iter()
            .zip(own)
            .map(|(&k, b)| (column(name)[k] - b).abs());
        apart.fold(0.0, f64::max)
    };
    let (v, p) = (largest("m", &own.v_v), largest("occ", &own.p));
    eprintln!(
        "capacitor, `{}`: {v:.2e} V, p {p:.2e}",
        source.replace('\n', " ")
    );
    assert!(v < 1e-3 && p < 1e-3, "{v} V, p {p}");
}

#[test]
fn the_capacitor_under_a_voltage() {
    let points = [
        (0.0, 0.0),
        (0.25e-3, 3.0),
        (0.75e-3, -3.0),
        (1.25e-3, 3.0),
        (1.5e-3, 0.0),
    ];
    let text: Vec<String> = points.iter().map(|(t, v)| format!("{t:e} {v}")).collect();
    let source = format!("V1 m 0 PWL({})", text.join(" "));
    check_capacitor(
        &source,
        &Drive::Voltage(Waveform::linear(&points).unwrap()),
        1.5e-3,
    );
}

#[test]
fn the_capacitor_as_a_membrane() {
    let points = [
        (0.0, 0.0),
        (1e-3, 0.0),
        (1.001e-3, 400e-12),
        (3e-3, 400e-12),
        (3.001e-3, 0.0),
    ];
    let text: Vec<String> = points.iter().map(|(t, i)| format!("{t:e} {i:e}")).collect();
    let source = format!("I1 0 m PWL({})\nR1 m 0 5e9", text.join(" "));
    let drive = Drive::Current {
        waveform: Waveform::linear(&points).unwrap(),
        leak_s: 1.0 / 5e9,
    };
    check_capacitor(&source, &drive, 10e-3);
}
