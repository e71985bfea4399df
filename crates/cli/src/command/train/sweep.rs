//! `bruno train --sweep`: one run for each combination of some fields' values, and what they trade.

use super::{Report, Train, Trained, yields};
use crate::failure::Failure;
use crate::output;
use bruno_chip::{ChipError, Description, set_field};
use bruno_circuit::plot::{self, Curve, Mark, Panel};
use bruno_device::Chip;
use bruno_montecarlo::Yield;
use bruno_train::{TrainConfig, pareto_front};
use serde::Serialize;
use serde_json::Value;
use std::path::Path;

/// A field and the values it takes.
#[derive(Debug, Clone)]
pub struct Axis {
    field: String,
    values: Vec<f64>,
}

/// Reads `FIELD=VALUE,VALUE,...`.
pub fn axis(text: &str) -> Result<Axis, String> {
    let (field, values) = text
        .split_once('=')
        .ok_or("write FIELD=VALUE,VALUE,..., e.g. objectives.energy.weight=0,0.1")?;
    let number = |v: &str| v.trim().parse().map_err(|_| format!("`{v}` is no number"));
    let values = values.split(',').map(number).collect::<Result<_, _>>()?;
    let field = field.trim().into();
    Ok(Axis { field, values })
}

/// One run with what it reached.
#[derive(Serialize)]
struct Row {
    /// Values of the swept fields, in order.
    values: Vec<f64>,
    valid_accuracy: Option<f64>,
    valid_loss_nats: Option<f64>,
    accuracy: f64,
    loss_nats: f64,
    #[serde(rename = "energy_nJ")]
    energy_nj: f64,
    area_um2: f64,
    latency_ms: Option<f64>,
    #[serde(rename = "rate_Hz")]
    rate_hz: f64,
    /// Test samples in which the last hidden layer did not fire.
    silent_samples: u64,
    /// Where `--yield-chips` asks for it.
    #[serde(rename = "yield", skip_serializing_if = "Option::is_none")]
    yield_: Option<Yield>,
    /// No other run is at least as accurate and cheaper in energy, area, latency.
    front: [bool; 3],
}

const COSTS: [&str; 3] = ["energy (nJ a sample)", "area (um2)", "latency (ms)"];

/// Trains every combination under `out` and writes table, JSON, CSV and picture there.
pub fn run(train: &Train, out: &Path) -> Result<(), Failure> {
    let points = combinations(&train.sweep);
    // A bad value ends the sweep before any work, not after hours of it.
    let descriptions = points
        .iter()
        .map(|point| describe(train, point))
        .collect::<Result<Vec<_>, _>>()?;
    let mut rows = Vec::new();
    for (index, (point, description)) in points.iter().zip(descriptions).enumerate() {
        let name = name(&train.sweep, point);
        eprintln!("run {} of {}: {name}", index + 1, points.len());
        let trained = train.train(description, &out.join(&name), Report::Nothing)?;
        rows.push(row(point, &trained));
    }
    mark_fronts(&mut rows);
    let fields: Vec<&str> = train.sweep.iter().map(|a| a.field.as_str()).collect();
    let json = serde_json::json!({ "fields": fields, "runs": rows, "front": COSTS });
    let text = serde_json::to_string_pretty(&json).unwrap_or_default() + "\n";
    output::write(&out.join("sweep.json"), &text)?;
    output::write(&out.join("sweep.csv"), &csv(&fields, &rows))?;
    let picture = plot::svg("Test accuracy against cost", &panels(&rows))?;
    output::write(&out.join("sweep.svg"), &picture)?;
    if train.json {
        println!("{json}");
    } else {
        table(&fields, &rows)
            .iter()
            .for_each(|line| println!("{line}"));
        println!(
            "results: {}/sweep.json, sweep.csv, sweep.svg",
            out.display()
        );
    }
    Ok(())
}

/// Every combination of the values, the last field's changing fastest.
fn combinations(axes: &[Axis]) -> Vec<Vec<f64>> {
    axes.iter().fold(vec![Vec::new()], |points, axis| {
        let longer = |point: &Vec<f64>| {
            let of = |value: &f64| [&point[..], &[*value]].concat();
            axis.values.iter().map(of).collect::<Vec<_>>()
        };
        points.iter().flat_map(longer).collect()
    })
}

fn name(axes: &[Axis], point: &[f64]) -> String {
    let part = |(axis, value): (&Axis, &f64)| format!("{}={value}", axis.field);
    axes.iter()
        .zip(point)
        .map(part)
        .collect::<Vec<_>>()
        .join(",")
}

/// The description with a point's values, checked as `bruno train` checks it.
fn describe(train: &Train, point: &[f64]) -> Result<Description, Failure> {
    let file = train.chip.display().to_string();
    let text = std::fs::read_to_string(&train.chip).map_err(|source| ChipError::Read {
        file: file.clone(),
        source,
    })?;
    let mut json: Value = serde_json::from_str(&text).unwrap_or_default();
    for (axis, value) in train.sweep.iter().zip(point) {
        // What is whole may be wanted as an integer.
        let number = match value.fract() == 0.0 && value.abs() < 1e15 {
            true => Value::from(*value as i64),
            false => Value::from(*value),
        };
        set_field(&mut json, &axis.field, number).map_err(|problem| ChipError::Invalid {
            file: file.clone(),
            problems: vec![problem],
        })?;
    }
    let place = format!("{file} with {}", name(&train.sweep, point));
    let description = Description::parse(&place, &json.to_string())?;
    TrainConfig::of(&description)?;
    Chip::resolve(&place, &description)?;
    if train.yield_chips.is_some() {
        yields::check(&description, &place)?;
    }
    Ok(description)
}

fn row(point: &[f64], trained: &Trained) -> Row {
    let Trained {
        test: found,
        valid,
        area,
        yield_,
    } = trained;
    let test = &found.score;
    let has_valid = valid.decisions > 0;
    Row {
        values: point.to_vec(),
        valid_accuracy: has_valid.then(|| valid.accuracy()),
        valid_loss_nats: has_valid.then(|| valid.mean_loss()),
        accuracy: test.accuracy(),
        loss_nats: test.mean_loss(),
        energy_nj: test.energy_nj(),
        area_um2: area.total_um2(),
        latency_ms: found.latency().map(|l| l.mean_ms),
        rate_hz: test.rate_hz(),
        silent_samples: test.silent,
        yield_: *yield_,
        front: [false; 3],
    }
}

impl Row {
    /// In the order of [`COSTS`].
    fn costs(&self) -> [f64; 3] {
        let latency = self.latency_ms.unwrap_or(f64::NAN);
        [self.energy_nj, self.area_um2, latency]
    }
}

fn mark_fronts(rows: &mut [Row]) {
    for k in 0..COSTS.len() {
        let points: Vec<_> = rows.iter().map(|r| (r.accuracy, r.costs()[k])).collect();
        let front = pareto_front(&points);
        rows.iter_mut()
            .zip(front)
            .for_each(|(r, on)| r.front[k] = on);
    }
}

/// One panel a cost, with the front joined by a line.
fn panels(rows: &[Row]) -> Vec<Panel> {
    let panel = |(k, label): (usize, &&str)| {
        let point = |r: &Row| (r.costs()[k], r.accuracy);
        let mut front: Vec<_> = rows.iter().filter(|r| r.front[k]).map(point).collect();
        front.sort_by(|a, b| a.0.total_cmp(&b.0));
        Panel {
            x: plot::Axis::linear(label),
            y: plot::Axis::linear("test accuracy"),
            curves: vec![
                Curve::new("runs", Mark::Points, rows.iter().map(point)),
                Curve::new("not dominated", Mark::Points, front.clone()),
                Curve::new("", Mark::Dashed, front),
            ],
        }
    };
    let measured = |(k, _): &(usize, &&str)| rows.iter().any(|r| r.costs()[*k].is_finite());
    COSTS
        .iter()
        .enumerate()
        .filter(measured)
        .map(panel)
        .collect()
}

fn csv(fields: &[&str], rows: &[Row]) -> String {
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
    ];
    let optional = |v: Option<f64>| v.map_or(String::new(), |v| v.to_string());
    let mut text = [fields, &heads[..]].concat().join(",") + "\n";
    for r in rows {
        let mut cells: Vec<String> = r.values.iter().map(f64::to_string).collect();
        cells.extend([optional(r.valid_accuracy), optional(r.valid_loss_nats)]);
        cells.extend([r.accuracy, r.loss_nats, r.energy_nj, r.area_um2].map(|v| v.to_string()));
        cells.extend([optional(r.latency_ms), r.rate_hz.to_string()]);
        cells.push(optional(r.yield_.map(|y| y.share)));
        cells.extend(r.front.map(|on| u8::from(on).to_string()));
        cells.push(r.silent_samples.to_string());
        text += &(cells.join(",") + "\n");
    }
    text
}

/// Aligned, a star behind each cost in which no other run beats the run.
fn table(fields: &[&str], rows: &[Row]) -> Vec<String> {
    let width = |field: &str| field.len().max(8);
    let mut head: String = fields
        .iter()
        .map(|f| format!("{f:>0$}  ", width(f)))
        .collect();
    head += "accuracy    loss      energy nJ       area um2    latency ms   rate Hz";
    if rows.iter().any(|r| r.yield_.is_some()) {
        head += "   yield (95 %)";
    }
    let mut lines = vec![head];
    for r in rows {
        let values = fields.iter().zip(&r.values);
        let mut line: String = values
            .map(|(f, v)| format!("{v:>0$}  ", width(f)))
            .collect();
        line += &format!("{:>8.3}{:>8.3}", r.accuracy, r.loss_nats);
        for (cost, on) in r.costs().iter().zip(r.front) {
            let star = if on { '*' } else { ' ' };
            line += &format!("{cost:>14.4}{star}");
        }
        line += &format!("{:>9.1}", r.rate_hz);
        if let Some(y) = &r.yield_ {
            line += &format!(
                "   {:.2} ({:.2}..{:.2})",
                y.share, y.interval.0, y.interval.1
            );
        }
        if r.silent_samples > 0 {
            line += &format!("   {} samples without a spike", r.silent_samples);
        }
        lines.push(line);
    }
    lines.push("* no other run is at least as accurate and cheaper in this".into());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes() {
        let read = axis("objectives.energy.weight=0,0.1, 3").unwrap();
        assert_eq!(read.values, [0.0, 0.1, 3.0]);
        assert!(axis("a=1,x").unwrap_err().contains("`x` is no number"));
        assert!(axis("a").unwrap_err().contains("FIELD=VALUE"));
    }

    #[test]
    fn every_combination() {
        let axes = [axis("a=1,2").unwrap(), axis("b=3,4").unwrap()];
        let points = combinations(&axes);
        assert_eq!(points, [[1.0, 3.0], [1.0, 4.0], [2.0, 3.0], [2.0, 4.0]]);
        assert_eq!(name(&axes, &points[1]), "a=1,b=4");
    }
}
