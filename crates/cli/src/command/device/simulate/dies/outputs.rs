//! What is written and printed of a neuron on many dies.

use super::super::Simulate;
use super::Die;
use crate::failure::Failure;
use crate::output;
use bruno_circuit::Measures;
use bruno_montecarlo::Distribution;
use bruno_plot::{Axis, Curve, Mark, Panel};
use serde::Serialize;
use std::collections::BTreeMap;

/// What dies.json holds.
#[derive(Serialize)]
struct Summary {
    seed: u64,
    dies: usize,
    /// Standard deviations of the logarithms of what spreads.
    spreads: BTreeMap<String, f64>,
    measures: BTreeMap<&'static str, Spread>,
}

/// Where a measure lies.
#[derive(Serialize)]
struct Spread {
    nominal: Option<f64>,
    /// Dies that have it.
    dies: usize,
    #[serde(flatten)]
    over_dies: Option<Distribution>,
}

impl Simulate {
    /// Writes the table of dies, their spikes, where the measures lie and the picture, and prints the third. The first is the
    /// nominal neuron.
    pub(super) fn write_dies(&self, all: &[Die]) -> Result<(), Failure> {
        let Some((nominal, dies)) = all.split_first() else {
            return Ok(());
        };
        let summary = Summary {
            seed: self.seed,
            dies: dies.len(),
            spreads: nominal
                .spread
                .iter()
                .map(|q| (q.name.clone(), q.sigma))
                .collect(),
            measures: measures(nominal, dies).collect(),
        };
        let json = format!("{:#}\n", serde_json::json!(summary));
        output::write(&self.out.join("dies.csv"), &table(all))?;
        output::write(&self.out.join("spikes.csv"), &spikes(all))?;
        output::write(&self.out.join("dies.json"), &json)?;
        let title = format!(
            "{} dies of seed {}{}",
            dies.len(),
            self.seed,
            self.specimen.text()
        );
        self.pictures
            .write(&self.out, "dies", &title, panels(nominal, dies))?;
        match self.json {
            true => say!("{}", json.trim_end()),
            false => say!("{title}\n{}files: {}", report(&summary), self.out.display()),
        }
    }
}

/// The measures that any die has, each with where it lies.
fn measures<'a>(
    nominal: &'a Die,
    dies: &'a [Die],
) -> impl Iterator<Item = (&'static str, Spread)> + 'a {
    let columns = nominal.course.measures.columns().into_iter();
    columns.map(move |(name, nominal)| {
        let values = values(dies, name);
        let over_dies = (!values.is_empty()).then(|| Distribution::of(&values));
        let spread = Spread {
            nominal,
            dies: values.len(),
            over_dies,
        };
        (name, spread)
    })
}

/// A measure of every die that has it.
fn values(dies: &[Die], name: &str) -> Vec<f64> {
    let of = |m: &Measures| m.columns().into_iter().find(|c| c.0 == name)?.1;
    dies.iter()
        .filter_map(|die| of(&die.course.measures))
        .collect()
}

/// A row a die: what spreads, then what is measured.
fn table(dies: &[Die]) -> String {
    let mut text = String::new();
    for die in dies {
        let columns = die.course.measures.columns();
        if text.is_empty() {
            let spread = die
                .spread
                .iter()
                .map(|q| format!("{} ({})", q.name, q.unit));
            let names = spread.chain(columns.iter().map(|c| c.0.to_string()));
            text = format!("die,{}\n", names.collect::<Vec<_>>().join(","));
        }
        let values = die.spread.iter().map(|q| Some(q.value));
        let values = values.chain(columns.iter().map(|c| c.1));
        let values = values.map(|v| v.map_or(String::new(), |x| format!("{x:e}")));
        text += &format!("{},{}\n", die.name(), values.collect::<Vec<_>>().join(","));
    }
    text
}

fn spikes(dies: &[Die]) -> String {
    let rows = dies.iter().flat_map(|die| {
        let times = die.course.spikes_s.iter();
        times.map(|t_s| format!("{},{t_s:e}\n", die.name()))
    });
    std::iter::once("die,t_s\n".to_string())
        .chain(rows)
        .collect()
}

fn report(summary: &Summary) -> String {
    let mut text = String::from(
        "                nominal       mean          deviation     minimum       median        maximum\n",
    );
    for (name, spread) in &summary.measures {
        let Some(found) = &spread.over_dies else {
            continue;
        };
        let [low, _, median, _, high] = found.quantiles;
        let number = |x: f64| format!("{x:<13.5e}");
        let nominal = spread.nominal.map_or(format!("{:<13}", "none"), number);
        let rest = [found.mean, found.deviation, low, median, high].map(number);
        let missing = match summary.dies - spread.dies {
            0 => String::new(),
            none => format!(" ({none} dies have none)"),
        };
        text += &format!("{name:<15} {nominal} {}{missing}\n", rest.join(" "));
    }
    text
}

/// Spikes by die, then the share of dies below each value of a measure.
fn panels(nominal: &Die, dies: &[Die]) -> Vec<Panel> {
    let points = dies.iter().enumerate().flat_map(|(k, die)| {
        let times = die.course.spikes_s.iter();
        times.map(move |t_s| (1e3 * t_s, k as f64))
    });
    let raster = Panel {
        x: Axis::linear("t (ms)"),
        y: Axis::count("die"),
        curves: vec![Curve::new("spikes", Mark::Points, points)],
    };
    let shares = [
        ("first_spike_s", "first spike (ms)", 1e3),
        ("rate_Hz", "rate (Hz)", 1.0),
        ("energy_J", "energy from spike to spike (fJ)", 1e15),
    ];
    let shares = shares.iter().filter_map(|(name, label, scale)| {
        let mut sorted: Vec<f64> = values(dies, name).iter().map(|x| scale * x).collect();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len() as f64;
        let steps = sorted.iter().enumerate();
        let steps = steps.flat_map(|(k, x)| [(*x, k as f64 / n), (*x, (k + 1) as f64 / n)]);
        let mut curves = vec![Curve::new("dies", Mark::Line, steps.collect::<Vec<_>>())];
        if let Some(value) = values(std::slice::from_ref(nominal), name).first() {
            let ends = [(scale * value, 0.0), (scale * value, 1.0)];
            curves.push(Curve::new("nominal", Mark::Dashed, ends));
        }
        let panel = Panel {
            x: Axis::linear(label),
            y: Axis::share("share of dies"),
            curves,
        };
        (!sorted.is_empty()).then_some(panel)
    });
    std::iter::once(raster).chain(shares).collect()
}
