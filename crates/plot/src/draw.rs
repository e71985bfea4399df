//! A picture on any backend of the drawing library.

use crate::axis::{ranges, scaled};
use crate::coordinate::Coordinate;
use crate::legend::{self, Entry};
use crate::letters;
use crate::style::{PX, Style, colour};
use crate::{Curve, Mark, Panel, Picture};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Title, in heights of a line.
const TITLE: f64 = 2.6;
const TITLE_LETTERS: f64 = 1.3;

/// Ticks of an axis: one in so many heights of a line.
const X_TICK: f64 = 6.5;
const Y_TICK: f64 = 3.0;

/// Size of a picture.
pub(crate) fn size(picture: &Picture, style: Style) -> (u32, u32) {
    let panels = heights(picture, style).into_iter();
    let height =
        title_height(picture, style) + panels.map(|(legend, _)| legend + style.panel).sum::<u32>();
    (style.width, height.max(1))
}

fn title_height(picture: &Picture, style: Style) -> u32 {
    match picture.title.is_empty() {
        true => 0,
        false => style.lines(TITLE),
    }
}

/// Height of each panel's legend, with the panel.
fn heights(picture: &Picture, style: Style) -> Vec<(u32, &Panel)> {
    let mut above = None;
    let panels = picture.panels.iter().map(|panel| {
        let height = legend::height(panel, above, style);
        above = Some(panel);
        (height, panel)
    });
    panels.collect()
}

type Drawn = Result<(), String>;

fn failed(error: impl std::fmt::Display) -> String {
    error.to_string()
}

pub(crate) fn draw<B: DrawingBackend>(picture: &Picture, style: Style, backend: B) -> Drawn {
    let whole = backend.into_drawing_area();
    whole.fill(&WHITE).map_err(failed)?;
    let axes = axes(picture, style);
    // The frames of all panels begin in one line, right of the widest number and the label.
    let letters = axes.iter().flat_map(|(_, y)| y.texts());
    let letters = letters.map(|text| letters::width(&text, f64::from(style.text)));
    let left = letters.fold(0.0, f64::max) as u32 + style.lines(2.4);
    let (head, mut rest) = whole.split_vertically(title_height(picture, style));
    draw_title(&head, &picture.title, style)?;
    for ((height, panel), axes) in heights(picture, style).into_iter().zip(axes) {
        let (legend, below) = rest.split_vertically(height);
        let (area, below) = below.split_vertically(style.panel);
        rest = below;
        if height > 0 {
            for entry in legend::entries(panel, style) {
                draw_entry(&legend, &entry, style)?;
            }
        }
        draw_panel(&area, panel, axes, left, style)?;
    }
    whole.present().map_err(failed)
}

/// Axes of every panel, with their ticks.
fn axes(picture: &Picture, style: Style) -> Vec<(Coordinate, Coordinate)> {
    let text = f64::from(style.text);
    let wanted = |length: u32, every: f64| (f64::from(length) / (every * text)).max(2.0);
    let of = |panel: &Panel| {
        let same = picture.panels.iter().filter(|p| p.x == panel.x);
        let (x, y) = ranges(panel, same);
        (
            Coordinate::new(&panel.x, x, wanted(style.width, X_TICK)),
            Coordinate::new(&panel.y, y, wanted(style.panel - style.lines(4.0), Y_TICK)),
        )
    };
    picture.panels.iter().map(of).collect()
}

/// The title, smaller where it would not fit.
fn draw_title<B: DrawingBackend>(head: &DrawingArea<B, Shift>, title: &str, style: Style) -> Drawn {
    if title.is_empty() {
        return Ok(());
    }
    let size = TITLE_LETTERS * f64::from(style.text);
    let room = 0.96 * f64::from(style.width) / letters::width(title, size);
    let font = ("sans-serif", size * room.min(1.0));
    let font = font
        .into_text_style(head)
        .pos(Pos::new(HPos::Center, VPos::Center));
    let middle = (style.width as i32 / 2, style.lines(0.5 * TITLE) as i32);
    head.draw(&Text::new(title, middle, font)).map_err(failed)
}

type Chart<'a, B> = ChartContext<'a, B, Cartesian2d<Coordinate, Coordinate>>;

fn draw_panel<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    panel: &Panel,
    (x, y): (Coordinate, Coordinate),
    left: u32,
    style: Style,
) -> Drawn {
    let font = ("sans-serif", f64::from(style.text));
    let mut chart = ChartBuilder::on(area)
        .margin(style.lines(0.6))
        .margin_right(style.lines(1.6))
        .x_label_area_size(style.lines(3.0))
        .y_label_area_size(left)
        .build_cartesian_2d(x, y)
        .map_err(failed)?;
    chart
        .configure_mesh()
        .x_desc(&panel.x.label)
        .y_desc(&panel.y.label)
        .set_all_tick_mark_size(style.lines(0.35))
        .axis_style(BLACK.stroke_width(PX))
        .label_style(font)
        .axis_desc_style(font)
        .light_line_style(TRANSPARENT)
        .bold_line_style(RGBColor(225, 225, 225).stroke_width(PX))
        .draw()
        .map_err(failed)?;
    for (index, curve) in panel.curves.iter().enumerate() {
        draw_curve(&mut chart, panel, curve, colour(index))?;
        draw_texts(&mut chart, panel, curve, style)?;
    }
    Ok(())
}

fn draw_curve<B: DrawingBackend>(
    chart: &mut Chart<'_, B>,
    panel: &Panel,
    curve: &Curve,
    colour: RGBColor,
) -> Drawn {
    let line = colour.stroke_width(2 * PX);
    let points = scaled(panel, curve);
    let whole = points.iter().flatten().copied();
    let y_range = chart.y_range();
    match curve.mark {
        Mark::Line => {
            for piece in points.split(|p| p.is_none()) {
                let piece = piece.iter().flatten().copied();
                let series = LineSeries::new(piece, line);
                chart.draw_series(series).map_err(failed)?;
            }
        }
        Mark::Dashed => {
            for piece in points.split(|p| p.is_none()) {
                let piece: Vec<_> = piece.iter().flatten().copied().collect();
                let thin = colour.stroke_width(PX);
                let series = DashedLineSeries::new(piece, 6 * PX, 4 * PX, thin);
                chart.draw_series(series).map_err(failed)?;
            }
        }
        Mark::Points => {
            let circle = |p| Circle::new(p, 3 * PX, colour.filled());
            chart.draw_series(whole.map(circle)).map_err(failed)?;
        }
        Mark::Ticks => {
            let tick = |(x, y)| PathElement::new(vec![(x, y), (x, y_range.end)], line);
            chart.draw_series(whole.map(tick)).map_err(failed)?;
        }
        Mark::Bars(width) => {
            let foot = y_range.start;
            let base = if panel.y.log { foot } else { foot.max(0.0) };
            let bar = |(x, y)| {
                let corners = [(x - width / 2.0, base), (x + width / 2.0, y)];
                Rectangle::new(corners, colour.mix(0.7).filled())
            };
            chart.draw_series(whole.map(bar)).map_err(failed)?;
        }
    }
    Ok(())
}

/// Words beside points: left of those in the right half, so that they stay within the picture.
fn draw_texts<B: DrawingBackend>(
    chart: &mut Chart<'_, B>,
    panel: &Panel,
    curve: &Curve,
    style: Style,
) -> Drawn {
    let range = chart.x_range();
    let middle = 0.5 * (range.start + range.end);
    let gap = style.lines(0.5) as i32;
    let placed = scaled(panel, curve).into_iter().zip(&curve.texts);
    for ((x, y), text) in placed.filter_map(|(point, text)| Some((point?, text))) {
        let (side, shift) = match x > middle {
            true => (HPos::Right, -gap),
            false => (HPos::Left, gap),
        };
        let font = ("sans-serif", 0.85 * f64::from(style.text)).into_font();
        let font = TextStyle::from(font).pos(Pos::new(side, VPos::Center));
        let words = EmptyElement::at((x, y)) + Text::new(text.clone(), (shift, 0), font);
        chart.draw_series(std::iter::once(words)).map_err(failed)?;
    }
    Ok(())
}

fn draw_entry<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    entry: &Entry<'_>,
    style: Style,
) -> Drawn {
    let colour = entry.colour();
    let unit = style.lines(0.1) as i32;
    let at = |x: i32, y: i32| (entry.x + x * unit, entry.y + y * unit);
    let stroke = |from, to, width| PathElement::new(vec![from, to], colour.stroke_width(width));
    let drawn = match entry.mark {
        Mark::Points => area.draw(&Circle::new(at(8, 0), 4 * PX, colour.filled())),
        Mark::Bars(_) => area.draw(&Rectangle::new(
            [at(1, -4), at(15, 4)],
            colour.mix(0.7).filled(),
        )),
        Mark::Ticks => area.draw(&stroke(at(8, -5), at(8, 5), 2 * PX)),
        Mark::Line => area.draw(&stroke(at(0, 0), at(16, 0), 2 * PX)),
        Mark::Dashed => [0, 6, 12]
            .iter()
            .try_for_each(|x| area.draw(&stroke(at(*x, 0), at(x + 4, 0), PX))),
    };
    drawn.map_err(failed)?;
    let font = ("sans-serif", f64::from(style.text)).into_text_style(area);
    let font = font.pos(Pos::new(HPos::Left, VPos::Center));
    let place = (entry.text_x(style), entry.y);
    area.draw(&Text::new(entry.name.to_string(), place, font))
        .map_err(failed)
}
