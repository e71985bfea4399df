//! A sample handed on a few windows at a time is the whole sample, and what is kept meanwhile does not grow with it.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::stimuli::{self, Case};
use bruno_sim::{Forward, IntegerModel, LayerTrace, Program, Stimulus, Trace};
use bruno_verilator::{Flavour, VerilatedModel};
use std::path::Path;

/// Two layers, banks of different sizes; the longest record takes all but two ticks of a window.
const CHIP: &str = r#"{"name":"stream","inputs":3,"bank_neurons":5,"window_ticks":37,"fold":FOLD,"recorder":"mean",
    "layers":[{"name":"one","kind":"lif","neurons":7,"synapse":{"range_pA":900},"device":{"area_um2":0.5,"t_ref_ms":0.01}},
              {"name":"two","kind":"felif","neurons":6,"recurrent":true,"synapse":{"range_pA":900},
               "device":{"area_um2":0.5,"t_ref_ms":0.1}}],
    "readout":{"outputs":2,"synapse":{"range_pA":100}}}"#;

fn chip(fold: usize) -> Chip {
    let text = CHIP.replace("FOLD", &fold.to_string());
    let description = Description::parse("stream", &text).unwrap();
    Chip::resolve("stream", &description).unwrap()
}

fn rtl(chip: &Chip) -> VerilatedModel {
    let design = bruno_hdl::generate(chip).unwrap();
    VerilatedModel::new(chip, &design, Flavour::Fast, Path::new("")).unwrap()
}

/// A run `chunk` windows at a time put together; every part holds whole windows and their spikes, and few of them.
fn streamed(model: &mut dyn Forward, chip: &Chip, stimulus: &Stimulus, chunk: u32) -> Trace {
    let mut layers = vec![LayerTrace::default(); chip.layers.len()];
    let mut done = 0;
    let counters = model.stream(stimulus, chunk, &mut |part| {
        let windows = |k: usize| {
            let layer = &chip.layers[k];
            let words = layer.neurons * layer.model.words.len();
            assert_eq!(part[k].records.len() % words, 0);
            (part[k].records.len() / words) as u32
        };
        assert!((1..part.len()).all(|k| windows(k) == windows(0)));
        assert!(windows(0) <= chunk.saturating_add(1));
        let ticks = done * chip.window_ticks..(done + windows(0)) * chip.window_ticks;
        done += windows(0);
        for (all, part) in layers.iter_mut().zip(part) {
            assert!(part.spikes.iter().all(|s| ticks.contains(&s.tick)));
            all.records.extend(&part.records);
            all.spikes.extend(&part.spikes);
        }
    });
    let counters = counters.unwrap();
    assert_eq!(done, stimulus.windows);
    Trace {
        layers,
        saturations: counters.saturations,
        overrun: counters.overrun,
    }
}

fn case(chip: &Chip) -> Case {
    stimuli::random(chip, 5_000, 4).swap_remove(0)
}

/// Every chunk in one simulator after the other, against the whole run of the integer model.
fn check(fold: usize, chunk: u32) {
    let chip = chip(fold);
    let case = case(&chip);
    let mut models: [Box<dyn Forward>; 2] =
        [Box::new(IntegerModel::new(&chip)), Box::new(rtl(&chip))];
    models
        .iter_mut()
        .for_each(|m| m.load(&case.program).unwrap());
    let whole = models[0].run(&case.stimulus).unwrap();
    assert!(whole.layers.iter().take(2).all(|l| !l.spikes.is_empty()));
    assert_eq!(models[1].run(&case.stimulus).unwrap(), whole);
    for model in &mut models {
        let found = streamed(model.as_mut(), &chip, &case.stimulus, chunk);
        assert_eq!(found, whole);
    }
}

#[test]
fn window_by_window() {
    check(1, 1);
}
#[test]
fn three_windows() {
    check(1, 3);
}
#[test]
fn more_than_there_are() {
    check(1, u32::MAX);
}
#[test]
fn folded_window_by_window() {
    check(4, 1);
}
#[test]
fn folded_five_windows() {
    check(4, 5);
}

#[test]
fn an_empty_sample() {
    let chip = chip(1);
    let found = streamed(&mut rtl(&chip), &chip, &Stimulus::default(), 1);
    assert_eq!(
        found,
        IntegerModel::new(&chip).run(&Stimulus::default()).unwrap()
    );
}

/// Bytes kept after a sample of so many windows in which everything fires all the time.
fn held_after(windows: u32) -> usize {
    let chip = chip(1);
    let mut model = rtl(&chip);
    let mut program = Program::silent(&chip);
    for layer in &mut program.layers {
        let strongest = (layer.levels.len() - 1) as u8;
        layer.weights.fill(strongest);
    }
    model.load(&program).unwrap();
    let ticks = 0..windows * chip.window_ticks;
    let events = ticks.step_by(5).flat_map(|t| [(t, 0), (t, 1), (t, 2)]);
    let stimulus = Stimulus {
        events: events.collect(),
        windows,
    };
    let mut spikes = 0;
    let count = &mut |part: &[LayerTrace]| spikes += part[0].spikes.len();
    model.stream(&stimulus, 4, count).unwrap();
    assert!(spikes as u32 > windows, "{spikes} spikes");
    model.held_bytes().unwrap()
}

#[test]
fn a_long_sample_keeps_no_more() {
    assert_eq!(held_after(40), held_after(4000));
}
