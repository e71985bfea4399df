//! The whole matrix of folded chips in lock step with the integer model: `cargo bench -p bruno-verilator --bench folds`.
//!
//! Every state of every neuron at every tick, 200,000 ticks a chip (`-- TICKS` chooses another number, a second argument
//! only chips whose name contains it); ends with an error at the first difference.

#[path = "../tests/matrix/mod.rs"]
mod matrix;

use bruno_sim::stimuli;
use bruno_verilator::Lockstep;
use matrix::{Entry, Shape};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--"))
        .collect();
    let ticks = arguments.first().map_or(Ok(200_000), |t| t.parse())?;
    let wanted = arguments.get(1).map_or("", String::as_str);
    println!(
        "{:<48}{:>12}{:>12}{:>10}{:>8}",
        "chip", "ticks", "spikes", "cycles", "s"
    );
    for entry in entries().filter(|e| name(e).contains(wanted)) {
        run(&entry, ticks)?;
    }
    Ok(())
}

fn name(e: &Entry) -> String {
    format!(
        "F = {}, {}, {}, {} bits, {:?}",
        e.fold, e.kind, e.rounding, e.bits, e.shape
    )
}

fn entries() -> impl Iterator<Item = Entry> {
    let folds = [1, 4, 16, 64].into_iter();
    let kinds = folds.flat_map(|fold| ["felif", "lif"].map(|kind| (fold, kind)));
    let rounded = kinds.flat_map(|(fold, kind)| ["nearest", "stochastic"].map(|r| (fold, kind, r)));
    let bits = rounded
        .flat_map(|(fold, kind, rounding)| [1, 3, 8].map(|bits| (fold, kind, rounding, bits)));
    bits.flat_map(|(fold, kind, rounding, bits)| {
        [Shape::FeedForward, Shape::Recurrent, Shape::TwoLayers].map(|shape| Entry {
            fold,
            kind,
            rounding,
            bits,
            shape,
            stage_ns: 7.0,
        })
    })
}

fn run(entry: &Entry, ticks: u64) -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let chip = entry.chip();
    let design = bruno_hdl::generate(&chip)?;
    let mut both = Lockstep::new(&chip, &design)?;
    let (mut done, mut spikes) = (0, 0);
    for case in stimuli::random(&chip, ticks, 7) {
        both.load(&case.program)?;
        if let Some(difference) = both.run(&case.stimulus, |_| {})? {
            return Err(format!("{}: {}: {difference}", name(entry), case.name).into());
        }
        done += case.stimulus.windows * case.program.window;
        spikes += both.spikes();
    }
    println!(
        "{:<48}{done:>12}{spikes:>12}{:>10}{:>8.1}",
        name(entry),
        design.cycles_per_tick,
        start.elapsed().as_secs_f64()
    );
    Ok(())
}
