//! What an estimate says, in JSON and as text.

use super::energy::Energy;
use super::inference::Inference;
use serde::{Deserialize, Serialize};
use std::fmt::{Display, Formatter};
use std::ops::AddAssign;

/// An estimate.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct Power {
    /// Supply, V.
    pub volts: f64,
    /// The stimulus.
    pub busy: Load,
    /// The same program and ticks without input spikes.
    pub idle: Load,
    /// Busy, all modules.
    pub pj_per_tick: f64,
    /// The same for each neuron, readout included.
    pub pj_per_neuron_tick: f64,
    /// What busy takes more than idle, for each synaptic event that it has more; none where it has not.
    pub pj_per_synaptic_event: Option<f64>,
    /// A window of the chip, busy.
    pub nj_per_window: f64,
    /// All cells, nW.
    pub leakage_nw: f64,
    /// By module, in the report's order, then what none of them drives.
    pub modules: Vec<ModuleEnergy>,
    /// Of samples, which busy and idle are the sums of, where they were played.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inference: Option<Inference>,
}

/// A run, or the sum of some.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
pub struct Load {
    /// Ticks.
    pub ticks: u64,
    /// Clock cycles of these ticks.
    pub cycles: u64,
    /// Spikes of the inputs.
    pub input_events: u64,
    /// Spikes of the neurons.
    pub spikes: u64,
    /// Spikes times the neurons that they reach, of inputs and neurons.
    pub synaptic_events: u64,
    /// What it took.
    pub energy: Energy,
}

/// What all instances of a module took, without the modules inside them.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct ModuleEnergy {
    /// Name.
    pub name: String,
    /// Of the busy run.
    pub busy: Energy,
    /// Of the idle one.
    pub idle: Energy,
}

impl Load {
    /// All modules, pJ.
    pub fn pj_per_tick(&self) -> f64 {
        self.energy.total_pj() / self.ticks as f64
    }
}

impl AddAssign<&Load> for Load {
    fn add_assign(&mut self, other: &Self) {
        self.ticks += other.ticks;
        self.cycles += other.cycles;
        self.input_events += other.input_events;
        self.spikes += other.spikes;
        self.synaptic_events += other.synaptic_events;
        self.energy += other.energy;
    }
}

impl Display for Load {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} ticks of {:.1} cycles, {} input spikes, {} spikes of neurons, {} synaptic events",
            self.ticks,
            self.cycles as f64 / self.ticks as f64,
            self.input_events,
            self.spikes,
            self.synaptic_events
        )
    }
}

impl Display for Power {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let widths = self.modules.iter().map(|m| m.name.len());
        let width = widths.max().unwrap_or(0).max(8);
        writeln!(
            f,
            "{:<width$} {:>12} {:>12} {:>12} {:>12} {:>12}",
            "pJ a tick", "internal", "pins", "clock", "together", "idle"
        )?;
        let mut row = |name: &str, busy: &Energy, idle: &Energy| {
            let each = [
                busy.internal_pj,
                busy.switching_pj,
                busy.clock_pj,
                busy.total_pj(),
            ];
            write!(f, "{name:<width$}")?;
            for pj in each {
                write!(f, " {:>12.3}", pj / self.busy.ticks as f64)?;
            }
            writeln!(f, " {:>12.3}", idle.total_pj() / self.idle.ticks as f64)
        };
        for m in &self.modules {
            row(&m.name, &m.busy, &m.idle)?;
        }
        row("total", &self.busy.energy, &self.idle.energy)?;
        writeln!(f, "busy: {}\nidle: {}", self.busy, self.idle)?;
        let event = self.pj_per_synaptic_event;
        let event = event.map_or("no synaptic event".into(), |pj| {
            format!("{pj:.1} pJ a synaptic event beyond idle")
        });
        writeln!(
            f,
            "{:.1} pJ a tick (idle {:.1}), {:.1} pJ a neuron and tick, {event}, {:.2} nJ a window; leakage {:.3} uW",
            self.pj_per_tick,
            self.idle.pj_per_tick(),
            self.pj_per_neuron_tick,
            self.nj_per_window,
            self.leakage_nw / 1000.0
        )?;
        if let Some(inference) = &self.inference {
            writeln!(f, "{inference}")?;
        }
        write!(
            f,
            "an estimate at {} V without wires, clock tree, glitches, memories kept apart and pads (docs/synthesis.md)",
            self.volts
        )
    }
}
