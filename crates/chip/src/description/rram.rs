//! The RRAM devices behind a synapse: conductances, and the effects that make a real array differ from its level table.
//! Every effect is one optional block, and none depends on another.

use super::preset;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};

/// Presets by name, with their sources.
const PRESETS: &str = include_str!("../../presets/rram.json");

/// RRAM devices of one projection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rram {
    /// Where the numbers come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Conductance of the low-resistance state, uS.
    #[serde(rename = "lrs_uS")]
    pub lrs_us: f64,
    /// Conductance of the high-resistance state, uS.
    #[serde(rename = "hrs_uS")]
    pub hrs_us: f64,
    /// Read voltage, V.
    #[serde(rename = "read_V")]
    pub read_v: f64,
    /// How a signed level becomes conductances.
    #[serde(default)]
    pub mapping: Mapping,
    /// Synaptic current by read current (a current mirror's ratio), instead of `range_pA` or `levels_pA`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_ratio: Option<f64>,
    /// Number of conductances that a device can be programmed to, evenly from HRS to LRS; any where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub states: Option<usize>,
    /// Error of programming.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programming: Option<Programming>,
    /// Noise of reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_noise: Option<ReadNoise>,
    /// Drift since programming.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
    /// Devices that cannot be programmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stuck: Option<Stuck>,
    /// Spread that all devices of a die share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub die: Option<DieConductance>,
}

/// How a signed level becomes conductances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mapping {
    /// Two devices, `G+ - G-`: a level's sign chooses the device that leaves HRS, the other stays there.
    #[default]
    Differential,
    /// One device against a fixed reference halfway between HRS and LRS, `G - (HRS + LRS)/2`.
    Single,
}

/// Error of programming, normal, drawn once a device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Programming {
    /// Standard deviation, uS: coefficients of a polynomial in target / LRS, the constant first.
    #[serde(rename = "sigma_uS")]
    pub sigma_us: Vec<f64>,
}

/// Noise slower than a sample (random telegraph, 1/f), normal, drawn for every device in every sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadNoise {
    /// Standard deviation, relative to the device's conductance.
    pub sigma: f64,
}

/// `G(t) = G(t0) (t/t0)^-nu`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drift {
    /// Mean exponent.
    pub nu: f64,
    /// Standard deviation of the exponent between devices.
    #[serde(default)]
    pub nu_sigma: f64,
    /// Time since programming, s.
    pub time_s: f64,
    /// Time after programming at which a conductance is what was programmed, s.
    #[serde(default = "one_second")]
    pub t0_s: f64,
}

/// Devices that stay where they are whatever is programmed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Stuck {
    /// Share of devices stuck at HRS.
    pub hrs_probability: f64,
    /// Share of devices stuck at LRS.
    pub lrs_probability: f64,
}

impl Default for Stuck {
    fn default() -> Self {
        Self {
            hrs_probability: 0.0,
            lrs_probability: 0.0,
        }
    }
}

/// A factor on every conductance of a die, log-normal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DieConductance {
    /// Standard deviation of its logarithm.
    pub sigma: f64,
}

fn one_second() -> f64 {
    1.0
}

/// Reads a synapse's `rram`: an object, or the name of a preset.
pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Rram>, D::Error> {
    preset::expand(deserializer, PRESETS).map(Some)
}

pub(super) fn schema(generator: &mut SchemaGenerator) -> Schema {
    preset::schema::<Rram>(generator, PRESETS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_a_block_with_its_source() {
        let presets: std::collections::BTreeMap<String, Rram> =
            serde_json::from_str(PRESETS).unwrap();
        assert!(presets.values().all(|p| p.source.is_some()));
    }
}
