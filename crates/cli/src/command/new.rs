//! `bruno new`: a first description to edit.

mod of_model;

use crate::failure::Failure;
use crate::output;
use bruno_chip::Description;
use bruno_device::Chip;
use std::path::{Path, PathBuf};

/// Write a chip description to start from.
///
/// With --model the neurons are those of a neuron file (docs/models.md): 24 inputs, 32 recurrent neurons, 7 classes, and
/// currents of synapses, window and settings of training that follow from how the file's neuron fires. A file of yours is
/// copied beside the description. It trains as it is: `bruno train FILE`.
#[derive(clap::Args)]
pub struct New {
    /// The file to write, e.g. my_chip.json; its stem becomes the chip's name.
    file: PathBuf,
    /// The description to start from.
    #[arg(long, value_enum, default_value_t = Template::Braille)]
    template: Template,
    /// A neuron file, e.g. my.nrn, or the name of a model that comes with bruno (`bruno model list`).
    #[arg(long, conflicts_with = "template")]
    model: Option<String>,
    /// Overwrite existing files.
    #[arg(long)]
    force: bool,
    /// Print the file as JSON on stdout.
    #[arg(long)]
    json: bool,
}

/// Reference chips.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Template {
    /// 24 inputs, 16 recurrent FeLIF neurons, 7 classes: trains in half a minute on built-in data played ten times as fast.
    First,
    /// 24 inputs, 32 recurrent FeLIF neurons, 7 classes: built-in data.
    Braille,
    /// 88 inputs and outputs, 64 recurrent FeLIF neurons: next-note prediction.
    Jsb,
    /// 24 inputs, 16 recurrent LIF neurons, 7 classes behind one SPI port: fits an iCE40 HX8K (docs/synthesis.md).
    Tiny,
    /// 24 inputs, 64 recurrent FeLIF neurons, 7 classes behind one SPI port: fits an ECP5-85 (docs/synthesis.md).
    Felif64,
}

impl New {
    pub(super) fn run(&self) -> Result<(), Failure> {
        self.check_free(&self.file)?;
        match &self.model {
            Some(model) => self.write_model(model)?,
            None => self.write_template()?,
        }
        let file = self.file.display().to_string();
        match self.json {
            true => say!("{}", serde_json::json!({ "files": [file] })),
            false => say!("{file}: next, `bruno check {file}`"),
        }
    }

    fn write_template(&self) -> Result<(), Failure> {
        let (name, text) = match self.template {
            Template::First => ("first", include_str!("../../chips/first.json")),
            Template::Braille => ("braille", include_str!("../../chips/braille.json")),
            Template::Jsb => ("jsb", include_str!("../../chips/jsb.json")),
            Template::Tiny => ("tiny", include_str!("../../chips/tiny.json")),
            Template::Felif64 => ("felif64", include_str!("../../chips/felif64.json")),
        };
        let named = |name: &str| format!("\"name\": \"{name}\"");
        let text = text.replacen(&named(name), &named(&self.stem(name)), 1);
        Description::parse(&self.file.display().to_string(), &text)?;
        output::write(&self.file, &text)
    }

    /// The file goes first: a description is read with the files that it names.
    fn write_model(&self, model: &str) -> Result<(), Failure> {
        let start = of_model::start(model, &self.file, &self.stem("chip"))?;
        let file = self.file.display().to_string();
        if let Some((place, text)) = &start.copy {
            self.check_free(place)?;
            output::write(place, text)?;
        }
        let description = Description::parse(&file, &start.description)?;
        Chip::resolve(&file, &description)?;
        output::write(&self.file, &start.description)
    }

    fn stem(&self, without: &str) -> String {
        let stem = self.file.file_stem();
        stem.map_or(without.into(), |s| s.to_string_lossy().to_lowercase())
    }

    fn check_free(&self, path: &Path) -> Result<(), Failure> {
        if !path.exists() || self.force {
            return Ok(());
        }
        Err(Failure::Write {
            path: path.display().to_string(),
            source: std::io::Error::new(
                std::io::ErrorKind::AlreadyExists,
                "it exists; --force overwrites it",
            ),
        })
    }
}
