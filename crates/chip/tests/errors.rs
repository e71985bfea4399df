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
