//! The gates do what the chip does: a netlist of OSU018 cells in Icarus, with the library's models of the cells, against
//! the integer model.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::stimuli::Case;
use bruno_sim::{replay, stimuli};
use bruno_synth::{Memories, Options, Report, Target, synthesise};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const CHIP: &str = r#"{"name":"gates","inputs":2,"window_ticks":40,"fold":FOLD,
    "layers":[{"name":"one","kind":"felif","neurons":2,"recurrent":true,"synapse":{"bits":3,"range_pA":900},
               "device":{"area_um2":0.5,"t_ref_ms":0.1,"tau_syn_ms":1}}],
    "readout":{"outputs":1,"tau_ms":1,"synapse":{"bits":3,"range_pA":100}}}"#;

/// The netlist, every memory made of flip-flops, and its report.
fn map(chip: &Chip, dir: &Path) -> Report {
    let design = bruno_hdl::delivered(chip).unwrap();
    let options = Options {
        target: Target::Osu018,
        memories: Memories::FlipFlops,
        device: None,
        limit: Duration::from_secs(1800),
        dir: dir.into(),
    };
    synthesise(chip, &design, &options, &mut |_| ()).unwrap_or_else(|e| panic!("{e}"))
}

/// Runs a tool in the directory of the netlist; what it printed.
fn run(dir: &Path, program: &str, arguments: &[String]) -> String {
    let mut command = Command::new(program);
    let output = command.current_dir(dir).args(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn compile(chip: &Chip, dir: &Path) {
    let bench = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testbenches/replay.v");
    let models = Target::Osu018.library().unwrap().unwrap().models;
    let mut arguments = ["-g2001", "-o", "gates.vvp"].map(String::from).to_vec();
    arguments.extend(replay::macros(chip).map(|m| format!("-D{m}")));
    arguments.extend(["netlist.v", models, bench].map(String::from));
    run(dir, "iverilog", &arguments);
}

/// Compares one case; how many ticks had spikes.
fn check(chip: &Chip, case: &Case, dir: &Path) -> usize {
    std::fs::write(dir.join("commands"), replay::commands(chip, case)).unwrap();
    let arguments = ["gates.vvp", "+commands=commands"].map(String::from);
    let printed = run(dir, "vvp", &arguments);
    let difference = replay::difference(chip, case, &printed).unwrap();
    assert_eq!(difference, None, "{}", case.name);
    printed.lines().filter(|l| l.starts_with("event ")).count()
}

fn check_chip(fold: usize, ticks: u64) {
    let text = CHIP.replace("FOLD", &fold.to_string());
    let chip = Chip::resolve("gates", &Description::parse("gates", &text).unwrap()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let report = map(&chip, dir.path());
    assert_eq!(report.memory_bits, 0);
    compile(&chip, dir.path());
    let cases = stimuli::random(&chip, ticks, 3);
    let spikes: usize = cases
        .iter()
        .map(|case| check(&chip, case, dir.path()))
        .sum();
    assert!(spikes > 0, "the stimulus is too weak to test a spike");
}

#[test]
fn netlist() {
    check_chip(1, 800);
}
#[test]
fn folded_netlist() {
    check_chip(2, 800);
}
