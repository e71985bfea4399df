//! What a user reads for a bad description: file, field, value, allowed range, remedy.

use bruno_chip::Description;

const GOOD: &str = include_str!("../../../examples/braille.json");

/// The error of the reference chip with one piece of text replaced.
fn check(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "the example has no `{from}`");
    let text = GOOD.replacen(from, to, 1);
    Description::parse("braille.json", &text)
        .expect_err("must be refused")
        .to_string()
}

#[test]
fn good() {
    Description::parse("braille.json", GOOD).unwrap();
}
#[test]
fn area() {
    insta::assert_snapshot!(check("\"area_um2\": 4", "\"area_um2\": -4"));
}
#[test]
fn bits() {
    insta::assert_snapshot!(check("\"bits\": 3", "\"bits\": 9"));
}
#[test]
fn unknown_field() {
    insta::assert_snapshot!(check("\"g_leak_pS\"", "\"g_leak_nS\""));
}
#[test]
fn mistyped() {
    insta::assert_snapshot!(check("\"neurons\": 32", "\"neurons\": \"many\""));
}
#[test]
fn reserved_name() {
    insta::assert_snapshot!(check("\"name\": \"braille\"", "\"name\": \"table\""));
}
#[test]
fn something_behind_the_description() {
    let text = format!("{GOOD} [");
    let error = Description::parse("braille.json", &text).unwrap_err();
    assert!(
        error.to_string().contains("more than one JSON value"),
        "{error}"
    );
}
#[test]
fn more_synapses_than_memory() {
    let wide =
        r#"{"name":"NAME","kind":"lif","neurons":4096,"recurrent":true,"synapse":{"range_pA":1}}"#;
    let layers = |n: usize| {
        let named = (0..n).map(|k| wide.replace("NAME", &format!("l{k}")));
        named.collect::<Vec<_>>().join(",")
    };
    let chip = |n: usize| {
        let readout = r#""readout":{"outputs":20,"synapse":{"range_pA":1}}"#;
        format!(
            r#"{{"name":"wide","inputs":1024,"layers":[{}],{readout}}}"#,
            layers(n)
        )
    };
    Description::parse("wide.json", &chip(1)).unwrap();
    let error = Description::parse("wide.json", &chip(5)).unwrap_err();
    insta::assert_snapshot!(error.to_string());
}
/// Inside of another file a description is checked as it is alone.
#[test]
fn inside_of_another_file() {
    let text = |name: &str| format!("[{}]", GOOD.replacen("\"braille\"", name, 1));
    let read = |name: &str| serde_json::from_str::<Vec<Description>>(&text(name));
    assert_eq!(read("\"b\"").unwrap()[0].name, "b");
    insta::assert_snapshot!(read("\"../../x\"").unwrap_err().to_string());
}
#[test]
fn two_level_tables() {
    insta::assert_snapshot!(check(
        "\"range_pA\": 300",
        "\"range_pA\": 300, \"levels_pA\": [1]"
    ));
}
#[test]
fn several_at_once() {
    insta::assert_snapshot!(check(
        "\"v_th_V\": 0.8, \"t_ref_ms\": 2",
        "\"v_th_V\": 9, \"t_ref_ms\": -2"
    ));
}
#[test]
fn noise_needs_guard_bits() {
    let text = GOOD
        .replace("\"felif\"", "\"lif\"")
        .replace("\"area_um2\": 4", "\"noise_pA_rms\": 4")
        .replace(
            "\"inputs\": 24",
            "\"inputs\": 24, \"rounding\": \"truncate\"",
        );
    let error = Description::parse("braille.json", &text).unwrap_err();
    insta::assert_snapshot!(error.to_string());
}

/// Word lengths that a description does not state follow from its rounding.
fn check_bits(from: &str, to: &str, bits: [u32; 3]) {
    let text = GOOD.replacen(from, to, 1);
    let f = Description::parse("braille.json", &text).unwrap().formats;
    assert_eq!([f.v_bits, f.p_bits, f.i_bits], bits);
}

#[test]
fn bits_of_nearest() {
    check_bits("", "", [20, 20, 24]);
}
#[test]
fn bits_of_stochastic() {
    check_bits(
        "\"inputs\"",
        "\"rounding\": \"stochastic\", \"inputs\"",
        [18, 16, 20],
    );
}
#[test]
fn stated_bits_of_stochastic() {
    let given = "\"rounding\": \"stochastic\", \"formats\": {\"p_bits\": 20}, \"inputs\"";
    check_bits("\"inputs\"", given, [18, 20, 20]);
}
#[test]
fn felif_truncates_badly() {
    insta::assert_snapshot!(check(
        "\"inputs\": 24",
        "\"inputs\": 24, \"rounding\": \"truncate\""
    ));
}
#[test]
fn unknown_interface() {
    insta::assert_snapshot!(check(
        "\"inputs\": 24",
        "\"inputs\": 24, \"interfaces\": { \"config\": \"i2c\" }"
    ));
}
#[test]
fn clock_of_the_shell() {
    insta::assert_snapshot!(check(
        "\"inputs\": 24",
        "\"inputs\": 24, \"interfaces\": { \"spikes\": \"aer\", \"clock_mhz\": 0 }"
    ));
}
#[test]
fn name_of_a_wrapper() {
    insta::assert_snapshot!(check(
        "\"name\": \"braille\"",
        "\"name\": \"bruno_fifo\", \"interfaces\": { \"config\": \"spi\" }"
    ));
}
#[test]
fn weights_beyond_axi4_lite() {
    insta::assert_snapshot!(check(
        "\"inputs\": 24,\n  \"layers\": [\n    {\n      \"name\": \"hidden\",\n      \"kind\": \"felif\",\n      \"neurons\": 32",
        "\"inputs\": 4096, \"interfaces\": { \"config\": \"axi4-lite\" }, \"layers\": [ { \"name\": \"hidden\", \"kind\": \"felif\", \"neurons\": 4096"
    ));
}
#[test]
fn fold_of_three() {
    insta::assert_snapshot!(check("\"inputs\": 24", "\"inputs\": 24, \"fold\": 3"));
}

/// The error of the reference chip whose input synapses have these RRAM devices.
fn check_rram(rram: &str) -> String {
    let to = format!("\"range_pA\": 300, \"rram\": {rram}");
    check("\"range_pA\": 300", &to)
}

#[test]
fn an_unknown_preset() {
    insta::assert_snapshot!(check_rram("\"wan1822\""));
}
#[test]
fn rram_values_out_of_range() {
    insta::assert_snapshot!(check_rram(
        "{ \"preset\": \"illustrative\", \"hrs_uS\": 100, \"states\": 1, \"stuck\": { \"hrs_probability\": 0.7, \"lrs_probability\": 0.4 } }"
    ));
}
#[test]
fn a_range_and_a_ratio() {
    insta::assert_snapshot!(check_rram(
        "{ \"preset\": \"wan2022\", \"current_ratio\": 1e-5 }"
    ));
}
#[test]
fn a_spread_that_no_register_holds() {
    insta::assert_snapshot!(check(
        "\"recurrent\": true,",
        "\"recurrent\": true, \"variability\": { \"die\": { \"p_s\": 0.1 }, \"device\": { \"p_s\": 0.1 } },"
    ));
}

#[test]
fn null_switches_an_effect_of_a_preset_off() {
    let text = GOOD.replacen(
        "\"range_pA\": 300",
        "\"range_pA\": 300, \"rram\": { \"preset\": \"illustrative\", \"drift\": null, \"states\": 4 }",
        1,
    );
    let description = Description::parse("braille.json", &text).unwrap();
    let rram = description.layers[0].synapse.rram.clone().unwrap();
    assert!(rram.drift.is_none() && rram.stuck.is_some());
    assert_eq!(rram.states, Some(4));
    // What was read is written out in full, and reads back.
    let written = serde_json::to_string(&description).unwrap();
    assert_eq!(Description::parse("again", &written).unwrap(), description);
}
