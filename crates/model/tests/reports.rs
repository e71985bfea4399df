//! What is derived from the shipped models, as `bruno model check` prints it.

use bruno_model::{Derived, Model, Shipped, Verdict};

fn check(name: &str) {
    let model = Shipped::named(name).unwrap().read().unwrap();
    let report = Derived::new(&model).unwrap().report();
    insta::assert_snapshot!(name, report.to_string());
}

#[test]
fn felif() {
    check("felif");
}
#[test]
fn lif() {
    check("lif");
}
#[test]
fn lif_subtractive() {
    check("lif_subtractive");
}
#[test]
fn alif() {
    check("alif");
}
#[test]
fn izhikevich() {
    check("izhikevich");
}
#[test]
fn adex() {
    check("adex");
}
#[test]
fn vo2() {
    check("vo2");
}

/// A shipped model with one piece of its text replaced is warned of.
fn check_warning(name: &str, old: &str, new: &str, expected: &str) {
    let text = Shipped::named(name).unwrap().text;
    assert!(text.contains(old), "{old}");
    let model = Model::read("other.nrn", &text.replace(old, new)).unwrap_or_else(|e| panic!("{e}"));
    let report = Derived::new(&model)
        .unwrap_or_else(|e| panic!("{e}"))
        .report();
    let warnings = report.findings.iter().filter(|f| f.verdict == Verdict::Act);
    let warnings: Vec<&str> = warnings.map(|f| f.text.as_str()).collect();
    assert!(
        warnings.iter().any(|w| w.contains(expected)),
        "{warnings:?}"
    );
}

#[test]
fn a_parabola_by_its_terms() {
    check_warning(
        "izhikevich",
        "0.04 * (V + 82.655644 mV) * (V + 42.344356 mV) / (mV * ms)",
        "0.04 * V * V / (mV * ms) + 5 * V / ms + 140 mV / ms",
        "nearly cancel",
    );
}
#[test]
fn a_step_that_is_too_long() {
    check_warning(
        "lif_subtractive",
        "tau_m   ms = 20 ms              from [0.001 ms",
        "tau_m   ms = 0.0009 ms              from [0.0005 ms",
        "unstable from 2",
    );
}
#[test]
fn defaults_that_do_not_fit() {
    check_warning(
        "lif",
        "C       pF = 0.253 pF           from [0.001 pF",
        "C       pF = 0.00001 pF           from [0.00001 pF",
        "the defaults do not fit: the coefficient `in`",
    );
}
#[test]
fn a_threshold_out_of_reach() {
    check_warning(
        "lif",
        "V_th    V  = 0.8 V",
        "V_th    V  = 2 V",
        "never fires",
    );
}
