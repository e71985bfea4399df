//! Programs of the shipped models: what is derived, and that no value leaves its interval.

use bruno_model::{Derived, Lanes, Shipped};
use proptest::prelude::*;

fn derived(name: &str) -> Derived {
    let model = Shipped::named(name).unwrap().read().unwrap_or_else(|e| panic!("{e}"));
    Derived::new(&model).unwrap_or_else(|e| panic!("{e}"))
}

fn check(name: &str) {
    insta::assert_snapshot!(name, derived(name).text());
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
