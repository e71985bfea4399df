//! Sizes and colours.

use plotters::style::RGBColor;

/// The library draws to whole units; ten of them are a pixel, so that lines come out smooth.
pub(crate) const PX: u32 = 10;

/// Pixels of a millimetre: 96 an inch.
const PX_BY_MM: f64 = 96.0 / 25.4;

/// Widths between which text grows from the size of a paper's column to that of a screen, mm.
const NARROW_MM: f64 = 85.0;
const WIDE_MM: f64 = 200.0;

/// Text at these widths, px: 7.5 and 10.5 points.
const SMALL: f64 = 10.0;
const LARGE: f64 = 14.0;

/// Colours that the colour-blind can tell apart (Okabe and Ito, 2008), the darkest first.
const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(230, 159, 0),
    RGBColor(0, 0, 0),
];

/// The colour of a panel's curve by its place.
pub(crate) fn colour(index: usize) -> RGBColor {
    COLOURS[index % COLOURS.len()]
}

/// Sizes of a picture, in units of the library.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Whole picture.
    pub width: u32,
    /// Letters.
    pub text: u32,
    /// Axes and what lies between them, without the legend.
    pub panel: u32,
}

impl Style {
    pub fn new(width_mm: f64) -> Self {
        let width_px = width_mm * PX_BY_MM;
        let share = ((width_mm - NARROW_MM) / (WIDE_MM - NARROW_MM)).clamp(0.0, 1.0);
        let text_px = SMALL + share * (LARGE - SMALL);
        let panel_px = (width_px / 3.0).clamp(17.0 * text_px, 400.0);
        let units = |px: f64| (px * f64::from(PX)).round() as u32;
        Self {
            width: units(width_px),
            text: units(text_px),
            panel: units(panel_px),
        }
    }

    /// So many heights of a line.
    pub fn lines(self, count: f64) -> u32 {
        (count * f64::from(self.text)).round() as u32
    }
}
