//! Neurons of files.

use super::{Case, check, check_attached};
use crate::config::GradientKind;

/// What a spike leaves of an adaptive threshold, kernels beside the input, states that a refractory time does not hold.
#[test]
fn exact_products_of_files() {
    for kind in ["alif", "lif_subtractive"] {
        check(&Case {
            kind,
            gradient: GradientKind::Transition,
            window: 1000,
            cosine: 0.999,
            ratio: 0.05,
        });
    }
}
/// An upstroke that takes a part of a window: its spike is not where the adjoint sees it.
#[test]
fn exact_products_of_an_exponential_spike() {
    check(&Case {
        kind: "adex",
        gradient: GradientKind::Transition,
        window: 1000,
        cosine: 0.98,
        ratio: 0.2,
    });
}
#[test]
fn exact_products_of_files_with_attached_resets() {
    check_attached(&Case {
        kind: "alif",
        gradient: GradientKind::Transition,
        window: 1000,
        cosine: 0.999,
        ratio: 0.05,
    });
}
#[test]
fn means_of_files() {
    for kind in ["alif", "lif_subtractive"] {
        check(&Case {
            kind,
            gradient: GradientKind::Mean,
            window: 1000,
            cosine: 0.97,
            ratio: 0.35,
        });
    }
}
/// The mean of the slope at the state sees what the slope at the mean state does not: an upstroke.
#[test]
fn mean_linearisations_of_an_exponential_spike() {
    check(&Case {
        kind: "adex",
        gradient: GradientKind::Jacobian,
        window: 1000,
        cosine: 0.7,
        ratio: 1.0,
    });
}
