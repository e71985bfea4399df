//! Generated Verilog is clean in three tools: Verilator `-Wall` (waivers stand in the files with their reasons), Icarus
//! `-Wall`, and Yosys (a chip of few neurons: synthesisable, no latch, no conflict of drivers).

use bruno_chip::Description;
use bruno_device::Chip;
use std::path::Path;
use std::process::Command;

const BRAILLE: &str = include_str!("../../../examples/braille.json");
const JSB: &str = include_str!("../../../examples/jsb.json");
/// Every kind of layer, several banks, single neurons and single channels.
const MIXED: &str = r#"{"name":"mixed","inputs":1,"bank_neurons":2,"window_ticks":64,
    "layers":[{"name":"one","kind":"lif","neurons":1,"recurrent":true,"synapse":{"bits":1,"range_pA":200}},
              {"name":"two","kind":"felif","neurons":3,"synapse":{"bits":8,"range_pA":300}}],
    "readout":{"outputs":3,"synapse":{"range_pA":100}}}"#;
const TRUNCATE: &str = r#"{"name":"cut","inputs":2,"rounding":"truncate","recorder":"sample",
    "layers":[{"name":"one","kind":"lif","neurons":3,"synapse":{"range_pA":200}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;

const STOCHASTIC: &str = r#"{"name":"dice","inputs":2,"rounding":"stochastic","recorder":"jacobian","bank_neurons":2,
    "layers":[{"name":"one","kind":"lif","neurons":1,"synapse":{"range_pA":200},"device":{"noise_pA_rms":3}},
              {"name":"two","kind":"felif","neurons":3,"recurrent":true,"synapse":{"range_pA":200}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;
const NOISY: &str = r#"{"name":"noisy","inputs":2,"recorder":"minmax","formats":{"v_bits":16,"p_bits":12,"i_bits":16},
    "layers":[{"name":"one","kind":"felif","neurons":2,"synapse":{"range_pA":200},"device":{"noise_pA_rms":3}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;

fn written(description: &str) -> (tempfile::TempDir, Chip, Vec<String>) {
    let chip = Chip::resolve("test", &Description::parse("test", description).unwrap()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let design = bruno_hdl::generate(&chip).unwrap();
    for file in &design.verilog {
        std::fs::write(dir.path().join(&file.name), &file.text).unwrap();
    }
    (
        dir,
        chip,
        design.verilog.into_iter().map(|f| f.name).collect(),
    )
}

/// Runs a tool that must succeed without a complaint.
fn silent(dir: &Path, tool: &str, arguments: &[&str], files: &[String]) {
    let output = Command::new(tool)
        .current_dir(dir)
        .args(arguments)
        .args(files)
        .output()
        .unwrap();
    let printed = [&output.stdout[..], &output.stderr[..]].concat();
    let printed = String::from_utf8_lossy(&printed);
    // A bank's arrays are registers by intent: every neuron is updated in every tick.
    let intended = |line: &&str| line.starts_with("Warning: Replacing memory");
    let complaints: Vec<&str> = printed.lines().filter(|l| !intended(l)).collect();
    let text = complaints.join(
        "
",
    );
    assert!(
        output.status.success() && text.is_empty(),
        "{tool}:
{text}"
    );
}

fn check(description: &str) {
    let (dir, chip, files) = written(description);
    silent(
        dir.path(),
        "verilator",
        &["--lint-only", "-Wall", "--top-module", &chip.name],
        &files,
    );
    silent(
        dir.path(),
        "iverilog",
        &["-g2001", "-Wall", "-o", "chip.vvp", "-s", &chip.name],
        &files,
    );
}

fn check_synthesis(description: &str) {
    let (dir, chip, files) = written(description);
    let script = format!(
        "read_verilog {}; hierarchy -check -top {}; proc; select -assert-none t:$dlatch; opt_clean; memory_dff; \
         memory_collect; check -assert",
        files.join(" "),
        chip.name
    );
    silent(dir.path(), "yosys", &["-q", "-p", &script], &[]);
}

#[test]
fn braille() {
    check(BRAILLE);
}
#[test]
fn jsb() {
    check(JSB);
}
#[test]
fn mixed() {
    check(MIXED);
}
#[test]
fn truncate() {
    check(TRUNCATE);
}
#[test]
fn stochastic() {
    check(STOCHASTIC);
}
#[test]
fn stochastic_synthesis() {
    check_synthesis(STOCHASTIC);
}
#[test]
fn stochastic_folded() {
    check(
        &STOCHASTIC
            .replace("\"bank_neurons\":2", "\"fold\":2")
            .replace("\"neurons\":1", "\"neurons\":3")
            .replace("\"outputs\":1", "\"outputs\":2"),
    );
}
#[test]
fn noisy() {
    check(NOISY);
}
#[test]
fn noisy_synthesis() {
    check_synthesis(NOISY);
}
#[test]
fn mixed_synthesis() {
    check_synthesis(MIXED);
}
#[test]
fn truncate_synthesis() {
    check_synthesis(TRUNCATE);
}
