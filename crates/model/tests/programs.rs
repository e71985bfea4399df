//! Programs of the shipped models: what is derived, and that no value leaves its interval.

use bruno_model::{Below, Derived, Lanes, SHIPPED, Shipped};
use proptest::prelude::*;

fn derived(name: &str) -> Derived {
    let model = Shipped::named(name)
        .unwrap()
        .read()
        .unwrap_or_else(|e| panic!("{e}"));
    Derived::new(&model).unwrap_or_else(|e| panic!("{e}"))
}

/// A card with every parameter at a bound or anywhere between.
fn card(derived: &Derived, shares: &[f64]) -> Vec<f64> {
    let parameters = derived.model.parameters.iter().zip(shares);
    let value = |(p, share): (&bruno_model::Parameter, &f64)| {
        let share = (1.5 * share - 0.25).clamp(0.0, 1.0);
        let share = if p.switch { share.round() } else { share };
        p.bounds.0 + (p.bounds.1 - p.bounds.0) * share
    };
    parameters.map(value).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// No value leaves its interval, from any state, on any card, under any rounding.
    #[test]
    fn values_stay_in_their_intervals(
        which in 0..SHIPPED.len(), shares in prop::collection::vec(0.0..1.0f64, 64), seed in 0u32..,
    ) {
        let derived = derived(SHIPPED[which].name);
        let parameters = card(&derived, &shares);
        let Ok(registers) = derived.registers(&parameters) else { return Ok(()) };
        let mut word = seed;
        let mut random = move || {
            word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            i64::from(word >> 4)
        };
        let neurons = 64;
        let mut lanes = Lanes::new(&derived, &registers, &parameters, neurons);
        for (states, word) in lanes.states.iter_mut().zip(&derived.words) {
            let size = word.high - word.low + 1;
            let ends = [word.low, word.high];
            states.iter_mut().enumerate().for_each(|(n, s)| {
                *s = if n < 8 { ends[n % 2] } else { word.low + (random() * 9973) % size } as i32;
            });
        }
        for _ in 0..40 {
            let inject: Vec<i32> = (0..neurons).map(|_| (random() % (1 << 22)) as i32 - (1 << 21)).collect();
            let rows: Vec<Vec<i32>> = derived.offsets.iter().enumerate().map(|(i, o)| {
                let most = match o.bits {
                    Below::Guard(bits) => 1 << bits,
                    Below::Shift(c) => 1i64 << registers.coefficients[c].shift,
                };
                (0..neurons).map(|n| if n == i { (most - 1) as i32 } else { (random() % most) as i32 }).collect()
            }).collect();
            lanes.tick(&inject, Some(&rows));
            prop_assert!(lanes.check().is_ok(), "{} {:?}", derived.model.name, lanes.check());
        }
    }
}

fn check(name: &str) {
    insta::assert_snapshot!(name, derived(name).text());
}

#[test]
fn felif() {
    check("felif");
}
#[test]
fn lif() {
    check("lif");
}
#[test]
fn lif_subtractive() {
    check("lif_subtractive");
}
#[test]
fn alif() {
    check("alif");
}
#[test]
fn izhikevich() {
    check("izhikevich");
}
#[test]
fn adex() {
    check("adex");
}
#[test]
fn vo2() {
    check("vo2");
}
