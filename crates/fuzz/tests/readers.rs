//! Every reader on the documents of its corpus and on damaged ones: it takes or refuses them, and never panics.
//!
//! The corpus of a reader stands in `__fuzz__/NAME/corpus`. `cargo test` replays it; `BOLERO_RANDOM_ITERATIONS` adds random
//! bytes; `cargo bolero test` lets libFuzzer, AFL or Honggfuzz search from it by coverage.

use bruno_fuzz::readers::{Reader, all};
use std::path::Path;

/// Damaged documents that each test reads.
const RUNS: u64 = 200;

fn reader(name: &str) -> &'static Reader {
    all()
        .find(|r| r.name == name)
        .expect("a reader of this name")
}

fn check(name: &str) {
    let reader = reader(name);
    for seed in (reader.seeds)() {
        assert!((reader.read)(&seed), "a valid document is refused");
    }
    match reader.run(0, RUNS) {
        Ok(tally) => assert!((1..RUNS).contains(&tally.taken), "{tally:?}"),
        Err(document) => {
            let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/__fuzz__"));
            let folder = folder.join(name).join("crashes");
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("damaged"), document).unwrap();
            panic!(
                "a damaged document makes the reader panic; it stands in {}",
                folder.display()
            );
        }
    }
    bolero::check!(name = name)
        .with_iterations(0)
        .for_each(|bytes: &[u8]| {
            (reader.read)(bytes);
        });
}

macro_rules! readers {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        #[test]
        fn every_reader_has_a_test() {
            let tested = [$(stringify!($name)),*];
            let readers: Vec<&str> = all().map(|r| r.name).collect();
            assert_eq!(readers, tested);
        }
    };
}

readers! {
    description program checkpoint failed_batch virtual_chips journal search records
    events labels npz npz_counts reckon jsb digits films event_table
    card_json card_spectre card_ngspice card_vacask trace pulses stimulus raw
    nir nir_graph
}
