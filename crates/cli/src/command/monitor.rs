//! `bruno monitor`: whether a deployed chip drifted.

use super::eval::Split;
use crate::data::{self, RunData};
use crate::failure::Failure;
use crate::running::Running;
use crate::{recorded, run_folder};
use bruno_device::Chip;
use bruno_monitor::{Features, Reference, Row, SPLITS, Seen, Verdict, read};
use bruno_train::Checkpoint;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Say from the words of its recorder whether a deployed chip still does what the trained one did: rates, saturated updates,
/// means and deviations of all states, of layers and of neurons, against those of the run's training samples.
///
/// One threshold holds for all of these figures; it is what chance alone gives with the share of false alarms that is asked
/// for. A chip that drifted exits with 4. The records must be of inputs as in training: other inputs look like
/// another chip. See docs/monitoring.md.
#[derive(clap::Args)]
pub struct Monitor {
    /// The folder of a run or its checkpoint.json.
    pub(super) run: PathBuf,
    /// What the chip's recorder sent, a line of JSON a sample, as `bruno record` writes it.
    records: PathBuf,
    /// Records of the chip as it was trained or delivered; where absent the run's samples are run again.
    #[arg(long, conflicts_with_all = ["data", "split"])]
    reference: Option<PathBuf>,
    /// The data of the run, where it is not built in.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Part of the data set that is the reference.
    #[arg(long, value_enum, default_value_t = Split::Train)]
    split: Split,
    /// Share of false alarms, of chips that did not drift: 0.001 to 0.5.
    #[arg(long, default_value_t = 0.01, value_parser = false_alarms)]
    false_alarms: f64,
    #[command(flatten)]
    running: Running,
    /// Print the result as JSON on stdout.
    #[arg(long)]
    json: bool,
}

impl Monitor {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let path = run_folder::checkpoint(&self.run)?;
        let run = Checkpoint::load(&path)?;
        let chip = run
            .parameters
            .chip(&path.display().to_string(), &run.description)?;
        let features = Features::of(&chip);
        let of_file = |path| {
            let mut seen = Vec::new();
            read(path, &chip, |trace| seen.push(features.seen(trace)))?;
            Ok::<_, Failure>(seen)
        };
        let records = of_file(&self.records)?;
        let reference = match &self.reference {
            Some(path) => of_file(path)?,
            None => self.of_run(&run, &chip, &features)?,
        };
        let reference = Reference::new(&features.all, reference);
        let verdict = reference.judge(&records, self.false_alarms)?;
        match self.json {
            true => say!("{}", self.as_json(&verdict))?,
            false => self.print(&verdict)?,
        }
        match verdict.drifted()[..] {
            [] => Ok(()),
            ref layers => Err(Failure::Drift {
                path: self.records.display().to_string(),
                layers: layers.join(", "),
            }),
        }
    }

    /// What is seen of the run's own samples.
    fn of_run(
        &self,
        run: &Checkpoint,
        chip: &Chip,
        features: &Features<'_>,
    ) -> Result<Vec<Seen>, Failure> {
        let RunData { set, notes } = data::of_run(run, &self.run, self.data.as_deref())?;
        notes.iter().for_each(|note| tell!("note: {note}"));
        let program = run.parameters.program(chip);
        let mut seen = Vec::new();
        recorded::run(
            (chip, &program),
            self.split.of(&set),
            &self.running,
            |trace| {
                seen.push(features.seen(&trace.layers));
                Ok(())
            },
        )?;
        Ok(seen)
    }

    fn print(&self, verdict: &Verdict) -> Result<(), Failure> {
        let [judged, reference] = verdict.samples;
        say!("records: {judged} samples; reference: {reference} samples")?;
        say!(
            "threshold: {:.2} standard errors ({SPLITS} splits of all samples, {} % false alarms)",
            verdict.threshold,
            100.0 * self.false_alarms
        )?;
        say!(
            "{:<12} {:<28} {:>12} {:>12} {:<5} {:>9}",
            "layer",
            "figure",
            "reference",
            "records",
            "",
            "distance"
        )?;
        for row in &verdict.rows {
            let [expected, found] = row.means.map(short);
            let mark = if row.drifted { "  drifted" } else { "" };
            let Row {
                feature, distance, ..
            } = row;
            say!(
                "{:<12} {:<28} {expected:>12} {found:>12} {:<5} {distance:>+9.2}{mark}",
                feature.layer,
                name(row),
                feature.unit
            )?;
        }
        let verdict_line = match verdict.drifted()[..] {
            [] => "no drift".to_string(),
            ref layers => format!("drift in {}", layers.join(", ")),
        };
        say!(
            "verdict: {verdict_line}; a distance this large comes by chance in {:.2} % of the splits",
            100.0 * verdict.chance
        )
    }

    fn as_json(&self, verdict: &Verdict) -> Value {
        let row = |row: &Row| {
            let [reference, records] = row.means;
            let Row {
                feature,
                distance,
                drifted,
                ..
            } = row;
            json!({ "layer": feature.layer, "figure": feature.what, "neuron": feature.neuron, "unit": feature.unit,
                "reference": reference, "records": records, "distance": distance, "drifted": drifted })
        };
        let [records, reference] = verdict.samples;
        json!({
            "samples": { "records": records, "reference": reference },
            "false_alarms": self.false_alarms,
            "threshold": verdict.threshold,
            "chance": verdict.chance,
            "drifted": verdict.drifted(),
            "figures": verdict.rows.iter().map(row).collect::<Vec<Value>>(),
        })
    }
}

/// What a row is of.
fn name(row: &Row) -> String {
    let feature = &row.feature;
    match feature.neuron {
        None => feature.what.clone(),
        Some(n) => feature.what.replace("a neuron", &format!("neuron {n}")),
    }
}

/// A figure in five digits.
fn short(x: f64) -> String {
    match x.abs() {
        0.0 => "0".into(),
        1e-3..1e5 => format!("{x:.5}").chars().take(7).collect::<String>(),
        _ => format!("{x:.4e}"),
    }
}

/// Reads a share of false alarms.
fn false_alarms(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if (0.001..=0.5).contains(&value) => Ok(value),
        _ => Err("allowed: 0.001..0.5, a share".into()),
    }
}
