//! Every reader of bruno, as a function of bytes, with what follows reading where that trusts what was read.

mod devices;
mod networks;
mod runs;
mod sets;
mod slot;

use crate::{Form, mutate};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A reader.
#[derive(Clone, Copy)]
pub struct Reader {
    /// Its name; the folder of its documents in the corpus.
    pub name: &'static str,
    /// The form of its documents.
    pub form: Form,
    /// Valid documents.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Reads a document; says whether it was taken.
    pub read: fn(&[u8]) -> bool,
}

/// All readers.
pub const READERS: &[&[Reader]] = &[
    runs::READERS,
    sets::READERS,
    devices::READERS,
    networks::READERS,
];

/// All readers, one after the other.
pub fn all() -> impl Iterator<Item = &'static Reader> {
    READERS.iter().copied().flatten()
}

/// What a number of runs of a reader came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Documents read.
    pub runs: u64,
    /// Documents that were taken.
    pub taken: u64,
}

impl Reader {
    /// Document `number` of a sequence: one of the seeds, damaged.
    pub fn document(&self, seeds: &[Vec<u8>], number: u64) -> Vec<u8> {
        let mut rng = ChaCha8Rng::seed_from_u64(number);
        let seed = seeds.get(rng.random_range(0..seeds.len().max(1)));
        mutate(self.form, seed.map_or(&[], Vec::as_slice), &mut rng)
    }

    /// Reads `runs` damaged documents from number `first` on.
    ///
    /// # Errors
    /// The document that made the reader panic.
    pub fn run(&self, first: u64, runs: u64) -> Result<Tally, Vec<u8>> {
        let seeds = (self.seeds)();
        let mut tally = Tally::default();
        for number in first..first + runs {
            let document = self.document(&seeds, number);
            let taken = catch_unwind(AssertUnwindSafe(|| (self.read)(&document)));
            tally.taken += u64::from(taken.map_err(|_| document)?);
            tally.runs += 1;
        }
        Ok(tally)
    }
}
