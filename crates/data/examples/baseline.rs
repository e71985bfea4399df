//! Ridge baselines of the built-in Braille sets: `cargo run --release -p bruno-data --example baseline`.

use bruno_data::{BrailleConfig, DataError, Letters, braille, ridge_accuracy};

fn main() -> Result<(), DataError> {
    for letters in [Letters::Seven, Letters::TwentySeven] {
        for seed in 1..=3 {
            let set = braille(&BrailleConfig {
                letters,
                seed,
                ..BrailleConfig::default()
            })?;
            let [counts, binned] = [1, 8].map(|bins| [0.01,1.0,10.0,100.0].map(|l| ridge_accuracy(&set, bins, l)));
            println!(
                "{}\n  seed {seed}: counts {counts:.3?}, in 8 time bins {binned:.3?}",
                set.summary()
            );
        }
    }
    Ok(())
}
