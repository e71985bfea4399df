//! `program.json`: what a trained chip is loaded with, and how its outputs are read. With the chip's description it decides
//! as the run did (docs/program.md).

use crate::{Checkpoint, Parameters, TrainConfig, TrainError};
use bruno_chip::Description;
use bruno_data::{Dataset, Target};
use bruno_device::Chip;
use bruno_host::read_text;
use bruno_sim::{LayerProgram, Program};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Format of the file; a change of any field's meaning raises it.
const VERSION: u32 = 1;

/// A chip's program with the rule by which its outputs become decisions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainedProgram {
    /// Format of the file.
    pub version: u32,
    /// How the outputs are read.
    pub decision: DecisionRule,
    /// Window length K, ticks.
    pub window: u32,
    /// What the layers are loaded with, in order, the readout last.
    pub layers: Vec<LayerProgram>,
}

/// How the currents of the outputs become decisions: the logit of an output is `logit_per_pA * current + bias`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRule {
    /// What is decided, and when.
    pub rule: Rule,
    /// Scale of the logits, 1/pA.
    #[serde(rename = "logit_per_pA")]
    pub logit_per_pa: f64,
    /// Output biases.
    pub bias: Vec<f32>,
    /// Classes in the order of the outputs; empty for `keys`.
    pub classes: Vec<String>,
    /// Length of a frame, us; for `keys` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_us: Option<u32>,
}

/// What is decided, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// One class a sample: the largest logit of the mean current at the ends of the windows that count, the first of equals.
    /// From the sample's `from_us` on windows count, and the last always.
    LargestMean,
    /// A set of outputs at the end of every frame: those whose logit is above 0 there.
    Keys,
}

impl TrainedProgram {
    /// A program with the rule by which its outputs are read.
    pub fn new(decision: DecisionRule, program: Program) -> Self {
        Self {
            version: VERSION,
            decision,
            window: program.window,
            layers: program.layers,
        }
    }

    /// The program of a run, trained on a data set, in its trained chip.
    pub fn of(run: &Checkpoint, chip: &Chip, set: &Dataset) -> Self {
        let parameters = &run.parameters;
        let frame_us = frame_us(set);
        let decision = DecisionRule {
            rule: match frame_us {
                None => Rule::LargestMean,
                Some(_) => Rule::Keys,
            },
            logit_per_pa: run.config.logit_per_pa,
            bias: parameters.values[parameters.bias.clone()].to_vec(),
            classes: set.class_names.clone(),
            frame_us,
        };
        Self::new(decision, parameters.program(chip))
    }

    /// What a simulator is loaded with.
    pub fn program(&self) -> Program {
        Program {
            layers: self.layers.clone(),
            window: self.window,
        }
    }

    /// Reads a file and checks that it fits a chip.
    ///
    /// # Errors
    /// A file that cannot be read, is no program, has another version or none, or does not fit the chip.
    pub fn load(path: &Path, chip: &Chip) -> Result<Self, TrainError> {
        let failed = |what: String| TrainError::Program {
            path: path.display().to_string(),
            what,
        };
        let text = read_text(path).map_err(|e| failed(format!("cannot be read: {e}")))?;
        let value: serde_json::Value = serde_json::from_str(&text)
            .map_err(|e| failed(format!("is no program ({e}); {WRITTEN}")))?;
        match value.get("version").map(serde_json::Value::as_u64) {
            Some(Some(version)) if version == u64::from(VERSION) => {}
            Some(other) => {
                let other = other.map_or("no number".into(), |v| v.to_string());
                return Err(failed(format!(
                    "has version {other}, this bruno reads {VERSION}; {WRITTEN}"
                )));
            }
            // A description has layers too, and no `window`.
            None if value.get("layers").is_some() && value.get("window").is_some() => {
                return Err(failed(format!(
                    "has no version: it was written before output biases, scale and classes were in it; {WRITTEN}"
                )));
            }
            None => return Err(failed(format!("is no program; {WRITTEN}"))),
        }
        let program: Self = serde_json::from_value(value)
            .map_err(|e| failed(format!("is no program ({e}); {WRITTEN}")))?;
        program.check(chip).map_err(failed)?;
        Ok(program)
    }

    /// What does not fit a chip.
    ///
    /// # Errors
    /// The first such thing, what is allowed and what to do.
    pub fn check(&self, chip: &Chip) -> Result<(), String> {
        let fits = self.program().check(chip);
        fits.map_err(|e| format!("{e}; give the chip.json beside it"))?;
        let outputs = chip.layers[chip.readout()].neurons;
        let rule = &self.decision;
        let expect = |what: &str, found: usize, expected: usize| match found == expected {
            true => Ok(()),
            false => Err(format!(
                "`decision.{what}` has {found} entries; allowed: {expected}, the chip's outputs; {WRITTEN}"
            )),
        };
        expect("bias", rule.bias.len(), outputs)?;
        if self.window != chip.window_ticks {
            return Err(format!(
                "`window` is {}; allowed: {}, the chip's; give the chip.json beside it",
                self.window, chip.window_ticks
            ));
        }
        let finite = rule.bias.iter().all(|b| b.is_finite());
        if !finite || !rule.logit_per_pa.is_finite() || rule.logit_per_pa <= 0.0 {
            return Err(format!(
                "`decision.logit_per_pA` or a `bias` is out of range; allowed: finite numbers, the scale above 0; {WRITTEN}"
            ));
        }
        match (rule.rule, rule.frame_us) {
            (Rule::LargestMean, None) => expect("classes", rule.classes.len(), outputs),
            (Rule::Keys, Some(1..)) => expect("classes", rule.classes.len(), 0),
            _ => Err(format!(
                "`decision.frame_us` is {:?}; allowed: a length for the rule `keys`, none for `largest_mean`; {WRITTEN}",
                rule.frame_us
            )),
        }
    }

    /// Refuses a data set whose outputs mean something else.
    ///
    /// # Errors
    /// Other classes, another order of them, or other frames.
    pub fn check_data(&self, path: &Path, set: &Dataset) -> Result<(), TrainError> {
        let rule = &self.decision;
        let what = if rule.classes != set.class_names {
            format!(
                "its outputs are the classes {:?}, those of data set `{}` are {:?}",
                rule.classes, set.name, set.class_names
            )
        } else if rule.frame_us != frame_us(set) {
            format!(
                "its frames are {:?} us long, those of data set `{}` {:?} us",
                rule.frame_us,
                set.name,
                frame_us(set)
            )
        } else {
            return Ok(());
        };
        Err(TrainError::Program {
            path: path.display().to_string(),
            what: format!("{what}; give the data it was trained on"),
        })
    }

    /// A run that scores as the program's did, without what only training needs: parameters whose levels and biases are the
    /// program's.
    ///
    /// # Errors
    /// Bad settings in the description's `training`; a chip that cannot be.
    pub fn as_run(&self, file: &str, description: &Description) -> Result<Checkpoint, TrainError> {
        let mut config = TrainConfig::of(description)?;
        config.device.clear();
        config.levels = None;
        config.hardware = None;
        config.logit_per_pa = self.decision.logit_per_pa;
        let chip = Chip::resolve(file, description)?;
        let mut parameters = Parameters::new(&chip, &config);
        parameters.take(&self.layers, &self.decision.bias);
        Ok(Checkpoint::new(description.clone(), config, parameters))
    }
}

const WRITTEN: &str =
    "`bruno train` writes one as program.json (started again, a finished run writes it anew)";

/// Length of a frame, where the set has frames.
fn frame_us(set: &Dataset) -> Option<u32> {
    set.samples().find_map(|sample| match sample.target {
        Target::Frames { frame_us, .. } => Some(frame_us),
        Target::Class { .. } => None,
    })
}
