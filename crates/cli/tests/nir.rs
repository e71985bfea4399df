//! `bruno nir`: networks in, out, looked at, refused.

mod support;

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use support::task::Task;
use support::{bruno, check};

/// A network of four inputs, three neurons and two integrators, as a file.
fn network(folder: &Path) -> PathBuf {
    let node = |kind: &str, parameters: Value| json!({"kind": kind, "parameters": parameters, "metadata": {}, "graph": null});
    let row = |values: &[f64]| json!({"shape": [values.len()], "values": values});
    let all = |n: usize, value: f64| row(&vec![value; n]);
    let matrix = |rows: usize, values: &[f64]| json!({"shape": [rows, values.len() / rows], "values": values});
    let weights = [
        1.5, 1.4, -0.5, -0.6, -0.4, -0.7, 1.6, 1.3, 0.4, 0.5, 0.6, 0.3,
    ];
    let graph = json!({"version": "1.0", "metadata": {}, "nodes": {
            "input": node("Input", json!({"shape": row(&[4.0])})),
            "fc": node("Linear", json!({"weight": matrix(3, &weights)})),
            "lif": node("CubaLIF", json!({"tau_mem": all(3, 1e-3), "tau_syn": all(3, 4e-4), "r": all(3, 10.0), "w_in": all(3, 4.0),
                "v_leak": all(3, 0.0), "v_threshold": all(3, 1.0), "v_reset": all(3, 0.0)})),
            "out": node("Linear", json!({"weight": matrix(2, &[1.0, -1.0, 0.0, -1.0, 1.0, 0.0])})),
            "li": node("LI", json!({"tau": all(2, 2e-2), "r": all(2, 1.0), "v_leak": all(2, 0.0)})),
            "output": node("Output", json!({"shape": row(&[2.0])})),
        },
        "edges": [["input", "fc"], ["fc", "lif"], ["lif", "out"], ["out", "li"], ["li", "output"]]});
    let graph = serde_json::from_value(graph).unwrap();
    let path = folder.join("net.nir");
    std::fs::write(&path, bruno_nir::write("net.nir", &graph).unwrap()).unwrap();
    path
}

/// Runs `bruno nir` on the network in a folder of its own, with `FOLDER` in arguments and expectation for that.
fn on_network(commands: &[(&[&str], i32, &str)]) {
    let folder = tempfile::tempdir().unwrap();
    network(folder.path());
    let place = folder.path().display().to_string();
    for (arguments, code, expected) in commands {
        let arguments = arguments.iter().map(|a| a.replace("FOLDER", &place));
        let arguments: Vec<String> = arguments.collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        check(
            bruno(&arguments),
            *code,
            &expected.replace("FOLDER", &place),
        );
    }
}

const IMPORT: &[&str] = &["nir", "import", "FOLDER/net.nir", "--out", "FOLDER/chip"];

#[test]
fn choices_and_losses_are_printed() {
    on_network(&[
        (
            IMPORT,
            0,
            "a step of the network is 100 us long, from the file",
        ),
        (IMPORT, 0, "lif      tau_syn      64 / 2^8"),
        (IMPORT, 0, "FOLDER/chip/chip.json\nFOLDER/chip/program.json"),
        (&[IMPORT, &["--json"]].concat(), 0, "\"error_percent\""),
    ]);
}
#[test]
fn a_reset_by_subtraction() {
    let import = [IMPORT, &["--reset", "subtract"]].concat();
    let (chip, program) = ("FOLDER/chip/chip.json", "FOLDER/chip/program.json");
    let check = &["check", chip, "--program", program];
    let export = &[
        "nir",
        "export",
        chip,
        "--program",
        program,
        "--out",
        "FOLDER/net.nir",
        "--dt-us",
        "100",
    ];
    let inspect = &["nir", "inspect", "FOLDER/net.nir"];
    on_network(&[
        (&import, 0, "`lif`: reset `subtract`, as given (--reset)"),
        (check, 0, "neurons of `lif_subtractive`"),
        (export, 0, "net.nir"),
        (inspect, 0, "metadata reset: subtract"),
        (IMPORT, 0, "bruno wrote this graph"),
    ]);
}
#[test]
fn what_check_says_of_it() {
    let program = &[
        "check",
        "FOLDER/chip/chip.json",
        "--program",
        "FOLDER/chip/program.json",
    ];
    on_network(&[
        (IMPORT, 0, ""),
        (program, 0, "codes of `lif`: 12 weights use"),
    ]);
}
#[test]
fn a_chip_goes_out_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let net = network(folder.path()).display().to_string();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let import = |file: &str, out: &str| {
        check(
            bruno(&["nir", "import", file, "--out", &path(out)]),
            0,
            "program.json",
        )
    };
    import(&net, "first");
    let [chip, program, out] = ["first/chip.json", "first/program.json", "again.nir"].map(path);
    check(
        bruno(&[
            "nir",
            "export",
            &chip,
            "--program",
            &program,
            "--out",
            &out,
            "--dt-us",
            "100",
        ]),
        0,
        "again.nir",
    );
    import(&out, "second");
    let read = |name: &str| std::fs::read_to_string(path(name)).unwrap();
    assert_eq!(read("first/chip.json"), read("second/chip.json"));
    assert_eq!(read("first/program.json"), read("second/program.json"));
}
/// Its decisions on data, played as many times as fast as its steps are: two kinds of input are told apart.
#[test]
fn it_decides() {
    let task = Task::new("");
    let net = network(&task.path(".")).display().to_string();
    let [out, chip, program] =
        ["made", "made/chip.json", "made/program.json"].map(|name| task.path(name));
    let out = out.display().to_string();
    check(
        bruno(&["nir", "import", &net, "--out", &out]),
        0,
        "100 times as fast",
    );
    // The classes of the data have names.
    let change = |path: &Path, pointer: &str, value: Value| {
        let mut stored: Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        match pointer {
            "training" => stored["training"] = value,
            pointer => *stored.pointer_mut(pointer).unwrap() = value,
        }
        std::fs::write(path, stored.to_string()).unwrap();
    };
    change(&program, "/decision/classes", json!(["high", "low"]));
    change(
        &chip,
        "training",
        json!({"data": {"kind": "events", "channels": 4, "acceleration": 100}}),
    );
    let program = program.display().to_string();
    check(
        task.run("eval", &chip, &["--program", &program, "--split", "train"]),
        0,
        "accuracy",
    );
}

#[test]
fn what_a_file_holds() {
    let inspect = &["nir", "inspect", "FOLDER/net.nir"];
    on_network(&[
        (inspect, 0, "lif: CubaLIF r [3] 10, tau_mem [3] 0.001"),
        (inspect, 0, "fc -> lif"),
        (
            &["nir", "inspect", "FOLDER/net.nir", "--json"],
            0,
            "\"type\":\"CubaLIF\"",
        ),
    ]);
}

#[test]
fn a_missing_file() {
    let arguments = ["nir", "import", "nowhere.nir", "--out", "nowhere"];
    check(bruno(&arguments), 2, "nowhere.nir: cannot be read");
}
#[test]
fn a_file_of_another_kind() {
    let arguments = ["nir", "inspect", "Cargo.toml"];
    check(
        bruno(&arguments),
        2,
        "Cargo.toml: 1 problem(s)\n  `the file` is unreadable",
    );
}
#[test]
fn a_step_out_of_range() {
    on_network(&[
        (
            &[IMPORT, &["--dt-us", "0"]].concat(),
            2,
            "`--dt-us` is 0; allowed: 0.001..1000000 us",
        ),
        (
            &[IMPORT, &["--dt-us", "500"]].concat(),
            2,
            "FOLDER/net.nir: 1 problem(s)\n  `lif.tau_syn` is 0.0004",
        ),
    ]);
}
#[test]
fn a_chip_that_no_network_is() {
    let task = Task::new("");
    check(task.train("out", &[]), 0, "results:");
    let [chip, program, out] = ["out/chip.json", "out/program.json", "x.nir"]
        .map(|name| task.path(name).display().to_string());
    let command = bruno(&["nir", "export", &chip, "--program", &program, "--out", &out]);
    check(command, 2, "`layers[0].kind` is felif; allowed: `lif`");
    assert!(!task.path("x.nir").exists());
}
