//! Samples of a small chip that run at once in the RTL of copies give what each gives in the integer model.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::stimuli::{self, Case};
use bruno_sim::{CHUNK, Forward, IntegerModel, LayerTrace, Program, Stimulus, Trace};
use bruno_verilator::{Builder, Flavour, Several, VerilatedModel};
use std::path::Path;

fn chip() -> Chip {
    let text = r#"{"name":"several","inputs":5,"window_ticks":1000,"recorder":"mean",
        "layers":[{"name":"hidden","kind":"felif","neurons":40,"recurrent":true,"synapse":{"range_pA":900},
                   "device":{"area_um2":0.5,"t_ref_ms":0.1}}],
        "readout":{"outputs":2,"synapse":{"range_pA":100}}}"#;
    Chip::resolve("several", &Description::parse("several", text).unwrap()).unwrap()
}

fn model(chip: &Chip) -> Several {
    let design = bruno_hdl::generate(chip).unwrap();
    let one = VerilatedModel::new(chip, &design, Flavour::Fast, Path::new("")).unwrap();
    let builder = Builder::This(|note| panic!("{note}"));
    let mut model = Several::new(chip, one, builder);
    assert!(model.complete().unwrap(), "one by one is faster");
    model
}

/// Samples with random events, of these lengths.
fn samples(chip: &Chip, lengths: &[u32]) -> Vec<Stimulus> {
    let sample = |(seed, windows): (u64, &u32)| {
        let cases = stimuli::random(chip, u64::from(windows * chip.window_ticks), seed);
        cases.into_iter().next().map(|case: Case| case.stimulus)
    };
    let all = (0..).zip(lengths).map(sample);
    all.map(Option::unwrap_or_default).collect()
}

/// Both programs in turn, all samples at once. Returns the saturated updates.
fn check(programs: &[Program], lengths: &[u32]) -> u32 {
    check_chip(&chip(), programs, lengths)
}

fn check_chip(chip: &Chip, programs: &[Program], lengths: &[u32]) -> u32 {
    let (mut model, mut integer) = (model(chip), IntegerModel::new(chip));
    let samples = samples(chip, lengths);
    let (mut spikes, mut saturations) = (0, 0);
    for program in programs {
        model.load(program).unwrap();
        integer.load(program).unwrap();
        let mut found = vec![vec![LayerTrace::default(); 2]; samples.len()];
        let counters = model.stream_all(&samples, CHUNK, &mut |k, part| {
            for (all, part) in found[k].iter_mut().zip(part) {
                all.records.extend(&part.records);
                all.spikes.extend(&part.spikes);
            }
        });
        for ((sample, layers), counters) in samples.iter().zip(found).zip(counters.unwrap()) {
            spikes += layers[0].spikes.len();
            saturations += counters.saturations;
            let found = Trace::new(layers, counters);
            assert!(integer.run(sample).unwrap() == found);
        }
    }
    assert!(spikes > 0);
    saturations
}

/// The build that is there soonest, and the one that takes its place.
#[test]
fn another_build_goes_on() {
    let chip = chip();
    let design = bruno_hdl::generate(&chip).unwrap();
    let builder = Builder::This(|note| panic!("{note}"));
    let mut model = Several::soonest(&chip, &design, builder).unwrap();
    let mut integer = IntegerModel::new(&chip);
    let sample = samples(&chip, &[3]).swap_remove(0);
    for program in [quiet(6), quiet(7)] {
        model.load(&program).unwrap();
        integer.load(&program).unwrap();
        let expected = integer.run(&sample).unwrap();
        assert!(model.run(&sample).unwrap() == expected);
        model.complete().unwrap();
        assert!(model.run(&sample).unwrap() == expected);
    }
}

fn quiet(seed: u64) -> Program {
    stimuli::random_program(&chip(), seed)
}

#[test]
fn as_many_as_there_are_copies() {
    check(&[quiet(1), quiet(2)], &[4, 1, 7]);
}
#[test]
fn two_of_three() {
    check(&[quiet(3)], &[1, 2]);
}
#[test]
fn more_than_there_are_copies() {
    check(&[quiet(4)], &[2, 3, 4, 5]);
}
/// A virtual chip's.
#[test]
fn codes_of_eight_bits() {
    let fine = chip().with_fine_synapses();
    let program = |seed| {
        let mut program = stimuli::random_program(&fine, seed);
        // Most excite, so that the neurons fire; nobody has the last code.
        let levels =
            |l: &[i32]| -> Vec<i32> { (0..l.len() as i32).map(|k| 2000 * (k - 64)).collect() };
        for layer in &mut program.layers {
            layer.levels = levels(&layer.levels);
            layer.recurrent_levels = levels(&layer.recurrent_levels);
            layer
                .weights
                .iter_mut()
                .for_each(|code| *code = (*code).min(254));
        }
        program
    };
    check_chip(&fine, &[program(8), program(9)], &[3, 5, 2]);
}
#[test]
fn states_that_saturate() {
    let strongest = stimuli::corners(&chip()).swap_remove(0).program;
    assert!(check(&[strongest, quiet(5)], &[4, 3, 2]) > 0);
}
