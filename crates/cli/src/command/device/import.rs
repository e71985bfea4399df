//! `bruno device import`: a model card of a circuit simulator becomes bruno's.

use crate::failure::Failure;
use crate::output;
use bruno_circuit::model_card::{Format, ModelCard};
use std::path::PathBuf;

/// Read a model card of the Heracles ferroelectric capacitor and write it as JSON.
///
/// Spectre (.scs), ngspice (.l, .lib), VACASK (.sim) and JSON are told by the file's name, or by its text. Every unknown
/// parameter and every value out of its bounds is named with its line. Notes say what the file left open.
#[derive(clap::Args)]
pub struct Import {
    /// The model card.
    file: PathBuf,
    #[command(flatten)]
    text: output::Text,
}

impl Import {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let imported = ModelCard::load(&self.file)?;
        for note in &imported.notes {
            tell!("note: {note}");
        }
        self.text.give(&imported.model.text(Format::Json))
    }
}
