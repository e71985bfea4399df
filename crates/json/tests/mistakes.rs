//! What is told of a mistake: the field, what is wrong, the line and the column.

use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chip {
    name: String,
    #[serde(default)]
    layers: Vec<Layer>,
    #[serde(default)]
    parameters: BTreeMap<String, f64>,
    #[serde(default)]
    rounding: Option<Rounding>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layer {
    neurons: usize,
    #[serde(default)]
    area_um2: f64,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Rounding {
    Nearest,
    Stochastic,
    Dithered { bits: u32 },
}

fn check(text: &str, expected: &str) {
    let mistake = bruno_json::from_text::<Chip>(text).unwrap_err();
    assert_eq!(mistake.to_string(), expected);
}

#[test]
fn unknown_field() {
    check(
        "{\"name\": \"t\",\n \"layers\": [{\"nuerons\": 3}]}",
        "field `layers[0].nuerons`: unknown field `nuerons`, did you mean `neurons`? (known: `neurons`, `area_um2`) at line 2 column 14",
    );
}
#[test]
fn unknown_field_like_none() {
    check(
        r#"{"colour": 1}"#,
        "field `colour`: unknown field `colour` (known: `name`, `layers`, `parameters`, `rounding`) at line 1 column 2",
    );
}
#[test]
fn missing_field() {
    check(
        r#"{"name": "t", "layers": [{"area_um2": 1}]}"#,
        "field `layers[0].neurons`: is needed and missing at line 1 column 26",
    );
}
#[test]
fn wrong_type() {
    check(
        r#"{"name": "t", "layers": [{"neurons": "3"}]}"#,
        r#"field `layers[0].neurons`: is the text "3", expected a whole number of 0 or more at line 1 column 38"#,
    );
}
#[test]
fn negative_count() {
    check(
        r#"{"name": "t", "layers": [{"neurons": -3}]}"#,
        "field `layers[0].neurons`: is -3, expected a whole number of 0 or more at line 1 column 38",
    );
}
#[test]
fn list_for_an_object() {
    check(
        r#"{"name": "t", "layers": [[3, 4.0]]}"#,
        "field `layers[0]`: is a list, expected an object, each field with its name at line 1 column 26",
    );
}
#[test]
fn list_for_the_whole() {
    check(
        r#"["t"]"#,
        "is a list, expected an object, each field with its name at line 1 column 1",
    );
}
#[test]
fn name_twice() {
    check(
        "{\"name\": \"t\",\n\"parameters\": {\"C\": 1, \"C\": 2}}",
        "field `parameters.C`: stands twice in this object: keep one of them at line 2 column 24",
    );
}
#[test]
fn unknown_choice() {
    check(
        r#"{"name": "t", "rounding": "stocastic"}"#,
        "field `rounding`: unknown value `stocastic`, did you mean `stochastic`? (known: `nearest`, `stochastic`, `dithered`) at line 1 column 27",
    );
}
#[test]
fn choice_without_its_content() {
    check(
        r#"{"name": "t", "rounding": "dithered"}"#,
        r#"field `rounding`: `dithered` wants a content: {"dithered": ..} at line 1 column 27"#,
    );
}
#[test]
fn choice_of_another_type() {
    check(
        r#"{"name": "t", "rounding": 3}"#,
        "field `rounding`: is 3, expected the name of a choice, or an object of one field at line 1 column 27",
    );
}
#[test]
fn number_beyond_64_bits() {
    check(
        r#"{"name": "t", "parameters": {"C": 1e999}}"#,
        "field `parameters.C`: is no number of 64 bits at line 1 column 35",
    );
}
#[test]
fn trailing_comma() {
    check(
        "{\"name\": \"t\",\n}",
        "trailing commas are not allowed at line 1 column 13",
    );
}
#[test]
fn comma_missing() {
    check(
        "{\"name\": \"t\"\n \"layers\": []}",
        "expected comma at line 1 column 13",
    );
}
#[test]
fn text_behind_the_end() {
    check(
        r#"{"name": "t"} {}"#,
        "text cannot contain more than one JSON value at line 1 column 15",
    );
}
#[test]
fn nothing() {
    check("", "is empty at line 1 column 1");
}
#[test]
fn leading_zero() {
    check(
        r#"{"name": "t", "layers": [{"neurons": 03}]}"#,
        "expected comma at line 1 column 39",
    );
}
#[test]
fn longer_than_anyone_writes() {
    check(
        &" ".repeat((4 << 20) + 1),
        "has 4194305 bytes; allowed: up to 4194304 at line 1 column 1",
    );
}
#[test]
fn nested_too_deeply() {
    let deep = "[".repeat(100_000);
    check(&deep, "maximum nesting depth exceeded at line 1 column 513");
}

#[test]
fn comments_and_schema_are_passed_over() {
    let text = "// a chip\n{\"$schema\": \"s.json\", /* its */ \"name\": \"t\"}\n// end";
    let chip: Chip = bruno_json::from_text(text).unwrap();
    assert_eq!(chip.name, "t");
}
#[test]
fn choice_with_its_content() {
    let text = r#"{"name": "t", "rounding": {"dithered": {"bits": 3}}}"#;
    let chip: Chip = bruno_json::from_text(text).unwrap();
    assert_eq!(chip.rounding, Some(Rounding::Dithered { bits: 3 }));
}
#[test]
fn mistake_of_a_value_has_no_line() {
    let value = serde_json::json!({"name": "t", "layers": [{"neuron": 3}]});
    let mistake = bruno_json::from_value::<Chip>(value).unwrap_err();
    assert_eq!(
        mistake.to_string(),
        "field `layers[0].neuron`: unknown field `neuron`, did you mean `neurons`? (known: `neurons`, `area_um2`)"
    );
}
