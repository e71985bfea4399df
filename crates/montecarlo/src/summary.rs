//! The distribution over chips, as numbers and as a picture.

use crate::ChipRecord;
use bruno_plot::{Axis, Curve, Mark, Panel};
use bruno_train::{CONFIDENCE, clopper_pearson};
use serde::{Deserialize, Serialize};

/// Accuracies of virtual chips.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Virtual chips.
    pub chips: usize,
    /// Accuracy of the ideal chip.
    pub nominal: f64,
    /// Mean accuracy.
    pub mean: f64,
    /// Standard deviation between chips (of n - 1; 0 for one chip).
    pub deviation: f64,
    /// Minimum, lower quartile, median, upper quartile, maximum.
    pub quantiles: [f64; 5],
    /// Counts over even bins of accuracy.
    pub histogram: Vec<Bin>,
    /// Chips above a target.
    #[serde(rename = "yield", skip_serializing_if = "Option::is_none")]
    pub yield_: Option<Yield>,
}

/// Where values of several chips lie.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Distribution {
    /// Mean.
    pub mean: f64,
    /// Standard deviation (of n - 1; 0 of one value).
    pub deviation: f64,
    /// Minimum, lower quartile, median, upper quartile, maximum.
    pub quantiles: [f64; 5],
}

impl Distribution {
    /// Of at least one value.
    pub fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len() as f64;
        let mean = sorted.iter().sum::<f64>() / n;
        let squares: f64 = sorted.iter().map(|a| (a - mean).powi(2)).sum();
        Self {
            mean,
            deviation: (squares / (n - 1.0).max(1.0)).sqrt(),
            quantiles: [0.0, 0.25, 0.5, 0.75, 1.0].map(|q| quantile(&sorted, q)),
        }
    }
}

/// Chips whose accuracy lies in `low .. low + width`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// Lower end, included.
    pub low: f64,
    /// Width.
    pub width: f64,
    /// Chips.
    pub chips: usize,
}

/// The share of chips that reach a target, with its Clopper-Pearson interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Yield {
    /// Least accuracy of a good chip.
    pub target: f64,
    /// Good chips.
    pub good: usize,
    /// Their share.
    pub share: f64,
    /// Ends of the interval.
    pub interval: (f64, f64),
    /// Its confidence.
    pub confidence: f64,
}

/// Widths that bins may have; the smallest that needs no more than [`MOST_BINS`] is taken.
const WIDTHS: [f64; 7] = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2];
const MOST_BINS: f64 = 12.0;

impl Summary {
    /// The summary of at least one chip.
    pub fn new(nominal: &ChipRecord, chips: &[ChipRecord], target: Option<f64>) -> Self {
        let mut sorted: Vec<f64> = chips.iter().map(|c| c.accuracy).collect();
        sorted.sort_by(f64::total_cmp);
        let found = Distribution::of(&sorted);
        Self {
            chips: chips.len(),
            nominal: nominal.accuracy,
            mean: found.mean,
            deviation: found.deviation,
            quantiles: found.quantiles,
            histogram: histogram(&sorted),
            yield_: target.map(|t| good_share(&sorted, t)),
        }
    }

    /// The histogram, with the ideal chip's accuracy and the target as lines.
    pub fn panel(&self) -> Panel {
        let top = self.histogram.iter().map(|b| b.chips).max().unwrap_or(0) as f64;
        let width = self.histogram.first().map_or(0.1, |b| b.width);
        let bars = self.histogram.iter();
        let bars = bars.map(|b| (b.low + 0.5 * b.width, b.chips as f64));
        let line = |name: &str, mark, at: f64| Curve::new(name, mark, [(at, 0.0), (at, top)]);
        let mut curves = vec![
            Curve::new("virtual chips", Mark::Bars(0.9 * width), bars),
            line(
                &format!("ideal chip, {:.3}", self.nominal),
                Mark::Line,
                self.nominal,
            ),
        ];
        if let Some(y) = &self.yield_ {
            let (low, high) = y.interval;
            let name = format!(
                "target {}: yield {:.2} ({low:.2}..{high:.2})",
                y.target, y.share
            );
            curves.push(line(&name, Mark::Dashed, y.target));
        }
        Panel {
            x: Axis::share("accuracy"),
            y: Axis::count("chips"),
            curves,
        }
    }
}

fn good_share(sorted: &[f64], target: f64) -> Yield {
    let good = sorted.iter().filter(|a| **a >= target).count();
    Yield {
        target,
        good,
        share: good as f64 / sorted.len() as f64,
        interval: clopper_pearson(good, sorted.len(), CONFIDENCE),
        confidence: CONFIDENCE,
    }
}

/// Quantile of sorted values, linear between them.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let at = q * sorted.len().saturating_sub(1) as f64;
    let value = |place: f64| sorted.get(place as usize).copied().unwrap_or(f64::NAN);
    let (below, above) = (value(at.floor()), value(at.ceil()));
    below + (above - below) * at.fract()
}

fn histogram(sorted: &[f64]) -> Vec<Bin> {
    let (Some(low), Some(high)) = (sorted.first().copied(), sorted.last().copied()) else {
        return Vec::new();
    };
    let fits = |w: &&f64| (high - low) / **w < MOST_BINS - 1.0;
    let width = WIDTHS.iter().find(fits).copied().unwrap_or(0.2);
    // A hair, so that an accuracy on a border falls into the bin above it in spite of rounding.
    // No bin lies above 1: all widths divide it.
    let last = (1.0 / width).round() as i64 - 1;
    let place = |a: f64| ((a / width + 1e-9).floor() as i64).min(last);
    let first = place(low);
    let bin = |k: i64| Bin {
        low: k as f64 * width,
        width,
        chips: sorted.iter().filter(|a| place(**a) == k).count(),
    };
    (first..=place(high)).map(bin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chip(accuracy: f64) -> ChipRecord {
        ChipRecord {
            chip: None,
            accuracy,
            loss_nats: 0.0,
            rate_hz: 0.0,
            saturations: 0,
            silent_samples: 0,
            stuck_devices: 0,
            deviation_rms_pa: 0.0,
            held_rms_pa: 0.0,
            held_largest_pa: 0.0,
        }
    }

    fn summary(accuracies: &[f64], target: f64) -> Summary {
        let chips: Vec<ChipRecord> = accuracies.iter().map(|a| chip(*a)).collect();
        Summary::new(&chip(0.9), &chips, Some(target))
    }

    #[test]
    fn figures() {
        let found = summary(&[0.9, 0.8, 0.7, 0.8], 0.8);
        assert!((found.mean - 0.8).abs() < 1e-12);
        assert!((found.deviation - (0.02f64 / 3.0).sqrt()).abs() < 1e-12);
        let expected = [0.7, 0.775, 0.8, 0.825, 0.9];
        let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-12;
        assert!(found.quantiles.iter().zip(&expected).all(near));
        assert_eq!(found.yield_.map(|y| y.good), Some(3));
    }
    #[test]
    fn one_chip() {
        let found = summary(&[0.5], 0.6);
        assert_eq!((found.deviation, found.histogram.len()), (0.0, 1));
        assert_eq!(found.yield_.map(|y| y.share), Some(0.0));
    }
    #[test]
    fn a_picture_says_the_yield() {
        let panel = summary(&[0.9, 0.8, 0.7, 0.8], 0.8).panel();
        let names: Vec<&str> = panel.curves.iter().map(|c| c.name.as_str()).collect();
        let expected = [
            "virtual chips",
            "ideal chip, 0.900",
            "target 0.8: yield 0.75 (0.19..0.99)",
        ];
        assert_eq!(names, expected);
    }
    #[test]
    fn no_bin_lies_above_one() {
        let found = summary(&[1.0, 0.99, 0.97], 0.8);
        let last = found.histogram.last().unwrap();
        assert!(
            last.low + last.width < 1.0 + 1e-9 && last.chips == 1,
            "{found:?}"
        );
    }

    proptest! {
        #[test]
        fn every_chip_is_in_one_bin(hits in prop::collection::vec(0u32..=140, 1..60)) {
            let accuracies: Vec<f64> = hits.iter().map(|h| f64::from(*h) / 140.0).collect();
            let found = summary(&accuracies, 0.5);
            let counted: usize = found.histogram.iter().map(|b| b.chips).sum();
            prop_assert_eq!(counted, accuracies.len());
            prop_assert!(found.histogram.len() as f64 <= MOST_BINS);
        }
    }
}
