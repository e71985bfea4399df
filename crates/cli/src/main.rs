//! The command line `bruno`: one file a subcommand under `command/`, errors and exit codes in `failure.rs`.

#![deny(clippy::print_stdout, clippy::print_stderr)]

#[macro_use]
mod console;
mod bug;
mod command;
mod costs;
mod data;
mod failure;
mod output;
mod progress;
mod quantisation;
mod report;
mod ridge;
mod run_log;
mod running;
mod scores;

use clap::Parser;
use command::Arguments;
use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(bug::caught(run))
}

/// Runs the command that was asked for; gives its exit code.
fn run() -> u8 {
    if let Ok(program) = std::env::current_exe() {
        bruno_verilator::judge_with(program, command::judge::NAME);
    }
    let ran = match Arguments::try_parse() {
        Ok(arguments) => arguments.run(),
        Err(mistake) if mistake.use_stderr() => mistake.exit(),
        Err(help) => console::written(help.print()),
    };
    match ran {
        Ok(()) => 0,
        Err(failure) => {
            tell!("bruno: {failure}");
            failure.exit_code()
        }
    }
}
