//! `bruno judge`: what bruno starts itself with to run builds of a model that nobody has run yet ([`bruno_verilator::judge`]).

use crate::console;
use crate::failure::Failure;
use bruno_verilator::Variant;
use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// The name of this command.
pub const NAME: &str = "judge";

/// Run builds of a model beside the integer model, for the process that makes them. The builds, shared objects, are read
/// from standard input, each with a NUL behind its path.
#[derive(clap::Args)]
pub struct Judge {
    /// Of the chip with the synapses of virtual chips.
    #[arg(long)]
    fine_synapses: bool,
    /// Of so many chips side by side.
    #[arg(long, default_value_t = 1)]
    copies: usize,
    /// The chip's description.
    chip: PathBuf,
}

impl Judge {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let mut told = Ok(());
        let variant = Variant {
            fine_synapses: self.fine_synapses,
            copies: self.copies,
        };
        bruno_verilator::judge(&self.chip, variant, builds, &mut |line| {
            if told.is_ok() {
                told = console::print(&format!("{line}\n"));
            }
        });
        told
    }
}

/// What stands on standard input when it ends; nothing where it cannot be read.
fn builds() -> Vec<PathBuf> {
    let mut bytes = Vec::new();
    match std::io::stdin().read_to_end(&mut bytes) {
        Ok(_) => {
            let paths = bytes.split(|byte| *byte == 0).filter(|p| !p.is_empty());
            paths.map(|p| OsStr::from_bytes(p).into()).collect()
        }
        Err(_) => Vec::new(),
    }
}
