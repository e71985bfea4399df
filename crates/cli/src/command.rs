//! The subcommands.

mod check;
mod cosim;
mod generate;

use crate::failure::Failure;
use clap::{Parser, Subcommand};

/// Hardware/algorithm co-design of neuromorphic chips with ferroelectric neurons.
#[derive(Parser)]
#[command(version, about, propagate_version = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(check::Check),
    Cosim(cosim::Cosim),
    Generate(generate::Generate),
}

impl Arguments {
    /// Runs the chosen subcommand.
    pub fn run(&self) -> Result<(), Failure> {
        match &self.command {
            Command::Check(command) => command.run(),
            Command::Cosim(command) => command.run(),
            Command::Generate(command) => command.run(),
        }
    }
}
