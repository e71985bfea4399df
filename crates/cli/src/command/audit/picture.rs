//! Audits as pictures: when is an approximation safe.

use bruno_circuit::plot::{self, Axis, Curve, Mark, Panel, PlotError};
use bruno_train::{Agreement, Audit, GradientKind};

/// Audits by window length (ticks of 1 us) as the text of an SVG file. Of several, cosine and norm ratio of every gradient
/// over the window; of one, a point a group of parameters: exact is (1, 1).
pub fn svg(title: &str, audits: &[(u32, Audit)]) -> Result<String, PlotError> {
    let kinds = audits.first().map_or(&[][..], |(_, a)| &a.kinds);
    let numbered = kinds.iter().enumerate();
    let panels: Vec<Panel> = match audits {
        [(_, only)] => numbered.map(|(k, kind)| points(*kind, k, only)).collect(),
        _ => numbered
            .flat_map(|(k, kind)| over_window(*kind, k, audits))
            .collect(),
    };
    plot::svg(title, &panels)
}

/// Cosine over norm ratio, a point a group.
fn points(kind: GradientKind, index: usize, audit: &Audit) -> Panel {
    let curves = audit.groups.iter().map(|group| {
        let a = group.agreements[index];
        Curve::new(&group.group, Mark::Points, [(a.ratio, a.cosine)])
    });
    Panel {
        x: Axis::linear("norm ratio to exact backpropagation"),
        y: Axis::linear(&format!("cosine, `{}`", kind.name())),
        curves: curves.collect(),
    }
}

/// Cosine and norm ratio over the window's length, a curve a group.
fn over_window(kind: GradientKind, index: usize, audits: &[(u32, Audit)]) -> [Panel; 2] {
    let groups = audits.first().map_or(&[][..], |(_, a)| &a.groups);
    let panel = |what: &str, figure: fn(&Agreement) -> f64| {
        let curves = groups.iter().enumerate().map(|(g, group)| {
            let point = |(ticks, audit): &(u32, Audit)| {
                let agreement = &audit.groups[g].agreements[index];
                (f64::from(*ticks) * 1e-3, figure(agreement))
            };
            Curve::new(&group.group, Mark::Line, audits.iter().map(point))
        });
        Panel {
            x: Axis::linear("window (ms)"),
            y: Axis::linear(&format!("{what}, `{}`", kind.name())),
            curves: curves.collect(),
        }
    };
    [
        panel("cosine", |a| a.cosine),
        panel("norm ratio", |a| a.ratio),
    ]
}
