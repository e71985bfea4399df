//! Spike times of the datapath's arithmetic against an ODE solver's (`felif-ode`, scipy LSODA at rtol 1e-10): the step from
//! the equations to 1 us and to words of so many bits.

mod ode;

use ode::{Reference, Words};

const DEFAULT: Words = Words {
    rounding: "nearest",
    v_bits: 20,
    p_bits: 20,
    i_bits: 24,
    i_range: 1024.0,
};

/// Largest distance of a spike from the reference's, us; infinite where the number of spikes differs.
fn distance(reference: &Reference, words: Words) -> f64 {
    let found = reference.integer_spikes(words);
    if found.len() != reference.spikes.len() {
        return f64::INFINITY;
    }
    let pairs = found.iter().zip(&reference.spikes);
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

fn check(words: Words, allowed_us: f64) {
    if let Some(reference) = Reference::read() {
        let worst = distance(&reference, words);
        println!("{words:?}: {worst:.0} us");
        assert!(worst <= allowed_us, "{words:?}: {worst} us");
    }
}

#[test]
fn default_words() {
    check(DEFAULT, 200.0);
}
#[test]
fn default_words_with_a_fitting_current_range() {
    let words = Words {
        i_range: 64.0,
        ..DEFAULT
    };
    check(words, 200.0);
}
#[test]
fn short_words_with_random_rounding() {
    let words = Words {
        rounding: "stochastic",
        v_bits: 18,
        p_bits: 16,
        i_bits: 20,
        i_range: 1024.0,
    };
    check(words, 200.0);
}
