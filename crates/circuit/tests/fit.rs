//! Calibration against loops of the published Verilog-A model: parameters are recovered from a wrong start, or refused.

mod reference;

use Quantity::{Current, Occupation};
use bruno_circuit::fit::{Fit, FitError, Measurement, Observed, Quantity, Settings, fit};
use bruno_circuit::trace::range;
use bruno_circuit::{Drive, FecapCard, Waveform, simulate};
use rand::SeedableRng;
use rand_distr::{Distribution, Normal};
use reference::{Table, pulses};

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

/// Two periods of a triangle at 1 kHz, of which the current is measured with an error (share of its range).
fn simulated(amplitude_v: f64, noise: f64) -> Measurement {
    let corner = |k: u32| {
        let side = if k.is_multiple_of(2) { -1.0 } else { 1.0 };
        (f64::from(k) * 0.5e-3, side * amplitude_v)
    };
    let corners: Vec<(f64, f64)> = (0..=4).map(corner).collect();
    let drive = Drive::Voltage(Waveform::linear(&corners).unwrap());
    let times_s: Vec<f64> = (0..500).map(|k| f64::from(k) * 4e-6).collect();
    let trace = simulate(&card(), 300.15, &drive, &times_s, 1e-8).unwrap();
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(1);
    let error = Normal::new(0.0, noise * range(&trace.i_a)).unwrap();
    let values = trace.i_a.iter().map(|i| i + error.sample(&mut random));
    Measurement {
        name: format!("{amplitude_v} V"),
        times_s,
        drive,
        observed: vec![Observed {
            quantity: Current,
            values: values.collect(),
        }],
    }
}

fn assert_recovered(fit: &Fit) {
    for name in NAMES {
        let (got, truth) = (fit.card.get(name).unwrap(), card().get(name).unwrap());
        assert!(
            (got / truth - 1.0).abs() < 0.1,
            "{name}: {got}, not {truth}"
        );
    }
}

fn check_recovers(name: &str, quantities: &[Quantity], factors: [f64; 4]) {
    let Some(measurement) = measured(name, quantities) else {
        return;
    };
    let fit = fit(&settings(factors), &[measurement]).unwrap();
    eprintln!("{name} {factors:?}\n{fit}");
    assert_recovered(&fit);
}

fn check_refuses(measurement: Measurement, refused: &[&str]) {
    let error = fit(&settings([1.3, 0.7, 1.3, 0.7]), &[measurement]).unwrap_err();
    let FitError::Undetermined { reasons, .. } = error else {
        panic!("{error}");
    };
    eprintln!("{reasons:#?}");
    for name in NAMES {
        let is_refused = reasons.iter().any(|r| r.starts_with(&format!("`{name}`:")));
        assert_eq!(is_refused, refused.contains(&name), "{name}: {reasons:?}");
    }
}

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
fn minor_loop_of_others() {
    if let Some(measurement) = measured("pv_1.2V_1kHz.csv", &[Current]) {
        check_refuses(measurement, &["e_off"]);
    }
}

#[test]
fn minor_loop() {
    check_refuses(simulated(0.6, 0.01), &["p_s", "w_b", "e_off"]);
}

/// A third of a membrane trace, its pulses' edges where they were, of which V is measured.
fn membrane() -> Option<Measurement> {
    let table = Table::read("heracles", "felif_0.4nA_200us_random.csv")?;
    let leak_s = 1.0 / 5e9;
    let waveform = pulses(&table, 200e-6, leak_s);
    let rows = 2000;
    let column = |name: &str| table.column(name)[..rows].to_vec();
    Some(Measurement {
        name: "membrane".into(),
        times_s: column("t_s"),
        drive: Drive::Current { waveform, leak_s },
        observed: vec![Observed {
            quantity: Quantity::Voltage,
            values: column("v_V"),
        }],
    })
}

/// Of the switching parameters a membrane's voltage determines the barrier.
#[test]
fn membrane_voltage() {
    let Some(measurement) = membrane() else {
        return;
    };
    let settings = Settings {
        parameters: vec!["w_b".into()],
        ..settings([1.0, 1.3, 1.0, 1.0])
    };
    let fit = fit(&settings, &[measurement]).unwrap();
    eprintln!("{fit}");
    assert_recovered(&fit);
}

/// With an error in every row the estimates are off by some standard errors, no more.
#[test]
fn standard_errors_are_what_they_say() {
    let fit = fit(&settings([1.3, 0.7, 1.3, 0.7]), &[simulated(2.0, 0.02)]).unwrap();
    eprintln!("{fit}");
    for estimate in &fit.estimates {
        let truth = card().get(&estimate.name).unwrap();
        let errors = (estimate.value - truth) / estimate.standard_error;
        assert!(
            errors.abs() < 4.0,
            "{}: {errors} standard errors",
            estimate.name
        );
    }
    assert!((fit.compared[0].rms / 0.02 - 1.0).abs() < 0.1);
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let measurement = [simulated(2.0, 0.01)];
    let check = |names: &[&str], reason: &str| {
        let settings = Settings {
            parameters: names.iter().map(|n| n.to_string()).collect(),
            ..settings([1.0; 4])
        };
        let error = fit(&settings, &measurement).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    };
    check(&[], "none is given");
    check(&["p_s", "p_s"], "`p_s` is given twice");
    check(&["v_th"], "`v_th` is no parameter of the card");
    check(&["mu_fe", "n_c_fe"], "its effect looks like that of");
    let wrong_area = Settings {
        start: FecapCard {
            area: 1e-10,
            ..card()
        },
        parameters: vec!["e_off".into()],
        ..settings([1.0; 4])
    };
    let text = match fit(&wrong_area, &measurement) {
        Ok(fit) => fit.to_string(),
        Err(error) => error.to_string(),
    };
    assert!(text.contains("of the measured range off"), "{text}");
}
