//! Loading a program leaves the chip with that program, whatever it held before: only what differs is written.

use bruno_chip::{Description, Section, address};
use bruno_device::Chip;
use bruno_sim::stimuli;
use bruno_sim::{Forward, IntegerModel, Program};
use bruno_verilator::{Flavour, VerilatedModel};
use std::path::Path;

const CHIP: &str = r#"{"name":"loading","inputs":4,"bank_neurons":4,"window_ticks":40,"recorder":"mean",
    "layers":[{"name":"hidden","kind":"felif","neurons":6,"recurrent":true,"synapse":{"range_pA":900},
               "device":{"area_um2":0.5,"t_ref_ms":0.1}}],
    "readout":{"outputs":2,"synapse":{"range_pA":100}}}"#;

/// What happens between the programs `a` and `b` and the last load, which is of `b`.
fn check(between: impl Fn(&mut VerilatedModel, &Program, &Program)) {
    let description = Description::parse("loading", CHIP).unwrap();
    let chip = Chip::resolve("loading", &description).unwrap();
    let case = stimuli::random(&chip, 4_000, 1).swap_remove(0);
    let (a, b) = (
        Program {
            window: chip.window_ticks,
            ..stimuli::random_program(&chip, 2)
        },
        case.program,
    );
    let mut integer = IntegerModel::new(&chip);
    integer.load(&b).unwrap();
    let expected = integer.run(&case.stimulus).unwrap();
    let design = bruno_hdl::generate(&chip).unwrap();
    let mut model = VerilatedModel::new(&chip, &design, Flavour::Fast, Path::new("")).unwrap();
    between(&mut model, &a, &b);
    assert_ne!(
        model.run(&case.stimulus).unwrap(),
        expected,
        "the test shows nothing"
    );
    model.load(&b).unwrap();
    assert_eq!(model.run(&case.stimulus).unwrap(), expected);
}

#[test]
fn over_nothing() {
    check(|_, _, _| {});
}

#[test]
fn over_another_program() {
    check(|model, a, _| model.load(a).unwrap());
}

#[test]
fn over_words_that_were_written_over_the_bus() {
    check(|model, _, b| {
        model.load(b).unwrap();
        (0..8).for_each(|code| {
            model
                .write(address(Section::Levels(0), code), 40_000)
                .unwrap()
        });
    });
}

#[test]
fn over_a_program_that_differs_in_a_level() {
    check(|model, _, b| {
        let mut other = b.clone();
        other.layers[0].levels.fill(40_000);
        model.load(&other).unwrap();
    });
}
