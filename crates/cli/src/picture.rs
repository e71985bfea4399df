//! How pictures are written: as SVG or PDF, as wide as a page or a paper's column.

use crate::failure::Failure;
use crate::output;
use bruno_plot::{Format, Panel, Picture, WIDTH_MM, WIDTHS_MM};
use clap::ValueEnum;
use std::path::Path;

/// The look of a command's pictures.
#[derive(clap::Args, Clone, Copy)]
#[command(next_help_heading = "Pictures")]
pub struct PictureArguments {
    /// Width of pictures, mm: a paper's column has about 85, its page about 180. Letters keep a size that can be read.
    #[arg(long = "width", global = true, value_name = "MM", default_value_t = WIDTH_MM, value_parser = width)]
    width_mm: f64,
    /// What pictures are written as; where a picture's file is named, its ending says it.
    #[arg(long = "pictures", global = true, value_enum, default_value_t = Form::Svg)]
    form: Form,
}

impl Default for PictureArguments {
    fn default() -> Self {
        Self {
            width_mm: WIDTH_MM,
            form: Form::Svg,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Svg,
    Pdf,
}

impl Form {
    fn format(self) -> Format {
        match self {
            Self::Svg => Format::Svg,
            Self::Pdf => Format::Pdf,
        }
    }
}

impl PictureArguments {
    /// Writes a picture of this name, with the ending of its form, into a folder; gives the name of its file.
    pub fn write(
        &self,
        folder: &Path,
        name: &str,
        title: &str,
        panels: Vec<Panel>,
    ) -> Result<String, Failure> {
        let format = self.form.format();
        let file = format!("{name}.{}", format.ending());
        self.draw(&folder.join(&file), format, title, panels)?;
        Ok(file)
    }

    /// Writes a picture to a file whose ending says its form; SVG, where it says neither.
    pub fn write_file(&self, path: &Path, title: &str, panels: Vec<Panel>) -> Result<(), Failure> {
        let ending = path.extension().unwrap_or_default();
        let format = match ending.eq_ignore_ascii_case(Format::Pdf.ending()) {
            true => Format::Pdf,
            false => self.form.format(),
        };
        self.draw(path, format, title, panels)
    }

    fn draw(
        &self,
        path: &Path,
        format: Format,
        title: &str,
        panels: Vec<Panel>,
    ) -> Result<(), Failure> {
        let picture = Picture {
            title: title.into(),
            panels,
            width_mm: self.width_mm,
        };
        output::write_bytes(path, &picture.bytes(format)?)
    }
}

fn width(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if WIDTHS_MM.contains(&value) => Ok(value),
        _ => Err(format!(
            "a width of {}..{} mm",
            WIDTHS_MM.start(),
            WIDTHS_MM.end()
        )),
    }
}
