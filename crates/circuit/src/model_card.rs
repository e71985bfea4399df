//! Model cards of circuit simulators, in and out: Spectre (`.scs`), ngspice (an include file of a `.model`), VACASK, and
//! JSON. The names are those of Heracles, so a card goes to its Verilog-A model as it is.

#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

mod error;
mod json;
mod lexer;
mod number;
mod read;
mod write;

pub use error::{CardError, CardProblem};
pub(crate) use number::shortest;

use crate::{FecapCard, PARAMETERS};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// Longest card, bytes.
const MOST_BYTES: u64 = 1 << 20;

/// A card with what is known of its spread.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ModelCard {
    /// The values.
    pub card: FecapCard,
    /// Statistics that the card itself brings; `None`: those of the published card ([`PARAMETERS`]).
    pub statistics: Option<Statistics>,
}

/// Spread of the parameters, all of them Gaussian.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statistics {
    /// Largest deviation, in standard deviations; absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncate: Option<f64>,
    /// Standard deviations between dies, in the parameter's unit (Spectre: `process`).
    #[serde(default)]
    pub die: BTreeMap<String, f64>,
    /// Standard deviations between devices of a die (Spectre: `mismatch`).
    #[serde(default)]
    pub device: BTreeMap<String, f64>,
}

impl Statistics {
    /// Those of the published card.
    pub fn published() -> Self {
        let spread = |sigma: fn(&crate::Parameter) -> f64| {
            let rows = PARAMETERS.iter().filter(|p| sigma(p) > 0.0);
            rows.map(|p| (p.name.to_string(), sigma(p))).collect()
        };
        Self {
            truncate: Some(3.0),
            die: spread(|p| p.die_sigma),
            device: spread(|p| p.device_sigma),
        }
    }
}

/// The languages of cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// bruno's own: an object with the parameters that differ from the published card, or all of them.
    Json,
    /// Cadence Spectre: subcircuit `fecap` around the model, statistics.
    Spectre,
    /// ngspice: the lines that follow a `.model` line.
    Ngspice,
    /// VACASK: a `model` statement.
    Vacask,
}

impl Format {
    /// What a file is written in, by its name or, failing that, by its text.
    pub fn of(path: &Path, text: &str) -> Self {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
        match extension.to_ascii_lowercase().as_str() {
            "json" => Self::Json,
            "scs" => Self::Spectre,
            "l" | "lib" | "mod" | "sp" | "cir" => Self::Ngspice,
            "sim" => Self::Vacask,
            _ => Self::of_text(text),
        }
    }

    fn of_text(text: &str) -> Self {
        let starts = |heads: &[&str]| {
            let mut lines = text.lines().map(str::trim_start);
            lines.any(|line| heads.iter().any(|head| line.starts_with(head)))
        };
        if text.trim_start().starts_with('{') {
            Self::Json
        } else if starts(&[
            "simulator",
            "ahdl_include",
            "subckt",
            "statistics",
            "parameters",
        ]) {
            Self::Spectre
        } else if starts(&["model", "load"]) {
            Self::Vacask
        } else {
            Self::Ngspice
        }
    }
}

/// A card that was read, and what its reader should know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The card.
    pub model: ModelCard,
    /// Values that were not in the file, decisions of meaning.
    pub notes: Vec<String>,
}

impl ModelCard {
    /// Reads a card from a text; `file` is named in errors.
    ///
    /// # Errors
    /// Everything in it that is unknown, out of its bounds or no number, each with its line and a remedy.
    pub fn parse(file: &str, text: &str, format: Format) -> Result<Imported, CardError> {
        let imported = match format {
            _ if text.len() as u64 > MOST_BYTES => Err(vec![CardProblem::new(
                0,
                "the file",
                "longer",
                "at most 1 MB, a card has 20 parameters",
                "give the file of one model card",
            )]),
            Format::Json => json::read(text),
            _ => read::read(text, format),
        };
        imported.map_err(|problems| CardError::Invalid {
            file: file.into(),
            problems,
        })
    }

    /// Reads the card in a file, in the format that its name or its text tells.
    ///
    /// # Errors
    /// A file that cannot be read, or those of [`ModelCard::parse`].
    pub fn load(path: &Path) -> Result<Imported, CardError> {
        let file = path.display().to_string();
        let read = |source| CardError::Read {
            file: file.clone(),
            source,
        };
        let mut text = String::new();
        let source = std::fs::File::open(path).map_err(read)?;
        source
            .take(MOST_BYTES + 1)
            .read_to_string(&mut text)
            .map_err(read)?;
        Self::parse(&file, &text, Format::of(path, &text))
    }

    /// The card as the text of a file. What is read back has the same values, bit for bit.
    pub fn text(&self, format: Format) -> String {
        match format {
            Format::Json => json::write(self),
            Format::Spectre => write::spectre(self),
            Format::Ngspice => write::ngspice(self),
            Format::Vacask => write::vacask(self),
        }
    }
}

#[cfg(test)]
mod tests;
