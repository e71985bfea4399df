//! The command line `bruno`: one file a subcommand under `command/`, errors and exit codes in `failure.rs`.

#![deny(clippy::print_stdout, clippy::print_stderr)]

#[macro_use]
mod console;
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
use failure::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    let ran = match Arguments::try_parse() {
        Ok(arguments) => arguments.run(),
        Err(mistake) if mistake.use_stderr() => mistake.exit(),
        Err(help) => console::written(help.print()),
    };
    ended(ran)
}

/// The exit code of a command, whose failure is told.
fn ended(ran: Result<(), Failure>) -> ExitCode {
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            tell!("bruno: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
