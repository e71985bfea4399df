//! The charge that a spike leaves behind kernels in a row is off by the rounding of the couplings alone.

use bruno_model::{Derived, Model, Shipped, TICK_S};
use proptest::prelude::*;

/// Half a code of a mantissa of 11 bits.
const HALF: f64 = 0.5 / 1024.0;

/// `alif` whose kernels have a time constant each: two or three in a row.
fn chain(names: &[&str]) -> Derived {
    let mut text = Shipped::named("alif")
        .unwrap()
        .read()
        .unwrap()
        .text()
        .to_string();
    if names.len() == 3 {
        text = text
            .replace(
                "        I pA = 0 pA",
                "        B pA = 0 pA from [-1024 pA : 1024 pA] @bits(24)\n        I pA = 0 pA",
            )
            .replace(
                "I' = (A - I) / tau_syn",
                "B' = (A - B) / tau_b\n        I' = (B - I) / tau_m",
            );
    } else {
        text = text.replace("I' = (A - I) / tau_syn", "I' = (A - I) / tau_m");
    }
    Derived::new(&Model::read("chain.nrn", &text).unwrap()).unwrap()
}

/// Sum over all ticks of the last kernel behind a spike of 1 into the first is tau_syn in ticks.
fn check(names: &[&str], tau_s: &[f64]) {
    let derived = chain(names);
    let mut parameters = derived.model.defaults();
    for (name, value) in ["tau_syn", "tau_m", "tau_b"].iter().zip(tau_s) {
        let at = derived
            .model
            .parameters
            .iter()
            .position(|p| p.name == *name);
        parameters[at.unwrap()] = *value;
    }
    let registers = derived.registers(&parameters).unwrap();
    let held = |to: &str, from: &str| {
        let name = format!("{to}_by_{from}");
        let at = derived.coefficients.iter().position(|c| c.name == name);
        derived.coefficients[at.unwrap()].exact(registers.coefficients[at.unwrap()].value())
    };
    let decays: f64 = names.iter().map(|n| held(n, n)).product();
    let couplings: f64 = names.windows(2).map(|w| held(w[1], w[0])).product();
    let off = couplings / decays * TICK_S / tau_s[0] - 1.0;
    // Between ticks a decay is a fraction of a tick off the equation's.
    let steps: f64 = tau_s.iter().map(|tau| TICK_S / tau).sum();
    let most = HALF * (names.len() - 1) as f64 * 1.05 + steps;
    assert!(off.abs() <= most, "{off:.2e}, at most {most:.2e}");
}

proptest! {
    #[test]
    fn two(tau_syn in 1e-3..0.1, tau_m in 2e-3..0.2) {
        check(&["A", "I"], &[tau_syn, tau_m]);
    }
    #[test]
    fn three(tau_syn in 1e-3..0.1, tau_m in 2e-3..0.2, tau_b in 0.01..1.0) {
        check(&["A", "B", "I"], &[tau_syn, tau_m, tau_b]);
    }
}
