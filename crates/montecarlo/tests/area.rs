//! A neuron of `a` times the area, its leak in proportion, is a neuron whose currents are `1/a` times as large: what
//! lets a layer's shared registers hold the spread of its neurons' areas.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::{Forward, IntegerModel, Spike, Stimulus, stimuli};

/// Spikes of 200 ms with this area (um2), leak (pS) and largest level (pA).
fn spikes(area: f64, leak: f64, range: f64) -> Vec<Spike> {
    let text = format!(
        r#"{{"name":"a","inputs":8,"layers":[{{"name":"h","kind":"felif","neurons":8,
            "device":{{"area_um2":{area},"g_leak_pS":{leak}}},"synapse":{{"range_pA":{range}}}}}],"formats":{{"i_range_pA":4096}},
            "readout":{{"outputs":1,"synapse":{{"range_pA":1}}}}}}"#
    );
    let description = Description::parse("a", &text).unwrap();
    let chip = Chip::resolve("a", &description).unwrap();
    // Every 3 ms a channel, in turn: what the current's range holds, since a clipped current does not scale.
    let stimulus = Stimulus {
        events: (0..66).map(|k| (3_000 * k + 500, k % 8)).collect(),
        windows: 200,
    };
    let mut model = IntegerModel::new(&chip);
    model.load(&stimuli::random_program(&chip, 4)).unwrap();
    let mut trace = model.run(&stimulus).unwrap();
    assert_eq!(trace.saturations, 0);
    trace.layers.swap_remove(0).spikes
}

/// Both have the same spikes, at most 200 us apart after 200 ms: what rounding adds up to.
fn check(factor: f64) {
    let large = spikes(4.0 * factor, 20.0 * factor, 300.0);
    let weak = spikes(4.0, 20.0, 300.0 / factor);
    let near = |(a, b): (&Spike, &Spike)| a.neuron == b.neuron && a.tick.abs_diff(b.tick) <= 200;
    assert!(large.len() > 20, "{} spikes", large.len());
    assert_eq!(large.len(), weak.len());
    assert!(large.iter().zip(&weak).all(near), "{large:?}\n{weak:?}");
}

#[test]
fn a_larger_neuron() {
    check(1.2);
}
#[test]
fn a_smaller_neuron() {
    check(0.8);
}

#[test]
fn the_leak_alone_is_something_else() {
    let count = |leak| spikes(4.8, leak, 300.0).len();
    assert_ne!(count(24.0), count(80.0));
}
