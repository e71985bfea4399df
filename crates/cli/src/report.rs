//! The report of a scored chip, as `train` and `eval` print it: text, or one JSON object.

use crate::ridge::Measured;
use crate::{costs, quantisation, scores};
use bruno_data::Dataset;
use bruno_device::{Chip, EffectsInForce, Verdict};
use bruno_train::{Checkpoint, Evaluation, Footprint, Periphery};
use serde_json::Value;

/// What was scored, and on what.
pub struct Report<'a> {
    /// How the chip came to be, e.g. `after 6 epochs, seed 0`.
    pub origin: String,
    pub set: &'a Dataset,
    /// What to know of the data before an accuracy is believed.
    pub data_notes: &'a [String],
    pub run: &'a Checkpoint,
    pub chip: &'a Chip,
    /// Device effects in what was scored.
    pub effects: EffectsInForce,
    pub found: &'a Evaluation,
}

impl Report<'_> {
    /// The text but for the yardsticks, the first line the title.
    pub fn lines(&self) -> Vec<String> {
        let Self { run, found, .. } = self;
        let quantised = run.parameters.quantisation(self.chip);
        let latent = run.last_epoch().map_or(&[][..], |r| &r.weights);
        let mut lines = Vec::new();
        lines.extend(self.warnings().map(|w| format!("warning: {w}")));
        lines.extend(self.data_notes.iter().map(|n| format!("data: {n}")));
        lines.extend(scores::lines(self.set, found));
        lines.extend(self.effects.lines());
        lines.extend(costs::lines(found, &self.area(), self.chip));
        lines.extend(run.device_changes());
        lines.extend(quantisation::lines(&quantised));
        lines.extend(quantisation::latent_lines(latent));
        let title = format!("{} {}", self.set.name, self.origin);
        let lines = lines.into_iter().map(|line| format!("  {line}"));
        std::iter::once(title).chain(lines).collect()
    }

    /// The same, every count behind it, and the yardsticks.
    pub fn json(&self, yardsticks: &[Measured]) -> Value {
        let Self { run, found, .. } = self;
        let area = self.area();
        let mut result = scores::json(self.set, found);
        let more = serde_json::json!({
            "data": self.set.name, "data_notes": self.data_notes, "epochs": run.epoch, "seed": run.config.seed,
            "energy_nJ": found.score.energy_nj(), "energy_J": found.score.energy,
            "energy_left_out_nJ": Periphery::of(&found.score), "area_um2": area.total_um2(), "area": area,
            "rounding": run.description.rounding, "formats": run.description.formats,
            "effects": self.effects, "warnings": self.warnings().collect::<Vec<_>>(),
            "quantisation": run.parameters.quantisation(self.chip),
        });
        let Value::Object(more) = more else {
            return result;
        };
        if let Some(result) = result.as_object_mut() {
            result.extend(more);
            for yardstick in yardsticks {
                result.extend(yardstick.json());
            }
        }
        result
    }

    fn area(&self) -> Footprint {
        Footprint::of(&self.chip.description, &self.run.config.objectives)
    }

    /// What `bruno check` warns of in this chip.
    fn warnings(&self) -> impl Iterator<Item = String> {
        let findings = self.chip.findings().into_iter();
        let warnings = findings.filter(|f| f.verdict == Verdict::Act);
        warnings.map(|f| match f.remedy {
            Some(remedy) => format!("{} ({remedy})", f.text),
            None => f.text,
        })
    }
}
