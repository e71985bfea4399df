//! The command line `bruno`: one file a subcommand under `command/`, errors and exit codes in `failure.rs`.

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
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = command::Arguments::parse();
    match arguments.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("bruno: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
