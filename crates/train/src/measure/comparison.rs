//! Two chips measured on the same samples, side by side.

use crate::{Checkpoint, Evaluation, Footprint, Latency, Score};
use bruno_chip::Description;
use bruno_device::NeuronParameter;
use serde::{Deserialize, Serialize};

/// A chip as it was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// What it is, in a few words.
    pub name: String,
    /// Device parameters.
    pub device: Vec<MeasuredParameter>,
    /// On the samples.
    pub score: Score,
    /// Its time to decision; none where nothing was classified rightly.
    pub latency: Option<Latency>,
    /// Its area.
    pub area: Footprint,
}

/// A device parameter of a chip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasuredParameter {
    /// `layer: parameter`, or `die: parameter`.
    pub label: String,
    /// Its name.
    pub parameter: String,
    /// Unit of its field on the card or in the neurons' file.
    pub unit: String,
    /// Value in this unit.
    pub value: f64,
}

impl Measured {
    /// A chip of a run with these cards.
    pub(crate) fn new(
        name: &str,
        run: &Checkpoint,
        cards: &Description,
        found: &Evaluation,
    ) -> Self {
        let mut device = Vec::new();
        for (index, layer) in cards.layers.iter().enumerate() {
            let own = run.parameters.own_device(index);
            device.extend(own.filter_map(|(_, d)| {
                let parameter = d.of(layer)?;
                Some(MeasuredParameter {
                    label: d.label(&layer.name),
                    parameter: d.parameter.clone(),
                    unit: parameter.unit().into(),
                    value: parameter.of(layer),
                })
            }));
        }
        Self {
            name: name.into(),
            device,
            score: found.score,
            latency: found.latency(),
            area: Footprint::of(cards, &run.config.objectives),
        }
    }

    /// Reads the device parameters of another chip, by layer and name, off these cards.
    pub fn with_parameters_of(mut self, other: &Self, cards: &Description) -> Self {
        let value = |own: &MeasuredParameter| {
            let owner = own.label.split(": ").next().unwrap_or_default();
            // The layers of a die have one value.
            let layers = cards
                .layers
                .iter()
                .filter(|l| l.name == owner || owner == "die");
            let mut found = layers.filter_map(|l| {
                let parameter = NeuronParameter::named(&own.parameter, l).ok()??;
                (parameter.unit() == own.unit).then(|| parameter.of(l))
            });
            let value = found.next()?;
            Some(MeasuredParameter {
                value,
                ..own.clone()
            })
        };
        self.device = other.device.iter().filter_map(value).collect();
        self
    }
}

/// The chip before and after, e.g. with its hand-chosen card and with the optimised one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// What is compared with.
    pub before: Measured,
    /// The result.
    pub after: Measured,
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Quantity with its unit.
    pub quantity: String,
    /// Value before; none where there is none.
    pub before: Option<f64>,
    /// And after.
    pub after: Option<f64>,
}

impl Comparison {
    /// Device parameters, then what was measured.
    pub fn rows(&self) -> Vec<Row> {
        let row = |quantity: &str, of: &dyn Fn(&Measured) -> Option<f64>| Row {
            quantity: quantity.into(),
            before: of(&self.before),
            after: of(&self.after),
        };
        let mut rows: Vec<Row> = Vec::new();
        for own in &self.after.device {
            let value = |m: &Measured| {
                let mut all = m.device.iter();
                all.find(|p| p.label == own.label).map(|p| p.value)
            };
            rows.push(row(&format!("{} ({})", own.label, own.unit), &value));
        }
        let silent = |m: &Measured| {
            let any = self.before.score.silent + self.after.score.silent > 0;
            any.then_some(m.score.silent as f64)
        };
        let joule = |m: &Measured, of: f64| Some(1e9 * of / m.score.samples.max(1) as f64);
        rows.extend([
            row("accuracy", &|m| Some(m.score.accuracy())),
            row("loss (nats)", &|m| Some(m.score.mean_loss())),
            row("energy (nJ a sample)", &|m| Some(m.score.energy_nj())),
            row("  synapses", &|m| joule(m, m.score.energy.synapses_j)),
            row("  spikes", &|m| joule(m, m.score.energy.spikes_j)),
            row("  leak", &|m| joule(m, m.score.energy.leak_j)),
            row("area (um2)", &|m| Some(m.area.total_um2())),
            row("mean latency (ms)", &|m| m.latency.map(|l| l.mean_ms)),
            row("firing rate (Hz)", &|m| Some(m.score.rate_hz())),
            row("saturated updates", &|m| Some(m.score.saturations as f64)),
            row("samples without a spike", &silent),
        ]);
        rows.retain(|r| r.before.is_some() || r.after.is_some());
        rows
    }

    /// The rows as aligned text, with the relative change of each.
    pub fn table(&self) -> Vec<String> {
        let value = |v: Option<f64>| match v {
            Some(count) if count >= 1e5 => format!("{count:.0}"),
            Some(v) => format!("{v:.4}"),
            None => "-".into(),
        };
        let mut lines = vec![
            format!("before: {}", self.before.name),
            format!("after:  {}", self.after.name),
            format!("{:<28}{:>12}{:>12}{:>10}", "", "before", "after", "change"),
        ];
        for row in self.rows() {
            let change = match (row.before, row.after) {
                (Some(before), Some(after)) if before != 0.0 => {
                    format!("{:+.1} %", 100.0 * (after / before - 1.0))
                }
                _ => String::new(),
            };
            let line = format!(
                "{:<28}{:>12}{:>12}{change:>10}",
                row.quantity,
                value(row.before),
                value(row.after)
            );
            lines.push(line.trim_end().into());
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Energy;

    fn measured(name: &str, area: f64) -> Measured {
        let energy = Energy {
            spikes_j: 2e-9,
            synapses_j: 6e-9 * area,
            leak_j: 0.0,
        };
        Measured {
            name: name.into(),
            device: vec![MeasuredParameter {
                label: "hidden: area".into(),
                parameter: "area".into(),
                unit: "um2".into(),
                value: area,
            }],
            score: Score {
                samples: 2,
                decisions: 2,
                right: 1,
                saturations: if name == "trained" {
                    25_012_780
                } else {
                    9_689_150
                },
                loss: 1.5,
                energy,
                ..Score::default()
            },
            latency: None,
            area: Footprint {
                capacitors_um2: 10.0 * area,
                ..Footprint::default()
            },
        }
    }

    #[test]
    fn the_table() {
        let comparison = Comparison {
            before: measured("by hand", 4.0),
            after: measured("trained", 1.0),
        };
        insta::assert_snapshot!(comparison.table().join("\n"));
    }
}
