//! What the settings refuse.

use super::*;

/// The message for a description whose `training` and recorder are these.
fn check(training: &str, recorder: &str, expected: &str) {
    let text = format!(
        r#"{{"name":"a","inputs":1,"recorder":"{recorder}","training":{training},
            "layers":[{{"name":"h","kind":"lif","neurons":1,"synapse":{{"range_pA":1}}}}],
            "readout":{{"outputs":1,"synapse":{{"range_pA":1}}}}}}"#
    );
    let description = Description::parse("a", &text).unwrap();
    let error = TrainConfig::of(&description).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn an_unknown_field() {
    check(r#"{"epoch":3}"#, "mean", "unknown field `epoch`");
}
#[test]
fn out_of_range() {
    check(
        r#"{"batch":0}"#,
        "mean",
        "`training.batch` is 0; allowed: 1..",
    );
}
#[test]
fn sums_that_are_not_recorded() {
    check(
        r#"{"gradient":"jacobian"}"#,
        "mean",
        "`training.gradient` is jacobian; allowed: the chip's `recorder` at `jacobian`",
    );
}
#[test]
fn a_surrogate_that_is_not_recorded() {
    check(
        r#"{"gradient":"jacobian","surrogate":"boxcar"}"#,
        "jacobian",
        "`training.surrogate` is Boxcar; allowed: `fast_sigmoid`",
    );
}
#[test]
fn an_audit_of_nothing() {
    check(
        r#"{"audit":{"every_steps":1,"samples":0}}"#,
        "mean",
        "`training.audit.samples` is 0; allowed: 1..",
    );
}
#[test]
fn an_effect_without_a_size() {
    check(
        r#"{"hardware":{"effects":["stuck"]}}"#,
        "mean",
        "`training.hardware.effects` is `stuck`; allowed: effects whose size the description gives: this one needs \
         `rram.stuck` in a synapse",
    );
}
#[test]
fn levels_of_no_projection() {
    check(
        r#"{"levels":{"projections":["recurrent"]}}"#,
        "mean",
        "no layer is recurrent",
    );
}
#[test]
fn levels_out_of_range() {
    check(
        r#"{"levels":{"least_gap":2}}"#,
        "mean",
        "`training.levels.least_gap` is 2",
    );
}
#[test]
fn no_effect() {
    check(r#"{"hardware":{"effects":[]}}"#, "mean", "at least one of");
}
#[test]
fn patience_that_outlasts_the_run() {
    check(
        r#"{"epochs":5,"early_stop":{"patience":5}}"#,
        "mean",
        "`training.early_stop.patience` is 5; allowed: 1..4",
    );
}
#[test]
fn all_spikes_dropped() {
    check(
        r#"{"regularisation":{"input_dropout":1}}"#,
        "mean",
        "`training.regularisation.input_dropout` is 1; allowed: 0..0.99",
    );
}
#[test]
fn rates_reversed() {
    check(r#"{"rate_Hz":[9,3]}"#, "mean", "the lower first");
}
#[test]
fn a_mean_beyond_all_levels() {
    check(
        r#"{"init":{"input_mean":1e300}}"#,
        "mean",
        "allowed: -100..100",
    );
}
#[test]
fn a_negative_deviation() {
    check(
        r#"{"init":{"input_std":-1}}"#,
        "mean",
        "`training.init.input_std` is -1",
    );
}
#[test]
fn a_mean_that_is_not_recorded() {
    check("{}", "sample", "`training.gradient` is mean");
}
#[test]
fn an_objective_out_of_range() {
    check(
        r#"{"objectives":{"energy":{"weight":-1}}}"#,
        "mean",
        "`training.objectives.energy.weight` is -1; allowed: 0..1000",
    );
}
#[test]
fn an_area_that_nothing_changes() {
    check(
        r#"{"objectives":{"area":{"weight":1}}}"#,
        "mean",
        "`training.objectives.area` is given; allowed: none unless `training.device` trains `area`,",
    );
}
#[test]
fn a_parameter_twice() {
    let twice =
        r#"{"device":[{"parameter":"area","bounds":[1,9]},{"parameter":"area","bounds":[1,9]}]}"#;
    check(twice, "mean", "area twice");
}
#[test]
fn a_neuron_of_its_own() {
    check(
        r#"{"device":[{"parameter":"area","bounds":[1,9],"shared":"neuron"}]}"#,
        "mean",
        "one level table a layer",
    );
}
#[test]
fn a_die_of_two_minds() {
    let text = r#"{"name":"a","inputs":1,"training":{"device":[{"parameter":"area","bounds":[1,9],"shared":"die"}]},
        "layers":[{"name":"h","kind":"lif","neurons":1,"synapse":{"range_pA":1}},
                  {"name":"i","kind":"lif","neurons":1,"synapse":{"range_pA":1},"device":{"area_um2":2}}],
        "readout":{"outputs":1,"synapse":{"range_pA":1}}}"#;
    let error = TrainConfig::of(&Description::parse("a", text).unwrap()).unwrap_err();
    let expected = "`layer`, or one value on the cards of `h` (4 um2) and `i` (2 um2)";
    assert!(error.to_string().contains(expected), "{error}");
}
#[test]
fn bounds_that_leave_the_card_out() {
    check(
        r#"{"device":[{"parameter":"area","bounds":[5,9]}]}"#,
        "mean",
        "bounds around the card's 4",
    );
}

/// What is said of these settings for neurons of a shipped file; nothing where they are good.
fn check_file(model: &str, training: &str, expected: &str) {
    check_model(&format!("{model:?}"), "mean", training, expected);
}

/// The same of a shipped file with lines of its text replaced, of which the last block is left out.
fn check_edited(model: &str, (old, new): (&str, &str), training: &str, expected: &str) {
    let text = bruno_model::Shipped::named(model).unwrap().text;
    let (text, _) = text.split_once("    costs:").unwrap();
    let text = serde_json::json!({"file": "t.nrn", "text": text.replace(old, new)});
    check_model(&text.to_string(), "mean", training, expected);
}

/// The same of a model as a description holds it.
fn check_model(model: &str, recorder: &str, training: &str, expected: &str) {
    let text = format!(
        r#"{{"name":"a","inputs":1,"recorder":"{recorder}","training":{training},
            "layers":[{{"name":"h","model":{model},"neurons":1,"synapse":{{"range_pA":1}}}}],
            "readout":{{"outputs":1,"synapse":{{"range_pA":1}}}}}}"#
    );
    let found = TrainConfig::of(&Description::parse("a", &text).unwrap());
    let found = found.err().map_or(String::new(), |e| e.to_string());
    assert!(
        found.contains(expected) && found.is_empty() == expected.is_empty(),
        "{found}"
    );
}

const ENERGY: &str = r#"{"objectives":{"energy":{"weight":1}}}"#;
const AREA: &str =
    r#"{"device":[{"parameter":"area","bounds":[1,9]}],"objectives":{"area":{"weight":1}}}"#;

#[test]
fn a_surrogate_that_no_file_sums() {
    let training = r#"{"gradient":"jacobian","surrogate":"boxcar"}"#;
    check_model(r#""alif""#, "jacobian", training, "");
}
#[test]
fn a_refractory_time_that_holds_nothing() {
    let training = r#"{"device":[{"parameter":"t_ref","bounds":[1,9]}]}"#;
    let expected = "`training.device[t_ref].parameter` is a refractory time that holds nothing; allowed: a parameter that \
                    moves a state";
    check_edited("alif", ("holds V", "holds nothing"), training, expected);
}

#[test]
fn costs_that_a_file_declares() {
    check_file("felif", ENERGY, "");
    check_file("felif", AREA, "");
    check_file("vo2", ENERGY, "");
}
#[test]
fn costs_that_no_file_declares() {
    let expected = "`training.objectives.energy` is given; allowed: absent unless the neuron file of layer `h` declares \
                    `spike` or `power` in a block `costs:`";
    check_edited("alif", ("", ""), ENERGY, expected);
    let area =
        r#"{"device":[{"parameter":"C","bounds":[0.1,9]}],"objectives":{"area":{"weight":1}}}"#;
    check_file("lif", area, "declares `area` in a block `costs:`");
}
#[test]
fn an_area_that_no_trained_parameter_of_a_file_changes() {
    let leak =
        r#"{"device":[{"parameter":"g_leak","bounds":[1,90]}],"objectives":{"area":{"weight":1}}}"#;
    check_file(
        "felif",
        leak,
        "a parameter that the area of a neuron file follows",
    );
}
