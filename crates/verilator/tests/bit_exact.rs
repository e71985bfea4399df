//! The Verilated RTL against the integer model: every state at every tick, every record, spike and counter.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::stimuli::{self, Case};
use bruno_sim::{Forward, IntegerModel, first_difference};
use bruno_verilator::{Flavour, Lockstep, VerilatedModel};
use std::path::Path;

/// Registers and levels are constants.
fn frozen(description: &str) -> String {
    description.replacen('{', "{\"card\":\"frozen\",", 1)
}

fn chip(description: &str) -> Chip {
    let description = Description::parse("test", description).unwrap();
    Chip::resolve("test", &description).unwrap()
}

/// Lock step over all cases.
fn check(description: &str, cases: impl Fn(&Chip) -> Vec<Case>) {
    let chip = chip(description);
    let design = bruno_hdl::generate(&chip).unwrap();
    let mut both = Lockstep::new(&chip, &design).unwrap();
    for case in cases(&chip) {
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

/// Whole samples at full speed, as training runs them.
fn check_samples(description: &str) {
    let chip = chip(description);
    let design = bruno_hdl::generate(&chip).unwrap();
    let mut integer = IntegerModel::new(&chip);
    let mut rtl = VerilatedModel::new(&chip, &design, Flavour::Fast, Path::new("")).unwrap();
    for case in stimuli::random(&chip, 100_000, 3) {
        integer.load(&case.program).unwrap();
        rtl.load(&case.program).unwrap();
        let expected = integer.run(&case.stimulus).unwrap();
        let found = rtl.run(&case.stimulus).unwrap();
        assert!(
            !expected.layers[0].spikes.is_empty(),
            "{} must reach threshold",
            case.name
        );
        let difference = first_difference(&chip, chip.window_ticks, &expected, &found);
        assert!(
            difference.is_none(),
            "{}: {}",
            case.name,
            difference.unwrap()
        );
    }
}

const BRAILLE: &str = include_str!("../../../examples/braille.json");
const JSB: &str = include_str!("../../../examples/jsb.json");
/// Two layers in several banks, LIF and FeLIF, odd sizes, short words.
const TWO_LAYERS: &str = r#"{"name":"two","inputs":3,"bank_neurons":5,"window_ticks":100,
    "formats":{"v_bits":18,"p_bits":16,"i_bits":20},
    "layers":[{"name":"one","kind":"lif","neurons":7,"synapse":{"bits":8,"range_pA":200}},
              {"name":"two","kind":"felif","neurons":11,"recurrent":true,"synapse":{"bits":1,"range_pA":300},
               "device":{"c_series_F_m2":0.27,"p_ref":0.3,"p_reset":0.1}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}},"recorder":"sample"}"#;
/// More channels than are asked one by one, inputs and recurrence, no whole number of groups, two banks.
const MANY: &str = r#"{"name":"many","inputs":130,"bank_neurons":70,
    "layers":[{"name":"one","kind":"felif","neurons":139,"recurrent":true,"synapse":{"range_pA":50},
               "recurrent_synapse":{"range_pA":10},"device":{"area_um2":0.5,"t_ref_ms":0.1}}],
    "readout":{"outputs":1,"synapse":{"range_pA":20}}}"#;
/// All channels at once fill the 32-bit word of the datapath but for a ten-thousandth of what is allowed.
const FULL: &str = r#"{"name":"full","inputs":254,
    "layers":[{"name":"one","kind":"felif","neurons":2,"synapse":{"range_pA":1023.9}}],
    "readout":{"outputs":1,"synapse":{"range_pA":20}}}"#;
/// Truncation toward zero, recurrent LIF, one neuron in a bank.
const TRUNCATE: &str = r#"{"name":"trunc","inputs":1,"rounding":"truncate","window_ticks":64,"bank_neurons":1,
    "layers":[{"name":"one","kind":"lif","neurons":3,"recurrent":true,"synapse":{"bits":4,"range_pA":400},
               "device":{"tau_syn_ms":0.5,"area_um2":0.5}}],
    "readout":{"outputs":2,"tau_ms":1,"synapse":{"range_pA":100}}}"#;

/// Stochastic rounding at its default words, noise in one layer, every sum of the recorder, odd banks.
const STOCHASTIC: &str = r#"{"name":"sto","inputs":4,"rounding":"stochastic","recorder":"jacobian","window_ticks":100,
    "bank_neurons":5,"layers":[
      {"name":"one","kind":"lif","neurons":7,"recurrent":true,"synapse":{"bits":3,"range_pA":900},
       "device":{"area_um2":1,"t_ref_ms":0.1}},
      {"name":"two","kind":"felif","neurons":10,"recurrent":true,"synapse":{"bits":2,"range_pA":900},
       "device":{"area_um2":0.5,"t_ref_ms":0.1,"tau_syn_ms":1,"noise_pA_rms":30}}],
    "readout":{"outputs":3,"tau_ms":1,"synapse":{"range_pA":100}}}"#;
/// Noise under rounding to nearest, extremes of the window, short words.
const NOISY: &str = r#"{"name":"noisy","inputs":2,"seed":77,"recorder":"minmax","window_ticks":64,
    "formats":{"v_bits":13,"p_bits":12,"i_bits":16},"layers":[
      {"name":"one","kind":"felif","neurons":3,"synapse":{"bits":3,"range_pA":900},
       "device":{"area_um2":1,"t_ref_ms":0.1,"noise_pA_rms":500}},
      {"name":"two","kind":"lif","neurons":5,"synapse":{"bits":3,"range_pA":900},
       "device":{"area_um2":1,"t_ref_ms":0.1,"noise_pA_rms":5}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;
/// The sums of the recorder with long words and truncation.
const SUMS: &str = r#"{"name":"sums","inputs":2,"rounding":"truncate","recorder":"jacobian","window_ticks":64,
    "layers":[{"name":"one","kind":"lif","neurons":3,"synapse":{"range_pA":900},"device":{"t_ref_ms":0.1}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;
/// Windows of 20 ms: every sum leaves bits out, those of short words fewer, those of a file too.
const LONG: &str = r#"{"name":"long","inputs":2,"recorder":"jacobian","window_ticks":20000,"layers":[
      {"name":"one","kind":"felif","neurons":2,"synapse":{"bits":3,"range_pA":900},"device":{"area_um2":1}},
      {"name":"two","kind":"lif","neurons":2,"synapse":{"bits":3,"range_pA":900},"device":{"area_um2":1}},
      {"name":"three","model":"adex","neurons":2,"synapse":{"bits":3,"range_pA":4000}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;

fn random(chip: &Chip) -> Vec<Case> {
    stimuli::random(chip, 100_000, 1)
}

#[test]
fn many_channels() {
    check_samples(MANY);
    check(MANY, |chip| stimuli::random(chip, 2_000, 5));
}
#[test]
fn full_words() {
    check(FULL, stimuli::corners);
}
#[test]
fn braille_random() {
    check(BRAILLE, random);
}
#[test]
fn braille_corners() {
    check(BRAILLE, stimuli::corners);
}
#[test]
fn braille_samples() {
    check_samples(BRAILLE);
}
#[test]
fn jsb_random() {
    check(JSB, random);
}
#[test]
fn two_layers_random() {
    check(TWO_LAYERS, random);
}
#[test]
fn two_layers_corners() {
    check(TWO_LAYERS, stimuli::corners);
}
#[test]
fn truncate_random() {
    check(TRUNCATE, random);
}
#[test]
fn truncate_corners() {
    check(TRUNCATE, stimuli::corners);
}

#[test]
fn stochastic_random() {
    check(STOCHASTIC, random);
}
#[test]
fn stochastic_corners() {
    check(STOCHASTIC, stimuli::corners);
}
#[test]
fn noisy_random() {
    check(NOISY, random);
}
#[test]
fn noisy_corners() {
    check(NOISY, stimuli::corners);
}
#[test]
fn sums_random() {
    check(SUMS, random);
}
#[test]
fn folded_stochastic_random() {
    check(&folded(STOCHASTIC, 4), random);
}
#[test]
fn folded_noisy_corners() {
    check(&folded(NOISY, 2), stimuli::corners);
}
#[test]
fn long_windows_random() {
    check(LONG, random);
}
#[test]
fn long_windows_corners() {
    check(LONG, stimuli::corners);
}
#[test]
fn long_windows_of_short_words() {
    let short = LONG.replace(
        "\"recorder\"",
        "\"formats\":{\"v_bits\":12,\"p_bits\":18,\"i_bits\":16},\"recorder\"",
    );
    check(&short, random);
}
#[test]
fn folded_long_windows() {
    check(&folded(LONG, 2), random);
}
#[test]
fn long_windows_samples() {
    check_samples(LONG);
}

/// The same chip with `fold` neurons a datapath.
fn folded(description: &str, fold: usize) -> String {
    description.replacen(
        "\"window_ticks\"",
        &format!("\"fold\":{fold},\"window_ticks\""),
        1,
    )
}

/// One constant of the kernel changed by hand is found, with tick, neuron and signal.
#[test]
fn a_seeded_fault_is_found() {
    let chip = chip(BRAILLE);
    let mut design = bruno_hdl::generate(&chip).unwrap();
    let bank = design
        .verilog
        .iter_mut()
        .find(|f| f.text.contains("32'sd11014144"))
        .unwrap();
    bank.text = bank.text.replace("32'sd11014144", "32'sd11059200");
    let mut both = Lockstep::new(&chip, &design).unwrap();
    let case = &stimuli::random(&chip, 50_000, 1)[0];
    both.load(&case.program).unwrap();
    let difference = both
        .run(&case.stimulus, |_| {})
        .unwrap()
        .expect("the fault must be seen");
    assert!(
        difference.tick.is_some() && difference.place.contains("neuron"),
        "{difference}"
    );
}

#[test]
fn frozen_two_layers() {
    check(&frozen(TWO_LAYERS), |chip| stimuli::random(chip, 50_000, 1));
}
#[test]
fn frozen_samples() {
    check_samples(&frozen(BRAILLE));
}
