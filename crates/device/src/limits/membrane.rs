//! Design rules of the membrane: word lengths, the explicit step, field, retention.

use crate::dead_zones::{self, DeadZones};
use crate::{Chip, Felif, Finding, Layer, NeuronProgram, TICK_S, noise};
use bruno_chip::{DeviceCard, Rounding};

/// Field at which thin HfO2 is taken to break down, MV/cm: illustrative, a round figure for films of some 10 nm.
const BREAKDOWN_MV_CM: f64 = 4.0;

/// Share of the breakdown field from which the rule warns: films wear out long before they break.
const FIELD_MARGIN: f64 = 0.5;

/// V/nm in MV/cm.
const MV_CM_BY_V_NM: f64 = 10.0;

/// Length of a sample for which the loss of polarisation is printed, s.
const SAMPLE_S: f64 = 1.0;

pub(super) fn dead_zones(chip: &Chip, layer: &Layer, model: &Felif, v_th: f64) -> Finding {
    let formats = &chip.description.formats;
    let zones = DeadZones::of(layer, model, formats, chip.rounding);
    let mut text = format!(
        "layer `{}`: currents below {:.3} pA do not move V",
        layer.name, zones.current_pa
    );
    if let Some(rate) = zones.rate_per_s {
        text += &format!("; switching below {rate:.2} 1/s does not move p");
    }
    text += &match zones.leak_v {
        Some(volts) => format!(
            "; the leak alone does not move V below {:.2} mV",
            volts * 1e3
        ),
        None => "; the leak moves no V: it is below one LSB everywhere".into(),
    };
    if zones.rest_pa > 0.0 {
        text += &format!(
            "; a synaptic current stops decaying at {:.3} pA",
            zones.rest_pa
        );
    }
    if chip.rounding == Rounding::Stochastic {
        // The variance of a random rounding is f(1-f) of an LSB squared, f its fraction: a quarter at most.
        text += &format!(
            "; rounding at random adds up to {:.3} pA rms a tick of white noise",
            0.5 * dead_zones::current_per_lsb_pa(model, formats)
        );
    }
    // Beyond a quarter of the threshold the neuron no longer forgets what it should.
    let deaf = zones.leak_v.is_none_or(|v| v > 0.25 * v_th);
    let hurts = zones.current_pa > 5.0 || zones.rest_pa > 5.0 || deaf;
    let remedy = "`formats` with more bits, or `rounding` `stochastic`, lower these";
    Finding::judged(hurts, text, remedy)
}

/// A readout has no membrane: what matters is the current at which its decay stops.
pub(super) fn readout_rest(chip: &Chip) -> Option<Finding> {
    let readout = &chip.layers[chip.readout()];
    let formats = &chip.description.formats;
    let rest_pa = dead_zones::rest_pa(readout, formats, chip.rounding);
    (rest_pa > 0.0).then(|| {
        Finding::fine(format!(
            "layer `{}`: a current stops decaying at {rest_pa:.3} pA",
            readout.name
        ))
    })
}

pub(super) fn noise_in_force(chip: &Chip, layer: &Layer, model: &Felif) -> Finding {
    let rms = noise::in_force(&layer.codes, model, &chip.description.formats);
    Finding::fine(format!(
        "layer `{}`: membrane noise of {rms:.3} pA rms a tick, {:.3e} pA/sqrt(Hz)",
        layer.name,
        // A white sequence of step dt has the one-sided density 2 dt rms^2.
        rms * (2.0 * TICK_S).sqrt()
    ))
}

/// Noise of neurons of a file, `rms` in its unit.
pub(super) fn noise_of_file(layer: &Layer, program: &NeuronProgram, rms: f64) -> Finding {
    let model = &program.derived.model;
    let state = &model.states[model.condition.state];
    let unit = &state.unit.0;
    Finding::fine(format!(
        "layer `{}`: noise on `{}` of {rms:.4e} {unit} rms a tick, {:.3e} {unit}/sqrt(Hz) before the equation",
        layer.name,
        state.name,
        rms * (2.0 * TICK_S).sqrt()
    ))
}

/// Share of V per tick above which the leak is no longer a small step: from 1 on V overshoots its rest and rings.
const CALM_LEAK: f64 = 0.5;

pub(super) fn leak(layer: &Layer) -> Option<Finding> {
    let share = layer.codes.leak_share();
    (share > CALM_LEAK).then(|| {
        let text = format!(
            "layer `{}`: the leak takes {share:.3} of V in a tick (above 1 V overshoots and rings, unstable from 2)",
            layer.name
        );
        let remedy = "lower `g_leak_pS` or raise `area_um2`: the membrane's time constant should be many ticks";
        Finding::judged(true, text, remedy)
    })
}

/// Occupation at which as much switches up as down at a membrane voltage (V): the root of `k+ (1-p) = k- p`, found in
/// the logarithm, where no rate overflows.
pub(super) fn equilibrium(model: &Felif, v: f64) -> f64 {
    let (mut low, mut high) = (0.0f64, 1.0f64);
    for _ in 0..60 {
        let p = 0.5 * (low + high);
        let x = model.x_by_v * v - model.x_by_p * p + model.x0;
        if 2.0 * x - model.xc + (1.0 - p).log2() - p.log2() > 0.0 {
            low = p;
        } else {
            high = p;
        }
    }
    low
}

/// The field over the ferroelectric layer, `(eta V - delta (p - p_ref))/t_fe`, at the ends of the membrane's range, for
/// the occupation after a spike or in equilibrium at threshold, whichever makes it larger.
pub(super) fn field(layer: &Layer, model: &Felif, card: &DeviceCard) -> Finding {
    let at = |v: f64, p: f64| {
        let v_fe = model.eta * v - model.delta_v * (p - card.p_ref);
        v_fe.abs() / card.t_fe_nm * MV_CM_BY_V_NM
    };
    let high = equilibrium(model, card.v_th_v);
    let largest = |v: f64| at(v, card.p_reset).max(at(v, high));
    let (threshold, floor) = (largest(card.v_th_v), largest(card.v_floor_v));
    let worst = threshold.max(floor) / BREAKDOWN_MV_CM;
    let text = format!(
        "layer `{}`: the ferroelectric layer sees up to {threshold:.2} MV/cm at threshold and {floor:.2} MV/cm at the floor, \
         {:.0} % of a breakdown field of {BREAKDOWN_MV_CM} MV/cm (illustrative)",
        layer.name,
        100.0 * worst
    );
    let remedy = "lower `v_th_V` or the size of `v_floor_V`, or raise `t_fe_nm`";
    Finding::judged(worst > FIELD_MARGIN, text, remedy)
}

/// Occupation that a membrane held at a voltage (V) reaches in `seconds` from that after a spike: the time of each thousandth
/// of the way to equilibrium, at the flow in its middle.
fn reached(model: &Felif, v: f64, start_p: f64, seconds: f64) -> f64 {
    const STEPS: u32 = 1000;
    let part = (equilibrium(model, v) - start_p) / f64::from(STEPS);
    let mut left_s = seconds;
    for step in 0..STEPS {
        let p = start_p + part * (f64::from(step) + 0.5);
        let (up, down) = model.rates(v, p);
        let flow = up * (1.0 - p) - down * p;
        let takes_s = part / flow;
        if takes_s > left_s {
            return p - 0.5 * part + flow * left_s;
        }
        left_s -= takes_s;
    }
    start_p + part * f64::from(STEPS)
}

/// How long the occupation that a second at threshold leaves lasts at rest: `1/(k+ + k-)` at V = 0.
pub(super) fn retention(chip: &Chip, layer: &Layer, model: &Felif, card: &DeviceCard) -> Finding {
    let p = reached(model, card.v_th_v, card.p_reset, SAMPLE_S);
    let (up, down) = model.rates(0.0, p);
    let rate = up + down;
    let window_s = f64::from(chip.window_ticks) * TICK_S;
    let text = format!(
        "layer `{}`: at rest (V = 0) the occupation after {SAMPLE_S} s at threshold, {p:.2}, lasts {:.1e} s, {:.1e} windows; \
         in {SAMPLE_S} s {:.2} % of it is lost",
        layer.name,
        1.0 / rate,
        1.0 / (rate * window_s),
        -100.0 * (-rate * SAMPLE_S).exp_m1()
    );
    let remedy = "nothing of it outlasts a window: raise `w_b_eV` or the size of `e_off_MV_m`, or shorten `window_ticks`";
    Finding::judged(rate * window_s > 1.0, text, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verdict;
    use crate::limits::check;

    const DEVICE: &str = "\"g_leak_pS\": 20";

    #[test]
    fn a_leak_of_few_ticks() {
        // C = 4 um2 * 63.2 fF/um2 = 253 fF: 0.2 uS takes 0.791 of V in a microsecond.
        let expected = "the leak takes 0.791 of V in a tick";
        check(DEVICE, "\"g_leak_pS\": 2e5", Verdict::Act, expected);
    }
    #[test]
    fn field_of_the_example() {
        // 0.8 V over 9.8 nm.
        let expected = "up to 0.82 MV/cm at threshold and 0.51 MV/cm at the floor, 20 %";
        check("", "", Verdict::Fine, expected);
    }
    #[test]
    fn a_thin_film_breaks() {
        let thin = "\"t_fe_nm\": 2, \"d_e_nm\": 1.5, \"area_um2\"";
        let expected = "up to 4.00 MV/cm at threshold";
        check("\"area_um2\"", thin, Verdict::Act, expected);
    }
    #[test]
    fn in_equilibrium_nothing_flows() {
        for (c_series_f_m2, v) in [(None, 0.3), (Some(0.277), 0.8), (Some(0.277), -0.5)] {
            let card = DeviceCard {
                c_series_f_m2,
                ..DeviceCard::default()
            };
            let model = Felif::new(&card);
            let p = equilibrium(&model, v);
            let (up, down) = model.rates(v, p);
            let flow = up * (1.0 - p) - down * p;
            assert!(flow.abs() < 1e-6 * (up + down), "{p}: {flow} 1/s");
        }
    }
    #[test]
    fn a_second_at_threshold() {
        // Without series layers 830 1/s fills the capacitor; with them each decade of time adds ln 10/48 of it.
        let model = |c_series_f_m2, p_ref| {
            Felif::new(&DeviceCard {
                c_series_f_m2,
                p_ref,
                ..DeviceCard::default()
            })
        };
        let full = reached(&model(None, 0.0), 0.8, 0.0, 1.0);
        assert!(full > 0.999, "{full}");
        let [short, long] =
            [0.1, 1.0].map(|s| reached(&model(Some(0.26955), 0.4068), 0.8, 0.2951, s));
        let decade = long - short;
        assert!((decade - 0.048).abs() < 0.003, "{decade}");
    }
    #[test]
    fn retention_of_the_example() {
        // The barrier back is 1.05 - 0.15 eV: kB T/h exp(-0.9 eV/kB T) = 4.75e-3 1/s.
        let expected = "in 1 s 0.47 % of it is lost";
        check("", "", Verdict::Fine, expected);
    }
    #[test]
    fn a_low_barrier_forgets() {
        let low = "\"w_b_eV\": 0.7, \"v_th_V\": 0.2, \"area_um2\"";
        let from = "\"area_um2\": 4, \"g_leak_pS\": 20, \"v_th_V\": 0.8";
        let to = &format!("{low}: 4");
        check(from, to, Verdict::Act, "nothing of it outlasts a window");
    }
}
