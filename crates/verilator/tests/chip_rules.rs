//! Rules of a whole chip that no single comparison shows: reset between samples, registers over the bus, overrun.

use bruno_chip::{Description, Section, address};
use bruno_device::Chip;
use bruno_sim::stimuli;
use bruno_sim::{Forward, SimError};
use bruno_verilator::{Flavour, VerilatedModel};
use std::path::Path;

/// With every optional register; a readout without membrane leaves gaps in its register map.
const CHIP: &str = r#"{"name":"rules","inputs":4,"window_ticks":100,"rounding":"stochastic","recorder":"jacobian",
    "layers":[{"name":"hidden","kind":"felif","neurons":5,"recurrent":true,"synapse":{"range_pA":900},
               "device":{"area_um2":1,"noise_pA_rms":20}}],
    "readout":{"outputs":2,"synapse":{"range_pA":100}}}"#;

fn model() -> (Chip, VerilatedModel) {
    let chip = Chip::resolve("rules", &Description::parse("rules", CHIP).unwrap()).unwrap();
    let design = bruno_hdl::generate(&chip).unwrap();
    let model = VerilatedModel::new(&chip, &design, Flavour::Fast, Path::new("")).unwrap();
    (chip, model)
}

#[test]
fn order_of_samples_changes_nothing() {
    let (chip, mut model) = model();
    let cases = stimuli::random(&chip, 10_000, 9);
    let (a, b) = (&cases[0].stimulus, &cases[1].stimulus);
    model.load(&cases[0].program).unwrap();
    let forth = [a, b, a].map(|s| model.run(s).unwrap());
    let back = [b, a].map(|s| model.run(s).unwrap());
    assert_eq!(
        (&forth[0], &forth[1], &forth[2]),
        (&back[1], &back[0], &forth[0])
    );
    assert!(!forth[0].layers[0].spikes.is_empty());
}

#[test]
fn registers_read_back() {
    let (chip, mut model) = model();
    assert_eq!(
        model.read(address(Section::Global, 0)).unwrap(),
        0x6272_756e
    );
    for id in &chip.layers[0].model.registers {
        let neurons = &chip.layers[0].model;
        let register = neurons.register(*id);
        let place = address(Section::Device(0), neurons.address(*id));
        let reset = chip.layers[0].codes.value(*id);
        assert_eq!(
            model.read(place).unwrap() as i32,
            reset,
            "{}",
            register.name
        );
        model.write(place, 1).unwrap();
        let one = if register.signed && register.bits == 1 {
            u32::MAX
        } else {
            1
        };
        assert_eq!(model.read(place).unwrap(), one, "{}", register.name);
    }
}

/// Another seed is another noise; the same seed the same, whatever ran before.
#[test]
fn the_seed_decides() {
    let (chip, mut model) = model();
    let case = stimuli::random(&chip, 5_000, 9).remove(0);
    let mut run = |seed: i32| {
        let mut program = case.program.clone();
        program.layers[0].codes.seed = seed;
        model.load(&program).unwrap();
        model.run(&case.stimulus).unwrap()
    };
    let (first, zero, again) = (run(5), run(0), run(5));
    assert_eq!(first, again);
    assert_ne!(first.layers[0].records, zero.layers[0].records);
}

#[test]
fn an_overrun_is_flagged() {
    let (chip, mut model) = model();
    // Past the software's check: windows of 5 ticks for records of 55 words.
    model.write(address(Section::Global, 1), 5).unwrap();
    model.clear().unwrap();
    model.ticks(0, chip.window_ticks, &[]).unwrap();
    assert_eq!(model.read(address(Section::Global, 5)).unwrap(), 1);
    model
        .write(address(Section::Global, 1), chip.window_ticks)
        .unwrap();
    model.clear().unwrap();
    model.ticks(0, 3 * chip.window_ticks, &[]).unwrap();
    assert_eq!(model.read(address(Section::Global, 5)).unwrap(), 0);
}

#[test]
fn a_window_that_would_overrun_is_refused() {
    let (chip, mut model) = model();
    let mut program = bruno_sim::Program::silent(&chip);
    program.window = 20;
    assert!(matches!(
        model.load(&program),
        Err(SimError::Mismatch { .. })
    ));
}

#[test]
fn waves_are_written() {
    let (chip, _) = model();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("waves.vcd");
    let design = bruno_hdl::generate(&chip).unwrap();
    let mut model = VerilatedModel::new(&chip, &design, Flavour::Trace, &path).unwrap();
    model.ticks(0, 50, &[(3, 1)]).unwrap();
    drop(model);
    let waves = std::fs::read_to_string(&path).unwrap();
    assert!(
        waves.contains("$var") && waves.contains("neuron_v"),
        "states must be in the waves"
    );
}
