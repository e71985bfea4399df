//! `bruno judge`: what bruno starts itself with to run builds of a model that nobody has run yet ([`bruno_verilator::judge`]).

use crate::console;
use crate::failure::Failure;
use bruno_verilator::Variant;
use std::path::PathBuf;

/// The name of this command.
pub const NAME: &str = "judge";

/// Run builds of a model beside the integer model, for the process that made them.
#[derive(clap::Args)]
pub struct Judge {
    /// Of the chip with the synapses of virtual chips.
    #[arg(long)]
    fine_synapses: bool,
    /// Of so many chips side by side.
    #[arg(long, conflicts_with = "fine_synapses")]
    copies: Option<usize>,
    /// The chip's description.
    chip: PathBuf,
    /// Shared objects: they are run.
    builds: Vec<PathBuf>,
}

impl Judge {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let mut told = Ok(());
        let variant = match self.copies {
            Some(count) => Variant::Copies(count),
            None if self.fine_synapses => Variant::FineSynapses,
            None => Variant::Described,
        };
        bruno_verilator::judge(&self.chip, variant, &self.builds, &mut |line| {
            if told.is_ok() {
                told = console::print(&format!("{line}\n"));
            }
        });
        told
    }
}
