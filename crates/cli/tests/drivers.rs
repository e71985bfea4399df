//! A trained program through the drivers and the pins of a Verilated shell into the chip: what is decided there is what
//! `bruno eval` says.

mod support;

use std::path::Path;
use std::process::Command;
use support::{check, root, task::Task};

/// Trained networks of one interface, and what drives them.
struct Kit {
    task: Task,
    config: &'static str,
    spikes: &'static str,
    /// It loads its program from a ROM.
    boot: bool,
}

/// Runs a tool that must succeed; what it prints.
fn run(dir: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .current_dir(dir)
        .args(arguments)
        .output();
    let output = output.unwrap_or_else(|e| panic!("{program}: {e}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

impl Kit {
    /// A chip whose network has been trained, generated, with its program for the drivers.
    fn new(config: &'static str, spikes: &'static str, boot: bool) -> Self {
        let task = Task::new("");
        let interfaces = format!(
            r#""name":"dut","interfaces":{{"config":"{config}","spikes":"{spikes}","recorder":"none","clock_mhz":8,"readback":true,"decision":{},"boot":{boot}}}"#,
            spikes == "config"
        );
        task.change(r#""name":"tiny""#, &interfaces);
        // Until the classes are told apart: decisions that are all the same would say little.
        task.change(r#""epochs":3"#, r#""epochs":30"#);
        check(task.train("out", &[]), 0, "");
        let kit = Self {
            task,
            config,
            spikes,
            boot,
        };
        let chip = kit.path("out/chip.json");
        check(
            support::bruno(&["generate", &chip, "--out", &kit.path("rtl")]),
            0,
            "",
        );
        let formats = [
            ("c", "rtl/dut_program.h"),
            ("hex", "dut.hex"),
            ("hex", "rtl/dut_program.hex"),
        ];
        for (format, file) in formats {
            let run = kit.path("out");
            let out = kit.path(file);
            let arguments = ["program", "export", &run, "--format", format, "--out", &out];
            check(support::bruno(&arguments), 0, "");
        }
        kit.build();
        kit
    }

    fn path(&self, name: &str) -> String {
        self.task.path(name).display().to_string()
    }

    /// The harness around the Verilated shell and the C driver, which compiles as strict C.
    fn build(&self) {
        let rtl = self.task.path("rtl");
        let strict = [
            "-std=c99",
            "-Wall",
            "-Wextra",
            "-Wpedantic",
            "-Werror",
            "-O1",
            "-c",
            "bruno_driver.c",
        ];
        run(&rtl, "gcc", &strict);
        let harness = root().join("testbenches/driver/harness.cpp");
        let harness = harness.canonicalize().unwrap().display().to_string();
        let object = self.path("rtl/bruno_driver.o");
        let kind = if self.config == "spi" {
            "BRUNO_SPI"
        } else {
            "BRUNO_AXI"
        };
        let events = if self.spikes == "config" {
            "BRUNO_ONE_PORT"
        } else {
            "BRUNO_STREAMS"
        };
        let boot = if self.boot {
            "BRUNO_BOOT"
        } else {
            "BRUNO_LOAD"
        };
        let flags = format!("-O1 -D{kind} -D{events} -D{boot} -I{}", rtl.display());
        let image = format!("-GBOOT_FILE=\"{}\"", self.path("rtl/dut_program.hex"));
        let mut arguments = vec![
            "--cc",
            "--exe",
            "--build",
            "-O3",
            "-Wno-fatal",
            "--top-module",
            "dut_shell",
            "-f",
            "dut.f",
            "-CFLAGS",
            &flags,
            &harness,
            &object,
            "-o",
            "harness",
        ];
        if self.boot {
            arguments.push(&image);
        }
        run(&rtl, "verilator", &arguments);
    }

    /// The samples of a split, for the harness, with the true classes.
    fn samples(&self, split: &str) -> (String, Vec<usize>) {
        let labels = std::fs::read_to_string(self.task.path("data/labels.csv")).unwrap();
        let (mut text, mut classes) = (String::new(), Vec::new());
        for row in labels.lines().skip(1) {
            let field: Vec<&str> = row.split(',').collect();
            if field[2] != split {
                continue;
            }
            let events = self.task.path("data").join(field[0]);
            for event in std::fs::read_to_string(events).unwrap().lines().skip(1) {
                text += &format!("event {}\n", event.replace(',', " "));
            }
            let duration_us: u32 = field[3].parse().unwrap();
            text += &format!("decide {}\n", duration_us / 1000);
            // Classes stand in the order of their names.
            classes.push(usize::from(field[1] == "low"));
        }
        (text, classes)
    }

    /// What `bruno eval` says of a split: counts by true class and class found.
    fn evaluated(&self, split: &str) -> Vec<Vec<u64>> {
        let chip = self.task.path("out/chip.json");
        let program = self.path("out/program.json");
        let arguments = [
            "--program",
            &program,
            "--split",
            split,
            "--json",
            "--ridge",
            "never",
        ];
        let output = check(self.task.run("eval", &chip, &arguments), 0, "");
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        serde_json::from_value(found["confusion"].clone()).unwrap()
    }

    /// Both drivers decide as `bruno eval` does.
    fn check(&self) {
        let mut wrong = 0;
        for split in ["train", "valid", "test"] {
            let (samples, classes) = self.samples(split);
            let file = self.path("samples");
            std::fs::write(&file, samples).unwrap();
            let harness = self.path("rtl/obj_dir/harness");
            let c = run(&root(), &harness, &[&file]);
            let python = run(
                &root(),
                "/usr/bin/python3",
                &[
                    "testbenches/driver/classify.py",
                    &self.path("rtl"),
                    if self.config == "spi" { "spi" } else { "axi" },
                    self.spikes,
                    &harness,
                    &self.path("dut.hex"),
                    &file,
                    &self.index_bits(),
                ],
            );
            assert_eq!(c, python, "{split}");
            let mut found = vec![vec![0; 2]; 2];
            for (class, decision) in classes.iter().zip(c.lines()) {
                found[*class][decision.parse::<usize>().unwrap()] += 1;
            }
            assert_eq!(found, self.evaluated(split), "{split}");
            wrong += found[0][1] + found[1][0];
        }
        assert!(wrong < 4, "{wrong} of 16 are wrong");
    }

    fn index_bits(&self) -> String {
        let header = std::fs::read_to_string(self.task.path("rtl/dut_registers.h")).unwrap();
        let line = header
            .lines()
            .find(|l| l.contains("AXI_INDEX_BITS"))
            .unwrap();
        line.split_whitespace().last().unwrap().into()
    }
}

#[test]
fn spi() {
    Kit::new("spi", "stream", false).check();
}
#[test]
fn axi4_lite() {
    Kit::new("axi4-lite", "stream", false).check();
}

/// Loaded by itself, a chip holds its program and decides as one that the driver has loaded; the host can load it again.
#[test]
fn booted() {
    Kit::new("spi", "config", true).check();
}

/// Nothing but SPI: events in and results out as well, and the chip decides as the drivers do.
#[test]
fn one_port() {
    Kit::new("spi", "config", false).check();
}

/// A chip of LIF neurons behind one port, mapped to iCE40 cells: the netlist decides as the chip.
#[test]
fn netlist() {
    let task = Task::new("");
    task.change(
        r#""name":"tiny""#,
        r#""name":"dut","fold":4,"stage_ns":14,"card":"frozen","interfaces":{"config":"spi","spikes":"config",
           "recorder":"none","clock_mhz":24,"decision":true}"#,
    );
    task.change(r#""kind":"felif""#, r#""kind":"lif""#);
    task.change(r#""range_pA":900"#, r#""range_pA":9000"#);
    let card = r#""t_ref_ms":1,"area_um2":4,"g_leak_pS":200,"v_th_V":0.5,"tau_syn_ms":1"#;
    task.change(r#""t_ref_ms":1"#, card);
    task.change(r#","device":[{"parameter":"area","bounds":[3,5]}]"#, "");
    task.change(r#""epochs":3"#, r#""epochs":30"#);
    check(task.train("out", &[]), 0, "");
    let path = |name: &str| task.path(name).display().to_string();
    let mut script = Command::new(root().join("scripts/netlist"));
    script.env("BRUNO", env!("CARGO_BIN_EXE_bruno"));
    script.args([&path("out/chip.json"), &path("out"), &path("netlist")]);
    script.args(["--data", &path("data"), "--simulator", "integer"]);
    check(script, 0, "4 of 4 samples decided as bruno eval");
}

/// The formats hold the same words, each in its way.
#[test]
fn formats() {
    let task = Task::new("");
    task.change(
        r#""name":"tiny""#,
        r#""name":"dut","interfaces":{"config":"axi4-lite","spikes":"stream"}"#,
    );
    check(task.train("out", &[]), 0, "");
    let run = task.path("out").display().to_string();
    let first = |format: &str| {
        let output = check(
            support::bruno(&["program", "export", &run, "--format", format]),
            0,
            "",
        );
        let text = String::from_utf8(output.stdout).unwrap();
        // Trained numbers may differ in their last digit from machine to machine.
        let head = text.lines().take(9).filter(|l| !l.contains("bias"));
        let head: Vec<&str> = head.collect();
        format!("{format}\n{}\n", head.join("\n"))
    };
    insta::assert_snapshot!(["hex", "spi", "axi", "c"].map(first).concat());
}
