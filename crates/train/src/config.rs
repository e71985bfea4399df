//! Settings of training: the description's `training` object, all with defaults.

mod audit;
mod device_parameter;
mod ends;
mod gradient_kind;
mod hardware;
mod levels;
mod objectives;
mod regularisation;
mod reset;
mod validation;
mod weights;

pub use audit::{AuditConfig, AuditReaction};
pub use bruno_device::DeviceParameter;
pub use device_parameter::{DeviceTraining, Shared};
pub(crate) use ends::check_reach;
pub use gradient_kind::GradientKind;
pub use hardware::{Draw, Effect, HardwareConfig};
pub use levels::{LevelsConfig, ProjectionKind};
pub use objectives::{AreaObjective, EnergyObjective, LatencyObjective, Objectives};
pub use regularisation::RegularisationConfig;
pub use reset::Reset;
pub use validation::{EarlyStop, Keep, Metric};
pub use weights::{StraightThrough, WeightRounding, WeightsConfig};

use crate::objective::pull::area_by;
use crate::{Shape, TrainError};
use bruno_chip::{Description, Problem};
use bruno_data::Dataset;
use bruno_device::NeuronCosts;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How latent weights start, in units of half their level table's range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InitConfig {
    /// Mean of the input weights.
    pub input_mean: f64,
    /// Deviation of the input weights.
    pub input_std: f64,
    /// Deviation of the recurrent weights.
    pub recurrent_std: f64,
    /// Deviation of the readout weights.
    pub readout_std: f64,
}

impl Default for InitConfig {
    fn default() -> Self {
        Self {
            input_mean: 0.15,
            input_std: 1.0,
            recurrent_std: 1.0,
            readout_std: 1.0,
        }
    }
}

/// Settings of training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TrainConfig {
    // Read by the command line, opaque here.
    /// The data set.
    pub data: Option<serde_json::Value>,
    // Read by the tuning crate, opaque here.
    /// Settings of a search for settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tune: Option<serde_json::Value>,
    /// Seed of initial weights and of the order of samples.
    pub seed: u64,
    /// Passes over the training set.
    pub epochs: usize,
    /// Samples a step.
    pub batch: usize,
    /// Gradient of the coarse step.
    pub gradient: GradientKind,
    /// Learning rate of normalised weights (Adam); follows a cosine to a hundredth.
    pub learning_rate: f64,
    /// Learning rate of device parameters in logit space.
    pub device_learning_rate: f64,
    /// Shape of the surrogate.
    pub surrogate: Shape,
    /// Time constant of the surrogate, ms: `ds/dV = dt/tau_s * h((V - V_th)/w)/w` a tick.
    pub surrogate_tau_ms: f64,
    /// Width w of the surrogate, V.
    #[serde(rename = "surrogate_width_V")]
    pub surrogate_width_v: f64,
    /// Gradients are clipped to this multiple of their running norm.
    pub clip: f64,
    /// Weight of the quadratic penalty on rates outside `rate_Hz`.
    pub rate_penalty: f64,
    /// Rates without a penalty, Hz.
    #[serde(rename = "rate_Hz")]
    pub rate_hz: (f64, f64),
    /// Logits are the readout current times this, 1/pA.
    #[serde(rename = "logit_per_pA")]
    pub logit_per_pa: f64,
    /// Device parameters to train.
    pub device: Vec<DeviceTraining>,
    /// What a chip costs, and objectives beside the task's loss.
    pub objectives: Objectives,
    /// How weights start.
    pub init: InitConfig,
    /// Whether the gradient sees the reset.
    pub reset: Reset,
    /// Latent weights in training.
    pub weights: WeightsConfig,
    /// Against learning the training set by heart.
    pub regularisation: RegularisationConfig,
    /// Trained level tables; those of the description where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub levels: Option<LevelsConfig>,
    /// Device effects sampled in training; the nominal chip where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hardware: Option<HardwareConfig>,
    /// Audits of the gradient on the way. Where absent there are none, but with device parameters in training one of 2 samples
    /// every 200 steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit: Option<AuditConfig>,
    /// Figure of the validation set by which epochs are compared.
    pub metric: Metric,
    /// Checkpoint that gives the trained chip.
    pub keep: Keep,
    /// End before the last epoch; none where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub early_stop: Option<EarlyStop>,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            data: None,
            tune: None,
            seed: 0,
            epochs: 15,
            batch: 15,
            gradient: GradientKind::Mean,
            learning_rate: 0.03,
            device_learning_rate: 0.02,
            surrogate: Shape::FastSigmoid,
            surrogate_tau_ms: 20.0,
            surrogate_width_v: 0.1,
            clip: 5.0,
            rate_penalty: 1e-3,
            rate_hz: (3.0, 150.0),
            logit_per_pa: 0.05,
            device: Vec::new(),
            objectives: Objectives::default(),
            init: InitConfig::default(),
            reset: Reset::Detached,
            weights: WeightsConfig::default(),
            regularisation: RegularisationConfig::default(),
            levels: None,
            hardware: None,
            audit: None,
            metric: Metric::default(),
            keep: Keep::default(),
            early_stop: None,
        }
    }
}

impl TrainConfig {
    /// The audits of a run: those asked for, or with device parameters in training and a gradient that is not exact, those
    /// of [`AuditConfig::of_devices`].
    pub(crate) fn audit_in_force(&self) -> Option<AuditConfig> {
        let exact = matches!(
            self.gradient,
            GradientKind::Checkpointed | GradientKind::Bptt
        );
        let of_devices = || (!self.device.is_empty() && !exact).then(AuditConfig::of_devices);
        self.audit.or_else(of_devices)
    }

    /// Names of the device effects that training samples; none without `hardware`.
    pub fn asked_effects(&self) -> Vec<&'static str> {
        let hardware = self.hardware.iter();
        hardware.flat_map(HardwareConfig::names).collect()
    }

    /// The settings in a description, checked.
    pub fn of(description: &Description) -> Result<Self, TrainError> {
        let value = description
            .training
            .clone()
            .unwrap_or_else(|| serde_json::json!({}));
        let read = bruno_json::from_value::<Self>(value);
        let config = read.map_err(|e| TrainError::Unread(e.within("training")))?;
        config.check(description)?;
        Ok(config)
    }

    /// Checks settings that were not read from the description itself.
    ///
    /// # Errors
    /// The first setting that is out of range or does not go with the chip.
    pub fn check(&self, description: &Description) -> Result<(), TrainError> {
        let rows = [
            ("epochs", self.epochs as f64, 1.0, 1e6),
            ("batch", self.batch as f64, 1.0, 1e6),
            ("learning_rate", self.learning_rate, 0.0, 10.0),
            ("device_learning_rate", self.device_learning_rate, 0.0, 10.0),
            ("surrogate_tau_ms", self.surrogate_tau_ms, 0.1, 1e4),
            ("surrogate_width_V", self.surrogate_width_v, 1e-3, 10.0),
            ("clip", self.clip, 0.1, 1e6),
            ("rate_penalty", self.rate_penalty, 0.0, 1e6),
            ("logit_per_pA", self.logit_per_pa, 1e-6, 1e3),
            (
                "regularisation.weight_decay",
                self.regularisation.weight_decay,
                0.0,
                100.0,
            ),
            (
                "regularisation.input_dropout",
                self.regularisation.input_dropout,
                0.0,
                0.99,
            ),
        ];
        for (field, value, low, high) in rows {
            if !(low..=high).contains(&value) {
                return Err(setting(field, value, &format!("{low}..{high}")));
            }
        }
        let (low, high) = self.rate_hz;
        if !(0.0 <= low && low <= high) {
            return Err(setting(
                "rate_Hz",
                format!("[{low}, {high}]"),
                "two rates, the lower first",
            ));
        }
        let init = &self.init;
        if !(-100.0..=100.0).contains(&init.input_mean) {
            return Err(setting("init.input_mean", init.input_mean, "-100..100"));
        }
        for (field, std) in [
            ("init.input_std", init.input_std),
            ("init.recurrent_std", init.recurrent_std),
            ("init.readout_std", init.readout_std),
        ] {
            if !(0.0..=100.0).contains(&std) {
                return Err(setting(field, std, "0..100"));
            }
        }
        self.check_early_stop()?;
        check_costs(&self.objectives, description)?;
        let trains_area = self.device.iter().any(|device| {
            let layers = description.layers.iter();
            layers.map(|l| area_by(device, l)).any(|um2| um2 != 0.0)
        });
        self.objectives.check(trains_area)?;
        self.check_gradient(description)?;
        if let Some(levels) = &self.levels {
            levels.check(description)?;
            ends::check_levels(self, levels.bound, description)?;
        }
        if let Some(hardware) = &self.hardware {
            hardware.check(description)?;
        }
        device_parameter::check(&self.device, description)
    }

    fn check_early_stop(&self) -> Result<(), TrainError> {
        let Some(stop) = self.early_stop else {
            return Ok(());
        };
        if !(1..self.epochs).contains(&stop.patience) {
            let allowed = format!("1..{}, fewer than `epochs`", self.epochs.saturating_sub(1));
            return Err(setting("early_stop.patience", stop.patience, &allowed));
        }
        if !(0.0..=1e6).contains(&stop.min_delta) {
            return Err(setting(
                "early_stop.min_delta",
                stop.min_delta,
                "0..1000000",
            ));
        }
        Ok(())
    }

    /// Checks that a data set has the part that the settings compare epochs on.
    ///
    /// # Errors
    /// The setting that would have no effect.
    pub fn check_validation(&self, data: &Dataset) -> Result<(), TrainError> {
        let asked = [
            ("early_stop", self.early_stop.is_some()),
            ("keep", self.keep == Keep::Best),
            ("metric", self.metric != Metric::default()),
        ];
        let asked = asked.iter().find(|(_, asked)| *asked);
        match asked.filter(|_| data.valid.is_empty()) {
            None => Ok(()),
            Some((field, _)) => Err(setting(
                field,
                "given",
                "its default where the data set has no validation samples",
            )),
        }
    }

    fn check_gradient(&self, description: &Description) -> Result<(), TrainError> {
        let (kind, recorder) = (self.gradient, description.recorder);
        if !kind.recorded_by(recorder) {
            let allowed = match kind {
                GradientKind::Jacobian => {
                    "the chip's `recorder` at `jacobian`, or another gradient"
                }
                _ => "`sample`, or the chip's `recorder` at `mean` or `jacobian`",
            };
            return Err(setting("gradient", kind.name(), allowed));
        }
        // The recorder sums the surrogate of neurons of a kind alone.
        let summed = description
            .layers
            .iter()
            .find(|layer| layer.model.is_none());
        if let (GradientKind::Jacobian, Some(layer), true) =
            (kind, summed, self.surrogate != Shape::FastSigmoid)
        {
            let allowed = format!(
                "`fast_sigmoid` with gradient `jacobian`: the chip sums that one in layer `{}`, whose neurons are of a `kind`",
                layer.name
            );
            return Err(setting(
                "surrogate",
                format!("{:?}", self.surrogate),
                &allowed,
            ));
        }
        let Some(audit) = self.audit else {
            return Ok(());
        };
        let rows = [
            ("audit.every_steps", audit.every_steps as f64, (0.0, 1e9)),
            ("audit.samples", audit.samples as f64, (1.0, 1e6)),
            ("audit.largest_ratio", audit.largest_ratio, (1.0, 1e9)),
        ];
        for (field, value, (low, high)) in rows {
            if !(low..=high).contains(&value) {
                return Err(setting(field, value, &format!("{low}..{high}")));
            }
        }
        if !(-1.0..=1.0).contains(&audit.least_cosine) {
            return Err(setting("audit.least_cosine", audit.least_cosine, "-1..1"));
        }
        Ok(())
    }
}

/// What an objective is reckoned from, a file has to say.
fn check_costs(objectives: &Objectives, description: &Description) -> Result<(), TrainError> {
    for layer in &description.layers {
        let Some(costs) = NeuronCosts::of(layer) else {
            continue;
        };
        let costs = costs.declared();
        let asked = [
            (
                "energy",
                "`spike` or `power`",
                objectives.energy.is_some() && costs.spike.is_none() && costs.power.is_none(),
            ),
            (
                "area",
                "`area`",
                objectives.area.is_some() && costs.area.is_none(),
            ),
        ];
        if let Some((objective, line, _)) = asked.into_iter().find(|(_, _, absent)| *absent) {
            let allowed = format!(
                "absent unless the neuron file of layer `{}` declares {line} in a block `costs:` (docs/models.md)",
                layer.name
            );
            return Err(setting(
                &format!("objectives.{objective}"),
                "given",
                &allowed,
            ));
        }
    }
    Ok(())
}

fn setting(field: &str, value: impl ToString, allowed: &str) -> TrainError {
    TrainError::Setting(Problem {
        field: format!("training.{field}"),
        value: value.to_string(),
        allowed: allowed.into(),
        remedy: "change the description".into(),
    })
}

#[cfg(test)]
mod tests;
