//! Gradients against exact backpropagation: what `bruno audit --json` prints, kept as `audit.json`.

use super::{Found, Shown, table, word};
use crate::folder::Folder;
use crate::svg::{Axis, Chart, Figure, HIGH, Mark, Series};
use crate::text::{self, number};
use bruno_train::{Audit, DeviceSlope};
use maud::html;
use serde::Deserialize;

/// Most windows, groups of parameters and gradients.
const MOST: usize = 12;

/// What a page needs of the file.
#[derive(Deserialize)]
struct Audits {
    data: String,
    epochs: u64,
    audits: Vec<AtWindow>,
}

/// An audit with one length of the window.
#[derive(Deserialize)]
struct AtWindow {
    window_ticks: u32,
    audit: Audit,
    device_slopes: Vec<DeviceSlope>,
}

/// The audit of a folder.
pub(super) fn found(folder: &Folder<'_>) -> Found {
    let made_by = "bruno audit --json";
    let Some(found) = folder.json::<Audits>(&["audit.json"], made_by)? else {
        return Ok(None);
    };
    let complete = |a: &AtWindow| {
        a.audit
            .groups
            .iter()
            .all(|g| g.agreements.len() == a.audit.kinds.len())
    };
    if !found.audits.iter().all(complete) {
        let what = "a group has not one agreement a gradient";
        return Err(folder.foreign("audit.json", made_by, what));
    }
    let body = html! {
        p { "Data " (text::name(&found.data)) ", after " (found.epochs) " epochs. Cosine / norm ratio; exact is 1 / 1." }
        @for at in found.audits.iter().take(MOST) {
            h3 { "Window " (at.window_ticks) " us, " (at.audit.samples) " samples, " (number(at.audit.rate_hz)) " Hz" }
            (agreements(&at.audit))
            @if !at.device_slopes.is_empty() { (slopes(&at.device_slopes)) }
        }
    };
    let title = "Gradients against exact backpropagation";
    Ok(Some(Shown::new(
        ("audit", title, "bruno audit DIR/checkpoint.json --json"),
        body,
        over_windows(&found.audits),
    )))
}

fn agreements(audit: &Audit) -> maud::Markup {
    let kinds: Vec<String> = audit.kinds.iter().take(MOST).map(word).collect();
    let heads: Vec<&str> = ["Parameters"]
        .into_iter()
        .chain(kinds.iter().map(String::as_str))
        .collect();
    let row = |g: &bruno_train::GroupAudit| {
        let cells = g.agreements.iter().take(MOST);
        let cells = cells.map(|a| format!("{:.4} / {}", a.cosine, number(a.ratio)));
        [text::name(&g.group)].into_iter().chain(cells).collect()
    };
    let rows: Vec<Vec<String>> = audit.groups.iter().take(4 * MOST).map(row).collect();
    table(&heads, 1, &rows)
}

fn slopes(slopes: &[DeviceSlope]) -> maud::Markup {
    let row = |s: &DeviceSlope| {
        vec![
            text::name(&s.group),
            number(s.backpropagation),
            number(s.finite_difference),
        ]
    };
    let rows: Vec<Vec<String>> = slopes.iter().take(4 * MOST).map(row).collect();
    table(
        &[
            "Slope of the loss a logit",
            "Backpropagation",
            "Finite differences",
        ],
        1,
        &rows,
    )
}

/// The cosine of each gradient over the window, a curve a group; nothing of one window.
fn over_windows(audits: &[AtWindow]) -> Vec<Option<Figure>> {
    let Some((first, true)) = audits.first().map(|a| (&a.audit, audits.len() > 1)) else {
        return Vec::new();
    };
    let chart = |(k, kind): (usize, &bruno_train::GradientKind)| {
        let series = first.groups.iter().take(6).enumerate().map(|(g, group)| {
            let cosine = |a: &AtWindow| Some(a.audit.groups.get(g)?.agreements.get(k)?.cosine);
            let points = audits.iter().map(|a| {
                (
                    f64::from(a.window_ticks) * 1e-3,
                    cosine(a).unwrap_or(f64::NAN),
                )
            });
            Series::new(&group.group, Mark::Line, points)
        });
        Chart {
            title: format!("Cosine of gradient {}", word(kind)),
            x: Axis::new("window (ms)"),
            y: Axis::new("cosine"),
            height: HIGH,
            series: series.collect(),
        }
        .figure()
    };
    first
        .kinds
        .iter()
        .take(MOST)
        .enumerate()
        .map(chart)
        .collect()
}
