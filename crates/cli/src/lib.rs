//! The command line `bruno`: one file a subcommand under `command/`, errors and exit codes in `failure.rs`. A program runs
//! it as its own ([`main`]); another one, such as a Python interpreter, runs single commands in its process ([`command`]).

#![deny(clippy::print_stdout, clippy::print_stderr)]

#[macro_use]
mod console;
mod bug;
mod changes;
mod command;
mod costs;
mod data;
mod failure;
mod fpga;
mod hint;
mod interruption;
mod invocation;
mod output;
mod patience;
mod picture;
mod progress;
mod quantisation;
mod ranks;
mod recorded;
mod report;
mod ridge;
mod run_folder;
mod run_log;
mod running;
mod scores;
mod shards;

use clap::Parser;
use command::Arguments;
pub use command::check::findings;
pub use command::judge::NAME as JUDGE;
pub use console::{Console, Interrupted};
pub use data::load as load_data;
pub use failure::Failure;
pub use running::Simulator;
use std::ffi::OsString;

/// Runs the command of these arguments, the program's name first, as this process's own; gives its exit code.
pub fn main(arguments: Vec<OsString>) -> u8 {
    let words = arguments.clone();
    ranks::in_job(&words, || {
        let code = bug::caught(|| run(arguments));
        bruno_verilator::abandon_builds();
        code
    })
}

fn run(arguments: Vec<OsString>) -> u8 {
    if let Ok(program) = std::env::current_exe() {
        bruno_verilator::judge_with(program, vec![command::judge::NAME.into()]);
    }
    let words: Vec<String> = arguments
        .iter()
        .map(|w| w.to_string_lossy().into())
        .collect();
    invocation::set(&words);
    // Whoever asked for JSON gets it of a failure too, on the same stream; the text stands where it always does.
    let json = arguments.iter().any(|word| word == "--json");
    let told = |error: serde_json::Value| {
        if json {
            // Where nobody reads, the exit code still tells.
            let _ = say!("{error}");
        }
    };
    let ran = match Arguments::try_parse_from(arguments).map_err(hint::given) {
        Ok(arguments) => arguments.run(),
        Err(mistake) if mistake.use_stderr() => {
            told(failure::json::of_arguments(&mistake));
            ranks::speak_of_failure();
            let _ = mistake.print();
            return 2;
        }
        Err(help) => console::written(help.print()),
    };
    match ran {
        Ok(()) => 0,
        Err(failure) => {
            told(failure.json());
            ranks::speak_of_failure();
            tell!("bruno: {failure}");
            failure.exit_code()
        }
    }
}

/// Runs the command of these arguments (without the program's name) in this process and thread. What it prints goes to
/// the console.
///
/// # Errors
/// Arguments that no command takes, and those of the command.
pub fn command(arguments: &[String], console: Box<dyn Console>) -> Result<(), Failure> {
    let words: Vec<String> = [&["bruno".into()], arguments].concat();
    invocation::set(&words);
    let arguments = Arguments::try_parse_from(words).map_err(|mistake| Failure::Arguments {
        mistake: hint::given(mistake).render().to_string(),
    })?;
    console::with(console, || arguments.run())
}
