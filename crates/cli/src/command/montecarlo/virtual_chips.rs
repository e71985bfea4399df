//! Virtual chips of a trained run through the simulators, with their results on disk: for `bruno montecarlo` and for the
//! yield of a sweep.

use super::super::eval::Split;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::ranks;
use crate::running::Running;
use bruno_chip::Description;
use bruno_data::Dataset;
use bruno_device::Chip;
use bruno_montecarlo::{ChipRecord, MonteCarlo, Results, Settings};
use bruno_ranks::{Shard, collect_in_order, first_of_node, from_first};
use bruno_sim::SimError;
use bruno_train::{Checkpoint, check_data};
use std::path::Path;

/// The file of the records.
pub(super) const RECORDS: &str = "chips.jsonl";

/// What is drawn and on what it is scored.
pub struct VirtualChips<'a> {
    /// The trained run.
    pub run: &'a Checkpoint,
    /// Its trained description with the spreads.
    pub description: &'a Description,
    /// Where that comes from, for errors.
    pub file: &'a str,
    pub data: &'a Dataset,
    pub split: Split,
    /// Score on the first so many samples; all where absent.
    pub samples: Option<usize>,
    pub chips: u32,
    pub seed: u64,
    /// Score these of the ideal chip and the virtual ones; all where absent.
    pub shard: Option<Shard>,
    pub running: &'a Running,
    /// Where chips.jsonl goes.
    pub out: &'a Path,
    /// Throw away what is there instead of continuing from it.
    pub restart: bool,
}

impl VirtualChips<'_> {
    /// Scores the ideal chip and the virtual ones that chips.jsonl does not hold yet; the file is whole after every chip.
    ///
    /// # Errors
    /// No samples, data that do not fit, results of other settings, and those of the simulators.
    pub fn score(&self) -> Result<(Chip, Results), Failure> {
        let chip = Chip::resolve(self.file, self.description)?;
        check_data(&chip, self.data)?;
        let samples = self.split.of(self.data);
        let samples = &samples[..self.samples.unwrap_or(samples.len()).min(samples.len())];
        if samples.is_empty() {
            return Err(Failure::Input {
                path: self.data.name.clone(),
                what: format!(
                    "`{}` has no samples; choose another --split, or more --samples",
                    self.split.name()
                ),
            });
        }
        let settings = Settings {
            shard: self.shard,
            ..Settings::new(
                self.run,
                self.description,
                samples,
                self.split.name(),
                self.seed,
            )
        };
        let mut results = self.results(settings)?;
        let fine = chip.with_fine_synapses();
        let design = bruno_hdl::generate(&fine)?;
        let model = |_| self.running.model(&fine, &design);
        let models = || (0..self.running.threads()).map(model).collect();
        let mut montecarlo = MonteCarlo {
            run: self.run,
            chip: &chip,
            models: first_of_node::<_, SimError>(ranks::current(), models)?,
            samples,
            seed: self.seed,
        };
        self.add(&mut montecarlo, &mut results)?;
        Ok((chip, results))
    }

    /// What is there, on every rank; the first one keeps the file.
    fn results(&self, settings: Settings) -> Result<Results, Failure> {
        let mut kept = None;
        let records = from_first(ranks::current(), || {
            let results = kept.insert(self.kept(settings.clone())?);
            Ok::<_, Failure>(results.records.clone())
        })?;
        Ok(kept.unwrap_or_else(|| Results::of_another(settings, records)))
    }

    fn kept(&self, settings: Settings) -> Result<Results, Failure> {
        let path = self.out.join(RECORDS);
        if self.restart {
            return Ok(Results::anew(&path, settings));
        }
        let results = Results::open(&path, settings)?;
        if let Some(chips) = results.records.len().checked_sub(1) {
            tell!("continuing {} after {chips} chips", path.display());
        }
        Ok(results)
    }

    /// Scores what is missing, a chip a rank at a time.
    fn add(&self, montecarlo: &mut MonteCarlo<'_>, results: &mut Results) -> Result<(), Failure> {
        let ranks = ranks::current();
        let mut left = results.missing(self.chips);
        let units = (left.div_ceil(ranks.size()) * montecarlo.samples.len()) as u64;
        let mut progress = Progress::new("montecarlo", units, "samples");
        while left > 0 {
            let round = left.min(ranks.size());
            let mut score = |k| -> Result<ChipRecord, Failure> {
                let chip = results.unknown(k);
                Ok(montecarlo.score(chip, |n| progress.advance(n))?)
            };
            let scored = ranks.share().items(round).map(&mut score).collect();
            for record in collect_in_order(ranks, scored, round)? {
                results.add(record).map_err(|source| Failure::Write {
                    path: self.out.join(RECORDS).display().to_string(),
                    source,
                })?;
            }
            left -= round;
        }
        Ok(())
    }
}
