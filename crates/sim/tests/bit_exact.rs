//! The Verilated RTL against the integer model: every record, spike and counter of whole samples.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::{
    Flavour, Forward, IntegerModel, Lockstep, Program, Stimulus, VerilatedModel, first_difference,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::path::Path;

fn random_program(chip: &Chip, rng: &mut ChaCha8Rng) -> Program {
    let mut program = Program::silent(chip);
    for (layer, bits) in program
        .layers
        .iter_mut()
        .zip(chip.layers.iter().map(|l| l.bits))
    {
        layer
            .weights
            .fill_with(|| rng.random_range(0..1u32 << bits) as u8);
    }
    program
}

fn random_stimulus(chip: &Chip, windows: u32, rate: f64, rng: &mut ChaCha8Rng) -> Stimulus {
    let mut events = Vec::new();
    for tick in 0..windows * chip.window_ticks {
        for channel in 0..chip.inputs as u32 {
            if rng.random_bool(rate) {
                events.push((tick, channel));
            }
        }
    }
    Stimulus { events, windows }
}

fn check(description: &str, rate: f64) {
    let description = Description::parse("test", description).unwrap();
    let chip = Chip::resolve("test", &description).unwrap();
    let design = bruno_hdl::generate(&chip).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let program = random_program(&chip, &mut rng);
    let stimulus = random_stimulus(&chip, 200, rate, &mut rng);
    let mut integer = IntegerModel::new(&chip);
    let mut rtl = VerilatedModel::new(&chip, &design, Flavour::Fast, Path::new("")).unwrap();
    integer.load(&program).unwrap();
    rtl.load(&program).unwrap();
    let expected = integer.run(&stimulus).unwrap();
    let found = rtl.run(&stimulus).unwrap();
    assert!(
        !expected.layers[0].spikes.is_empty(),
        "the stimulus must reach threshold"
    );
    let difference = first_difference(&chip, chip.window_ticks, &expected, &found);
    assert!(difference.is_none(), "{}", difference.unwrap());
}

fn check_states(description: &str, rate: f64) {
    let description = Description::parse("test", description).unwrap();
    let chip = Chip::resolve("test", &description).unwrap();
    let design = bruno_hdl::generate(&chip).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let program = random_program(&chip, &mut rng);
    let stimulus = random_stimulus(&chip, 200, rate, &mut rng);
    let mut both = Lockstep::new(&chip, &design).unwrap();
    both.load(&program).unwrap();
    let difference = both.run(&stimulus, |_| {}).unwrap();
    assert!(difference.is_none(), "{}", difference.unwrap());
}

#[test]
fn braille_states() {
    check_states(include_str!("../../../examples/braille.json"), 1e-4);
}

#[test]
fn braille() {
    check(include_str!("../../../examples/braille.json"), 1e-4);
}

#[test]
fn jsb() {
    check(include_str!("../../../examples/jsb.json"), 1e-4);
}
