//! Axes: where a panel's points lie on them, how far they reach, where their ticks stand and what these say.

use crate::letters::raised;
use crate::{Curve, Mark, Panel};
use std::ops::Range;

/// One axis: label with its unit, linear or logarithmic.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Label, e.g. `V (V)`.
    pub label: String,
    /// Whether decades are spaced evenly; values that are not positive are then left out.
    pub log: bool,
    /// Where it ends at the latest: a share has nothing above 1.
    limits: (f64, f64),
    /// Whether ticks stand at whole numbers only.
    whole: bool,
    /// Values that it shows whatever is drawn.
    shown: Vec<f64>,
}

impl Axis {
    /// A linear axis.
    pub fn linear(label: &str) -> Self {
        Self {
            label: label.into(),
            log: false,
            limits: (f64::NEG_INFINITY, f64::INFINITY),
            whole: false,
            shown: Vec::new(),
        }
    }

    /// A logarithmic axis.
    pub fn log(label: &str) -> Self {
        let linear = Self::linear(label);
        Self {
            log: true,
            ..linear
        }
    }

    /// An axis of a share, 0..1 at most: an accuracy, an occupation.
    pub fn share(label: &str) -> Self {
        let limits = (0.0, 1.0);
        Self {
            limits,
            ..Self::linear(label)
        }
    }

    /// An axis of whole numbers: chips, neurons.
    pub fn count(label: &str) -> Self {
        let whole = true;
        Self {
            whole,
            ..Self::linear(label)
        }
    }

    /// The same, showing these values too: panels that are compared have one range by it.
    pub fn showing(self, values: impl IntoIterator<Item = f64>) -> Self {
        let shown = values.into_iter().collect();
        Self { shown, ..self }
    }

    /// Round values within a range of about so many, as they are drawn (logarithms on logarithmic axes).
    pub(crate) fn ticks(&self, range: &Range<f64>, wanted: f64) -> Vec<f64> {
        if self.log {
            return log_ticks(range, wanted);
        }
        let width = range.end - range.start;
        let mut step = round_step(width / wanted);
        if self.whole {
            step = step.max(1.0);
        }
        multiples(range, step)
    }

    /// What a tick says.
    pub(crate) fn text(&self, value: f64, width: f64) -> String {
        match self.log {
            true => number(10f64.powf(value), 0.0),
            false => number(value, width),
        }
    }
}

/// Whole decades, of many every so-manieth; of few 2 and 5 times them too.
fn log_ticks(range: &Range<f64>, wanted: f64) -> Vec<f64> {
    let decades = range.end - range.start;
    if decades <= 2.0 {
        let first = range.start.floor() as i32;
        let last = range.end.ceil() as i32;
        let ticks =
            (first..=last).flat_map(|d| [1.0f64, 2.0, 5.0].map(|k| f64::from(d) + k.log10()));
        return ticks.filter(|t| near(range, *t)).collect();
    }
    multiples(range, (decades / wanted).ceil())
}

/// Multiples of a step within a range, ends included.
fn multiples(range: &Range<f64>, step: f64) -> Vec<f64> {
    let (first, last) = ((range.start / step).floor(), (range.end / step).ceil());
    let count = (last - first) as usize;
    let ticks = (0..=count).map(|k| (first + k as f64) * step);
    ticks.filter(|t| near(range, *t)).collect()
}

fn near(range: &Range<f64>, tick: f64) -> bool {
    let slack = 1e-9 * (range.end - range.start);
    (range.start - slack..=range.end + slack).contains(&tick)
}

/// The step of 1, 2 or 5 times a power of ten that is no smaller.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|k| k * power);
    let found = steps.into_iter().find(|step| *step >= least * (1.0 - 1e-9));
    found.unwrap_or(10.0 * power)
}

/// Share of an axis that is left free at either end.
const ROOM: f64 = 0.05;

/// The points as they are drawn: logarithms on logarithmic axes, `None` where there is nothing to draw.
pub(crate) fn scaled(panel: &Panel, curve: &Curve) -> Vec<Option<(f64, f64)>> {
    let scale = |v: f64, axis: &Axis| if axis.log { v.log10() } else { v };
    let point = |&(x, y): &(f64, f64)| {
        let (x, y) = (scale(x, &panel.x), scale(y, &panel.y));
        (x.is_finite() && y.is_finite()).then_some((x, y))
    };
    curve.points.iter().map(point).collect()
}

/// The ranges of a panel's axes, with room above and below, and around circles and bars, of which half would lie outside.
/// `x_with`: the panels whose horizontal axis is the same.
pub(crate) fn ranges<'a>(
    panel: &Panel,
    x_with: impl Iterator<Item = &'a Panel>,
) -> (Range<f64>, Range<f64>) {
    let mut x = Bounds::default();
    let mut wide = false;
    for other in x_with {
        x.add_x(other);
        wide |= is_wide(other);
    }
    let mut y = Bounds::default();
    y.add_y(panel);
    panel.y.shown.iter().for_each(|value| y.add(*value));
    let room = |is: bool| if is { ROOM } else { 0.0 };
    (
        x.range(room(wide), &panel.x),
        y.range(room(!panel.y.log || is_wide(panel)), &panel.y),
    )
}

/// Whether something is drawn around its points.
fn is_wide(panel: &Panel) -> bool {
    let wide = |c: &Curve| matches!(c.mark, Mark::Points | Mark::Bars(_));
    panel.curves.iter().any(wide)
}

#[derive(Default)]
struct Bounds(Option<(f64, f64)>);

impl Bounds {
    fn add(&mut self, value: f64) {
        let (low, high) = self.0.unwrap_or((value, value));
        self.0 = Some((low.min(value), high.max(value)));
    }

    fn add_x(&mut self, panel: &Panel) {
        for curve in &panel.curves {
            let half = match curve.mark {
                Mark::Bars(width) => 0.5 * width,
                _ => 0.0,
            };
            for (x, _) in scaled(panel, curve).into_iter().flatten() {
                self.add(x - half);
                self.add(x + half);
            }
        }
    }

    fn add_y(&mut self, panel: &Panel) {
        for curve in &panel.curves {
            for (_, y) in scaled(panel, curve).into_iter().flatten() {
                self.add(y);
                if matches!(curve.mark, Mark::Bars(_)) && !panel.y.log {
                    self.add(0.0);
                }
            }
        }
    }

    /// What was added, or whole decades, and `room` of its width on either side but within the axis's limits; a single value
    /// gets a width of its own.
    fn range(&self, room: f64, axis: &Axis) -> Range<f64> {
        let (low, high) = self.0.unwrap_or((0.0, 1.0));
        if axis.log {
            // Not a decade more for the last digit of a logarithm.
            let low = (low + 1e-9).floor();
            let high = (high - 1e-9).ceil().max(low + 1.0);
            return low - room * (high - low)..high + room * (high - low);
        }
        let width = high - low;
        let (low, high) = if width <= 1e-12 * low.abs().max(high.abs()) || width == 0.0 {
            let half = if low == 0.0 { 1.0 } else { 0.1 * low.abs() };
            (low - half, high + half)
        } else {
            (low - room * width, high + room * width)
        };
        // Half a circle may stand over the end of a share, no more.
        let beyond = 0.2 * room * (high - low);
        low.max(axis.limits.0 - beyond)..high.min(axis.limits.1 + beyond)
    }
}

/// A tick's number, short, on an axis of some width: powers of ten from 1e5 on and below 1e-3.
fn number(value: f64, width: f64) -> String {
    let magnitude = value.abs();
    if magnitude < 1e-9 * width || magnitude == 0.0 {
        return "0".into();
    }
    if (1e-3..1e5).contains(&magnitude) {
        return trimmed(&format!("{value:.6}")).to_string();
    }
    let text = format!("{value:.2e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let power = format!("10{}", raised(exponent.parse().unwrap_or(0)));
    match trimmed(mantissa) {
        "1" => power,
        "-1" => format!("-{power}"),
        mantissa => format!("{mantissa}×{power}"),
    }
}

/// Without the zeros at a decimal fraction's end.
fn trimmed(text: &str) -> &str {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, expected: &str) {
        assert_eq!(number(value, 1e-4), expected);
    }

    #[test]
    fn numbers_of_ticks() {
        check(0.1 + 0.2, "0.3");
        check(-2.0, "-2");
        check(1e-17, "0");
        check(100.0, "100");
        check(2e-5, "2×10⁻⁵");
        check(-1.25e9, "-1.25×10⁹");
        check(1e-7, "10⁻⁷");
    }

    fn check_ticks(axis: Axis, range: Range<f64>, expected: &[&str]) {
        let width = range.end - range.start;
        let ticks = axis.ticks(&range, 6.0);
        let texts: Vec<String> = ticks.iter().map(|t| axis.text(*t, width)).collect();
        assert_eq!(texts, expected);
    }

    #[test]
    fn ticks_of_a_linear_axis() {
        check_ticks(
            Axis::linear("V"),
            -0.55..0.6,
            &["-0.4", "-0.2", "0", "0.2", "0.4", "0.6"],
        );
    }
    #[test]
    fn ticks_of_counts() {
        check_ticks(Axis::count("chips"), 0.0..2.0, &["0", "1", "2"]);
    }
    #[test]
    fn ticks_of_few_decades() {
        check_ticks(Axis::log("f"), 1.0..2.0, &["10", "20", "50", "100"]);
    }
    #[test]
    fn ticks_of_many_decades() {
        check_ticks(Axis::log("t"), -7.0..0.0, &["10⁻⁶", "10⁻⁴", "0.01", "1"]);
    }

    fn panel(x: Axis, y: Axis, mark: Mark, points: &[(f64, f64)]) -> Panel {
        let curves = vec![Curve::new("c", mark, points.iter().copied())];
        Panel { x, y, curves }
    }

    /// Whether there is room around the points at an axis's ends.
    fn check_room(mark: Mark, axis: fn(&str) -> Axis, expected: bool) {
        let panel = panel(
            axis("x"),
            Axis::linear("y"),
            mark,
            &[(1.0, 1.0), (100.0, 2.0)],
        );
        let x = ranges(&panel, [&panel].into_iter()).0;
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
    fn bars_do_not_touch_the_frame() {
        check_room(Mark::Bars(1.0), Axis::linear, true);
    }
    #[test]
    fn lines_fill_their_axis() {
        check_room(Mark::Line, Axis::linear, false);
    }
    #[test]
    fn a_share_ends_at_one() {
        let points = [(1.0, 0.2), (2.0, 1.0)];
        let panel = panel(
            Axis::linear("x"),
            Axis::share("accuracy"),
            Mark::Points,
            &points,
        );
        let y = ranges(&panel, [&panel].into_iter()).1;
        assert!(
            y.end < 1.02 && !panel.y.ticks(&y, 6.0).iter().any(|t| *t > 1.0),
            "{y:?}"
        );
    }
    #[test]
    fn circles_make_room_in_all_panels_of_an_axis() {
        let of = |mark| {
            let points = [(0.0, 1.0), (9.0, 2.0)];
            panel(Axis::linear("t"), Axis::linear("y"), mark, &points)
        };
        let (line, circles) = (of(Mark::Line), of(Mark::Points));
        let both = || [&line, &circles].into_iter();
        assert_eq!(ranges(&line, both()).0, ranges(&circles, both()).0);
    }
    #[test]
    fn panels_of_one_axis_have_one_range() {
        let of = |last: f64| {
            panel(
                Axis::linear("t"),
                Axis::linear("y"),
                Mark::Line,
                &[(0.0, 1.0), (last, 2.0)],
            )
        };
        let (short, long) = (of(3.0), of(9.0));
        assert_eq!(ranges(&short, [&short, &long].into_iter()).0, 0.0..9.0);
    }
}
