//! Neurons written by hand.

use super::{Case, check, check_with_membrane};
use crate::config::GradientKind;

/// Windows of one tick leave nothing to approximate but the state at which a step is linearised.
#[test]
fn one_tick_windows_are_exact() {
    check(&Case {
        kind: "felif",
        gradient: GradientKind::Mean,
        window: 1,
        cosine: 0.9999,
        ratio: 0.02,
    });
}
#[test]
fn one_tick_windows_are_exact_without_switching() {
    check(&Case {
        kind: "lif",
        gradient: GradientKind::Mean,
        window: 1,
        cosine: 0.9999,
        ratio: 0.02,
    });
}
#[test]
fn means() {
    check(&Case {
        kind: "felif",
        gradient: GradientKind::Mean,
        window: 1000,
        cosine: 0.99,
        ratio: 0.3,
    });
}
#[test]
fn mean_linearisations() {
    check(&Case {
        kind: "felif",
        gradient: GradientKind::Jacobian,
        window: 1000,
        cosine: 0.99,
        ratio: 0.1,
    });
}
/// A fast neuron moves through several widths of the surrogate in one window.
#[test]
fn mean_linearisations_of_fast_neurons() {
    check(&Case {
        kind: "lif",
        gradient: GradientKind::Jacobian,
        window: 1000,
        cosine: 0.99,
        ratio: 0.25,
    });
}
#[test]
fn exact_products() {
    check(&Case {
        kind: "felif",
        gradient: GradientKind::Transition,
        window: 1000,
        cosine: 0.999,
        ratio: 0.1,
    });
}
#[test]
fn exact_products_of_fast_neurons() {
    check(&Case {
        kind: "lif",
        gradient: GradientKind::Transition,
        window: 1000,
        cosine: 0.99,
        ratio: 0.1,
    });
}
#[test]
fn exact_products_of_one_tick() {
    check(&Case {
        kind: "felif",
        gradient: GradientKind::Transition,
        window: 1,
        cosine: 0.9999,
        ratio: 0.001,
    });
}
#[test]
fn checkpoints_change_nothing() {
    check(&Case {
        kind: "felif",
        gradient: GradientKind::Checkpointed,
        window: 1000,
        cosine: 0.999_999,
        ratio: 1e-6,
    });
}
#[test]
fn membranes_in_one_tick_windows_are_exact() {
    check_with_membrane(&Case {
        kind: "felif",
        gradient: GradientKind::Transition,
        window: 1,
        cosine: 0.9999,
        ratio: 0.001,
    });
}
#[test]
fn mean_membranes() {
    check_with_membrane(&Case {
        kind: "felif",
        gradient: GradientKind::Transition,
        window: 1000,
        cosine: 0.99,
        ratio: 0.1,
    });
}
#[test]
fn samples() {
    check(&Case {
        kind: "felif",
        gradient: GradientKind::Sample,
        window: 1000,
        cosine: 0.99,
        ratio: 0.3,
    });
}
/// At 130 Hz a quarter of the ticks is refractory: their held states must not count in the mean.
#[test]
fn means_of_fast_neurons() {
    check(&Case {
        kind: "lif",
        gradient: GradientKind::Mean,
        window: 1000,
        cosine: 0.99,
        ratio: 0.4,
    });
}
/// Sums leave three bits out.
#[test]
fn exact_products_of_twenty_milliseconds() {
    check(&Case {
        kind: "felif",
        gradient: GradientKind::Transition,
        window: 20_000,
        cosine: 0.9,
        ratio: 0.3,
    });
}
