//! `bruno nir export`: a chip with its program becomes a network.

use crate::changes::Changes;
use crate::command::check::resolve;
use crate::failure::Failure;
use crate::output;
use bruno_train::TrainedProgram;
use std::path::PathBuf;

/// Write the network of a chip of `lif` or `lif_subtractive` neurons and its program.
///
/// A tick becomes a step of forward Euler, so other simulators compute what the registers do, but for roundings and clamps. The
/// chip stands in the metadata: `bruno nir import` gives it back with the same codes, and the weights that the file then has.
#[derive(clap::Args)]
pub struct Export {
    /// The chip description.
    chip: PathBuf,
    /// Its program.json.
    #[arg(long, value_name = "FILE")]
    program: PathBuf,
    /// The file to write.
    #[arg(short, long)]
    out: PathBuf,
    /// Length of a tick in the file, us: 1 in real time, the step of the network for a chip that plays it faster.
    #[arg(long, value_name = "US", default_value_t = 1.0, value_parser = step)]
    dt_us: f64,
    #[command(flatten)]
    named: output::Named,
}

impl Export {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let chip = resolve(&self.chip, &Changes::default())?;
        let program = TrainedProgram::load(&self.program, &chip)?;
        let file = self.chip.display().to_string();
        let made = bruno_nir::export(&file, &chip, &program, self.dt_us)?;
        let bytes = bruno_nir::write(&file, &made.graph)?;
        output::write_bytes(&self.out, &bytes)?;
        for note in &made.notes {
            tell!("note: {note}");
        }
        self.named.say(&[&self.out])
    }
}

fn step(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (1e-3..=1e6).contains(&value) => Ok(value),
        _ => Err("a length of 0.001..1e6 us".into()),
    }
}
