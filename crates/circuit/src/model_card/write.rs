//! From a card to the text of a simulator's file. Numbers are the shortest that read back as the same double.

use super::number::shortest;
use super::{ModelCard, Statistics};
use crate::{FecapCard, PARAMETERS};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Parameters that have an offset `NAME_mc` of their own within the Verilog-A model.
const WITH_OFFSET: &[&str] = &["area", "t_fe", "t_int", "p_s", "n_depl"];

/// `(name, value)` of every parameter.
fn values(card: &FecapCard) -> impl Iterator<Item = (&'static str, f64)> {
    PARAMETERS
        .iter()
        .filter_map(|p| Some((p.name, card.get(p.name)?)))
}

/// ngspice: include it below a line `.model NAME heracles`.
pub(super) fn ngspice(model: &ModelCard) -> String {
    let mut text = String::new();
    for (name, value) in values(&model.card) {
        let _ = writeln!(text, "+ {name} = ( {} )", shortest(value));
    }
    text
}

pub(super) fn vacask(model: &ModelCard) -> String {
    let mut text = String::from("load \"heracles.osdi\"\nmodel fecap heracles (\n");
    for (name, value) in values(&model.card) {
        let _ = writeln!(text, "  {name}={}", shortest(value));
    }
    text + ")\n"
}

/// Spectre: subcircuit, and what a Monte-Carlo run varies.
pub(super) fn spectre(model: &ModelCard) -> String {
    let published = Statistics::published();
    let statistics = model.statistics.as_ref().unwrap_or(&published);
    let mut text = String::from(
        "simulator lang=spectre\n\nahdl_include \"heracles.va\"\n\nsubckt fecap (te be)\n\n",
    );
    list(
        &mut text,
        "parameters ",
        values(&model.card).map(|(name, value)| (name, shortest(value))),
    );
    // The model adds some offsets itself; those of other parameters are added here.
    let given = |(name, _)| match statistics.die.contains_key(name) && !WITH_OFFSET.contains(&name)
    {
        true => (name, format!("{name}+{name}_mc")),
        false => (name, name.to_string()),
    };
    text.push('\n');
    list(
        &mut text,
        "C1 (te be) heracles ",
        values(&model.card).map(given),
    );
    text += "\nends fecap\n";
    if !statistics.die.is_empty() {
        let offsets: Vec<String> = statistics
            .die
            .keys()
            .map(|name| format!("{name}_mc=0"))
            .collect();
        let _ = writeln!(text, "\nparameters {}", offsets.join(" "));
    }
    text += "\nstatistics {\n";
    block(
        &mut text,
        "process",
        &statistics.die,
        "_mc",
        statistics.truncate,
    );
    block(
        &mut text,
        "mismatch",
        &statistics.device,
        "",
        statistics.truncate,
    );
    text + "}\n"
}

fn list(text: &mut String, head: &str, rows: impl Iterator<Item = (&'static str, String)>) {
    let rows: Vec<String> = rows
        .map(|(name, value)| format!("{name} = {value}\n"))
        .collect();
    let _ = write!(text, "{head}{}", rows.join("+          "));
}

fn block(
    text: &mut String,
    name: &str,
    spreads: &BTreeMap<String, f64>,
    suffix: &str,
    truncate: Option<f64>,
) {
    let _ = writeln!(text, "    {name} {{");
    for (parameter, sigma) in spreads {
        let _ = writeln!(
            text,
            "        vary {parameter}{suffix} dist=gauss std={}",
            shortest(*sigma)
        );
    }
    if let Some(sigmas) = truncate {
        let _ = writeln!(text, "        truncate tr={}", shortest(sigmas));
    }
    text.push_str("    }\n");
}
