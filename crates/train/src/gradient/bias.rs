//! How far a coarse gradient is from exact backpropagation on a chip that nobody audited, as audits of other chips say.
//!
//! A step over a window is exact where nothing changes within it. What it misses grows with the window over the shortest time
//! constant, x, and with the spikes of a neuron in a window, s. Both errors are taken as powers of them,
//!
//!     ln(1 - cosine) = a + b ln x + c ln s + d [LIF],   ln |ln ratio| the same with numbers of its own,
//!
//! fitted to the table by least squares. The interval is that of the audits of chips that the fit did not see.

mod audits;
mod least_squares;

pub use audits::{Audited, Group, Regime, audits};

use crate::config::GradientKind;
use least_squares::{TERMS, Terms, fit};

/// Errors below this are those of rounding.
const LEAST: f64 = 1e-5;
/// Spikes in a window, below which fewer make no difference.
const FEWEST: f64 = 1e-3;
/// Share of the audits that an interval leaves out at each end.
const TAIL: f64 = 0.05;

/// A figure and the interval of nine audits in ten.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// Lower end.
    pub low: f64,
    /// Where half of the audits are better.
    pub middle: f64,
    /// Upper end.
    pub high: f64,
}

/// What an audit would find.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// Worst cosine of a group.
    pub cosine: Span,
    /// Factor by which the norm of a group is too large or too small.
    pub factor: Span,
    /// The regime lies within those that were audited.
    pub within: bool,
}

/// A gradient's errors by one group of parameters.
#[derive(Debug, Clone)]
pub struct Bias {
    audits: Vec<Audited>,
    cosine: Law,
    ratio: Law,
}

/// How the expectation of chips that were left out of the fit compares with their audits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeldOut {
    /// Audits.
    pub audits: usize,
    /// Chips.
    pub chips: usize,
    /// Median of `|cosine - expected|`.
    pub cosine: f64,
    /// Median factor between the ratios' `|ln ratio|` and the expected.
    pub factor: f64,
    /// Share of the cosines within their interval, which was made without their chip.
    pub covered: f64,
}

impl Bias {
    /// From the table; none of a gradient that it does not have.
    pub fn of(kind: GradientKind, group: Group) -> Option<Self> {
        let audits = audits(kind, group);
        Some(Self {
            cosine: Law::new(&audits, far_in_angle)?,
            ratio: Law::new(&audits, far_in_norm)?,
            audits,
        })
    }

    /// What an audit would find in a regime.
    pub fn expect(&self, regime: &Regime) -> Expected {
        let [least, middle, most] = self.cosine.errors(regime);
        let factors = self.ratio.errors(regime).map(f64::exp);
        Expected {
            cosine: Span {
                low: 1.0 - most.min(2.0),
                middle: 1.0 - middle.min(2.0),
                high: 1.0 - least.min(2.0),
            },
            factor: Span {
                low: factors[0],
                middle: factors[1],
                high: factors[2],
            },
            within: self.within(regime),
        }
    }

    /// The laws of `1 - cosine` and of `|ln ratio|`: what half of the audits stay below at x = s = 1, the powers of x and s,
    /// and the share of it for LIF neurons.
    pub fn laws(&self) -> [[f64; TERMS]; 2] {
        [&self.cosine, &self.ratio].map(|law| {
            let [a, b, c, d] = law.coefficients;
            [(a + law.scatter[1]).exp(), b, c, d.exp()]
        })
    }

    fn within(&self, regime: &Regime) -> bool {
        let of = |value: fn(&Regime) -> f64| {
            let own = value(regime).max(FEWEST);
            let all = || self.audits.iter().map(|a| value(&a.regime));
            // Below all of them a step is better still.
            own <= all().fold(0.0, f64::max)
        };
        of(|r| r.windows) && of(|r| r.spikes)
    }

    /// The longest of these windows, as shares of a regime's own, at which a cosine may be expected.
    pub fn longest(&self, regime: &Regime, shares: &[f64], cosine: f64) -> Option<f64> {
        let at = |share: &f64| {
            let shorter = Regime {
                windows: regime.windows * share,
                spikes: regime.spikes * share,
                ..*regime
            };
            self.expect(&shorter).cosine.low >= cosine
        };
        shares.iter().copied().find(at)
    }

    /// Leaves out one chip after the other.
    pub fn held_out(&self) -> HeldOut {
        let mut chips: Vec<usize> = self.audits.iter().map(|a| a.chip).collect();
        chips.sort_unstable();
        chips.dedup();
        let (mut cosines, mut factors, mut covered) = (Vec::new(), Vec::new(), 0);
        for chip in &chips {
            let (own, others): (Vec<_>, Vec<_>) = self.audits.iter().partition(|a| a.chip == *chip);
            let laws = [far_in_angle, far_in_norm].map(|error| Law::new(&others, error));
            let [Some(cosine), Some(ratio)] = laws else {
                continue;
            };
            for audit in own {
                let [least, middle, most] = cosine.errors(&audit.regime);
                let found = 1.0 - audit.found.cosine;
                cosines.push((found - middle).abs());
                covered += usize::from((least..=most).contains(&found.max(LEAST)));
                let expected = ratio.errors(&audit.regime)[1];
                factors.push((far_in_norm(&audit) / expected).ln().abs());
            }
        }
        HeldOut {
            audits: cosines.len(),
            chips: chips.len(),
            covered: covered as f64 / cosines.len().max(1) as f64,
            cosine: quantile(&mut cosines, 0.5),
            factor: quantile(&mut factors, 0.5).exp(),
        }
    }
}

fn far_in_angle(audit: &Audited) -> f64 {
    (1.0 - audit.found.cosine).max(LEAST)
}

fn far_in_norm(audit: &Audited) -> f64 {
    audit.found.ratio.ln().abs().max(1e-3)
}

/// An error as powers of what decides it.
#[derive(Debug, Clone)]
struct Law {
    coefficients: Terms,
    /// Logarithms of the audits of left-out chips by the expectation: least, middle, most.
    scatter: [f64; 3],
}

impl Law {
    fn new(audits: &[Audited], error: fn(&Audited) -> f64) -> Option<Self> {
        let row = |a: &Audited| (terms(&a.regime), error(a).ln());
        let rows: Vec<(Terms, f64)> = audits.iter().map(row).collect();
        let coefficients = fit(&rows)?;
        let mut residuals = Vec::new();
        let mut chips: Vec<usize> = audits.iter().map(|a| a.chip).collect();
        chips.sort_unstable();
        chips.dedup();
        for chip in chips {
            let pairs = || audits.iter().zip(&rows);
            let others: Vec<_> = pairs()
                .filter(|(a, _)| a.chip != chip)
                .map(|p| *p.1)
                .collect();
            let without = fit(&others)?;
            let own = pairs().filter(|(a, _)| a.chip == chip);
            residuals.extend(own.map(|(_, (terms, found))| found - product(&without, terms)));
        }
        let scatter = [TAIL, 0.5, 1.0 - TAIL].map(|share| quantile(&mut residuals, share));
        Some(Self {
            coefficients,
            scatter,
        })
    }

    /// The error of a regime: least, middle, most.
    fn errors(&self, regime: &Regime) -> [f64; 3] {
        let expected = product(&self.coefficients, &terms(regime));
        self.scatter.map(|by| (expected + by).exp())
    }
}

fn terms(regime: &Regime) -> Terms {
    [
        1.0,
        regime.windows.ln(),
        regime.spikes.max(FEWEST).ln(),
        f64::from(u8::from(regime.lif)),
    ]
}

fn product(coefficients: &Terms, terms: &Terms) -> f64 {
    (0..TERMS).map(|k| coefficients[k] * terms[k]).sum()
}

/// The value below which this share of the others is; sorts them.
fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1) as f64;
    values
        .get((share * last).round() as usize)
        .copied()
        .unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bias(kind: GradientKind) -> Bias {
        Bias::of(kind, Group::Weights).unwrap()
    }

    fn regime(windows: f64, spikes: f64) -> Regime {
        Regime {
            windows,
            spikes,
            lif: false,
        }
    }

    /// Chips that a fit did not see have the cosine that it expects, to within this.
    fn check(kind: GradientKind, cosine: f64) {
        let found = bias(kind).held_out();
        assert!(found.audits >= 30 && found.cosine < cosine, "{found:?}");
        assert!((0.8..=1.0).contains(&found.covered), "{found:?}");
    }

    #[test]
    fn chips_left_out_with_means() {
        check(GradientKind::Mean, 0.05);
    }
    #[test]
    fn chips_left_out_with_exact_products() {
        check(GradientKind::Transition, 0.005);
    }
    #[test]
    fn the_longer_the_worse() {
        let at = |windows: f64| {
            bias(GradientKind::Mean)
                .expect(&regime(windows, 0.05))
                .cosine
                .middle
        };
        assert!(at(0.05) > 0.99 && at(0.05) > at(0.5) && at(0.5) > at(2.0));
    }
    #[test]
    fn exact_products_are_better() {
        let at = |kind| bias(kind).expect(&regime(1.0, 0.05)).cosine.low;
        assert!(at(GradientKind::Transition) > at(GradientKind::Mean));
    }
    #[test]
    fn what_was_never_audited_is_told() {
        let mean = bias(GradientKind::Mean);
        assert!(
            mean.expect(&regime(1.0, 0.05)).within && !mean.expect(&regime(100.0, 0.05)).within
        );
    }
    #[test]
    fn gradients_without_a_table() {
        assert!(Bias::of(GradientKind::Jacobian, Group::Weights).is_none());
    }
}
