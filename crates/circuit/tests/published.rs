//! The published capacitor, reduced, as the membrane of a neuron: the 1 us step against the adaptive solver.

use bruno_chip::DeviceCard;
use bruno_circuit::{FecapCard, Method, Neuron, Waveform, reduce, simulate_reduced};

/// 4 um2 of it; a spike leaves the occupation of the operating point.
fn neuron(p_reset: Option<f64>) -> Neuron {
    let card = FecapCard {
        area: 4e-12,
        ..FecapCard::default()
    };
    let reduction = reduce(&card, 300.15, 0.0, &DeviceCard::default()).unwrap();
    let p = p_reset.unwrap_or(reduction.start_p);
    Neuron {
        card: DeviceCard {
            p_reset: p,
            ..reduction.card
        },
        fires: true,
        start_v: 0.0,
        start_p: p,
    }
}

/// Largest distance of a spike under a constant current (pA) over 200 ms, us a spike of those before it: each spike hands
/// its rounding to a whole tick on to the next.
fn check(neuron: &Neuron, picoamperes: f64, spikes: usize) {
    let amperes = picoamperes * 1e-12;
    let current = Waveform::constant(amperes);
    let run = |method| {
        let trace = simulate_reduced(neuron, &current, &[0.0, 0.2], method).unwrap();
        trace.spikes_s
    };
    let exact = run(Method::Adaptive { tolerance: 1e-9 });
    let found = run(Method::Tick);
    assert_eq!(
        (exact.len(), found.len()),
        (spikes, spikes),
        "{picoamperes} pA"
    );
    let pairs = exact.iter().zip(&found).zip(1..);
    let far = pairs.map(|((a, b), before)| (a - b).abs() * 1e6 / f64::from(before));
    let worst = far.fold(0.0, f64::max);
    eprintln!("{picoamperes} pA: {spikes} spikes, {worst:.2} us a spike");
    assert!(worst < 1.5, "{worst} us at {picoamperes} pA");
}

#[test]
fn weak_currents() {
    check(&neuron(None), 20.0, 3);
}
#[test]
fn currents_of_synapses() {
    check(&neuron(None), 200.0, 59);
}
#[test]
fn the_largest_current() {
    check(&neuron(None), 1000.0, 91);
}
#[test]
fn an_empty_capacitor() {
    check(&neuron(Some(0.0)), 200.0, 33);
}
