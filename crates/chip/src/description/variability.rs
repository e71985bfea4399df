//! How far the neurons of a layer spread between dies, and between the devices of a die.

use super::preset;
use serde::{Deserialize, Deserializer, Serialize};

/// Presets by name, with their sources.
const PRESETS: &str = include_str!("../../presets/variability.json");

/// Spread of a layer's neurons.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Variability {
    /// Where the numbers come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Between dies: one factor on the card's field for all neurons of the chip.
    pub die: Spread,
    /// Between the neurons of a die.
    pub device: Spread,
}

/// Relative spreads: standard deviations of the logarithm of a factor on the card's field of (nearly) this name.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Spread {
    /// Area of the FeCap.
    pub area: f64,
    /// Thickness of the ferroelectric layer.
    pub t_fe: f64,
    /// Spontaneous polarisation.
    pub p_s: f64,
    /// Series capacitance of interface and depletion layers, where the card has one.
    pub c_series: f64,
    /// Switching barrier.
    pub w_b: f64,
    /// Leak conductance.
    pub g_leak: f64,
    /// Threshold.
    pub v_th: f64,
    /// Time constant of the synaptic current.
    pub tau_syn: f64,
}

impl Spread {
    /// Every spread by its field's name.
    pub fn entries(&self) -> [(&'static str, f64); 8] {
        [
            ("area", self.area),
            ("t_fe", self.t_fe),
            ("p_s", self.p_s),
            ("c_series", self.c_series),
            ("w_b", self.w_b),
            ("g_leak", self.g_leak),
            ("v_th", self.v_th),
            ("tau_syn", self.tau_syn),
        ]
    }
}

/// Reads a layer's `variability`: an object, or the name of a preset.
pub(super) fn read<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Variability>, D::Error> {
    preset::expand(deserializer, PRESETS).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_a_block_with_its_source() {
        let presets: std::collections::BTreeMap<String, Variability> =
            serde_json::from_str(PRESETS).unwrap();
        assert!(presets.values().all(|p| p.source.is_some()));
    }
}
