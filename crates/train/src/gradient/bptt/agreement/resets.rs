//! Gradients that see the reset.

use super::{Case, check_attached};
use crate::config::GradientKind;

#[test]
fn attached_resets_of_one_tick_windows_are_exact() {
    check_attached(&Case {
        kind: "felif",
        gradient: GradientKind::Mean,
        window: 1,
        cosine: 0.9999,
        ratio: 0.02,
    });
}
#[test]
fn attached_resets_in_exact_products() {
    check_attached(&Case {
        kind: "felif",
        gradient: GradientKind::Transition,
        window: 1,
        cosine: 0.9999,
        ratio: 0.001,
    });
}
#[test]
fn attached_resets_in_products_of_a_window() {
    check_attached(&Case {
        kind: "lif",
        gradient: GradientKind::Transition,
        window: 1000,
        cosine: 0.99,
        ratio: 0.1,
    });
}
#[test]
fn attached_resets_with_means() {
    check_attached(&Case {
        kind: "felif",
        gradient: GradientKind::Mean,
        window: 1000,
        cosine: 0.99,
        ratio: 0.3,
    });
}
#[test]
fn attached_resets_with_mean_linearisations() {
    check_attached(&Case {
        kind: "felif",
        gradient: GradientKind::Jacobian,
        window: 1000,
        cosine: 0.99,
        ratio: 0.1,
    });
}
