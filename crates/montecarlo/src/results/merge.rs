//! Shards of a run put together.

use super::{ChipRecord, Results, Settings, mismatch};
use crate::MonteCarloError;
use bruno_ranks::{order_parts, whole_from_parts};
use std::path::Path;

impl Results {
    /// The whole of shards in any order, up to chip number `chips - 1`. What the file `path` does not hold yet is added to
    /// it.
    ///
    /// # Errors
    /// Shards that are missing, there twice, unfinished, or of other settings, with what differs; results in `path` of other
    /// settings; those of the file system.
    pub fn merge(path: &Path, shards: Vec<Self>, chips: usize) -> Result<Self, MonteCarloError> {
        let named = shards.into_iter().map(|part| {
            let name = part.path.display().to_string();
            (name, part.settings.records(), part)
        });
        let shards = order_parts(named.collect()).map_err(|what| mismatch(path, what))?;
        let Some((_, first)) = shards.first() else {
            return Err(mismatch(path, "there are no shards of it".into()));
        };
        let settings = first.settings.of_whole();
        let records = shards.into_iter().map(|(_, s)| s.wanted(&settings, chips));
        let records = records.collect::<Result<Vec<_>, _>>()?;
        let records = whole_from_parts(records, chips + 1).unwrap_or_default();
        let mut whole = Self::load(path)?.unwrap_or_else(|| Self::anew(path, settings.clone()));
        let differences = settings.differences(&whole.settings);
        if !differences.is_empty() {
            return Err(mismatch(
                path,
                format!(
                    "was made with other settings than the shards ({}); remove it, or move the shards into another folder",
                    differences.join(", ")
                ),
            ));
        }
        let known = whole.records.len();
        let added = whole.extend(records.into_iter().skip(known));
        added.map_err(|e| mismatch(path, format!("cannot be written: {e}")))?;
        Ok(whole)
    }

    /// The records of a shard that a whole of these settings wants.
    fn wanted(self, whole: &Settings, chips: usize) -> Result<Vec<ChipRecord>, MonteCarloError> {
        let shard = self.settings.records();
        let differences = whole.differences(&self.settings.of_whole());
        if !differences.is_empty() {
            return Err(mismatch(
                &self.path,
                format!(
                    "shard {shard} was made with other settings than the first one ({}); run it again with the same",
                    differences.join(", ")
                ),
            ));
        }
        let mut records = self.records;
        let wanted = shard.items(chips + 1).count();
        if records.len() < wanted {
            return Err(mismatch(
                &self.path,
                format!(
                    "shard {shard} holds {} of its {wanted} records; run it again, it goes on from there",
                    records.len()
                ),
            ));
        }
        // It may have been run with more chips before.
        records.truncate(wanted);
        Ok(records)
    }
}

impl Settings {
    /// The settings of the run that a shard is of.
    fn of_whole(&self) -> Self {
        Self {
            shard: None,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bruno_ranks::Shard;
    use proptest::prelude::*;

    fn settings(seed: u64, shard: Option<Shard>) -> Settings {
        Settings {
            version: super::super::VERSION,
            seed,
            split: "test".into(),
            samples: 3,
            data: "d".into(),
            description: "c".into(),
            parameters: "p".into(),
            shard,
        }
    }

    fn record(number: usize) -> ChipRecord {
        ChipRecord {
            chip: number.checked_sub(1).map(|chip| chip as u32),
            accuracy: 1.0 / (number + 2) as f64,
            loss_nats: 0.1 * number as f64,
            rate_hz: 3.0,
            saturations: 0,
            silent_samples: 0,
            stuck_devices: 0,
            deviation_rms_pa: 0.1,
            held_rms_pa: 0.1,
            held_largest_pa: 0.2,
        }
    }

    /// The file of a run of so many chips, or of a shard of it, and what is in it.
    fn run(path: &Path, seed: u64, shard: Option<Shard>, chips: usize) -> Results {
        let mut results = Results::anew(path, settings(seed, shard));
        let items = results.settings.records().items(chips + 1);
        items.for_each(|number| results.add(record(number)).unwrap());
        Results::load(path).unwrap().unwrap_or(results)
    }

    /// Merges shards, each with its seed and the chips that it was run with; what is wrong.
    fn check_refused(shards: &[(&str, u64, usize)], chips: usize, expected: &str) {
        let dir = tempfile::tempdir().unwrap();
        let part = |(k, (shard, seed, chips)): (usize, &(&str, u64, usize))| {
            let path = dir.path().join(k.to_string());
            run(&path, *seed, Some(shard.parse().unwrap()), *chips)
        };
        let parts = shards.iter().enumerate().map(part).collect();
        let whole = dir.path().join("whole");
        let refused = Results::merge(&whole, parts, chips).unwrap_err();
        assert!(refused.to_string().contains(expected), "{refused}");
        assert!(!whole.exists());
    }

    #[test]
    fn an_unfinished_shard() {
        let shards = [("2/2", 1, 4), ("1/2", 1, 1)];
        check_refused(&shards, 4, "1: shard 1/2 holds 1 of its 3 records; run");
    }
    #[test]
    fn a_shard_of_another_seed() {
        let shards = [("2/2", 7, 4), ("1/2", 1, 4)];
        check_refused(
            &shards,
            4,
            "0: shard 2/2 was made with other settings than the first one (--seed)",
        );
    }
    #[test]
    fn a_missing_shard() {
        check_refused(&[("2/2", 1, 4)], 4, "no finished shard 1/2");
    }
    #[test]
    fn no_shard() {
        check_refused(&[], 4, "there are no shards");
    }

    #[test]
    fn results_of_another_run_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        run(&path("whole"), 2, None, 1);
        let before = std::fs::read(path("whole")).unwrap();
        let shard = run(&path("shard"), 1, Some(Shard::WHOLE), 3);
        let refused = Results::merge(&path("whole"), vec![shard], 3).unwrap_err();
        assert!(refused.to_string().contains("than the shards (--seed)"));
        assert_eq!(std::fs::read(path("whole")).unwrap(), before);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        /// Any number of shards in any order, some of them run with more chips, give the bytes of one run; also where the file
        /// holds a part of it.
        #[test]
        fn shards_give_the_file_of_one_run(
            of in 1usize..7, chips in 1usize..9, more in 0usize..3, there in 0usize..4, seed in any::<u64>(),
        ) {
            let dir = tempfile::tempdir().unwrap();
            let path = |name: &str| dir.path().join(name);
            run(&path("one"), 1, None, chips);
            if there > 0 {
                run(&path("whole"), 1, None, there.min(chips));
            }
            let mut order: Vec<usize> = (1..=of).collect();
            order.sort_by_key(|k| (*k as u64).wrapping_mul(seed | 1));
            let shards = order.iter().map(|k| {
                let shard = format!("{k}/{of}").parse().unwrap();
                run(&path(&format!("shard{k}")), 1, Some(shard), chips + more)
            });
            Results::merge(&path("whole"), shards.collect(), chips).unwrap();
            let bytes = |name: &str| std::fs::read(path(name)).unwrap();
            prop_assert!(bytes("one") == bytes("whole"));
        }
    }
}
