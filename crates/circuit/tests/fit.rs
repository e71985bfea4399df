//! Calibration against loops of the published Verilog-A model: parameters are recovered from a wrong start, or refused.

mod reference;

use Quantity::{Current, Occupation};
use bruno_circuit::fit::{Columns, Fit, FitError, Measurement, Observed, Quantity, Settings, fit};
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
    let mut measurement = Measurement::read(&path, None, &Columns::default()).unwrap();
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
        notes: Vec::new(),
    }
}

/// Pulses up, up, down, down of 2 V and 0.1 ms (PUND), as an instrument writes them: times in ms, polarisation per area from
/// a zero of its own.
fn pund(header: &str, factor: f64) -> String {
    let corners = [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16].map(|k| f64::from(k) * 0.1e-3);
    let volts = [0, 2, 2, 0, 2, 2, 0, -2, -2, 0, -2, -2, 0].map(f64::from);
    let points: Vec<(f64, f64)> = corners.into_iter().zip(volts).collect();
    let drive = Drive::Voltage(Waveform::linear(&points).unwrap());
    let times_s: Vec<f64> = (0..400).map(|k| f64::from(k) * 4e-6).collect();
    let trace = simulate(&card(), 300.15, &drive, &times_s, 1e-8).unwrap();
    let rows = (0..times_s.len()).map(|k| {
        let charge = factor * trace.q_c[k] + 7.0;
        format!("{:e}\t{:e}\t{charge:e}\n", 1e3 * times_s[k], trace.v_v[k])
    });
    let preamble = "Instrument: a tester\nSample: 1 um2\n\n";
    format!("{preamble}{header}\n{}", rows.collect::<String>())
}

fn read_pund(header: &str, factor: f64, area_m2: Option<f64>) -> Result<Measurement, FitError> {
    let columns = Columns {
        area_m2,
        ..Columns::default()
    };
    Measurement::from("pund.txt", pund(header, factor).as_bytes(), None, &columns)
}

const UC_CM2: &str = "Time (ms)\tVoltage (V)\tPolarization (uC/cm2)";

#[test]
fn polarisation_of_an_instrument() {
    // C of 1e-12 m2 in uC/cm2.
    let measurement = read_pund(UC_CM2, 1e14, Some(1e-12)).unwrap();
    // One amplitude tells `d_e` from `w_b` to 6 %: it is given.
    let settings = of(&["p_s", "w_b", "e_off"], settings([1.3, 0.8, 1.0, 0.8]));
    let fit = fit(&settings, &[measurement]).unwrap();
    assert_recovered(&fit);
    assert!(fit.notes.is_empty(), "{:?}", fit.notes);
}

#[test]
fn a_unit_that_is_off_by_a_prefix_is_noted() {
    let header = "Time (ms)\tVoltage (V)\tCharge (nC)";
    let measurement = read_pund(header, 1e12, None).unwrap();
    let found = fit(&of(&["p_s"], settings([1.0; 4])), &[measurement]);
    let notes = match found {
        Ok(fit) => fit.notes,
        Err(FitError::Undetermined { notes, .. }) => notes,
        Err(other) => panic!("{other}"),
    };
    assert!(
        notes.len() == 1 && notes[0].contains("is its unit off by 1e3"),
        "{notes:?}"
    );
}

#[test]
fn a_column_per_area_asks_for_the_area() {
    let error = read_pund(UC_CM2, 1e14, None).unwrap_err().to_string();
    assert!(
        error.contains("`Polarization (uC/cm2)` is per area: give the electrode's by --area-um2"),
        "{error}"
    );
}

/// The same, of these parameters alone.
fn of(parameters: &[&str], settings: Settings) -> Settings {
    Settings {
        parameters: parameters.iter().map(|name| name.to_string()).collect(),
        ..settings
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
        notes: Vec::new(),
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
