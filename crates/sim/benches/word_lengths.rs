//! How the spike times of a neuron depend on word lengths: `BRUNO_REFERENCE_DATA=../shared/data cargo bench -p bruno-sim
//! --bench word_lengths`.

#[path = "../tests/ode/mod.rs"]
mod ode;

use ode::{Reference, Words};

fn main() {
    let Some(reference) = Reference::read() else {
        return;
    };
    println!("rounding    V   p   I   I range, pA   error of each spike, us");
    for rounding in ["nearest", "stochastic"] {
        for words in table(rounding) {
            let found = reference.integer_spikes(words);
            let pairs = found.iter().zip(&reference.spikes);
            let errors: Vec<String> = pairs.map(|(a, b)| format!("{:+.0}", a - b)).collect();
            let Words {
                v_bits,
                p_bits,
                i_bits,
                i_range,
                ..
            } = words;
            println!(
                "{rounding:<10} {v_bits:>3} {p_bits:>3} {i_bits:>3} {i_range:>13}   {} ({} of {} spikes)",
                errors.join(", "),
                found.len(),
                reference.spikes.len()
            );
        }
    }
}

/// One word is varied at a time, the others stay long.
fn table(rounding: &'static str) -> Vec<Words> {
    let long = Words {
        rounding,
        v_bits: 20,
        p_bits: 20,
        i_bits: 24,
        i_range: 64.0,
    };
    let v = [12, 14, 16, 18, 20].map(|v_bits| Words { v_bits, ..long });
    let p = [12, 14, 16, 18].map(|p_bits| Words { p_bits, ..long });
    let i = [16, 18, 20, 22].map(|i_bits| Words { i_bits, ..long });
    let range = [1024.0].map(|i_range| Words { i_range, ..long });
    let short = Words {
        v_bits: 18,
        p_bits: 16,
        i_bits: 20,
        ..long
    };
    let wide = Words {
        i_range: 1024.0,
        ..short
    };
    [&v[..], &p, &i, &range, &[short, wide]].concat()
}
