//! What is said of bounds that no chip can have.

use super::*;
use proptest::prelude::*;

fn description(kind: &str, training: &str, device: &str) -> Description {
    let text = format!(
        r#"{{"name":"a","inputs":2,"training":{training},
            "layers":[{{"name":"h","kind":"{kind}","neurons":2,"device":{device},"synapse":{{"range_pA":300}}}}],
            "readout":{{"outputs":1,"synapse":{{"range_pA":100}}}}}}"#
    );
    Description::parse("a", &text).unwrap()
}

fn bounds(parameter: &str, low: f64, high: f64) -> String {
    format!(r#"{{"device":[{{"parameter":"{parameter}","bounds":[{low},{high}]}}]}}"#)
}

/// What is said of these bounds of a parameter.
fn check(kind: &str, (parameter, low, high): (&str, f64, f64), expected: &str) {
    let training = bounds(parameter, low, high);
    let error = TrainConfig::of(&description(kind, &training, "{}")).unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
}

fn check_good(training: &str) {
    TrainConfig::of(&description("felif", training, "{}")).unwrap();
}

#[test]
fn a_refractory_time_beyond_its_register() {
    let expected = "`training.device[refractory].bounds` is 0.001..2000; allowed: up to 1000 ms in layer `h`; at 2000 \
                    `layers[0].device.t_ref_ms` would be 2000 (allowed: 0..1000 ms)";
    check("lif", ("refractory", 0.001, 2000.0), expected);
}
#[test]
fn a_threshold_beyond_the_membrane() {
    let expected = "`training.device[threshold].bounds` is 0.3..5; allowed: up to 2 V in layer `h`";
    check("lif", ("threshold", 0.3, 5.0), expected);
}
#[test]
fn a_threshold_below_the_reset() {
    let training = bounds("threshold", 0.05, 1.0);
    let error =
        TrainConfig::of(&description("lif", &training, r#"{"v_reset_V":0.1}"#)).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("allowed: from 0.1 V in layer `h`"),
        "{error}"
    );
}
#[test]
fn an_area_without_a_coefficient() {
    let expected = "`training.device[area].bounds` is 0.00001..100000; allowed: from 0.0";
    check("lif", ("area", 1e-5, 1e5), expected);
}
#[test]
fn a_leak_beyond_stability() {
    let expected = "`training.device[leak].bounds` is 0.001..1000000; allowed: up to 505800 pS in layer `h`; at 1000000 \
                    `layers[0].device.g_leak_pS` would be 1000000, 3.953 of V in a tick";
    check("lif", ("leak", 1e-3, 1e6), expected);
    check("felif", ("leak", 1e-3, 1e6), expected);
}
#[test]
fn an_area_that_makes_the_membrane_stiff() {
    // 29.6/V times 1024 pA a microsecond over 6.3 fF; a low barrier lets it all switch.
    let low_barrier = r#"{"w_b_eV":0.9}"#;
    let description = description("felif", &bounds("area", 0.1, 5.0), low_barrier);
    let found = TrainConfig::of(&description)
        .unwrap()
        .unstable_ends(&description);
    let expected = "layer `h`: the bounds of `training.device` reach a stiffness of 4.84";
    assert!(
        found.len() == 1 && found[0].text.starts_with(expected),
        "{found:?}"
    );
    assert!(found[0].text.ends_with("with area 0.1 um2"), "{found:?}");
}
/// What is said of a parameter of the layer's file with these bounds.
fn check_file(parameter: &str, low: f64, high: f64, expected: &str) {
    let training = bounds(parameter, low, high);
    let text = format!(
        r#"{{"name":"a","inputs":2,"training":{training},
            "layers":[{{"name":"h","model":"alif","neurons":2,"synapse":{{"range_pA":30}}}}],
            "readout":{{"outputs":1,"synapse":{{"range_pA":100}}}}}}"#
    );
    let description = Description::parse("a", &text).unwrap();
    let found = TrainConfig::of(&description).map_err(|e| e.to_string());
    match expected {
        "" => drop(found.unwrap()),
        _ => assert!(found.clone().unwrap_err().contains(expected), "{found:?}"),
    }
}

#[test]
fn parameters_of_a_file() {
    check_file("tau_b", 20.0, 900.0, "");
    check_file("V_floor", -2.0, -0.5, "");
}
#[test]
fn bounds_beyond_those_of_the_file() {
    let expected = "`training.device[tau_b].bounds` is 20..3000; allowed: up to 1000 ms in layer `h`; at 3000 \
                    `layers[0].parameters.tau_b` would be 3000";
    check_file("tau_b", 20.0, 3000.0, expected);
    check_file("jump", -1.0, 0.4, "allowed: from 0 V in layer `h`");
}
#[test]
fn a_refractory_time_of_no_tick() {
    let expected = "`training.device[t_ref].bounds` is 0..9; allowed: from 0.0005 ms in layer `h`; at 0 `the refractory time` \
                    would be 0 ticks (allowed: 1 tick or more in training)";
    check_file("t_ref", 0.0, 9.0, expected);
    check_file("t_ref", 0.001, 9.0, "");
}
#[test]
fn a_parameter_that_the_file_does_not_have() {
    let expected = "`training.device[leak].parameter` is no parameter of any layer; allowed: C, tau_m, tau_syn, tau_b, \
                    theta_0, jump, V_floor, t_ref in layer `h`";
    check_file("leak", 1.0, 2.0, expected);
}
#[test]
fn bounds_that_leave_the_parameter_out() {
    check_file("C", 2.0, 3.0, "bounds around the card's 1 in layer `h`");
}

#[test]
fn ends_that_do_not_go_together() {
    // Either end alone is stable: a quarter of the area and four times the leak are not.
    let training =
        r#"{"device":[{"parameter":"area","bounds":[1,9]},{"parameter":"leak","bounds":[1,2e5]}]}"#;
    let error = TrainConfig::of(&description("lif", training, "{}")).unwrap_err();
    let expected = "`training.device[..].bounds` is area 1 um2, leak 200000 pS; allowed: ends that a chip can have together";
    assert!(error.to_string().contains(expected), "{error}");
}
#[test]
fn bounds_of_a_working_chip() {
    check_good(&bounds("area", 0.26, 8.0));
    check_good(&bounds("refractory", 0.001, 1000.0));
    check_good(&bounds("threshold", 0.3, 0.82));
}
#[test]
fn levels_beyond_the_adders() {
    let text = r#"{"name":"a","inputs":4000,"formats":{"i_bits":24},"training":{"levels":{"bound":10}},
        "layers":[{"name":"h","kind":"lif","neurons":2,"synapse":{"range_pA":60}}],
        "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;
    let error = TrainConfig::of(&Description::parse("a", text).unwrap()).unwrap_err();
    let expected = "`training.levels.bound` is 10; allowed: less: `synapse levels of layer `h``";
    assert!(error.to_string().contains(expected), "{error}");
}
#[test]
fn four_digits() {
    assert_eq!(rounded(1000.0, true), 1000.0);
    assert_eq!(rounded(0.020_416_7, false), 0.02042);
    assert_eq!(rounded(505_961.0, true), 505_900.0);
    assert_eq!(rounded(0.1, false), 0.1);
}

fn check_fires(training: &str, device: &str, expected: Option<&str>) {
    let description = description("lif", training, device);
    let chip = Chip::resolve("a", &description).unwrap();
    let found = check_reach(&TrainConfig::of(&description).unwrap(), &chip);
    match expected {
        None => found.unwrap(),
        Some(part) => assert!(found.unwrap_err().to_string().contains(part)),
    }
}

#[test]
fn a_threshold_that_nothing_reaches() {
    let leaky = r#"{"g_leak_pS":10000,"v_th_V":1.9}"#;
    check_fires(
        "{}",
        leaky,
        Some("layer `h`: no neuron can ever fire: the threshold of 1.9 V cannot be reached"),
    );
    check_fires(
        &bounds("threshold", 0.5, 1.95),
        leaky,
        Some("1.9 V cannot be reached"),
    );
}
#[test]
fn a_threshold_that_training_may_lower() {
    check_fires(
        &bounds("leak", 1.0, 1.1e4),
        r#"{"g_leak_pS":10000,"v_th_V":1.9}"#,
        None,
    );
    check_fires(
        &bounds("threshold", 0.05, 1.95),
        r#"{"g_leak_pS":10000,"v_th_V":1.9}"#,
        None,
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whatever the settings let through, every chip between the bounds is possible.
    #[test]
    fn between_accepted_bounds_every_chip_is_possible(
        felif in any::<bool>(), area in (-4.0..0.6f64, 0.7..4.0f64), leak in (-3.0..1.0f64, 1.5..7.0f64),
        barrier in (0.5..1.04f64, 1.06..2.0f64), at in [0.0..1.0f64, 0.0..1.0, 0.0..1.0],
    ) {
        let ten = |x: f64| 10f64.powf(x);
        let rows = [("area", ten(area.0), ten(area.1)), ("leak", ten(leak.0), ten(leak.1)), ("barrier", barrier.0, barrier.1)];
        let list: Vec<String> = rows.iter().map(|(p, a, b)| format!(r#"{{"parameter":"{p}","bounds":[{a},{b}]}}"#)).collect();
        let training = format!(r#"{{"device":[{}]}}"#, list.join(","));
        let description = description(if felif { "felif" } else { "lif" }, &training, "{}");
        if let Ok(config) = TrainConfig::of(&description) {
            let owned = devices_of(&config.device, &description.layers[0]);
            let values: Vec<Value> = owned.iter().zip(at)
                .map(|(d, s)| (d, d.0.bounds.0 + s * (d.0.bounds.1 - d.0.bounds.0))).collect();
            prop_assert_eq!(problem(&description, 0, &values), None);
        }
    }
}
