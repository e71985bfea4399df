//! Audits as pictures: when is an approximation safe.

use bruno_plot::{Axis, Curve, Mark, Panel};
use bruno_train::{Agreement, Audit, GradientKind};

/// Audits by window length (ticks of 1 us). Of several, cosine and norm ratio of every gradient
/// over the window; of one, a point a group of parameters: exact is (1, 1).
pub fn panels(audits: &[(u32, Audit)]) -> Vec<Panel> {
    let kinds = audits.first().map_or(&[][..], |(_, a)| &a.kinds);
    let numbered = kinds.iter().enumerate();
    match audits {
        [(_, only)] => numbered.map(|(k, kind)| points(*kind, k, only)).collect(),
        _ => numbered
            .flat_map(|(k, kind)| over_window(*kind, k, audits))
            .collect(),
    }
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
        // Gradients are compared with one another: their panels have one range, which holds exactness.
        let groups_of = audits.iter().flat_map(|(_, audit)| &audit.groups);
        let all = groups_of.flat_map(|group| group.agreements.iter().map(figure));
        let shown: Vec<f64> = all.filter(|v| v.is_finite()).chain([1.0]).collect();
        let curves = groups.iter().enumerate().map(|(g, group)| {
            let point = |(ticks, audit): &(u32, Audit)| {
                let agreement = &audit.groups[g].agreements[index];
                (f64::from(*ticks) * 1e-3, figure(agreement))
            };
            Curve::new(&group.group, Mark::Line, audits.iter().map(point))
        });
        Panel {
            x: Axis::linear("window (ms)"),
            y: Axis::linear(&format!("{what}, `{}`", kind.name())).showing(shown),
            curves: curves.collect(),
        }
    };
    [
        panel("cosine", |a| a.cosine),
        panel("norm ratio", |a| a.ratio),
    ]
}
