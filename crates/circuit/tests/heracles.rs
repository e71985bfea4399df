//! The full model against transient simulations of the published Verilog-A model in another simulator (VACASK).

mod reference;

use bruno_circuit::fecap::Fecap;
use bruno_circuit::trace::{range, rms};
use bruno_circuit::{DEFAULT_TOLERANCE, Drive, FecapCard, simulate, simulate_model};
use reference::{Table, pulses};

const TEMPERATURE_K: f64 = 300.15;

fn card() -> FecapCard {
    FecapCard {
        area: 1e-12,
        ..FecapCard::default()
    }
}

/// RMS of p, of the current by its peak, and of V_fe in V.
fn loop_errors(name: &str, field_widens_depletion: bool) -> Option<[f64; 3]> {
    let table = Table::read("heracles", name)?;
    let mut fecap = Fecap::new(&card(), TEMPERATURE_K).unwrap();
    fecap.layers.field_widens_depletion = field_widens_depletion;
    let drive = Drive::Voltage(table.waveform("v_drive_V"));
    let trace = simulate_model(fecap, &drive, &table.column("t_s"), DEFAULT_TOLERANCE).unwrap();
    let current = table.column("i_A");
    let peak = current.iter().fold(0.0f64, |m, i| m.max(i.abs()));
    let errors = [
        rms(&trace.p, &table.column("p")),
        rms(&trace.i_a, &current) / peak,
        rms(&trace.v_fe_v, &table.column("v_fe_V")),
    ];
    eprintln!(
        "{name}, field {field_widens_depletion}: p, current by its peak, V_fe (V): {errors:?}"
    );
    Some(errors)
}

fn check_loop(name: &str) {
    if let Some([p, current, _]) = loop_errors(name, false) {
        assert!(p <= 0.02 && current <= 0.05);
    }
}

/// The published Verilog-A reads the field before it assigns it: with the field, the traces are not met.
#[test]
fn no_field_in_the_depletion_layers() {
    for name in [
        "pv_1.2V_1kHz.csv",
        "pv_1.6V_1kHz.csv",
        "pv_2V_1kHz.csv",
        "pv_3V_1kHz.csv",
    ] {
        if let Some([_, current, _]) = loop_errors(name, true) {
            assert!(current > 0.05);
        }
    }
}

fn check_membrane(name: &str, top_s: f64, leak_ohm: f64) {
    let Some(table) = Table::read("heracles", name) else {
        return;
    };
    let leak_s = 1.0 / leak_ohm;
    let waveform = pulses(&table, top_s, leak_s);
    let drive = Drive::Current { waveform, leak_s };
    let times = table.column("t_s");
    let trace = simulate(&card(), TEMPERATURE_K, &drive, &times, DEFAULT_TOLERANCE).unwrap();
    let v_range = range(&table.column("v_V"));
    let v = rms(&trace.v_v, &table.column("v_V")) / v_range;
    let p = rms(&trace.p, &table.column("p"));
    eprintln!("{name}: V {v:.2e} of its range, p {p:.2e}");
    assert!(v <= 0.01 && p <= 0.02);
}

#[test]
fn loop_1_2_v() {
    check_loop("pv_1.2V_1kHz.csv");
}

#[test]
fn loop_1_6_v() {
    check_loop("pv_1.6V_1kHz.csv");
}

#[test]
fn loop_2_v() {
    check_loop("pv_2V_1kHz.csv");
}

#[test]
fn loop_3_v() {
    check_loop("pv_3V_1kHz.csv");
}

#[test]
fn membrane_short_strong_pulses() {
    check_membrane("felif_2nA_20us_random.csv", 20e-6, 2e9);
}

#[test]
fn membrane_weak_pulses() {
    check_membrane("felif_0.4nA_200us_random.csv", 200e-6, 5e9);
}

#[test]
fn membrane_long_pulses() {
    check_membrane("felif_1nA_1ms_pulses.csv", 1e-3, 5e9);
}

#[test]
fn membrane_relaxation() {
    check_membrane("felif_relaxation.csv", 2e-3, 5e9);
}
