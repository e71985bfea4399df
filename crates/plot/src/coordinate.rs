//! An axis as the drawing library takes it, with ticks of our own.

use crate::axis::Axis;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use std::ops::Range;

/// A linear scale of values as they are drawn.
#[derive(Clone)]
pub(crate) struct Coordinate {
    pub range: Range<f64>,
    pub ticks: Vec<f64>,
    pub axis: Axis,
}

impl Coordinate {
    /// About so many ticks.
    pub fn new(axis: &Axis, range: Range<f64>, wanted: f64) -> Self {
        Self {
            ticks: axis.ticks(&range, wanted),
            range,
            axis: axis.clone(),
        }
    }

    /// What the ticks say.
    pub fn texts(&self) -> impl Iterator<Item = String> {
        self.ticks.iter().map(|tick| self.format_ext(tick))
    }
}

impl Ranged for Coordinate {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        let share = (value - self.range.start) / (self.range.end - self.range.start);
        from + (share * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

impl ValueFormatter<f64> for Coordinate {
    fn format_ext(&self, value: &f64) -> String {
        self.axis.text(*value, self.range.end - self.range.start)
    }
}
