//! Heun's method: second order in float, and in integers within what their words and coefficients cost.

use bruno_model::{Derived, Drive, Float, Lanes, Model, Shipped, TICK_S};

/// A shipped model with steps of this method.
fn stepped(name: &str, method: &str) -> Model {
    let lines = Shipped::named(name).unwrap().text.lines();
    let lines = lines.filter(|l| !l.trim_start().starts_with("method "));
    let text = lines.collect::<Vec<_>>().join("\n");
    let block = format!("    equations:\n        method {method}");
    Model::read(name, &text.replace("    equations:", &block)).unwrap_or_else(|e| panic!("{e}"))
}

/// Ticks of spikes as a mean period, of the free oscillation of `vo2`.
fn period(times: &[f64]) -> f64 {
    let rest = &times[2..];
    (rest[rest.len() - 1] - rest[0]) / (rest.len() - 1) as f64
}

const TICKS: usize = 100_000;

fn in_float(model: &Model, steps: Option<u32>) -> f64 {
    let (float, parameters) = (Float::new(model), model.defaults());
    let card = float.on(&parameters);
    let mut now = card.rest();
    let mut times = Vec::new();
    for tick in 0..TICKS {
        let Some(steps) = steps else {
            if card.step(&mut now, 0.0) {
                times.push(tick as f64);
            }
            continue;
        };
        for step in 0..steps {
            if card.fine_step(&mut now, TICK_S / f64::from(steps), Drive::Adds(0.0)) {
                times.push(tick as f64 + f64::from(step) / f64::from(steps));
            }
        }
    }
    period(&times)
}

fn in_integers(model: &Model) -> f64 {
    let (derived, parameters) = (Derived::new(model).unwrap(), model.defaults());
    let registers = derived.registers(&parameters).unwrap();
    let mut lanes = Lanes::new(&derived, &registers, &parameters, 1);
    let mut times = Vec::new();
    for tick in 0..TICKS {
        if lanes.tick(&[0], None).spikes[0] == 1 {
            times.push(tick as f64);
        }
    }
    lanes.check().unwrap();
    period(&times)
}

/// The period of `vo2`, off by a share of that of Runge-Kutta steps.
#[test]
fn the_period_of_an_oscillator() {
    let exact = in_float(&stepped("vo2", "heun"), Some(4));
    let off = |period: f64| period / exact - 1.0;
    let [euler, heun] = ["euler", "heun"].map(|method| {
        let model = stepped("vo2", method);
        let found = [in_float(&model, None), in_integers(&model)].map(off);
        println!(
            "{method}: float {:.2e}, integers {:.2e}",
            found[0], found[1]
        );
        found
    });
    assert!(
        euler[0] > 2e-3 && heun[0].abs() < 1e-4,
        "{euler:?} {heun:?}"
    );
    assert!(heun[1].abs() < 0.5 * euler[1].abs(), "{euler:?} {heun:?}");
}

/// A tick of the integers is that of the float model to so many LSB, from states along a driven run, and no value leaves its
/// interval.
fn check(name: &str, inject: f64, lsb: f64) {
    let model = stepped(name, "heun");
    let derived = Derived::new(&model).unwrap_or_else(|e| panic!("{e}"));
    let parameters = model.defaults();
    let registers = derived.registers(&parameters).unwrap();
    let mut lanes = Lanes::new(&derived, &registers, &parameters, 1);
    let (float, words) = (Float::new(&model), &derived.words);
    let card = float.on(&parameters);
    let level = (inject / words[model.input].lsb).round() as i32;
    let mut worst = 0f64;
    for tick in 0..20_000 {
        let inject = if tick % 97 == 0 { level } else { 0 };
        let mut now = card.rest();
        now.states = (0..words.len())
            .map(|s| words[s].value(lanes.states[s][0].into()))
            .collect();
        let waiting = lanes.refractory[0] > 0;
        let fired = card.step(&mut now, f64::from(inject) * words[model.input].lsb);
        let spiked = lanes.tick(&[inject], None).spikes[0] == 1;
        if fired || spiked || waiting {
            continue;
        }
        for (s, word) in words.iter().enumerate() {
            let found = word.value(lanes.states[s][0].into());
            worst = worst.max((found - now.states[s]).abs() / word.lsb);
        }
    }
    lanes.check().unwrap();
    println!(
        "{name}: {} operations, {worst:.1} LSB",
        derived.program.operations()
    );
    assert!(worst < lsb, "{name}: {worst} LSB");
}

#[test]
fn lif() {
    check("lif", 2e-12, 2.0);
}
#[test]
fn lif_subtractive() {
    check("lif_subtractive", 8e-12, 8.0);
}
#[test]
fn alif() {
    check("alif", 15e-12, 12.0);
}
#[test]
fn izhikevich() {
    check("izhikevich", 1.5e-12, 20.0);
}
#[test]
fn adex() {
    check("adex", 100e-12, 500.0);
}
#[test]
fn vo2() {
    check("vo2", 0.5e-6, 200.0);
}
