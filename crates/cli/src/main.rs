//! The program `bruno`: the command line of [`bruno_cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(bruno_cli::main(std::env::args_os().collect()))
}
