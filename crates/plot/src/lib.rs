//! Pictures: panels of curves below one another, as SVG or PDF, in one style. A picture's data is plain numbers; what they
//! mean stands in the labels.
//!
//! Needs no fonts of the machine: in SVG the text stays text, in whatever sans-serif face the viewer has; in PDF it is in
//! Helvetica, which every viewer has.

#![deny(clippy::print_stdout, clippy::print_stderr)]

mod axis;
mod coordinate;
mod draw;
mod legend;
mod letters;
mod pdf;
mod style;

pub use axis::Axis;

use style::Style;

/// Widths that a picture may have, mm: from half a column to a poster.
pub const WIDTHS_MM: std::ops::RangeInclusive<f64> = 40.0..=500.0;

/// Width of a picture unless told, mm: 900 pixels of a screen.
pub const WIDTH_MM: f64 = 238.0;

/// How the points of a curve are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mark {
    /// Joined by a line.
    Line,
    /// Joined by a thin dashed line: what something is compared with.
    Dashed,
    /// A circle each.
    Points,
    /// A vertical tick each, from the point to the panel's head: spikes.
    Ticks,
    /// A bar each from zero, of this width in units of x: histograms.
    Bars(f64),
}

/// Points with a name in the legend.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Name in the legend; an empty one has no entry.
    pub name: String,
    /// `(x, y)` in the units of the axes' labels; a point that is not finite breaks the line.
    pub points: Vec<(f64, f64)>,
    /// How they are drawn.
    pub mark: Mark,
    /// Words beside the points, in their order; fewer than points leave the rest without.
    pub texts: Vec<String>,
}

impl Curve {
    /// A curve of a name, drawn as told.
    pub fn new(name: &str, mark: Mark, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self {
            name: name.into(),
            points: points.into_iter().collect(),
            mark,
            texts: Vec::new(),
        }
    }

    /// The same with words beside its points.
    pub fn with_texts(self, texts: impl IntoIterator<Item = String>) -> Self {
        let texts = texts.into_iter().collect();
        Self { texts, ..self }
    }
}

/// One pair of axes with its curves.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Horizontal axis. Panels of a picture with one label here have one range, too.
    pub x: Axis,
    /// Vertical axis.
    pub y: Axis,
    /// What is drawn, in this order; the order also decides the colour.
    pub curves: Vec<Curve>,
}

/// The picture could not be drawn: a bug here or in the drawing library.
#[derive(Debug, thiserror::Error)]
#[error("a bug in bruno: a picture could not be drawn: {0}")]
pub struct PlotError(String);

/// Panels below one another under a title.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Title; an empty one takes no room.
    pub title: String,
    /// From the top.
    pub panels: Vec<Panel>,
    /// Width, mm; text and lines keep sizes that can be read in print.
    pub width_mm: f64,
}

/// What a picture is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Scalable Vector Graphics: for screens.
    Svg,
    /// Portable Document Format: for papers.
    Pdf,
}

impl Format {
    /// Ending of a file's name, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Pdf => "pdf",
        }
    }
}

impl Picture {
    /// A picture as wide as a screen's page.
    pub fn new(title: &str, panels: Vec<Panel>) -> Self {
        Self {
            title: title.into(),
            panels,
            width_mm: WIDTH_MM,
        }
    }

    /// The content of its file.
    ///
    /// # Errors
    /// None that a user can cause.
    pub fn bytes(&self, format: Format) -> Result<Vec<u8>, PlotError> {
        match format {
            Format::Svg => Ok(self.svg()?.into_bytes()),
            Format::Pdf => self.pdf(),
        }
    }

    /// The text of an SVG file.
    ///
    /// # Errors
    /// None that a user can cause.
    pub fn svg(&self) -> Result<String, PlotError> {
        let style = Style::new(self.width_mm);
        let size = draw::size(self, style);
        let mut text = String::new();
        let backend = plotters::prelude::SVGBackend::with_string(&mut text, size);
        draw::draw(self, style, backend).map_err(PlotError)?;
        let in_units =
            |(width, height): (u32, u32)| format!(r#"<svg width="{width}" height="{height}""#);
        let pixels = (size.0 / style::PX, size.1 / style::PX);
        Ok(text.replacen(&in_units(size), &in_units(pixels), 1))
    }

    fn pdf(&self) -> Result<Vec<u8>, PlotError> {
        let style = Style::new(self.width_mm);
        let mut bytes = Vec::new();
        let backend = pdf::Page::new(draw::size(self, style), &mut bytes);
        draw::draw(self, style, backend).map_err(PlotError)?;
        Ok(bytes)
    }
}

/// Panels below one another under a title, as the text of an SVG file.
///
/// # Errors
/// None that a user can cause.
pub fn svg(title: &str, panels: &[Panel]) -> Result<String, PlotError> {
    Picture::new(title, panels.to_vec()).svg()
}

#[cfg(test)]
mod tests;
