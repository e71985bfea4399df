//! Device effects that training samples: which of the description's own, and how often anew.

use super::setting;
use crate::TrainError;
use bruno_chip::{Description, Rram, Spread, Synapse, Variability};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Virtual chips in training: the forward pass runs one that is drawn from the description's `rram` and `variability`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HardwareConfig {
    /// Effects in force; each must stand in the description.
    pub effects: Vec<Effect>,
    /// How often a virtual chip is drawn.
    #[serde(default)]
    pub draw: Draw,
}

/// One effect, by the block of the description that gives its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// `rram.programming`: error of each device's conductance.
    Programming,
    /// `rram.read_noise`: in every sample anew, whatever `draw` says.
    ReadNoise,
    /// `rram.drift`.
    Drift,
    /// `rram.stuck`: devices that cannot be programmed.
    Stuck,
    /// `rram.die`: a factor on all conductances of a die.
    Conductance,
    /// `variability.die`: the neurons' card.
    Die,
    /// `variability.device`: the area of each neuron.
    Device,
}

/// How often a virtual chip is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Draw {
    /// For every sample.
    Sample,
    /// For every optimiser step.
    #[default]
    Step,
    /// For every epoch.
    Epoch,
}

impl Effect {
    const ALL: [Self; 7] = [
        Self::Programming,
        Self::ReadNoise,
        Self::Drift,
        Self::Stuck,
        Self::Conductance,
        Self::Die,
        Self::Device,
    ];

    /// Its name in descriptions, and the block that gives its size.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Programming => ("programming", "`rram.programming` in a synapse"),
            Self::ReadNoise => ("read_noise", "`rram.read_noise` in a synapse"),
            Self::Drift => ("drift", "`rram.drift` in a synapse"),
            Self::Stuck => ("stuck", "`rram.stuck` in a synapse"),
            Self::Conductance => ("conductance", "`rram.die` in a synapse"),
            Self::Die => ("die", "`variability.die` in a layer"),
            Self::Device => ("device", "`variability.device` in a layer"),
        }
    }

    fn is_in_synapse(self, rram: &Rram) -> bool {
        match self {
            Self::Programming => rram.programming.is_some(),
            Self::ReadNoise => rram.read_noise.is_some(),
            Self::Drift => rram.drift.is_some(),
            Self::Stuck => rram.stuck.is_some(),
            Self::Conductance => rram.die.is_some(),
            Self::Die | Self::Device => false,
        }
    }

    fn is_in_layer(self, variability: &Variability) -> bool {
        match self {
            Self::Die => !variability.die.is_none(),
            Self::Device => !variability.device.is_none(),
            _ => false,
        }
    }

    fn leave_out_of_synapse(self, rram: &mut Rram) {
        match self {
            Self::Programming => rram.programming = None,
            Self::ReadNoise => rram.read_noise = None,
            Self::Drift => rram.drift = None,
            Self::Stuck => rram.stuck = None,
            Self::Conductance => rram.die = None,
            Self::Die | Self::Device => {}
        }
    }

    fn leave_out_of_layer(self, variability: &mut Variability) {
        match self {
            Self::Die => variability.die = Spread::default(),
            Self::Device => variability.device = Spread::default(),
            _ => {}
        }
    }
}

impl std::fmt::Display for HardwareConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.names().collect();
        let draw = match self.draw {
            Draw::Sample => "sample",
            Draw::Step => "step",
            Draw::Epoch => "epoch",
        };
        let names = names.join(", ");
        write!(
            f,
            "training on virtual chips with {names}, drawn every {draw}"
        )
    }
}

impl HardwareConfig {
    /// Names of its effects.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.effects.iter().map(|e| e.names().0)
    }

    /// Whether samples of one step differ in what the chip holds.
    pub fn varies_by_sample(&self) -> bool {
        self.draw == Draw::Sample || self.effects.contains(&Effect::ReadNoise)
    }

    /// Takes the effects that are not asked for out of a description.
    pub(crate) fn keep_asked(&self, description: &mut Description) {
        let others = || {
            Effect::ALL
                .into_iter()
                .filter(|e| !self.effects.contains(e))
        };
        for synapse in synapses_mut(description) {
            if let Some(rram) = &mut synapse.rram {
                others().for_each(|e| e.leave_out_of_synapse(rram));
            }
        }
        for layer in &mut description.layers {
            if let Some(variability) = &mut layer.variability {
                others().for_each(|e| e.leave_out_of_layer(variability));
            }
        }
    }

    pub(super) fn check(&self, description: &Description) -> Result<(), TrainError> {
        let all = Effect::ALL.map(|e| e.names().0).join(", ");
        if self.effects.is_empty() {
            let allowed = format!("at least one of {all}, or no `training.hardware`");
            return Err(setting("hardware.effects", "[]", &allowed));
        }
        for (index, effect) in self.effects.iter().enumerate() {
            let (name, block) = effect.names();
            if self.effects[..index].contains(effect) {
                let twice = format!("`{name}` twice");
                return Err(setting("hardware.effects", twice, "each effect once"));
            }
            let in_synapse = |s: &Synapse| s.rram.as_ref().is_some_and(|r| effect.is_in_synapse(r));
            let mut variabilities = description.layers.iter().flat_map(|l| &l.variability);
            if !synapses(description).any(in_synapse)
                && !variabilities.any(|v| effect.is_in_layer(v))
            {
                let allowed =
                    format!("effects whose size the description gives: this one needs {block}");
                return Err(setting("hardware.effects", format!("`{name}`"), &allowed));
            }
        }
        Ok(())
    }
}

fn synapses(description: &Description) -> impl Iterator<Item = &Synapse> {
    let layers = description.layers.iter();
    let hidden = layers.flat_map(|l| std::iter::once(&l.synapse).chain(&l.recurrent_synapse));
    hidden.chain([&description.readout.synapse])
}

fn synapses_mut(description: &mut Description) -> impl Iterator<Item = &mut Synapse> {
    let layers = description.layers.iter_mut();
    let hidden =
        layers.flat_map(|l| std::iter::once(&mut l.synapse).chain(&mut l.recurrent_synapse));
    hidden.chain([&mut description.readout.synapse])
}
