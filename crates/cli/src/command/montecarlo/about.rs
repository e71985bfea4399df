//! What is reported of virtual chips.

use crate::command::report as page;
use crate::console;
use crate::failure::Failure;
use crate::output;
use crate::picture::PictureArguments;
use bruno_device::{Chip, Effects, EffectsInForce};
use bruno_montecarlo::{ChipRecord, Results, Summary};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What the records do not say.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The chip.
    name: String,
    /// The data.
    data: String,
    data_notes: Vec<String>,
    /// How many virtual chips were asked for.
    pub(super) chips: u32,
    /// Least accuracy of a good chip.
    pub(super) target: Option<f64>,
    /// Device effects on the virtual chips.
    effects: EffectsInForce,
    /// Whether anything makes one chip differ from another.
    chips_differ: bool,
}

/// What summary.json holds.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    summary: Summary,
    effects: &'a EffectsInForce,
    chips_differ: bool,
    data_notes: &'a [String],
}

impl About {
    /// Of so many virtual chips with a target.
    pub fn new(
        chip: &Chip,
        data: &str,
        data_notes: Vec<String>,
        (chips, target): (u32, Option<f64>),
    ) -> Self {
        let effects = Effects::of(&chip.description);
        Self {
            name: chip.name.clone(),
            data: data.into(),
            data_notes,
            chips,
            target,
            effects: effects.on_virtual(),
            chips_differ: effects.chips_differ(),
        }
    }

    /// Writes summary, histogram and page of results under `out`, and prints them.
    ///
    /// # Errors
    /// A file or the output cannot be written.
    pub fn report(
        &self,
        results: &Results,
        out: &Path,
        pictures: &PictureArguments,
        json: bool,
    ) -> Result<(), Failure> {
        let chips = results.chips(self.chips as usize);
        let report = Report {
            summary: Summary::new(&results.records[0], chips, self.target),
            effects: &self.effects,
            chips_differ: self.chips_differ,
            data_notes: &self.data_notes,
        };
        let text = serde_json::to_string_pretty(&report).unwrap_or_default() + "\n";
        output::write(&out.join("summary.json"), &text)?;
        let settings = &results.settings;
        let title = format!(
            "{}: {} virtual chips of seed {}",
            self.name,
            chips.len(),
            settings.seed
        );
        let panels = vec![report.summary.panel()];
        pictures.write(out, "histogram", &title, panels)?;
        page::keep(out)?;
        if json {
            return console::print(&text);
        }
        say!(
            "{title}, {} samples of {} ({})",
            settings.samples,
            self.data,
            settings.split
        )?;
        for note in self.notes() {
            say!("  {note}")?;
        }
        print_summary(&report.summary, chips)?;
        say!("results: {}", out.display())
    }

    /// What must be known before the figures are.
    fn notes(&self) -> Vec<String> {
        let mut notes = self.effects.lines();
        if !self.chips_differ {
            notes.push(
                "no effect that makes chips differ is described: all chips are equal, their spread and yield say nothing"
                    .into(),
            );
        }
        notes.extend(self.data_notes.iter().map(|note| format!("data: {note}")));
        notes
    }
}

fn print_summary(summary: &Summary, chips: &[ChipRecord]) -> Result<(), Failure> {
    let [low, lower, median, upper, high] = summary.quantiles;
    say!("  ideal chip                    {:.3}", summary.nominal)?;
    say!(
        "  mean, deviation               {:.3}, {:.3}",
        summary.mean,
        summary.deviation
    )?;
    say!(
        "  min, quartiles, max           {low:.3}, {lower:.3}, {median:.3}, {upper:.3}, {high:.3}"
    )?;
    for bin in &summary.histogram {
        say!(
            "  {:.3} .. {:.3}  {:4}  {}",
            bin.low,
            bin.low + bin.width,
            bin.chips,
            "#".repeat(bin.chips * 40 / chips.len())
        )?;
    }
    let worst = |of: fn(&ChipRecord) -> f64| chips.iter().map(of).fold(0.0, f64::max);
    say!(
        "  synapses deviate from the ideal by up to {:.2} pA rms; the tables lose {:.3} pA rms of it, {:.2} pA at most",
        worst(|c| c.deviation_rms_pa),
        worst(|c| c.held_rms_pa),
        worst(|c| c.held_largest_pa)
    )?;
    let silent = chips.iter().map(|c| c.silent_samples).max().unwrap_or(0);
    if silent > 0 {
        say!(
            "  samples without a spike       up to {silent} on a chip: output biases alone decide them"
        )?;
    }
    if let Some(y) = &summary.yield_ {
        say!(
            "  yield at {:.3}                {} of {} chips: {:.3} ({:.0} % interval {:.3} .. {:.3}, Clopper-Pearson)",
            y.target,
            y.good,
            summary.chips,
            y.share,
            100.0 * y.confidence,
            y.interval.0,
            y.interval.1
        )?;
    }
    Ok(())
}
