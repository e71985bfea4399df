//! What a number of a description may be, in the words of those who check it: the field of a whole description is set to
//! values that cannot be right, and what a refusal says is allowed is taken.

use bruno_chip::{ChipError, Description, Problem, set_field};
use bruno_train::{TrainConfig, TrainError};
use serde_json::{Value, json};

/// A description with every block that one can have.
const WHOLE: &str = include_str!("whole.json");

/// Values of which some check refuses one.
const WRONG: [i64; 5] = [-1_000_000_000_000, 1_000_000_000_000, 4_294_967_295, 0, -1];

/// The words for the field of this path, where a check has some.
pub(super) fn allowed(path: &str) -> Option<String> {
    let whole: Value = bruno_json::from_text(WHOLE).unwrap_or_default();
    WRONG.into_iter().find_map(|wrong| {
        let mut json = whole.clone();
        set_field(&mut json, path, json!(wrong)).ok()?;
        let refused = problems(&json)
            .into_iter()
            .find(|p| dotted(&p.field) == path);
        refused.map(|problem| problem.allowed)
    })
}

/// What is wrong with a description and its training.
fn problems(json: &Value) -> Vec<Problem> {
    match Description::parse("description", &json.to_string()) {
        Ok(description) => match TrainConfig::of(&description) {
            Err(TrainError::Setting(problem)) => vec![problem],
            _ => Vec::new(),
        },
        Err(ChipError::Invalid { problems, .. }) => problems,
        Err(_) => Vec::new(),
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
        assert_eq!(allowed(path).as_deref(), Some(expected), "{path}");
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
}
