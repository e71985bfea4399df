//! What a sweep was asked for, and its results as files and text.

use super::axis::Axis;
use super::table::{self, Row};
use crate::command::report as page;
use crate::command::train::Train;
use crate::failure::Failure;
use crate::output;
use crate::picture::PictureArguments;
use bruno_chip::Description;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;

/// What all runs of a sweep share.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    pub sweep: Vec<Axis>,
    /// Before any value of the sweep is put into it.
    pub description: Description,
    pub yield_chips: Option<u32>,
    pub yield_accuracy: Option<f64>,
}

impl Asked {
    /// By a command.
    pub fn of(train: &Train) -> Result<Self, Failure> {
        Ok(Self {
            sweep: train.sweep.clone(),
            description: train.changes.load(&train.chip)?,
            yield_chips: train.yield_chips,
            yield_accuracy: train.yield_accuracy,
        })
    }

    fn fields(&self) -> Vec<String> {
        self.sweep.iter().map(Axis::name).collect()
    }

    fn report(&self, rows: &[Row]) -> Value {
        serde_json::json!({
            "fields": self.fields(), "runs": rows, "front": table::COSTS, "description": self.description,
        })
    }

    /// Marks the runs that no other beats, and writes what all reached.
    pub fn keep(
        &self,
        rows: &mut [Row],
        out: &Path,
        pictures: &PictureArguments,
    ) -> Result<(), Failure> {
        table::mark_fronts(rows);
        let names = self.fields();
        let fields: Vec<&str> = names.iter().map(String::as_str).collect();
        let text = serde_json::to_string_pretty(&self.report(rows)).unwrap_or_default() + "\n";
        output::write(&out.join("sweep.json"), &text)?;
        output::write(&out.join("sweep.csv"), &table::csv(&fields, rows))?;
        let none = table::figures(rows).count() == 0;
        if let Some(first) = table::first_failure(rows).filter(|_| none) {
            return Err(Failure::Input {
                path: out.join("sweep.json").display().to_string(),
                what: format!("all {} runs failed; the first one: {first}", rows.len()),
            });
        }
        let panels = table::panels(rows);
        // A point says its values alone.
        let last = |field: &&str| field.rsplit('.').next().unwrap_or_default().to_string();
        let values: Vec<String> = fields.iter().map(last).collect();
        let title = format!("Test accuracy against cost, by {}", values.join(", "));
        pictures.write(out, "sweep", &title, panels)?;
        page::keep(out)
    }

    /// Prints what the runs reached.
    pub fn print(&self, rows: &[Row], out: &Path, json: bool) -> Result<(), Failure> {
        if json {
            return say!("{}", self.report(rows));
        }
        let names = self.fields();
        let fields: Vec<&str> = names.iter().map(String::as_str).collect();
        for line in table::lines(&fields, rows) {
            say!("{line}")?;
        }
        say!(
            "results: {}/sweep.json, sweep.csv, sweep.svg, report.html",
            out.display()
        )
    }
}
