//! Runs a harness of `testbenches/formal` on generated Verilog: Yosys builds the model, ABC or yosys-smtbmc proves it;
//! what ABC refutes, yosys-smtbmc must refute in the same cycle, and it names the assertion. Tools run in a directory of
//! their own; what they print is in the panic message.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Longest time a tool may take, seconds: far more than any proof needs, so that a busy machine does not end one.
const PATIENCE: &str = "600";

/// How a property is proved; either way for any number of cycles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Of a harness without states: both sides' equal nodes are found from the inputs on and merged (ABC).
    Sweeping,
    /// Property-directed reachability (ABC): finds the invariant itself, slow where that is an equation of words.
    Reachability,
    /// The assertions hold in this many cycles after the start, and in the next one after as many in which they hold.
    Induction(usize),
}

/// A harness with its device under test.
#[derive(Debug, Clone)]
pub struct Proof {
    /// File and top module.
    pub harness: &'static str,
    /// Verilog of the device under test.
    pub verilog: String,
    /// Macros of the harness, `NAME=value`.
    pub macros: Vec<String>,
    /// Cells and wires of the device whose values are left free, in Yosys' language.
    pub cut: &'static str,
    /// How it is proved.
    pub engine: Engine,
}

/// Assertions that do not hold in the same cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Their text in the harness.
    pub assertions: String,
    /// What the tools said.
    pub log: String,
}

impl Proof {
    /// Proves every assertion of the harness, or returns what fails.
    pub fn run(&self) -> Result<(), Failure> {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        self.build(dir);
        match self.engine {
            Engine::Reachability => self.reach(dir),
            Engine::Sweeping => self.sweep(dir),
            Engine::Induction(depth) => self.induce(dir, depth),
        }
    }

    /// Builds the model in the languages of both provers, `model.smt2` and `model.aig`.
    fn build(&self, dir: &Path) {
        std::fs::write(dir.join("dut.v"), &self.verilog).unwrap();
        let macros: String = self.macros.iter().map(|m| format!("-D {m} ")).collect();
        let cut = match self.cut {
            "" => String::new(),
            cells => format!("cutpoint {cells};"),
        };
        let top = self.harness;
        let harnesses = harnesses();
        let script = format!(
            "read_verilog -formal {macros} -I{0} dut.v {0}/{top}.v; hierarchy -top {top}; proc; opt_expr; {cut} \
             memory_map; flatten; tee -o undriven check; setundef -undriven -anyseq; opt -full; opt_clean; \
             dffunmap; write_smt2 -wires model.smt2; techmap; abc -g AND -fast; opt_clean; write_aiger -zinit model.aig",
            harnesses.display()
        );
        let said = succeed(dir, "yosys", &["-p", &script]);
        let undriven = std::fs::read_to_string(dir.join("undriven")).unwrap();
        let foreign: Vec<&str> = undriven.lines().filter(|line| disconnected(line)).collect();
        assert!(foreign.is_empty(), "{}\n{said}", foreign.join("\n"));
    }

    fn reach(&self, dir: &Path) -> Result<(), Failure> {
        let said = succeed(
            dir,
            "yosys-abc",
            &["-c", "read_aiger model.aig; fold; strash; pdr"],
        );
        if said.contains("Property proved.") {
            return Ok(());
        }
        let frame = failing_frame(&said).unwrap_or_else(|| panic!("{}: {said}", self.harness));
        self.smtbmc(dir, &["-t", &format!("{frame}:{}", frame + 1)])?;
        panic!(
            "{}: yosys-smtbmc does not confirm the counterexample of ABC\n{said}",
            self.harness
        );
    }

    fn sweep(&self, dir: &Path) -> Result<(), Failure> {
        // One output for all assertions: of several, ABC looks at the first alone where that is constant.
        let script = "read_aiger model.aig; fold; strash; orpos; &get; &cec -m";
        let said = succeed(dir, "yosys-abc", &["-c", script]);
        if said.contains("Networks are equivalent") {
            return Ok(());
        }
        self.smtbmc(dir, &["-t", "1"])?;
        panic!(
            "{}: yosys-smtbmc does not confirm the counterexample of ABC\n{said}",
            self.harness
        );
    }

    fn induce(&self, dir: &Path, depth: usize) -> Result<(), Failure> {
        let depth = depth.to_string();
        self.smtbmc(dir, &["-t", &depth])?;
        self.smtbmc(dir, &["-i", "-t", &depth])
    }

    /// Runs yosys-smtbmc with a solver that Debian packages.
    fn smtbmc(&self, dir: &Path, arguments: &[&str]) -> Result<(), Failure> {
        let common = [
            "--noprogress",
            "-s",
            "cvc5",
            "--unroll",
            "--dump-vcd",
            "trace.vcd",
        ];
        let arguments = [&common[..], arguments, &["model.smt2"]].concat();
        let (success, log) = run(dir, "yosys-smtbmc", &arguments);
        if success {
            return Ok(());
        }
        let assertions = self.assertions(&log);
        assert!(!assertions.is_empty(), "{}: {log}", self.harness);
        Err(Failure { assertions, log })
    }

    /// The text at every `Assert failed in TOP: FILE:LINE.COLUMN-LINE.COLUMN`, of the harness or of the device; the
    /// statement ends there.
    fn assertions(&self, log: &str) -> String {
        let path = harnesses().join(format!("{}.v", self.harness));
        let harness = std::fs::read_to_string(path).unwrap();
        let failed = log.lines().filter(|line| line.contains("Assert failed"));
        let text = |line: &str| {
            // Of a module within: `TOP.v:PLACE|dut.v:PLACE (name)`.
            let (file, place) = line.split(" (").next()?.rsplit_once(".v:")?;
            let text = match file.ends_with("dut") {
                true => &self.verilog,
                false => &harness,
            };
            let end = place.split_once('-')?.1.split('.').next()?;
            let line = end.parse::<usize>().ok()?.checked_sub(1)?;
            text.lines().nth(line).map(str::to_string)
        };
        failed.filter_map(text).collect::<Vec<_>>().join("\n")
    }
}

/// The cycle in which ABC found an assertion to fail.
fn failing_frame(said: &str) -> Option<usize> {
    let (_, frame) = said.split_once(" was asserted in frame ")?;
    frame.split('.').next()?.parse().ok()
}

fn harnesses() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testbenches/formal")
}

/// Whether a line of Yosys' `check` is about something else than an input of the device that the harness leaves free:
/// a misspelt name would otherwise become a free signal and weaken the proof.
fn disconnected(line: &str) -> bool {
    let wire = line.strip_suffix(" is used but has no driver.");
    let wire = wire.map(|w| w.split(" [").next().unwrap_or(w));
    match wire {
        Some(wire) => !(wire.contains(r".\dut.") && wire.ends_with("_i")),
        None => line.starts_with("Warning") && !line.contains("loop"),
    }
}

fn succeed(dir: &Path, tool: &str, arguments: &[&str]) -> String {
    let (success, said) = run(dir, tool, arguments);
    assert!(success, "{tool} {}\n{said}", arguments.join(" "));
    said
}

/// Runs a tool; a missing one is named with its Debian package.
fn run(dir: &Path, tool: &str, arguments: &[&str]) -> (bool, String) {
    let output = Command::new("timeout")
        .current_dir(dir)
        .args([PATIENCE, tool])
        .args(arguments)
        .output()
        .unwrap_or_else(|e| panic!("timeout (Debian package coreutils): {e}"));
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    let missing = output.status.code() == Some(127) || said.contains("not found in path");
    assert!(
        !missing,
        "{tool}: not found; Debian packages: yosys, cvc5 (`scripts/setup --tests` installs them)\n{said}"
    );
    let late = output.status.code() == Some(124);
    assert!(!late, "{tool}: no answer in {PATIENCE} s\n{said}");
    (output.status.success(), said)
}
