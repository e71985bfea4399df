//! The full model's solver on cards and drives that nobody chose: it arrives, p stays a probability, and a tighter tolerance
//! changes little.

use bruno_circuit::trace::rms;
use bruno_circuit::{Drive, FecapCard, Waveform, simulate};
use proptest::prelude::*;

/// Cards around the published one, two decades of area.
fn cards() -> impl Strategy<Value = FecapCard> {
    let shape = (5e-9..2e-8, 8e-10..4e-9, 30.0..90.0, 30.0..150.0);
    let switching = (0.6..1.4, 3e-9..1.2e-8, -6e7..6e7, 0.05..0.5);
    let rest = (1e-13..1e-11, 5e27..3e28, 0.02..0.2f64, 0.4..2.0);
    (shape, switching, rest).prop_map(|(shape, switching, rest)| FecapCard {
        t_fe: shape.0,
        t_int: shape.1,
        eps_fe: shape.2,
        eps_int: shape.3,
        w_b: switching.0,
        d_e: switching.1,
        e_off: switching.2,
        p_s: switching.3,
        area: rest.0,
        n_depl: rest.1,
        q_fix_depl_u: -rest.2,
        q_fix_depl_d: 0.8 * rest.2,
        phi_b_int: rest.3,
        ..FecapCard::default()
    })
}

/// Straight lines between values of up to +-`peak`, over 0.1 us to 1 ms each.
fn waveforms(peak: f64) -> impl Strategy<Value = Waveform> {
    let corner = (-7.0..-3.0f64, -1.0..1.0f64);
    prop::collection::vec(corner, 2..8).prop_map(move |corners| {
        let mut t_s = 0.0;
        let point = |(decade, share): (f64, f64)| {
            t_s += 10f64.powf(decade);
            (t_s, peak * share)
        };
        Waveform::linear(&corners.into_iter().map(point).collect::<Vec<_>>()).unwrap()
    })
}

fn check(card: &FecapCard, temperature_k: f64, drive: &Drive) -> Result<(), TestCaseError> {
    let times: Vec<f64> = (0..60).map(|k| f64::from(k) * 5e-5).collect();
    let run = |tolerance| simulate(card, temperature_k, drive, &times, tolerance).unwrap();
    let (coarse, fine) = (run(1e-6), run(1e-8));
    prop_assert!(fine.p.iter().all(|p| (-1e-6..=1.0 + 1e-6).contains(p)));
    let (v, p) = (rms(&coarse.v_v, &fine.v_v), rms(&coarse.p, &fine.p));
    prop_assert!(v < 1e-3 && p < 1e-3, "V {v:e} V, p {p:e}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn voltage_drives(card in cards(), kelvin in 200.0..450.0, waveform in waveforms(4.0)) {
        check(&card, kelvin, &Drive::Voltage(waveform))?;
    }

    #[test]
    fn current_drives(card in cards(), kelvin in 200.0..450.0, share in waveforms(1e-9)) {
        check(&card, kelvin, &Drive::Current { waveform: share, leak_s: 2e-10 })?;
    }
}
