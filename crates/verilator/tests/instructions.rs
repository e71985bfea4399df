//! Guards the speed of the forward pass: instructions of a fixed small run, counted by callgrind, against the stored
//! figure. The model is compiled for a fixed processor, so that the count is the same on every machine.
//!
//! After a change that is meant: `BRUNO_BLESS=1 cargo nextest run -p bruno-verilator --test instructions`.

use bruno_chip::Description;
use bruno_device::Chip;
use bruno_sim::{Forward, Program, Stimulus};
use bruno_verilator::{Flavour, ToolVersions, VerilatedModel};
use std::path::Path;
use std::process::Command;

/// Stored figure: the tools that it holds for, and the instructions of `bruno_run`.
const STORED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/instructions.txt");
/// One object counts alike within 0.03 % (where its memory lies moves a few), and other tools are refused.
const TOLERANCE: f64 = 0.02;
/// AVX2, no AVX-512: valgrind knows nothing wider.
const PROCESSOR: &str = "x86-64-v3";
const RUN: &str = "the_counted_run";

const CHIP: &str = r#"{"name":"guard","inputs":24,"recorder":"mean",
    "layers":[{"name":"hidden","kind":"felif","neurons":64,"recurrent":true,
               "synapse":{"range_pA":150},"recurrent_synapse":{"range_pA":10}}],
    "readout":{"outputs":2,"synapse":{"range_pA":100}}}"#;

/// Runs under callgrind, in a process of its own.
#[test]
#[ignore = "started by `instructions_per_run`"]
fn the_counted_run() {
    let chip = Chip::resolve("guard", &Description::parse("guard", CHIP).unwrap()).unwrap();
    let design = bruno_hdl::generate(&chip).unwrap();
    let mut model = VerilatedModel::new(&chip, &design, Flavour::Fast, Path::new("")).unwrap();
    let mut program = Program::silent(&chip);
    for layer in &mut program.layers {
        let mut code = (0..8u8).cycle().skip(3).step_by(5);
        layer.weights.fill_with(|| code.next().unwrap());
    }
    model.load(&program).unwrap();
    let channels = (0..4000u32).step_by(37).map(|t| (t, t % 24));
    let stimulus = Stimulus {
        events: channels.collect(),
        windows: 4,
    };
    let trace = model.run(&stimulus).unwrap();
    assert!(!trace.layers[0].spikes.is_empty());
}

#[test]
fn instructions_per_run() {
    let found = (tools(), count());
    if std::env::var_os("BRUNO_BLESS").is_some() {
        std::fs::write(STORED, format!("{}\n{}\n", found.0, found.1)).unwrap();
    }
    let stored = std::fs::read_to_string(STORED).unwrap();
    let (tools, figure) = stored.trim().split_once('\n').unwrap();
    assert_eq!(
        found.0, tools,
        "the figure holds for other tools: see the top of this file"
    );
    let ratio = found.1 as f64 / figure.parse::<f64>().unwrap();
    assert!(
        (ratio - 1.0).abs() <= TOLERANCE,
        "{} instructions, stored {figure}: {ratio:.3} of it (1 +- {TOLERANCE}); see the top of this file",
        found.1
    );
}

fn tools() -> String {
    let found = ToolVersions::find().unwrap();
    format!("{}; {}", found.compiler, found.verilator)
}

/// The process that is counted, with `program` before it.
fn counted(program: &mut Command) -> String {
    program
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", RUN, "--ignored"])
        .env("BRUNO_MARCH", PROCESSOR);
    let output = program
        .output()
        .expect("valgrind (scripts/setup --tests installs it)");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    text
}

fn count() -> u64 {
    // The model lies in the cache then: its check before it came there is not what is counted.
    counted(&mut Command::new("env"));
    let out = tempfile::tempdir().unwrap();
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=callgrind", "--toggle-collect=bruno_run"])
        .arg(format!(
            "--callgrind-out-file={}",
            out.path().join("out").display()
        ));
    let text = counted(&mut valgrind);
    let collected = text.lines().find_map(|l| l.split_once("Collected : "));
    collected.unwrap().1.trim().parse().unwrap()
}
