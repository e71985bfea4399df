//! What arms reached and how they differ, as JSON, text and picture.

use super::statistics::{Difference, Mean};
use crate::command::train::{Figures, Row};
use crate::command::tune::Searched;
use crate::failure::Failure;
use bruno_plot::{Axis, Curve, Mark, Panel};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// A figure of a run that is compared.
#[derive(Clone, Copy)]
struct Quantity {
    /// Its name in the files.
    name: &'static str,
    head: &'static str,
    digits: usize,
    of: fn(&Figures) -> f64,
}

const QUANTITIES: [Quantity; 7] = [
    Quantity {
        name: "accuracy",
        head: "accuracy",
        digits: 4,
        of: |f| f.accuracy,
    },
    Quantity {
        name: "loss_nats",
        head: "loss (nats)",
        digits: 3,
        of: |f| f.loss_nats,
    },
    Quantity {
        name: "rate_Hz",
        head: "rate (Hz)",
        digits: 1,
        of: |f| f.rate_hz,
    },
    Quantity {
        name: "energy_nJ",
        head: "energy (nJ)",
        digits: 3,
        of: |f| f.energy_nj,
    },
    Quantity {
        name: "energy_least_nJ",
        head: "energy, least (nJ)",
        digits: 3,
        of: |f| with_left_out(f, 0),
    },
    Quantity {
        name: "energy_most_nJ",
        head: "energy, most (nJ)",
        digits: 1,
        of: |f| with_left_out(f, 1),
    },
    Quantity {
        name: "area_um2",
        head: "area (um2)",
        digits: 1,
        of: |f| f.area_um2,
    },
];
/// What accuracy is drawn against: places in [`QUANTITIES`].
const COSTS: [usize; 3] = [2, 3, 6];

/// Energy with an end of the range of what the proxy leaves out, nJ; no number in tables of older versions.
fn with_left_out(figures: &Figures, end: usize) -> f64 {
    figures.energy_nj + figures.left_out_nj.map_or(f64::NAN, |range| range[end])
}

/// One arm.
#[derive(Serialize)]
pub struct Arm {
    name: String,
    file: String,
    /// What was searched, and within what.
    search: Value,
    /// Means over the seeds that came to their end.
    means: BTreeMap<&'static str, Mean>,
    /// A run of each seed.
    runs: Vec<Row>,
}

/// Arms and the differences between every two.
pub struct Comparison {
    arms: Vec<Arm>,
}

impl Arm {
    /// An arm of its search and its runs.
    ///
    /// # Errors
    /// Fewer than two seeds came to their end.
    pub fn of(name: &str, file: &Path, found: &Searched, rows: &[Row]) -> Result<Self, Failure> {
        let reached: Vec<&Figures> = rows.iter().filter_map(Row::figures).collect();
        if reached.len() < 2 {
            return Err(Failure::Input {
                path: file.display().to_string(),
                what: format!(
                    "{} of {} seeds came to their end, too few to compare",
                    reached.len(),
                    rows.len()
                ),
            });
        }
        let mean = |q: &Quantity| {
            let values: Vec<f64> = reached.iter().map(|f| (q.of)(f)).collect();
            (q.name, Mean::of(&values))
        };
        let best = found
            .ranked()
            .first()
            .map(|t| (t.goal(), found.space.values(&t.point)));
        let (goal, values) = best.unzip();
        Ok(Self {
            name: name.into(),
            file: file.display().to_string(),
            search: json!({
                "space": found.space,
                "trials": found.trials.len(),
                "epochs": found.trials.iter().map(|t| t.values.len()).sum::<usize>(),
                "goal": found.goal,
                "best": goal,
                "values": values.map(|v| v.into_iter().collect::<serde_json::Map<_, _>>()),
            }),
            means: QUANTITIES.iter().map(mean).collect(),
            runs: rows.to_vec(),
        })
    }

    /// A figure of every seed that came to its end here and in another arm.
    fn paired(&self, other: &Self, q: &Quantity) -> (Vec<f64>, Vec<f64>) {
        let both = self.runs.iter().zip(&other.runs);
        both.filter_map(|(a, b)| Some(((q.of)(a.figures()?), (q.of)(b.figures()?))))
            .unzip()
    }
}

impl Comparison {
    pub fn of(arms: Vec<Arm>) -> Self {
        Self { arms }
    }

    /// Every two arms, the earlier one first.
    fn pairs(&self) -> impl Iterator<Item = (&Arm, &Arm)> {
        let from = |k: usize| self.arms.iter().skip(k + 1);
        self.arms
            .iter()
            .enumerate()
            .flat_map(move |(k, a)| from(k).map(move |b| (a, b)))
    }

    fn difference(a: &Arm, b: &Arm, q: &Quantity) -> Option<Difference> {
        let (a, b) = a.paired(b, q);
        Difference::of(&a, &b)
    }

    pub fn json(&self) -> Value {
        let pair = |(a, b): (&Arm, &Arm)| {
            let of = |q: &Quantity| (q.name.to_string(), json!(Self::difference(a, b, q)));
            let differences: serde_json::Map<_, _> = QUANTITIES.iter().map(of).collect();
            json!({ "from": a.name, "to": b.name, "differences": differences })
        };
        json!({ "arms": self.arms, "pairs": self.pairs().map(pair).collect::<Vec<_>>() })
    }

    pub fn lines(&self) -> Vec<String> {
        let width = self
            .arms
            .iter()
            .map(|a| a.name.len())
            .max()
            .unwrap_or(0)
            .max(3);
        let heads: String = QUANTITIES
            .iter()
            .map(|q| format!("{:>20}", q.head))
            .collect();
        let mut lines = vec![format!("{:width$}{heads}  seeds  trials", "arm")];
        for arm in &self.arms {
            let cell = |q: &Quantity| {
                let Mean { mean, deviation } = arm.means[q.name];
                format!("{:>20}", format!("{mean:.0$} +- {deviation:.0$}", q.digits))
            };
            let cells: String = QUANTITIES.iter().map(cell).collect();
            let seeds = arm.runs.iter().filter(|r| r.figures().is_some()).count();
            lines.push(format!(
                "{:width$}{cells}{seeds:>7}{:>8}",
                arm.name, arm.search["trials"]
            ));
        }
        lines.push("differences, paired by seed (95 % interval):".into());
        for (a, b) in self.pairs() {
            let of = |q: &Quantity| {
                let d = Self::difference(a, b, q)?;
                let (low, high) = d.interval;
                Some(format!(
                    "{} {:+.2$} ({low:+.2$} .. {high:+.2$})",
                    q.head, d.mean, q.digits
                ))
            };
            let parts: Vec<String> = QUANTITIES.iter().filter_map(of).collect();
            lines.push(format!("  {} - {}: {}", b.name, a.name, parts.join(", ")));
        }
        lines
    }

    /// Accuracy against each cost, an arm a colour.
    pub fn panels(&self) -> Vec<Panel> {
        let panel = |cost: usize| {
            let curve = |arm: &Arm| {
                let figures = arm.runs.iter().filter_map(Row::figures);
                Curve::new(
                    &arm.name,
                    Mark::Points,
                    figures.map(|f| ((QUANTITIES[cost].of)(f), f.accuracy)),
                )
            };
            Panel {
                x: Axis::linear(QUANTITIES[cost].head),
                y: Axis::share("test accuracy"),
                curves: self.arms.iter().map(curve).collect(),
            }
        };
        COSTS.into_iter().map(panel).collect()
    }
}
