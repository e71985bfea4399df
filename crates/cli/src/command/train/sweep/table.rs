//! What the runs of a sweep reached and what they trade, as JSON, CSV, text and picture.

use super::axis::text as text_of;
use crate::command::train::Trained;
use bruno_montecarlo::Yield;
use bruno_plot::{Axis, Curve, Mark, Panel};
use bruno_train::{Periphery, pareto_front};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One run.
#[derive(Clone, Serialize, Deserialize)]
pub struct Row {
    /// Values of the swept fields, in order.
    pub values: Vec<Value>,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What a run came to.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Outcome {
    Reached(Figures),
    /// Its numbers were not finite, a layer fell silent, or its settings are impossible together.
    Failed {
        failed: String,
    },
}

/// What a run reached.
#[derive(Clone, Serialize, Deserialize)]
pub struct Figures {
    valid_accuracy: Option<f64>,
    valid_loss_nats: Option<f64>,
    pub accuracy: f64,
    pub loss_nats: f64,
    #[serde(rename = "energy_nJ")]
    pub energy_nj: f64,
    /// The least and the most that the energy proxy leaves out; absent in tables of older versions.
    #[serde(
        rename = "energy_left_out_nJ",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub left_out_nj: Option<[f64; 2]>,
    pub area_um2: f64,
    latency_ms: Option<f64>,
    #[serde(rename = "rate_Hz")]
    pub rate_hz: f64,
    /// Test samples in which the last hidden layer did not fire.
    silent_samples: u64,
    /// Where `--yield-chips` asks for it.
    #[serde(rename = "yield", default, skip_serializing_if = "Option::is_none")]
    yield_: Option<Yield>,
    /// No other run is at least as accurate and cheaper in energy, area, latency.
    front: [bool; 3],
}

/// What runs trade accuracy for.
pub const COSTS: [&str; 3] = ["energy (nJ a sample)", "area (um2)", "latency (ms)"];

impl Outcome {
    /// The figures of a run that came to its end.
    pub(super) fn of(trained: &Trained) -> Self {
        let Trained {
            test: found,
            valid,
            area,
            yield_,
        } = trained;
        let test = &found.score;
        let has_valid = valid.decisions > 0;
        Self::Reached(Figures {
            valid_accuracy: has_valid.then(|| valid.accuracy()),
            valid_loss_nats: has_valid.then(|| valid.mean_loss()),
            accuracy: test.accuracy(),
            loss_nats: test.mean_loss(),
            energy_nj: test.energy_nj(),
            left_out_nj: Some(Periphery::of(test).total()),
            area_um2: area.total_um2(),
            latency_ms: found.latency().map(|l| l.mean_ms),
            rate_hz: test.rate_hz(),
            silent_samples: test.silent,
            yield_: *yield_,
            front: [false; 3],
        })
    }
}

impl Figures {
    /// In the order of [`COSTS`].
    fn costs(&self) -> [f64; 3] {
        let latency = self.latency_ms.unwrap_or(f64::NAN);
        [self.energy_nj, self.area_um2, latency]
    }

    /// The figures of a line of the table.
    fn line(&self) -> String {
        let mut line = format!("{:>8.3}{:>8.3}", self.accuracy, self.loss_nats);
        for (cost, on) in self.costs().iter().zip(self.front) {
            let star = if on { '*' } else { ' ' };
            line += &format!("{cost:>14.4}{star}");
        }
        line += &format!("{:>9.1}", self.rate_hz);
        if let Some(y) = &self.yield_ {
            let (low, high) = y.interval;
            line += &format!("   {:.2} ({low:.2}..{high:.2})", y.share);
        }
        if self.silent_samples > 0 {
            line += &format!("   {} samples without a spike", self.silent_samples);
        }
        line
    }
}

impl Row {
    /// What the run reached, if it came to its end.
    pub fn figures(&self) -> Option<&Figures> {
        match &self.outcome {
            Outcome::Reached(figures) => Some(figures),
            Outcome::Failed { .. } => None,
        }
    }

    /// Whether the figures are such as a run can reach.
    pub fn is_plausible(&self) -> bool {
        let share = |a: f64| (0.0..=1.0).contains(&a);
        self.figures().is_none_or(|f| {
            share(f.accuracy)
                && f.valid_accuracy.is_none_or(share)
                && f.yield_.is_none_or(|y| share(y.share))
        })
    }

    fn failure(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Reached(_) => None,
            Outcome::Failed { failed } => Some(failed),
        }
    }
}

/// The figures of the runs that came to their end.
pub fn figures(rows: &[Row]) -> impl Iterator<Item = &Figures> {
    rows.iter().filter_map(Row::figures)
}

/// Why the first of the runs that failed did.
pub fn first_failure(rows: &[Row]) -> Option<&str> {
    rows.iter().find_map(Row::failure)
}

/// Marks the runs that no other beats in a cost.
pub fn mark_fronts(rows: &mut [Row]) {
    let points = |k: usize| figures(rows).map(move |f| (f.accuracy, f.costs()[k]));
    let fronts = [0, 1, 2].map(|k| pareto_front(&points(k).collect::<Vec<_>>()));
    let reached = rows.iter_mut().filter_map(|row| match &mut row.outcome {
        Outcome::Reached(figures) => Some(figures),
        Outcome::Failed { .. } => None,
    });
    for (at, figures) in reached.enumerate() {
        figures.front = [0, 1, 2].map(|k: usize| fronts[k][at]);
    }
}

/// Runs of a picture whose values stand beside their points; of more they would hide one another.
const MOST_TEXTS: usize = 16;

/// One panel a cost, with the front joined by a line; and the yield over the energy, where it was asked for.
pub fn panels(rows: &[Row]) -> Vec<Panel> {
    let panel = |(k, label): (usize, &&str)| {
        let point = |r: &Figures| (r.costs()[k], r.accuracy);
        let mut front: Vec<_> = figures(rows).filter(|r| r.front[k]).map(point).collect();
        front.sort_by(|a, b| a.0.total_cmp(&b.0));
        Panel {
            x: Axis::linear(label),
            y: Axis::share("test accuracy"),
            curves: vec![
                Curve::new("runs", Mark::Points, figures(rows).map(point)).with_texts(texts(rows)),
                Curve::new("not dominated", Mark::Points, front.clone()),
                Curve::new("", Mark::Dashed, front),
            ],
        }
    };
    let measured = |(k, _): &(usize, &&str)| figures(rows).any(|r| r.costs()[*k].is_finite());
    let costs = COSTS.iter().enumerate().filter(measured);
    costs.map(panel).chain(yields(rows)).collect()
}

/// Yield over energy, with its interval.
fn yields(rows: &[Row]) -> Option<Panel> {
    let target = figures(rows).find_map(|r| r.yield_)?.target;
    let share = |r: &Figures| r.yield_.map_or(f64::NAN, |y| y.share);
    let points = figures(rows).map(|r| (r.energy_nj, share(r)));
    let name = format!("virtual chips of accuracy {target} or more");
    // A point that is no number breaks the line behind each interval.
    let interval = |r: &Figures| {
        let (low, high) = r.yield_.map_or((f64::NAN, f64::NAN), |y| y.interval);
        [low, high, f64::NAN].map(|share| (r.energy_nj, share))
    };
    let intervals = figures(rows).flat_map(interval);
    Some(Panel {
        x: Axis::linear(COSTS[0]),
        y: Axis::share("yield"),
        curves: vec![
            Curve::new(&name, Mark::Points, points).with_texts(texts(rows)),
            Curve::new("95 % interval", Mark::Dashed, intervals),
        ],
    })
}

/// The values of the runs that came to their end, unless they are too many to be read.
fn texts(rows: &[Row]) -> Vec<String> {
    let reached = rows.iter().filter(|row| row.figures().is_some());
    let text = |row: &Row| {
        row.values
            .iter()
            .map(text_of)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let texts: Vec<String> = reached.map(text).collect();
    match texts.len() {
        ..=MOST_TEXTS => texts,
        _ => Vec::new(),
    }
}

/// A line a run, those that failed with the reason in the last column.
pub fn csv(fields: &[&str], rows: &[Row]) -> String {
    let heads = [
        "valid_accuracy",
        "valid_loss_nats",
        "accuracy",
        "loss_nats",
        "energy_nJ",
        "area_um2",
        "latency_ms",
        "rate_Hz",
        "yield",
        "front_energy",
        "front_area",
        "front_latency",
        "silent_samples",
        "failed",
    ];
    let optional = |v: Option<f64>| v.map_or(String::new(), |v| v.to_string());
    let mut text = [fields, &heads[..]].concat().join(",") + "\n";
    for row in rows {
        let mut cells: Vec<String> = row.values.iter().map(text_of).collect();
        match &row.outcome {
            Outcome::Reached(r) => {
                cells.extend([optional(r.valid_accuracy), optional(r.valid_loss_nats)]);
                let always = [r.accuracy, r.loss_nats, r.energy_nj, r.area_um2];
                cells.extend(always.map(|v| v.to_string()));
                cells.extend([optional(r.latency_ms), r.rate_hz.to_string()]);
                cells.push(optional(r.yield_.map(|y| y.share)));
                cells.extend(r.front.map(|on| u8::from(on).to_string()));
                cells.extend([r.silent_samples.to_string(), String::new()]);
            }
            Outcome::Failed { failed } => {
                cells.resize(fields.len() + heads.len() - 1, String::new());
                let reason = failed.replace('\n', "; ").replace('"', "\"\"");
                cells.push(format!("\"{reason}\""));
            }
        }
        text += &(cells.join(",") + "\n");
    }
    text
}

/// Aligned, a star behind each cost in which no other run beats the run.
pub fn lines(fields: &[&str], rows: &[Row]) -> Vec<String> {
    let width = |field: &str| field.len().max(8);
    let mut head: String = fields
        .iter()
        .map(|f| format!("{f:>0$}  ", width(f)))
        .collect();
    head += "accuracy    loss      energy nJ       area um2    latency ms   rate Hz";
    if figures(rows).any(|r| r.yield_.is_some()) {
        head += "   yield (95 %)";
    }
    let mut lines = vec![head];
    for row in rows {
        let values = fields.iter().zip(&row.values);
        let line: String = values
            .map(|(f, v)| format!("{:>1$}  ", text_of(v), width(f)))
            .collect();
        lines.push(match &row.outcome {
            Outcome::Reached(figures) => line + &figures.line(),
            Outcome::Failed { failed } => {
                line + "failed: " + failed.lines().next().unwrap_or_default()
            }
        });
    }
    lines.push("* no other run is at least as accurate and cheaper in this".into());
    lines
}
