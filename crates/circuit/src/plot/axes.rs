//! Axes: where a panel's points lie on them, how far they reach, and the labels of their ticks.

use super::{Curve, Mark, Panel};

/// One axis: label with its unit, linear or logarithmic.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Label, e.g. `V (V)`.
    pub label: String,
    /// Whether decades are spaced evenly; values that are not positive are then left out.
    pub log: bool,
}

impl Axis {
    /// A linear axis.
    pub fn linear(label: &str) -> Self {
        let label = label.into();
        Self { label, log: false }
    }

    /// A logarithmic axis.
    pub fn log(label: &str) -> Self {
        let label = label.into();
        Self { label, log: true }
    }
}

/// Share of an axis that is left free at either end.
const ROOM: f64 = 0.05;

/// The points as they are drawn: logarithms on logarithmic axes, `None` where there is nothing to draw.
pub(super) fn scaled(panel: &Panel, curve: &Curve) -> Vec<Option<(f64, f64)>> {
    let scale = |v: f64, axis: &Axis| if axis.log { v.log10() } else { v };
    let point = |&(x, y): &(f64, f64)| {
        let (x, y) = (scale(x, &panel.x), scale(y, &panel.y));
        (x.is_finite() && y.is_finite()).then_some((x, y))
    };
    curve.points.iter().map(point).collect()
}

/// The ranges of the axes, with some room above and below, and around circles, of which half would lie outside.
pub(super) fn ranges(panel: &Panel) -> (std::ops::Range<f64>, std::ops::Range<f64>) {
    let mut x = Bounds::default();
    let mut y = Bounds::default();
    for curve in &panel.curves {
        for (px, py) in scaled(panel, curve).into_iter().flatten() {
            x.add(px);
            y.add(py);
            if let Mark::Bars(width) = curve.mark {
                x.add(px - width / 2.0);
                x.add(px + width / 2.0);
                y.add(if panel.y.log { py } else { 0.0 });
            }
        }
    }
    let circles = panel.curves.iter().any(|c| c.mark == Mark::Points);
    let room = |always: bool| if always || circles { ROOM } else { 0.0 };
    (
        x.range(room(false), panel.x.log),
        y.range(room(!panel.y.log), panel.y.log),
    )
}

#[derive(Default)]
struct Bounds(Option<(f64, f64)>);

impl Bounds {
    fn add(&mut self, value: f64) {
        let (low, high) = self.0.unwrap_or((value, value));
        self.0 = Some((low.min(value), high.max(value)));
    }

    /// What was added, or whole decades, and `room` of its width on either side; a single value gets a width of its own.
    fn range(&self, room: f64, log: bool) -> std::ops::Range<f64> {
        let (low, high) = self.0.unwrap_or((0.0, 1.0));
        if log {
            // Not a decade more for the last digit of a logarithm.
            let low = (low + 1e-9).floor();
            let high = (high - 1e-9).ceil().max(low + 1.0);
            return low - room * (high - low)..high + room * (high - low);
        }
        let width = high - low;
        if width <= 1e-12 * low.abs().max(high.abs()) || width == 0.0 {
            let half = if low == 0.0 { 1.0 } else { 0.1 * low.abs() };
            return low - half..high + half;
        }
        low - room * width..high + room * width
    }
}

/// A tick's label, short, on an axis of some width; on a logarithmic one only decades have a label.
pub(super) fn number(value: f64, width: f64, log: bool) -> String {
    if log {
        let decade = value.round();
        let is_decade = (value - decade).abs() < 1e-9;
        return if is_decade {
            format!("1e{decade}")
        } else {
            String::new()
        };
    }
    let magnitude = value.abs();
    if magnitude < 1e-9 * width {
        return "0".into();
    }
    if magnitude != 0.0 && !(1e-3..1e5).contains(&magnitude) {
        let text = format!("{value:.2e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", trimmed(mantissa));
    }
    trimmed(&format!("{value:.6}")).to_string()
}

/// Without the zeros at a decimal fraction's end.
fn trimmed(text: &str) -> &str {
    text.trim_end_matches('0').trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, log: bool, expected: &str) {
        assert_eq!(number(value, 1e-4, log), expected);
    }

    #[test]
    fn labels_of_ticks() {
        check(0.1 + 0.2, false, "0.3");
        check(-2.0, false, "-2");
        check(1e-17, false, "0");
        check(100.0, false, "100");
        check(2e-5, false, "2e-5");
        check(-1.25e9, false, "-1.25e9");
        check(-6.0, true, "1e-6");
        check(0.5, true, "");
    }

    /// Whether there is room around the points at an axis's ends.
    fn check_room(mark: Mark, axis: fn(&str) -> Axis, expected: bool) {
        let panel = Panel {
            x: axis("x"),
            y: Axis::linear("y"),
            curves: vec![Curve::new("c", mark, [(1.0, 1.0), (100.0, 2.0)])],
        };
        let x = ranges(&panel).0;
        let [first, last] = [1.0, 100.0].map(|v: f64| if panel.x.log { v.log10() } else { v });
        assert_eq!(
            (x.start < first, last < x.end),
            (expected, expected),
            "{x:?}"
        );
    }
    #[test]
    fn circles_at_the_border_are_whole() {
        check_room(Mark::Points, Axis::linear, true);
    }
    #[test]
    fn circles_at_a_decade_are_whole() {
        check_room(Mark::Points, Axis::log, true);
    }
    #[test]
    fn lines_fill_their_axis() {
        check_room(Mark::Line, Axis::linear, false);
    }
}
