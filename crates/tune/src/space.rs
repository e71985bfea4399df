//! The fields that a search varies, and the values they may take.

// Files of strangers are read here: nothing of them may end in a panic.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use crate::TuneError;
use bruno_chip::{Description, LONGEST_WINDOW, Problem, RecorderLevel, set_field};
use bruno_device::Chip;
use bruno_train::{TrainConfig, TrainError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Values between two ends.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// Smallest value.
    pub low: f64,
    /// Largest value.
    pub high: f64,
    /// Whether decades count alike.
    #[serde(default)]
    pub log: bool,
    /// Whether only whole numbers are allowed.
    #[serde(default)]
    pub integer: bool,
}

/// One of several values, of any kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choices {
    /// The values.
    pub choices: Vec<Value>,
}

/// The values of one field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Range {
    /// Between two ends.
    Interval(Interval),
    /// One of several.
    Choices(Choices),
}

/// Paths of fields (as in `bruno train --sweep`) with their ranges. A point of the space is one coordinate a field: a number
/// or its logarithm, or the place of a choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Space(pub BTreeMap<String, Range>);

impl Range {
    /// First and last coordinate; of whole numbers each takes half a step on either side.
    pub fn coordinates(&self) -> (f64, f64) {
        match self {
            Self::Choices(c) => (0.0, c.choices.len() as f64),
            Self::Interval(i) => {
                let half = if i.integer { 0.5 } else { 0.0 };
                let scale = |x: f64| if i.log { x.ln() } else { x };
                (scale(i.low - half), scale(i.high + half))
            }
        }
    }

    /// The value at a coordinate.
    pub fn value(&self, coordinate: f64) -> Value {
        match self {
            Self::Choices(c) => {
                let last = c.choices.len().saturating_sub(1);
                let place = (coordinate.max(0.0) as usize).min(last);
                c.choices.get(place).cloned().unwrap_or_default()
            }
            Self::Interval(i) => {
                let value = if i.log { coordinate.exp() } else { coordinate };
                match i.integer {
                    true => json!(value.round().clamp(i.low, i.high) as i64),
                    false => json!(value.clamp(i.low, i.high)),
                }
            }
        }
    }

    /// Values at which the field must be understood.
    fn ends(&self) -> Vec<Value> {
        match self {
            Self::Choices(c) => c.choices.clone(),
            Self::Interval(_) => {
                let (low, high) = self.coordinates();
                vec![self.value(low), self.value(high)]
            }
        }
    }

    fn check(&self, field: &str) -> Result<(), TuneError> {
        match self {
            Self::Choices(c) if c.choices.len() < 2 => Err(TuneError::setting(
                field,
                c.choices.len(),
                "two choices or more",
            )),
            Self::Interval(i) => {
                let half = if i.integer { 0.5 } else { 0.0 };
                let first = if i.log { half } else { f64::MIN };
                if first < i.low && i.low < i.high && (i.high - i.low).is_finite() {
                    return Ok(());
                }
                let value = format!("{}..{}", i.low, i.high);
                let allowed = "two numbers, the lower first, above 0 with `log`";
                Err(TuneError::setting(field, value, allowed))
            }
            Self::Choices(_) => Ok(()),
        }
    }
}

impl Space {
    /// What is searched where the user names nothing: window, gradient, surrogate, learning rates, scale of the logits, first
    /// weights.
    pub fn suggested(description: &Description, config: &TrainConfig) -> Self {
        let log = |low: f64, high: f64| {
            Range::Interval(Interval {
                low,
                high,
                log: true,
                integer: false,
            })
        };
        let choices = |choices: Vec<Value>| Range::Choices(Choices { choices });
        let mut gradients = vec![json!("sample"), json!("mean")];
        if description.recorder == RecorderLevel::Jacobian {
            gradients.push(json!("jacobian"));
        }
        let window = description.window_ticks;
        let windows = [window / 2, window, window * 2];
        let windows = windows
            .into_iter()
            .filter(|w| (1..=LONGEST_WINDOW).contains(w));
        let around = |value: f64| log(value / 4.0, value * 4.0);
        let mut space = BTreeMap::from([
            (
                "window_ticks".into(),
                choices(windows.map(Value::from).collect()),
            ),
            ("gradient".into(), choices(gradients)),
            ("surrogate_tau_ms".into(), log(5.0, 60.0)),
            ("surrogate_width_V".into(), log(0.03, 0.3)),
            ("learning_rate".into(), log(0.01, 0.3)),
            ("logit_per_pA".into(), around(config.logit_per_pa)),
            ("init.input_std".into(), log(0.3, 2.0)),
            ("init.readout_std".into(), log(0.1, 1.5)),
        ]);
        if !config.device.is_empty() {
            space.insert("device_learning_rate".into(), log(0.005, 0.2));
        }
        Self(space)
    }

    /// Checks every range, and that the description takes each of its ends by itself.
    pub fn check(&self, description: &Value) -> Result<(), TuneError> {
        if self.0.is_empty() {
            return Err(TuneError::setting("space", "empty", "a field or more"));
        }
        for (field, range) in &self.0 {
            let name = format!("space[{field}]");
            range.check(&name)?;
            if field == "training"
                || field
                    .split('.')
                    .any(|part| part == "tune" || part == "data")
            {
                let allowed = "fields of the chip and of its training other than `data` and `tune`";
                return Err(TuneError::setting("space", field, allowed));
            }
            for value in range.ends() {
                let mut json = description.clone();
                set_field(&mut json, field, value.clone()).map_err(TuneError::Setting)?;
                let place = format!("{name} at {value}");
                let description = Description::parse(&place, &json.to_string())?;
                TrainConfig::of(&description).map_err(|e| at_the_end(e, &name, &value))?;
                Chip::resolve(&place, &description)?;
            }
        }
        Ok(())
    }

    /// The description at a point.
    ///
    /// # Errors
    /// Values that are fine one by one and not together.
    pub fn at(
        &self,
        description: &Value,
        point: &[f64],
        name: &str,
    ) -> Result<Description, TuneError> {
        let json = self.json_at(description, point)?;
        Ok(Description::parse(name, &json.to_string())?)
    }

    /// The description's text at a point.
    pub fn json_at(&self, description: &Value, point: &[f64]) -> Result<Value, TuneError> {
        let mut json = description.clone();
        for ((field, range), coordinate) in self.0.iter().zip(point) {
            set_field(&mut json, field, range.value(*coordinate)).map_err(TuneError::Setting)?;
        }
        Ok(json)
    }

    /// Field and value at a point, in the order of its coordinates.
    pub fn values(&self, point: &[f64]) -> Vec<(String, Value)> {
        let pairs = self.0.iter().zip(point);
        pairs
            .map(|((field, range), x)| (field.clone(), range.value(*x)))
            .collect()
    }
}

/// A setting that an end of a range does not fit: the search reaches what the file itself does not.
fn at_the_end(error: TrainError, range: &str, value: &Value) -> TuneError {
    match error {
        TrainError::Setting(problem) => TuneError::Setting(Problem {
            remedy: format!("change it or `{range}`, which reaches {value}"),
            ..problem
        }),
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(range: &str, coordinate: f64, expected: Value) {
        let range: Range = serde_json::from_str(range).unwrap();
        range.check("x").unwrap();
        let value = range.value(coordinate);
        match (value.as_f64(), expected.as_f64()) {
            (Some(a), Some(b)) => assert!((a - b).abs() < 1e-9, "{a}, {b}"),
            _ => assert_eq!(value, expected),
        }
    }

    #[test]
    fn a_number() {
        check(r#"{"low":1,"high":3}"#, 2.5, json!(2.5));
    }
    #[test]
    fn a_logarithm() {
        check(
            r#"{"low":1,"high":100,"log":true}"#,
            10f64.ln(),
            json!(10.0),
        );
    }
    #[test]
    fn whole_numbers() {
        check(r#"{"low":1,"high":3,"integer":true}"#, 3.49, json!(3));
        check(r#"{"low":1,"high":3,"integer":true}"#, 0.51, json!(1));
    }
    #[test]
    fn a_choice() {
        check(r#"{"choices":["a","b"]}"#, 1.7, json!("b"));
        check(r#"{"choices":["a","b"]}"#, 2.0, json!("b"));
    }

    fn refused(space: &str, expected: &str) {
        let chip = json!({"name":"a","inputs":1,
            "layers":[{"name":"h","kind":"lif","neurons":1,"synapse":{"range_pA":1}}],
            "readout":{"outputs":1,"synapse":{"range_pA":1}}});
        let space: Space = serde_json::from_str(space).unwrap();
        let error = space.check(&chip).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn a_logarithm_of_nothing() {
        refused(
            r#"{"clip":{"low":0,"high":1,"log":true}}"#,
            "above 0 with `log`",
        );
    }
    #[test]
    fn a_single_choice() {
        refused(
            r#"{"gradient":{"choices":["mean"]}}"#,
            "two choices or more",
        );
    }
    #[test]
    fn an_unknown_field() {
        refused(
            r#"{"learning":{"low":1,"high":2}}"#,
            "unknown field `learning`",
        );
    }
    #[test]
    fn an_end_out_of_range() {
        refused(
            r#"{"clip":{"low":0.01,"high":2}}"#,
            "`training.clip` is 0.01",
        );
    }
    #[test]
    fn a_window_shorter_than_its_records() {
        refused(
            r#"{"window_ticks":{"choices":[1000,4]}}"#,
            "space[window_ticks] at 4: ",
        );
    }
    #[test]
    fn other_data() {
        refused(r#"{"data.seed":{"low":0,"high":2}}"#, "other than `data`");
    }
}
