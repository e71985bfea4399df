//! Every gradient against finite differences of a smooth model, with spikes: weights, recurrent weights, level tables and
//! device parameters, the threshold among them, and the spikes that go in.
//!
//! A spike is a step of the chip: its difference is zero or a jump, and no gradient of a spiking chip can be compared with
//! it. The smooth model (`model.rs`) is what a surrogate gradient differentiates, and exact backpropagation must give its
//! derivatives by every parameter. Central differences in float find them without a line of the adjoint.

mod model;

use crate::Agreement;
use crate::config::{DeviceParameter, GradientKind, TrainConfig};
use crate::gradient::pass::{Demand, Pass};
use crate::gradient::recording::Recording;
use crate::neuron::dynamics::Dynamics;
use crate::neuron::reset::SpikeReset;
use crate::weights::in_force::InForce;
use crate::weights::parameters::Parameters;
use crate::weights::projection::Projection;
use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::{Forward, IntegerModel, Stimulus};
use model::{Layer, Smooth};

const TICKS: u32 = 5000;
const INPUTS: usize = 4;
/// Neurons of the FeLIF layer, of the LIF layer and of the readout.
const NEURONS: [usize; 3] = [3, 2, 2];

/// Two recurrent layers with every device parameter and every level table in training.
fn description(reset: &str) -> Description {
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
        r#"{{"name":"t","inputs":{INPUTS},"recorder":"jacobian","layers":[{layers}],
            "readout":{{"outputs":{outputs},"synapse":{{"range_pA":100}}}},
            "training":{{"seed":2,"device":{device},"levels":{{}},"reset":"{reset}","init":{{"input_mean":0.5}}}}}}"#
    );
    Description::parse("t", &text).unwrap()
}

/// Every gradient against the smooth model: cosine at least `1 - far`, norm ratio within `far` of 1.
fn check(reset: &str, window_ticks: u32, tolerances: &[(GradientKind, f64)]) {
    let description = description(reset);
    let config = TrainConfig::of(&description).unwrap();
    let mut chip = Chip::resolve("t", &description).unwrap();
    // Shorter than any recorder could stream; the models do not mind.
    chip.window_ticks = window_ticks;
    let windows = TICKS / window_ticks;
    let parameters = Parameters::new(&chip, &config);
    let events = (0..30).map(|k| (120 + 163 * k, k % INPUTS as u32));
    let stimulus = Stimulus {
        events: events.collect(),
        windows,
    };
    let mut model = IntegerModel::new(&chip);
    model.load(&parameters.program(&chip)).unwrap();
    let trace = model.run(&stimulus).unwrap();
    for layer in &trace.layers[..2] {
        assert!(layer.spikes.len() > 3, "{} spikes", layer.spikes.len());
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
        groups.extend(projection(&smooth, index, "input", &own.input, input));
        if let Some(own) = &own.recurrent {
            groups.extend(projection(&smooth, index, "recurrent", own, recurrent));
        }
        for (k, place) in own.device.iter().enumerate() {
            groups.push(device(&smooth, index, k, *place));
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
    let parameter = parameters.device()[k].parameter;
    let kind = smooth.pass.chip().layers[index].kind;
    let card = &smooth.pass.chip().description.layers[index].device;
    let slope = smooth.slope(1e-5 * parameter.of(card), |layers, by| {
        if parameter == DeviceParameter::Refractory {
            layers[index].late_ms = by;
            return;
        }
        let mut other = card.clone();
        parameter.set(&mut other, parameter.of(card) + by);
        let dynamics = Dynamics::new(&other, kind).unwrap();
        let reset = SpikeReset::new(&dynamics, smooth.pass.config);
        layers[index].neurons = Some((dynamics, reset));
    });
    Group {
        name: format!("{parameter:?} of layer {index}"),
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
