//! `bruno judge`: what bruno starts itself with to run builds of a model that nobody has run yet ([`bruno_verilator::judge`]).

use crate::console;
use crate::failure::Failure;
use std::path::PathBuf;

/// The name of this command.
pub const NAME: &str = "judge";

/// Run builds of a model beside the integer model, for the process that made them.
#[derive(clap::Args)]
pub struct Judge {
    /// Of the chip with the synapses of virtual chips.
    #[arg(long)]
    fine_synapses: bool,
    /// The chip's description.
    chip: PathBuf,
    /// Shared objects: they are run.
    builds: Vec<PathBuf>,
}

impl Judge {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let mut told = Ok(());
        bruno_verilator::judge(&self.chip, self.fine_synapses, &self.builds, &mut |line| {
            if told.is_ok() {
                told = console::print(&format!("{line}\n"));
            }
        });
        told
    }
}
