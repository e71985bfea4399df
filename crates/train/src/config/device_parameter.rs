//! The device parameters that a run trains.

use bruno_device::DeviceParameter;
use serde::{Deserialize, Serialize};

/// A trained device parameter and its fabrication bounds, in the unit of its card field.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceTraining {
    /// Which one.
    pub parameter: DeviceParameter,
    /// Lower and upper bound.
    pub bounds: (f64, f64),
    /// Who has the same value.
    #[serde(default)]
    pub shared: Shared,
}

/// The neurons that have the same value of a device parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shared {
    /// All of the chip.
    Die,
    /// All of a layer.
    #[default]
    Layer,
    /// Each neuron has its own: refused, because the datapath has one set of registers and one level table a layer.
    Neuron,
}

impl DeviceTraining {
    /// What the parameter of a layer is called in reports.
    pub(crate) fn label(&self, layer: &str) -> String {
        let owner = match self.shared {
            Shared::Die => "die",
            _ => layer,
        };
        format!("{owner}: {}", self.parameter.name())
    }
}
