//! Calibration against loops of the published Verilog-A model: parameters are recovered from a wrong start, or refused.

mod reference;

use bruno_circuit::FecapCard;
use bruno_circuit::fit::{FitError, Measurement, Quantity, Settings, fit};

const NAMES: [&str; 4] = ["p_s", "w_b", "d_e", "e_off"];

fn card() -> FecapCard {
    FecapCard {
        area: 1e-12,
        ..FecapCard::default()
    }
}

/// The card with its parameters off by these factors.
fn settings(factors: [f64; 4]) -> Settings {
    let mut start = card();
    for (name, factor) in NAMES.iter().zip(factors) {
        *start.get_mut(name).unwrap() *= factor;
    }
    Settings {
        start,
        parameters: NAMES.map(String::from).to_vec(),
        temperature_k: 300.15,
        noise: 0.01,
        largest_error: 0.05,
    }
}

fn measured(name: &str, quantities: &[Quantity]) -> Option<Measurement> {
    let path = reference::path("heracles", name)?;
    let mut measurement = Measurement::read(&path, None).unwrap();
    measurement
        .observed
        .retain(|o| quantities.contains(&o.quantity));
    Some(measurement)
}

fn check_recovers(name: &str, quantities: &[Quantity], factors: [f64; 4]) {
    let Some(measurement) = measured(name, quantities) else {
        return;
    };
    let fit = fit(&settings(factors), &[measurement]).unwrap();
    eprintln!("{name} {factors:?}\n{fit}");
    for name in NAMES {
        let (got, truth) = (fit.card.get(name).unwrap(), card().get(name).unwrap());
        assert!(
            (got / truth - 1.0).abs() < 0.1,
            "{name}: {got}, not {truth}"
        );
    }
}

fn check_refuses(name: &str, quantities: &[Quantity], refused: &[&str]) {
    let Some(measurement) = measured(name, quantities) else {
        return;
    };
    let Err(FitError::Undetermined(reasons)) = fit(&settings([1.3, 0.7, 1.3, 0.7]), &[measurement])
    else {
        panic!("{name} must not determine {refused:?}");
    };
    eprintln!("{name}: {reasons:#?}");
    for name in NAMES {
        let is_refused = reasons.iter().any(|r| r.contains(&format!("`{name}`:")));
        assert_eq!(is_refused, refused.contains(&name), "{name}: {reasons:?}");
    }
}

use Quantity::{Current, Occupation};

#[test]
fn loop_with_current_and_occupation() {
    check_recovers(
        "pv_2V_1kHz.csv",
        &[Current, Occupation],
        [1.3, 0.7, 1.3, 0.7],
    );
}

#[test]
fn loop_with_current_alone() {
    check_recovers("pv_2V_1kHz.csv", &[Current], [0.7, 1.3, 0.7, 1.3]);
}

#[test]
fn large_loop() {
    check_recovers("pv_3V_1kHz.csv", &[Current], [1.3, 1.3, 0.7, 0.7]);
}

#[test]
fn minor_loop() {
    check_refuses("pv_1.2V_1kHz.csv", &[Current], &["e_off"]);
}
