//! What a sweep varies: fields, and the values they take.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Fields that have one value together, and its values.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Axis {
    pub fields: Vec<String>,
    pub values: Vec<Value>,
}

const FORM: &str =
    "write FIELD=VALUE,VALUE,..., e.g. objectives.energy.weight=0,0.1, or FIELD+FIELD=VALUE,...";

/// Reads `FIELD=VALUE,VALUE,...`, or `FIELD+FIELD=VALUE,...` for fields that change together.
///
/// # Errors
/// Text of another form; a value that cannot be part of a folder's name.
pub fn axis(text: &str) -> Result<Axis, String> {
    let (fields, values) = text.split_once('=').ok_or(FORM)?;
    let fields: Vec<String> = fields.split('+').map(|f| f.trim().to_string()).collect();
    if fields.iter().any(String::is_empty) {
        return Err(FORM.into());
    }
    let values = values.split(',').map(|v| value(v.trim()));
    Ok(Axis {
        fields,
        values: values.collect::<Result<_, _>>()?,
    })
}

/// A number, `true`, `false`, or a word. What is whole may be wanted as an integer.
fn value(text: &str) -> Result<Value, String> {
    if let Ok(switch) = text.parse::<bool>() {
        return Ok(switch.into());
    }
    if let Ok(number) = text.parse::<f64>() {
        return match number {
            n if !n.is_finite() => Err(format!("`{text}` is no finite number")),
            n if n.fract() == 0.0 && n.abs() < 1e15 => Ok((n as i64).into()),
            n => Ok(n.into()),
        };
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
    let word = text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(plain);
    match word {
        true => Ok(text.into()),
        false => Err(format!(
            "`{text}` is no number and no word of letters, digits, `.`, `_`, `-`, `+`"
        )),
    }
}

impl Axis {
    /// What the fields are called in tables and folders.
    pub fn name(&self) -> String {
        self.fields.join("+")
    }
}

/// A value as it was written.
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(text: &str, fields: &[&str], values: Value) {
        let read = axis(text).unwrap();
        assert_eq!(read.fields, fields);
        assert_eq!(Value::from(read.values), values);
    }
    fn check_refused(text: &str, expected: &str) {
        assert!(axis(text).unwrap_err().contains(expected));
    }

    #[test]
    fn numbers() {
        check(
            "objectives.energy.weight=0,0.1, 3",
            &["objectives.energy.weight"],
            json!([0, 0.1, 3]),
        );
    }
    #[test]
    fn words_and_switches() {
        check(
            "gradient=mean,transition",
            &["gradient"],
            json!(["mean", "transition"]),
        );
        check(
            "layers.0.recurrent=true,false",
            &["layers.0.recurrent"],
            json!([true, false]),
        );
    }
    #[test]
    fn fields_that_change_together() {
        check(
            "layers.0.neurons+layers.1.neurons=8,16",
            &["layers.0.neurons", "layers.1.neurons"],
            json!([8, 16]),
        );
    }
    #[test]
    fn no_value() {
        check_refused("a", "FIELD=VALUE");
    }
    #[test]
    fn no_field() {
        check_refused("a+=1", "FIELD=VALUE");
    }
    #[test]
    fn no_number_that_ends() {
        check_refused("a=1,inf", "no finite number");
    }
    #[test]
    fn a_word_that_leaves_the_folder() {
        check_refused("a=../x", "no word");
    }
    #[test]
    fn an_empty_value() {
        check_refused("a=1,", "no word");
    }
}
