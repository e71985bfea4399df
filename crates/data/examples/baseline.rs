//! Yardsticks of the built-in Braille sets: `cargo run --release -p bruno-data --example baseline`.
//!
//! The penalty decides how good a ridge is, so several are shown, and the one which validation would choose.

use bruno_data::{BrailleConfig, DataError, Dataset, Letters, Yardstick, braille, ridge_accuracy};

const PENALTIES: [f64; 7] = [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6];

fn main() -> Result<(), DataError> {
    for letters in [Letters::Seven, Letters::TwentySeven] {
        for seed in 1..=3 {
            let set = braille(&BrailleConfig {
                letters,
                seed,
                ..BrailleConfig::default()
            })?;
            println!("{}\n  seed {seed}", set.summary());
            for bins in [1, 8] {
                report(&set, bins);
            }
            for yardstick in Yardstick::all(&set) {
                println!("  {yardstick:?}: {:.3}", yardstick.score(&set, &mut |_| {}));
            }
        }
    }
    Ok(())
}

fn report(set: &Dataset, bins: usize) {
    print!("  {bins} time bins:");
    for lambda in PENALTIES {
        print!(" {:.3} ({lambda})", ridge_accuracy(set, bins, lambda));
    }
    let on_valid = Dataset {
        test: set.valid.clone(),
        ..set.clone()
    };
    let accuracy = |lambda: &f64| ridge_accuracy(&on_valid, bins, *lambda);
    let chosen = PENALTIES
        .into_iter()
        .max_by(|a, b| accuracy(a).total_cmp(&accuracy(b)));
    println!("; validation chooses {}", chosen.unwrap_or(1.0));
}
