//! Every gradient against finite differences of the integer model, where these exist: below the threshold, where no spike
//! jumps, at the readout, which is linear in the spikes that it hears, and for recurrent weights into neurons that do not
//! spike. What moves spikes themselves, a threshold for one, is compared with a smooth model in `smooth.rs`.

use crate::config::{GradientKind, TrainConfig};
use crate::gradient::pass::{Demand, Pass};
use crate::gradient::recording::Recording;
use crate::weights::in_force::InForce;
use crate::weights::parameters::Parameters;
use crate::weights::projection::Projection;
use bruno_chip::Description;
use bruno_device::{Chip, LayerKind};
use bruno_sim::{Forward, IntegerModel, Stimulus, Trace};
use std::ops::Range;

const WINDOWS: u32 = 45;
const HIDDEN: usize = 3;
const OUTPUTS: usize = 2;
/// Registers of a few bits and rounded steps of the membrane move by more than a device parameter's small effect allows.
const DEVICE_TOLERANCE: f64 = 0.3;
/// A surrogate that is nothing but near the threshold: neurons that stay below have none.
const NARROW: &str = r#""surrogate":"boxcar","surrogate_width_V":0.01,"#;

/// Four inputs, three neurons, two outputs, with every device parameter and every level table in training. `settings` begin
/// its `training`; `recurrence` ends its hidden layer.
fn description(kind: &str, range_pa: f64, settings: &str, recurrence: &str) -> Description {
    // Short time constants and words that are no wider than needed: a tick's step must not drown in its rounding.
    let i_range = (6.0 * range_pa).min(1000.0);
    let device = r#"[{"parameter":"area","bounds":[2.8,5.2]},{"parameter":"leak","bounds":[70,130]},
        {"parameter":"barrier","bounds":[0.88,0.92]},{"parameter":"field_distance","bounds":[7.2,7.8]},
        {"parameter":"refractory","bounds":[2,6]}]"#;
    let text = format!(
        r#"{{"name":"t","inputs":4,"recorder":"jacobian","window_ticks":500,
            "formats":{{"v_range_V":1.0,"i_range_pA":{i_range}}},"layers":[{{"name":"h","kind":"{kind}","neurons":{HIDDEN},"device":{{"t_ref_ms":4,"tau_syn_ms":1,"g_leak_pS":100,"p_s_C_m2":0.02,"w_b_eV":0.9}},
            "synapse":{{"bits":8,"range_pA":{range_pa}}}{recurrence}}}],
            "readout":{{"outputs":{OUTPUTS},"tau_ms":1,"synapse":{{"bits":8,"range_pA":100}}}},
            "training":{{{settings}"seed":3,"device":{device},"levels":{{}},"init":{{"input_mean":0.5,"input_std":0.3}}}}}}"#
    );
    Description::parse("t", &text).unwrap()
}

/// A net on one stimulus, and a loss that is linear in membranes and readout currents.
struct Net {
    description: Description,
    config: TrainConfig,
    parameters: Parameters,
    stimulus: Stimulus,
    by_membrane: Vec<Vec<f32>>,
    by_current: Vec<f32>,
}

impl Net {
    fn new(kind: &str, range_pa: f64) -> Self {
        Self::of(description(kind, range_pa, "", ""))
    }

    fn of(description: Description) -> Self {
        let config = TrainConfig::of(&description).unwrap();
        let chip = Chip::resolve("t", &description).unwrap();
        let events = (0..30).map(|k| (300 + 431 * k, k % 4)).collect();
        let windows = 0..WINDOWS as usize;
        Self {
            parameters: Parameters::new(&chip, &config),
            description,
            config,
            stimulus: Stimulus {
                events,
                windows: WINDOWS,
            },
            // Later windows weigh more: the mean of a membrane alone would not see its capacitance.
            by_membrane: vec![
                windows
                    .clone()
                    .flat_map(|w| [1.0, -0.5, 0.7].map(|by| by * w as f32 / WINDOWS as f32))
                    .collect(),
            ],
            by_current: windows.flat_map(|_| [1.0, -0.6]).collect(),
        }
    }

    fn chip(&self) -> Chip {
        self.parameters.chip("t", &self.description).unwrap()
    }

    fn run(&self) -> Trace {
        let chip = self.chip();
        let mut model = IntegerModel::new(&chip);
        model.load(&self.parameters.program(&chip)).unwrap();
        model.run(&self.stimulus).unwrap()
    }

    /// The loss; the records are in integers.
    fn loss(&self) -> f64 {
        let (chip, trace) = (self.chip(), self.run());
        let formats = &chip.description.formats;
        let sum = |layer: usize, word: &str, lsb: f64, factors: &[f32]| -> f64 {
            let words = &chip.layers[layer].model.words;
            let at = words.iter().position(|w| w.name == word).unwrap();
            let records = trace.layers[layer].records.chunks_exact(words.len());
            let terms = records
                .zip(factors)
                .map(|(r, f)| f64::from(r[at]) * lsb * f64::from(*f));
            terms.sum()
        };
        let membranes = self.by_membrane.first().map_or(0.0, |factors| {
            sum(
                0,
                "sum_v",
                formats.v_lsb() / f64::from(chip.window_ticks),
                factors,
            )
        });
        membranes + sum(1, "i", formats.i_lsb_pa(), &self.by_current)
    }

    fn gradient(&self, kind: GradientKind) -> Vec<f32> {
        let chip = self.chip();
        let by_spikes = [vec![0.0; HIDDEN]];
        let pass = Pass {
            in_force: &InForce::nominal(&self.parameters, &chip),
            parameters: &self.parameters,
            config: &self.config,
            stimulus: &self.stimulus,
            demand: Demand {
                by_current: &self.by_current,
                by_spikes: &by_spikes,
                by_membrane: &self.by_membrane,
            },
        };
        let recording = Recording::of(&chip, &[kind], &self.run());
        pass.gradient(kind, &recording).unwrap()
    }

    /// Central differences of the loss by these parameters, each moved by `step` to either side.
    fn differences(&mut self, places: &[usize], step: f32) -> Vec<f64> {
        let mut slopes = Vec::new();
        for place in places {
            let start = self.parameters.values[*place];
            let mut at = |value: f32| {
                self.parameters.values[*place] = value;
                self.loss()
            };
            let difference = at(start + step) - at(start - step);
            self.parameters.values[*place] = start;
            slopes.push(difference / (2.0 * f64::from(step)));
        }
        slopes
    }

    /// Parameters of a group against their differences, by the largest of them.
    fn compare(
        &mut self,
        kind: GradientKind,
        what: &str,
        places: &[usize],
        step: f32,
        tolerance: f64,
    ) {
        let expected = self.differences(places, step);
        let gradient = self.gradient(kind);
        let largest = expected.iter().fold(0.0f64, |m, x| m.max(x.abs()));
        assert!(largest > 0.0, "{what}: nothing to see");
        for (place, expected) in places.iter().zip(&expected) {
            let error = (f64::from(gradient[*place]) - expected).abs() / largest;
            let found = gradient[*place];
            assert!(
                error < tolerance,
                "{kind:?}, {what}: {found} for {expected}, {error:.4} of {largest}"
            );
        }
    }

    /// Puts latent weights on their levels, so that steps of whole levels are what the chip sees.
    fn settle(&mut self, layer: usize) -> (Range<usize>, Vec<usize>, f32) {
        let projection: Projection = self.parameters.layers[layer].input.clone();
        let levels = projection.levels(&self.parameters.values).to_vec();
        let codes =
            crate::quantise(&self.parameters.values[projection.place.clone()], &levels).codes;
        let weights = &mut self.parameters.values[projection.place.clone()];
        for (weight, code) in weights.iter_mut().zip(&codes) {
            *weight = levels[usize::from(*code)];
        }
        let table = projection.trained_levels.unwrap().place;
        let mut used: Vec<usize> = codes
            .iter()
            .map(|c| table.start + usize::from(*c))
            .collect();
        used.sort_unstable();
        used.dedup();
        (projection.place, used, levels[1] - levels[0])
    }
}

/// Input weights, their levels and every device parameter without a spike, within `tolerance`.
fn check(neuron: &str, kind: GradientKind, tolerance: f64) {
    let mut net = Net::new(neuron, 70.0);
    net.by_current.fill(0.0);
    assert!(net.run().layers[0].spikes.is_empty());
    let (weights, levels, gap) = net.settle(0);
    let weights: Vec<usize> = weights.collect();
    // The levels between do not matter: only those in use are read.
    net.compare(kind, "input weights", &weights, 4.0 * gap, tolerance);
    net.compare(kind, "input levels", &levels, 0.3 * gap, tolerance);
    let hidden = net.chip().layers[0].kind;
    let devices = if hidden == LayerKind::Lif { 2 } else { 4 };
    for index in 0..devices {
        let place = net.parameters.layers[0].device[index].unwrap();
        let name = net.config.device[index].parameter.clone();
        net.compare(kind, &name, &[place], 0.1, DEVICE_TOLERANCE);
    }
}

/// The refractory time: a burst makes each neuron spike once, then membranes count from a while after their release.
fn check_refractory(neuron: &str, kind: GradientKind, tolerance: f64) {
    let mut net = Net::new(neuron, 300.0);
    let burst = (0..10).map(|k| (200 + 150 * k, k % 4));
    let later = (0..4).map(|k| (7_000 + 4_000 * k, k));
    net.stimulus.events = burst.chain(later).collect();
    net.by_current.fill(0.0);
    let factors = (0..WINDOWS as usize * HIDDEN).map(|k| [1.0, -0.5, 0.7][(k / HIDDEN + k) % 3]);
    net.by_membrane[0] = factors.collect();
    net.by_membrane[0][..14 * HIDDEN].fill(0.0);
    let spikes = net.run().layers[0].spikes.clone();
    let once = (0..HIDDEN as u32).all(|n| spikes.iter().filter(|s| s.neuron == n).count() <= 1);
    let early = spikes.iter().all(|s| s.tick < 2_000);
    assert!(!spikes.is_empty() && once && early, "{spikes:?}");
    let place = net.parameters.layers[0].device[4].unwrap();
    net.compare(kind, "refractory", &[place], 0.1, tolerance);
}

/// Recurrent weights and their levels: the first neuron alone hears the input and spikes, the others hear only it and stay
/// below the threshold. That is exact: nothing acts back on the neuron that spikes, whose weight on itself is not compared.
fn check_recurrent(neuron: &str, kind: GradientKind, tolerance: f64) {
    let recurrence = r#","recurrent":true,"recurrent_synapse":{"bits":8,"range_pA":30}"#;
    let mut net = Net::of(description(neuron, 900.0, NARROW, recurrence));
    net.by_current.fill(0.0);
    net.by_membrane[0]
        .iter_mut()
        .step_by(HIDDEN)
        .for_each(|by| *by = 0.0);
    let own = &net.parameters.layers[0];
    let (input, recurrent) = (own.input.clone(), own.recurrent.clone().unwrap());
    let [deaf, used] = [128, 250];
    let set = |net: &mut Net, projection: &Projection, at: usize, code: usize| {
        net.parameters.values[projection.place.start + at] = projection.start_levels[code];
    };
    (0..input.place.len()).for_each(|at| set(&mut net, &input, at, deaf));
    (0..4).for_each(|channel| set(&mut net, &input, channel * HIDDEN, 255));
    (0..recurrent.place.len()).for_each(|at| set(&mut net, &recurrent, at, deaf));
    (1..HIDDEN).for_each(|at| set(&mut net, &recurrent, at, used - at));
    let spikes = net.run().layers[0].spikes.clone();
    assert!(
        spikes.len() > 2 && spikes.iter().all(|s| s.neuron == 0),
        "{spikes:?}"
    );
    let gap = recurrent.start_levels[1] - recurrent.start_levels[0];
    let weights: Vec<usize> = (1..HIDDEN).map(|at| recurrent.place.start + at).collect();
    net.compare(kind, "recurrent weights", &weights, 4.0 * gap, tolerance);
    let table = recurrent.trained_levels.unwrap().place.start;
    let levels: Vec<usize> = (1..HIDDEN).map(|at| table + used - at).collect();
    net.compare(kind, "recurrent levels", &levels, 0.3 * gap, tolerance);
}

/// The readout's weights and levels, with spikes.
fn check_readout(kind: GradientKind) {
    let mut net = Net::new("felif", 900.0);
    net.by_membrane.clear();
    assert!(net.run().layers[0].spikes.len() > 5);
    let (weights, levels, gap) = net.settle(1);
    let weights: Vec<usize> = weights.collect();
    net.compare(kind, "readout weights", &weights, 4.0 * gap, 0.01);
    net.compare(kind, "readout levels", &levels, 0.3 * gap, 0.01);
}

#[test]
fn sample() {
    check("felif", GradientKind::Sample, 0.1);
}
#[test]
fn mean() {
    check("felif", GradientKind::Mean, 0.1);
}
#[test]
fn jacobian() {
    check("felif", GradientKind::Jacobian, 0.1);
}
#[test]
fn transition() {
    check("felif", GradientKind::Transition, 0.1);
}
#[test]
fn checkpointed() {
    check("felif", GradientKind::Checkpointed, 0.06);
}
#[test]
fn full() {
    check("felif", GradientKind::Bptt, 0.06);
}
#[test]
fn mean_without_switching() {
    check("lif", GradientKind::Mean, 0.1);
}
#[test]
fn full_without_switching() {
    check("lif", GradientKind::Bptt, 0.06);
}
#[test]
fn refractory_full() {
    check_refractory("felif", GradientKind::Bptt, 0.1);
}
#[test]
fn refractory_checkpointed() {
    check_refractory("lif", GradientKind::Checkpointed, 0.03);
}
#[test]
fn refractory_transition() {
    check_refractory("lif", GradientKind::Transition, 0.03);
}
#[test]
fn refractory_mean() {
    check_refractory("lif", GradientKind::Mean, 0.15);
}
#[test]
fn refractory_jacobian() {
    check_refractory("felif", GradientKind::Jacobian, 0.15);
}
#[test]
fn recurrent_sample() {
    check_recurrent("felif", GradientKind::Sample, 0.1);
}
#[test]
fn recurrent_mean() {
    check_recurrent("lif", GradientKind::Mean, 0.1);
}
#[test]
fn recurrent_transition() {
    check_recurrent("felif", GradientKind::Transition, 0.1);
}
#[test]
fn recurrent_checkpointed() {
    check_recurrent("lif", GradientKind::Checkpointed, 0.06);
}
#[test]
fn recurrent_full() {
    check_recurrent("felif", GradientKind::Bptt, 0.06);
}
#[test]
fn readouts() {
    for kind in GradientKind::ALL {
        check_readout(kind);
    }
}
