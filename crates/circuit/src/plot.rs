//! Pictures: panels of curves as SVG, in one style. A plot's data is plain numbers; what they mean stands in the labels.
//!
//! Needs no fonts of the machine: the text stays text, in whatever sans-serif face the viewer has.

mod axes;

pub use axes::Axis;

use axes::{number, ranges, scaled};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

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
}

impl Curve {
    /// A curve of a name, drawn as told.
    pub fn new(name: &str, mark: Mark, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let points = points.into_iter().collect();
        let name = name.into();
        Self { name, points, mark }
    }
}

/// One pair of axes with its curves.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// Horizontal axis.
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

/// The library draws to whole units; ten of them are a pixel, so that lines come out smooth.
const PX: u32 = 10;
const PX_I: i32 = PX as i32;

const WIDTH: u32 = 900 * PX;
const PANEL_HEIGHT: u32 = 300 * PX;
const TITLE_HEIGHT: u32 = 36 * PX;
const LEGEND_WIDTH: u32 = 190 * PX;
const TEXT: (&str, u32) = ("sans-serif", 14 * PX);

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

/// Panels below one another under a title, as the text of an SVG file.
///
/// # Errors
/// None that a user can cause.
pub fn svg(title: &str, panels: &[Panel]) -> Result<String, PlotError> {
    let mut text = String::new();
    let height = TITLE_HEIGHT + PANEL_HEIGHT * panels.len() as u32;
    draw(&mut text, title, panels, (WIDTH, height)).map_err(|e| PlotError(e.to_string()))?;
    let size = |unit: u32| {
        format!(
            r#"<svg width="{}" height="{}""#,
            WIDTH / unit,
            height / unit
        )
    };
    Ok(text.replacen(&size(1), &size(PX), 1))
}

type Drawn<'a> = Result<(), Box<dyn std::error::Error + 'a>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Chart<'a, 'b> = ChartContext<
    'b,
    SVGBackend<'a>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

fn draw<'a>(text: &'a mut String, title: &str, panels: &[Panel], size: (u32, u32)) -> Drawn<'a> {
    let whole = SVGBackend::with_string(text, size).into_drawing_area();
    whole.fill(&WHITE)?;
    let (head, body) = whole.split_vertically(TITLE_HEIGHT);
    let style = ("sans-serif", 18 * PX)
        .into_text_style(&head)
        .pos(Pos::new(HPos::Center, VPos::Center));
    head.draw(&Text::new(
        title,
        (WIDTH as i32 / 2, TITLE_HEIGHT as i32 / 2),
        style,
    ))?;
    for (area, panel) in body
        .split_evenly((panels.len().max(1), 1))
        .iter()
        .zip(panels)
    {
        draw_panel(area, panel)?;
    }
    whole.present()?;
    Ok(())
}

fn draw_panel<'a>(area: &Area<'a>, panel: &Panel) -> Drawn<'a> {
    let (left, legend) = area.split_horizontally(WIDTH - LEGEND_WIDTH);
    let (x, y) = ranges(panel);
    let (x_width, y_width) = (x.end - x.start, y.end - y.start);
    let mut chart = ChartBuilder::on(&left)
        .margin(8 * PX)
        .x_label_area_size(42 * PX)
        .y_label_area_size(68 * PX)
        .build_cartesian_2d(x, y.clone())?;
    chart
        .configure_mesh()
        .x_desc(&panel.x.label)
        .y_desc(&panel.y.label)
        .x_label_formatter(&|v| number(*v, x_width, panel.x.log))
        .y_label_formatter(&|v| number(*v, y_width, panel.y.log))
        .set_all_tick_mark_size(5 * PX)
        .axis_style(BLACK.stroke_width(PX))
        .x_labels(9)
        .y_labels(7)
        .label_style(TEXT)
        .axis_desc_style(TEXT)
        .light_line_style(TRANSPARENT)
        .bold_line_style(RGBColor(225, 225, 225).stroke_width(PX))
        .draw()?;
    for (index, curve) in panel.curves.iter().enumerate() {
        let colour = COLOURS[index % COLOURS.len()];
        draw_curve(&mut chart, panel, curve, colour, &y)?;
    }
    draw_legend(&legend, &panel.curves)
}

fn draw_curve<'a>(
    chart: &mut Chart<'a, '_>,
    panel: &Panel,
    curve: &Curve,
    colour: RGBColor,
    y_range: &std::ops::Range<f64>,
) -> Drawn<'a> {
    let line = colour.stroke_width(2 * PX);
    let points = scaled(panel, curve);
    match curve.mark {
        Mark::Line => {
            for piece in points.split(|p| p.is_none()) {
                let piece = piece.iter().flatten().copied();
                chart.draw_series(LineSeries::new(piece, line))?;
            }
        }
        Mark::Dashed => {
            for piece in points.split(|p| p.is_none()) {
                let piece: Vec<_> = piece.iter().flatten().copied().collect();
                let thin = colour.stroke_width(PX);
                chart.draw_series(DashedLineSeries::new(piece, 6 * PX, 4 * PX, thin))?;
            }
        }
        Mark::Points => {
            let circle = |p| Circle::new(p, 3 * PX, colour.filled());
            chart.draw_series(points.into_iter().flatten().map(circle))?;
        }
        Mark::Ticks => {
            let tick = |(x, y)| PathElement::new(vec![(x, y), (x, y_range.end)], line);
            chart.draw_series(points.into_iter().flatten().map(tick))?;
        }
        Mark::Bars(width) => {
            let foot = y_range.start;
            let base = if panel.y.log { foot } else { foot.max(0.0) };
            let bar = |(x, y)| {
                let corners = [(x - width / 2.0, base), (x + width / 2.0, y)];
                Rectangle::new(corners, colour.mix(0.7).filled())
            };
            chart.draw_series(points.into_iter().flatten().map(bar))?;
        }
    }
    Ok(())
}

/// The legend stands beside the panel, where it hides no data.
fn draw_legend<'a>(area: &Area<'a>, curves: &[Curve]) -> Drawn<'a> {
    let style = TEXT
        .into_text_style(area)
        .pos(Pos::new(HPos::Left, VPos::Center));
    let at = |x: i32, y: i32| (x * PX_I, y * PX_I);
    for (index, curve) in curves.iter().enumerate() {
        if curve.name.is_empty() {
            continue;
        }
        let y = 24 + 22 * index as i32;
        let colour = COLOURS[index % COLOURS.len()];
        let stroke = |from, to, width| PathElement::new(vec![from, to], colour.stroke_width(width));
        match curve.mark {
            Mark::Points => area.draw(&Circle::new(at(18, y), 4 * PX, colour.filled()))?,
            Mark::Bars(_) => {
                let corners = [at(8, y - 5), at(28, y + 5)];
                area.draw(&Rectangle::new(corners, colour.mix(0.7).filled()))?;
            }
            Mark::Ticks => area.draw(&stroke(at(18, y - 7), at(18, y + 7), 2 * PX))?,
            Mark::Line => area.draw(&stroke(at(6, y), at(30, y), 2 * PX))?,
            Mark::Dashed => {
                for x in [6, 16, 26] {
                    area.draw(&stroke(at(x, y), at(x + 6, y), PX))?;
                }
            }
        }
        area.draw(&Text::new(curve.name.clone(), at(38, y), style.clone()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every mark at once, with points that cannot be drawn and a panel without any.
    fn panels() -> Vec<Panel> {
        let marks = [
            Mark::Line,
            Mark::Dashed,
            Mark::Points,
            Mark::Ticks,
            Mark::Bars(0.5),
        ];
        let points = [(-1.0, 2.0), (0.0, f64::NAN), (1.0, 20.0), (2.0, 7.0)];
        let curve = |mark| Curve::new(&format!("{mark:?}"), mark, points);
        let curves: Vec<_> = marks.map(curve).into();
        let (x, y) = (Axis::linear("t (ms)"), Axis::linear("V & p < 1 (V)"));
        let log = (Axis::log("pulse (s)"), Axis::log("current (A)"));
        vec![
            Panel {
                x,
                y,
                curves: curves.clone(),
            },
            Panel {
                x: log.0.clone(),
                y: log.1.clone(),
                curves,
            },
            Panel {
                x: log.0,
                y: log.1,
                curves: vec![],
            },
        ]
    }

    #[test]
    fn the_style() {
        let text = svg("Every mark", &panels()).unwrap();
        let labels = text.lines().filter(|l| l.len() < 40 && !l.starts_with('<'));
        insta::assert_snapshot!(labels.collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn what_cannot_be_drawn_is_left_out() {
        let text = svg("", &panels()).unwrap();
        assert!(!text.contains("NaN") && !text.contains("inf"));
    }
}
