//! What a number of a description may be, in the words of those who check it: the field of a whole description is set to
//! values that cannot be right, and what a refusal says is allowed is taken.

use crate::data;
use crate::failure::Failure;
use bruno_chip::{ChipError, Description, Problem, set_field};
use bruno_data::DataError;
use bruno_train::{TrainConfig, TrainError};
use bruno_tune::{TuneConfig, TuneError};
use serde_json::{Value, json};

/// A description with every block that one can have.
const WHOLE: &str = include_str!("whole.json");

/// Values of which some check refuses one.
const WRONG: [i64; 5] = [-1_000_000_000_000, 1_000_000_000_000, 4_294_967_295, 0, -1];

/// The words for the field of this path, where a check has some; `kind` says of which kind of data it is.
pub(super) fn allowed(path: &str, kind: Option<&str>) -> Option<String> {
    let whole = whole(path, kind);
    WRONG.into_iter().find_map(|wrong| {
        let mut json = whole.clone();
        set_field(&mut json, path, json!(wrong)).ok()?;
        let refused = problems(&json)
            .into_iter()
            .find(|p| dotted(&p.field) == path);
        refused.map(|problem| problem.allowed)
    })
}

/// The whole description with a place for the field.
fn whole(path: &str, kind: Option<&str>) -> Value {
    let mut whole: Value = bruno_json::from_text(WHOLE).unwrap_or_default();
    if let Some(kind) = kind {
        whole["training"]["data"] = json!({ "kind": kind });
        if matches!(kind, "events" | "npz") {
            whole["training"]["data"]["channels"] = json!(2);
        }
    }
    // A synapse's scale is given in one way.
    if path.ends_with(".current_ratio")
        && let Some(synapse) = whole["layers"][0]["synapse"].as_object_mut()
    {
        synapse.remove("range_pA");
    }
    whole
}

/// What is wrong with a description, its training, its data and its search.
fn problems(json: &Value) -> Vec<Problem> {
    match Description::parse("description", &json.to_string()) {
        Ok(description) => match TrainConfig::of(&description) {
            Err(TrainError::Setting(problem)) => vec![problem],
            Ok(config) => of_data(&config)
                .into_iter()
                .chain(of_search(&config))
                .collect(),
            Err(_) => Vec::new(),
        },
        Err(ChipError::Invalid { problems, .. }) => problems,
        Err(_) => Vec::new(),
    }
}

fn of_data(config: &TrainConfig) -> Option<Problem> {
    match data::settings(config).err()? {
        Failure::Data(DataError::Setting {
            what,
            found,
            allowed,
            remedy,
        }) => Some(Problem {
            field: what,
            value: found,
            allowed,
            remedy,
        }),
        Failure::Train(TrainError::Setting(problem)) => Some(problem),
        _ => None,
    }
}

fn of_search(config: &TrainConfig) -> Option<Problem> {
    let search = bruno_json::from_value::<TuneConfig>(config.tune.clone()?).ok()?;
    match search.check().err()? {
        TuneError::Setting(problem) => Some(Problem {
            field: format!("training.tune.{}", problem.field),
            ..problem
        }),
        _ => None,
    }
}

/// `layers[0].neurons` as `layers.0.neurons`.
fn dotted(field: &str) -> String {
    field.replace('[', ".").replace(']', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: &str) {
        assert_eq!(allowed(path, None).as_deref(), Some(expected), "{path}");
    }

    /// A field of a kind of data: the words, and both sides of both ends of its range.
    fn check_data(kind: &str, field: &str, expected: &str, [low, high]: [f64; 2]) {
        let path = format!("training.data.{field}");
        assert_eq!(
            allowed(&path, Some(kind)).as_deref(),
            Some(expected),
            "{path}"
        );
        let refused = |value: f64| {
            let mut json = whole(&path, Some(kind));
            let whole_number = value.fract() == 0.0;
            let value = if whole_number {
                json!(value as i64)
            } else {
                json!(value)
            };
            set_field(&mut json, &path, value).unwrap();
            let description = Description::parse("t", &json.to_string()).unwrap();
            data::settings(&TrainConfig::of(&description).unwrap()).is_err()
        };
        assert!(!refused(low) && refused(low - 1.0), "{path}: {low}");
        if high.is_finite() {
            assert!(!refused(high) && refused(high + 1.0), "{path}: {high}");
        }
    }

    #[test]
    fn the_whole_description_is_right() {
        let whole: Value = bruno_json::from_text(WHOLE).unwrap();
        assert_eq!(problems(&whole), []);
    }
    #[test]
    fn of_a_card() {
        check("layers.0.device.area_um2", "0.001..10000 um2");
    }
    #[test]
    fn of_a_count() {
        check("layers.0.neurons", "1..4096");
    }
    #[test]
    fn of_training() {
        check("training.learning_rate", "0..10");
    }
    #[test]
    fn of_a_ratio() {
        check("layers.0.synapse.rram.current_ratio", "0.000000000001..1");
    }
    #[test]
    fn of_a_search() {
        check("training.tune.startup", "1..1000000");
        check("training.tune.budget.minutes", "above 0");
    }
    #[test]
    fn of_braille() {
        check_data("braille", "noise", "0..10", [0.0, 10.0]);
        check_data("braille", "jitter_ms", "0..100 ms", [0.0, 100.0]);
        check_data("braille", "train", "1..10000 samples a letter", [1.0, 1e4]);
        check_data("braille", "valid", "0..10000 samples a letter", [0.0, 1e4]);
        check_data(
            "braille",
            "acceleration",
            "a whole number, 1..1000",
            [1.0, 1e3],
        );
    }
    #[test]
    fn of_symbols() {
        check_data("same", "noise_Hz", "0..1000 Hz", [0.0, 1e3]);
        check_data("same", "train", "1..100000", [1.0, 1e5]);
    }
    #[test]
    fn of_chorales() {
        check_data("jsb", "spacing_ms", "at least 1 ms", [1.0, f64::INFINITY]);
        let spikes = "1..7, so that all fall into the frame of 20 ms";
        check_data("jsb", "spikes", spikes, [1.0, 7.0]);
    }
    #[test]
    fn of_events() {
        check_data("reckon", "classes", "1..4096", [1.0, 4096.0]);
        for kind in ["reckon", "events", "npz"] {
            check_data(kind, "channels", "at least 1", [1.0, f64::INFINITY]);
        }
        check_data("npz", "bin_us", "at least 1", [1.0, f64::INFINITY]);
    }
}
