//! The chip before and after: `comparison.json` of a run.

use super::{Found, Shown, table};
use crate::folder::Folder;
use crate::text::{self, optional};
use bruno_train::Comparison;
use maud::html;

/// Most rows: device parameters come first.
const MOST_ROWS: usize = 60;

/// The comparison of a run.
pub(super) fn found(folder: &Folder<'_>) -> Found {
    let Some(path) = folder.file(&["comparison.json"])? else {
        return Ok(None);
    };
    let comparison = Comparison::load(&path)?;
    let row = |r: &bruno_train::Row| {
        let change = match (r.before, r.after) {
            (Some(before), Some(after)) if before != 0.0 => {
                format!("{:+.1} %", 100.0 * (after / before - 1.0))
            }
            _ => String::new(),
        };
        vec![
            quantity(&r.quantity),
            optional(r.before),
            optional(r.after),
            change,
        ]
    };
    let rows: Vec<Vec<String>> = comparison.rows().iter().take(MOST_ROWS).map(row).collect();
    let body = html! {
        p { "Before: " (text::cut(&comparison.before.name, 200)) "." }
        p { "After: " (text::cut(&comparison.after.name, 200)) "." }
        (table(&["", "Before", "After", "Change"], 1, &rows))
    };
    Ok(Some(Shown::new(
        ("comparison", "Before and after", ""),
        body,
        [],
    )))
}

/// A quantity; what is a part of the one above stands further in.
fn quantity(name: &str) -> String {
    match name.strip_prefix("  ") {
        Some(part) => format!("\u{2003}{}", text::name(part)),
        None => text::name(name),
    }
}
