//! The table in short, as docs/method.md has it.

use bruno_train::{Audited, Bias, BiasGroup, GradientKind, bias_audits};

/// Medians by window and weights, then how well chips are foreseen that a fit did not see.
pub fn print(kinds: &[GradientKind], windows_us: &[u32]) {
    println!(
        "| window | weights | audits | `mean`: weights | device parameters | `transition`: weights | device parameters |"
    );
    println!("|---|---|---|---|---|---|---|");
    for window_us in windows_us {
        for (trained, name) in [(false, "fresh"), (true, "trained")] {
            let of = |kind: &GradientKind, group| -> Vec<Audited> {
                let all = bias_audits(*kind, group).into_iter();
                let own =
                    |a: &Audited| a.trained == trained && a.window_us == f64::from(*window_us);
                all.filter(own).collect()
            };
            let groups = || [BiasGroup::Weights, BiasGroup::Devices].into_iter();
            let cells = kinds
                .iter()
                .flat_map(|kind| groups().map(move |group| cell(&of(kind, group))));
            let cells: Vec<String> = cells.collect();
            let count = of(&kinds[0], BiasGroup::Weights).len();
            println!(
                "| {window_us} us | {name} | {count} | {} |",
                cells.join(" | ")
            );
        }
    }
    println!();
    println!("| gradient, group | `1 - cosine` | size of `ln ratio` |\n|---|---|---|");
    for (kind, name, bias) in laws(kinds) {
        let law = |[most, x, s, lif]: [f64; 4]| {
            format!("{most:.2e} x^{x:.2} s^{s:.2}, {lif:.2} of it for LIF")
        };
        let [angle, norm] = bias.laws().map(law);
        println!("| `{kind}`, {name} | {angle} | {norm} |");
    }
    println!();
    println!(
        "| gradient, group | audits, chips | cosine off | ln ratio, factor | in the interval |\n|---|---|---|---|---|"
    );
    for (kind, name, bias) in laws(kinds) {
        let found = bias.held_out();
        println!(
            "| `{kind}`, {name} | {}, {} | {:.4} | {:.2} | {:.0} % |",
            found.audits,
            found.chips,
            found.cosine,
            found.factor,
            100.0 * found.covered
        );
    }
}

/// The laws of every gradient and group.
fn laws(kinds: &[GradientKind]) -> impl Iterator<Item = (&'static str, &'static str, Bias)> {
    let groups = [
        (BiasGroup::Weights, "weights"),
        (BiasGroup::Devices, "device parameters"),
    ];
    let of = move |kind: &GradientKind| {
        groups.map(|(group, name)| {
            let bias = Bias::of(*kind, group).expect("a gradient of the table");
            (kind.name(), name, bias)
        })
    };
    kinds.iter().flat_map(of)
}

/// Median and worst decile of the cosine, median of the ratio.
fn cell(audits: &[Audited]) -> String {
    let sorted = |of: fn(&Audited) -> f64| {
        let mut all: Vec<f64> = audits.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all
    };
    let [cosines, ratios] = [sorted(|a| a.found.cosine), sorted(|a| a.found.ratio)];
    let at = |all: &[f64], share: f64| all[(share * (all.len() - 1) as f64).round() as usize];
    match audits.is_empty() {
        true => String::new(),
        false => format!(
            "{:.4} ({:.3}) / {:.2}",
            at(&cosines, 0.5),
            at(&cosines, 0.1),
            at(&ratios, 0.5)
        ),
    }
}
