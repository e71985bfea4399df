//! The test: how far the means of all figures over the records lie from those of the reference, each in its own standard
//! errors, against the largest such distance where chance alone decides which samples are the records.
//!
//! The threshold is a quantile over random splits of all samples, of the reference and of the records, in as many as there are
//! of each: the largest distance of any figure in each split. So the share of false alarms is what is asked for, for all
//! figures together, however they depend on each other and are distributed, seldom events among them, as long as the samples
//! are independent (Westfall and Young's max T).

use crate::MonitorError;
use crate::features::{Feature, Seen};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Splits of the reference.
pub const SPLITS: usize = 2000;

/// The samples of a chip as it was trained.
pub struct Reference<'a> {
    features: &'a [Feature],
    samples: Vec<Seen>,
}

/// The samples of the reference and of the records, those first.
struct Pool<'a> {
    samples: Vec<&'a Seen>,
    sums: Vec<f64>,
    /// Deviation between samples, at least what one event among all of them makes.
    deviations: Vec<f64>,
}

/// What the test says.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Samples of records, and of the reference.
    pub samples: [usize; 2],
    /// The largest distance that chance gives but for the share of false alarms.
    pub threshold: f64,
    /// Share of the splits with a distance as large as the records' largest.
    pub chance: f64,
    /// By layer and kind of figure the one that is farthest.
    pub rows: Vec<Row>,
}

/// The farthest figure of its kind in a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What it is.
    pub feature: Feature,
    /// Its mean over the reference and over the records, in its unit.
    pub means: [f64; 2],
    /// The records' mean less the reference's, in standard errors.
    pub distance: f64,
    /// Beyond the threshold.
    pub drifted: bool,
}

impl Verdict {
    /// The layers that drifted, in their order.
    pub fn drifted(&self) -> Vec<&str> {
        let rows = self.rows.iter().filter(|row| row.drifted);
        let mut layers: Vec<&str> = rows.map(|row| row.feature.layer.as_str()).collect();
        layers.dedup();
        layers
    }
}

impl<'a> Reference<'a> {
    /// Of these samples.
    pub fn new(features: &'a [Feature], samples: Vec<Seen>) -> Self {
        Self { features, samples }
    }

    /// Whether records drifted, with this share of false alarms.
    ///
    /// # Errors
    /// A reference of fewer than twice the records' samples.
    pub fn judge(&self, records: &[Seen], false_alarms: f64) -> Result<Verdict, MonitorError> {
        let (own, judged) = (self.samples.len(), records.len());
        if judged == 0 || own < 2 * judged {
            return Err(MonitorError::TooFew {
                found: own,
                judged,
                least: (2 * judged).max(2),
                remedy: "give fewer records, the newest, or more samples of reference",
            });
        }
        let pool = Pool::new(self.features, records.iter().chain(&self.samples).collect());
        let order: Vec<usize> = (0..own + judged).collect();
        let (means, distances) = pool.split(&order[..judged]);
        let mut largest = pool.of_splits(judged);
        largest.sort_by(f64::total_cmp);
        // Of the splits and the records themselves no larger share lies above.
        let rank = ((1.0 - false_alarms) * (SPLITS + 1) as f64).ceil() as usize;
        let threshold = largest.get(rank.saturating_sub(1));
        let threshold = threshold.copied().unwrap_or(f64::INFINITY);
        let found = distances.iter().fold(0.0f64, |most, d| most.max(d.abs()));
        let as_large = largest.iter().filter(|l| **l >= found).count();
        Ok(Verdict {
            samples: [judged, own],
            threshold,
            chance: (as_large + 1) as f64 / (SPLITS + 1) as f64,
            rows: self.rows(&means, &distances, threshold),
        })
    }

    fn rows(&self, means: &[[f64; 2]], distances: &[f64], threshold: f64) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for (k, feature) in self.features.iter().enumerate() {
            let row = Row {
                feature: feature.clone(),
                means: means[k],
                distance: distances[k],
                drifted: distances[k].abs() > threshold,
            };
            let kind = |f: &Feature| (f.layer.clone(), f.what.clone());
            match rows.iter_mut().find(|r| kind(&r.feature) == kind(feature)) {
                None => rows.push(row),
                Some(old) if old.distance.abs() < row.distance.abs() => *old = row,
                Some(_) => {}
            }
        }
        rows
    }
}

impl<'a> Pool<'a> {
    fn new(features: &[Feature], samples: Vec<&'a Seen>) -> Self {
        let count = samples.len() as f64;
        let windows = samples.iter().map(|s| s.windows as f64).sum::<f64>() / count;
        let sum = |k: usize| samples.iter().map(|s| s.values[k]).sum::<f64>();
        let sums: Vec<f64> = (0..features.len()).map(sum).collect();
        let deviation = |(k, feature): (usize, &Feature)| {
            let mean = sums[k] / count;
            let squares = samples.iter().map(|s| (s.values[k] - mean).powi(2));
            let least = feature.step(windows.max(1.0)).powi(2) / count;
            (squares.sum::<f64>() / count).max(least).sqrt()
        };
        let deviations = features.iter().enumerate().map(deviation).collect();
        Self {
            samples,
            sums,
            deviations,
        }
    }

    /// Were these samples the records: every figure's mean over the others and over them, and how far they are apart in
    /// standard errors.
    fn split(&self, records: &[usize]) -> (Vec<[f64; 2]>, Vec<f64>) {
        let [own, left] = [records.len(), self.samples.len() - records.len()].map(|n| n as f64);
        let error = (1.0 / own + 1.0 / left).sqrt();
        let mut sums = vec![0.0; self.sums.len()];
        for k in records {
            let values = &self.samples[*k].values;
            sums.iter_mut().zip(values).for_each(|(sum, x)| *sum += x);
        }
        let means = sums.iter().zip(&self.sums);
        let means: Vec<[f64; 2]> = means.map(|(s, all)| [(all - s) / left, s / own]).collect();
        let distances = means.iter().zip(&self.deviations);
        let distances = distances.map(|([from, of], deviation)| (of - from) / (deviation * error));
        let distances = distances.collect();
        (means, distances)
    }

    /// The largest distance in every random split with so many records.
    fn of_splits(&self, records: usize) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let all = self.samples.len();
        let mut order: Vec<usize> = (0..all).collect();
        let largest = |_| {
            (0..records).for_each(|k| order.swap(k, rng.random_range(k..all)));
            let (_, distances) = self.split(&order[..records]);
            distances.iter().fold(0.0f64, |most, d| most.max(d.abs()))
        };
        (0..SPLITS).map(largest).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Features;
    use bruno_chip::Description;
    use bruno_device::Chip;
    use rand_distr::{Distribution, Exp1};

    /// Samples whose figures are skewed, depend on each other, and are `shift` deviations larger; every third is 0 but in one
    /// sample of two hundred.
    fn samples(count: usize, features: usize, shift: f64, rng: &mut ChaCha8Rng) -> Vec<Seen> {
        let sample = |_| {
            let common: f64 = Exp1.sample(&mut *rng);
            let values = (0..features).map(|k| {
                let own: f64 = Exp1.sample(&mut *rng);
                match k % 3 {
                    0 => f64::from(rng.random_bool(0.005)),
                    _ => 5.0 + common + own + shift * 2f64.sqrt(),
                }
            });
            Seen {
                values: values.collect(),
                windows: 100,
            }
        };
        (0..count).map(sample).collect()
    }

    /// The share of alarms among 200 sets of records of 20 samples, each with a reference of its own.
    fn alarms(shift: f64) -> f64 {
        let text = r#"{"name":"t","inputs":1,"readout":{"outputs":2,"synapse":{"range_pA":1}},
            "layers":[{"name":"a","kind":"lif","neurons":8,"synapse":{"range_pA":1}}]}"#;
        let chip = Chip::resolve("t", &Description::parse("t", text).unwrap()).unwrap();
        let features = Features::of(&chip).all;
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut alarm = |_| {
            let reference = Reference::new(&features, samples(100, features.len(), 0.0, &mut rng));
            let records = samples(20, features.len(), shift, &mut rng);
            let verdict = reference.judge(&records, 0.05).unwrap();
            assert_eq!(verdict.chance <= 0.05, !verdict.drifted().is_empty());
            !verdict.drifted().is_empty()
        };
        let mut count = 0;
        (0..200).for_each(|k| count += u32::from(alarm(k)));
        f64::from(count) / 200.0
    }

    /// 0.05 with a standard error of 0.015.
    #[test]
    fn false_alarms_are_as_many_as_asked_for() {
        let found = alarms(0.0);
        assert!((0.01..0.10).contains(&found), "{found}");
    }
    #[test]
    fn a_deviation_is_found() {
        let found = alarms(1.5);
        assert!(found > 0.9, "{found}");
    }
    #[test]
    fn too_few_samples_of_reference() {
        let reference = Reference::new(
            &[],
            vec![
                Seen {
                    values: vec![],
                    windows: 1
                };
                3
            ],
        );
        let records = vec![
            Seen {
                values: vec![],
                windows: 1
            };
            2
        ];
        let error = reference.judge(&records, 0.01).unwrap_err().to_string();
        assert!(error.starts_with("3 samples of reference for 2 of records; allowed: at least 4"));
    }
}
