//! Every gradient against finite differences of a smooth model, with spikes: weights, recurrent weights, level tables and
//! device parameters, the threshold among them, and the spikes that go in.
//!
//! A spike is a step of the chip: its difference is zero or a jump, and no gradient of a spiking chip can be compared with
//! it. The smooth model (`model.rs`) is what a surrogate gradient differentiates, and exact backpropagation must give its
//! derivatives by every parameter. Central differences in float find them without a line of the adjoint.

mod model;
mod neurons;

use crate::Agreement;
use crate::config::{GradientKind, TrainConfig};
use crate::gradient::pass::{Demand, Pass};
use crate::gradient::recording::Recording;
use crate::weights::in_force::InForce;
use crate::weights::parameters::Parameters;
use crate::weights::projection::Projection;
use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::{Forward, IntegerModel, Stimulus};
use model::{Layer, Smooth};
use neurons::Neurons;

const TICKS: u32 = 5000;
const INPUTS: usize = 4;
/// Neurons of the FeLIF layer, of the LIF layer and of the readout.
const NEURONS: [usize; 3] = [3, 2, 2];

/// Two recurrent layers with every device parameter and every level table in training; currents within so many pA.
fn description(reset: &str, current_pa: u32) -> Description {
    let [first, second, outputs] = NEURONS;
    let device = r#"[{"parameter":"area","bounds":[2.8,5.2]},{"parameter":"leak","bounds":[14,26]},
        {"parameter":"threshold","bounds":[0.7,0.9]},{"parameter":"barrier","bounds":[1.02,1.08]},
        {"parameter":"field_distance","bounds":[7.2,7.8]},{"parameter":"refractory","bounds":[0.5,3]}]"#;
    let layer = |name: &str, kind: &str, neurons: usize, range_pa: u32| {
        format!(
            r#"{{"name":"{name}","kind":"{kind}","neurons":{neurons},"recurrent":true,"device":{{"t_ref_ms":1}},
            "synapse":{{"bits":3,"range_pA":{range_pa}}},"recurrent_synapse":{{"bits":3,"range_pA":200}}}}"#
        )
    };
    let layers = [
        layer("first", "felif", first, 900),
        layer("second", "lif", second, 600),
    ]
    .join(",");
    let text = format!(
        r#"{{"name":"t","inputs":{INPUTS},"recorder":"jacobian","formats":{{"i_range_pA":{current_pa}}},"layers":[{layers}],
            "readout":{{"outputs":{outputs},"synapse":{{"range_pA":100}}}},
            "training":{{"seed":2,"device":{device},"levels":{{}},"reset":"{reset}","init":{{"input_mean":0.5}}}}}}"#
    );
    Description::parse("t", &text).unwrap()
}

/// Neurons of a file: their levels, the card, a sample's ticks, and the parameters in training with their bounds.
struct OfFile {
    model: &'static str,
    range_pa: u32,
    card: &'static str,
    ticks: u32,
    trained: &'static [(&'static str, f64, f64)],
}

/// Two recurrent layers of the neurons of a file, with these of its parameters in training.
fn of_file(reset: &str, case: &OfFile) -> Description {
    let [first, second, outputs] = NEURONS;
    let OfFile {
        model,
        range_pa,
        card,
        trained,
        ..
    } = case;
    let rows = trained
        .iter()
        .map(|(name, low, high)| format!(r#"{{"parameter":"{name}","bounds":[{low},{high}]}}"#));
    let parameters = rows.collect::<Vec<String>>().join(",");
    let model = match *model {
        "tired" => serde_json::json!({"file": "tired.nrn", "text": TIRED_FILE}).to_string(),
        shipped => format!("\"{shipped}\""),
    };
    let layer = |name: &str, neurons: usize| {
        format!(
            r#"{{"name":"{name}","model":{model},"neurons":{neurons},"recurrent":true,"parameters":{card},
            "synapse":{{"bits":3,"range_pA":{range_pa}}},"recurrent_synapse":{{"bits":3,"range_pA":{}}}}}"#,
            range_pa / 4
        )
    };
    let layers = [layer("first", first), layer("second", second)].join(",");
    let text = format!(
        r#"{{"name":"t","inputs":{INPUTS},"layers":[{layers}],
            "readout":{{"outputs":{outputs},"synapse":{{"range_pA":100}}}},
            "training":{{"seed":2,"device":[{parameters}],"levels":{{}},"reset":"{reset}","init":{{"input_mean":0.8}}}}}}"#
    );
    Description::parse("t", &text).unwrap()
}

/// A chip's gradients against the smooth model: cosine at least `1 - far`, norm ratio within `far` of 1.
fn check(reset: &str, window_ticks: u32, tolerances: &[(GradientKind, f64)]) {
    compare(description(reset, 1024), TICKS, window_ticks, tolerances);
}

/// The same where currents are often clamped.
fn check_clamped(window_ticks: u32, tolerances: &[(GradientKind, f64)]) {
    compare(
        description("detached", 900),
        TICKS,
        window_ticks,
        tolerances,
    );
}

/// The same of neurons of a file, with these of its parameters in training, all of them and the weights.
fn check_file(
    case: &OfFile,
    reset: &str,
    (window_ticks, tolerances): (u32, &[(GradientKind, f64)]),
) {
    compare(of_file(reset, case), case.ticks, window_ticks, tolerances);
}

fn compare(
    description: Description,
    ticks: u32,
    window_ticks: u32,
    tolerances: &[(GradientKind, f64)],
) {
    let config = TrainConfig::of(&description).unwrap();
    let mut chip = Chip::resolve("t", &description).unwrap();
    // Shorter than any recorder could stream; the models do not mind.
    chip.window_ticks = window_ticks;
    let windows = ticks / window_ticks;
    let parameters = Parameters::new(&chip, &config);
    let events = (0..30).map(|k| (120 + 163 * k, k % INPUTS as u32));
    let stimulus = Stimulus {
        events: events.filter(|(tick, _)| *tick < ticks).collect(),
        windows,
    };
    let mut model = IntegerModel::new(&chip);
    model.load(&parameters.program(&chip)).unwrap();
    let trace = model.run(&stimulus).unwrap();
    for layer in &trace.layers[..2] {
        assert!(layer.spikes.len() > 3, "{} spikes", layer.spikes.len());
    }
    if description.formats.i_range_pa < 1024.0 {
        assert!(trace.saturations > 10, "{} clamps", trace.saturations);
    }
    let in_force = InForce::nominal(&parameters, &chip);
    let [first, second, _] = NEURONS;
    // Every window asks for other spikes.
    let by_spikes = [first, second].map(|n| {
        let row = |window: u32| vec![2.0 + 2.0 * window as f32 / windows as f32; n];
        (0..windows).flat_map(row).collect::<Vec<f32>>()
    });
    let pass = Pass {
        in_force: &in_force,
        parameters: &parameters,
        config: &config,
        stimulus: &stimulus,
        demand: Demand {
            by_current: &[1.0, -0.6].repeat(windows as usize),
            by_spikes: &by_spikes,
            by_membrane: &[first, second].map(|n| vec![20.0; n * windows as usize]),
        },
    };
    let groups = groups(&pass);
    let inputs = inputs(&pass);
    for (kind, far) in tolerances {
        let recording = Recording::of(pass.chip(), &[*kind], &trace);
        let (gradient, by_input) = pass.gradient_and_inputs(*kind, &recording).unwrap();
        let by_input: Vec<f32> = inputs.places.iter().map(|p| by_input[*p]).collect();
        let a = Agreement::of(&by_input, &inputs.slopes);
        let good = a.cosine > 1.0 - far && (a.ratio - 1.0).abs() < *far;
        assert!(good, "{kind:?}, input spikes: {a:?}");
        for group in &groups {
            let found: Vec<f32> = group.places.iter().map(|p| gradient[*p]).collect();
            let a = Agreement::of(&found, &group.slopes);
            let good = a.cosine > 1.0 - far && (a.ratio - 1.0).abs() < *far;
            assert!(good, "{kind:?}, {}: {a:?}", group.name);
        }
    }
}

/// Input spikes of each channel in ten windows, with their differences.
fn inputs(pass: &Pass<'_>) -> Group {
    let smooth = Smooth::new(pass);
    let windows = (0..pass.stimulus.windows as usize).step_by(pass.stimulus.windows as usize / 10);
    let places = windows.flat_map(|window| window * INPUTS..(window + 1) * INPUTS);
    let places: Vec<usize> = places.collect();
    let slope = |place| smooth.slope(1e-4, |layers, by| layers[0].more_input = (place, by));
    Group {
        name: "input spikes".into(),
        slopes: places.iter().map(|place| slope(*place)).collect(),
        places,
    }
}

/// Parameters with their differences.
struct Group {
    name: String,
    places: Vec<usize>,
    slopes: Vec<f32>,
}

/// Every group of parameters with its differences.
fn groups(pass: &Pass<'_>) -> Vec<Group> {
    let smooth = Smooth::new(pass);
    let parameters = pass.parameters;
    let mut groups = Vec::new();
    for (index, own) in parameters.layers.iter().enumerate() {
        let input: fn(&mut Layer) -> &mut Vec<f64> = |l| &mut l.input;
        let recurrent: fn(&mut Layer) -> &mut Vec<f64> = |l| &mut l.recurrent;
        let of_file = pass.chip().layers[index].model.program.is_some();
        if !of_file || index == 0 {
            groups.extend(projection(&smooth, index, "input", &own.input, input));
        }
        if let (Some(own), false) = (&own.recurrent, of_file) {
            groups.extend(projection(&smooth, index, "recurrent", own, recurrent));
        }
        for (k, place) in own.device.iter().enumerate() {
            groups.extend(place.map(|place| device(&smooth, index, k, place)));
        }
    }
    groups
}

/// The weights of a projection and its levels.
fn projection(
    smooth: &Smooth<'_>,
    index: usize,
    name: &str,
    own: &Projection,
    of: fn(&mut Layer) -> &mut Vec<f64>,
) -> [Group; 2] {
    let values = &smooth.pass.parameters.values;
    let codes = crate::quantise(&values[own.place.clone()], own.levels(values)).codes;
    let scale = f64::from(own.scale_pa);
    let slope = |asked: &dyn Fn(usize) -> bool| {
        smooth.slope(1e-4, |layers, by| {
            let weights = of(&mut layers[index]).iter_mut().enumerate();
            let asked = weights.filter(|(k, _)| asked(*k));
            asked.for_each(|(_, w)| *w += by * scale);
        })
    };
    let levels = own.trained_levels.as_ref().unwrap().place.clone();
    let by_level = |level: usize| slope(&|k| usize::from(codes[k]) == level);
    [
        Group {
            name: format!("{name} weights of layer {index}"),
            places: own.place.clone().collect(),
            slopes: (0..codes.len()).map(|w| slope(&|k| k == w)).collect(),
        },
        Group {
            name: format!("{name} levels of layer {index}"),
            slopes: (0..levels.len()).map(by_level).collect(),
            places: levels.collect(),
        },
    ]
}

/// A device parameter of a layer, in logit space.
fn device(smooth: &Smooth<'_>, index: usize, k: usize, place: usize) -> Group {
    let parameters = smooth.pass.parameters;
    let training = &parameters.device()[k];
    let (chip, config) = (smooth.pass.chip(), smooth.pass.config);
    let (layer, raw) = (&chip.layers[index], &chip.description.layers[index]);
    let parameter = training.of(raw).unwrap();
    let value = parameter.of(raw);
    let own = Neurons::new(layer, raw, config);
    let slope = smooth.slope(3e-4 * value.abs(), |layers, by| {
        let changed = match (&own, parameter.of_file()) {
            (Neurons::File(own), Some(p)) => {
                Neurons::File(Box::new(own.with(p.place, by * p.scale)))
            }
            _ => {
                let mut other = raw.clone();
                parameter.set(&mut other, value + by);
                Neurons::new(layer, &other, config)
            }
        };
        layers[index].late_ms = changed.refractory_ms() - own.refractory_ms();
        layers[index].alpha += changed.current_left() - own.current_left();
        layers[index].neurons = Some(changed);
    });
    Group {
        name: format!("{} of layer {index}", training.parameter),
        places: vec![place],
        slopes: vec![slope * parameters.device_slope(k, place)],
    }
}

/// Ticks of a window, and how near the exact gradients come.
const EXACT: (u32, [(GradientKind, f64); 2]) = (
    500,
    [
        (GradientKind::Bptt, 1e-3),
        (GradientKind::Checkpointed, 1e-3),
    ],
);
/// The coarse ones in windows of a tick, where nothing is approximate but the state of the linearisation: the tick's end for
/// `sample` and `mean`, a polyline in place of the surrogate for `jacobian`.
const COARSE: (u32, [(GradientKind, f64); 4]) = (
    1,
    [
        (GradientKind::Transition, 2e-3),
        (GradientKind::Jacobian, 0.02),
        (GradientKind::Mean, 0.05),
        (GradientKind::Sample, 0.05),
    ],
);

#[test]
fn exact_with_a_detached_reset() {
    check("detached", EXACT.0, &EXACT.1);
}
#[test]
fn exact_with_an_attached_reset() {
    check("attached", EXACT.0, &EXACT.1);
}
#[test]
fn coarse_with_a_detached_reset() {
    check("detached", COARSE.0, &COARSE.1);
}
#[test]
fn coarse_with_an_attached_reset() {
    check("attached", COARSE.0, &COARSE.1);
}
#[test]
fn exact_with_clamped_currents() {
    check_clamped(EXACT.0, &EXACT.1);
}
/// The recurrence has no effect here that a clamp does not hide: the others' is small beside it, and not 0.
#[test]
fn coarse_with_clamped_currents() {
    check_clamped(COARSE.0, &COARSE.1[..1]);
}

/// An adaptive threshold and an alpha synapse: kernels, a threshold and resets of parameters, a floor.
const ALIF: OfFile = OfFile {
    model: "alif",
    range_pa: 240,
    card: r#"{"t_ref":0.3,"tau_syn":2,"C":0.12}"#,
    ticks: TICKS,
    trained: &[
        ("C", 0.11, 0.15),
        ("tau_m", 15.0, 25.0),
        ("tau_syn", 1.5, 2.5),
        ("tau_b", 80.0, 120.0),
        ("theta_0", 0.3, 0.5),
        ("jump", 0.05, 0.15),
        ("V_floor", -1.2, -0.8),
        ("t_ref", 0.2, 0.5),
    ],
};
/// Resets to a parameter, states at rest at one, clamps of parameters, a rate that is not linear.
const TIRED: OfFile = OfFile {
    model: "tired",
    range_pa: 240,
    card: "{}",
    ticks: 2500,
    trained: &[
        ("C", 0.11, 0.15),
        ("g", 15.0, 25.0),
        ("E", 0.05, 0.15),
        ("V_s", 0.8, 1.2),
        ("a", 4.0, 6.0),
        ("tau_w", 40.0, 60.0),
        ("tau_syn", 1.5, 2.5),
        ("theta", 0.4, 0.6),
        ("V_r", 0.05, 0.15),
        ("V_low", -0.2, -0.05),
        ("jump", 1.0, 3.0),
        ("t_ref", 0.2, 0.5),
    ],
};
const TIRED_FILE: &str = "model tired:
    parameters:
        C       pF = 0.12 pF  from [0.1 pF : 10 pF]
        g       pS = 20 pS    from [5 pS : 500 pS]
        E       V  = 0.1 V    from [0 V : 0.2 V]
        V_s     V  = 1 V      from [0.5 V : 2 V]
        a       pS = 5 pS     from [1 pS : 50 pS]
        tau_w   ms = 50 ms    from [10 ms : 1000 ms]
        tau_syn ms = 2 ms     from [0.5 ms : 100 ms]
        theta   V  = 0.5 V    from [0.3 V : 1 V]
        V_r     V  = 0.1 V    from [0 V : 0.2 V]
        V_low   V  = -0.1 V   from [-0.5 V : 0 V]
        jump    pA = 2 pA     from [0 pA : 50 pA]
        t_ref   ms = 0.3 ms   from [0.1 ms : 100 ms]
    state:
        I pA = 0 pA from [-1024 pA : 1024 pA] @bits(24)
        V V  = E    from [-2 V : 2 V] floor V_low
        w pA = 0 pA from [-256 pA : 256 pA]
    kernels:
        I' = -I / tau_syn
    equations:
        V' = (I - w - g * (V - E) * (1 + (V / V_s) ** 2)) / C
        w' = (a * (V - E) - w) / tau_w
    input:
        I += spikes
    onCondition(V > theta):
        V = V_r
        w += jump
        refractory(t_ref, holds V)
        emit_spike()
";

/// Of neurons of a file; what the decay of the current does is a sum of parts that cancel. Linearised at the states of a
/// tick's end, as `mean` is, they are further off: `agreement.rs` has them against exact backpropagation.
const COARSE_OF_FILES: (u32, &[(GradientKind, f64)]) = (1, &[(GradientKind::Transition, 0.05)]);

#[test]
fn parameters_of_a_file_exactly() {
    check_file(&ALIF, "detached", (500, &EXACT.1));
}
#[test]
fn parameters_of_a_file_exactly_with_an_attached_reset() {
    check_file(&TIRED, "attached", (250, &EXACT.1));
}
#[test]
fn parameters_of_a_file_in_coarse_steps() {
    check_file(&TIRED, "detached", COARSE_OF_FILES);
}
