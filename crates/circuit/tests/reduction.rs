//! The reduced model against the full one, and against traces of the published Verilog-A model.

mod reference;

use bruno_chip::DeviceCard;
use bruno_circuit::{
    FecapCard, Method, Reduction, ReductionError, Trace, Waveform, reduce, reduction_error,
    simulate_reduced,
};
use reference::{Table, pulses};

fn card() -> FecapCard {
    FecapCard {
        area: 1e-12,
        ..FecapCard::default()
    }
}

fn reduction(leak_ohm: f64) -> Reduction {
    let neuron = DeviceCard {
        g_leak_ps: 1e12 / leak_ohm,
        ..DeviceCard::default()
    };
    reduce(&card(), 300.15, 0.0, &neuron).unwrap()
}

/// RMS of V within a share of its range.
fn check(name: &str, top_s: f64, leak_ohm: f64, method: Method, share: f64) {
    let Some(table) = Table::read("heracles", name) else {
        return;
    };
    let current = pulses(&table, top_s, 1.0 / leak_ohm);
    let reduction = reduction(leak_ohm);
    let times = table.column("t_s");
    let reduced = simulate_reduced(&reduction.membrane(), &current, &times, method).unwrap();
    let expected = Trace {
        v_v: table.column("v_V"),
        p: table.column("p"),
        ..Trace::default()
    };
    let error = ReductionError::between(&expected, &reduced);
    let full = reduction_error(&card(), &reduction, &current, &times).unwrap();
    eprintln!(
        "{name}: V {:.2e} of its range, p {:.2e} ({method:?}); adaptive, against the full model: {:.2e}, {:.2e}",
        error.v_rms_v / error.v_range_v,
        error.p_rms,
        full.v_rms_v / full.v_range_v,
        full.p_rms
    );
    assert!(error.v_rms_v <= share * error.v_range_v);
}

const ADAPTIVE: Method = Method::Adaptive { tolerance: 1e-8 };

#[test]
fn weak_pulses() {
    check("felif_0.4nA_200us_random.csv", 200e-6, 5e9, ADAPTIVE, 0.025);
}

#[test]
fn weak_pulses_in_ticks() {
    check(
        "felif_0.4nA_200us_random.csv",
        200e-6,
        5e9,
        Method::Tick,
        0.025,
    );
}

#[test]
fn short_strong_pulses() {
    check("felif_2nA_20us_random.csv", 20e-6, 2e9, ADAPTIVE, 0.025);
}

#[test]
fn short_strong_pulses_in_ticks() {
    check("felif_2nA_20us_random.csv", 20e-6, 2e9, Method::Tick, 0.025);
}

/// 3.5 V on the membrane: leakage of the interface layer moves the charge that the reduced model takes as constant.
#[test]
fn long_pulses_beyond_the_reduced_model() {
    check("felif_1nA_1ms_pulses.csv", 1e-3, 5e9, ADAPTIVE, 0.12);
}

#[test]
fn relaxation() {
    check("felif_relaxation.csv", 2e-3, 5e9, ADAPTIVE, 0.025);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

    /// Without leakage and with fixed charges of one size nothing is lost: both models are the same equations.
    #[test]
    fn without_leakage_the_reduction_is_exact(
        t_fe in 6e-9..1.2e-8, t_int in 1e-9..3e-9, w_b in 0.95..1.15, p_s in 0.15..0.35,
        charge in 0.05..0.15f64, e_off in -3e7..3e7, at_v in -0.3..0.3, current in 0.2e-9..1e-9,
    ) {
        let card = FecapCard {
            t_fe,
            t_int,
            w_b,
            p_s,
            e_off,
            q_fix_depl_u: -charge,
            q_fix_depl_d: charge,
            phi_b_int: 5.0,
            phi_b_fe: 5.0,
            phi_tr_fe: 5.0,
            ..card()
        };
        let neuron = DeviceCard { g_leak_ps: 200.0, ..DeviceCard::default() };
        let reduction = reduce(&card, 300.0, at_v, &neuron).unwrap();
        let held = 200e-12 * at_v;
        let points = [(0.0, held), (1e-6, current), (3e-4, current), (3.01e-4, 0.0)];
        let current = Waveform::linear(&points).unwrap();
        let times: Vec<f64> = (0..100).map(|k| f64::from(k) * 1e-5).collect();
        let error = reduction_error(&card, &reduction, &current, &times).unwrap();
        proptest::prop_assert!(error.v_rms_v < 1e-5 && error.p_rms < 1e-5, "{error:?}");
    }
}

#[test]
fn the_published_card_has_the_known_coefficients() {
    let reduction = reduction(5e9);
    let felif = bruno_device::Felif::new(&reduction.card);
    eprintln!("{reduction:?} {felif:?}");
    assert!((felif.eta - 0.81).abs() < 0.005 && (felif.delta_v - 1.62).abs() < 0.03);
}
