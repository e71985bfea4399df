//! Generated Verilog is clean in three tools: Verilator `-Wall`, Icarus `-Wall`, and Yosys (a chip of few neurons:
//! synthesisable, no latch, no conflict of drivers); and what is delivered keeps its style (`style.rs`).

mod style;

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_hdl::Design;
use std::path::Path;
use std::process::Command;

const BRAILLE: &str = include_str!("../../../../examples/braille.json");
const JSB: &str = include_str!("../../../../examples/jsb.json");
/// Every kind of layer, several banks, single neurons and single channels.
const MIXED: &str = r#"{"name":"mixed","inputs":1,"bank_neurons":2,"window_ticks":64,
    "layers":[{"name":"one","kind":"lif","neurons":1,"recurrent":true,"synapse":{"bits":1,"range_pA":200}},
              {"name":"two","kind":"felif","neurons":3,"synapse":{"bits":8,"range_pA":300}}],
    "readout":{"outputs":3,"synapse":{"range_pA":100}}}"#;
const SMALLEST: &str = r#"{"name":"smallest","inputs":1,
    "layers":[{"name":"one","kind":"lif","neurons":1,"synapse":{"bits":1,"range_pA":100}}],
    "readout":{"outputs":1,"synapse":{"bits":1,"range_pA":100}}}"#;
/// More channels than are asked one by one, no whole number of groups.
const MANY: &str = r#"{"name":"many","inputs":130,
    "layers":[{"name":"one","kind":"lif","neurons":2,"synapse":{"bits":1,"range_pA":50}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;
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

/// The files of a chip, written; its top module is the shell where it has one.
fn written(chip: &Chip, design: &Design) -> (tempfile::TempDir, String, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for file in design.verilog.iter().chain(&design.shell) {
        std::fs::write(dir.path().join(&file.name), &file.text).unwrap();
        files.push(file.name.clone());
    }
    // What a ROM holds is read with the Verilog.
    for file in &design.companions {
        std::fs::write(dir.path().join(&file.name), &file.text).unwrap();
    }
    let top = match design.shell.last() {
        Some(_) => bruno_hdl::shell_module(chip),
        None => chip.name.clone(),
    };
    (dir, top, files)
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
    let text = complaints.join("\n");
    assert!(
        output.status.success() && text.is_empty(),
        "{tool}:\n{text}"
    );
}

/// A chip, and its design as it is delivered and as it is simulated.
fn designs(description: &str) -> (Chip, Vec<Design>) {
    let chip = Chip::resolve("test", &Description::parse("test", description).unwrap()).unwrap();
    let designs = [bruno_hdl::delivered(&chip), bruno_hdl::generate(&chip)];
    let designs = designs.map(Result::unwrap);
    style::check(&designs[0]);
    (chip, designs.into())
}

fn check(description: &str) {
    let (chip, designs) = designs(description);
    for design in designs {
        lint(&chip, &design);
    }
}

fn lint(chip: &Chip, design: &Design) {
    let (dir, top, files) = written(chip, design);
    silent(
        dir.path(),
        "verilator",
        &["--lint-only", "-Wall", "--top-module", &top],
        &files,
    );
    silent(
        dir.path(),
        "iverilog",
        &["-g2001", "-Wall", "-o", "chip.vvp", "-s", &top],
        &files,
    );
}

fn check_synthesis(description: &str) {
    let (chip, designs) = designs(description);
    for design in designs {
        synthesise(&chip, &design);
    }
}

fn synthesise(chip: &Chip, design: &Design) {
    let (dir, top, files) = written(chip, design);
    // What a register leaves that became a memory's read port is cleaned away before it is checked.
    let script = format!(
        "read_verilog {}; hierarchy -check -top {}; proc; select -assert-none t:$dlatch; opt_clean; memory_dff; \
         memory_collect; opt_clean; check -assert",
        files.join(" "),
        top
    );
    silent(dir.path(), "yosys", &["-q", "-p", &script], &[]);
}

/// Chips of one kind of neuron and one width of synapse: feed-forward, recurrent, two layers.
fn check_matrix(kind: &str, bits: u32) {
    let layer = |name: &str, recurrent: bool| {
        format!(
            r#"{{"name":"{name}","kind":"{kind}","neurons":2,"recurrent":{recurrent},"synapse":{{"bits":{bits},"range_pA":300}}}}"#
        )
    };
    let chips = [
        layer("one", false),
        layer("one", true),
        layer("one", false) + "," + &layer("two", true),
    ];
    for layers in chips {
        let readout = format!(r#"{{"outputs":2,"synapse":{{"bits":{bits},"range_pA":100}}}}"#);
        check_synthesis(&format!(
            r#"{{"name":"few","inputs":2,"layers":[{layers}],"readout":{readout}}}"#
        ));
    }
}

#[test]
fn felif_of_1_bit() {
    check_matrix("felif", 1);
}
#[test]
fn felif_of_3_bits() {
    check_matrix("felif", 3);
}
#[test]
fn felif_of_8_bits() {
    check_matrix("felif", 8);
}
#[test]
fn lif_of_1_bit() {
    check_matrix("lif", 1);
}
#[test]
fn lif_of_3_bits() {
    check_matrix("lif", 3);
}
#[test]
fn lif_of_8_bits() {
    check_matrix("lif", 8);
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
fn one_of_everything() {
    check(SMALLEST);
}
#[test]
fn many_channels() {
    check(MANY);
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

/// Every choice of recorder and spikes with this configuration interface, in all three tools; the clock is odd on purpose.
fn check_shells(config: &str) {
    for spikes in ["vector", "aer", "stream", "axi-stream", "config"] {
        for recorder in ["bank", "axi-stream", "none"] {
            let interfaces = format!(
                r#"{{"name":"chip","interfaces":{{"config":"{config}","spikes":"{spikes}","recorder":"{recorder}","clock_mhz":3}},"#
            );
            let rest = MIXED.split_once(',').unwrap().1;
            check(&format!("{interfaces}{rest}"));
            let rest = TRUNCATE.split_once(',').unwrap().1;
            check_synthesis(&format!("{interfaces}{rest}"));
        }
    }
}

#[test]
fn shell_of_a_folded_chip() {
    let rest = MIXED.split_once(',').unwrap().1;
    let chip = format!(
        r#"{{"name":"chip","interfaces":{{"config":"spi","spikes":"stream","recorder":"axi-stream","clock_mhz":40}},{rest}"#
    );
    check(&folded(&chip, 2));
    check_synthesis(&folded(&chip, 2));
}
/// Weights and levels that can be read, in one bank and in several, folded and not.
#[test]
fn readback() {
    for (chip, fold) in [
        (MIXED, 1),
        (MIXED, 2),
        (SMALLEST, 1),
        (SMALLEST, 2),
        (TRUNCATE, 2),
    ] {
        let rest = chip.split_once(',').unwrap().1;
        let chip = format!(r#"{{"name":"chip","interfaces":{{"readback":true}},{rest}"#);
        check(&folded(&chip, fold));
        check_synthesis(&folded(&chip, fold));
    }
}
/// Registers and levels as constants, in one bank and in several, folded and not, with weights that can be read.
#[test]
fn frozen_cards() {
    let frozen = |chip: &str| chip.replacen('{', "{\"card\":\"frozen\",", 1);
    for (chip, fold) in [
        (MIXED, 1),
        (MIXED, 2),
        (SMALLEST, 1),
        (SMALLEST, 2),
        (STOCHASTIC, 1),
        (TRUNCATE, 2),
    ] {
        let rest = chip.split_once(',').unwrap().1;
        let readable = format!(r#"{{"name":"chip","interfaces":{{"readback":true}},{rest}"#);
        for chip in [chip, &readable] {
            let chip = frozen(&folded(chip, fold));
            check(&chip);
            check_synthesis(&chip);
        }
    }
}
/// One port for everything, with a decision.
#[test]
fn one_port() {
    for (chip, config) in [(MIXED, "spi"), (SMALLEST, "axi4-lite")] {
        let rest = chip.split_once(',').unwrap().1;
        let chip = format!(
            r#"{{"name":"chip","interfaces":{{"config":"{config}","spikes":"config","recorder":"none","decision":true}},{rest}"#
        );
        check(&chip);
        check_synthesis(&chip);
    }
}
/// A ROM behind every wrapper, folded and not.
#[test]
fn boot() {
    for (chip, config) in [(MIXED, "spi"), (SMALLEST, "axi4-lite"), (MIXED, "bus")] {
        let rest = chip.split_once(',').unwrap().1;
        let chip = format!(
            r#"{{"name":"chip","interfaces":{{"config":"{config}","decision":true,"boot":true}},{rest}"#
        );
        for chip in [&chip, &folded(&chip, 2)] {
            check(chip);
            check_synthesis(chip);
        }
    }
}
#[test]
fn shells_with_a_bus() {
    check_shells("bus");
}
#[test]
fn shells_with_spi() {
    check_shells("spi");
}
#[test]
fn shells_with_axi4_lite() {
    check_shells("axi4-lite");
}

/// The same chip with so many neurons to a datapath.
fn folded(description: &str, fold: usize) -> String {
    description.replacen('{', &format!("{{\"fold\":{fold},"), 1)
}

#[test]
fn mixed_folded() {
    check(&folded(MIXED, 2));
}
#[test]
fn braille_folded() {
    check(&folded(BRAILLE, 64));
}
#[test]
fn truncate_folded() {
    check(&folded(TRUNCATE, 2));
}
#[test]
fn mixed_folded_synthesis() {
    check_synthesis(&folded(MIXED, 2));
}
#[test]
fn truncate_folded_synthesis() {
    check_synthesis(&folded(TRUNCATE, 4));
}
#[test]
fn one_of_everything_folded() {
    check(&folded(SMALLEST, 2));
}
