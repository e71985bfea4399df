//! What a training run writes as it goes: `steps.jsonl`, `metrics.jsonl` and event files for TensorBoard.

mod event_file;

use crate::failure::Failure;
use crate::ranks;
use bruno_host::LineLog;
use bruno_train::{EpochReport, StepReport, Trainer};
use event_file::EventFile;
use std::path::Path;

/// The logs under a run's directory; none where another process writes them.
pub struct RunLog(Option<Logs>);

struct Logs {
    metrics: LineLog,
    steps: LineLog,
    events: EventFile,
}

impl RunLog {
    /// The logs of a run as far as it has come: lines of later steps and epochs, which a killed run may have left, are
    /// dropped.
    pub fn open(out: &Path, trainer: &Trainer<'_>) -> Result<Self, Failure> {
        if !ranks::writes() {
            return Ok(Self(None));
        }
        let (epochs, steps) = (trainer.run.epoch, trainer.steps_done());
        Ok(Self(Some(Logs {
            metrics: numbered(&out.join("metrics.jsonl"), "epoch", epochs)?,
            steps: numbered(&out.join("steps.jsonl"), "step", steps)?,
            events: EventFile::new(&out.join("tensorboard"), steps)?,
        })))
    }

    /// Logs a step.
    pub fn step(&mut self, report: &StepReport) -> Result<(), Failure> {
        let Some(logs) = &mut self.0 else {
            return Ok(());
        };
        append(&mut logs.steps, report)?;
        logs.events.scalars(report.step, &step_scalars(report))
    }

    /// Logs an epoch, which ended after `steps` steps.
    pub fn epoch(&mut self, report: &EpochReport, steps: usize) -> Result<(), Failure> {
        let Some(logs) = &mut self.0 else {
            return Ok(());
        };
        append(&mut logs.metrics, report)?;
        logs.events.scalars(steps, &epoch_scalars(report))
    }

    /// What was logged is on disk afterwards; to be called before a checkpoint that continues from here.
    pub fn flush(&mut self) -> Result<(), Failure> {
        let Some(logs) = &mut self.0 else {
            return Ok(());
        };
        for log in [&logs.steps, &logs.metrics] {
            log.sync().map_err(|e| failed(log.path(), e))?;
        }
        logs.events.flush()
    }
}

/// A log whose lines are numbered from 1 by a field, up to the last of `done`.
fn numbered(path: &Path, field: &str, done: usize) -> Result<LineLog, Failure> {
    let (mut lines, mut last) = (0, 0);
    let is_next = |line: &[u8]| {
        let value: serde_json::Value = serde_json::from_slice(line).unwrap_or_default();
        let number = value.get(field).and_then(serde_json::Value::as_u64);
        let next = number.filter(|n| (last + 1..=done as u64).contains(n));
        last = next.unwrap_or(last);
        lines += usize::from(next.is_some());
        Ok(next.is_some())
    };
    let log = LineLog::read(path, is_next).map_err(|e| failed(path, e))?;
    if lines < done {
        tell!(
            "warning: {}: lines of {} of {done} {field}s are missing; the run needs none of them and goes on",
            path.display(),
            done - lines
        );
    }
    Ok(log)
}

fn append<T: serde::Serialize>(log: &mut LineLog, report: &T) -> Result<(), Failure> {
    let line = serde_json::to_string(report).map_err(std::io::Error::from);
    let appended = line.and_then(|line| log.append(&line));
    appended.map_err(|e| failed(log.path(), e))
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
