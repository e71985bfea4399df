//! Named amounts as horizontal bars.

use super::frame::plain;
use super::{Figure, WIDTH, at};
use crate::text;
use maud::html;

/// Height of a row, where its name ends, where the longest bar ends.
const ROW: f64 = 20.0;
const NAMES: f64 = 150.0;
const LONGEST: f64 = 330.0;
/// Most letters of a name.
const LETTERS: usize = 25;

/// A bar for each name, with its amount in words; none without a positive finite amount.
pub(crate) fn bars(title: &str, rows: &[(String, f64)], unit: &str) -> Option<Figure> {
    let amounts = rows.iter().map(|r| r.1).filter(|v| v.is_finite());
    let most = amounts.fold(0.0, f64::max);
    if most <= 0.0 {
        return None;
    }
    let height = ROW * rows.len() as f64 + 4.0;
    let svg = html! {
        svg viewBox={ "0 0 " (at(WIDTH)) " " (at(height)) } role="img" {
            title { (title) }
            desc { (title) " (" (unit) "), a bar each" }
            @for (k, (name, amount)) in rows.iter().enumerate() {
                @let y = ROW * k as f64 + 2.0;
                @let length = (amount / most).clamp(0.0, 1.0) * (LONGEST - NAMES);
                text x=(at(NAMES - 6.0)) y=(at(y + 13.0)) text-anchor="end" { (text::cut(name, LETTERS)) }
                g.c0 { rect.bar x=(at(NAMES)) y=(at(y + 3.0)) width=(at(length)) height="13" {} }
                text x=(at(NAMES + length + 5.0)) y=(at(y + 13.0)) { (text::number(*amount)) }
            }
        }
    };
    let data = serde_json::json!({ "unit": unit, "rows": rows });
    Some(plain(&format!("{title} ({unit})"), svg, data))
}
