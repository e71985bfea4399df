//! The binary as a user meets it: exit codes, messages, files.

mod support;

use std::path::Path;
use std::process::Command;
use support::task::Task;
use support::{bruno, check, only, written};

const SMALL: &str = r#"{"name":"mini","inputs":2,
    "layers":[{"name":"one","kind":"felif","neurons":2,"synapse":{"range_pA":300}}],
    "readout":{"outputs":1,"synapse":{"range_pA":100}}}"#;

#[test]
fn no_command() {
    check(bruno(&[]), 2, "Usage: bruno [OPTIONS] <COMMAND>");
}
#[test]
fn check_reports_dead_zones() {
    check(
        bruno(&["check", "examples/braille.json"]),
        0,
        "do not move V",
    );
}
#[test]
fn check_reports_what_the_leak_cannot_move() {
    check(
        bruno(&["check", "examples/braille.json"]),
        0,
        "the leak alone does not move V below",
    );
}
#[test]
fn check_warns_of_a_leak_below_one_lsb() {
    let coarse = r#""formats":{"v_bits":12},"name":"mini""#;
    let leak = r#""device":{"g_leak_pS":0.1},"synapse":{"range_pA":300}"#;
    let text = SMALL.replace(r#""name":"mini""#, coarse);
    let (_dir, path) = written(&text.replace(r#""synapse":{"range_pA":300}"#, leak));
    check(
        bruno(&["check", &path]),
        0,
        "it is below one LSB everywhere",
    );
}
#[test]
fn check_reports_the_clock_of_a_folded_chip() {
    let (_dir, path) = written(&SMALL.replace("\"inputs\":2", "\"inputs\":2,\"fold\":4"));
    check(bruno(&["check", &path]), 0, "fold 4: a tick takes up to");
}
#[test]
fn check_says_what_fits_an_fpga() {
    let fits = |changes: &[&str], expected| {
        let asked = ["check", "examples/tiny.json", "--device", "hx8k"];
        check(bruno(&[&asked[..], changes].concat()), 0, expected);
    };
    fits(&[], "fine  hx8k: about 5359 of 7680 logic cells (70 %; ");
    fits(
        &["--set", "card=programmable"],
        "act   hx8k: about 13726 of 7680 logic cells",
    );
    let every = bruno(&["check", "examples/tiny.json"]);
    check(every, 0, "fine  on an iCE40 about 5359 logic cells");
    fits(
        &["--set", "fold=1"],
        "look  there is no estimate for the FPGA: the chip is not folded",
    );
}

#[test]
fn check_knows_no_other_fpga() {
    let asked = ["check", "examples/tiny.json", "--device", "lfe5u25"];
    check(bruno(&asked), 2, "hx8k, up5k");
}

#[test]
fn check_prints_the_resolved_chip() {
    let output = check(
        bruno(&["check", "examples/braille.json", "--json"]),
        0,
        "\"codes\"",
    );
    serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
}
#[test]
fn check_finds_bad_training_settings() {
    let (_dir, path) =
        written(&SMALL.replace("\"inputs\":2", "\"inputs\":2,\"training\":{\"batch\":0}"));
    let expected = format!("bruno: {path}: `training.batch` is 0");
    check(bruno(&["check", &path]), 2, &expected);
}
#[test]
fn a_missing_file() {
    check(
        bruno(&["check", "nowhere.json"]),
        2,
        "nowhere.json: cannot be read",
    );
}
#[test]
fn a_bad_value() {
    let (_dir, path) = written(&SMALL.replace("\"neurons\":2", "\"neurons\":0"));
    check(
        bruno(&["generate", &path]),
        2,
        "`layers[0].neurons` is 0; allowed: 1..4096",
    );
}
#[test]
fn a_record_that_does_not_fit_its_window() {
    let (_dir, path) = written(&SMALL.replace("\"inputs\":2", "\"inputs\":2,\"window_ticks\":10"));
    check(bruno(&["check", &path]), 2, "lengthen the window");
}
#[test]
fn generate_writes_every_file() {
    let (dir, path) = written(SMALL);
    let out = dir.path().join("rtl");
    check(
        bruno(&["generate", &path, "--out", &out.display().to_string()]),
        0,
        "mini.f",
    );
    let list = std::fs::read_to_string(out.join("mini.f")).unwrap();
    assert!(list.lines().all(|name| out.join(name).is_file()));
}
#[test]
fn new_does_not_overwrite() {
    let (_dir, path) = written("");
    check(bruno(&["new", &path]), 2, "--force overwrites it");
}
#[test]
fn new_makes_a_good_chip() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("my_chip.json").display().to_string();
    check(bruno(&["new", &path]), 0, "bruno check");
    check(bruno(&["check", &path]), 0, "my_chip: 24 inputs");
}
#[test]
fn cosim_agrees() {
    let (_dir, path) = written(SMALL);
    check(
        bruno(&["cosim", &path, "--ticks", "5000", "--json"]),
        0,
        "\"differences\":0",
    );
}
#[test]
fn cosim_with_coverage() {
    let (dir, path) = written(SMALL);
    let out = dir.path().join("cosim").display().to_string();
    let arguments = [
        "cosim",
        &path,
        "--ticks",
        "20000",
        "--coverage",
        "--json",
        "--out",
        &out,
    ];
    let output = check(bruno(&arguments), 0, "\"line_percent\"");
    let result: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let coverage = &result["coverage"];
    assert!(
        coverage["line_percent"].as_f64().unwrap() > 93.0,
        "{coverage}"
    );
    assert!(
        coverage["toggle_percent"].as_f64().unwrap() > 65.0,
        "{coverage}"
    );
    let bank = dir.path().join("cosim/coverage/annotated/mini_one_bank2.v");
    assert!(std::fs::read_to_string(bank).unwrap().contains("%000000"));
}
#[test]
fn generate_writes_a_testbench() {
    let (dir, path) = written(SMALL);
    let out = dir.path().join("rtl").display().to_string();
    let arguments = [
        "generate",
        &path,
        "--out",
        &out,
        "--testbench",
        "--ticks",
        "1000",
    ];
    check(bruno(&arguments), 0, "testbench/testbench.v");
    let list = std::fs::read_to_string(dir.path().join("rtl/testbench/testbench.f")).unwrap();
    let bench = dir.path().join("rtl/testbench");
    assert!(list.lines().all(|name| bench.join(name).is_file()));
}
#[test]
fn ticks_belong_to_a_testbench() {
    check(
        bruno(&["generate", "examples/braille.json", "--ticks", "5"]),
        2,
        "--testbench",
    );
}
#[test]
fn cosim_of_data() {
    check(
        bruno(&["cosim", "examples/braille.json", "--samples", "1"]),
        0,
        "braille: 4 cases",
    );
}
const FEW_GATES: &str = r#"{"name":"few","inputs":1,"rounding":"truncate",
    "layers":[{"name":"one","kind":"lif","neurons":1,"synapse":{"bits":1,"range_pA":300}}],
    "readout":{"outputs":1,"synapse":{"bits":1,"range_pA":100}}}"#;

fn synth(path: &str, arguments: &[&str]) -> Command {
    let out = Path::new(path)
        .with_file_name("synth")
        .display()
        .to_string();
    bruno(&[&["synth", path, "--out", &out], arguments].concat())
}

#[test]
fn synth_counts_and_times() {
    let (dir, path) = written(FEW_GATES);
    let output = check(synth(&path, &["--json"]), 0, "\"status\": \"measured\"");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["cells"].as_u64().unwrap() > report["flip_flops"].as_u64().unwrap());
    assert!(report["area_um2"].as_f64().unwrap() > 0.0);
    // One weight code for the neuron, one for the readout, one bit each.
    assert_eq!(report["memory_bits"], 2);
    assert!(dir.path().join("synth/netlist.v").is_file());
}
#[test]
fn synth_estimates_energy() {
    let (_dir, path) = written(FEW_GATES);
    let arguments = ["--power", "--rate", "0.1", "--json"];
    let output = check(synth(&path, &arguments), 0, "pj_per_synaptic_event");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let of = |run: &str, part: &str| report["power"][run]["energy"][part].as_f64().unwrap();
    assert!(of("busy", "internal_pj") > of("idle", "internal_pj"));
    assert_eq!(of("busy", "clock_pj"), of("idle", "clock_pj"));
}
#[test]
fn synth_estimates_an_inference() {
    let task = Task::new("");
    check(task.train("out", &[]), 0, "test");
    let [run, data, out] = ["out", "data", "synth"].map(|n| task.path(n).display().to_string());
    let chip = ["--set", "fold=4", "--set", "card=frozen"];
    let asked = ["--power", "--samples", "2", "--ticks", "3500", "--json"];
    let places = ["--data", &data, "--out", &out];
    let command = bruno(&[&["synth", &run], &chip[..], &asked, &places].concat());
    let output = check(command, 0, "2 test samples of data");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = &report["power"]["inference"];
    // 3500 ticks are four windows of 1000, of 16 000: two of a sample's six spikes, which come every 2000.
    assert_eq!(found["whole"], false);
    for sample in found["samples"].as_array().unwrap() {
        assert_eq!(
            (&sample["load"]["ticks"], &sample["of_ticks"]),
            (&4000.into(), &16_000.into())
        );
        assert_eq!(sample["load"]["input_events"], 2);
        assert!(sample["nj"].as_f64() > sample["idle_nj"].as_f64());
    }
    let pj = report["power"]["pj_per_tick"].as_f64().unwrap();
    let mean = found["nj"]["mean"].as_f64().unwrap();
    assert!((mean * 1000.0 / (4000.0 * pj) - 1.0).abs() < 1e-9);
}
#[test]
fn synth_of_samples_without_a_run() {
    let (_dir, path) = written(FEW_GATES);
    let command = synth(&path, &["--power", "--samples", "1"]);
    check(
        command,
        2,
        "is no run, whose weights and data --samples plays",
    );
}
#[test]
fn synth_knows_no_energy_of_simple_gates() {
    let (_dir, path) = written(FEW_GATES);
    let command = synth(&path, &["--target", "generic", "--power"]);
    check(command, 2, "--target osu018 or osu035");
}
#[test]
fn synth_to_simple_gates() {
    let (_dir, path) = written(FEW_GATES);
    let expected = "timing: not measured: simple gates have no delays";
    check(synth(&path, &["--target", "generic"]), 0, expected);
}
#[test]
fn synth_without_a_timer() {
    let (_dir, path) = written(FEW_GATES);
    let tools = only(&["yosys", "berkeley-abc", "sh"]);
    let mut command = synth(&path, &[]);
    command.env("PATH", tools.path());
    check(
        command,
        0,
        "not measured: `sta` is missing (Debian 12: apt-get install opensta)",
    );
}
#[test]
fn synth_without_yosys() {
    let (dir, path) = written(FEW_GATES);
    let mut command = synth(&path, &[]);
    command.env("PATH", dir.path());
    check(command, 3, "apt-get install yosys");
}
#[test]
fn synth_that_takes_too_long() {
    let (_dir, path) = written(SMALL);
    check(synth(&path, &["--timeout", "1"]), 3, "took longer than 1 s");
}
#[test]
fn a_missing_verilator() {
    let (dir, path) = written(SMALL);
    let mut command = bruno(&["cosim", &path]);
    command.env("PATH", dir.path());
    check(command, 3, "apt-get install verilator");
}
#[test]
fn a_failing_compiler() {
    fake_compiler("echo no licence today", "no licence today");
}
/// What decides the result of a compiler must stand in the key of a model, so nothing else may reach it.
#[test]
fn a_compiler_sees_no_variables_of_the_user() {
    let printed = "echo flags: $CXXFLAGS$CFLAGS$CPATH$CPLUS_INCLUDE_PATH$CCC_OVERRIDE_OPTIONS$CXX.";
    fake_compiler(printed, "flags: .");
}
#[test]
fn a_compiler_that_never_ends() {
    fake_compiler("sleep 1000 & sleep 1000", "took longer than 9 s");
}

/// What is said where `clang++` is a script that fails.
fn fake_compiler(script: &str, expected: &str) {
    let (dir, path) = written(SMALL);
    let compiler = dir.path().join("clang++");
    std::fs::write(&compiler, format!("#!/bin/sh\n{script} >&2\nexit 1\n")).unwrap();
    let mut permissions = std::fs::metadata(&compiler).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
    std::fs::set_permissions(&compiler, permissions).unwrap();
    let path_variable = format!(
        "{}:{}",
        dir.path().display(),
        std::env::var("PATH").unwrap()
    );
    let mut command = bruno(&["cosim", &path]);
    command.env("PATH", path_variable);
    if expected.contains("took longer") {
        command.env("BRUNO_TOOL_SECONDS", "9");
    }
    for variable in [
        "CXXFLAGS",
        "CFLAGS",
        "CPATH",
        "CPLUS_INCLUDE_PATH",
        "CCC_OVERRIDE_OPTIONS",
        "CXX",
    ] {
        command.env(variable, "-DSEEN");
    }
    check(command, 3, expected);
}
#[test]
fn a_wrong_number_of_channels() {
    let (_dir, path) = written(SMALL);
    check(bruno(&["train", &path]), 2, "`inputs`");
}
#[test]
fn data_that_is_not_there() {
    let (_dir, path) = written(&SMALL.replace(
        "\"inputs\":2",
        "\"inputs\":2,\"training\":{\"data\":{\"kind\":\"jsb\"}}",
    ));
    check(bruno(&["train", &path]), 2, "`--data` is absent");
}
#[test]
fn generate_writes_the_shell() {
    let interfaces = r#""inputs":2,"interfaces":{"config":"spi","spikes":"stream","clock_mhz":30}"#;
    let (dir, path) = written(&SMALL.replace("\"inputs\":2", interfaces));
    let out = dir.path().join("rtl");
    let to = out.display().to_string();
    check(bruno(&["generate", &path, "--out", &to]), 0, "mini_shell.v");
    let list = std::fs::read_to_string(out.join("mini.f")).unwrap();
    assert!(list.ends_with("mini_shell.v\n"), "{list}");
    for file in list.lines() {
        assert!(out.join(file).exists(), "{file}");
    }
    let page = std::fs::read_to_string(out.join("mini_shell.md")).unwrap();
    assert!(page.contains("| `0x0c000003` | `lost` |"), "{page}");
    let constraints = std::fs::read_to_string(out.join("mini_shell.sdc")).unwrap();
    assert!(constraints.contains("-name clk -period 33.333") && constraints.contains("-name sck"));
}
/// A program that was exported stays where the chip is generated again; a file without one is written anew.
#[test]
fn generate_keeps_a_program() {
    let (dir, path) =
        written(&SMALL.replace("\"inputs\":2", r#""inputs":2,"interfaces":{"boot":true}"#));
    let image = dir.path().join("mini_program.hex");
    let to = dir.path().display().to_string();
    let generate = || bruno(&["generate", &path, "--out", &to]);
    let stays = "mini_program.hex stays: it holds a program";
    std::fs::write(&image, "// No program of chip other\n").unwrap();
    check(generate(), 0, "mini_program.hex");
    let blank = std::fs::read_to_string(&image).unwrap();
    assert!(blank.starts_with("// No program of chip mini:"), "{blank}");
    std::fs::write(&image, "00000000 00000000\n").unwrap();
    check(generate(), 0, stays);
    assert_eq!(
        std::fs::read_to_string(&image).unwrap(),
        "00000000 00000000\n"
    );
}
#[test]
fn a_clock_too_slow_for_the_fold() {
    let interfaces = r#""inputs":2,"fold":2,"interfaces":{"spikes":"aer","clock_mhz":5}"#;
    let (_dir, path) = written(&SMALL.replace("\"inputs\":2", interfaces));
    check(
        bruno(&["check", &path]),
        2,
        "`interfaces.clock_mhz` is 5; allowed: ",
    );
}

/// A chip for the built-in data set with six neurons, in the integer model.
const READER: &str = r#"{"name":"reader","inputs":24,
    "layers":[{"name":"one","kind":"felif","neurons":6,"recurrent":true,"synapse":{"range_pA":300}}],
    "readout":{"outputs":7,"synapse":{"range_pA":100}},
    "training":{"data":{"kind":"braille","letters":7,"train":1},"device":[{"parameter":"area","bounds":[3,5]}]}}"#;

#[test]
fn audit_compares_gradients() {
    let (_dir, path) = written(READER);
    let output = check(
        bruno(&[
            "audit",
            &path,
            "--samples",
            "1",
            "--simulator",
            "integer",
            "--finite-differences",
            "--json",
        ]),
        0,
        "\"device_slopes\":[{",
    );
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let kinds = serde_json::json!(["sample", "mean", "transition"]);
    let audit = &found["audits"][0]["audit"];
    assert_eq!(audit["kinds"], kinds);
    let readout = &audit["groups"][3];
    assert_eq!(readout["group"], "readout: input weights");
    assert!(readout["agreements"][1]["cosine"].as_f64().unwrap() > 0.9999);
}
#[test]
fn audit_draws_windows() {
    let (dir, path) = written(READER);
    let picture = dir.path().join("audit.svg");
    let (to, windows) = (picture.display().to_string(), ["1000", "500"]);
    let mut command = bruno(&["audit", &path, "--samples", "1", "--simulator", "integer"]);
    command.args(windows.iter().flat_map(|w| ["--window", w]));
    command.args(["--gradient", "mean", "--plot", &to]);
    check(command, 0, "window 500 us");
    let svg = std::fs::read_to_string(picture).unwrap();
    assert!(svg.contains("window (ms)") && svg.contains("cosine, `mean`"));
}
#[test]
fn audit_refuses_what_the_recorder_lacks() {
    let (_dir, path) = written(READER);
    check(
        bruno(&[
            "audit",
            &path,
            "--gradient",
            "jacobian",
            "--simulator",
            "integer",
        ]),
        2,
        "`training.gradient` is jacobian; allowed: the chip's `recorder` at `jacobian`",
    );
}
#[test]
fn audit_names_the_gradients() {
    check(
        bruno(&["audit", "examples/braille.json", "--gradient", "exact"]),
        2,
        "a gradient is one of sample, mean, jacobian, transition, checkpointed, bptt",
    );
}

/// The table of samples that lies beside a recording is taken, and named.
#[test]
fn labels_beside_a_recording() {
    let dir = tempfile::tempdir().unwrap();
    let recording = support::root().join("crates/data/src/foreign/cameras/addresses.aedat");
    let path = dir.path().join("wave.aedat");
    std::fs::copy(recording, &path).unwrap();
    let table = "class,startTime_usec,endTime_usec\n1,0,100000\n";
    std::fs::write(dir.path().join("wave_labels.csv"), table).unwrap();
    let inspect = bruno(&["data", "inspect", &path.display().to_string()]);
    let output = check(inspect, 0, "");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("its samples are those of") && told.contains("wave_labels.csv"),
        "{told}"
    );
}

/// The names of all commands, each with those before it, as their help lists them.
fn all_commands(before: &[String]) -> Vec<Vec<String>> {
    let help = help(before);
    let list = help.lines().skip_while(|l| *l != "Commands:").skip(1);
    let list = list.take_while(|l| !l.is_empty());
    let names = list.filter_map(|l| l.strip_prefix("  ")?.split(' ').next());
    let names = names.filter(|name| !name.is_empty() && *name != "help");
    let below = names.flat_map(|name| all_commands(&[before, &[name.to_string()]].concat()));
    let below: Vec<Vec<String>> = below.collect();
    match below.is_empty() {
        true => vec![before.to_vec()],
        false => below,
    }
}

fn help(command: &[String]) -> String {
    let words = command.iter().map(String::as_str).chain(["--help"]);
    let output = bruno(&words.collect::<Vec<_>>()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Every command but for those whose result is a text for other programs takes the switch, and it takes no value.
#[test]
fn json_is_the_same_everywhere() {
    let exceptions = ["completions", "manual", "schema"];
    for command in all_commands(&[]) {
        let text = help(&command);
        let mut lines = text.lines().map(str::trim);
        let switch = lines.any(|l| l == "--json" || l.starts_with("--json  "));
        let name = command.join(" ");
        assert_eq!(switch, !exceptions.contains(&&*name), "{name}:\n{text}");
    }
}
#[test]
fn json_of_a_text() {
    let output = check(bruno(&["model", "show", "alif", "--json"]), 0, "\"text\"");
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let shown = bruno(&["model", "show", "alif"]).output().unwrap();
    let text = String::from_utf8(shown.stdout).unwrap();
    assert_eq!(found["text"], text);
}
#[test]
fn json_of_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.json").display().to_string();
    let output = check(bruno(&["new", &path, "--json"]), 0, "\"files\"");
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["files"][0], path);
}
#[test]
fn json_of_a_reduction() {
    let output = check(bruno(&["device", "reduce", "--json"]), 0, "\"device\"");
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(
        found["start_p"].as_f64().is_some_and(f64::is_finite),
        "{found}"
    );
    assert!(found.get("difference").is_none(), "no stimulus was given");
}

/// What `bruno eval` says of a folder with these files, which are empty.
fn eval_of_folder(files: &[&str], expected: &str) {
    let dir = tempfile::tempdir().unwrap();
    for file in files {
        let path = dir.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }
    let folder = dir.path().display().to_string();
    check(bruno(&["eval", &folder]), 2, expected);
}

#[test]
fn a_folder_without_a_run() {
    eval_of_folder(&["notes.txt"], "is a folder without checkpoint.json");
}
#[test]
fn the_folder_of_a_sweep() {
    let runs = ["seed=1/checkpoint.json", "seed=0/checkpoint.json"];
    eval_of_folder(&runs, "is no run but has runs in it; give one, e.g.");
    eval_of_folder(&runs, "/seed=0");
}
