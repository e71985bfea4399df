//! The frame of a picture: axes, ticks, words.

use super::scale::{Axis, Scale};
use super::{Figure, WIDTH, at};
use maud::{Markup, html};

/// Room beside the field of a picture, for words.
const LEFT: f64 = 64.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 6.0;
const BOTTOM: f64 = 34.0;
/// Height for a tick of the vertical axis.
const TICK: f64 = 45.0;
/// Marks at the ends of the ranges do not touch the frame.
const INNER: f64 = 6.0;

/// Two axes and the field between them.
pub(super) struct Frame {
    pub x: Scale,
    pub y: Scale,
    labels: (String, String),
    height: f64,
}

impl Frame {
    /// The frame for these values; none where there is nothing to show.
    pub fn new(
        (x, y): (&Axis, &Axis),
        xs: impl Iterator<Item = f64>,
        ys: impl Iterator<Item = f64>,
        height: f64,
    ) -> Option<Self> {
        Some(Self {
            x: x.scale(xs, (LEFT + INNER, WIDTH - RIGHT - INNER))?,
            y: y.scale(ys, (height - BOTTOM - INNER, TOP + INNER))?,
            labels: (x.label.clone(), y.label.clone()),
            height,
        })
    }

    /// Places of the field's upper and lower edge.
    pub fn edges(&self) -> (f64, f64) {
        (TOP, self.height - BOTTOM)
    }

    /// Places of the field's left and right edge.
    pub fn sides(&self) -> (f64, f64) {
        (LEFT, WIDTH - RIGHT)
    }

    /// The whole picture around what is drawn in the field.
    pub fn svg(&self, title: &str, field: &Markup) -> Markup {
        let (top, bottom) = self.edges();
        let (left, right) = self.sides();
        let description = format!("{} over {}", self.labels.1, self.labels.0);
        html! {
            svg viewBox={ "0 0 " (at(WIDTH)) " " (at(self.height)) } role="img" {
                title { (title) }
                desc { (description) }
                @for (value, text) in self.y.ticks(self.height / TICK) {
                    @let y = at(self.y.place(value));
                    path.grid d={ "M" (at(left)) " " (y) "H" (at(right)) } {}
                    text x=(at(left - 5.0)) y=(y) dy="0.35em" text-anchor="end" { (text) }
                }
                @for (value, text) in self.x.ticks(5.0) {
                    @let x = at(self.x.place(value));
                    path.tick d={ "M" (x) " " (at(bottom)) "v4" } {}
                    text x=(x) y=(at(bottom + 15.0)) text-anchor="middle" { (text) }
                }
                (field)
                path.axis d={ "M" (at(left)) " " (at(top)) "V" (at(bottom)) "H" (at(right)) } {}
                text.label x=(at(0.5 * (left + right))) y=(at(self.height - 4.0)) text-anchor="middle" { (self.labels.0) }
                text.label transform={ "translate(10 " (at(0.5 * (top + bottom))) ") rotate(-90)" } text-anchor="middle" {
                    (self.labels.1)
                }
            }
        }
    }
}

/// A figure without a legend.
pub(super) fn plain(title: &str, svg: Markup, data: serde_json::Value) -> Figure {
    Figure {
        title: title.into(),
        legend: Markup::default(),
        svg,
        data,
    }
}
