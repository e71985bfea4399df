//! The explicit step in f64.

use bruno_model::{Float, FloatState, Model, Shipped};

/// Spike ticks of a shipped model at its defaults under a current that is kept up for some ticks.
fn spikes(name: &str, ticks: usize, amperes: f64) -> (Vec<usize>, FloatState) {
    spikes_of(
        &Shipped::named(name).unwrap().read().unwrap(),
        ticks,
        amperes,
    )
}

fn spikes_of(model: &Model, ticks: usize, amperes: f64) -> (Vec<usize>, FloatState) {
    let float = Float::new(model);
    let parameters = model.defaults();
    let card = float.on(&parameters);
    let mut now = card.rest();
    let mut found = Vec::new();
    for tick in 0..ticks {
        let missing = amperes - now.states[model.input];
        if card.step(&mut now, missing) {
            found.push(tick);
        }
    }
    (found, now)
}

/// The interval of spikes under a constant current, in ticks.
fn check(name: &str, amperes: f64, low: usize, high: usize) {
    let (found, _) = spikes(name, 60_000, amperes);
    let gaps: Vec<usize> = found.windows(2).map(|w| w[1] - w[0]).collect();
    let last = gaps.last().copied().unwrap_or(0);
    assert!((low..=high).contains(&last), "{name}: {gaps:?}");
}

/// tau ln(V/(V - V_th)) + t_ref with tau = C/g = 12.65 ms, V = I/g = 2 V: 6.46 + 2 ms.
#[test]
fn lif() {
    check("lif", 40e-12, 8400, 8530);
}
/// tau ln(V/(V - V_th)) = 20 ms ln(1/0.6) = 10.2 ms without a rest: the decay of the input adds nothing to a kept current.
#[test]
fn lif_subtractive() {
    check("lif_subtractive", 50e-12, 10_100, 10_350);
}
/// A plateau on which the domains switch, so slower than a capacitor alone.
#[test]
fn felif() {
    check("felif", 100e-12, 2500, 60_000);
}
#[test]
fn izhikevich() {
    check("izhikevich", 20e-12, 200, 4000);
}
#[test]
fn adex() {
    check("adex", 1000e-12, 200, 8000);
}
/// It oscillates by itself: 4238 us (a circuit simulator's 4237.8 us).
#[test]
fn vo2() {
    check("vo2", 0.0, 4220, 4260);
}

/// A refractory time that holds nothing: the membrane crosses its threshold within it, and the neuron fires in the first
/// tick behind it. At 1 nA and 1 pF a spike would come every 0.4 ms.
#[test]
fn a_refractory_time_that_only_forbids() {
    let text = Shipped::named("lif_subtractive").unwrap().text;
    let text = text.replace("t_ref   ms = 0 ms", "t_ref   ms = 1 ms");
    let gaps = |text: &str| {
        let model = Model::read("t", text).unwrap_or_else(|e| panic!("{e}"));
        let (found, now) = spikes_of(&model, 10_000, 1e-9);
        (found[1] - found[0], now.states[1])
    };
    assert!(gaps(&text).0 > 1300);
    let (gap, membrane) =
        gaps(&text.replace("refractory(t_ref)", "refractory(t_ref, holds nothing)"));
    assert_eq!(gap, 1001);
    // A spike takes less off it than what comes in until the next.
    assert!(membrane > 1.0, "{membrane}");
}

/// The threshold of an adaptive neuron rises with its spikes.
#[test]
fn alif_slows_down() {
    let (found, now) = spikes("alif", 100_000, 200e-12);
    let gaps: Vec<usize> = found.windows(2).map(|w| w[1] - w[0]).collect();
    assert!(gaps.last() > gaps.first(), "{gaps:?}");
    assert!(now.states[3] > 0.1);
}
