//! What a training run writes as it goes: `steps.jsonl`, `metrics.jsonl` and event files for TensorBoard.

mod event_file;

use crate::failure::Failure;
use crate::output;
use bruno_train::{Checkpoint, EpochReport, StepReport};
use event_file::EventFile;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// The logs under a run's directory.
pub struct RunLog {
    metrics: PathBuf,
    steps_path: PathBuf,
    steps: BufWriter<File>,
    events: EventFile,
}

impl RunLog {
    /// The logs of a run after `steps` steps: lines of later steps, which a killed run may have left, are dropped.
    pub fn open(out: &Path, steps: usize) -> Result<Self, Failure> {
        let steps_path = out.join("steps.jsonl");
        let text = match steps {
            0 => String::new(),
            _ => std::fs::read_to_string(&steps_path).unwrap_or_default(),
        };
        let kept = text.lines().take_while(|line| is_up_to(line, steps));
        let kept: String = kept.flat_map(|line| [line, "\n"]).collect();
        output::write(&steps_path, &kept)?;
        let file = OpenOptions::new().append(true).open(&steps_path);
        Ok(Self {
            metrics: out.join("metrics.jsonl"),
            steps: BufWriter::new(file.map_err(|e| failed(&steps_path, e))?),
            steps_path,
            events: EventFile::new(&out.join("tensorboard"), steps)?,
        })
    }

    /// Logs a step.
    pub fn step(&mut self, report: &StepReport) -> Result<(), Failure> {
        let line = json_line(report)?;
        let written = self.steps.write_all(line.as_bytes());
        written.map_err(|e| failed(&self.steps_path, e))?;
        self.events.scalars(report.step, &step_scalars(report))
    }

    /// Logs an epoch, the last of the run's history, which ended after `steps` steps.
    pub fn epoch(&mut self, run: &Checkpoint, steps: usize) -> Result<(), Failure> {
        let lines: Result<Vec<String>, Failure> = run.history.iter().map(json_line).collect();
        output::write(&self.metrics, &lines?.concat())?;
        match run.history.last() {
            Some(report) => self.events.scalars(steps, &epoch_scalars(report)),
            None => Ok(()),
        }
    }

    /// What was logged is on disk afterwards; to be called before a checkpoint that continues from here.
    pub fn flush(&mut self) -> Result<(), Failure> {
        let flushed = self.steps.flush();
        flushed.map_err(|e| failed(&self.steps_path, e))?;
        self.events.flush()
    }
}

fn is_up_to(line: &str, steps: usize) -> bool {
    let value: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
    let step = value.get("step").and_then(serde_json::Value::as_u64);
    step.is_some_and(|s| s <= steps as u64)
}

fn json_line<T: serde::Serialize>(report: &T) -> Result<String, Failure> {
    let line = serde_json::to_string(report);
    line.map(|l| l + "\n").map_err(|e| Failure::Input {
        path: "log".into(),
        what: e.to_string(),
    })
}

fn failed(path: &Path, source: std::io::Error) -> Failure {
    Failure::Write {
        path: path.display().to_string(),
        source,
    }
}

fn step_scalars(report: &StepReport) -> Vec<(String, f64)> {
    let mut scalars = vec![
        ("step/loss".into(), report.loss),
        ("step/accuracy".into(), report.accuracy),
        ("step/saturations".into(), report.saturations as f64),
        ("step/clipping".into(), f64::from(report.clipping)),
        ("gradient norm/all".into(), f64::from(report.gradient_norm)),
    ];
    for group in &report.groups {
        scalars.push((format!("gradient norm/{}", group.group), group.norm));
    }
    for rate in &report.rates {
        scalars.push((format!("rate_Hz/{}", rate.layer), rate.rate_hz));
    }
    for codes in &report.codes {
        scalars.push((format!("sparsity/{}", codes.group), codes.sparsity));
        scalars.push((format!("levels used/{}", codes.group), codes.used as f64));
    }
    if let Some(audit) = &report.audit {
        scalars.push(("audit/least cosine".into(), audit.agreement.cosine));
        scalars.push(("audit/norm ratio there".into(), audit.agreement.ratio));
    }
    scalars
}

fn epoch_scalars(report: &EpochReport) -> Vec<(String, f64)> {
    let mut scalars = Vec::new();
    let parts = [("train", &report.train), ("valid", &report.valid)];
    for (name, score) in parts.into_iter().filter(|(_, s)| s.decisions > 0) {
        let figures = [
            ("loss", score.mean_loss()),
            ("accuracy", score.accuracy()),
            ("rate_Hz", score.rate_hz()),
        ];
        scalars.extend(figures.map(|(what, figure)| (format!("{name}/{what}"), figure)));
    }
    for layer in &report.layers {
        let counts = [("silent", &layer.silent), ("saturated", &layer.saturated)];
        let named =
            counts.map(|(what, n)| (format!("{what} neurons/{}", layer.layer), n.len() as f64));
        scalars.extend(named);
    }
    scalars
}
