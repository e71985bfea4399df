//! Audits of drawn chips: a row a chip, kind of weights and window (`cargo run -p bruno-train --example gradient_bias`).

use crate::config::GradientKind;
use crate::gradient::audit::Agreement;

const TABLE: &str = include_str!("regimes.csv");

/// What a gradient is by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Input and recurrent weights.
    Weights,
    /// Area, leak and threshold.
    Devices,
}

impl Group {
    /// Its columns.
    fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Weights => &["input", "recurrent"],
            Self::Devices => &["area", "leak", "threshold"],
        }
    }
}

/// What decides how far a coarse step is off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Regime {
    /// The window by the shortest time constant, of synapse and membrane.
    pub windows: f64,
    /// Spikes of a neuron in a window.
    pub spikes: f64,
    /// LIF neurons, which do not switch.
    pub lif: bool,
}

/// An audit of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Audited {
    /// Number of the chip.
    pub chip: usize,
    /// After training.
    pub trained: bool,
    /// Window, us.
    pub window_us: f64,
    /// Where it was made.
    pub regime: Regime,
    /// The worst cosine of the group and the ratio that is farthest from 1.
    pub found: Agreement,
}

/// All audits of a gradient by a group; empty of a gradient that the table does not have.
pub fn audits(kind: GradientKind, group: Group) -> Vec<Audited> {
    let mut lines = TABLE.lines();
    let heads: Vec<&str> = lines.next().unwrap_or("").split(',').collect();
    lines
        .filter_map(|line| row(&heads, line, kind, group))
        .collect()
}

fn row(heads: &[&str], line: &str, kind: GradientKind, group: Group) -> Option<Audited> {
    let cells: Vec<&str> = line.split(',').collect();
    let text = |name: &str| {
        let place = heads.iter().position(|head| *head == name)?;
        cells.get(place).copied()
    };
    let number = |name: &str| text(name)?.parse::<f64>().ok();
    let of = |what: &str| -> Option<Vec<f64>> {
        let columns = group.columns().iter();
        columns
            .map(|column| number(&format!("{}_{column}_{what}", kind.name())))
            .collect()
    };
    let far = |ratio: &f64| ratio.ln().abs();
    let window_us = number("window_us")?;
    let shortest_ms = number("tau_syn_ms")?.min(number("tau_m_ms")?);
    Some(Audited {
        chip: number("chip")? as usize,
        trained: text("weights")? == "trained",
        window_us,
        regime: Regime {
            windows: 1e-3 * window_us / shortest_ms,
            spikes: 1e-6 * window_us * number("rate_Hz")?,
            lif: text("kind")? == "lif",
        },
        found: Agreement {
            cosine: of("cosine")?.into_iter().min_by(f64::total_cmp)?,
            ratio: of("ratio")?
                .into_iter()
                .max_by(|a, b| far(a).total_cmp(&far(b)))?,
        },
    })
}
