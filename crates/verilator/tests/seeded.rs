//! The check of the model that trains finds a fault in a rewrite before the model is kept, and the rewrites are in force with
//! the versions of the tools that `scripts/setup` installs. `cargo bench -p bruno-verilator --bench seeded_faults` takes every
//! fault in chips of every kind and size.

mod faults;

use bruno_verilator::seeded::{Outcome, Seeded};
use faults::{FAULTS, PROCESSOR, chip};

/// Passes that are in force for every chip with Debian's Verilator 5.006 and clang 14; `newer spelling` and `vector constants`
/// are for the texts of newer tools.
const ALWAYS: [&str; 5] = [
    "registers as words",
    "aligned arrays",
    "tick temporaries",
    "whole states",
    "seldom branches",
];

/// Passes that find something in a chip beside those of every chip, and faults that are caught.
fn check(neurons: usize, kind: &str, passes: &[&str], caught: &[&str]) {
    let chip = chip(neurons, kind);
    let design = bruno_hdl::generate(&chip).unwrap();
    let seeded = Seeded::new(&chip, &design, PROCESSOR).unwrap();
    let found = seeded.passes().iter().filter(|pass| pass.hits > 0);
    let mut found: Vec<&str> = found.map(|pass| pass.pass.as_str()).collect();
    let mut expected = [&ALWAYS[..], passes].concat();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    for name in caught {
        let fault = FAULTS.iter().find(|fault| fault.name == *name).unwrap();
        let outcome = seeded.outcome(fault).unwrap();
        assert!(matches!(outcome, Outcome::Caught(_)), "{name}: {outcome:?}");
    }
}

#[test]
fn one_neuron() {
    check(
        1,
        "lif",
        &["one clock"],
        &["a dropped store of the current"],
    );
}

#[test]
fn four_vectors_and_one_neuron() {
    check(
        33,
        "felif",
        &["one clock", "vector shifts"],
        &["an amount one larger"],
    );
}

/// Equal banks share their code; a model with classes of its own for them has several triggers.
#[test]
fn more_channels_than_a_vector_of_currents() {
    let passes = [
        "shared banks",
        "prefetched rows",
        "vector shifts",
        "vector look-ups",
    ];
    let faults = ["a row that is written", "a wrong table"];
    check(140, "lif", &passes, &faults);
}

#[test]
fn channels_of_whole_words() {
    let passes = [
        "shared banks",
        "prefetched rows",
        "spike search",
        "vector shifts",
        "vector look-ups",
    ];
    check(256, "lif", &passes, &["a search that begins one too late"]);
}
