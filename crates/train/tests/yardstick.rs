//! The coarse adjoint against exact backpropagation through every microsecond of a float model with the same surrogate
//! (reset detached): cosine and norm ratio by parameter group.

use bruno_chip::{Description, DeviceCard};
use bruno_device::{Chip, Felif, TICK_S};
use bruno_sim::{LayerTrace, Spike, Stimulus, Trace};
use bruno_train::{Demand, Parameters, TrainConfig, backward};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const INPUTS: usize = 12;
const NEURONS: usize = 16;
const OUTPUTS: usize = 3;
const K: usize = 1000;
const PA: f64 = 1e-12;

fn description(gradient: &str, device: &str) -> Description {
    let text = format!(
        r#"{{"name":"yard","inputs":{INPUTS},"layers":[{{"name":"hidden","kind":"felif","neurons":{NEURONS},"recurrent":true,
            "synapse":{{"bits":8,"range_pA":300}},"recurrent_synapse":{{"bits":8,"range_pA":60}}}}],
            "readout":{{"outputs":{OUTPUTS},"synapse":{{"bits":8,"range_pA":100}}}},
            "training":{{"gradient":"{gradient}","device":[{device}]}}}}"#
    );
    Description::parse("yard", &text).unwrap()
}

/// Float weights, pA, and decays of the network.
struct Net {
    model: Felif,
    card: DeviceCard,
    input: Vec<f64>,
    recurrent: Vec<f64>,
    readout: Vec<f64>,
    alpha: f64,
    alpha_y: f64,
    surrogate_s: f64,
    width: f64,
}

/// What the forward pass keeps of one tick and neuron.
#[derive(Clone, Copy, Default)]
struct Tick {
    v_old: f64,
    p_old: f64,
    /// New membrane before the reset; NaN while refractory.
    v_new: f64,
    spike: bool,
}

struct Run {
    ticks: Vec<Tick>,
    trace: Trace,
}

impl Net {
    fn new(chip: &Chip, parameters: &Parameters, config: &TrainConfig) -> Self {
        let wide = |w: Vec<f32>| w.into_iter().map(f64::from).collect();
        let layer = &parameters.layers[0];
        Self {
            model: Felif::new(&chip.description.layers[0].device),
            card: chip.description.layers[0].device.clone(),
            input: wide(layer.input.weights_pa(&parameters.values)),
            recurrent: wide(
                layer
                    .recurrent
                    .as_ref()
                    .unwrap()
                    .weights_pa(&parameters.values),
            ),
            readout: wide(parameters.layers[1].input.weights_pa(&parameters.values)),
            alpha: 1.0 - chip.layers[0].codes.i_dec.value(),
            alpha_y: 1.0 - chip.layers[1].codes.i_dec.value(),
            surrogate_s: config.surrogate_tau_ms * 1e-3,
            width: config.surrogate_width_v,
        }
    }

    /// Flow of the occupation in one tick and its derivatives by V and p.
    fn flow(&self, v: f64, p: f64) -> (f64, f64, f64) {
        let m = &self.model;
        let x = m.x_by_v * v - m.x_by_p * p + m.x0;
        let (up, down) = (x.min(0.0).exp2(), (m.xc - x).min(0.0).exp2());
        let slope = |x: f64| if x < 0.0 { std::f64::consts::LN_2 } else { 0.0 };
        let by_x = slope(x) * up * (1.0 - p) + slope(m.xc - x) * down * p;
        (
            up * (1.0 - p) - down * p,
            by_x * m.x_by_v,
            -by_x * m.x_by_p - up - down,
        )
    }

    fn forward(&self, chip: &Chip, stimulus: &Stimulus) -> Run {
        let steps = stimulus.windows as usize * K;
        let mut ticks = vec![Tick::default(); steps * NEURONS];
        let (mut v, mut p, mut i) = ([0.0; NEURONS], [0.0; NEURONS], [0.0; NEURONS]);
        let (mut refractory, mut fired) = ([0u32; NEURONS], [false; NEURONS]);
        let mut y = [0.0; OUTPUTS];
        let mut hidden = LayerTrace::default();
        let mut readout = LayerTrace::default();
        let (mut sum_v, mut sum_p, mut count) = ([0.0; NEURONS], [0.0; NEURONS], [0; NEURONS]);
        let f = &chip.description.formats;
        let mut events = stimulus.events.iter().peekable();
        for step in 0..steps {
            i.iter_mut().for_each(|x| *x *= self.alpha);
            y.iter_mut().for_each(|x| *x *= self.alpha_y);
            while let Some((_, c)) = events.next_if(|e| e.0 as usize == step) {
                (0..NEURONS).for_each(|n| i[n] += self.input[*c as usize * NEURONS + n]);
            }
            for j in (0..NEURONS).filter(|j| fired[*j]) {
                (0..NEURONS).for_each(|n| i[n] += self.recurrent[j * NEURONS + n]);
                (0..OUTPUTS).for_each(|n| y[n] += self.readout[j * OUTPUTS + n]);
            }
            for n in 0..NEURONS {
                let tick = &mut ticks[step * NEURONS + n];
                *tick = Tick {
                    v_old: v[n],
                    p_old: p[n],
                    v_new: f64::NAN,
                    spike: false,
                };
                fired[n] = false;
                if refractory[n] > 0 {
                    refractory[n] -= 1;
                } else {
                    let (dp, _, _) = self.flow(v[n], p[n]);
                    let m = &self.model;
                    v[n] +=
                        (i[n] * PA - m.leak_s * v[n]) * TICK_S / m.capacitance_f - m.kappa_v * dp;
                    v[n] = v[n].max(self.card.v_floor_v);
                    p[n] += dp;
                    tick.v_new = v[n];
                    if v[n] > self.card.v_th_v {
                        (tick.spike, fired[n]) = (true, true);
                        (v[n], p[n], refractory[n]) = (0.0, 0.0, (self.card.t_ref_ms * 1e3) as u32);
                        hidden.spikes.push(Spike {
                            tick: step as u32,
                            neuron: n as u32,
                        });
                        count[n] += 1;
                    }
                }
                sum_v[n] += v[n];
                sum_p[n] += p[n];
            }
            if (step + 1).is_multiple_of(K) {
                for n in 0..NEURONS {
                    let code = |x: f64, lsb: f64| (x / lsb).round() as i64 as i32;
                    hidden.records.extend([
                        code(v[n], f.v_lsb()),
                        code(p[n], f.p_lsb()),
                        code(i[n], f.i_lsb_pa()),
                        count[n],
                        0,
                        code(sum_v[n], f.v_lsb()),
                        code(sum_p[n], f.p_lsb()),
                    ]);
                }
                (sum_v, sum_p, count) = ([0.0; NEURONS], [0.0; NEURONS], [0; NEURONS]);
                y.iter().for_each(|y| {
                    readout
                        .records
                        .extend([(y / f.i_lsb_pa()).round() as i32, 0])
                });
            }
        }
        let trace = Trace {
            layers: vec![hidden, readout],
            ..Trace::default()
        };
        Run { ticks, trace }
    }

    /// Exact gradient by (input, recurrent, readout) weights in pA and by (area, leak, threshold, barrier), of
    /// `sum by_current * y` at the windows' ends.
    fn backward(&self, stimulus: &Stimulus, run: &Run, by_current: &[f32]) -> [Vec<f64>; 4] {
        let steps = stimulus.windows as usize * K;
        let m = &self.model;
        let by_c = TICK_S / m.capacitance_f;
        let mut gradient =
            [INPUTS * NEURONS, NEURONS * NEURONS, NEURONS * OUTPUTS, 4].map(|size| vec![0.0; size]);
        let (mut lv, mut lp, mut li) = ([0.0; NEURONS], [0.0; NEURONS], [0.0; NEURONS]);
        let mut ly = [0.0; OUTPUTS];
        let mut ls = [0.0; NEURONS];
        let mut currents = self.currents(stimulus, run);
        let mut events = stimulus.events.iter().rev().peekable();
        for step in (0..steps).rev() {
            if (step + 1).is_multiple_of(K) {
                let row = &by_current[(step + 1) / K * OUTPUTS - OUTPUTS..];
                (0..OUTPUTS).for_each(|n| ly[n] += f64::from(row[n]));
            }
            let i = currents.pop().unwrap();
            for n in 0..NEURONS {
                let t = &run.ticks[step * NEURONS + n];
                if t.v_new.is_nan() {
                    continue;
                }
                let u = ((t.v_new - self.card.v_th_v) / self.width).abs();
                let surrogate = TICK_S / self.surrogate_s * 0.5 / (1.0 + u).powi(2) / self.width;
                // Neither a reset nor the lower clamp lets the past through.
                let clamped = t.v_new <= self.card.v_floor_v;
                let (gv, gp) = match (t.spike, clamped) {
                    (true, _) => (0.0, 0.0),
                    (false, true) => (0.0, lp[n]),
                    (false, false) => (lv[n], lp[n]),
                };
                let gv = gv + ls[n] * surrogate;
                gradient[3][2] -= ls[n] * surrogate;
                let (dp, fv, fp) = self.flow(t.v_old, t.p_old);
                // V' = V + (I - g V) dt/C - kappa dp, p' = p + dp
                let by_dp = gp - m.kappa_v * gv;
                gradient[3][0] -= gv * (i[n] * PA - m.leak_s * t.v_old) * by_c / self.card.area_um2;
                gradient[3][1] -= gv * t.v_old * by_c * PA;
                gradient[3][3] -= by_dp * dp * 11_604.518_12 / self.card.temperature_k;
                lv[n] = gv * (1.0 - m.leak_s * by_c) + by_dp * fv;
                lp[n] = gp + by_dp * fp;
                li[n] += gv * PA * by_c;
            }
            while let Some((_, c)) = events.next_if(|e| e.0 as usize == step) {
                (0..NEURONS).for_each(|n| gradient[0][*c as usize * NEURONS + n] += li[n]);
            }
            // Spikes of the tick before act in this one.
            for j in 0..NEURONS {
                let row = |w: &[f64], l: &[f64]| w.iter().zip(l).map(|(w, l)| w * l).sum::<f64>();
                ls[j] = row(&self.recurrent[j * NEURONS..], &li)
                    + row(&self.readout[j * OUTPUTS..], &ly);
                if step > 0 && run.ticks[(step - 1) * NEURONS + j].spike {
                    (0..NEURONS).for_each(|n| gradient[1][j * NEURONS + n] += li[n]);
                    (0..OUTPUTS).for_each(|n| gradient[2][j * OUTPUTS + n] += ly[n]);
                }
            }
            li.iter_mut().for_each(|l| *l *= self.alpha);
            ly.iter_mut().for_each(|l| *l *= self.alpha_y);
        }
        gradient
    }

    /// Currents of every tick, pA.
    fn currents(&self, stimulus: &Stimulus, run: &Run) -> Vec<[f64; NEURONS]> {
        let mut i = [0.0; NEURONS];
        let mut events = stimulus.events.iter().peekable();
        (0..stimulus.windows as usize * K)
            .map(|step| {
                i.iter_mut().for_each(|x| *x *= self.alpha);
                while let Some((_, c)) = events.next_if(|e| e.0 as usize == step) {
                    (0..NEURONS).for_each(|n| i[n] += self.input[*c as usize * NEURONS + n]);
                }
                for j in
                    (0..NEURONS).filter(|j| step > 0 && run.ticks[(step - 1) * NEURONS + j].spike)
                {
                    (0..NEURONS).for_each(|n| i[n] += self.recurrent[j * NEURONS + n]);
                }
                i
            })
            .collect()
    }
}

fn cosine_and_ratio(coarse: &[f64], fine: &[f64]) -> (f64, f64) {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let (a, b) = (dot(coarse, coarse).sqrt(), dot(fine, fine).sqrt());
    (dot(coarse, fine) / (a * b), a / b)
}

/// Poisson input of 30 Hz a channel.
fn stimulus(windows: u32) -> Stimulus {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut events: Vec<(u32, u32)> = Vec::new();
    for tick in 0..windows * K as u32 {
        for channel in 0..INPUTS as u32 {
            if rng.random_bool(30e-6) {
                events.push((tick, channel));
            }
        }
    }
    Stimulus { events, windows }
}

/// Every group's cosine must reach its bound: input, recurrent, readout weights, device parameters.
fn check(gradient: &str, bounds: [f64; 4]) {
    let device = r#"{"parameter":"area","bounds":[2,8]},{"parameter":"leak","bounds":[5,40]},
                    {"parameter":"threshold","bounds":[0.6,1]},{"parameter":"barrier","bounds":[1,1.1]}"#;
    let description = description(gradient, device);
    let config = TrainConfig::of(&description).unwrap();
    let chip = Chip::resolve("yard", &description).unwrap();
    let parameters = Parameters::new(&chip, &config);
    let net = Net::new(&chip, &parameters, &config);
    let windows = 200;
    let stimulus = stimulus(windows);
    let run = net.forward(&chip, &stimulus);
    let rate =
        run.trace.layers[0].spikes.len() as f64 / NEURONS as f64 / (f64::from(windows) * 1e-3);
    assert!((10.0..80.0).contains(&rate), "{rate} Hz");
    let by_current: Vec<f32> = (0..windows as usize * OUTPUTS)
        .map(|k| [1.0, -0.7, 0.4][k % OUTPUTS])
        .collect();
    let by_spikes = vec![vec![0.0; NEURONS]];
    let demand = Demand {
        by_current: &by_current,
        by_spikes: &by_spikes,
    };
    let coarse = backward(&chip, &parameters, &config, &stimulus, &run.trace, &demand);
    let fine = net.backward(&stimulus, &run, &by_current);
    let layer = &parameters.layers[0];
    let part = |p: &bruno_train::Projection| -> Vec<f64> {
        coarse[p.place.clone()]
            .iter()
            .map(|g| f64::from(g / p.scale_pa))
            .collect()
    };
    let mut groups = vec![
        ("input", part(&layer.input), fine[0].clone()),
        (
            "recurrent",
            part(layer.recurrent.as_ref().unwrap()),
            fine[1].clone(),
        ),
        (
            "readout",
            part(&parameters.layers[1].input),
            fine[2].clone(),
        ),
    ];
    for (k, name) in ["area", "leak", "threshold", "barrier"]
        .into_iter()
        .enumerate()
    {
        let place = layer.device.start + k;
        let own = f64::from(coarse[place] / parameters.device_slope(k, place));
        groups.push((name, vec![own], vec![fine[3][k]]));
    }
    let mut failures = String::new();
    for (k, (name, coarse, fine)) in groups.iter().enumerate() {
        let (cosine, ratio) = cosine_and_ratio(coarse, fine);
        let line = format!(
            "{gradient} {name}: cosine {cosine:.4}, norm ratio {ratio:.3} at {rate:.0} Hz\n"
        );
        eprint!("{line}");
        if cosine < bounds[k.min(3)] {
            failures += &line;
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn mean() {
    check("mean", [0.95, 0.95, 0.9999, 0.99]);
}

#[test]
fn sample() {
    check("sample", [0.9, 0.9, 0.9999, 0.99]);
}
