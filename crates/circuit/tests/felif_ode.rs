//! The reduced model against its equations solved by others (LSODA, Radau of scipy; ngspice): a synaptic current on a
//! membrane without series layers, with and without a threshold.

mod reference;

use bruno_chip::DeviceCard;
use bruno_circuit::{Method, Neuron, Trace, Waveform, simulate_reduced};
use bruno_device::Felif;
use reference::Table;

const ADAPTIVE: Method = Method::Adaptive { tolerance: 1e-9 };

fn neuron(fires: bool) -> Neuron {
    let card = DeviceCard {
        area_um2: 1.0,
        v_th_v: 0.75,
        t_ref_ms: 0.0,
        ..DeviceCard::default()
    };
    let tau_s = 20e-3;
    let g_leak_ps = Felif::new(&card).capacitance_f / tau_s * 1e12;
    Neuron {
        card: DeviceCard { g_leak_ps, ..card },
        fires,
        start_v: 0.0,
        start_p: 0.0,
    }
}

fn run(fires: bool, times_s: &[f64], method: Method) -> Option<Trace> {
    let input = Table::read("felif-ode", "input.csv")?;
    let ticks = input.column("tick_us").into_iter().map(|t| t * 1e-6);
    let events: Vec<(f64, f64)> = ticks.zip(input.column("dI_A")).collect();
    let current = Waveform::synaptic(&events, 1e-6, 10e-3).unwrap();
    Some(simulate_reduced(&neuron(fires), &current, times_s, method).unwrap())
}

/// Largest difference of two columns, outside the rows `apart` of which the states jump.
fn largest(a: &[f64], b: &[f64], apart: impl Fn(usize) -> bool) -> f64 {
    let rows = a.iter().zip(b).enumerate().filter(|(k, _)| !apart(*k));
    rows.map(|(_, (x, y))| (x - y).abs()).fold(0.0, f64::max)
}

fn check_states(name: &str, fires: bool, method: Method, v_limit: f64, p_limit: f64) {
    let Some(table) = Table::read("felif-ode", name) else {
        return;
    };
    let times = table.column("t_s");
    let trace = run(fires, &times, method).unwrap();
    // A row within a microsecond of a spike stands on either side of the jump.
    let apart = |k: usize| trace.spikes_s.iter().any(|s| (s - times[k]).abs() < 2e-6);
    let v = largest(&trace.v_v, &table.column("V"), apart);
    let p = largest(&trace.p, &table.column("p"), apart);
    let i = largest(&trace.drive, &table.column("Isyn_A"), |_| false);
    eprintln!("{name}, {method:?}: V {v:.2e} V, p {p:.2e}, I {i:.2e} A");
    assert!(v <= v_limit && p <= p_limit);
}

fn check_spikes(method: Method, limit_s: f64) {
    let Some(table) = Table::read("felif-ode", "ref_spikes.csv") else {
        return;
    };
    let trace = run(true, &[0.0, 0.1], method).unwrap();
    let expected = table.column("t_spike_s");
    assert_eq!(trace.spikes_s.len(), expected.len(), "{:?}", trace.spikes_s);
    let late = largest(&trace.spikes_s, &expected, |_| false);
    eprintln!("spikes, {method:?}: {late:.2e} s");
    assert!(late <= limit_s);
}

#[test]
fn membrane_without_reset() {
    check_states("trace_no_reset.csv", false, ADAPTIVE, 1e-4, 1e-4);
}

#[test]
fn membrane_with_reset() {
    check_states("trace_reset.csv", true, ADAPTIVE, 1e-4, 1e-4);
}

#[test]
fn spike_times() {
    check_spikes(ADAPTIVE, 1e-6);
}

#[test]
fn ticks_of_a_microsecond() {
    check_states("trace_no_reset.csv", false, Method::Tick, 1e-4, 1e-5);
    check_states("trace_reset.csv", true, Method::Tick, 5e-4, 5e-5);
    check_spikes(Method::Tick, 2e-6);
}
