//! What the colours mean: a row or more above a panel, where it hides no data.

use crate::letters;
use crate::style::{self, Style};
use crate::{Mark, Panel};

/// An entry's place, from the left of the picture and the head of the legend.
pub(crate) struct Entry<'a> {
    pub index: usize,
    pub name: &'a str,
    pub mark: Mark,
    pub x: i32,
    pub y: i32,
}

/// Width of a sign, and free room behind an entry, in heights of a line.
const SIGN: f64 = 2.2;
const GAP: f64 = 1.2;

/// Height of a row, in heights of a line.
const ROW: f64 = 1.6;

/// Entries of a panel's curves with a name, in rows.
pub(crate) fn entries(panel: &Panel, style: Style) -> Vec<Entry<'_>> {
    let size = f64::from(style.text);
    let (left, right) = (size, f64::from(style.width) - size);
    let (mut x, mut row) = (left, 0.5);
    let mut found = Vec::new();
    let named = panel.curves.iter().enumerate();
    for (index, curve) in named.filter(|(_, c)| !c.name.is_empty()) {
        let width = SIGN * size + letters::width(&curve.name, size);
        if x + width > right && x > left {
            (x, row) = (left, row + 1.0);
        }
        found.push(Entry {
            index,
            name: &curve.name,
            mark: curve.mark,
            x: x as i32,
            y: (row * ROW * size) as i32,
        });
        x += width + GAP * size;
    }
    found
}

/// Height of a panel's legend; none where the panel above has the same one.
pub(crate) fn height(panel: &Panel, above: Option<&Panel>, style: Style) -> u32 {
    if above.is_some_and(|above| signs(above) == signs(panel)) {
        return 0;
    }
    let last = entries(panel, style).last().map(|e| e.y);
    last.map_or(0, |y| y as u32 + style.lines(0.5 * ROW))
}

/// What a legend says: colours, signs and names.
fn signs(panel: &Panel) -> Vec<(usize, std::mem::Discriminant<Mark>, &str)> {
    let curves = panel.curves.iter().enumerate();
    let named = curves.filter(|(_, c)| !c.name.is_empty());
    named
        .map(|(index, c)| (index, std::mem::discriminant(&c.mark), c.name.as_str()))
        .collect()
}

impl Entry<'_> {
    /// Where the name begins.
    pub fn text_x(&self, style: Style) -> i32 {
        self.x + style.lines(SIGN) as i32 - style.lines(0.4) as i32
    }

    pub fn colour(&self) -> plotters::style::RGBColor {
        style::colour(self.index)
    }
}
