//! Curves, points and histograms in one frame.

use super::frame::Frame;
use super::scale::drawable;
use super::{Axis, Figure, at, colour};
use crate::text;
use maud::{Markup, html};
use serde::Serialize;

/// Height of a chart, and of one that shows how something goes on rather than how large it is.
pub(crate) const HIGH: f64 = 250.0;
pub(crate) const LOW: f64 = 130.0;
/// Most points of a series; a longer one is thinned evenly.
const MOST_POINTS: usize = 600;
/// Width of a letter of a label, for labels that would hide one another.
const LETTER: f64 = 5.4;
const LINE: f64 = 11.0;

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mark {
    /// Points joined by a line; one that cannot be drawn breaks it.
    Line,
    /// A dot each.
    Dots,
    /// A dot each, joined by a thin line.
    Joined,
    /// A bar each from zero, of this width.
    Bars(f64),
    /// A line over the whole height at each x.
    Rule,
}

/// Points of one kind.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Series {
    /// Name in the legend.
    pub name: String,
    /// How they are drawn.
    pub mark: Mark,
    /// `(x, y)` in the units of the axes.
    pub points: Vec<(f64, f64)>,
    /// A word beside each point; none where empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// Ends of an interval around each y; none where empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub intervals: Vec<(f64, f64)>,
}

impl Series {
    /// Points without labels and intervals.
    pub fn new(name: &str, mark: Mark, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self {
            name: text::name(name),
            mark,
            points: thinned(points),
            labels: Vec::new(),
            intervals: Vec::new(),
        }
    }

    /// The same with a word for each point.
    pub fn labelled(mut self, labels: impl IntoIterator<Item = String>) -> Self {
        self.labels = thinned(labels);
        self
    }

    /// The same with an interval for each point.
    pub fn with_intervals(mut self, ends: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.intervals = thinned(ends);
        self
    }
}

/// Of too many every so-manieth and the last.
fn thinned<T>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let all: Vec<T> = all.into_iter().collect();
    let every = all.len().div_ceil(MOST_POINTS).max(1);
    let last = all.len().saturating_sub(1);
    let kept = all.into_iter().enumerate();
    let kept = kept.filter(|(k, _)| k % every == 0 || *k == last);
    kept.map(|(_, one)| one).collect()
}

/// Series in one frame.
pub(crate) struct Chart {
    /// What it shows.
    pub title: String,
    /// Horizontal axis.
    pub x: Axis,
    /// Vertical axis.
    pub y: Axis,
    /// [`HIGH`] or [`LOW`].
    pub height: f64,
    /// Drawn in this order, which also decides the colours.
    pub series: Vec<Series>,
}

impl Chart {
    /// The figure; none where no point can be drawn.
    pub fn figure(self) -> Option<Figure> {
        let points = || self.series.iter().flat_map(|s| &s.points);
        let half = { self.series.iter() }.map(|s| {
            if let Mark::Bars(w) = s.mark {
                0.5 * w
            } else {
                0.0
            }
        });
        let half = half.fold(0.0, f64::max);
        let xs = points().flat_map(|p| [p.0 - half, p.0 + half]);
        let drawn = self.series.iter().filter(|s| s.mark != Mark::Rule);
        let ends = { self.series.iter() }.flat_map(|s| s.intervals.iter().flat_map(|i| [i.0, i.1]));
        let ys = drawn.flat_map(|s| s.points.iter().map(|p| p.1)).chain(ends);
        let frame = Frame::new((&self.x, &self.y), xs, ys, self.height)?;
        let mut taken = Vec::new();
        let field = html! {
            @for (index, series) in self.series.iter().enumerate() { g class=(colour(index)) { (draw(series, &frame)) } }
            @for series in &self.series { (labels(series, &frame, &mut taken)) }
        };
        Some(Figure {
            svg: frame.svg(&self.title, &field),
            legend: legend(&self.series),
            data: serde_json::json!({ "x": self.x.label, "y": self.y.label, "series": self.series }),
            title: self.title,
        })
    }
}

/// The names of the colours, where there is more than one.
fn legend(series: &[Series]) -> Markup {
    let named: Vec<_> = { series.iter().enumerate() }
        .filter(|(_, s)| !s.name.is_empty() && !s.points.is_empty())
        .collect();
    html! {
        @if named.len() > 1 {
            ul.legend {
                @for (index, series) in named {
                    li {
                        svg.swatch viewBox="0 0 24 10" aria-hidden="true" {
                            g class=(colour(index)) {
                                @match series.mark {
                                    Mark::Line => path.line d="M0 5H24" {},
                                    Mark::Rule => path.rule d="M12 0V10" {},
                                    Mark::Dots | Mark::Joined => circle.dot cx="12" cy="5" r="3.5" {},
                                    Mark::Bars(_) => rect.bar x="4" y="0" width="16" height="10" {},
                                }
                            }
                        }
                        (series.name)
                    }
                }
            }
        }
    }
}

/// The place of each point, where it can be drawn.
fn places<'a>(
    series: &'a Series,
    frame: &'a Frame,
) -> impl Iterator<Item = Option<(f64, f64)>> + 'a {
    let place = |(x, y): &(f64, f64)| {
        let both = drawable(*x) && drawable(*y);
        both.then(|| (frame.x.place(*x), frame.y.place(*y)))
    };
    series.points.iter().map(place)
}

/// Lines through neighbours that can be drawn.
fn lines(series: &Series, frame: &Frame) -> Vec<String> {
    let places: Vec<_> = places(series, frame).collect();
    let pieces = places.split(Option::is_none);
    let pieces = pieces.map(|piece| piece.iter().flatten().copied().collect());
    let pieces = pieces.filter(|piece: &Vec<_>| !piece.is_empty());
    pieces.map(|piece| line(&piece)).collect()
}

/// Upper and lower end of the interval of each point that has a place.
fn whiskers(series: &Series, frame: &Frame) -> Vec<(f64, f64, f64)> {
    let pairs = places(series, frame).zip(&series.intervals);
    let drawn = pairs.filter(|(_, ends)| drawable(ends.0) && drawable(ends.1));
    let ends = drawn.filter_map(|(place, (low, high))| {
        Some((place?.0, frame.y.place(*low), frame.y.place(*high)))
    });
    ends.collect()
}

fn draw(series: &Series, frame: &Frame) -> Markup {
    let (top, bottom) = frame.edges();
    let dots = || places(series, frame).flatten();
    html! {
        @match series.mark {
            Mark::Line => {
                @for d in lines(series, frame) { path.line d=(d) {} }
            }
            Mark::Dots | Mark::Joined => {
                @if series.mark == Mark::Joined {
                    @for d in lines(series, frame) { path.thread d=(d) {} }
                }
                @for (x, low, high) in whiskers(series, frame) {
                    path.whisker d={ "M" (at(x)) " " (at(low)) "V" (at(high)) } {}
                }
                @for (x, y) in dots() { circle.dot cx=(at(x)) cy=(at(y)) r="3.5" {} }
            }
            Mark::Bars(width) => {
                @let base = frame.y.place(frame.y.base());
                @let wide = (0.92 * (frame.x.place(width) - frame.x.place(0.0))).max(0.5);
                @for (x, tip) in dots() {
                    rect.bar x=(at(x - 0.5 * wide)) y=(at(tip.min(base))) width=(at(wide)) height=(at((base - tip).abs())) {}
                }
            }
            Mark::Rule => {
                @for (x, _) in dots() { path.rule d={ "M" (at(x)) " " (at(top)) "V" (at(bottom)) } {} }
            }
        }
    }
}

fn line(points: &[(f64, f64)]) -> String {
    let mut d = String::new();
    for (k, (x, y)) in points.iter().enumerate() {
        d.push(if k == 0 { 'M' } else { 'L' });
        d += &format!("{} {}", at(*x), at(*y));
    }
    if points.len() == 1 {
        // A line to itself: with round ends a dot.
        d += "h0";
    }
    d
}

/// Words beside points, each where it hides no other, or not at all.
fn labels(series: &Series, frame: &Frame, taken: &mut Vec<[f64; 4]>) -> Markup {
    let (left, right) = frame.sides();
    let (top, bottom) = frame.edges();
    let dots: Vec<_> = places(series, frame).flatten().collect();
    let mut placed: Vec<(f64, f64, &String)> = Vec::new();
    let named = series.labels.iter().zip(places(series, frame));
    for (label, (x, y)) in named.filter_map(|(label, place)| Some((label, place?))) {
        let width = LETTER * label.chars().count() as f64;
        let places = [
            (x + 6.0, y + 3.5),
            (x - 6.0 - width, y + 3.5),
            (x - 0.5 * width, y - 6.0),
            (x - 0.5 * width, y + 14.0),
        ];
        let free = places.into_iter().find_map(|(lx, ly)| {
            let own = [lx, ly - LINE + 2.0, lx + width, ly + 2.0];
            let [x0, y0, x1, y1] = own;
            let inside = x0 >= left && x1 <= right && y0 >= top && y1 <= bottom;
            let hits = |o: &[f64; 4]| {
                let [a0, b0, a1, b1] = *o;
                x0 < a1 && a0 < x1 && y0 < b1 && b0 < y1
            };
            let on_dot = |(a, b): &&(f64, f64)| (x0..x1).contains(a) && (y0..y1).contains(b);
            let clear = inside && !taken.iter().any(hits) && !dots.iter().any(|d| on_dot(&d));
            clear.then_some((lx, ly, own))
        });
        if let Some((lx, ly, own)) = free {
            taken.push(own);
            placed.push((lx, ly, label));
        }
    }
    html! {
        @for (x, y, label) in placed { text.word x=(at(x)) y=(at(y)) { (label) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(points: &[(f64, f64)], mark: Mark) -> Option<Figure> {
        let series = vec![Series::new("<b>curve</b>", mark, points.iter().copied())];
        let (x, y) = (Axis::new("t (ms)"), Axis::new("V (V)"));
        let (title, height) = ("membrane".into(), HIGH);
        Chart {
            title,
            x,
            y,
            height,
            series,
        }
        .figure()
    }

    fn svg(points: &[(f64, f64)], mark: Mark) -> String {
        chart(points, mark).unwrap().svg.into_string()
    }

    #[test]
    fn a_gap_breaks_a_line() {
        let points = [
            (0.0, 1.0),
            (1.0, 2.0),
            (2.0, f64::NAN),
            (3.0, 1.0),
            (4.0, 2.0),
        ];
        let text = svg(&points, Mark::Line);
        assert_eq!(text.matches(r#"class="line""#).count(), 2);
        assert!(!text.contains("NaN") && !text.contains("inf"));
    }
    #[test]
    fn a_point_alone_is_seen() {
        assert!(svg(&[(1.0, 1.0)], Mark::Line).contains("h0"));
    }
    #[test]
    fn nothing_to_draw() {
        assert!(chart(&[(0.0, f64::NAN)], Mark::Dots).is_none());
        assert!(chart(&[], Mark::Bars(1.0)).is_none());
    }
    #[test]
    fn a_picture_says_what_it_is() {
        let text = svg(&[(0.0, 1.0), (1.0, 2.0)], Mark::Dots);
        assert!(text.contains("<title>membrane</title>"), "{text}");
        assert!(text.contains("<desc>V (V) over t (ms)</desc>"), "{text}");
    }
    #[test]
    fn labels_that_would_hide_one_another() {
        let series = Series::new("", Mark::Dots, [(0.0, 0.0), (0.0, 0.0), (1.0, 1.0)])
            .labelled(["one", "two", "three"].map(String::from));
        let chart = Chart {
            title: "t".into(),
            x: Axis::new("x"),
            y: Axis::new("y"),
            height: HIGH,
            series: vec![series],
        };
        let text = chart.figure().unwrap().svg.into_string();
        assert!(text.contains(">one<") && text.contains(">three<"), "{text}");
    }
    #[test]
    fn a_long_series_is_thinned_and_keeps_its_end() {
        let series = Series::new("", Mark::Line, (0..100_000).map(|k| (f64::from(k), 0.0)));
        assert!(series.points.len() <= MOST_POINTS + 1);
        assert_eq!(series.points.last(), Some(&(99_999.0, 0.0)));
    }
}
