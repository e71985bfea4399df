//! Spike times of the integers against the float model's under the same random spikes: what word lengths and coefficients cost.

use bruno_model::{Derived, Float, Lanes, Model, SHIPPED, Shipped};

const NEURONS: usize = 3;
const TICKS: usize = 100_000;

/// Levels of an input spike train: one spike in `every` ticks at random, the same for every call.
fn levels(neuron: usize, every: u32, level: i32, ticks: usize) -> Vec<i32> {
    let mut word = 12_345 + neuron as u32;
    let mut draw = || {
        word ^= word << 13;
        word ^= word >> 17;
        word ^= word << 5;
        word
    };
    let level = |_| if draw() % every == 0 { level } else { 0 };
    (0..ticks).map(level).collect()
}

/// What drives a model: a spike in `every` ticks, of `amperes`.
fn drive(name: &str) -> (u32, f64) {
    match name {
        "felif" => (500, 12e-12),
        "lif" => (500, 2e-12),
        "lif_subtractive" => (500, 8e-12),
        "alif" => (500, 15e-12),
        "izhikevich" => (100, 1.5e-12),
        "adex" => (100, 100e-12),
        _ => (5000, 0.5e-6),
    }
}

/// Spikes in float and in integers, and the distances from those in float to the nearest integer one, sorted, in ticks.
struct Compared {
    float: usize,
    integer: usize,
    distances: Vec<usize>,
}

fn compared(model: &Model, neurons: usize, ticks: usize) -> Compared {
    let derived = Derived::new(model).unwrap_or_else(|e| panic!("{e}"));
    let parameters = model.defaults();
    let registers = derived.registers(&parameters).unwrap();
    let lsb = derived.words[model.input].lsb;
    let (every, amperes) = drive(&model.name);
    let level = (amperes / lsb).round() as i32;
    let trains: Vec<Vec<i32>> = (0..neurons)
        .map(|n| levels(n, every, level, ticks))
        .collect();
    let float = Float::new(model);
    let card = float.on(&parameters);
    let mut lanes = Lanes::new(&derived, &registers, &parameters, neurons);
    let mut now = vec![card.rest(); neurons];
    let mut found = vec![[vec![], vec![]]; neurons];
    for tick in 0..ticks {
        let inject: Vec<i32> = trains.iter().map(|t| t[tick]).collect();
        let outcome = lanes.tick(&inject, None);
        for n in 0..neurons {
            if card.step(&mut now[n], f64::from(inject[n]) * lsb) {
                found[n][0].push(tick);
            }
            if outcome.spikes[n] == 1 {
                found[n][1].push(tick);
            }
        }
    }
    lanes.check().unwrap();
    let mut compared = Compared {
        float: 0,
        integer: 0,
        distances: Vec::new(),
    };
    for [reference, times] in &found {
        compared.float += reference.len();
        compared.integer += times.len();
        let nearest = |t: &usize| times.iter().map(|x: &usize| x.abs_diff(*t)).min();
        let distances = reference.iter().map(|t| nearest(t).unwrap_or(ticks));
        compared.distances.extend(distances);
    }
    compared.distances.sort_unstable();
    compared
}

impl Compared {
    /// The distance that so many of a hundred spikes keep, ticks.
    fn percent(&self, share: usize) -> usize {
        self.distances[self.distances.len() * share / 100]
    }
}

/// The median distance is at most `median` ticks, and there are as many spikes to two in a hundred.
fn check(name: &str, median: usize) {
    let model = Shipped::named(name).unwrap().read().unwrap();
    let found = compared(&model, NEURONS, TICKS);
    let (float, integer, half) = (found.float, found.integer, found.percent(50));
    assert!(
        float >= 20 && float.abs_diff(integer) * 50 <= float,
        "{float} {integer}"
    );
    assert!(half <= median, "median {half} us");
}

/// A weak input, and a synaptic decay of 7 bits that is off by 0.14 % (the registers of a chip).
#[test]
fn lif() {
    check("lif", 100);
}
#[test]
fn lif_subtractive() {
    check("lif_subtractive", 25);
}
/// The same decay of 7 bits.
#[test]
fn felif() {
    check("felif", 100);
}
#[test]
fn alif() {
    check("alif", 25);
}
#[test]
fn izhikevich() {
    check("izhikevich", 25);
}
#[test]
fn adex() {
    check("adex", 25);
}
/// It oscillates by itself: phases drift apart, so only the count says something.
#[test]
fn vo2() {
    check("vo2", 1500);
}

/// A shipped model whose spikes' current decays by a mantissa of 7 or of 11 bits.
fn with_decay(shipped: Shipped, bits: u32) -> Model {
    let input = shipped.read().unwrap();
    let input = &input.states[input.input].name;
    let text = match (shipped.text.contains("@mantissa(7)"), bits) {
        (true, _) => shipped
            .text
            .replace("@mantissa(7)", &format!("@mantissa({bits})")),
        (false, 7) => {
            let register = format!("register decay = {input}_by_{input} @mantissa(7)");
            format!("{}    integers:\n        {register}\n", shipped.text)
        }
        _ => shipped.text.into(),
    };
    // Without a mantissa of its own the coefficient has 11 bits, and the current is narrowed to fit.
    let text = text.replace("I_by_I @mantissa(11)", "I_by_I");
    Model::read(shipped.name, &text).unwrap_or_else(|e| panic!("{e}"))
}

/// The table of docs/model_language.md: `cargo test -p bruno-model --test spike_times -- --ignored --nocapture table`.
#[test]
#[ignore = "prints a table"]
fn table() {
    println!("| model | operations | spikes: float, 7, 11 bits | 7 bits | 11 bits |");
    println!("|---|---|---|---|---|");
    for shipped in SHIPPED {
        let models = [7, 11].map(|bits| with_decay(shipped, bits));
        let operations = models
            .each_ref()
            .map(|m| Derived::new(m).unwrap().program.operations());
        let [seven, eleven] = models.each_ref().map(|m| compared(m, 16, 200_000));
        println!(
            "| {} | {}, {} | {}, {}, {} | {} / {} | {} / {} |",
            shipped.name,
            operations[0],
            operations[1],
            seven.float,
            seven.integer,
            eleven.integer,
            seven.percent(50),
            seven.percent(95),
            eleven.percent(50),
            eleven.percent(95),
        );
    }
}
