//! Faults in every rewrite, in chips of every kind and size: `cargo bench -p bruno-verilator --bench seeded_faults`.
//!
//! A line a chip: what the check of a sound model took, and of every fault whether the check caught it (`-- NEURONS KIND`
//! chooses a chip). Ends with an error where one was kept.

#[path = "../tests/faults/mod.rs"]
mod faults;

use bruno_verilator::seeded::{Outcome, Seeded};
use faults::{FAULTS, PROCESSOR, chip};
use std::time::Instant;

const SIZES: [usize; 7] = [1, 7, 32, 33, 140, 256, 1024];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let given: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--"))
        .collect();
    let wanted = |at: usize, own: &str| given.get(at).is_none_or(|given| given == own);
    let mut kept = 0;
    for neurons in SIZES.into_iter().filter(|n| wanted(0, &n.to_string())) {
        for kind in ["felif", "lif", "alif"]
            .into_iter()
            .filter(|kind| wanted(1, kind))
        {
            kept += measure(neurons, kind)?;
        }
    }
    match kept {
        0 => Ok(()),
        _ => Err(format!("{kept} faults were kept").into()),
    }
}

/// Returns how many faults of a chip were not caught.
fn measure(neurons: usize, kind: &str) -> Result<usize, Box<dyn std::error::Error>> {
    let chip = chip(neurons, kind);
    let design = bruno_hdl::generate(&chip)?;
    let start = Instant::now();
    let seeded = Seeded::new(&chip, &design, PROCESSOR)?;
    println!(
        "{neurons} {kind}: sound model in {:.1} s, {} ticks checked in {:.3} s",
        start.elapsed().as_secs_f64(),
        seeded.ticks(),
        seeded.seconds()?
    );
    for pass in seeded.passes() {
        println!("    {:<20}{:>5} hits", pass.pass, pass.hits);
    }
    let mut kept = 0;
    for fault in &FAULTS {
        let outcome = seeded.outcome(fault)?;
        let said = match &outcome {
            Outcome::NoPlace => "no place for it".to_string(),
            Outcome::Caught(difference) => format!("caught: {difference}"),
            Outcome::Kept => "KEPT".into(),
        };
        println!("  {}, {}: {said}", fault.pass, fault.name);
        kept += usize::from(outcome == Outcome::Kept);
    }
    Ok(kept)
}
