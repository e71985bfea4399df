//! Level tables that training changes, and how far.

use super::setting;
use crate::TrainError;
use bruno_chip::{Description, Synapse};
use bruno_device::{Chip, CurrentWord};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Trained level tables; one a projection, shared by its synapses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LevelsConfig {
    /// Which projections; all where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projections: Option<Vec<ProjectionKind>>,
    /// Learning rate of levels, in units of half their table's range.
    pub learning_rate: f64,
    /// No level goes beyond this multiple of the description's largest.
    pub bound: f64,
    /// Least gap between neighbouring levels, as a share of the mean gap of the description's table.
    pub least_gap: f64,
}

/// Projections by what they come from and lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProjectionKind {
    /// Onto hidden layers, from the layer before or the inputs.
    Input,
    /// From hidden layers to themselves.
    Recurrent,
    /// Onto the readout.
    Readout,
}

impl Default for LevelsConfig {
    fn default() -> Self {
        Self {
            projections: None,
            learning_rate: 0.01,
            bound: 1.0,
            least_gap: 0.1,
        }
    }
}

impl LevelsConfig {
    /// Whether tables of this kind are trained.
    pub(crate) fn trains(&self, kind: ProjectionKind) -> bool {
        self.projections.as_ref().is_none_or(|p| p.contains(&kind))
    }

    pub(super) fn check(&self, description: &Description) -> Result<(), TrainError> {
        let rows = [
            ("levels.learning_rate", self.learning_rate, 0.0, 10.0),
            ("levels.bound", self.bound, 0.1, 10.0),
            ("levels.least_gap", self.least_gap, 0.0, 0.5),
        ];
        for (field, value, low, high) in rows {
            if !(low..=high).contains(&value) {
                return Err(setting(field, value, &format!("{low}..{high}")));
            }
        }
        let recurrent = description.layers.iter().any(|l| l.recurrent);
        if let Some(asked) = &self.projections {
            if asked.is_empty() {
                let allowed = "at least one of input, recurrent, readout; all where absent";
                return Err(setting("levels.projections", "[]", allowed));
            }
            if asked.contains(&ProjectionKind::Recurrent) && !recurrent {
                let allowed = "projections that the chip has: no layer is recurrent";
                return Err(setting("levels.projections", "`recurrent`", allowed));
            }
        }
        let of_formats = CurrentWord::from(&description.formats);
        // A chip that cannot be has no words of its own; what is wrong with it is said elsewhere.
        let chip = Chip::resolve("", description).ok();
        for (index, layer) in description.layers.iter().enumerate() {
            let own = chip.as_ref().map(|chip| chip.layers[index].current);
            let current = own.unwrap_or(of_formats);
            if self.trains(ProjectionKind::Input) {
                self.check_synapse(&layer.synapse, current)?;
            }
            if layer.recurrent && self.trains(ProjectionKind::Recurrent) {
                let synapse = layer.recurrent_synapse.as_ref().unwrap_or(&layer.synapse);
                self.check_synapse(synapse, current)?;
            }
        }
        if self.trains(ProjectionKind::Readout) {
            self.check_synapse(&description.readout.synapse, of_formats)?;
        }
        Ok(())
    }

    /// The conductances behind a table set its limits.
    fn check_synapse(&self, synapse: &Synapse, current: CurrentWord) -> Result<(), TrainError> {
        let problem = |value: &str, allowed: &str| Err(setting("levels", value, allowed));
        if let Some(rram) = &synapse.rram {
            if rram.states.is_some() {
                let allowed =
                    "tables without `rram.states`: a device with few states has no other levels";
                return problem("given", allowed);
            }
            if rram.current_ratio.is_some() {
                let allowed = "`range_pA` or `levels_pA` in place of `rram.current_ratio`, which fixes the largest level";
                return problem("given", allowed);
            }
            if self.bound > 1.0 {
                let allowed =
                    "at most 1 with `rram`: the largest level is the whole range of conductances";
                return Err(setting("levels.bound", self.bound, allowed));
            }
        }
        let levels = bruno_device::levels_pa(synapse);
        self.check_gap(&levels, current)?;
        let largest = levels.iter().fold(0.0f64, |m, l| m.max(l.abs()));
        let range = current.range_pa();
        if self.bound * largest > range {
            let allowed = format!(
                "levels up to {range} pA, the range of the current: at most {:.3}",
                range / largest
            );
            return Err(setting("levels.bound", self.bound, &allowed));
        }
        Ok(())
    }

    /// The least gap must fit between the bounds, and keep the first level from the last in the codes of the chip.
    fn check_gap(&self, levels: &[f64], current: CurrentWord) -> Result<(), TrainError> {
        let range = match levels {
            [first, .., last] => last - first,
            _ => return Ok(()),
        };
        let largest = levels.iter().fold(0.0f64, |m, l| m.max(l.abs()));
        let least = current.lsb_pa / range;
        let most = 2.0 * self.bound * largest / range;
        if (least..=most).contains(&self.least_gap) {
            return Ok(());
        }
        let allowed = format!(
            "{least:.3e}..{most:.3}: less could leave one code of all levels, more has no room within `levels.bound`"
        );
        Err(setting("levels.least_gap", self.least_gap, &allowed))
    }
}
