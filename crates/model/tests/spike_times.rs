//! Spike times of the integers against the float model's under the same random spikes: what word lengths and coefficients cost.

use bruno_model::{Derived, Float, Lanes, Shipped};

const NEURONS: usize = 3;
const TICKS: usize = 100_000;

/// Levels of an input spike train: `amperes` a spike, one in `every` ticks at random, the same for every call.
fn levels(neuron: usize, every: u32, level: i32) -> Vec<i32> {
    let mut word = 12_345 + neuron as u32;
    let mut draw = || {
        word ^= word << 13;
        word ^= word >> 17;
        word ^= word << 5;
        word
    };
    (0..TICKS)
        .map(|_| if draw() % every == 0 { level } else { 0 })
        .collect()
}

/// Ticks of the spikes of each neuron, in float and in integers.
fn spikes(name: &str, every: u32, amperes: f64) -> Vec<[Vec<usize>; 2]> {
    let model = Shipped::named(name).unwrap().read().unwrap();
    let derived = Derived::new(&model).unwrap_or_else(|e| panic!("{e}"));
    let parameters = model.defaults();
    let registers = derived.registers(&parameters).unwrap();
    let lsb = derived.words[model.input].lsb;
    let level = (amperes / lsb).round() as i32;
    let trains: Vec<Vec<i32>> = (0..NEURONS).map(|n| levels(n, every, level)).collect();
    let float = Float::new(&model);
    let mut lanes = Lanes::new(&derived, &registers, &parameters, NEURONS);
    let mut now = vec![float.rest(&parameters); NEURONS];
    let mut found = vec![[vec![], vec![]]; NEURONS];
    for tick in 0..TICKS {
        let inject: Vec<i32> = trains.iter().map(|t| t[tick]).collect();
        let outcome = lanes.tick(&inject, None);
        for n in 0..NEURONS {
            if float.step(&parameters, &mut now[n], f64::from(inject[n]) * lsb) {
                found[n][0].push(tick);
            }
            if outcome.spikes[n] == 1 {
                found[n][1].push(tick);
            }
        }
    }
    lanes.check().unwrap();
    found
}

/// The median distance from a float spike to the nearest integer spike is at most `median` ticks, and there are as many to
/// two in a hundred.
fn check(name: &str, every: u32, amperes: f64, median: usize) {
    let found = spikes(name, every, amperes);
    let mut distances = Vec::new();
    let (mut float, mut integer) = (0, 0);
    for [reference, times] in &found {
        (float, integer) = (float + reference.len(), integer + times.len());
        let nearest = |t: &usize| times.iter().map(|x| x.abs_diff(*t)).min().unwrap_or(TICKS);
        distances.extend(reference.iter().map(nearest));
    }
    distances.sort_unstable();
    let (half, most) = (
        distances[distances.len() / 2],
        distances[distances.len() * 95 / 100],
    );
    println!(
        "{name}: {float} spikes in float, {integer} in integers; median {half} us, 95 % {most} us"
    );
    assert!(
        float >= 20 && float.abs_diff(integer) * 50 <= float,
        "{float} {integer}"
    );
    assert!(half <= median, "median {half} us");
}

/// A weak input, and a synaptic decay of 7 bits that is off by 0.14 % (the registers of a chip).
#[test]
fn lif() {
    check("lif", 500, 2e-12, 100);
}
#[test]
fn lif_subtractive() {
    check("lif_subtractive", 500, 8e-12, 25);
}
/// The same decay of 7 bits.
#[test]
fn felif() {
    check("felif", 500, 12e-12, 100);
}
#[test]
fn alif() {
    check("alif", 500, 15e-12, 25);
}
#[test]
fn izhikevich() {
    check("izhikevich", 100, 1.5e-12, 25);
}
#[test]
fn adex() {
    check("adex", 100, 100e-12, 25);
}
/// It oscillates by itself: phases drift apart, so only the count says something.
#[test]
fn vo2() {
    check("vo2", 5000, 0.5e-6, 1500);
}
