//! What the rewrites of the tools' texts found in the measured models, and what these were checked with.

use super::forward::Row;
use std::fmt::Write;

/// A line a rewrite, a column a chip.
pub fn table(rows: &[Row]) -> String {
    let mut chips: Vec<&Row> = Vec::new();
    for row in rows {
        let known = |other: &&Row| (other.neurons, other.inputs) == (row.neurons, row.inputs);
        if !chips.iter().any(known) {
            chips.push(row);
        }
    }
    let mut text = String::from("\nrewrites of the tools' texts, hits (N x M)\n");
    let _ = write!(text, "{:<24}", "");
    for chip in &chips {
        let _ = write!(
            text,
            "{:>12}",
            format!("{} x {}", chip.neurons, chip.inputs)
        );
    }
    text += "\n";
    let mut names: Vec<&str> = Vec::new();
    for pass in chips.iter().flat_map(|chip| &chip.model.passes) {
        if !names.contains(&pass.pass.as_str()) {
            names.push(&pass.pass);
        }
    }
    for name in &names {
        let _ = write!(text, "  {name:<22}");
        let mut found = false;
        for chip in &chips {
            let hits = chip.model.passes.iter().find(|pass| pass.pass == *name);
            found |= hits.is_some_and(|pass| pass.hits > 0);
            let hits = hits.map_or("-".to_string(), |pass| pass.hits.to_string());
            let _ = write!(text, "{hits:>12}");
        }
        text += match found {
            true => "\n",
            false => "   0 hits: not in force with these tools\n",
        };
    }
    if names.is_empty() {
        text += "  none: BRUNO_REWRITES=off\n";
    }
    text += "\nmodels, each checked against the integer model before it was kept\n";
    for chip in chips {
        let model = &chip.model;
        let _ = writeln!(
            text,
            "{:>6} x {:<5} {} cases, {} ticks, {:.3} s; {} of {} builds thrown away; kept: {}",
            chip.neurons,
            chip.inputs,
            model.checked_cases,
            model.checked_ticks,
            model.check_s,
            model.discarded.len(),
            model.builds,
            model.build
        );
    }
    text
}
