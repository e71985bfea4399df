//! Copies of a chip side by side do what the chip does with each of their samples.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::stimuli;
use bruno_sim::{Copies, Counters, Forward, IntegerModel, LayerTrace, Stimulus, Trace};
use proptest::prelude::*;

/// Two layers, one of them recurrent and in two banks; `more` are fields of the chip, `layer` those of its second layer.
fn chip(more: &str, layer: &str) -> Chip {
    let text = format!(
        r#"{{"name":"side","inputs":3,"bank_neurons":9,"window_ticks":150,"recorder":"mean"{more},
        "layers":[{{"name":"one","kind":"lif","neurons":5,"synapse":{{"range_pA":900}},"device":{{"area_um2":0.5,"t_ref_ms":0.01}}}},
                  {{"name":"two","neurons":4,"recurrent":true,"synapse":{{"range_pA":900}},{layer}}}],
        "readout":{{"outputs":2,"synapse":{{"range_pA":100}}}}}}"#
    );
    Chip::resolve("side", &Description::parse("side", &text).unwrap()).unwrap()
}

const FELIF: &str = r#""kind":"felif","device":{"area_um2":0.5,"t_ref_ms":0.1}"#;

/// Samples of these lengths at once, a few windows at a time, and each by itself.
fn check(layer: &str, lengths: &[u32], count: usize, seed: u64) -> Result<(), TestCaseError> {
    check_chip(chip("", layer), lengths, count, seed)
}

fn check_chip(chip: Chip, lengths: &[u32], count: usize, seed: u64) -> Result<(), TestCaseError> {
    let mut copies = Copies::new(&chip, count).unwrap();
    let program = stimuli::lively(&chip, 150, seed).swap_remove(0).program;
    let sample = |(k, windows): (u64, &u32)| {
        let ticks = u64::from((*windows).max(1) * chip.window_ticks);
        let mut stimulus = stimuli::random(&chip, ticks, seed + k)
            .swap_remove(0)
            .stimulus;
        stimulus.windows = *windows;
        stimulus
            .events
            .retain(|e| e.0 < windows * chip.window_ticks);
        stimulus
    };
    let samples: Vec<Stimulus> = (0..).zip(lengths).map(sample).collect();
    let mut wide = IntegerModel::new(copies.chip());
    wide.load(&copies.program(&program).unwrap()).unwrap();
    let mut found = vec![vec![LayerTrace::default(); chip.layers.len()]; samples.len()];
    let mut saturations = vec![0; samples.len()];
    let mut done = 0;
    let counters = wide.stream(&copies.stimulus(&samples), 2, &mut |part| {
        for (copy, (sample, found)) in samples.iter().zip(&mut found).enumerate() {
            let left = sample.windows.saturating_sub(done);
            let end = sample.windows * chip.window_ticks;
            for (all, part) in found.iter_mut().zip(copies.of_copy(part, copy, left, end)) {
                all.records.extend(&part.records);
                all.spikes.extend(&part.spikes);
            }
            saturations[copy] += copies.saturations_of_copy();
        }
        done += copies.windows(part);
    });
    let counters = counters.unwrap();
    let mut one = IntegerModel::new(&chip);
    one.load(&program).unwrap();
    for ((sample, found), saturations) in samples.iter().zip(found).zip(saturations) {
        let overrun = counters.overrun;
        let found = Trace::new(
            found,
            Counters {
                saturations,
                overrun,
            },
        );
        prop_assert_eq!(found, one.run(sample).unwrap());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn samples_of_any_length(lengths in prop::collection::vec(0u32..7, 1..5), seed in any::<u32>()) {
        check(FELIF, &lengths, 4, seed.into())?;
    }

    #[test]
    fn neurons_of_a_file(lengths in prop::collection::vec(1u32..4, 3), seed in any::<u32>()) {
        check(r#""model":"alif""#, &lengths, 3, seed.into())?;
    }

    #[test]
    fn codes_of_eight_bits(lengths in prop::collection::vec(1u32..5, 2..4), seed in any::<u32>()) {
        check_chip(chip("", FELIF).with_fine_synapses(), &lengths, 4, seed.into())?;
    }
}

/// Whether a chip with these fields has copies.
fn check_whether(more: &str, layer: &str, expected: bool) {
    assert_eq!(chip(more, layer).copies(3).is_some(), expected);
}

#[test]
fn a_chip_that_draws_nothing() {
    check_whether("", FELIF, true);
}
#[test]
fn random_rounding() {
    check_whether(r#","rounding":"stochastic""#, FELIF, false);
}
#[test]
fn noise() {
    let noisy = FELIF.replace(r#""t_ref_ms""#, r#""noise_pA_rms":2.0,"t_ref_ms""#);
    check_whether("", &noisy, false);
}
#[test]
fn a_folded_chip() {
    check_whether(r#","fold":2"#, FELIF, false);
}
#[test]
fn a_frozen_card() {
    check_whether(r#","card":"frozen""#, FELIF, false);
}
#[test]
fn no_code_to_spare() {
    let text = r#"{"name":"all","inputs":16,
        "layers":[{"name":"one","kind":"lif","neurons":16,"synapse":{"bits":8,"range_pA":900}}],
        "readout":{"outputs":2,"synapse":{"range_pA":9}}}"#;
    let chip = Chip::resolve("all", &Description::parse("all", text).unwrap()).unwrap();
    let copies = Copies::new(&chip, 2).unwrap();
    let mut program = stimuli::random_program(&chip, 1);
    let all = program.layers[0].weights.iter_mut().zip(0u8..=255);
    all.for_each(|(weight, code)| *weight = code);
    assert!(copies.program(&program).is_none());
    program.layers[0].weights[7] = 8;
    let wide = copies.program(&program).unwrap();
    assert_eq!(wide.layers[0].levels[7], 0);
}
#[test]
fn one_copy_is_the_chip() {
    assert!(chip("", FELIF).copies(1).is_none());
}

/// The recorder of each bank sends a word a tick: in a short window banks are small.
fn check_most(window: u32, bank: usize) {
    let mut description = chip("", FELIF).description;
    description.window_ticks = window;
    let copies = Copies::of(&Chip::resolve("side", &description).unwrap()).unwrap();
    let layer = &copies.chip().layers[0];
    assert_eq!((copies.count(), layer.banks[0]), (25, bank));
}

#[test]
fn one_bank_in_a_long_window() {
    check_most(4000, 128);
}
#[test]
fn small_banks_in_a_short_window() {
    check_most(60, 12);
}
