//! The coarse adjoint against full backpropagation, on the same trajectory of a small recurrent net.

mod chips;
mod clamped;
mod files;
mod kinds;
mod resets;

use crate::Agreement;
use crate::config::{GradientKind, Reset, TrainConfig};
use crate::gradient::pass::{Demand, Pass};
use crate::gradient::recording::Recording;
use crate::weights::in_force::InForce;
use crate::weights::parameters::Parameters;
use bruno_device::Chip;
use bruno_sim::{Forward, IntegerModel};
use chips::{all_device, description, of_file, of_files, poisson};
use std::ops::Range;

/// What is compared, and how close it must come.
struct Case {
    kind: &'static str,
    gradient: GradientKind,
    /// Ticks.
    window: u32,
    /// Least cosine of weights.
    cosine: f64,
    /// Largest distance of any norm ratio from 1, device parameters included.
    ratio: f64,
}

/// Where the loss asks for readout currents alone.
fn check(case: &Case) {
    compare(case, 0.0, Reset::Detached, 1024);
}

/// Where the gradient sees the reset.
fn check_attached(case: &Case) {
    compare(case, 0.0, Reset::Attached, 1024);
}

/// Where it also asks this much of every window's mean membrane, 1/V.
fn check_with_membrane(case: &Case) {
    compare(case, 0.05, Reset::Detached, 1024);
}

/// Where currents are often clamped, at so many pA.
fn check_clamped(case: &Case, current_pa: u32) {
    compare(case, 0.0, Reset::Detached, current_pa);
}

/// Input, recurrent and readout weights and every device parameter, on one trajectory of 100 ms.
fn compare(case: &Case, membrane: f32, reset: Reset, current_pa: u32) {
    let mut description = description(case.kind, current_pa);
    // Sums of long windows leave bits out.
    description.window_ticks = description.window_ticks.max(case.window);
    let mut chip = Chip::resolve("t", &description).expect("a chip");
    // Shorter than any recorder could stream; the models do not mind.
    chip.window_ticks = case.window;
    let config = TrainConfig {
        gradient: case.gradient,
        device: if of_file(case.kind) {
            of_files(case.kind)
        } else {
            all_device()
        },
        reset,
        seed: 1,
        ..TrainConfig::default()
    };
    let parameters = Parameters::new(&chip, &config);
    let stimulus = poisson(60.0, 100_000, case.window);
    let mut model = IntegerModel::new(&chip);
    model.load(&parameters.program(&chip)).expect("it fits");
    let trace = model.run(&stimulus).expect("it runs");
    assert!(
        !trace.layers[0].spikes.is_empty(),
        "a silent net shows nothing"
    );
    let clamps = trace.saturations;
    assert!(current_pa >= 1024 || clamps > 30, "{clamps} clamps");
    let rate = trace.layers[0].spikes.len() as f64 / 8.0 / 0.1;
    let by_current = [1.0f32, -0.6, 0.3].repeat(stimulus.windows as usize);
    let by_spikes = [vec![0.0f32; 8]];
    let in_force = InForce::nominal(&parameters, &chip);
    let by_membrane = [vec![membrane; 8 * stimulus.windows as usize]];
    let pass = Pass {
        in_force: &in_force,
        parameters: &parameters,
        config: &config,
        stimulus: &stimulus,
        demand: Demand {
            by_current: &by_current,
            by_spikes: &by_spikes,
            by_membrane: &by_membrane,
        },
    };
    let gradient = |kind: GradientKind| {
        let recording = Recording::of(&chip, &[kind], &trace);
        pass.gradient(kind, &recording).expect("it runs")
    };
    let (fine, coarse) = (gradient(GradientKind::Bptt), gradient(case.gradient));
    for (name, place) in parts(&parameters) {
        let found = Agreement::of(&coarse[place.clone()], &fine[place]);
        // The membrane of a LIF neuron knows no barrier and no field.
        if case.kind == "lif" && ["barrier", "field_distance"].contains(&name) {
            continue;
        }
        eprintln!(
            "{} {:?}, {} ticks, {rate:.0} Hz, {clamps} clamps, {name}: cosine {:.4}, norm ratio {:.3}",
            case.kind, case.gradient, case.window, found.cosine, found.ratio
        );
        // One number of both signs, and the coarse step knows the current at a release as the window's mean.
        if ["refractory", "t_ref"].contains(&name)
            && case.window > 1
            && case.gradient != GradientKind::Transition
        {
            continue;
        }
        let good = found.cosine > case.cosine && (found.ratio - 1.0).abs() < case.ratio;
        assert!(good, "{name}: {found:?}");
    }
}

/// Names and places of what is compared.
fn parts(parameters: &Parameters) -> Vec<(&str, Range<usize>)> {
    let hidden = &parameters.layers[0];
    let mut parts = vec![
        ("input", hidden.input.place.clone()),
        ("readout", parameters.layers[1].input.place.clone()),
    ];
    parts.extend(
        hidden
            .recurrent
            .iter()
            .map(|r| ("recurrent", r.place.clone())),
    );
    let names = parameters.device().iter().map(|d| d.parameter.as_str());
    let places = hidden.device.iter().flatten().map(|k| *k..k + 1);
    parts.extend(names.zip(places));
    parts
}
