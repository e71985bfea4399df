//! Currents that are often clamped.

use super::{Case, check_clamped};
use crate::config::GradientKind;

#[test]
fn clamped_currents_with_means() {
    check_clamped(
        &Case {
            kind: "felif",
            gradient: GradientKind::Mean,
            window: 1000,
            cosine: 0.98,
            ratio: 0.3,
        },
        300,
    );
}
#[test]
fn clamped_currents_in_exact_products() {
    check_clamped(
        &Case {
            kind: "felif",
            gradient: GradientKind::Transition,
            window: 1000,
            cosine: 0.99,
            ratio: 0.1,
        },
        300,
    );
}
#[test]
fn clamped_currents_in_one_tick_windows() {
    check_clamped(
        &Case {
            kind: "felif",
            gradient: GradientKind::Transition,
            window: 1,
            cosine: 0.9999,
            ratio: 0.002,
        },
        300,
    );
}
