//! Spike times of the integers against the float model's under the same random spikes: what word lengths and coefficients cost.

use bruno_model::{Derived, Drive, Float, Lanes, Model, SHIPPED, Shipped, TICK_S};

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

/// Times of every neuron's spikes, us.
type Times = Vec<Vec<f64>>;

/// The level of a model's spikes, LSB, and the trains that bring it.
fn trains(derived: &Derived, neurons: usize, ticks: usize) -> Vec<Vec<i32>> {
    let (every, amperes) = drive(&derived.model.name);
    let level = (amperes / derived.words[derived.model.input].lsb).round() as i32;
    (0..neurons)
        .map(|n| levels(n, every, level, ticks))
        .collect()
}

/// In integers.
fn integer(derived: &Derived, trains: &[Vec<i32>]) -> Times {
    let parameters = derived.model.defaults();
    let registers = derived.registers(&parameters).unwrap();
    let mut lanes = Lanes::new(derived, &registers, &parameters, trains.len());
    let mut times = vec![vec![]; trains.len()];
    for tick in 0..trains[0].len() {
        let inject: Vec<i32> = trains.iter().map(|t| t[tick]).collect();
        let spikes = lanes.tick(&inject, None).spikes;
        let fired = times.iter_mut().zip(&spikes).filter(|(_, s)| **s == 1);
        fired.for_each(|(times, _)| times.push((tick + 1) as f64));
    }
    lanes.check().unwrap();
    times
}

/// In float: in the explicit steps of the integers, or in so many steps of Runge and Kutta a tick. A spike comes in at the
/// start of its tick.
fn float(derived: &Derived, trains: &[Vec<i32>], steps: Option<u32>) -> Times {
    let model = &derived.model;
    let parameters = model.defaults();
    let lsb = derived.words[model.input].lsb;
    let float = Float::new(model);
    let card = float.on(&parameters);
    let times = |train: &Vec<i32>| {
        let mut now = card.rest();
        let mut times = vec![];
        for (tick, level) in train.iter().enumerate() {
            let level = f64::from(*level) * lsb;
            let Some(steps) = steps else {
                if card.step(&mut now, level) {
                    times.push((tick + 1) as f64);
                }
                continue;
            };
            now.states[model.input] += level;
            for step in 1..=steps {
                let step_s = TICK_S / f64::from(steps);
                if card.fine_step(&mut now, step_s, Drive::Adds(0.0)) {
                    times.push(tick as f64 + f64::from(step) / f64::from(steps));
                }
            }
        }
        times
    };
    trains.iter().map(times).collect()
}

/// Spikes of a reference and of another, and the distances from those of the reference to the nearest other, sorted, us.
struct Compared {
    reference: usize,
    other: usize,
    distances: Vec<f64>,
}

fn compared(reference: &Times, other: &Times) -> Compared {
    let mut distances = Vec::new();
    for (reference, other) in reference.iter().zip(other) {
        let nearest = |t: &f64| {
            { other.iter() }
                .map(|x| (x - t).abs())
                .fold(f64::MAX, f64::min)
        };
        distances.extend(reference.iter().map(nearest));
    }
    distances.sort_unstable_by(f64::total_cmp);
    let count = |times: &Times| times.iter().map(Vec::len).sum();
    Compared {
        reference: count(reference),
        other: count(other),
        distances,
    }
}

impl Compared {
    /// The distance that so many of a hundred spikes keep, us.
    fn percent(&self, share: usize) -> f64 {
        self.distances[self.distances.len() * share / 100]
    }
}

/// The median distance is at most `median` us, and there are as many spikes to two in a hundred.
fn check(name: &str, median: f64) {
    let model = Shipped::named(name).unwrap().read().unwrap();
    let derived = Derived::new(&model).unwrap();
    let trains = trains(&derived, NEURONS, TICKS);
    let found = compared(&float(&derived, &trains, None), &integer(&derived, &trains));
    let (reference, other, half) = (found.reference, found.other, found.percent(50));
    assert!(
        reference >= 20 && reference.abs_diff(other) * 50 <= reference,
        "{reference} {other}"
    );
    assert!(half <= median, "median {half} us");
}

/// A weak input, and a synaptic decay of 7 bits that is off by 0.14 % (the registers of a chip).
#[test]
fn lif() {
    check("lif", 100.0);
}
#[test]
fn lif_subtractive() {
    check("lif_subtractive", 25.0);
}
/// The same decay of 7 bits.
#[test]
fn felif() {
    check("felif", 100.0);
}
#[test]
fn alif() {
    check("alif", 10.0);
}
#[test]
fn izhikevich() {
    check("izhikevich", 25.0);
}
#[test]
fn adex() {
    check("adex", 25.0);
}
/// It oscillates by itself: phases drift apart, so only the count says something.
#[test]
fn vo2() {
    check("vo2", 1500.0);
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

/// The tables of docs/model_language.md: `cargo test -p bruno-model --test spike_times -- --ignored --nocapture table`.
const TABLE: (usize, usize) = (16, 200_000);

#[test]
#[ignore = "prints a table"]
fn table_of_decays() {
    println!("| model | operations | spikes: float, 7, 11 bits | 7 bits | 11 bits |");
    println!("|---|---|---|---|---|");
    for shipped in SHIPPED {
        let derived = [7, 11].map(|bits| Derived::new(&with_decay(shipped, bits)).unwrap());
        let operations = derived.each_ref().map(|d| d.program.operations());
        let trains = trains(&derived[0], TABLE.0, TABLE.1);
        let reference = float(&derived[0], &trains, None);
        let [seven, eleven] = derived
            .each_ref()
            .map(|d| compared(&reference, &integer(d, &trains)));
        println!(
            "| {} | {}, {} | {}, {}, {} | {} / {} | {} / {} |",
            shipped.name,
            operations[0],
            operations[1],
            seven.reference,
            seven.other,
            eleven.other,
            seven.percent(50),
            seven.percent(95),
            eleven.percent(50),
            eleven.percent(95),
        );
    }
}

/// Steps a tick of the fine reference, and of the coarser one that shows how far it can be trusted.
const FINE: (u32, u32) = (4, 2);

#[test]
#[ignore = "prints a table, in minutes"]
fn table_of_the_whole_error() {
    println!(
        "| model | spikes: fine, ticks in float, integers | reference | ticks in float | integers |"
    );
    println!("|---|---|---|---|---|");
    let whole = SHIPPED.iter().map(|s| (s.name, s.read().unwrap()));
    let longer = SHIPPED.iter().filter(|s| s.text.contains("@mantissa(7)"));
    let longer = longer.map(|s| (s.name, with_decay(*s, 11)));
    for (name, model) in whole.chain(longer) {
        let derived = Derived::new(&model).unwrap();
        let trains = trains(&derived, TABLE.0, TABLE.1);
        let fine = float(&derived, &trains, Some(FINE.0));
        let others = [
            float(&derived, &trains, Some(FINE.1)),
            float(&derived, &trains, None),
            integer(&derived, &trains),
        ];
        let others = others.map(|other| compared(&fine, &other));
        let row = others
            .each_ref()
            .map(|c| format!("{:.1} / {:.1}", c.percent(50), c.percent(95)));
        println!(
            "| {} | {}, {}, {} | {} |",
            name,
            others[0].reference,
            others[1].other,
            others[2].other,
            row.join(" | ")
        );
    }
}
