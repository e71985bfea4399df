//! Pictures of a page: SVG whose colours are the page's, so that they follow light, dark and print.

mod bars;
mod chart;
mod frame;
mod raster;
mod scale;

pub(crate) use bars::bars;
pub(crate) use chart::{Chart, HIGH, LOW, Mark, Series};
pub(crate) use raster::raster;
pub(crate) use scale::Axis;

use maud::Markup;
use serde_json::Value;

/// A picture with its words and numbers.
pub(crate) struct Figure {
    /// What it shows.
    pub title: String,
    /// Names of its colours; empty where there is one curve.
    pub legend: Markup,
    /// The picture.
    pub svg: Markup,
    /// The numbers that it shows.
    pub data: Value,
}

/// Width of a picture in its own units, of which a letter has ten.
const WIDTH: f64 = 400.0;
/// Curves that have a colour of their own; the style has as many.
const COLOURS: usize = 6;

/// A coordinate with one decimal: a tenth of a unit is finer than a pixel.
fn at(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), Into::into)
}

/// The class of curve `index`: its colour and its dashes.
fn colour(index: usize) -> String {
    format!("c{}", index % COLOURS)
}
