//! Objectives beside the task's loss: what a chip costs, and how much of the loss less of it is worth.

use super::setting;
use crate::TrainError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The objectives of a run, and the constants that their measures need beside the chip's description.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Objectives {
    /// Supply that the synaptic currents come from, V.
    #[serde(rename = "supply_V")]
    pub supply_v: f64,
    /// Area of one RRAM device with its access, um2; the capacitors alone count where it is 0.
    pub rram_cell_um2: f64,
    /// Area of a neuron's circuit beside its capacitor, um2.
    pub neuron_um2: f64,
    /// Energy of a sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub energy: Option<EnergyObjective>,
    /// Area of the chip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<AreaObjective>,
    /// Time until the decision is right and stays so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<LatencyObjective>,
}

/// Adds `weight ln(E / target)` to the loss of each sample whose energy E is above the target, `weight ln E` without one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnergyObjective {
    /// Nats of loss that a factor e of energy is worth.
    pub weight: f64,
    /// Energy that is low enough, nJ a sample.
    #[serde(rename = "target_nJ", default, skip_serializing_if = "Option::is_none")]
    pub target_nj: Option<f64>,
}

/// Adds `weight ln(A / target)` to the loss while the area A is above the target, `weight ln A` without one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AreaObjective {
    /// Nats of loss that a factor e of area is worth.
    pub weight: f64,
    /// Area that is small enough, um2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_um2: Option<f64>,
}

/// Adds `weight` times the mean cross-entropy of the decisions that could be read at the end of each window from the
/// target on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LatencyObjective {
    /// Share of the early decisions' cross-entropy in the loss.
    pub weight: f64,
    /// Time that is early enough, ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_ms: Option<f64>,
}

impl Default for Objectives {
    fn default() -> Self {
        Self {
            supply_v: 1.0,
            rram_cell_um2: 0.0,
            neuron_um2: 0.0,
            energy: None,
            area: None,
            latency: None,
        }
    }
}

impl Objectives {
    /// Whether training follows any of them.
    pub fn any(&self) -> bool {
        self.energy.is_some() || self.area.is_some() || self.latency.is_some()
    }

    /// The same measures without anything to follow.
    pub fn measures_only(self) -> Self {
        Self {
            energy: None,
            area: None,
            latency: None,
            ..self
        }
    }

    /// Checks the ranges; `trains_area` says whether a device parameter changes the chip's area.
    pub(super) fn check(&self, trains_area: bool) -> Result<(), TrainError> {
        let energy = self.energy.map(|o| (o.weight, o.target_nj));
        let area = self.area.map(|o| (o.weight, o.target_um2));
        let latency = self.latency.map(|o| (o.weight, o.target_ms));
        let mut rows = vec![
            ("supply_V", self.supply_v, 1e-3, 100.0),
            ("rram_cell_um2", self.rram_cell_um2, 0.0, 1e6),
            ("neuron_um2", self.neuron_um2, 0.0, 1e6),
        ];
        for (names, objective) in [
            (["energy.weight", "energy.target_nJ"], energy),
            (["area.weight", "area.target_um2"], area),
            (["latency.weight", "latency.target_ms"], latency),
        ] {
            let Some((weight, target)) = objective else {
                continue;
            };
            rows.push((names[0], weight, 0.0, 1e3));
            rows.extend(target.map(|t| (names[1], t, 1e-9, 1e12)));
        }
        for (field, value, low, high) in rows {
            if !(low..=high).contains(&value) {
                let allowed = format!("{low}..{high}");
                return Err(setting(&format!("objectives.{field}"), value, &allowed));
            }
        }
        if self.area.is_some() && !trains_area {
            let allowed = "none unless `training.device` trains `area`, or a parameter that the area of a neuron file follows: nothing else changes it";
            return Err(setting("objectives.area", "given", allowed));
        }
        Ok(())
    }
}
