//! A small chip in Icarus, replayed by `testbenches/replay.v`, against the integer model: another simulator, other rules
//! for X and for the order of events, the same words.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::replay;
use bruno_sim::stimuli::{self, Case};
use std::path::Path;
use std::process::Command;

const CHIP: &str = r#"{"name":"mini","inputs":3,"bank_neurons":3,"window_ticks":50,
    "layers":[{"name":"one","kind":"lif","neurons":2,"synapse":{"bits":8,"range_pA":900}},
              {"name":"two","kind":"felif","neurons":5,"recurrent":true,"synapse":{"bits":2,"range_pA":900},
               "device":{"area_um2":0.5,"t_ref_ms":0.1,"tau_syn_ms":1}}],
    "readout":{"outputs":2,"tau_ms":1,"synapse":{"range_pA":100}}}"#;

/// Random numbers, noise and every sum of the recorder.
const DICE: &str = r#"{"name":"dice","inputs":3,"rounding":"stochastic","recorder":"jacobian","bank_neurons":3,
    "window_ticks":50,"layers":[
      {"name":"one","kind":"lif","neurons":2,"synapse":{"bits":8,"range_pA":900},"device":{"noise_pA_rms":50}},
      {"name":"two","kind":"felif","neurons":5,"recurrent":true,"synapse":{"bits":2,"range_pA":900},
               "device":{"area_um2":0.5,"t_ref_ms":0.1,"tau_syn_ms":1}}],
    "readout":{"outputs":2,"tau_ms":1,"synapse":{"range_pA":100}}}"#;

/// Neurons of files, with random numbers and noise.
const FILES: &str = r#"{"name":"files","inputs":3,"rounding":"stochastic","bank_neurons":3,"window_ticks":50,"layers":[
      {"name":"one","model":"alif","neurons":2,"noise_rms":1e-4,"synapse":{"bits":8,"range_pA":900}},
      {"name":"two","model":"izhikevich","neurons":4,"recurrent":true,"noise_rms":0.01,"synapse":{"range_pA":200}}],
    "readout":{"outputs":2,"tau_ms":1,"synapse":{"range_pA":100}}}"#;

fn check(case: &Case, chip: &Chip) {
    let dir = tempfile::tempdir().unwrap();
    let design = bruno_hdl::delivered(chip).unwrap();
    let mut compile = Command::new("iverilog");
    compile
        .current_dir(&dir)
        .args(["-g2001", "-Wall", "-o", "chip.vvp"]);
    compile.args(replay::macros(chip).map(|m| format!("-D{m}")));
    for file in &design.verilog {
        std::fs::write(dir.path().join(&file.name), &file.text).unwrap();
        compile.arg(&file.name);
    }
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    compile.arg(std::fs::canonicalize(root.join("testbenches/replay.v")).unwrap());
    let compiled = compile.output().unwrap();
    assert!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
    std::fs::write(dir.path().join("commands"), replay::commands(chip, case)).unwrap();
    let run = Command::new("vvp")
        .current_dir(&dir)
        .args(["chip.vvp", "+commands=commands"])
        .output()
        .unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    let difference = replay::difference(chip, case, &text).unwrap();
    assert_eq!(difference, None, "{}", case.name);
}

fn check_all(description: &str, cases: impl Fn(&Chip) -> Vec<Case>) {
    let chip = Chip::resolve("small", &Description::parse("small", description).unwrap()).unwrap();
    for case in cases(&chip) {
        check(&case, &chip);
    }
}

#[test]
fn random() {
    check_all(CHIP, |chip| stimuli::random(chip, 5_000, 5));
}

#[test]
fn corners() {
    check_all(CHIP, stimuli::corners);
}

#[test]
fn dice() {
    check_all(DICE, |chip| stimuli::random(chip, 5_000, 5));
}

#[test]
fn files() {
    check_all(FILES, |chip| stimuli::lively(chip, 5_000, 5));
}

/// Two neurons to a datapath.
fn folded(description: &str) -> String {
    description.replacen('{', "{\"fold\":2,", 1)
}

/// Registers and levels are constants.
fn frozen(description: &str) -> String {
    description.replacen('{', "{\"card\":\"frozen\",", 1)
}

#[test]
fn frozen_random() {
    check_all(&frozen(CHIP), |chip| stimuli::random(chip, 5_000, 5));
}

#[test]
fn frozen_folded_corners() {
    check_all(&folded(&frozen(DICE)), stimuli::corners);
}

#[test]
fn folded_random() {
    check_all(&folded(CHIP), |chip| stimuli::random(chip, 2_000, 6));
}

#[test]
fn folded_dice() {
    check_all(&folded(DICE), |chip| stimuli::random(chip, 2_000, 6));
}
