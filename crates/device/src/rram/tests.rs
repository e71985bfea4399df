//! Each effect alone, against its own formula.

use super::*;
use proptest::prelude::*;

/// A synapse of 3 bits over +-300 pA with devices from 1 to 41 uS read at 0.2 V, and these further fields.
fn synapse(rram: &str) -> Synapse {
    let text = format!(
        r#"{{"bits":3,"range_pA":300,"rram":{{"lrs_uS":41,"hrs_uS":1,"read_V":0.2{rram}}}}}"#
    );
    serde_json::from_str(&text).unwrap()
}

const DRAWS: Draws = Draws { seed: 5, chip: 2 };
const PLACE: Place = Place {
    layer: 1,
    recurrent: false,
};
const MANY: usize = 4000;

/// Conductances of many synapses programmed to one code.
fn programmed(rram: &str, code: u8) -> Programmed {
    let synapse = synapse(rram);
    let array = Array::of(&synapse).unwrap();
    array.program(&[code; MANY], DRAWS, PLACE)
}

/// Mean and deviation of the first devices.
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let square = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
    (mean, square.sqrt())
}

/// Mean and deviation of `G+` (uS), whose target at code 7 is 41 uS; the deviation within 5 %.
fn check(rram: &str, mean: f64, deviation: f64) {
    let plus: Vec<f64> = programmed(rram, 7).devices.iter().map(|d| d[0]).collect();
    let (m, d) = moments(&plus);
    let error = deviation / (MANY as f64).sqrt();
    assert!((m - mean).abs() <= 4.0 * error + 1e-9, "mean {m}");
    assert!(
        (d - deviation).abs() <= 0.05 * deviation + 1e-9,
        "deviation {d}"
    );
}

#[test]
fn nothing() {
    check("", 41.0, 0.0);
}
#[test]
fn programming() {
    // 0.5 + 1.0 at the target, which is LRS.
    check(r#","programming":{"sigma_uS":[0.5,1.0]}"#, 41.0, 1.5);
}
#[test]
fn drift() {
    let mean = 41.0 * 1e4f64.powf(-0.02);
    check(r#","drift":{"nu":0.02,"time_s":1e4}"#, mean, 0.0);
}
#[test]
fn drift_that_spreads() {
    // To first order G ln(t) sigma; the mean moves by half its square.
    let relative = 1e2f64.ln() * 0.002;
    let mean = 41.0 * (1.0 + 0.5 * relative * relative);
    check(
        r#","drift":{"nu":0,"nu_sigma":0.002,"time_s":100}"#,
        mean,
        41.0 * relative,
    );
}
#[test]
fn drift_has_not_begun() {
    check(
        r#","drift":{"nu":0.5,"nu_sigma":0.5,"time_s":1}"#,
        41.0,
        0.0,
    );
}
#[test]
fn stuck_at_hrs() {
    // A Bernoulli number: 41 uS with 0.8, 1 uS with 0.2.
    check(r#","stuck":{"hrs_probability":0.2}"#, 33.0, 16.0);
}
#[test]
fn stuck_are_counted() {
    let found = programmed(
        r#","stuck":{"hrs_probability":0.1,"lrs_probability":0.2}"#,
        0,
    );
    let at = |g: f64| found.devices.iter().flatten().filter(|d| **d == g).count();
    // Code 0 wants G+ at 1 uS and G- at 41 uS.
    let share = found.stuck as f64 / (2 * MANY) as f64;
    assert!((share - 0.3).abs() < 0.02, "{share}");
    assert_eq!(at(1.0) + at(41.0), 2 * MANY);
}
#[test]
fn read_noise_in_every_sample_anew() {
    let synapse = synapse(r#","read_noise":{"sigma":0.01}"#);
    let array = Array::of(&synapse).unwrap();
    let programmed = array.program(&[7; MANY], DRAWS, PLACE);
    let read = |sample| -> Vec<f64> {
        let reads = array.read(&programmed, DRAWS, PLACE, sample);
        reads.iter().map(|r| r.pa).collect()
    };
    // 41 and 1 uS, each by 1 %, at 300 pA for 40 uS.
    let expected = 0.01 * 41f64.hypot(1.0) * 300.0 / 40.0;
    let (_, deviation) = moments(&read(3));
    assert!((deviation / expected - 1.0).abs() < 0.05, "{deviation}");
    assert_eq!(read(3), read(3));
    assert_ne!(read(3), read(4));
}
#[test]
fn a_die_shares_its_factor() {
    let found = programmed(r#","die":{"sigma":0.1}"#, 7);
    let (mean, deviation) = moments(&found.devices.iter().map(|d| d[0]).collect::<Vec<_>>());
    assert!(deviation < 1e-9 && (mean - 41.0).abs() > 1e-3);
}
#[test]
fn effects_do_not_change_each_others_draws() {
    let error = r#","programming":{"sigma_uS":[1]}"#;
    let alone = programmed(error, 7).devices;
    let with = programmed(&format!(r#"{error},"stuck":{{"hrs_probability":0.5}}"#), 7).devices;
    let same = alone
        .iter()
        .zip(&with)
        .filter(|(a, b)| a[0] == b[0])
        .count();
    let healthy = with.iter().filter(|d| d[0] != 1.0).count();
    assert_eq!(same, healthy);
    assert!((0.4..0.6).contains(&(healthy as f64 / MANY as f64)));
}

/// A synapse's slope by its level against a central difference with the same draws; the largest level stays.
fn follows(rram: &str, level: f64) {
    let reads = |level: f64| {
        let mut synapse = synapse(rram);
        synapse.bits = 2;
        synapse.levels_pa = Some(vec![-300.0, -299.0, level, 300.0]);
        let array = Array::of(&synapse).unwrap();
        let programmed = array.program(&[2; MANY], DRAWS, PLACE);
        array.read(&programmed, DRAWS, PLACE, 7)
    };
    let h = 1e-4;
    for ((below, at), above) in reads(level - h)
        .iter()
        .zip(reads(level))
        .zip(reads(level + h))
    {
        let difference = (above.pa - below.pa) / (2.0 * h);
        assert!((at.slope - difference).abs() < 1e-6, "{at:?} {difference}");
    }
}

const EVERY_EFFECT: &str = r#","programming":{"sigma_uS":[1]},"read_noise":{"sigma":0.1},"die":{"sigma":0.1},
    "drift":{"nu":0.01,"nu_sigma":0.005,"time_s":1e4},"stuck":{"hrs_probability":0.1,"lrs_probability":0.1}"#;

#[test]
fn a_positive_level_is_followed() {
    follows(EVERY_EFFECT, 40.0);
}
#[test]
fn a_negative_level_is_followed() {
    follows(EVERY_EFFECT, -40.0);
}
#[test]
fn a_single_device_is_followed() {
    follows(&format!(r#"{EVERY_EFFECT},"mapping":"single""#), -40.0);
}

/// The targets of a code, uS.
fn targets(rram: &str, code: usize, expected: [f64; 2]) {
    let synapse = synapse(rram);
    let found = Array::of(&synapse).unwrap().targets_us(code);
    let near = (0..2).all(|k| (found[k] - expected[k]).abs() < 1e-9);
    assert!(near, "{found:?}");
}

#[test]
fn a_positive_level_of_a_pair() {
    targets("", 5, [1.0 + 40.0 * 3.0 / 7.0, 1.0]);
}
#[test]
fn a_negative_level_of_a_pair() {
    targets("", 0, [1.0, 41.0]);
}
#[test]
fn a_single_device() {
    let single = r#","mapping":"single""#;
    targets(single, 0, [1.0, 21.0]);
    targets(single, 7, [41.0, 21.0]);
    targets(single, 5, [21.0 + 20.0 * 3.0 / 7.0, 21.0]);
}
#[test]
fn four_states() {
    // 1/7 rounds to 0, 3/7 to 1/3, 5/7 to 2/3.
    let table: Vec<f64> = levels_pa(&synapse(r#","states":4"#));
    let expected = [-300.0, -200.0, -100.0, 0.0, 0.0, 100.0, 200.0, 300.0];
    let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-9;
    assert!(table.iter().zip(&expected).all(near), "{table:?}");
}
#[test]
fn a_ratio_instead_of_a_range() {
    let mut by_ratio = synapse(r#","current_ratio":1e-5"#);
    by_ratio.range_pa = None;
    // 40 uS at 0.2 V are 8 uA.
    let top = levels_pa(&by_ratio)[7];
    assert!((top - 80.0).abs() < 1e-9, "{top}");
}

proptest! {
    #[test]
    fn without_effects_the_devices_give_the_ideal_table(
        range in 1.0f64..1e4, hrs in 0.0f64..10.0, span in 0.1f64..100.0, single: bool,
    ) {
        let mut synapse = synapse("");
        synapse.range_pa = Some(range);
        let rram = synapse.rram.as_mut().unwrap();
        (rram.hrs_us, rram.lrs_us) = (hrs, hrs + span);
        rram.mapping = if single { Mapping::Single } else { Mapping::Differential };
        let table = levels_pa(&synapse);
        for (code, level) in table.iter().enumerate() {
            let even = range * (2.0 * code as f64 / 7.0 - 1.0);
            prop_assert!((level - even).abs() < 1e-9 * range);
        }
        let array = Array::of(&synapse).unwrap();
        let codes: Vec<u8> = (0..8).collect();
        let programmed = array.program(&codes, DRAWS, PLACE);
        let reads = array.read(&programmed, DRAWS, PLACE, 0);
        prop_assert!(reads.iter().all(|r| r.slope == 1.0));
        prop_assert_eq!(reads.iter().map(|r| r.pa).collect::<Vec<_>>(), table);
    }
}
