//! Folded chips, as they train and as they are delivered, against the integer model, which knows nothing of folding:
//! every state at every tick, every record, spike and counter. `cargo bench -p bruno-verilator --bench folds` runs the
//! whole matrix for 200,000 ticks each.

mod matrix;

use bruno_device::Chip;
use bruno_hdl::Design;
use bruno_sim::stimuli;
use bruno_sim::{Forward, IntegerModel, first_difference};
use bruno_verilator::{Flavour, Lockstep, VerilatedModel};
use matrix::{Entry, Shape};
use std::path::Path;

fn check(fold: usize, kind: &'static str, bits: u32, shape: Shape) {
    check_stages(7.0, fold, kind, bits, shape);
}

/// The same in pipeline stages of another length, ns.
fn check_stages(stage_ns: f64, fold: usize, kind: &'static str, bits: u32, shape: Shape) {
    let chip = Entry {
        fold,
        kind,
        rounding: "nearest",
        bits,
        shape,
        stage_ns,
    }
    .chip();
    check_design(&chip, &bruno_hdl::generate(&chip).unwrap());
    check_design(&chip, &bruno_hdl::delivered(&chip).unwrap());
}

/// One of a chip's two texts.
fn check_design(chip: &Chip, design: &Design) {
    let mut both = Lockstep::new(chip, design).unwrap();
    for case in stimuli::random(chip, 10_000, 1)
        .into_iter()
        .chain(stimuli::corners(chip))
    {
        both.load(&case.program).unwrap();
        let difference = both.run(&case.stimulus, |_| {}).unwrap();
        assert!(
            difference.is_none(),
            "{}: {}",
            case.name,
            difference.unwrap()
        );
    }
}

#[test]
fn pairs() {
    check(2, "lif", 3, Shape::FeedForward);
}
#[test]
fn sixteen() {
    check(16, "felif", 1, Shape::TwoLayers);
}
#[test]
fn sixteen_of_eight_bits() {
    check(16, "lif", 8, Shape::TwoLayers);
}
#[test]
fn sixty_four() {
    check(64, "felif", 3, Shape::Recurrent);
}
/// Spikes counted by code, in groups of channels.
#[test]
fn two_bits_counted() {
    check(4, "lif", 2, Shape::Recurrent);
}
#[test]
fn four_bits_counted() {
    check(16, "lif", 4, Shape::Recurrent);
}
/// Every statement a stage of its own, in which few channels are counted; and all of them in one or two.
#[test]
fn short_stages() {
    check_stages(3.0, 8, "felif", 3, Shape::Recurrent);
}
#[test]
fn long_stages() {
    check_stages(100.0, 8, "felif", 3, Shape::Recurrent);
    check_stages(100.0, 16, "lif", 2, Shape::FeedForward);
}
/// One lane that is not full.
#[test]
fn more_than_neurons() {
    check(256, "lif", 3, Shape::FeedForward);
}

/// Whole samples, a tick offered as soon as the one before is done.
#[test]
fn samples_at_full_speed() {
    let chip = Entry {
        fold: 16,
        kind: "felif",
        rounding: "nearest",
        bits: 3,
        shape: Shape::TwoLayers,
        stage_ns: 7.0,
    }
    .chip();
    let design = bruno_hdl::generate(&chip).unwrap();
    let mut integer = IntegerModel::new(&chip);
    let mut rtl = VerilatedModel::new(&chip, &design, Flavour::Fast, Path::new("")).unwrap();
    for case in stimuli::random(&chip, 20_000, 3) {
        integer.load(&case.program).unwrap();
        rtl.load(&case.program).unwrap();
        let expected = integer.run(&case.stimulus).unwrap();
        let found = rtl.run(&case.stimulus).unwrap();
        assert!(
            !expected.layers[1].spikes.is_empty(),
            "{} must reach threshold",
            case.name
        );
        assert_eq!(
            first_difference(&chip, chip.window_ticks, &expected, &found),
            None
        );
    }
}
