//! `bruno program`: trained programs as what loads a chip (docs/driver.md).

mod samples;
mod text;

use super::check::resolve;
use crate::changes::Changes;
use crate::failure::Failure;
use crate::output;
use bruno_train::{TrainError, TrainedProgram};
use clap::Subcommand;
use std::path::PathBuf;
use text::Format;

/// Trained programs as what loads a chip.
#[derive(clap::Args)]
pub struct ProgramCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Export(Export),
    Samples(samples::Samples),
}

/// Write the words that load a trained program into its chip, in their order: window, then layer by layer registers, level
/// table, level table of the recurrence, weights.
///
/// RUN is the folder of a run, with chip.json and program.json. A `clear` of the states belongs behind the last word. The
/// drivers that `bruno generate` writes beside a shell take the formats `hex` (Python) and `c`; docs/driver.md has an example.
#[derive(clap::Args)]
struct Export {
    /// The run's folder, e.g. out/braille.
    run: PathBuf,
    /// hex: word address and data. spi: the bytes of a frame a line. axi: byte offset in the AXI4-Lite window and data. c: an
    /// array for the C driver, with the rule of the decision.
    #[arg(long, value_enum)]
    format: Format,
    #[command(flatten)]
    text: output::Text,
}

impl ProgramCommand {
    pub(super) fn run(&self) -> Result<(), Failure> {
        match &self.command {
            Command::Export(export) => export.run(),
            Command::Samples(samples) => samples.run(),
        }
    }
}

impl Export {
    fn run(&self) -> Result<(), Failure> {
        let chip = resolve(&self.run.join("chip.json"), &Changes::default())?;
        let path = self.run.join("program.json");
        let program = TrainedProgram::load(&path, &chip)?;
        let text =
            text::print(&chip, &program, self.format).map_err(|what| TrainError::Program {
                path: path.display().to_string(),
                what,
            })?;
        self.text.give(&text)
    }
}
