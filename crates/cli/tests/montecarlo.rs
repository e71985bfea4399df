//! Virtual chips as a user meets them: a tiny trained run, its yield, and what must not change the result.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Three inputs, a recurrent FeLIF layer, two classes; `{DEVICES}` and `{SPREAD}` take what a test is about.
const CHIP: &str = r#"{"name":"tiny","inputs":3,
    "layers":[{"name":"hidden","kind":"felif","neurons":5,"recurrent":true{SPREAD},
               "synapse":{"bits":3,"range_pA":900{DEVICES}},"recurrent_synapse":{"bits":3,"range_pA":30},
               "device":{"t_ref_ms":1}}],
    "readout":{"outputs":2,"synapse":{"range_pA":100{DEVICES}}},
    "training":{"data":{"kind":"events","channels":3},"epochs":2,"batch":4,"learning_rate":0.1,"logit_per_pA":0.05}}"#;

/// Every effect at once.
const DEVICES: &str = r#","rram":"illustrative""#;
const SPREAD: &str = r#","variability":"illustrative""#;

/// A directory with data, a chip and a run trained on it (by the integer model: a second).
struct Bench(tempfile::TempDir);

impl Bench {
    fn new(devices: &str, spread: &str) -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        bench.write("chip.json", &chip(devices, spread));
        let mut labels = "file,label,split,duration_us\n".to_string();
        for index in 0..10 {
            let (class, split) = (index % 2, if index < 4 { "train" } else { "test" });
            labels += &format!("{index}.csv,{class},{split},30000\n");
            let mut events = "t_us,channel\n".to_string();
            for k in 0..6 {
                let time = 1_000 + 3_700 * k + 170 * index;
                events += &format!("{time},{}\n", if k % 3 == 0 { 2 } else { class });
            }
            bench.write(&format!("data/{index}.csv"), &events);
        }
        bench.write("data/labels.csv", &labels);
        let run = bench.path("run");
        let chip = bench.path("chip.json");
        let train = ["train", &chip, "--out", &run, "--simulator", "integer"];
        bench.check(&train, 0, "codes of `hidden`: 15 weights use");
        bench
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bruno"));
        command.current_dir(self.0.path()).args(arguments);
        if arguments[0] != "check" {
            command.args(["--data", "data"]);
        }
        command
    }

    /// Exit code and a piece of the output must be as expected.
    fn check(&self, arguments: &[&str], code: i32, expected: &str) -> Output {
        let output = self.command(arguments).output().unwrap();
        let text = [&output.stdout[..], &output.stderr[..]].concat();
        let text = String::from_utf8_lossy(&text);
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(text.contains(expected), "`{expected}` is not in:\n{text}");
        output
    }

    /// chips.jsonl of a run with these further arguments into a directory of its own.
    fn chips(&self, out: &str, arguments: &[&str]) -> String {
        let all = [&["montecarlo", "run", "--out", out], arguments].concat();
        self.check(&all, 0, "ideal chip");
        self.results(out)
    }

    fn results(&self, out: &str) -> String {
        std::fs::read_to_string(self.0.path().join(out).join("chips.jsonl")).unwrap()
    }
}

fn chip(devices: &str, spread: &str) -> String {
    CHIP.replace("{DEVICES}", devices)
        .replace("{SPREAD}", spread)
}

/// A number of a line.
fn number(line: &str, field: &str) -> f64 {
    let value: Value = serde_json::from_str(line).unwrap();
    value[field].as_f64().unwrap()
}

#[test]
fn without_spread_every_chip_is_the_trained_chip() {
    let nothing = r#","rram":{"lrs_uS":40,"hrs_uS":1,"read_V":0.2,"programming":{"sigma_uS":[0]},"read_noise":{"sigma":0},
                     "stuck":{},"drift":{"nu":0,"time_s":100},"die":{"sigma":0}}"#;
    let bench = Bench::new(nothing, r#","variability":{}"#);
    let eval = bench.check(&["eval", "run/checkpoint.json", "--json"], 0, "loss_nats");
    let eval = String::from_utf8(eval.stdout).unwrap();
    let chips = bench.chips("mc", &["--chips", "2"]);
    assert_eq!(chips.lines().count(), 4);
    for line in chips.lines().skip(1) {
        for field in ["accuracy", "loss_nats", "rate_Hz", "saturations"] {
            assert_eq!(number(line, field), number(&eval, field), "{field}");
        }
    }
}

#[test]
fn simulators_threads_and_interruptions_change_nothing() {
    let bench = Bench::new(DEVICES, SPREAD);
    let whole = bench.chips(
        "whole",
        &["--chips", "5", "--threads", "2", "--target", "0.6"],
    );
    let losses: Vec<f64> = whole
        .lines()
        .skip(1)
        .map(|l| number(l, "loss_nats"))
        .collect();
    assert!(losses.windows(2).all(|w| w[0] != w[1]), "{losses:?}");
    // The integer model knows nothing of the RTL.
    let integer = ["--chips", "5", "--threads", "1", "--simulator", "integer"];
    assert_eq!(bench.chips("integer", &integer), whole);
    bench.chips("parts", &["--chips", "2"]);
    assert_eq!(bench.chips("parts", &["--chips", "5"]), whole);
    assert_eq!(killed_and_continued(&bench), whole);
    assert_ne!(bench.chips("seed", &["--chips", "5", "--seed", "2"]), whole);
    let summary = std::fs::read_to_string(bench.path("whole/summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(
        (&summary["chips"], &summary["yield"]["target"]),
        (&5.into(), &0.6.into())
    );
    assert!(Path::new(&bench.path("whole/histogram.svg")).is_file());
}

/// Kills a run that has written some chips, then runs it again.
fn killed_and_continued(bench: &Bench) -> String {
    let arguments = [
        "montecarlo",
        "run",
        "--out",
        "killed",
        "--chips",
        "5",
        "--threads",
        "1",
    ];
    let mut child = bench.command(&arguments).spawn().unwrap();
    let path: PathBuf = bench.path("killed/chips.jsonl").into();
    let lines = || std::fs::read_to_string(&path).map_or(0, |t| t.lines().count());
    while child.try_wait().unwrap().is_none() && lines() < 3 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    // It may have ended by itself: then there is nothing left to do for the next one.
    let _ = child.kill();
    child.wait().unwrap();
    bench.chips("killed", &["--chips", "5"])
}

#[test]
fn mistakes() {
    let bench = Bench::new("", "");
    let fast = ["--simulator", "integer", "--chips", "1"];
    bench.chips("out", &fast);
    let check = |arguments: &[&str], expected: &str| {
        let all = [&["montecarlo"], arguments, &fast[..]].concat();
        bench.check(&all, 2, expected)
    };
    check(
        &["run", "--out", "out", "--seed", "7"],
        "made with other settings (--seed)",
    );
    check(&["chip.json"], "out/tiny: is no trained run");
    check(&["run", "--target", "2"], "allowed: 0..1");
    check(&["run", "--samples", "0"], "`test` has no samples");
    bench.write(
        "other.json",
        &chip("", "").replace("\"range_pA\":900", "\"range_pA\":800"),
    );
    check(&["other.json", "--run", "run"], "describes another chip");
    bench.write("out/chips.jsonl", "{\"version\": 1");
    check(&["run", "--out", "out"], "is no results file");
    // Spreads may be put on a run that was trained without.
    bench.write("spread.json", &chip(DEVICES, SPREAD));
    let spread = [
        "montecarlo",
        "spread.json",
        "--run",
        "run",
        "--out",
        "spread",
    ];
    let found = bench.check(&[&spread[..], &fast].concat(), 0, "synapses deviate");
    assert!(!String::from_utf8_lossy(&found.stdout).contains("by up to 0.00 pA"));
}

#[test]
fn check_says_what_is_in_force_and_reads_a_program() {
    let bench = Bench::new(DEVICES, SPREAD);
    let arguments = ["check", "chip.json", "--program", "run/program.json"];
    let effects =
        "programming error, read noise, drift, stuck devices, spread between dies; off: none";
    bench.check(&arguments, 0, effects);
    bench.check(&arguments, 0, "codes of `readout`: 10 weights use");
    bench.check(&arguments, 0, "between devices: area 5 %");
    bench.check(
        &["check", "chip.json", "--program", "chip.json"],
        2,
        "is no program",
    );
    let other = chip(DEVICES, SPREAD).replace("\"neurons\":5", "\"neurons\":6");
    bench.write("other.json", &other);
    let arguments = ["check", "other.json", "--program", "run/program.json"];
    bench.check(&arguments, 2, "weights of `hidden`");
}
