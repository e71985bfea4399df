//! `bruno nir`: networks in the Neuromorphic Intermediate Representation (docs/nir.md).

mod export;
mod import;
mod inspect;

use crate::failure::Failure;
use clap::Subcommand;

/// Networks in the Neuromorphic Intermediate Representation (NIR), which snnTorch, Norse, Rockpool, Sinabs and others read and
/// write: make a chip of one, make one of a chip, look into a file (docs/nir.md).
#[derive(clap::Args)]
pub struct NirCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Import(import::Import),
    Export(export::Export),
    Inspect(inspect::Inspect),
}

impl NirCommand {
    pub(super) fn run(&self) -> Result<(), Failure> {
        match &self.command {
            Command::Import(command) => command.run(),
            Command::Export(command) => command.run(),
            Command::Inspect(command) => command.run(),
        }
    }
}
