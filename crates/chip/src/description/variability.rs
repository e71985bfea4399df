//! How far the neurons of a layer spread between dies, and between the devices of a die.

use super::preset;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// Presets by name, with their sources.
const PRESETS: &str = include_str!("../../presets/variability.json");

/// Spread of a layer's neurons.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Variability {
    /// Where the numbers come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Between dies: one factor on a field of the card, or a parameter of the file, for all neurons of the chip.
    pub die: Spread,
    /// Between the neurons of a die.
    pub device: Spread,
}

/// Relative spreads by name: standard deviations of the logarithm of a factor. Names are area, t_fe, p_s, c_series, w_b,
/// g_leak, v_th, tau_syn of a card ([`Spread::CARD`]), or those of the parameters of the layer's file.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Spread(BTreeMap<String, f64>);

impl Spread {
    /// What may spread of a card: area and thickness of the ferroelectric film, spontaneous polarisation, series capacitance
    /// (where the card has one), switching barrier, leak, threshold, time constant of the synaptic current.
    pub const CARD: [&str; 8] = [
        "area", "t_fe", "p_s", "c_series", "w_b", "g_leak", "v_th", "tau_syn",
    ];

    /// The spread of this name; 0 where it is absent.
    pub fn of(&self, name: &str) -> f64 {
        self.0.get(name).copied().unwrap_or(0.0)
    }

    /// Every spread that is given: those of a card in their order, then others.
    pub fn entries(&self) -> impl Iterator<Item = (&str, f64)> {
        let is_card = |name: &str| Self::CARD.contains(&name);
        let card = Self::CARD.iter().filter_map(|n| self.0.get_key_value(*n));
        let others = self.0.iter().filter(move |(n, _)| !is_card(n));
        card.chain(others).map(|(n, s)| (n.as_str(), *s))
    }

    /// Whether nothing spreads.
    pub fn is_none(&self) -> bool {
        self.0.values().all(|sigma| *sigma == 0.0)
    }
}

/// Reads a layer's `variability`: an object, or the name of a preset.
pub(super) fn read<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Variability>, D::Error> {
    preset::expand(deserializer, PRESETS).map(Some)
}

pub(super) fn schema(generator: &mut SchemaGenerator) -> Schema {
    preset::schema::<Variability>(generator, PRESETS)
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
