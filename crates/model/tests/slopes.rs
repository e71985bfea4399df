//! Derivatives that a recorder sums: which of each model's, and their samples against the file's expressions.

use bruno_model::{Derived, Extras, Float, Lanes, Model, Point, Shipped, Variable};

const LANES: usize = 4096;

fn derived(name: &str) -> Derived {
    let model = Shipped::named(name).unwrap().read().unwrap();
    let extras = Extras {
        slopes: true,
        ..Extras::default()
    };
    Derived::with(&model, extras).unwrap_or_else(|e| panic!("{e}"))
}

/// The derivatives of a model by their names, and that a sample errs by less than 5 % of itself, or of this share of the ratio
/// of both ranges a tick where that is larger.
fn check(name: &str, expected: &str, share: f64) {
    let derived = derived(name);
    let model = &derived.model;
    let of = |s: usize| model.states[s].name.as_str();
    let names: Vec<String> = derived
        .slopes
        .iter()
        .map(|s| format!("{}' by {}", of(s.state), of(s.by)))
        .collect();
    assert_eq!(names.join(", "), expected);
    let worst = worst(&derived, share);
    assert!(worst < 0.05, "{name}: {worst}");
}

fn worst(derived: &Derived, share: f64) -> f64 {
    let model = &derived.model;
    let parameters = model.defaults();
    let registers = derived.registers(&parameters).unwrap();
    let mut lanes = Lanes::new(derived, &registers, &parameters, LANES);
    let mut seed = 7u64;
    let mut random = |low: i64, high: i64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        low + ((seed >> 33) as i64) % (high - low + 1)
    };
    for (states, word) in lanes.states.iter_mut().zip(&derived.words) {
        states.fill_with(|| random(word.low, word.high) as i32);
    }
    let before = lanes.states.clone();
    let outcome = lanes.tick(&vec![0; LANES], None);
    lanes.check().unwrap();
    let mut worst = 0.0f64;
    for (slope, samples) in derived.slopes.iter().zip(&outcome.slopes) {
        let derivative = model.states[slope.state].rate.by(Variable::State(slope.by));
        let range = |s: usize| model.states[s].range.1 - model.states[s].range.0;
        let scale = 1e6 * range(slope.state) / range(slope.by);
        for (lane, sample) in samples.iter().enumerate() {
            let states = at(model, derived, &before, lane, &parameters);
            let point = Point {
                parameters: &parameters,
                states: &states,
                changes: &[],
            };
            let most = slope.lsb * f64::from((1 << 19) - 1);
            let exact = derivative.value(&point).clamp(-most, most);
            let found = f64::from(*sample) * slope.lsb;
            worst = worst.max((found - exact).abs() / exact.abs().max(share * scale));
        }
    }
    worst
}

/// The states that rates are taken at: kernels after the tick, the others before it.
fn at(
    model: &Model,
    derived: &Derived,
    before: &[Vec<i32>],
    lane: usize,
    parameters: &[f64],
) -> Vec<f64> {
    let codes = before.iter().zip(&derived.words);
    let mut states: Vec<f64> = codes.map(|(c, w)| w.value(c[lane].into())).collect();
    let added = Float::new(model).propagator(parameters);
    let old = states.clone();
    for (state, row) in states.iter_mut().zip(&added) {
        *state += row.iter().zip(&old).map(|(a, x)| a * x).sum::<f64>();
    }
    states
}

/// An exponential of an exponential can be stepped; its derivative is a product of two, of which no integers are made.
#[test]
fn what_is_left_out_is_told() {
    let rate = "V' = I / C - V / tau_m";
    let bent = format!("{rate} + min(1 V / s * exp(min(exp(V / (1 V)), 3)), 20 V / s)");
    let text = Shipped::named("lif_subtractive")
        .unwrap()
        .text
        .replace(rate, &bent);
    let model = Model::read("t.nrn", &text).unwrap_or_else(|e| panic!("{e}"));
    let told = |slopes: bool| {
        let extras = Extras {
            slopes,
            ..Extras::default()
        };
        let derived = Derived::with(&model, extras).unwrap_or_else(|e| panic!("{e}"));
        let findings = derived.report().findings.into_iter().map(|f| f.text);
        findings
            .filter(|text| text.contains("no sum"))
            .collect::<Vec<_>>()
    };
    let expected = "the recorder has no sum of the derivative of `V'` by `V` (a product of two exponentials): gradient \
                    `jacobian` takes it at the mean state";
    assert_eq!(told(true), [expected]);
    assert_eq!(told(false), [""; 0]);
}

#[test]
fn lif_is_straight() {
    check("lif", "", 1e-4);
}
#[test]
fn alif_is_straight() {
    check("alif", "", 1e-4);
}
#[test]
fn the_mean_of_izhikevich_says_it() {
    check("izhikevich", "", 1e-4);
}
#[test]
fn felif() {
    check("felif", "p' by V, p' by p", 1e-4);
}
#[test]
fn adex() {
    check("adex", "V' by V", 1e-4);
}
#[test]
fn vo2() {
    // A sigmoid errs by up to 2.5e-4 anywhere, and a metal of 4 V heats steeply.
    check("vo2", "V' by V, V' by T, T' by V, T' by T", 0.1);
}
