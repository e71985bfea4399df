//! `bruno new`: a first description to edit.

use crate::failure::Failure;
use crate::output;
use std::path::PathBuf;

/// Write a chip description to start from.
#[derive(clap::Args)]
pub struct New {
    /// The file to write, e.g. my_chip.json; its stem becomes the chip's name.
    file: PathBuf,
    /// The description to start from.
    #[arg(long, value_enum, default_value_t = Template::Braille)]
    template: Template,
    /// Overwrite an existing file.
    #[arg(long)]
    force: bool,
}

/// Reference chips.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Template {
    /// 24 inputs, 32 recurrent FeLIF neurons, 7 classes: built-in data.
    Braille,
    /// 88 inputs and outputs, 64 recurrent FeLIF neurons: next-note prediction.
    Jsb,
}

impl New {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let (name, text) = match self.template {
            Template::Braille => ("braille", include_str!("../../../../examples/braille.json")),
            Template::Jsb => ("jsb", include_str!("../../../../examples/jsb.json")),
        };
        if self.file.exists() && !self.force {
            let source = std::io::Error::new(
                std::io::ErrorKind::AlreadyExists,
                "it exists; --force overwrites it",
            );
            return Err(Failure::Write {
                path: self.file.display().to_string(),
                source,
            });
        }
        let stem = self
            .file
            .file_stem()
            .map_or(name.into(), |s| s.to_string_lossy().to_lowercase());
        let text = text.replacen(
            &format!("\"name\": \"{name}\""),
            &format!("\"name\": \"{stem}\""),
            1,
        );
        bruno_chip::Description::parse(&self.file.display().to_string(), &text)?;
        output::write(&self.file, &text)?;
        say!("{}: next, `bruno check {0}`", self.file.display())
    }
}
